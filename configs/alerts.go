package configs

import (
	"headstart/alerts"
	"headstart/correlate"
)

// Alerts is the key alerts. Where an alert belongs is decided by correlate,
// which alerts are taken by alerts; people write both in one place.
type Alerts struct {
	correlate.Placing `yaml:",inline"`

	// Reconcile are the Alertmanagers to compare with.
	Reconcile []alerts.Peer `yaml:"reconcile" json:"-"`

	// Config is what package alerts takes of the keys above; Load fills it in.
	Config alerts.Config `yaml:"-" json:"-"`
}

func (a *Alerts) complete() {
	a.Config = alerts.Config{DropLabels: a.DropLabels, Watchdog: a.Watchdog, Ignore: a.Ignore, Reconcile: a.Reconcile}
}

// validate asks correlate first: both check the matchers they share.
func (a *Alerts) validate() error {
	if err := a.Placing.Validate(); err != nil {
		return err
	}
	return a.Config.Validate()
}
