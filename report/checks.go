package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"headstart"
)

// Checks counts probes and names those that are not well.
type Checks struct {
	OK      int        `json:"ok"`
	NotOK   int        `json:"not_ok"`
	Unknown int        `json:"unknown"`
	Oldest  *time.Time `json:"oldest"`             // when the stalest result was made; null without checks
	Stale   bool       `json:"figures_incomplete"` // nothing was heard of them for too long
	Names   []string   `json:"names"`              // not well, worst first
	Well    []string   `json:"services_well"`      // no check of theirs fails and no incident hits them
	New     []string   `json:"new"`                // broke in the window and still is
	Back    []string   `json:"back"`               // failed before the window, or in it, and is well again
	Blind   []string   `json:"blind_spots"`
}

// mostNames is how many names a line lists.
const mostNames = 6

func (m *Morning) checks(f *facts) {
	c := &m.Checks
	c.Names, c.Well, c.New, c.Back, c.Blind = []string{}, []string{}, []string{}, []string{}, []string{}
	c.Stale = m.silentFeed(FeedChecks, FeedPrinters, FeedSite)
	closed := m.offWhileClosed()
	rank := map[headstart.Verdict]int{headstart.Down: 0, headstart.Warn: 1, headstart.Unknown: 2}
	results := slices.Clone(m.in.Checks)
	slices.SortStableFunc(results, func(a, b headstart.CheckResult) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(a.Probe, b.Probe), cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Target, b.Target))
	})
	bad := map[string]bool{}
	for n := range results {
		r := &results[n]
		if !r.At.IsZero() && (c.Oldest == nil || r.At.Before(*c.Oldest)) {
			at := r.At.In(m.in.Zone)
			c.Oldest = &at
		}
		if m.confidential(r.Asset) || m.confidential(r.Service) || !allows(m.in.Reader.Check, r) || closed[r.Asset] && r.Verdict == headstart.Down {
			continue
		}
		m.count(r, bad)
	}
	m.wellServices(results, bad, f)
	m.changes(closed)
	m.blind(results)
}

// count takes one result in.
func (m *Morning) count(r *headstart.CheckResult, bad map[string]bool) {
	c := &m.Checks
	switch r.Verdict {
	case headstart.OK:
		c.OK++
		return
	case headstart.Unknown:
		c.Unknown++
	default:
		c.NotOK++
	}
	bad[r.Service], bad[r.Asset] = true, true
	name := m.thing(cmp.Or(r.Asset, r.Service, r.Target, r.Probe))
	c.Names = append(c.Names, strings.TrimSuffix(name+": "+m.say.Reason(r.Reason), ": "))
}

// wellServices are the services that are checked and that nothing says a word against.
func (m *Morning) wellServices(results []headstart.CheckResult, bad map[string]bool, f *facts) {
	checked := map[string]bool{}
	for n := range results {
		if r := &results[n]; r.Verdict == headstart.OK {
			checked[r.Service], checked[r.Asset] = true, true
		}
	}
	for _, i := range f.incidents {
		if i.Live() {
			for _, s := range i.Services {
				bad[s] = true
			}
		}
	}
	for n := range m.cat.Services {
		s := &m.cat.Services[n]
		if checked[s.ID] && !bad[s.ID] && !s.Confidential && !m.Checks.Stale {
			m.Checks.Well = append(m.Checks.Well, m.thing(s.ID))
		}
	}
	slices.Sort(m.Checks.Well)
}

// changes are what began to fail in the window and what stopped failing in it.
func (m *Morning) changes(closed map[string]bool) {
	fails, back := map[string]bool{}, map[string]bool{}
	for _, p := range m.in.View.Problems() {
		if m.confidential(p.Asset) || m.confidential(p.Service) || closed[p.Asset] {
			continue
		}
		name := m.thing(cmp.Or(p.Asset, p.Service, p.Check))
		switch {
		case p.State == headstart.ProblemOpen && p.Onset.After(m.Since):
			fails[name] = true
		case p.State == headstart.ProblemHealthy && p.Cleared.After(m.Since):
			back[name] = true
		}
	}
	for name := range fails {
		m.Checks.New = append(m.Checks.New, name)
	}
	for name := range back {
		if !fails[name] {
			m.Checks.Back = append(m.Checks.Back, name)
		}
	}
	slices.Sort(m.Checks.New)
	slices.Sort(m.Checks.Back)
}

// blind are the things that nobody looks at, though somebody should.
func (m *Morning) blind(results []headstart.CheckResult) {
	c := &m.Checks
	for _, s := range m.Sources {
		if s.Stale {
			c.Blind = append(c.Blind, m.say.Say("report.blind.source", "source", m.sourceName(s), "age", m.age(s)))
		}
	}
	unknown := 0
	for n := range results {
		if results[n].Verdict == headstart.Unknown {
			unknown++
		}
	}
	for _, x := range []struct {
		key string
		n   int
	}{
		{"report.blind.unknown", unknown}, {"report.blind.unplaced", len(m.in.View.Unplaced())}, {"report.blind.flaws", len(m.in.View.Flaws())},
	} {
		if x.n > 0 {
			c.Blind = append(c.Blind, m.say.Say(x.key, "n", x.n))
		}
	}
}

func (m *Morning) checkCounts() string {
	c := m.Checks
	switch {
	case c.OK+c.NotOK+c.Unknown == 0 && c.Oldest == nil:
		return m.say.Say("report.checks.none")
	case c.Stale:
		return m.say.Say("report.checks.stale", "bad", c.NotOK)
	}
	return m.say.Say("report.checks", "ok", c.OK, "bad", c.NotOK, "unknown", c.Unknown)
}

func (m *Morning) partChecks() Part {
	c := m.Checks
	p := Part{N: "9", ID: "checks", Title: m.say.Say("report.part.checks"), Note: m.checkCounts(), Calm: c.NotOK == 0 && !c.Stale && len(c.Blind)+len(m.Expiring) == 0}
	if len(c.Well) > 0 {
		p.Lines = append(p.Lines, Line{Sign: "✔", Level: "green", Text: m.list(c.Well)})
	}
	if c.Oldest != nil {
		p.Lines = append(p.Lines, Line{Text: m.say.Say("report.checks.age", "time", m.say.When(*c.Oldest, m.now))})
	}
	for _, n := range c.Names[:min(len(c.Names), 2*mostNames)] {
		p.Lines = append(p.Lines, Line{Sign: "●", Level: "amber", Text: n})
	}
	if rest := len(c.Names) - 2*mostNames; rest > 0 {
		p.Lines = append(p.Lines, Line{Text: m.more(rest), Link: "/"})
	}
	for _, x := range []struct {
		key  string
		list []string
	}{{"report.changes.new", c.New}, {"report.changes.back", c.Back}} {
		if len(x.list) > 0 {
			p.Lines = append(p.Lines, Line{Sign: "→", Text: m.say.Say(x.key, "list", m.list(x.list))})
		}
	}
	blind := m.say.Say("report.blind.none")
	if len(c.Blind) > 0 {
		blind = m.say.Say("report.blind", "list", join(" · ", c.Blind))
	}
	p.Lines = append(p.Lines, Line{Text: blind})
	for _, e := range m.Expiring {
		p.Lines = append(p.Lines, Line{Sign: "!", Level: "amber", Text: e.Line})
	}
	return p
}

// list names a few and counts the rest.
func (m *Morning) list(names []string) string {
	shown := names[:min(len(names), mostNames)]
	if rest := len(names) - mostNames; rest > 0 {
		return strings.Join(shown, ", ") + " (+" + m.more(rest) + ")"
	}
	return strings.Join(shown, ", ")
}
