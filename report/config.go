package report

import (
	"errors"
	"fmt"
	"time"

	"headstart"
)

// Config is what the key report of headstart.yml says. The zero value sends nothing.
type Config struct {
	// At is when the report is made and sent on worked days; Standup when the short
	// edition is, which marks what is new since At. Empty: that edition is not sent.
	At      string `yaml:"at" json:"at"`
	Standup string `yaml:"standup" json:"standup"`

	// To are channels by name: mail, Teams, Slack or Mattermost. Empty: it is sent nowhere.
	To []string `yaml:"to" json:"to"`

	// MailTitles lets the titles of tickets stand in what is sent. People write names
	// and illnesses in them, and mail is kept for years.
	MailTitles bool `yaml:"mail_titles" json:"mail_titles"`
}

// DefaultConfig returns the settings of CONTRACT section 2, with nowhere to send to.
func DefaultConfig() Config { return Config{At: "08:00", Standup: "08:25", To: []string{}} }

// Validate reports every mistake at once, each naming its key and the remedy.
func (c Config) Validate() error {
	var errs []error
	clocks := true
	for _, k := range []struct{ key, clock string }{{"at", c.At}, {"standup", c.Standup}} {
		if _, err := time.Parse("15:04", k.clock); k.clock != "" && err != nil {
			clocks = false
			errs = append(errs, fmt.Errorf("report.%s is %q; write a time as 08:00, or nothing", k.key, k.clock))
		}
	}
	if clocks && c.At != "" && c.Standup != "" && c.Standup <= c.At {
		errs = append(errs, fmt.Errorf("report.standup is %s, not after report.at (%s); it marks what is new since then, so set a later time", c.Standup, c.At))
	}
	seen := map[string]bool{}
	for _, to := range c.To {
		if seen[to] {
			errs = append(errs, fmt.Errorf("report.to names %q twice; keep one", to))
		}
		seen[to] = true
	}
	return errors.Join(errs...)
}

// Plan is c as decisions need it; nil: the report is sent nowhere.
func (c Config) Plan() *headstart.ReportPlan {
	if len(c.To) == 0 || c.At+c.Standup == "" {
		return nil
	}
	return &headstart.ReportPlan{At: c.At, Standup: c.Standup, To: c.To}
}
