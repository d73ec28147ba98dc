package incidents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"

	"pgregory.net/rapid"
)

// TestCoverInAnyOrder: whatever order things are put together, taken apart, merged, ended,
// reopened and made confidential in: nobody is told of one thing by two announcements, none
// stays up with all its incidents over and nothing waiting, none says that all is over
// while one of them fails, none speaks for what is confidential, what is over and published
// never changes, and the loaded state is the fold's (ruling 2).
func TestCoverInAnyOrder(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		st := together(t, func(a *Announce) {
			a.Policy["reopened"] = auto
			a.FourEyes = rapid.IntRange(0, 4).Draw(rt, "four eyes") == 0
		})
		c := &coverLife{life: life{story: st, rows: map[[2]string][]byte{}, now: 3 * time.Minute}, rt: rt, frozen: map[string]string{}, seen: seen, declined: map[string]bool{}}
		var steps []string
		defer func() {
			if t.Failed() || rt.Failed() {
				t.Logf("the steps were:\n%s", strings.Join(steps, "\n"))
			}
		}()
		c.count()
		all := desk
		all.Question = true
		c.writing(all)
		for n := headstart.GroupID(2); n <= 5; n++ {
			c.calls(c.now, n, rapid.IntRange(1, 2).Draw(rt, "points"))
		}
		c.check("opening")
		for n := range rapid.IntRange(5, 22).Draw(rt, "steps") {
			c.now += time.Duration(rapid.SampledFrom([]int{0, 7, 120, 400, 1000, 4000}).Draw(rt, "seconds")) * time.Second
			step := c.step(n)
			steps = append(steps, fmt.Sprint(c.now, " ", step))
			c.check(step)
			c.holds(step)
		}
	})
	for _, what := range []string{"covered", "uncovered", "handed on", "back", "left", "two in one"} {
		if seen[what] == 0 {
			t.Errorf("no life shows %q; it proves nothing about that", what)
		}
	}
}

// coverLife is a life in which announcements speak for several incidents.
type coverLife struct {
	life
	rt     *rapid.T
	frozen map[string]string // announcement/number: what it said when it was published
	seen   map[string]int

	declined map[string]bool // a person threw away what waited for it
}

func (c *coverLife) draw(what string, from ...string) string {
	return rapid.SampledFrom(from).Draw(c.rt, what)
}

// step lets somebody do something.
func (c *coverLife) step(n int) string {
	b := c.f.book
	id := fmt.Sprintf("HS-%d", rapid.IntRange(1, 5).Draw(c.rt, "incident"))
	other := fmt.Sprintf("HS-%d", rapid.IntRange(1, 5).Draw(c.rt, "other"))
	a := rapid.SampledFrom(sortedKeys(b.announcements)).Draw(c.rt, "announcement")
	do := c.draw("do", "cover", "cover", "cover", "cover", "uncover", "approve", "approve", "discard", "withdraw", "announce", "solved", "confidential", "public", "hush", "ack", "resolve",
		"merge", "ends", "ends", "ends", "reopens", "reopens", "grows", "stale", "tick", "tick")
	fits := func(do string, a *headstart.Announcement) bool {
		return do == "uncover" && len(a.Also) > 0 || do == "approve" && a.Draft != nil || do == "withdraw" && len(a.Also) > 0
	}
	for _, key := range sortedKeys(b.announcements) { // most draws would be refused
		if x := b.announcements[key]; fits(do, x) && rapid.Bool().Draw(c.rt, "this one") {
			a = key
			if do == "uncover" {
				other = string(rapid.SampledFrom(x.Also).Draw(c.rt, "taken out"))
			}
			break
		}
	}
	return c.acts(n, do, b.incidents[headstart.IncidentID(id)], other, a)
}

func (c *coverLife) acts(n int, do string, i *incident, other, a string) string {
	g := c.s.groups[i.Group]
	cmd := headstart.Command{ID: fmt.Sprintf("x%d", n), By: c.draw("who", "samira", "joris"), Do: do, Incident: string(i.ID), Announcement: a, Incidents: []string{other}, For: c.draw("for", "0s", "10m")}
	switch do {
	case "merge":
		if o := c.f.book.incidents[headstart.IncidentID(other)]; i.Live() && o.Live() && o != i {
			c.merge(c.now, i.Group, o.Group)
		}
	case "ends":
		if i.Live() {
			c.finishes(c.now, i.Group)
		}
	case "reopens":
		if i.State == headstart.Resolved {
			c.reopens(c.now, i.Group)
		}
	case "grows", "stale":
		was := g.Stale
		g.Points, g.Stale = 2, do == "stale" && i.Live()
		kind := headstart.ImpactChanged
		switch {
		case g.Stale:
			kind = headstart.GroupStale
		case was:
			kind = headstart.GroupHeard
		}
		if i.State != headstart.Merged {
			c.change(c.now, headstart.Change{Kind: kind, Group: i.Group})
		}
	case "tick":
		c.tick(c.now)
	default:
		switch do {
		case "announce":
			cmd.Audience, cmd.Text, cmd.Phase = "noord", fmt.Sprint("woord ", n), headstart.Progress
		case "solved":
			cmd.Do, cmd.Audience, cmd.Phase = "announce", "noord", headstart.Solved
		case "public":
			cmd.Do, cmd.Value = "confidential", new(false)
		case "resolve":
			if !i.Live() {
				return "nothing"
			}
			g.State, g.CloseReason, g.Firing = headstart.Closed, "by_hand", 0
			c.s.next = []headstart.Change{{Kind: headstart.GroupClosed, Group: i.Group, Decision: headstart.Decision{Rule: "T-07", Outcome: "closed"}}}
		}
		c.line(c.now, headstart.Line{Command: &cmd})
		if do == "discard" {
			c.declined[a] = true
		}
	}
	return fmt.Sprintf("%s %s %s %s", do, i.ID, other, a)
}

// holds checks what is true after every step.
func (c *coverLife) holds(step string) {
	b := c.f.book
	for _, i := range b.incidents {
		speak := map[string][]string{}
		for _, a := range b.tells(i) {
			if a.Live() && i.State != headstart.Merged {
				speak[a.Audience] = append(speak[a.Audience], a.ID)
			}
		}
		for aud, ids := range speak {
			if len(ids) > 1 {
				c.rt.Fatalf("after %s %v tell %s of %s", step, ids, aud, i.ID)
			}
		}
		if cover := b.coverOf(i, "noord"); cover != nil && i.Live() {
			if own := b.notice(i, "noord"); own != nil && (own.Live() || own.State == headstart.AnnouncementDraft) {
				c.rt.Fatalf("after %s %s has %s of its own (%s) though %s speaks for it", step, i.ID, own.ID, own.State, cover.ID)
			}
			if i.NextUpdateBy != nil {
				c.rt.Fatalf("after %s %s has a promise of its own though %s speaks for it", step, i.ID, cover.ID)
			}
		}
	}
	for id, a := range b.announcements {
		c.whole(step, a)
		for n := range a.Updates {
			key, now := fmt.Sprintf("%s/%d", id, n), frozenPart(c.t, &a.Updates[n])
			was, known := c.frozen[key]
			if known && was != now {
				c.rt.Fatalf("%s changed what was published:\n%s\n%s", step, was, now)
			}
			if !known {
				c.published(step, a, &a.Updates[n])
			}
			c.frozen[key] = now
		}
	}
}

// whole checks one announcement as it stands.
func (c *coverLife) whole(step string, a *headstart.Announcement) {
	b := c.f.book
	if len(a.Also) == 0 {
		return
	}
	carrier, live, waits := b.incidents[a.Incident], false, false
	for _, o := range b.members(a) {
		live = live || o.Live()
		waits = waits || !o.Live() && !o.X.Ended
		if o.Confidential {
			c.rt.Fatalf("after %s %s speaks for %s, which is confidential", step, a.ID, o.ID)
		}
		if o.State == headstart.Merged && covering(a) {
			c.rt.Fatalf("after %s %s speaks for %s, which was merged", step, a.ID, o.ID)
		}
	}
	switch {
	case slices.Contains(a.Also, a.Incident):
		c.rt.Fatalf("after %s %s is carried by %s and speaks for it again", step, a.ID, a.Incident)
	case covering(a) && live && !carrier.Live():
		c.rt.Fatalf("after %s %s is carried by %s, which is over, and others are not", step, a.ID, a.Incident)
	case a.Live() && !live && !waits && !waitsForEnd(a) && !c.declined[a.ID] && !(a.Draft != nil && byPerson(a.Draft)):
		c.rt.Fatalf("after %s %s stays up with %v over and the draft %+v", step, a.ID, a.Incidents(), a.Draft)
	}
	if a.Live() {
		c.seen["covered"]++
	}
	if a.First != "" && a.First != a.Incident {
		c.seen["handed on"]++
	}
}

// published checks an update that is new.
func (c *coverLife) published(step string, a *headstart.Announcement, u *headstart.Update) {
	b := c.f.book
	if len(u.About) > 1 {
		c.seen["two in one"]++
	}
	if len(u.Over) > 0 {
		c.seen["back"]++
	}
	for _, id := range u.Over {
		if b.incidents[id].Live() && a.Live() && a.Last().N == u.N {
			c.rt.Fatalf("after %s users read that %s works again, and it does not", step, id)
		}
	}
	if u.Phase != headstart.Solved || len(a.Also) == 0 {
		return
	}
	for _, o := range b.members(a) {
		if o.Live() {
			c.rt.Fatalf("after %s %s says that all is over while %s is not", step, a.ID, o.ID)
		}
	}
}

// check also counts what became of things.
func (c *coverLife) check(step string) {
	c.f.observe = func(d headstart.Decision) {
		switch d.Outcome {
		case "promise_missed", "eta_missed":
			c.missed++
		case "uncovered", "left":
			c.seen[d.Outcome]++
		}
	}
	c.life.check(step)
}
