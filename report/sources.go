package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Feed is what a source tells of.
type Feed string

// The feeds.
const (
	FeedTickets  Feed = "tickets"
	FeedAlerts   Feed = "alerts"
	FeedChecks   Feed = "checks"
	FeedPrinters Feed = "printers"
	FeedSite     Feed = "site" // an agent of a site: its checks
)

// Source is something the figures come from. What comes from a source that is silent is
// unknown, and never well.
type Source struct {
	Name     string        `json:"name"` // as the configuration names it; empty: the feed says enough
	Feed     Feed          `json:"feed"`
	At       time.Time     `json:"at,omitzero"` // when it was last heard; zero: never
	Interval time.Duration `json:"-"`           // at which it is usually heard; zero: it speaks when there is something
	Stale    bool          `json:"stale"`       // older than three of its intervals; NewMorning sets it
}

// tooOld is how many intervals a source may be silent.
const tooOld = 3

// sources judges the ages, in a fixed order.
func (m *Morning) sources() {
	m.Sources = slices.Clone(m.in.Sources)
	for n := range m.Sources {
		s := &m.Sources[n]
		s.Stale = s.Interval > 0 && (s.At.IsZero() || m.now.Sub(s.At) > tooOld*s.Interval)
		if !s.At.IsZero() {
			s.At = s.At.In(m.in.Zone)
		}
	}
	if m.Sources == nil {
		m.Sources = []Source{}
	}
	order := []Feed{FeedTickets, FeedAlerts, FeedChecks, FeedPrinters, FeedSite}
	slices.SortStableFunc(m.Sources, func(a, b Source) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Feed), slices.Index(order, b.Feed)), cmp.Compare(a.Name, b.Name))
	})
}

// stale counts the sources that are too old.
func (m *Morning) stale() (n int) {
	for _, s := range m.Sources {
		if s.Stale {
			n++
		}
	}
	return n
}

// silentFeed reports whether a source of one of these feeds is too old.
func (m *Morning) silentFeed(feeds ...Feed) bool {
	return slices.ContainsFunc(m.Sources, func(s Source) bool { return s.Stale && slices.Contains(feeds, s.Feed) })
}

func (m *Morning) sourceName(s Source) string {
	name := m.say.Say("report.feed." + string(s.Feed))
	if s.Name != "" {
		name += " " + s.Name
	}
	return name
}

// age says how long ago a source was heard.
func (m *Morning) age(s Source) string {
	switch d := m.now.Sub(s.At); {
	case s.At.IsZero():
		return m.say.Say("report.age.never")
	case d < time.Minute:
		return m.say.Say("report.age.seconds", "s", max(0, int(d.Seconds())))
	default:
		return m.say.Brief(d)
	}
}

// silent names the sources that are too old, with their age.
func (m *Morning) silent() (out []string) {
	for _, s := range m.Sources {
		if s.Stale {
			out = append(out, m.sourceName(s)+" ("+m.age(s)+")")
		}
	}
	return out
}

// Ages says how old each source is, in one line.
func (m *Morning) Ages() string {
	if len(m.Sources) == 0 {
		return m.say.Say("report.sources.none")
	}
	var out []string
	for _, s := range m.Sources {
		said := m.sourceName(s) + " " + m.age(s)
		if s.Stale {
			said = "! " + said
		}
		out = append(out, said)
	}
	return m.say.Say("report.sources", "ages", strings.Join(out, " · "))
}
