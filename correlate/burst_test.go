package correlate

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// flat is campus as a desk knows it that never wrote down what hangs on what.
func flat() *headstart.Catalog {
	c := campus()
	for i := range c.Devices {
		c.Devices[i].DependsOn = nil
	}
	for i := range c.Services {
		c.Services[i].DependsOn = nil
	}
	return c
}

// randomBursts draws a life with what groups without a cause are made of: many
// failures at once that nothing explains, and reports of several people.
func randomBursts(t *rapid.T, n int) []act {
	at := day.Add(8 * time.Hour)
	catalog := rapid.SampledFrom([]func() *headstart.Catalog{campus, flat}).Draw(t, "catalog")
	settings := rapid.SampledFrom([]string{
		`{"storm":{"causes":3,"within":"60s","calm":{"causes":2,"per":"1m","for":"2m"}}}`,
		`{"settle":"0s","storm":{"causes":2,"within":"30s","calm":{"causes":5,"per":"1m","for":"1m"}}}`,
		`{"group":{"assets":2,"share":0.1,"gap":"5m","max":"10m"},"reopen":"5m"}`,
	}).Draw(t, "config")
	acts := []act{{ev: configEvent(at, catalog(), settings)}}
	for range rapid.IntRange(1, n).Draw(t, "bursts") {
		at = at.Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "seconds")) * time.Second)
		size := rapid.IntRange(1, 8).Draw(t, "size")
		what := rapid.IntRange(0, 4).Draw(t, "what")
		id := rapid.SampledFrom(campusIDs()).Draw(t, "asset")
		for i := range size {
			at = at.Add(time.Second)
			x := act{}
			switch what {
			case 0, 1:
				id = rapid.SampledFrom(campusIDs()).Draw(t, "asset")
				x.ev = alertOf(id, "prom-a", at, at, at.Add(time.Hour))
			case 2:
				id = rapid.SampledFrom(campusIDs()).Draw(t, "asset")
				x.ev = alertOf(id, "prom-a", at, at.Add(-time.Minute), at)
			case 3:
				x.ev = reportOf(fmt.Sprintf("%d-%d", len(acts), i), at, rapid.SampledFrom([]string{"noord", "zuid"}).Draw(t, "from"))
			default:
				x = randomCommand(t, at, id)
			}
			acts = append(acts, x)
		}
	}
	return acts
}

// reportOf is a ticket of a requester of its own about printing.
func reportOf(id string, at time.Time, from string) headstart.Event {
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Ticket: &headstart.Ticket{
		Source: "rt", ID: id, CreatedAt: at, UpdatedAt: at, Requester: headstart.Requester{ID: "u-" + id, Location: from},
		Evidence: &headstart.Evidence{Version: 1, Assets: []headstart.Mention{{ID: "print", Strength: 1, Word: "printen"}}, Cues: map[string]int{"malfunction": 1}},
	}}}
}

// seasoned is a player whose state knows what reports are normal: next to none.
func seasoned(tb judge, check bool) *player {
	p := newPlayer(tb, check)
	week, _ := p.s.weekOf(day)
	p.s.profile = profile{V: 1, Since: day.AddDate(0, 0, -70), Week: week, Weeks: 5.25, Total: 600, Learned: 900}
	p.s.dirtyProfile()
	p.store(p.s.Take())
	return p
}

// In lives of bursts the rows stay the whole state, counts agree, and a state
// loaded in the middle decides the rest alike (rulings 1, 2). An umbrella and what
// users report never have an asset as their cause.
func TestBursts(t *testing.T) {
	kinds := map[headstart.CauseKind]int{}
	rapid.Check(t, func(rt *rapid.T) {
		acts := randomBursts(rt, 12)
		whole := seasoned(rt, true)
		whole.play(acts)
		for id, g := range whole.s.groups {
			kinds[g.Cause.Kind]++
			if k := g.Cause.Kind; (k == headstart.CauseStorm || k == headstart.CauseSurge) && !g.Pinned && g.Cause.Asset != "" {
				rt.Fatalf("group %d of kind %s has %s as its cause", id, k, g.Cause.Asset)
			}
		}
		decidesOnAlike(rt, acts, seasoned(rt, false), whole)
	})
	for _, k := range []headstart.CauseKind{headstart.CauseNone, headstart.CauseStorm, headstart.CauseSurge, headstart.CauseObserved} {
		if kinds[k] == 0 {
			t.Errorf("no life had a group of kind %s; the generator tests less than it says", k)
		}
	}
}

// TestMergedReportsNeedAPerson: what users report goes, by hand, into an incident of which
// monitoring sees nothing any more. Nobody tells that it is over but a person, who is
// asked; it was open for ever, as one that waits for monitoring. Where monitoring sees
// more, it tells.
func TestMergedReportsNeedAPerson(t *testing.T) {
	for name, well := range map[string]bool{"monitoring sees nothing": true, "monitoring sees more": false} {
		t.Run(name, func(t *testing.T) { mergedReports(t, well) })
	}
}

// mergedReports merges reports into the incident of a switch, which is well already, or is
// well later.
func mergedReports(t *testing.T, well bool) {
	p := seasoned(t, true)
	at := day.Add(8 * time.Hour)
	p.apply(configEvent(at, campus(), `{"settle":"0s"}`))
	at = at.Add(time.Minute)
	p.apply(alertOf("acc-12", "prom-a", at, at, at.Add(time.Hour)))
	for n := range 3 {
		at = at.Add(time.Second)
		p.apply(reportOf(fmt.Sprint("r-", n), at, "zuid"))
	}
	ends := func() {
		at = at.Add(time.Second)
		p.apply(alertOf("acc-12", "prom-a", at, at.Add(-time.Minute), at))
		at = at.Add(time.Second)
	}
	if well {
		ends()
	}
	if live := p.s.liveGroups(); len(live) != 2 {
		t.Fatalf("%d live groups, want that of the switch and that of the reports", len(live))
	}
	p.play([]act{{ev: headstart.Event{At: at, Received: at, Line: headstart.Line{Command: &headstart.Command{ID: "m", Do: "merge", Into: "1"}}}, group: 2, into: 1}})
	if !well {
		ends()
	}
	p.fireUntil(at.Add(24 * time.Hour))
	g := p.s.groups[1]
	if open := g.State == headstart.Open && g.Firing == 1; open != well || g.Own.ByHand != well {
		t.Errorf("the incident is %s with %d failing, by hand: %t; want it open with the reports, for a person to end: %t", g.State, g.Firing, g.Own.ByHand, well)
	}
}

// When all that a life of bursts broke is back, and a person ended what only a
// person may, nothing is left open.
func TestBurstsEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := seasoned(rt, false)
		acts := randomBursts(rt, 12)
		p.play(acts)
		at := p.latest(acts)
		for _, id := range campusIDs() {
			p.apply(alertOf(id, "prom-a", at, at.Add(-time.Minute), at))
		}
		p.fireUntil(at.Add(24 * time.Hour))
		for id, g := range p.s.groups {
			if p.s.isLive(g) && !g.Own.ByHand {
				rt.Fatalf("group %d is %s with %d failing: %v", id, g.State, g.Firing, p.s.OpenMembers(id))
			}
		}
	})
}
