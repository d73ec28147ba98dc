package incidents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// crowd is a story of an outage that hits many places, with an audience, a channel
// and a receiver for each; every unit is counted.
type crowd struct {
	*story
	places []string
	worst  int // operations of one unit
	step   string
	at     string // where the worst was
	said   map[string]int
	rows   map[[2]string][]byte // as a store holds them; nil: nobody looks
}

func newCrowd(t *testing.T, places int, change func(*Announce)) *crowd {
	t.Helper()
	c := &crowd{story: newStory(t, change), said: map[string]int{}}
	log := c.f.book.log
	catalog := *log.Catalog
	catalog.Locations = slices.Clone(catalog.Locations)
	log.Catalog, log.Channels = &catalog, slices.Clone(log.Channels)
	for n := range places {
		id := fmt.Sprintf("site-%03d", n)
		c.places = append(c.places, id)
		catalog.Locations = append(catalog.Locations, headstart.Location{ID: id, Name: headstart.Names{"": "Site " + itoa(n)}})
		log.Channels = append(log.Channels, headstart.ChannelInfo{Name: "mail-" + id, Type: "email", Update: true, Audiences: []string{id}})
	}
	c.play("configuration", 0, headstart.Line{Config: &log})
	c.worst = 0 // the catalog is one row
	return c
}

// play applies one record and counts the operations of each of its units.
func (c *crowd) play(step string, d time.Duration, l headstart.Line) {
	c.t.Helper()
	c.n++
	off := headstart.Offset{Ms: uint64(monday.Add(d).UnixMilli()), Seq: c.n}
	b := c.f.book
	for done, units := false, 0; !done; units++ {
		if units > 10_000 {
			c.t.Fatalf("%s does not end", step)
		}
		done = c.f.unit(off, []headstart.Event{{Off: off, At: off.At(), Received: off.At(), Line: l}})
		for _, m := range b.messages {
			c.said[strings.TrimSpace(string(m.Plane)+" "+string(m.Phase)+" "+string(m.How))]++
		}
		if ops := c.keep(); ops > c.worst {
			c.worst, c.at = ops, step
		}
	}
}

// heard takes away what was said since it was last asked, as "users resolved push".
func (c *crowd) heard(what string) int {
	n := c.said[what]
	c.said = map[string]int{}
	return n
}

func (c *crowd) decides(step string, d time.Duration, cs ...headstart.Change) {
	for k := range cs {
		cs[k].Rule, cs[k].Outcome = "T-07", string(cs[k].Kind)
	}
	c.s.next = cs
	c.play(step, d, headstart.Line{Check: &headstart.Check{Probe: "p", Verdict: headstart.Down}})
}

func (c *crowd) orders(d time.Duration, cmd headstart.Command) {
	c.t.Helper()
	cmd.ID, cmd.By = fmt.Sprintf("c%d", c.n), "samira"
	c.play(cmd.Do+" "+cmd.For, d, headstart.Line{Command: &cmd})
	if o := c.f.book.outcomes[cmd.ID]; o == nil || o.Refused != "" {
		c.t.Fatalf("%s came to %+v", cmd.Do, o)
	}
}

// breaks opens a group that hits every place.
func (c *crowd) breaks(id headstart.GroupID, d time.Duration) {
	asset := fmt.Sprintf("core-%d", id)
	g := &headstart.Group{
		V: 1, ID: id, State: headstart.Open, Opener: headstart.ProblemKey(asset + "/HostDown"), Received: monday.Add(d), Points: 2, People: 4000,
		Cause: headstart.Cause{Asset: asset, Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: c.places, StartedAt: monday.Add(d), OpenedAt: monday.Add(d),
	}
	for _, p := range c.places {
		key := headstart.ProblemKey(fmt.Sprintf("%s-%s/HostDown", asset, p))
		c.s.problems[key] = &headstart.Problem{V: 1, Key: key, Asset: string(key), Check: "HostDown", State: headstart.ProblemOpen, Group: id, Alerts: []string{string(key)}}
		c.s.alerts[string(key)] = &headstart.AlertState{V: 1, Fingerprint: string(key), Labels: map[string]string{"alertname": "HostDown", "to": "team-" + p}}
		g.Firing, g.Total = g.Firing+1, g.Total+1
	}
	c.s.groups[id] = g
	c.decides("opening", d, headstart.Change{Kind: headstart.GroupOpened, Group: id})
}

// live counts the notices users see.
func (c *crowd) live() (n int) {
	for _, a := range c.f.book.announcements {
		if a.Live() {
			n++
		}
	}
	return n
}

// TestNoUnitIsTooLarge covers ruling 1: an outage of 500 places, each an audience with
// a channel and a receiver, is announced, pushed, corrected, held, silent, heard again,
// ended, begun again and merged without a unit of more operations than a commit takes
// beside others, and everybody hears all of it.
func TestNoUnitIsTooLarge(t *testing.T) {
	t.Parallel()
	const places = 500
	c := newCrowd(t, places, func(a *Announce) { a.Policy["reopened"], a.Push.Budget = auto, 0 })
	want := func(what string, n int) {
		t.Helper()
		if got := c.heard(what); got != n {
			t.Errorf("after %s %d of %q, want %d", c.step, got, what, n)
		}
	}
	c.step = "opening"
	c.breaks(1, 0)
	if c.live() != places {
		t.Errorf("%d audiences see it, want %d", c.live(), places)
	}
	want("operators  push", places)
	c.play("the push", 2*time.Minute, headstart.Line{})
	want("users investigating push", places)

	c.step = "another cause"
	c.s.groups[1].Cause.Asset, c.s.groups[1].Services = "sw-n-2", []string{"print", "other"}
	c.f.book.incidents["HS-1"].X.Effect = "slow"
	c.decides(c.step, 3*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})

	c.step = "a person"
	c.orders(4*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.WorkaroundFound, Variables: map[string]string{"Workaround": "de printer ernaast"}})
	want("users workaround push", places)
	c.orders(5*time.Minute, headstart.Command{Do: "hush", For: "10m"})
	c.orders(6*time.Minute, headstart.Command{Do: "hush", For: "0s"})
	c.orders(7*time.Minute, headstart.Command{Do: "hush", Incident: "HS-1", For: "5m"})
	c.play("the end of a hush", 13*time.Minute, headstart.Line{})

	c.step = "silence"
	c.s.groups[1].Stale = true
	c.decides(c.step, 14*time.Minute, headstart.Change{Kind: headstart.GroupStale, Group: 1})
	c.s.groups[1].Stale = false
	c.decides("sound", 15*time.Minute, headstart.Change{Kind: headstart.GroupHeard, Group: 1})
	c.s.groups[1].Paused = true
	c.decides("planned work", 16*time.Minute, headstart.Change{Kind: headstart.PlanChanged, Group: 1})
	c.s.groups[1].Paused = false
	c.decides("the end of planned work", 17*time.Minute, headstart.Change{Kind: headstart.PlanChanged, Group: 1})
	c.heard("")

	c.step = "the end"
	c.f.book.incidents["HS-1"].X.Touched = false
	g := c.s.groups[1]
	g.Firing, g.State, g.Proved = 0, headstart.Holding, true
	c.decides(c.step, 18*time.Minute, headstart.Change{Kind: headstart.GroupHolding, Group: 1})
	g.State, g.ResolvedAt = headstart.Resolved, monday.Add(20*time.Minute)
	c.decides(c.step, 20*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: 1})
	want("operators  push", places)
	c.play("the closing message", 40*time.Minute, headstart.Line{})
	want("users resolved push", places)

	c.step = "again"
	g.Firing, g.State, g.Reopens = places, headstart.Open, 1
	c.decides(c.step, 41*time.Minute, headstart.Change{Kind: headstart.GroupReopened, Group: 1})
	want("users reopened push", places)

	c.step = "a merge"
	c.breaks(2, 42*time.Minute)
	g.State, g.Firing, g.MergedInto = headstart.Merged, 0, 2
	for _, p := range c.s.problems {
		p.Group = 2
	}
	c.decides(c.step, 43*time.Minute, headstart.Change{Kind: headstart.GroupMerged, Group: 1, Other: 2})
	if i := c.f.book.incidents["HS-2"]; i.X.Absorbs != 0 || len(c.f.book.told[i.ID]) < places || c.live() != places {
		t.Errorf("HS-2 waits for %d merges, has %d notices, and users see %d; want none, and one for each of %d audiences", i.X.Absorbs, len(c.f.book.told[i.ID]), c.live(), places)
	}

	c.step = "a stop"
	c.f.trusted = false
	c.play(c.step, 3*time.Hour, headstart.Line{})
	c.f.trusted = true
	c.orders(3*time.Hour+time.Minute, headstart.Command{Do: "confidential", Incident: "HS-2"})
	if n := c.owedToUsers(); n != 0 {
		t.Errorf("%d messages about a confidential incident are owed to users", n)
	}
	no := false
	c.orders(3*time.Hour+2*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-2", Value: &no})
	c.heard("")
	c.step = "resolved by hand"
	g = c.s.groups[2]
	g.State, g.Firing, g.CloseReason = headstart.Closed, 0, "by_hand"
	c.s.next = []headstart.Change{{Kind: headstart.GroupClosed, Group: 2}}
	c.orders(3*time.Hour+3*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-2"})
	if n := c.live(); n != 0 {
		t.Errorf("%d notices stand after all was resolved by hand", n)
	}
	if c.worst > headstart.MaxUnit {
		t.Errorf("%s has a unit of %d operations; want at most %d", c.at, c.worst, headstart.MaxUnit)
	}
	t.Logf("the largest unit has %d operations, at %s", c.worst, c.at)
}

func (c *crowd) owedToUsers() (n int) {
	for _, o := range c.f.book.owed {
		if o.Plane == headstart.PlaneUsers {
			n++
		}
	}
	return n
}

// TestManyAudiencesAreJudgedInTurns: what changes in a storm does not go through a
// thousand audiences each time, and nothing is forgotten at its end.
func TestManyAudiencesAreJudgedInTurns(t *testing.T) {
	c := newCrowd(t, 100, func(a *Announce) { a.Evidence = 3 })
	c.breaks(1, 0)
	g := c.s.groups[1]
	c.heard("")
	for n := range 20 { // within the five seconds
		g.People++
		c.decides("a change", time.Duration(n+1)*100*time.Millisecond, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
	}
	g.Points = 3
	c.decides("evidence", 3*time.Second, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
	if n := c.live(); n != 0 {
		t.Errorf("%d notices stand within the same turn, want none", n)
	}
	c.play("the next turn", 5*time.Second, headstart.Line{})
	if n := c.live(); n != 100 {
		t.Errorf("%d notices stand after it, want 100", n)
	}
	for id, a := range c.f.book.announcements {
		if a.People != g.People {
			t.Fatalf("%s says %d people, want %d", id, a.People, g.People)
		}
	}
	if due, ok := c.f.deadline(); ok && due.Before(monday.Add(time.Minute)) {
		t.Errorf("another turn is due at %s though nothing changed", due)
	}
}
