package headstart

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Decision is what was decided, by which rule, from what. Its number is its
// place in the log; a timeline is a list of decisions.
type Decision struct {
	V       int       `json:"v"`
	N       uint64    `json:"n"` // running number
	At      time.Time `json:"at"`
	Rule    string    `json:"rule"`    // T-07
	Outcome string    `json:"outcome"` // a word per rule: joined, opened, blip, ...
	By      string    `json:"by,omitempty"`
	Subject string    `json:"subject,omitempty"` // problem, ticket, asset or incident
	Facts   []Fact    `json:"facts,omitempty"`   // its inputs, in a fixed order

	Incident IncidentID `json:"incident,omitempty"` // filled in by package incidents
}

// Fact is one input of a decision.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Fact returns the value of the fact name, or "".
func (d *Decision) Fact(name string) string {
	for _, f := range d.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Canonical renders what the decision hash covers: fields, never wording, and
// nothing that depends on where in a store the event stood.
func (d *Decision) Canonical() string { return string(d.AppendCanonical(nil)) }

// AppendCanonical appends Canonical to b.
func (d *Decision) AppendCanonical(b []byte) []byte {
	b = strconv.AppendInt(b, d.At.UnixMilli(), 10)
	for _, field := range [...]string{d.Rule, d.Outcome, d.By, d.Subject, string(d.Incident)} {
		b = append(append(b, '|'), field...)
	}
	for _, f := range d.Facts {
		b = append(append(b, '|'), f.Name...)
		b = append(append(b, '='), f.Value...)
	}
	return b
}

// AppendRow appends d as its row of TableTimeline: the bytes encoding/json gives. A
// storm has tens of thousands of them, and reflection would take most of its time.
func (d *Decision) AppendRow(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"v":`...), int64(d.V), 10)
	b = strconv.AppendUint(append(b, `,"n":`...), d.N, 10)
	b = d.At.AppendFormat(append(b, `,"at":"`...), time.RFC3339Nano)
	b = AppendText(append(b, `","rule":`...), d.Rule)
	b = AppendText(append(b, `,"outcome":`...), d.Outcome)
	if d.By != "" {
		b = AppendText(append(b, `,"by":`...), d.By)
	}
	if d.Subject != "" {
		b = AppendText(append(b, `,"subject":`...), d.Subject)
	}
	for n, f := range d.Facts {
		b = append(b, listed(n, `,"facts":[`)...)
		b = AppendText(append(b, `{"name":`...), f.Name)
		b = append(AppendText(append(b, `,"value":`...), f.Value), '}')
	}
	if len(d.Facts) > 0 {
		b = append(b, ']')
	}
	if d.Incident != "" {
		b = AppendText(append(b, `,"incident":`...), string(d.Incident))
	}
	return append(b, '}')
}

// Entry is the decision as people read it in lang; moments are told in zone.
func (d *Decision) Entry(lang string, zone *time.Location) TimelineEntry {
	return TimelineEntry{
		At: d.At, Rule: d.Rule, By: cmp.Or(d.By, "rule"), Text: d.Words(lang, zone), Why: d.Why(lang, zone),
		Outcome: d.Outcome, Subject: d.Subject,
	}
}

// Concerns reports whether the decision is about an asset or a problem, or names
// it among its facts.
func (d *Decision) Concerns(of string) bool {
	if of == "" {
		return false
	}
	if names(d.Subject, of) {
		return true
	}
	for _, f := range d.Facts {
		switch f.Name {
		case "cause", "was", "assets", "asset":
			if names(f.Value, of) {
				return true
			}
		}
	}
	return false
}

// names reports whether a list of assets and problems holds one, or a problem of
// that asset.
func names(list, of string) bool {
	for x := range strings.SplitSeq(list, ",") {
		x = strings.TrimSpace(x)
		if asset, _, _ := strings.Cut(x, "/"); x == of || asset == of {
			return true
		}
	}
	return false
}
