package headstart

import (
	"net/url"
	"time"

	"github.com/prometheus/common/model"
)

// Alert is one delivery of a condition by Prometheus or Alertmanager.
type Alert struct {
	// Source names who delivered it: the token or the hook.
	Source string `json:"source"`

	// Labels identify the alert, after drop_labels; empty values count as absent.
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`

	StartsAt     time.Time `json:"startsAt,omitzero"` // by the sender's clock
	EndsAt       time.Time `json:"endsAt,omitzero"`   // zero on the webhook path while firing
	GeneratorURL string    `json:"generatorURL,omitempty"`
}

// Fingerprint returns what Alertmanager computes for these labels, so that
// operators can search for it in either tool.
func (a *Alert) Fingerprint() string {
	set := make(model.LabelSet, len(a.Labels))
	for k, v := range a.Labels {
		if v != "" {
			set[model.LabelName(k)] = model.LabelValue(v)
		}
	}
	return set.Fingerprint().String()
}

// Origin is whose alert it is (ruling 13): the host of the generator URL,
// else the source. Two Prometheus of an HA pair are two origins.
func (a *Alert) Origin() string {
	if u, err := url.Parse(a.GeneratorURL); err == nil && u.Host != "" {
		return u.Host
	}
	return a.Source
}

// Alive reports whether the delivery says that the condition holds at the time
// at (ruling 13): without an end, or with one later than at, whatever its start.
// The log's clock has milliseconds, so an end within the same one has come: a
// sender that resolves "now" in nanoseconds must not be taken to promise more.
func (a *Alert) Alive(at time.Time) bool {
	return a.EndsAt.IsZero() || a.EndsAt.Truncate(time.Millisecond).After(at)
}

// AlertState is an alert as the engine knows it: a row of TableAlerts.
type AlertState struct {
	V           int               `json:"v"`
	Fingerprint string            `json:"fingerprint"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Generator   string            `json:"generator,omitempty"`
	StartsAt    time.Time         `json:"starts_at"` // earliest of overlapping episodes
	UpdatedAt   time.Time         `json:"updated_at"`

	// Origins maps each origin to until when it holds the alert alive; the zero
	// time means until it says otherwise (webhook).
	Origins map[string]time.Time `json:"origins,omitempty"`

	Firing   bool       `json:"firing"`
	Expired  bool       `json:"expired,omitempty"` // ended because senders fell silent (ruling 14)
	EndedAt  time.Time  `json:"ended_at,omitzero"`
	Problem  ProblemKey `json:"problem,omitempty"`
	Silenced []string   `json:"silenced,omitempty"` // ids of silences that match
}
