package incidents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// deskStory is a story at an installation with a duty list, three support groups and a
// channel of the desk. samira works till 12:30, joris till 17:30, both from 08:00.
func deskStory(t *testing.T, change func(*headstart.LogConfig)) *story {
	t.Helper()
	st := newStory(t, nil)
	c := st.f.book.log
	c.Desk = &headstart.Desk{Channel: "desk-chat", Duty: []headstart.Duty{
		{Name: "samira", Hours: headstart.Hours{"monday": "08:00-12:30", "tuesday": "08:00-17:30"}, Substitute: "joris"}, {Name: "joris"},
	}}
	c.SupportGroups = []headstart.SupportGroup{
		{ID: "balie", Line: 1, Receiver: "balie"},
		{ID: "netwerk", Line: 2, Receiver: "net-team", Hours: always},
		{ID: "werkplek", Line: 2, Receiver: "werkplek"},
		{ID: "leverancier", Line: 3, Receiver: "supplier", Hours: always},
	}
	catalog := *c.Catalog
	catalog.Devices = slices.Clone(catalog.Devices)
	catalog.Devices[0].SupportGroup = "netwerk" // of sw-n-2
	c.Catalog = &catalog
	c.Channels = append(slices.Clone(c.Channels), headstart.ChannelInfo{Name: "desk-chat", Type: "slack", Update: true, Desk: true})
	if change != nil {
		change(&c)
	}
	st.line(0, headstart.Line{Config: &c})
	return st
}

var always = headstart.Hours{
	"monday": "00:00-24:00", "tuesday": "00:00-24:00", "wednesday": "00:00-24:00", "thursday": "00:00-24:00",
	"friday": "00:00-24:00", "saturday": "00:00-24:00", "sunday": "00:00-24:00",
}

// big makes the outage a P2.
func big(g *headstart.Group) { g.People = 400 }

// decided are the outcomes of one rule in a story, with subject and one fact.
func (st *story) watchRule(rule, fact string) func() []string {
	var got []string
	st.f.observe = func(d headstart.Decision) {
		if d.Rule == rule && d.Outcome != "desk_told" && d.Outcome != "todo_closed" {
			got = append(got, strings.TrimSpace(strings.Join([]string{d.At.Sub(monday).String(), d.Outcome, d.Subject, d.Fact(fact)}, " ")))
		}
	}
	return func() []string { out := got; got = nil; return out }
}

func wantAll(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNobodyTakesIt: what nobody takes goes to the group of what fails, then to one
// group of each later line, and no further; each is paged once and its page is closed.
func TestNobodyTakesIt(t *testing.T) {
	st := deskStory(t, nil)
	got := st.watchRule(ruleDuty, "step")
	st.outage(0, big)
	if p := st.incident().Priority; p != "P2" {
		t.Fatalf("the outage is a %s, want P2", p)
	}
	st.tick(3 * time.Hour)
	wantAll(t, "escalated", got(), "15m0s unowned netwerk 1", "30m0s unowned leverancier 2", "45m0s escalation_ended")
	if g := st.incident().SupportGroup; g != "netwerk" {
		t.Errorf("it is with %q, want the group that was called", g)
	}
	pages := map[string]int{}
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneOperators && n.Reason != "promise" {
			pages[n.Receiver+" "+n.Reason]++
		}
	}
	if fmt.Sprint(pages) != "map[net-team opened:1 net-team unowned:1 supplier unowned:1]" {
		t.Errorf("pages: %v", pages)
	}
	st.recovered(4 * time.Hour)
	over := 0
	for _, n := range st.f.book.owed {
		if n.Reason == "resolved" {
			over++
		}
	}
	if over != 2 {
		t.Errorf("%d receivers are told that it is over, want the two that were paged", over)
	}
	st.tick(8 * time.Hour)
	wantAll(t, "after the end", got())
}

// TestSomebodyIsOnIt: who acknowledges or owns it stops that; silence of him begins it
// anew, and anything he does puts it off.
func TestSomebodyIsOnIt(t *testing.T) {
	st := deskStory(t, nil)
	got := st.watchRule(ruleDuty, "step")
	st.outage(0, big)
	st.command(10*time.Minute, headstart.Command{Do: "ack", Incident: "HS-1"})
	st.command(35*time.Minute, headstart.Command{Do: "note", Incident: "HS-1", Text: "ik kijk"})
	st.tick(64 * time.Minute)
	wantAll(t, "acknowledged", got())
	st.tick(66 * time.Minute)
	wantAll(t, "silent for half an hour", got(), "1h5m0s silent_owner netwerk 1")
	st.command(70*time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
	st.command(80*time.Minute, headstart.Command{Do: "note", Incident: "HS-1", Text: "dat zegt samira"})
	st.tick(101 * time.Minute)
	wantAll(t, "another owner is a round of its own, and only he counts", got(), "1h40m0s silent_owner netwerk 1")
}

// TestGroupsKeepTheirHours: outside its hours the group is passed over for another that
// answers; if none does, the first that will is waited for; with on_call all answer.
func TestGroupsKeepTheirHours(t *testing.T) {
	evening := 11 * time.Hour // 20:00
	office := func(c *headstart.LogConfig) {
		for n := range c.SupportGroups {
			c.SupportGroups[n].Hours = nil
		}
		c.Catalog.Services[0].Criticality = headstart.Vital // it stays a P1 at night
	}
	st := deskStory(t, office)
	got := st.watchRule(ruleDuty, "until")
	st.outage(evening, big)
	st.tick(evening + 4*time.Hour)
	wantAll(t, "at night", got(), "11h5m0s escalation_waits  2026-11-24T07:00:00Z")
	st.tick(24 * time.Hour)
	if all := got(); len(all) == 0 || all[0] != "23h0m0s unowned netwerk" {
		t.Errorf("in the morning: %v, want the group of the switch first", all)
	}
	st = deskStory(t, func(c *headstart.LogConfig) {
		office(c)
		c.Announce = []byte(`{"on_call":true}`)
	})
	got = st.watchRule(ruleDuty, "line")
	st.outage(evening, big)
	st.tick(evening + 6*time.Minute)
	wantAll(t, "on call", got(), "11h5m0s unowned netwerk 2")
	st = deskStory(t, func(c *headstart.LogConfig) { c.SupportGroups[1].Hours = headstart.Hours{"friday": "08:00-09:00"} })
	got = st.watchRule(ruleDuty, "line")
	st.outage(0, big)
	st.tick(16 * time.Minute)
	wantAll(t, "another group of its line", got(), "15m0s unowned werkplek 2")
}

// TestEscalationIsHeld: silenced, hushed or in planned work nobody is called; after it
// the clock goes on (rulings 17, 30).
func TestEscalationIsHeld(t *testing.T) {
	for name, hold := range map[string]func(st *story, on bool){
		"silenced": func(st *story, on bool) {
			st.s.groups[1].SilencedBy = nil
			if on {
				st.s.groups[1].SilencedBy = []headstart.Mute{{By: "joris", Comment: "bekend"}}
			}
		},
		"planned work": func(st *story, on bool) { st.s.groups[1].Paused = on },
	} {
		st := deskStory(t, nil)
		got := st.watchRule(ruleDuty, "step")
		st.outage(0, big)
		hold(st, true)
		st.change(time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
		st.tick(2 * time.Hour)
		wantAll(t, name, got())
		hold(st, false)
		st.change(2*time.Hour, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})
		st.tick(2*time.Hour + 16*time.Minute)
		if all := got(); len(all) != 1 || !strings.Contains(all[0], "unowned netwerk 1") {
			t.Errorf("%s, after it: %v; want the group called once", name, all)
		}
	}
	st := deskStory(t, nil)
	got := st.watchRule(ruleDuty, "step")
	st.outage(0, big)
	st.command(time.Minute, headstart.Command{Do: "hush", For: "1h"})
	st.tick(59 * time.Minute)
	wantAll(t, "hushed", got())
	st.tick(2 * time.Hour)
	if all := got(); len(all) == 0 {
		t.Error("after the hush nobody is called")
	}
}

// TestEscalationAfterAStop: after an outage of ours nobody is called for what nobody
// could take; there is time left, as there was before (ruling 5).
func TestEscalationAfterAStop(t *testing.T) {
	st := deskStory(t, nil)
	st.f.trusted = false
	got := st.watchRule(ruleDuty, "step")
	st.outage(0, big)
	st.tick(30 * time.Second)
	st.tick(2 * time.Hour)
	wantAll(t, "when we are back", got())
	for at := 2 * time.Hour; at < 2*time.Hour+30*time.Minute; at += 20 * time.Second {
		st.tick(at)
	}
	if all := got(); len(all) != 1 || !strings.Contains(all[0], "unowned netwerk 1") {
		t.Errorf("half an hour later: %v, want one call", all)
	}
}

// TestConfidentialEscalation: a group that no alert leads to learns the number alone
// (ruling 30), and so does the desk: when it is called, and when it is over or goes into
// another one.
func TestConfidentialEscalation(t *testing.T) {
	for name, end := range map[string]func(*story){
		"over": func(st *story) { st.recovered(20 * time.Minute) },
		"merged into one it knows": func(st *story) {
			st.second(20 * time.Minute)
			st.tick(50 * time.Minute)
			st.tick(80 * time.Minute)
			st.merge(81*time.Minute, 1, 2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := deskStory(t, func(c *headstart.LogConfig) { c.SupportGroups[1].Receiver = "called" })
			st.outage(0, big, func(g *headstart.Group) { g.Confidential = true })
			st.tick(16 * time.Minute)
			end(st)
			called, ended := 0, 0
			for key, n := range st.f.book.owed {
				if n.Receiver == "net-team" {
					continue // where its alerts lead
				}
				if n.Reason == unowned {
					called++
				}
				if n.Plane == headstart.PlaneOperators && n.Resolved {
					ended++
				}
				for _, secret := range []string{"sw-n-2", "Noord", "print", "Print"} {
					if strings.Contains(string(encode(n)), secret) {
						t.Errorf("%s tells %q: %s", key, secret, encode(n))
					}
				}
			}
			if called == 0 || ended == 0 {
				t.Errorf("%d calls and %d ends, want both", called, ended)
			}
		})
	}
}
