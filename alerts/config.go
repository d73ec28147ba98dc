package alerts

import (
	"errors"
	"fmt"

	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
)

// Config is what this package reads of the `alerts:` block; how alerts are
// placed on assets, and what holds for keys left out, belongs to correlation.
type Config struct {
	// DropLabels are removed on arrival, so that the alerts of an HA pair of
	// Prometheus, which differ in them, are one alert (ruling 13).
	DropLabels []string `yaml:"drop_labels" json:"drop_labels"`

	// Watchdog matches alerts that always fire: a sign of life of their origin,
	// never a problem (ruling 19). An alert matches if any entry matches.
	Watchdog []string `yaml:"watchdog" json:"watchdog"`

	// Ignore matches alerts that are dropped before the log and counted.
	Ignore []string `yaml:"ignore" json:"ignore"`

	// Reconcile lists the Alertmanagers to compare with: all peers of the cluster
	// that Prometheus sends to.
	Reconcile []Peer `yaml:"reconcile" json:"reconcile"`
}

// Validate reports every mistake.
func (c Config) Validate() error {
	_, err := c.compile()
	errs := []error{err}
	for i, p := range c.Reconcile {
		if err := p.validate(); err != nil {
			errs = append(errs, fmt.Errorf("alerts.reconcile[%d].%w", i, err))
		}
	}
	return errors.Join(errs...)
}

// rules are a Config ready to use.
type rules struct {
	drop     []string
	watchdog []labels.Matchers
	ignore   []labels.Matchers
}

func (c Config) compile() (*rules, error) {
	r := &rules{drop: c.DropLabels}
	var errs []error
	for i, name := range c.DropLabels {
		if name == "" || name == model.AlertNameLabel {
			errs = append(errs, fmt.Errorf("alerts.drop_labels[%d] is %q; name a label that differs between replicas, such as replica", i, name))
		}
	}
	var err error
	r.watchdog, err = parseMatchers("alerts.watchdog", c.Watchdog)
	errs = append(errs, err)
	r.ignore, err = parseMatchers("alerts.ignore", c.Ignore)
	errs = append(errs, err)
	return r, errors.Join(errs...)
}

// parseMatchers reads a list whose entries are each one or more matchers in
// Alertmanager's syntax.
func parseMatchers(key string, entries []string) ([]labels.Matchers, error) {
	var out []labels.Matchers
	var errs []error
	for i, entry := range entries {
		ms, err := labels.ParseMatchers(entry)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s[%d]: %w; write a matcher such as severity=\"none\"", key, i, err))
		case len(ms) == 0 || matchesNothing(ms):
			errs = append(errs, fmt.Errorf("%s[%d] is %q, which every alert matches; name at least one label with a value", key, i, entry))
		default:
			out = append(out, ms)
		}
	}
	return out, errors.Join(errs...)
}

// matchesNothing reports whether an alert without any label would match.
func matchesNothing(ms labels.Matchers) bool {
	for _, m := range ms {
		if !m.Matches("") {
			return false
		}
	}
	return true
}

// matchAny reports whether one of the entries matches; value returns a label's
// value, empty when it is absent.
func matchAny(entries []labels.Matchers, value func(name string) string) bool {
entry:
	for _, ms := range entries {
		for _, m := range ms {
			if !m.Matches(value(m.Name)) {
				continue entry
			}
		}
		return true
	}
	return false
}
