package incidents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// spoken composes words that name the times a message gives.
type spoken struct{ plain }

func (s spoken) Compose(w headstart.Wording) headstart.Composed {
	c := s.plain.Compose(w)
	say := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.UTC().Format("15:04")
	}
	c.Text.Body = fmt.Sprintf("expected %s before %s %s", say(w.Expected), say(w.ExpectedOld), w.Vars["Reason"])
	return c
}

func (st *story) eta(d, in time.Duration, reason string) ([]Message, *headstart.Outcome) {
	return st.command(d, headstart.Command{Do: "set-eta", Incident: "HS-1", ETA: monday.Add(in), Text: reason})
}

func (st *story) words() string { return strings.TrimSpace(st.notice().Last().Text["en"].Body) }

// TestETAIsTold (announcements section 8): a person's time is told at once, rounded up;
// a change names the old one; once it has passed it counts as missed, nobody "still"
// thinks so, and the next message says that it passed, once.
func TestETAIsTold(t *testing.T) {
	st := newStory(t, nil)
	st.f.book.composer = spoken{}
	st.outage(0)
	st.tick(2 * time.Minute)
	if got := st.words(); got != "expected - before -" {
		t.Errorf("the first notice says %q, want that nobody knows", got)
	}
	said, o := st.eta(5*time.Minute, 301*time.Minute, "")
	if got := brief(said); got != "eta_changed page, eta_changed push" || o.Refused != "" {
		t.Fatalf("users got %q (%s), want the time, pushed", got, o.Refused)
	}
	if got := st.words(); got != "expected 13:15 before -" {
		t.Errorf("told %q, want 13:15 and no time before", got)
	}
	if e := st.incident().ETA; e.Source != "person" || !e.At.Equal(monday.Add(315*time.Minute)) {
		t.Errorf("the time is %+v", e)
	}
	if said, _ := st.eta(6*time.Minute, 315*time.Minute, ""); brief(said) != "" {
		t.Errorf("the same time once more: %q", brief(said))
	}
	st.eta(10*time.Minute, 6*time.Hour, "the part is late")
	if got := st.words(); got != "expected 14:00 before 13:15 the part is late" {
		t.Errorf("the change says %q", got)
	}
	st.tick(st.due())
	if got := st.words(); got != "expected 14:00 before -" {
		t.Errorf("without news %q, want the time that still holds", got)
	}
	if got := st.outcomes(6*time.Hour-warnAhead, "owner_warned"); len(got) != 1 {
		t.Errorf("five minutes before the time: %v, want a warning", got)
	}
	if got := st.outcomes(6*time.Hour, "eta_missed"); !slices.Equal(got, []string{"eta_missed noord"}) {
		t.Errorf("the time passed: %v, want it missed", got)
	}
	a := st.notice()
	if a.Missed == nil || a.Promises[1] != 1 || a.Draft == nil {
		t.Errorf("missed %v, counted %v, draft %v", a.Missed, a.Promises, a.Draft != nil)
	}
	if _, o := st.command(6*time.Hour+time.Minute, headstart.Command{Do: "approve", Announcement: a.ID}); o.Refused != "" {
		t.Fatal(o.Refused)
	}
	if got := st.words(); got != "expected - before 14:00" {
		t.Errorf("after it passed %q, want that it did and that nobody knows", got)
	}
	st.command(6*time.Hour+2*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Progress, Text: "x"})
	if got := st.words(); got != "expected - before -" {
		t.Errorf("the message after that %q, want no second apology", got)
	}
	if _, o := st.eta(7*time.Hour, 10*time.Minute, ""); o.Refused == "" {
		t.Error("a time in the past was taken")
	}
}

// TestETAWaitsForASecondPerson: with four eyes nothing a rule says names the time before
// the other has approved it.
func TestETAWaitsForASecondPerson(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.FourEyes = true })
	st.f.book.composer = spoken{}
	st.outage(0)
	st.command(0, headstart.Command{Do: "ack", Incident: "HS-1"})
	if said, _ := st.eta(time.Minute, 8*time.Hour, ""); brief(said) != "eta_changed draft" {
		t.Fatalf("users got %q, want a draft", brief(said))
	}
	st.tick(st.due())
	if got := st.words(); got != "expected - before -" {
		t.Errorf("without news %q, want no time", got)
	}
	id := st.notice().ID
	st.line(250*time.Minute, headstart.Line{Command: &headstart.Command{ID: "other", By: "joris", Do: "approve", Announcement: id}})
	if got := st.words(); got != "expected 16:00 before -" {
		t.Errorf("approved %q (%s)", got, st.f.book.outcomes["other"].Refused)
	}
}

// TestETAStaysQuiet: nobody hears a time of what is confidential, hushed or over; and of
// what all answers well again none is missed.
func TestETAStaysQuiet(t *testing.T) {
	for name, first := range map[string]headstart.Command{
		"confidential": {Do: "confidential", Incident: "HS-1"}, "hushed": {Do: "hush", Incident: "HS-1", For: "3h"}, "over": {Do: "resolve", Incident: "HS-1"},
	} {
		st := newStory(t, nil)
		st.outage(0)
		st.command(time.Minute, first)
		if said, o := st.eta(2*time.Minute, time.Hour, ""); brief(said) != "" || o.Refused != "" {
			t.Errorf("%s: users got %q, refused %q", name, brief(said), o.Refused)
		}
	}
	st := newStory(t, nil)
	st.outage(0)
	st.eta(time.Minute, 30*time.Minute, "")
	st.s.groups[1].State = headstart.Holding
	st.change(29*time.Minute, headstart.Change{Kind: headstart.GroupHolding, Group: 1})
	if got := st.outcomes(30*time.Minute, "eta_missed"); got != nil {
		t.Errorf("all answers well: %v", got)
	}
}

// week is when those that lives tells of are over.
const week = 7 * 24 * time.Hour

// lives lets a switch fail and come back, each day for a time.
func (st *story) lives(took ...time.Duration) {
	for n, d := range took {
		id := headstart.GroupID(100 + n)
		began := time.Duration(n) * 24 * time.Hour
		g := &headstart.Group{
			V: 1, ID: id, State: headstart.Open, Opener: headstart.ProblemKey(fmt.Sprintf("sw-n-2/%d", n)), Received: monday.Add(began), Points: 2, People: 40,
			Firing: 2, Total: 2, Cause: headstart.Cause{Asset: "sw-n-2", Kind: headstart.CauseObserved}, Services: []string{"print"}, Locations: []string{"noord"}, StartedAt: monday.Add(began),
		}
		st.s.groups[id] = g
		st.change(began, headstart.Change{Kind: headstart.GroupOpened, Group: id})
		g.Firing, g.State, g.Proved = 0, headstart.Holding, true
		st.change(began+d, headstart.Change{Kind: headstart.GroupHolding, Group: id})
		g.State, g.ResolvedAt = headstart.Resolved, monday.Add(began+d+2*time.Minute)
		st.change(began+d+2*time.Minute, headstart.Change{Kind: headstart.GroupResolved, Group: id})
		g.State, g.CloseReason = headstart.Closed, "resolved"
		st.change(began+d+time.Hour, headstart.Change{Kind: headstart.GroupClosed, Group: id})
	}
}

func minutes(n ...int) (out []time.Duration) {
	for _, m := range n {
		out = append(out, time.Duration(m)*time.Minute)
	}
	return out
}

// TestETAFromHistory: the time by which four of five earlier cases were over, from five
// of them on, told where policy allows and else proposed to the desk; it follows from
// the rows alone.
func TestETAFromHistory(t *testing.T) {
	told := func(a *Announce) { a.Policy[historyKey] = auto }
	for name, c := range map[string]struct {
		policy   func(*Announce)
		took     []time.Duration
		eta, ask string // told, and proposed
	}{
		"five cases":                {policy: told, took: minutes(10, 20, 31, 40, 300), eta: "08:45"},
		"four are too few":          {policy: told, took: minutes(10, 20, 31, 40)},
		"all were shorter than now": {policy: told, took: minutes(0, 0, 0, 0, 0)},
		"a person approves":         {took: minutes(40, 31, 300, 20, 10), ask: "08:45"},
		"all: approval":             {policy: func(a *Announce) { told(a); a.Policy["all"] = approval }, took: minutes(10, 20, 31, 40, 300), ask: "08:45"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, c.policy)
			st.f.book.composer = spoken{}
			st.lives(c.took...)
			st.outage(week)
			i := st.f.book.incidents[st.f.book.byGroup[1]]
			say := func(e *headstart.ETA) string {
				if e == nil {
					return ""
				}
				if e.Source != fromHistory || e.Confidence != fmt.Sprintf("80 %% of the last %d outages of this kind were over by then", len(c.took)) {
					t.Errorf("source %q, confidence %q", e.Source, e.Confidence)
				}
				return e.At.Format("15:04")
			}
			if got := [2]string{say(i.ETA), say(i.ETAProposed)}; got != [2]string{c.eta, c.ask} {
				t.Errorf("told and proposed %q, want %q and %q", got, c.eta, c.ask)
			}
			a := st.f.book.of(i)[0]
			if a.Last() == nil {
				return
			}
			want := "expected -"
			if c.eta != "" {
				want = "expected " + c.eta
			}
			if got := a.Last().Text["en"].Body; !strings.HasPrefix(got, want) {
				t.Errorf("users read %q, want %q", got, want)
			}
		})
	}
}

// TestHistoryForgets: what comes back counts for nothing until it is over again, what
// nobody saw end never does, only the latest count, and what is forgotten is gone.
func TestHistoryForgets(t *testing.T) {
	st := newStory(t, nil)
	st.lives(minutes(10, 20, 30, 40, 50)...)
	h := st.f.book.history
	class := "switch/observed"
	if n := len(h[class]); n != 5 {
		t.Fatalf("%d cases of %s, want 5: %v", n, class, h)
	}
	last := st.f.book.incidents["HS-5"]
	g := st.s.groups[last.Group]
	g.State, g.Firing = headstart.Open, 1
	st.change(week, headstart.Change{Kind: headstart.GroupReopened, Group: g.ID})
	if n := len(h[class]); n != 4 || last.X.Lasted != nil {
		t.Errorf("%d cases after one came back, want 4", n)
	}
	g.State, g.CloseReason = headstart.Closed, "no_longer_heard"
	st.change(week+time.Hour, headstart.Change{Kind: headstart.GroupClosed, Group: g.ID})
	if n := len(h[class]); n != 4 {
		t.Errorf("%d cases with one that nobody saw end, want 4", n)
	}
	st.tick(500 * 24 * time.Hour)
	if n := len(h); n != 0 {
		t.Errorf("%d classes after all were forgotten, want none", n)
	}
	many := history{}
	for n := range 2 * mostCases {
		many.add(&incident{Incident: headstart.Incident{Seq: n}, X: extra{Lasted: &lasted{Class: class, Ended: monday.Add(time.Duration(n) * time.Hour), For: time.Duration(100-n) * time.Minute}}})
	}
	if by, n := many.expect(class, monday); n != mostCases || !by.Equal(monday.Add(40*time.Minute)) {
		t.Errorf("of a hundred cases %d say %s, want the latest fifty and 40 minutes", n, by.Sub(monday))
	}
}

// TestOtherCauseOtherTime: a cause of another class changes the time; users who know of
// the old one are told by policy, and by default a person approves that.
func TestOtherCauseOtherTime(t *testing.T) {
	for _, policy := range []string{auto, approval} {
		st := newStory(t, func(a *Announce) { a.Policy[historyKey], a.Policy["eta_changed"] = auto, policy })
		st.f.book.composer = spoken{}
		st.lives(minutes(10, 20, 30, 40, 50)...)
		for _, i := range st.f.book.incidents { // those of printers took twice as long
			twin := *i
			twin.ID, twin.Seq, twin.Group = i.ID+"0", 10*i.Seq, i.Group+1000
			twin.X.Lasted = &lasted{Class: "printer/observed", Ended: i.X.Lasted.Ended, For: 2 * i.X.Lasted.For}
			st.f.book.history.add(&twin)
		}
		st.outage(week)
		st.tick(week + 2*time.Minute)
		g := st.s.groups[1]
		g.Cause.Asset = "prn-1"
		got := brief(st.change(week+3*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1}))
		want := map[string]string{auto: "eta_changed page, eta_changed push", approval: "eta_changed draft"}[policy]
		if !strings.HasPrefix(got, want) {
			t.Errorf("policy %s: users got %q, want %q", policy, got, want)
		}
		i := st.f.book.incidents[st.f.book.byGroup[1]]
		u := st.f.book.of(i)[0].Last()
		if policy == approval {
			u = st.f.book.of(i)[0].Draft
		}
		if body := u.Text["en"].Body; body != "expected 09:30 before 08:45 The cause is not what we thought." {
			t.Errorf("policy %s: %q", policy, body)
		}
	}
}
