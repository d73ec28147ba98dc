package incidents

import (
	"testing"
	"time"

	"headstart"
)

// TestNoUnitOfWorkIsTooLarge covers ruling 1: work that touches 500 places, each an
// audience with a channel, is announced, moved, begun, left broken, handed to the
// incident, handed back, done and called off without a unit of more operations than a
// commit takes beside others, and everybody hears all of it.
func TestNoUnitOfWorkIsTooLarge(t *testing.T) {
	t.Parallel()
	const places = 500
	c := newCrowd(t, places, func(a *Announce) { evening(a); a.Evidence = 9 })
	c.s.windows, c.s.reach = map[string]*headstart.MaintenanceWindow{}, headstart.Reach{Services: []string{"print"}, Locations: c.places, People: 4000}
	want := func(what string, n int) {
		t.Helper()
		if got := c.heard(what); got != n {
			t.Errorf("after %s %d of %q, want %d", c.step, got, what, n)
		}
	}
	plan := func(step string, d, start, end time.Duration, change ...func(*headstart.MaintenanceWindow)) {
		w := &headstart.MaintenanceWindow{ID: "W-1", Assets: []string{"core"}, StartsAt: monday.Add(start), EndsAt: monday.Add(end)}
		for _, f := range change {
			f(w)
		}
		c.step, c.s.windows["W-1"] = step, w
		c.play(step, d, headstart.Line{Maintenance: w})
	}
	plan("planning", 0, 3*time.Hour, 5*time.Hour)
	want("users maintenance_announced draft", places)
	c.orders(time.Minute, headstart.Command{Do: "announce", Window: "W-1"})
	c.play("the last word", 2*time.Hour, headstart.Line{})
	want("users maintenance_announced push", places)
	plan("moving", 2*time.Hour+time.Minute, 3*time.Hour, 6*time.Hour)
	want("users maintenance_announced page", places)
	c.play("the begin", 3*time.Hour, headstart.Line{})
	want("users maintenance_started page", places)
	c.play("the end", 6*time.Hour, headstart.Line{})

	c.s.failing = [2]int{3, 0}
	c.step = "left broken"
	c.s.groups[1] = nil
	g := &headstart.Group{
		V: 1, ID: 1, State: headstart.Open, Opener: "core/HostDown", Received: monday.Add(6 * time.Hour), Points: 2, People: 4000, Firing: 1, Total: 1,
		Cause: headstart.Cause{Asset: "core", Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: c.places,
		StartedAt: monday.Add(6 * time.Hour), OpenedAt: monday.Add(6 * time.Hour), Overrun: &headstart.Overrun{Window: "W-1"},
	}
	c.s.groups[1] = g
	c.decides(c.step, 6*time.Hour+time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: 1})
	if n := len(c.f.book.told["HS-1"]); n != places || c.f.book.incidents["HS-1"].X.Absorbs != 0 {
		t.Errorf("the incident took %d announcements over, want %d", n, places)
	}
	c.heard("")
	c.s.failing = [2]int{}
	g.Firing, g.State, g.Proved = 0, headstart.Holding, true
	c.decides("recovery", 6*time.Hour+5*time.Minute, headstart.Change{Kind: headstart.GroupHolding, Group: 1})
	g.State, g.ResolvedAt = headstart.Resolved, monday.Add(6*time.Hour+7*time.Minute)
	c.decides("recovery", 6*time.Hour+7*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: 1})
	c.step = "its end"
	c.play(c.step, 6*time.Hour+30*time.Minute, headstart.Line{})
	want("users maintenance_done draft", places)
	c.orders(6*time.Hour+31*time.Minute, headstart.Command{Do: "announce", Window: "W-1"})
	c.step = "done"
	want("users maintenance_done push", places)
	if n := c.live(); n != 0 {
		t.Errorf("%d announcements live after all is done", n)
	}
	plan("planning again", 7*time.Hour, 30*time.Hour, 31*time.Hour)
	c.orders(7*time.Hour+time.Minute, headstart.Command{Do: "announce", Window: "W-1"})
	plan("calling off", 8*time.Hour, 30*time.Hour, 31*time.Hour, func(w *headstart.MaintenanceWindow) { w.Cancelled = true })
	want("users maintenance_cancelled draft", places)
	log := c.f.book.log
	log.ExportFirst = true
	c.play("configuration", 9*time.Hour, headstart.Line{Config: &log})
	c.play("forgetting", 500*day, headstart.Line{})
	all := sortedKeys(c.f.book.announcements)
	var items []headstart.ExportedItem
	for n, id := range all[:headstart.MostExported] {
		x := headstart.ExportedItem{Announcement: id, Stood: uint64(len(c.f.book.announcements[id].Updates))}
		if n == 0 {
			x.Stood++ // something else was written down
		}
		items = append(items, x)
	}
	c.stands("some of it stands in a file", 501*day, items...)
	if left := len(c.f.book.announcements); left != len(all)-len(items)+1 {
		t.Errorf("%d of %d messages are known; of %d stands in a file what they say", left, len(all), len(items)-1)
	}
	log.ExportFirst = false
	c.play("no files any more", 502*day, headstart.Line{Config: &log})
	c.play("forgetting", 503*day, headstart.Line{})
	if n := len(c.f.book.planned); n != 0 {
		t.Errorf("%d windows are remembered after 500 days", n)
	}
	if c.worst > headstart.MaxUnit {
		t.Errorf("%s has a unit of %d operations; want at most %d", c.at, c.worst, headstart.MaxUnit)
	}
	t.Logf("the largest unit has %d operations, at %s", c.worst, c.at)
}
