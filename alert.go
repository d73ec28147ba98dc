package headstart

import (
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
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
	var room [16][2]string // more labels than an alert has
	labels := room[:0]
	for name, value := range a.Labels {
		if value != "" {
			labels = append(labels, [2]string{name, value})
		}
	}
	slices.SortFunc(labels, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	sum := fnvOffset
	for _, l := range labels {
		sum = hashed(hashed(sum, l[0]), l[1])
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], sum)
	return hex.EncodeToString(b[:])
}

// The 64-bit FNV-1a hash (RFC 9923, section 5), by which Prometheus's model tells
// sets of labels apart.
const (
	fnvOffset uint64 = 14695981039346656037
	fnvPrime  uint64 = 1099511628211
)

// hashed adds a label's name or value to a fingerprint. After each comes the byte
// 255, which is in no valid text.
func hashed(sum uint64, s string) uint64 {
	for i := range len(s) {
		sum = (sum ^ uint64(s[i])) * fnvPrime
	}
	return (sum ^ 255) * fnvPrime
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
