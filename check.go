package headstart

import "time"

// Verdict is the outcome of a probe.
type Verdict string

// The four verdicts. Unknown means the probe could not be made; it never opens
// an incident for users.
const (
	OK      Verdict = "ok"
	Warn    Verdict = "warn"
	Down    Verdict = "down"
	Unknown Verdict = "unknown"
)

// KindAgent is the kind of a check that says whether a site agent gives signs of
// life. Only the service itself makes it; its Asset is the device the agent runs on.
const KindAgent = "agent"

// Effect says what a condition means for the people who depend on the asset.
type Effect string

// The effects of a condition.
const (
	EffectIncident Effect = "incident" // they cannot work
	EffectReport   Effect = "report"   // a line in the morning report
	EffectNone     Effect = "none"
)

// Condition is one thing a probe found, under a name of CONTRACT section 6.
type Condition struct {
	Name   string `json:"name"`
	Effect Effect `json:"effect"`
	Detail string `json:"detail,omitempty"`
}

// Check is a confirmed change of one probe, or the answer to an ask.
type Check struct {
	Probe      string      `json:"probe"`
	Kind       string      `json:"kind,omitempty"` // icmp, tcp, http, ...; empty in files written by hand
	Asset      string      `json:"asset,omitempty"`
	Service    string      `json:"service,omitempty"`
	Location   string      `json:"location,omitempty"`
	Verdict    Verdict     `json:"verdict"`
	Reason     string      `json:"reason,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"`
	Agent      string      `json:"agent,omitempty"` // site agent that made it; of KindAgent, the one it is about

	// Replica names which of several replicas of this service made it; empty: there is
	// but one, or an agent made it.
	Replica string `json:"replica,omitempty"`

	// Spool and Seq number what an agent spooled: Seq grows by one with each check
	// it ever keeps, Spool names the file it keeps them in. The same pair again is
	// the same check, sent twice. Both empty: no agent spooled it.
	Spool string `json:"spool,omitempty"`
	Seq   uint64 `json:"seq,omitempty"`

	// SentAt is the agent's clock when it sent this, beside Received of the record
	// how far that clock is off; ObservedAt is on the same clock. Zero: ours.
	SentAt time.Time `json:"sent_at,omitzero"`

	// Asked marks the answer to an ask: one raw attempt, outside hysteresis. It
	// is evidence and opens nothing (ruling 21).
	Asked      bool      `json:"asked,omitempty"`
	ObservedAt time.Time `json:"observed_at,omitzero"`
}

// CheckResult is one probe run as `check --output json` and /api/v1/checks show it.
type CheckResult struct {
	Probe           string      `json:"probe"`
	Kind            string      `json:"kind"`
	Asset           string      `json:"asset,omitempty"`
	Target          string      `json:"target"`
	Service         string      `json:"service,omitempty"`
	Location        string      `json:"location,omitempty"`
	Verdict         Verdict     `json:"verdict"`
	Reason          string      `json:"reason"`
	DurationSeconds float64     `json:"duration_seconds"`
	Conditions      []Condition `json:"conditions"`

	// Values are what was measured on the way: performance data of a plugin, levels
	// of supplies, rates of an interface.
	Values []Measurement `json:"values,omitempty"`
	At     time.Time     `json:"at,omitzero"`

	// Trend are the latest runs, oldest first, where they were asked for; a running
	// service remembers them until it ends.
	Trend []CheckSample `json:"trend,omitempty"`
}

// CheckSample is one run of a trend.
type CheckSample struct {
	Verdict         Verdict `json:"verdict"`
	DurationSeconds float64 `json:"duration_seconds"` // rounded to a fifth
}

// Measurement is one number a probe measured.
type Measurement struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`          // never NaN or infinite
	Unit  string  `json:"unit,omitempty"` // as the source names it: s, %, B, pages
}

// Ask is a request to probe an asset now, because the answer would decide
// something. It may be lost: then a timer decides without it (ruling 21).
type Ask struct {
	Asset string `json:"asset"`
	Why   string `json:"why"`
}

// ProberIsolated is the name of the check by which a prober tells that it is cut
// off itself, on no asset and no service. No configured probe has that name.
const ProberIsolated = "prober-isolated"

// Prober names who made c: a site agent, or "/" and a replica of this service; empty:
// this service, of which there is but one.
func (c *Check) Prober() string {
	if c.Agent == "" && c.Replica != "" {
		return "/" + c.Replica
	}
	return c.Agent
}

// IsIsolation reports whether c tells of the prober that made it, not of others.
func (c *Check) IsIsolation() bool {
	return c.Probe == ProberIsolated && c.Asset == "" && c.Service == ""
}
