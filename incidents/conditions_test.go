package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

// broken is one condition of an automatic act that does not hold: what breaks it, and
// the words by which a draft names it.
type broken struct {
	name   string
	config func(*Announce)
	group  func(*headstart.Group)
	before func(*story)
	says   string
}

// pageConditions stand against the page (announcements section 7).
var pageConditions = []broken{
	{name: "evidence", group: func(g *headstart.Group) { g.Points = 1 }, says: "evidence 1 of 2"},
	{name: "gate", before: func(st *story) { st.f.book.log.Contact = "latency desk" }, says: "plain words: latency"},
	{name: "confidential", group: func(g *headstart.Group) { g.Confidential = true }, says: "confidential"},
	{name: "hushed", before: func(st *story) { st.command(-time.Minute, headstart.Command{Do: "hush", For: "3h"}) }, says: "hushed"},
	{name: "planned work", group: func(g *headstart.Group) { g.Paused = true }, says: "inside maintenance"},
	{name: "silenced", group: func(g *headstart.Group) { g.Silenced = true }, says: "all alerts silenced"},
	{name: "not heard", group: func(g *headstart.Group) { g.Stale = true }, says: "nothing was heard"},
	{name: "policy", config: func(a *Announce) { a.Policy["investigating"] = approval }, says: "policy wants approval"},
}

// pushConditions stand against the push beside those.
var pushConditions = []broken{
	{name: "mode", config: func(a *Announce) { a.Push.Mode = "approve" }, says: "push.mode is approve"},
	{name: "people", group: func(g *headstart.Group) { g.People = 3 }, says: "3 people, push.min_people is 15"},
	{name: "printer", group: func(g *headstart.Group) { g.Cause.Asset, g.Total = "prn-1", 1 }, says: "one printer"},
	{name: "budget", before: func(st *story) {
		st.f.book.ledger.All = map[string]int{monday.Format(time.DateOnly) + "/noord": 6}
	}, says: "budget of the day"},
}

// endConditions stand against "resolved" by itself: ruling 27 (a) to (d).
var endConditions = []broken{
	{name: "a: proof", group: func(g *headstart.Group) { g.Proved = false }, says: "recovery is not proved"},
	{name: "b: a person", before: func(st *story) {
		st.command(12*time.Minute+30*time.Second, headstart.Command{Do: "pin", Incident: "HS-1"})
	}, says: "a person took part"},
	{name: "c: a caller", before: func(st *story) {
		st.line(13*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d"}})
	}, says: "somebody reported it after all was well"},
	{name: "d: confidential", before: func(st *story) { st.command(14*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"}) }, says: "confidential"},
	{name: "policy", config: func(a *Announce) { a.Policy["resolved"] = approval }, says: "policy wants approval"},
}

// some draws which conditions do not hold.
func some(rt *rapid.T, all []broken) (out []broken) {
	for _, c := range all {
		if rapid.IntRange(0, 5).Draw(rt, c.name) == 0 {
			out = append(out, c)
		}
	}
	return out
}

// named reports a condition of list that why does not name.
func named(rt *rapid.T, what string, why []string, list []broken) {
	for _, c := range list {
		if said := strings.Join(why, "; "); !strings.Contains(said, c.says) {
			rt.Errorf("%s waits because of %q; want it to name %q (%s)", what, said, c.says, c.name)
		}
	}
}

// TestEveryConditionIsNamed covers announcements section 13: an automatic page, push or
// end needs all its conditions; take any of them away and a draft stands in its place
// that names each one that is missing.
func TestEveryConditionIsNamed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		page, push, end := some(rt, pageConditions), some(rt, pushConditions), some(rt, endConditions)
		all := slices.Concat(page, push, end)
		st := newStory(t, func(a *Announce) {
			for _, c := range all {
				if c.config != nil {
					c.config(a)
				}
			}
		})
		st.meet(slices.Concat(page, push))
		said := brief(st.outage(0, func(g *headstart.Group) { breakGroup(g, slices.Concat(page, push)) }))
		a := st.notice()
		if len(page) > 0 {
			said += brief(st.tick(3 * time.Minute))
			if said != "investigating draft" || a.Draft == nil {
				rt.Fatalf("without %v users got %q, want a draft alone", page, said)
			}
			named(rt, "the page", a.Draft.Why, page)
			return
		}
		if said != "investigating page" {
			rt.Fatalf("with all its conditions users got %q, want the page", said)
		}
		switch said = brief(st.tick(2 * time.Minute)); {
		case len(push) == 0 && said != "investigating push":
			rt.Fatalf("with all its conditions users got %q, want the push", said)
		case len(push) > 0 && (said != "" || !a.PushDraft):
			rt.Fatalf("without %v users got %q, want the push to wait", push, said)
		case len(push) > 0:
			named(rt, "the push", a.Pushing.Why, push)
		}
		st.recovered(10 * time.Minute)
		breakGroup(st.s.groups[1], end)
		st.meet(end)
		said = brief(st.tick(26 * time.Minute))
		if len(end) == 0 {
			if !strings.HasPrefix(said, "resolved page") {
				rt.Fatalf("with all its conditions users got %q, want resolved", said)
			}
			return
		}
		if said != "resolved draft" || a.Draft == nil {
			rt.Fatalf("without %v users got %q, want a draft alone", end, said)
		}
		named(rt, "the end", a.Draft.Why, end)
	})
}

// meet lets happen what breaks the conditions of list.
func (st *story) meet(list []broken) {
	for _, c := range list {
		if c.before != nil {
			c.before(st)
		}
	}
}

func breakGroup(g *headstart.Group, list []broken) {
	for _, c := range list {
		if c.group != nil {
			c.group(g)
		}
	}
}

func (c broken) String() string { return c.name }
