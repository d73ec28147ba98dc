package configs

import (
	"headstart/alerts"
	"headstart/correlate"
)

// Alerts says which alerts are taken, and where they belong. Package alerts does the
// one, correlate the other; people write both in one place.
type Alerts struct {
	correlate.Placing `yaml:",inline"`

	// Reconcile are the Alertmanagers to compare with.
	Reconcile []alerts.Peer `yaml:"reconcile" json:"-"`
}

// AlertsConfig is what package alerts takes of the key alerts.
func (c *Config) AlertsConfig() alerts.Config {
	a := &c.Alerts
	return alerts.Config{DropLabels: a.DropLabels, Watchdog: a.Watchdog, Ignore: a.Ignore, Reconcile: a.Reconcile}
}

// validateAlerts asks correlate first: both check the matchers they share.
func (c *Config) validateAlerts() error {
	if err := c.Alerts.Validate(); err != nil {
		return err
	}
	return c.AlertsConfig().Validate()
}
