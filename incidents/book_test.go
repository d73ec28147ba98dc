package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestOneOutageOneMessage follows the common case through: page at once, push
// after announce.after, resolved to the same people (rulings 24 to 27).
func TestOneOutageOneMessage(t *testing.T) {
	st := newStory(t, nil)
	if got := brief(st.outage(0)); got != "investigating page" {
		t.Fatalf("at opening users got %q, want the notice on the page only", got)
	}
	if got := brief(st.tick(119 * time.Second)); got != "" {
		t.Errorf("before announce.after users got %q, want nothing", got)
	}
	if got := brief(st.tick(2 * time.Minute)); got != "investigating push" {
		t.Fatalf("after announce.after users got %q, want the push", got)
	}
	if keys := sortedKeys(st.f.book.owed); !slices.ContainsFunc(keys, func(k string) bool { return strings.HasSuffix(k, "/noord/0/mail") }) {
		t.Errorf("owed %v, want the mail of noord; chat carries zuid only", keys)
	}
	if got := brief(st.recovered(10 * time.Minute)); got != "" {
		t.Errorf("during the hold users got %q, want nothing", got)
	}
	if got := brief(st.tick(24 * time.Minute)); got != "" {
		t.Errorf("before resolved_after users got %q, want nothing", got)
	}
	if got := brief(st.tick(25 * time.Minute)); got != "resolved page, resolved push" {
		t.Errorf("15 minutes after all was well users got %q, want resolved, pushed", got)
	}
	if a := st.notice(); a.State != headstart.AnnouncementFinal || a.NextUpdateBy != nil {
		t.Errorf("the announcement is %s with promise %v, want final without one", a.State, a.NextUpdateBy)
	}
}

// TestEvidence covers ruling 24: what stands against the page becomes a draft
// that names it.
func TestEvidence(t *testing.T) {
	cases := map[string]struct {
		change func(*headstart.Group)
		policy func(*Announce)
		want   string
	}{
		"one observation is not enough":   {change: func(g *headstart.Group) { g.Points = 1 }, want: "evidence 1 of 2"},
		"tickets alone are no machine":    {change: func(g *headstart.Group) { g.Points = 0 }, want: "evidence 0 of 2"},
		"all alerts silenced (ruling 17)": {change: func(g *headstart.Group) { g.Silenced = true }, want: "all alerts silenced"},
		"silenced by whom": {change: func(g *headstart.Group) {
			g.Silenced, g.SilencedBy = true, []headstart.Mute{{By: "joris", Comment: "replaced"}, {Inhibited: true}}
		}, want: "all alerts silenced by joris: replaced, inhibited at the source"},
		"inhibited only": {change: func(g *headstart.Group) {
			g.Silenced, g.SilencedBy = true, []headstart.Mute{{Inhibited: true}}
		}, want: "all alerts silenced, inhibited at the source"},
		"a storm needs a person":           {change: func(g *headstart.Group) { g.Cause.Kind = headstart.CauseStorm }, want: "cause is storm"},
		"confidential service (ruling 30)": {change: func(g *headstart.Group) { g.Services = []string{"hr"} }, want: "confidential"},
		"policy wants approval":            {change: func(*headstart.Group) {}, policy: func(a *Announce) { a.Policy["all"] = approval }, want: "policy wants approval"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, c.policy)
			st.outage(0)
			g := *st.s.groups[1]
			st = newStory(t, c.policy)
			c.change(&g)
			st.s.groups[1] = &g
			said := st.change(0, headstart.Change{Kind: headstart.GroupOpened, Group: 1})
			if got := brief(said); got != "investigating draft" {
				t.Fatalf("users got %q, want a draft only", got)
			}
			if why := strings.Join(st.notice().Draft.Why, "; "); !strings.Contains(why, c.want) {
				t.Errorf("the draft says %q, want it to name %q", why, c.want)
			}
			if got := brief(st.tick(3 * time.Minute)); strings.Contains(got, "push") {
				t.Errorf("users got %q, want no push", got)
			}
		})
	}
}

// TestPushWaits covers ruling 25: what keeps a notice from being pushed leaves
// it standing on the page, as a push that waits for a person.
func TestPushWaits(t *testing.T) {
	cases := map[string]struct {
		policy func(*Announce)
		change func(*headstart.Group)
		waits  bool
	}{
		"mode approve":           {policy: func(a *Announce) { a.Push.Mode = "approve" }, waits: true},
		"few people, low":        {change: func(g *headstart.Group) { g.People = 3 }, waits: true},
		"few people, allowed":    {policy: func(a *Announce) { a.Push.MinPeople = 2 }, change: func(g *headstart.Group) { g.People = 3 }},
		"one printer by itself":  {change: func(g *headstart.Group) { g.Cause.Asset, g.Total, g.People = "prn-1", 1, 60 }, waits: true},
		"budget of the day used": {policy: func(a *Announce) { a.Push.Budget = 1 }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, c.policy)
			st.outage(-time.Hour)
			g := *st.s.groups[1]
			st = newStory(t, c.policy)
			if c.change != nil {
				c.change(&g)
			}
			st.s.groups[1] = &g
			st.change(0, headstart.Change{Kind: headstart.GroupOpened, Group: 1})
			got := brief(st.tick(3 * time.Minute))
			if c.waits != st.notice().PushDraft || c.waits == strings.Contains(got, "push") {
				t.Errorf("users got %q, push waits %v; want it to wait %v", got, st.notice().PushDraft, c.waits)
			}
		})
	}
}

// TestOverBeforePush: over before the push, nothing is pushed, and nobody who
// was not told hears the end (ruling 25).
func TestOverBeforePush(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	said := brief(st.recovered(30 * time.Second))
	said += brief(st.tick(5 * time.Minute))
	if said != "" {
		t.Errorf("users got %q, want nothing before resolved_after", said)
	}
	if got := brief(st.tick(20 * time.Minute)); got != "resolved page" {
		t.Errorf("users got %q, want resolved on the page only", got)
	}
	for key, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneUsers {
			t.Errorf("owed %s, want nothing for users", key)
		}
	}
}

// TestResolvedNeedsProof breaks each condition of ruling 27 alone: a draft.
func TestResolvedNeedsProof(t *testing.T) {
	cases := map[string]func(*story){
		"recovery not proved": func(st *story) { st.s.groups[1].Proved = false },
		"a person set a time": func(st *story) {
			st.command(15*time.Minute, headstart.Command{Do: "set-eta", Incident: "HS-1", ETA: monday.Add(time.Hour)})
		},
		"a caller came late":   func(st *story) { st.command(15*time.Minute, headstart.Command{Do: "confirm", Incident: "HS-1"}) },
		"made confidential":    func(st *story) { st.command(15*time.Minute, headstart.Command{Do: "confidential", Incident: "HS-1"}) },
		"everything is hushed": func(st *story) { st.command(15*time.Minute, headstart.Command{Do: "hush", For: "2h"}) },
	}
	for name, breakIt := range cases {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(0)
			st.tick(2 * time.Minute)
			st.recovered(10 * time.Minute)
			breakIt(st)
			if got := brief(st.tick(26 * time.Minute)); got != "resolved draft" {
				t.Fatalf("users got %q, want a draft", got)
			}
			if d := st.notice().Draft; d == nil || len(d.Why) == 0 {
				t.Error("the draft does not say why it waits")
			}
		})
	}
	t.Run("ack, assign, note and link do not count", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.s.tickets["rt/T-1"] = &headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "T-1", CreatedAt: monday}}
		for _, c := range []headstart.Command{{Do: "ack"}, {Do: "assign", Owner: "joris"}, {Do: "note", Text: "onderweg"}, {Do: "link", Ticket: "T-1", Source: "rt"}} {
			c.Incident = "HS-1"
			if _, o := st.command(time.Minute, c); o.Refused != "" {
				t.Fatalf("%s was refused: %s", c.Do, o.Refused)
			}
		}
		st.tick(2 * time.Minute)
		st.recovered(10 * time.Minute)
		if got := brief(st.tick(26 * time.Minute)); got != "resolved page, resolved push" {
			t.Errorf("users got %q, want resolved by itself", got)
		}
	})
}

// TestUndecidedClosing: an hour later users hear that the checks are good again.
func TestUndecidedClosing(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.Policy["progress_no_news"] = approval })
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "set-eta", Incident: "HS-1", ETA: monday.Add(time.Hour)}) // a person took part
	st.recovered(10 * time.Minute)
	st.tick(26 * time.Minute)
	if got := brief(st.tick(86 * time.Minute)); !strings.Contains(got, "progress page") {
		t.Errorf("users got %q, want progress: our checks are good again", got)
	}
}

// TestPromise covers the promise clock: kept once without news, then missed and
// shown; resolving cancels it.
func TestPromise(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	first := *st.notice().NextUpdateBy
	if got := brief(st.tick(first.Sub(monday))); got != "progress page" {
		t.Fatalf("at the promised time users got %q, want progress on the page (mail stays silent)", got)
	}
	second := *st.notice().NextUpdateBy
	st.tick(second.Sub(monday))
	if a := st.notice(); a.Promises != [2]int{1, 1} || a.Draft == nil {
		t.Errorf("promises %v draft %v, want one kept, one missed and a draft", a.Promises, a.Draft)
	}
}

// TestUnattendedPromise: outside hours nobody attends, so the promise is the
// next working start and half an hour, and no text says somebody is on it (ruling 28).
func TestUnattendedPromise(t *testing.T) {
	st := newStory(t, nil)
	st.outage(20 * time.Hour) // Tuesday 05:00 in Amsterdam
	u := st.notice().Last()
	if want := time.Date(2026, 11, 24, 7, 30, 0, 0, time.UTC); !u.NextUpdateBy.Equal(want) {
		t.Errorf("promised for %s, want %s (08:30 local)", u.NextUpdateBy, want)
	}
	if !strings.Contains(u.Text["nl"].Body, "attended=false lookfrom=true") {
		t.Errorf("the text says %q, want nobody on it and from when", u.Text["nl"].Body)
	}
	if got := brief(st.tick(20*time.Hour + 3*time.Minute)); got != "" {
		t.Errorf("in quiet hours users got %q, want nothing pushed", got)
	}
	if got := brief(st.tick(22 * time.Hour)); got != "investigating push" {
		t.Errorf("at the end of quiet hours users got %q, want the push", got)
	}
}

// TestCorrectedInPlace: a later cause changes the words of the same notice.
func TestCorrectedInPlace(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	promise := st.notice().NextUpdateBy
	st.s.groups[1].Locations = []string{"noord"}
	st.s.groups[1].Services = []string{"hr2"}
	st.s.groups[1].Cause.Asset = "prn-1"
	st.s.groups[1].Total = 1
	said := st.change(3*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})
	if got := brief(said); got != "investigating page" || !said[0].Corrects {
		t.Fatalf("users got %q, want one correction on the page", got)
	}
	if got := st.notice().NextUpdateBy; !got.Equal(*promise) {
		t.Errorf("the promise moved to %s", got)
	}
	if n := len(st.f.book.announcements); n != 1 {
		t.Errorf("%d announcements, want the one", n)
	}
}

// TestMergeKeepsEveryone: two incidents become one; whoever was told hears the
// end, and the notice that was pushed is the one that lives on.
func TestMergeKeepsEveryone(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	g2 := *st.s.groups[1]
	g2.ID, g2.Opener, g2.Cause.Asset, g2.Total = 2, "prn-1/Offline", "prn-1", 2
	st.s.groups[2] = &g2
	st.tick(2 * time.Minute) // HS-1 was pushed
	st.change(3*time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: 2})
	st.s.groups[1].State, st.s.groups[1].MergedInto = headstart.Merged, 2
	st.change(4*time.Minute, headstart.Change{Kind: headstart.GroupMerged, Group: 1, Other: 2})
	i2 := st.f.book.incidents["HS-2"]
	told := st.f.book.of(i2)
	if len(told) != 1 || st.incident().State != headstart.Merged || st.incident().MergedInto != "HS-2" {
		t.Fatalf("HS-2 has %d announcements, HS-1 is %s into %q", len(told), st.incident().State, st.incident().MergedInto)
	}
	live := 0
	for _, a := range told {
		if a.Live() {
			live++
			if a.How != headstart.HowPush {
				t.Error("the notice that was pushed must be the one that lives on")
			}
		}
	}
	if live != 1 {
		t.Errorf("%d live notices for one audience, want 1", live)
	}
	if i2.AnnouncedAt == nil || !i2.AnnouncedAt.Equal(monday) {
		t.Errorf("announced at %v, want when users first heard", i2.AnnouncedAt)
	}
}

// TestDelivery: the outbox is a function of the log. A retry keeps the id, a
// delivery takes it off, repeats do nothing.
func TestDelivery(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	st.f.book.out, st.f.book.ack = nil, nil
	key := st.incident().UID + "/noord/0/mail"
	retry := monday.Add(4 * time.Minute)
	st.line(3*time.Minute, headstart.Line{Delivery: &headstart.Delivery{Key: key, Outcome: "retry", RetryAt: retry, Attempt: 1}})
	if out := st.f.book.out; len(out) != 1 || out[0].ID != key || !out[0].Due.Equal(retry) {
		t.Fatalf("after a retry the outbox gets %+v, want the same id due later", out)
	}
	for range 2 {
		st.line(5*time.Minute, headstart.Line{Delivery: &headstart.Delivery{Key: key, Outcome: "sent", Handle: []byte(`"m1"`)}})
	}
	if !slices.Equal(st.f.book.ack, []string{key}) {
		t.Errorf("acknowledged %v, want %s once", st.f.book.ack, key)
	}
	if got := string(st.notice().Posts["mail"]); got != `"m1"` {
		t.Errorf("the handle is %s", got)
	}
}

// TestLateMailBecomesDraft: after a stop, what was owed to users for more than
// 15 minutes waits for a person (ruling 11).
func TestLateMailBecomesDraft(t *testing.T) {
	st := newStory(t, nil)
	st.f.trusted = false
	st.outage(0)
	st.tick(2 * time.Minute)
	key := st.incident().UID + "/noord/0/mail"
	st.s.due = []time.Time{monday.Add(3 * time.Minute)}
	st.tick(time.Hour)
	if st.f.book.owed[key] != nil || !st.notice().PushDraft {
		t.Error("an hour-old mail is still owed; it must wait for a person")
	}
	if st.s.shift < 57*time.Minute {
		t.Errorf("deadlines moved by %s, want the blind interval and 2 minutes (ruling 5)", st.s.shift)
	}
}

// TestPaging covers ruling 16: every receiver once per incident, again when the
// priority rises, and the end to all of them.
func TestPaging(t *testing.T) {
	st := newStory(t, nil)
	count := func(ms []Message) (n int) {
		for _, m := range ms {
			if m.Plane == headstart.PlaneOperators {
				n++
			}
		}
		return n
	}
	if n := count(st.outage(0)); n != 1 {
		t.Fatalf("%d pages at opening, want one for the one receiver of two alerts", n)
	}
	st.s.problems["x/Y"] = &headstart.Problem{V: 1, Key: "x/Y", State: headstart.ProblemOpen, Group: 1, Alerts: []string{"x"}}
	st.s.alerts["x"] = &headstart.AlertState{V: 1, Labels: map[string]string{"to": "net-team storage"}}
	if n := count(st.change(time.Minute, headstart.Change{Kind: headstart.MemberJoined, Group: 1})); n != 1 {
		t.Errorf("%d pages for a member that brings one new receiver, want 1", n)
	}
	st.s.groups[1].People = 400
	if n := count(st.change(2*time.Minute, headstart.Change{Kind: headstart.ImpactChanged, Group: 1})); n != 2 {
		t.Errorf("%d pages when the priority rises, want one to each of two receivers", n)
	}
	if n := count(st.recovered(10 * time.Minute)); n != 2 {
		t.Errorf("%d pages at the end, want one to each receiver", n)
	}
}

// TestLead: the head start is first linked ticket minus first message, negative
// when a user was first; phone tickets without reported_at are left out (ruling 32).
func TestLead(t *testing.T) {
	cases := map[string]struct {
		ticket headstart.Ticket
		want   *int64
	}{
		"a user was first": {headstart.Ticket{Source: "rt", ID: "1", CreatedAt: monday.Add(-5 * time.Minute)}, new(int64(-300))},
		"we were first":    {headstart.Ticket{Source: "rt", ID: "1", CreatedAt: monday.Add(8 * time.Minute)}, new(int64(480))},
		"logged late":      {headstart.Ticket{Source: "rt", ID: "1", Channel: "phone", CreatedAt: monday.Add(time.Hour), ReportedAt: monday.Add(time.Minute)}, new(int64(60))},
		"phone, no time":   {headstart.Ticket{Source: "rt", ID: "1", Channel: "phone", CreatedAt: monday.Add(time.Hour)}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(0)
			ts := &headstart.TicketState{V: 1, Ticket: c.ticket, Links: []headstart.Link{{Group: 1, Band: headstart.BandSuggest}}}
			st.s.tickets["rt/1"] = ts
			st.change(10*time.Minute, headstart.Change{Kind: headstart.TicketMatched, Ticket: "rt/1"})
			if i := st.incident(); i.Tickets.Suggested != 1 || i.LeadSeconds != nil {
				t.Fatalf("suggested %d lead %v, want a suggestion and no head start yet", i.Tickets.Suggested, i.LeadSeconds)
			}
			ts.Links[0].Verdict = "linked"
			st.change(11*time.Minute, headstart.Change{Kind: headstart.TicketMatched, Ticket: "rt/1"})
			got := st.incident().LeadSeconds
			if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
				t.Errorf("lead %v, want %v", deref(got), deref(c.want))
			}
			if gap := slices.Contains(st.incident().Tags, tagGap); gap != (got != nil && *got < 0) {
				t.Errorf("a lead of %v makes the tags %q; want %s where a user was first", deref(got), st.incident().Tags, tagGap)
			}
		})
	}
}

func deref(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}
