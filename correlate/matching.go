package correlate

import (
	"errors"
	"fmt"
)

// Matching says how sure a ticket must be about an incident. It is the key
// tickets.matching of the configuration.
type Matching struct {
	// Mode is suggest or auto. In suggest no ticket is linked without a person;
	// the band still says what would have been.
	Mode    string  `yaml:"mode" json:"mode"`
	Auto    float64 `yaml:"auto" json:"auto"`       // score from which a link would be automatic
	Suggest float64 `yaml:"suggest" json:"suggest"` // score from which a candidate is shown
}

// DefaultMatching returns the settings used for every key the file leaves out.
func DefaultMatching() Matching { return Matching{Mode: "suggest", Auto: 0.9, Suggest: 0.3} }

// Validate reports every mistake at once, each naming its key and the remedy.
func (m Matching) Validate() error {
	var errs []error
	if m.Mode != "suggest" && m.Mode != "auto" {
		errs = append(errs, fmt.Errorf("tickets.matching.mode is %q; write suggest or auto", m.Mode))
	}
	if !(m.Suggest > 0 && m.Suggest < 1) {
		errs = append(errs, fmt.Errorf("tickets.matching.suggest is %v; set a score between 0 and 1 such as 0.3", m.Suggest))
	}
	if !(m.Auto > 0 && m.Auto < 1) {
		errs = append(errs, fmt.Errorf("tickets.matching.auto is %v; set a score between 0 and 1 such as 0.9", m.Auto))
	}
	if m.Auto < m.Suggest {
		errs = append(errs, fmt.Errorf("tickets.matching.auto is %v, below suggest %v; set it above", m.Auto, m.Suggest))
	}
	return errors.Join(errs...)
}
