package correlate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// byHand is a command of a person.
func byHand(at time.Time, c headstart.Command) headstart.Event {
	c.ID, c.By = c.Do+at.String(), "samira"
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Command: &c}}
}

// inParts takes over the rows of the unit applied last and of those that follow at
// once, each of which must stay below 200 (ruling 1). Whether the state is dropped
// and loaded from its rows after a part, or not, it decides alike.
func (p *player) inParts(at time.Time, crash func(unit int) bool) int {
	p.tb.Helper()
	units := 1
	for ; ; units++ {
		ops := p.s.Take()
		if len(ops) > 200 {
			p.tb.Fatalf("unit %d changes %d rows; want at most 200", units, len(ops))
		}
		p.store(ops)
		if crash(units) {
			s, err := load(p.rows)
			if err != nil {
				p.tb.Fatal(err)
			}
			p.s = s
		}
		if due, ok := p.s.NextDeadline(); !ok || due.After(at) {
			return units
		}
		p.all = append(p.all, p.s.Fire()...)
	}
}

// outage lets n printers and their core fail, and waits until all are in one group.
func (p *player) outage(n int, at time.Time, config string) time.Time {
	p.tb.Helper()
	p.big = true
	p.apply(configEvent(day, wide(n), config))
	p.playAll(storm(n, at))
	at = at.Add(10 * time.Minute)
	p.fireUntil(at)
	return at
}

// Section 11, scenario 26 (ruling 1): a merge of four thousand members, killed after
// each part, gives the same rows, numbers and decisions as one that was not.
func TestCrashBetweenParts(t *testing.T) {
	n := 4000
	if testing.Short() {
		n = 400
	}
	play := func(crash func(int) bool) (string, string) {
		p := newPlayer(t, false)
		at := p.outage(n, day.Add(8*time.Hour), "")
		if err := p.do(byHand(at, headstart.Command{Do: "open"}), 0, 0); err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Second)
		p.fireUntil(at)
		changes, err := p.s.Do(byHand(at, headstart.Command{Do: "merge"}), 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		p.all = append(p.all, changes...)
		if units := p.inParts(at, crash); units < n/splitPart {
			t.Fatalf("%d units for %d members, want at least one for %d of them", units, n, splitPart)
		}
		if err := conserved(p.s); err != nil {
			t.Error(err)
		}
		if g := p.s.Group(2); g.Firing != n+1 {
			t.Errorf("the group has %d failing, want %d", g.Firing, n+1)
		}
		var rows strings.Builder
		for _, id := range sortedRows(p.rows) {
			fmt.Fprintf(&rows, "%s/%s %s\n", id.table, id.key, p.rows[id])
		}
		return canonical(p.all), rows.String()
	}
	decisions, rows := play(func(int) bool { return false })
	crashed, crashedRows := play(func(unit int) bool { return n <= 400 || unit%25 == 1 })
	if decisions != crashed {
		t.Error("killed between parts it decides otherwise")
	}
	if rows != crashedRows {
		t.Error("killed between parts its rows differ")
	}
}

func sortedRows(rows map[rowID][]byte) []rowID {
	byName := map[string]rowID{}
	for id := range rows {
		byName[id.table+"/"+id.key] = id
	}
	var out []rowID
	for _, name := range sortedNames(boolsOf(byName)) {
		out = append(out, byName[name])
	}
	return out
}

func boolsOf(m map[string]rowID) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}

// Ruling 1: a split by hand of a thousand printers goes on in parts, all of them
// arrive, and its end is told of both groups.
func TestHandSplitGoesOnInParts(t *testing.T) {
	const n = 1000
	p := newPlayer(t, false)
	at := p.outage(n, day.Add(8*time.Hour), "")
	var assets []string
	for i := range n - 10 {
		assets = append(assets, fmt.Sprintf("prn-%05d", i))
	}
	changes, err := p.s.Do(byHand(at, headstart.Command{Do: "split", Assets: assets}), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.all = append(p.all, changes...)
	p.inParts(at, func(unit int) bool { return unit%7 == 1 })
	if err := conserved(p.s); err != nil {
		t.Error(err)
	}
	p.compareLoaded()
	from, to := p.s.Group(1), p.s.Group(2)
	if from.Firing != 11 || to.Firing != n-10 || to.SplitFrom != 1 || p.s.groups[2].Own.Taking != nil {
		t.Errorf("%d stayed and %d went, want 11 and %d", from.Firing, to.Firing, n-10)
	}
	told := map[headstart.GroupID]bool{}
	for _, c := range p.all {
		if c.Outcome == "split_done" {
			told[c.Group] = true
		}
	}
	if !told[1] || !told[2] {
		t.Errorf("the end of the split is told of %v, want of both", told)
	}
}

// Ruling 1: a new catalog while hundreds of incidents are open changes their figures
// in parts.
func TestCatalogChangeGoesOnInParts(t *testing.T) {
	const n = 300
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(n), `{"storm":{"causes":100000}, "group":{"assets":100000}}`))
	at := day.Add(8 * time.Hour)
	for i := range n {
		p.apply(alertOf(fmt.Sprintf("prn-%05d", i), "prom-a", at, at, at.Add(time.Hour)))
		at = at.Add(time.Second)
	}
	at = at.Add(5 * time.Minute)
	p.fireUntil(at)
	if len(p.s.groups) != n {
		t.Fatalf("%d groups, want one for each of %d printers", len(p.s.groups), n)
	}
	catalog := wide(n)
	catalog.Services = append(catalog.Services, headstart.Service{ID: "scan"})
	for i := range catalog.Devices {
		if catalog.Devices[i].People > 0 {
			catalog.Devices[i].Services, catalog.Devices[i].People = []string{"print", "scan"}, 5
		}
	}
	p.s.Apply(configEvent(at, catalog, `{"storm":{"causes":100000}, "group":{"assets":100000}}`))
	p.inParts(at, func(unit int) bool { return unit%9 == 1 })
	p.compareLoaded()
	for id := range p.s.groups {
		if g := p.s.Group(id); g.People != 5 || len(g.Services) != 2 {
			t.Fatalf("group %d hits %d people and %v after the change, want 5, print and scan", id, g.People, g.Services)
		}
	}
}

// Ruling 15 and ruling 1: hundreds of members that nobody hears of any more end in
// parts, and with the last their group; their alerts end too, so that the next
// firing is a new episode.
func TestSilentEndGoesOnInParts(t *testing.T) {
	const n = 500
	p := newPlayer(t, false)
	p.big = true
	p.apply(configEvent(day, wide(n), ""))
	at := day.Add(8 * time.Hour)
	for _, ev := range storm(n, at) {
		ev.Alert.EndsAt, ev.Alert.GeneratorURL = time.Time{}, "" // as by a webhook
		p.apply(ev)
	}
	end := at.Add(29 * time.Hour)
	units := 0
	for {
		due, ok := p.s.NextDeadline()
		if !ok || due.After(end) {
			break
		}
		p.all = append(p.all, p.s.Fire()...)
		ops := p.s.Take()
		if len(ops) > 200 {
			t.Fatalf("a unit at %s changes %d rows, want at most 200", due, len(ops))
		}
		p.store(ops)
		units++
	}
	g := p.s.Group(1)
	if g.State != headstart.Closed || g.CloseReason != "no_longer_heard" || g.Firing != 0 || g.Proved {
		t.Fatalf("after 29 hours of silence the group is %s as %q with %d failing", g.State, g.CloseReason, g.Firing)
	}
	if err := conserved(p.s); err != nil {
		t.Error(err)
	}
	p.compareLoaded()
	for _, ev := range storm(n, end)[:3] {
		ev.Alert.EndsAt, ev.Alert.GeneratorURL = time.Time{}, ""
		p.apply(ev)
	}
	p.fireUntil(end.Add(5 * time.Minute))
	if p.s.clock.Groups < 2 {
		t.Error("the same alerts, firing again, open nothing")
	}
}
