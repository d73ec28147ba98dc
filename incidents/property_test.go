package incidents

import (
	"fmt"
	"testing"
	"time"

	"headstart"

	"pgregory.net/rapid"
)

// TestPeopleInAnyOrder: whatever people do to a message, in any order, with four eyes or
// without: what was published never changes, has an author, and with four eyes another
// approver; nothing is published while it is hushed or confidential (ruling 30); what is
// scheduled goes out neither early nor, after a stop, late (ruling 11).
func TestPeopleInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		four := rapid.Bool().Draw(rt, "four eyes")
		p := &people{story: newStory(t, func(a *Announce) { a.FourEyes = four }), rt: rt, four: four, frozen: map[string]string{}}
		p.outage(0)
		p.holds("opening")
		for n := range rapid.IntRange(5, 25).Draw(rt, "steps") {
			p.now += time.Duration(rapid.IntRange(0, 900).Draw(rt, "seconds")) * time.Second
			p.f.trusted = rapid.IntRange(0, 9).Draw(rt, "stop") > 0
			p.step(n)
		}
	})
}

// people is a story in which several people act.
type people struct {
	*story
	rt     *rapid.T
	now    time.Duration
	four   bool
	frozen map[string]string // announcement/number: what it said when it was published
}

func (p *people) step(n int) {
	b := p.f.book
	a := p.notice()
	at := rapid.SampledFrom([]time.Duration{0, time.Minute, 10 * time.Minute, 2 * time.Hour}).Draw(p.rt, "at")
	c := headstart.Command{
		ID: fmt.Sprintf("p%d", n), By: rapid.SampledFrom([]string{"samira", "joris", "Joris", "anna", ""}).Draw(p.rt, "who"),
		Do:       rapid.SampledFrom([]string{"announce", "edit", "edit", "schedule", "schedule", "approve", "approve", "discard", "withdraw", "hush", "confidential", "set-eta", "ack", "tick", "cause", "end", "again"}).Draw(p.rt, "do"),
		Incident: "HS-1", Announcement: a.ID, Text: fmt.Sprintf("woord %d", n),
		Phase:     rapid.SampledFrom([]headstart.Phase{headstart.Progress, headstart.WorkaroundFound, headstart.Identified, headstart.Solved}).Draw(p.rt, "phase"),
		Published: rapid.Bool().Draw(p.rt, "published"), Draft: rapid.Bool().Draw(p.rt, "draft"),
		ETA: monday.Add(p.now + time.Hour), For: rapid.SampledFrom([]string{"0s", "5m", "30m"}).Draw(p.rt, "for"), Value: new(rapid.Bool().Draw(p.rt, "value")),
	}
	if at > 0 && (c.Do == "schedule" || c.Do == "announce") {
		c.At = monday.Add(p.now + at)
	}
	if c.Do == "hush" && rapid.Bool().Draw(p.rt, "all") {
		c.Incident = ""
	}
	i := p.incident()
	quiet, known, secret := p.quiet(), len(a.Updates), i.Confidential
	p.does(c)
	if now := p.quiet(); now.Before(quiet) {
		quiet = now // this step ended the hush: what waited for that may go
	}
	if len(p.notice().Updates) > known && (secret && i.Confidential || b.now.Before(quiet)) {
		p.rt.Fatalf("%s published though users may hear nothing until %s (confidential %v)", c.Do, quiet, secret)
	}
	p.holds(c.Do)
}

// quiet is until when users may hear nothing of the incident.
func (p *people) quiet() time.Time {
	if one := p.incident().X.Hush; one.After(p.f.book.hush) {
		return one
	}
	return p.f.book.hush
}

// does lets a person act, or correlation.
func (p *people) does(c headstart.Command) {
	g := p.s.groups[1]
	change := func(kind headstart.ChangeKind) { p.change(p.now, headstart.Change{Kind: kind, Group: 1}) }
	switch c.Do {
	case "tick":
		p.tick(p.now)
	case "cause":
		g.Cause.Asset = map[string]string{"sw-n-2": "prn-1", "prn-1": "sw-n-2"}[g.Cause.Asset]
		change(headstart.CauseChanged)
	case "end":
		if g.State == headstart.Open {
			g.State, g.Firing, g.Proved, g.ResolvedAt = headstart.Resolved, 0, true, monday.Add(p.now)
			change(headstart.GroupResolved)
		}
	case "again":
		if g.State == headstart.Resolved {
			g.State, g.Firing, g.ResolvedAt = headstart.Open, 2, time.Time{}
			change(headstart.GroupReopened)
		}
	default:
		p.line(p.now, headstart.Line{Command: &c})
	}
}

// holds checks what is true after every step.
func (p *people) holds(step string) {
	for id, a := range p.f.book.announcements {
		for n := range a.Updates {
			u := &a.Updates[n]
			key, now := fmt.Sprintf("%s/%d", id, n), frozenPart(p.t, u)
			if was, known := p.frozen[key]; known && was != now {
				p.rt.Fatalf("%s changed what was published:\n%s\n%s", step, was, now)
			}
			p.frozen[key] = now
			switch {
			case u.By == "", u.Approver == "":
				p.rt.Fatalf("after %s update %d is by %q, approved by %q", step, n, u.By, u.Approver)
			case p.four && u.By != "rule" && (u.Wrote(u.Approver) || u.PushedBy != "" && u.Wrote(u.PushedBy)):
				p.rt.Fatalf("after %s update %d of %s and %v is approved by %s, pushed by %s", step, n, u.By, u.Earlier, u.Approver, u.PushedBy)
			case u.ScheduledFor != nil && (u.At.Before(*u.ScheduledFor) || u.At.Sub(*u.ScheduledFor) > lateForUsers):
				p.rt.Fatalf("after %s what was scheduled for %s went out at %s", step, u.ScheduledFor, u.At)
			}
		}
		if d := a.Draft; d != nil && d.ScheduledFor != nil && p.four && d.By != "rule" && d.Wrote(d.Approver) {
			p.rt.Fatalf("after %s %s schedules what %s wrote", step, d.Approver, d.By)
		}
	}
}
