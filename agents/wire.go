// Package agents lets a site probe itself: its agent spools what it finds and tells
// its upstream, which knows when an agent has fallen silent.
//
// The line between the two may be cut for days. What an agent kept arrives in order
// and counts once: every check has a number, the log holds the number beside the
// check, and what comes again is left out, by the upstream before it is appended and
// by the engine in any case.
package agents

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"headstart"
)

// Bounds of one post. An agent stays far below them; what exceeds them is no agent.
const (
	mostBody   = 1 << 20 // bytes, the default of many a proxy too
	mostEvents = headstart.MaxOps
	mostID     = 256  // bytes of a name or id
	mostReason = 1000 // bytes of a reason or a detail; the rest is cut off
	mostFound  = 64   // conditions of one check
)

// Post is what an agent sends: checks it has not been told are safe, or none, which
// says that it lives.
type Post struct {
	V      int        `json:"v"`               // 1
	Spool  string     `json:"spool"`           // names the file the numbers are of
	SentAt time.Time  `json:"sent_at"`         // the agent's clock
	Events []Numbered `json:"events,omitzero"` // by number
	Status SiteStatus `json:"status"`
}

// Numbered is one check with its number. The check is decoded by itself, so that one
// that is not understood stops none of the others.
type Numbered struct {
	Seq   uint64          `json:"seq"`
	Check json.RawMessage `json:"check"`
}

// SiteStatus is what an agent says of itself.
type SiteStatus struct {
	Version string    `json:"version,omitempty"`
	Probes  int       `json:"probes"`
	Spooled int       `json:"spooled"` // entries that wait, those of this post among them
	Oldest  time.Time `json:"oldest,omitzero"`
	Dropped uint64    `json:"dropped,omitempty"` // raw answers that gave way, ever
	Full    bool      `json:"full,omitempty"`    // no room for what is not raw
}

// Answer is what the upstream says to a post.
type Answer struct {
	// Last is the newest number of this spool that is safe here, and Before what it
	// was before this post; zero: the upstream knows nothing of the spool.
	Last   uint64 `json:"last"`
	Before uint64 `json:"before"`

	Refused []Refusal `json:"refused,omitempty"` // checks that were not understood; they count as done with
}

// Refusal is one check that was not understood.
type Refusal struct {
	Seq uint64 `json:"seq"`
	Why string `json:"why"`
}

// Asks is the answer to who asks what is to be probed now.
type Asks struct {
	Asks []headstart.Ask `json:"asks"`
}

var (
	spoolName = regexp.MustCompile(`^[0-9a-f]{16}$`)
	kindName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
)

// decodePost reads a post, of which mostBody bytes at most may be given. Its checks
// are not looked at.
func decodePost(data []byte) (*Post, error) {
	p := &Post{}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("decode post: %w", err)
	}
	switch {
	case p.V != 1:
		return nil, fmt.Errorf("the post has version %d, this upstream reads 1; run the same headstart on both sides", p.V)
	case !spoolName.MatchString(p.Spool):
		return nil, errors.New("spool is not 16 hexadecimal digits")
	case p.SentAt.Year() < 1971 || p.SentAt.Year() > 9000:
		return nil, errors.New("sent_at is no time of a clock")
	case len(p.Events) > mostEvents:
		return nil, fmt.Errorf("%d events; send at most %d at once", len(p.Events), mostEvents)
	}
	last := uint64(0)
	for _, e := range p.Events {
		if e.Seq <= last {
			return nil, fmt.Errorf("event %d follows event %d; numbers grow", e.Seq, last)
		}
		last = e.Seq
	}
	p.Status.Version = cut(p.Status.Version, 64)
	return p, nil
}

// check returns the check of e as the log holds it: the name of the agent that made
// it is part of its probe's, so that an agent never speaks for a probe elsewhere.
func (p *Post) check(e Numbered, agent string) (*headstart.Check, error) {
	c := &headstart.Check{}
	if err := json.Unmarshal(e.Check, c); err != nil {
		return nil, err
	}
	if c.IsIsolation() {
		return p.isolation(c, e.Seq, agent)
	}
	switch {
	case !isID(c.Probe):
		return nil, errors.New("probe has no name, or none that can be one")
	case c.Asset == "" && c.Service == "":
		return nil, errors.New("neither asset nor service; the probe must be of one")
	case c.Asset != "" && !isID(c.Asset), c.Service != "" && !isID(c.Service), c.Location != "" && !isID(c.Location):
		return nil, errors.New("asset, service or location is no id")
	case !kindName.MatchString(c.Kind) || c.Kind == headstart.KindAgent:
		return nil, fmt.Errorf("%.40q is no kind of probe", c.Kind)
	case !slices.Contains([]headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown}, c.Verdict):
		return nil, fmt.Errorf("%.40q is no verdict", c.Verdict)
	case len(c.Conditions) > mostFound:
		return nil, fmt.Errorf("%d conditions; at most %d are read", len(c.Conditions), mostFound)
	}
	for i, x := range c.Conditions {
		if !isID(x.Name) || !slices.Contains([]headstart.Effect{headstart.EffectIncident, headstart.EffectReport, headstart.EffectNone}, x.Effect) {
			return nil, fmt.Errorf("condition %d has no name or no effect", i)
		}
		c.Conditions[i].Detail = cut(x.Detail, mostReason)
	}
	c.Probe += "@" + agent
	p.stamp(c, e.Seq, agent)
	return c, nil
}

// isolation is the check by which an agent says that it reaches nothing itself.
func (p *Post) isolation(c *headstart.Check, seq uint64, agent string) (*headstart.Check, error) {
	if c.Verdict != headstart.OK && c.Verdict != headstart.Down && c.Verdict != headstart.Unknown {
		return nil, fmt.Errorf("%.40q is no verdict", c.Verdict)
	}
	c = &headstart.Check{Probe: c.Probe, Verdict: c.Verdict, Reason: c.Reason, ObservedAt: c.ObservedAt}
	p.stamp(c, seq, agent)
	return c, nil
}

// stamp marks a check as the agent's, and bounds what it says in words.
func (p *Post) stamp(c *headstart.Check, seq uint64, agent string) {
	c.Reason = cut(c.Reason, mostReason)
	c.Agent, c.Replica, c.Spool, c.Seq, c.SentAt = agent, "", p.Spool, seq, p.SentAt.UTC()
	if y := c.ObservedAt.Year(); !c.ObservedAt.IsZero() && (y < 1971 || y > 9000) {
		c.ObservedAt = time.Time{}
	}
}

// isID reports whether s can be the id of something: one printable line.
func isID(s string) bool {
	return s != "" && len(s) <= mostID && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// cut makes s one printable line of at most most bytes.
func cut(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") // half a letter goes too
	}
	return s
}
