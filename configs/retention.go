package configs

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"headstart/tickets"
)

// Retention is how long what is personal is kept, in whole days rounded up.
type Retention struct {
	tickets.Retention `yaml:",inline"` // text and titles of tickets

	Links         model.Duration `yaml:"links" json:"links"`                 // between tickets and incidents
	Incidents     model.Duration `yaml:"incidents" json:"incidents"`         // with their messages and timeline, from their end
	Subscriptions model.Duration `yaml:"subscriptions" json:"subscriptions"` // from when they were made or renewed
	Audit         model.Duration `yaml:"audit" json:"audit"`                 // who had something forgotten, exported the log as it is, logged in
	ExportDir     string         `yaml:"export_dir" json:"export_dir"`       // folder in which incidents, planned work and links stand before they are deleted; empty: none
}

const day = model.Duration(24 * time.Hour)

// DefaultRetention returns what headstart.yml leaves out.
func DefaultRetention() Retention {
	return Retention{
		Retention: tickets.DefaultRetention(),
		Links:     90 * day, Incidents: 400 * day, Subscriptions: 365 * day, Audit: 400 * day,
	}
}

// Validate reports every mistake.
func (r Retention) Validate() error {
	errs := []error{r.Retention.Validate()}
	for _, k := range []struct {
		key string
		d   model.Duration
	}{{"links", r.Links}, {"incidents", r.Incidents}, {"subscriptions", r.Subscriptions}, {"audit", r.Audit}} {
		if k.d <= 0 {
			errs = append(errs, fmt.Errorf("retention.%s is %s; write a number of days, such as 30d", k.key, k.d))
		}
	}
	return errors.Join(errs...)
}
