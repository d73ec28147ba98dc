package incidents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// owes are the keys on the outbox that hold part, without the uid before it.
func (st *story) keys(part string) (out []string) {
	for _, key := range sortedKeys(st.f.book.owed) {
		if _, rest, _ := strings.Cut(key, "/"); strings.Contains(key, part) {
			out = append(out, rest)
		}
	}
	return out
}

// outcomes are the decisions of the last line that came to one of names, as
// "owner_warned net-team".
func (st *story) outcomes(d time.Duration, names ...string) (out []string) {
	st.t.Helper()
	st.f.observe = func(x headstart.Decision) {
		if slices.Contains(names, x.Outcome) {
			out = append(out, strings.TrimSpace(x.Outcome+" "+x.Subject))
		}
	}
	st.tick(d)
	st.f.observe = nil
	return out
}

// due is when the notice of HS-1 promised the next message, after monday.
func (st *story) due() time.Duration {
	st.t.Helper()
	by := st.notice().NextUpdateBy
	if by == nil {
		st.t.Fatal("no promise is open")
	}
	return by.Sub(monday)
}

// TestOwnerIsWarned (announcements section 6): five minutes before a promise whoever is
// paged of the incident is told, once, and not when it was kept before.
func TestOwnerIsWarned(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	due := st.due()
	if got := st.outcomes(due-warnAhead-time.Second, "owner_warned"); got != nil {
		t.Errorf("too early: %v", got)
	}
	if got := st.outcomes(due-warnAhead, "owner_warned"); !slices.Equal(got, []string{"owner_warned net-team"}) {
		t.Errorf("five minutes before: %v, want one warning for the one receiver", got)
	}
	want := []string{fmt.Sprintf("promise/%d/net-team", monday.Add(due).Unix())}
	if got := st.keys("/promise/"); !slices.Equal(got, want) {
		t.Errorf("owed %v, want %v", got, want)
	}
	n := st.f.book.owed[st.incident().UID+"/"+want[0]]
	if said := n.Alerts[0].Annotations["summary"]; n.Reason != "promise" || said != "HS-1: users expect a message at 13:00" {
		t.Errorf("the warning says %q (%s)", said, n.Reason)
	}

	kept := newStory(t, nil)
	kept.outage(0)
	due = kept.due()
	kept.command(due-10*time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Progress, Text: "wij zijn er bijna"})
	if got := kept.outcomes(due, "owner_warned", "promise_missed", "promise_kept"); got != nil {
		t.Errorf("kept ten minutes before: %v, want nothing", got)
	}
}

// TestOneWarningForManyAudiences: what several audiences were promised for one time is
// one promise to its owner.
func TestOneWarningForManyAudiences(t *testing.T) {
	c := newCrowd(t, 60, nil)
	c.breaks(1, 0)
	due := c.f.book.incidents["HS-1"].NextUpdateBy.Sub(monday)
	c.heard("")
	c.play("the warning", due-warnAhead, headstart.Line{})
	if n := c.heard("operators  push"); n != 60 {
		t.Errorf("%d warnings, want one for each of 60 receivers", n)
	}
	c.play("the promise", due, headstart.Line{})
	if n := c.heard("users progress page"); n != 60 {
		t.Errorf("%d messages without news, want one for each of 60 audiences", n)
	}
	if c.worst > headstart.MaxUnit {
		t.Errorf("%s has a unit of %d operations", c.at, c.worst)
	}
}

// TestSecondMessageIsOffered: after one message without news the next is offered to the
// owner as a draft with the warning. Sent it keeps the promise; unsent it is missed, and
// stays visible until a message follows.
func TestSecondMessageIsOffered(t *testing.T) {
	again := func() (*story, time.Duration) {
		st := newStory(t, nil)
		st.outage(0)
		st.tick(st.due())
		due := st.due()
		if got := brief(st.tick(due - warnAhead)); !strings.Contains(got, "progress draft") {
			t.Fatalf("with the warning %q, want a draft", got)
		}
		if why := strings.Join(st.notice().Draft.Why, "; "); !strings.Contains(why, "promised for 08:30; the message before had no news either") {
			t.Errorf("the draft says %q", why)
		}
		return st, due
	}
	st, due := again()
	if got := brief(st.tick(due)); got != "" {
		t.Errorf("at the promise users got %q, want no second message without news", got)
	}
	a := st.notice()
	if a.Promises != [2]int{1, 1} || a.Missed == nil || !a.Missed.Equal(monday.Add(due)) || a.Draft == nil || a.NextUpdateBy != nil {
		t.Errorf("kept and missed %v, missed %v, draft %v, next %v", a.Promises, a.Missed, a.Draft != nil, a.NextUpdateBy)
	}
	st.command(due+time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Progress, Text: "wij zijn er bijna"})
	if a.Missed != nil || a.NextUpdateBy == nil {
		t.Errorf("after a message missed %v, next %v; want none missed and a new promise", a.Missed, a.NextUpdateBy)
	}

	st, due = again()
	if _, o := st.command(due-time.Minute, headstart.Command{Do: "approve", Announcement: st.notice().ID}); o.Refused != "" {
		t.Fatal(o.Refused)
	}
	st.tick(due)
	if a := st.notice(); a.Promises != [2]int{2, 0} || a.Missed != nil || !a.NextUpdateBy.After(monday.Add(due)) {
		t.Errorf("sent in time: kept and missed %v (%v), next %v", a.Promises, a.Missed, a.NextUpdateBy)
	}
}

// TestDraftOfAPersonStays: neither the clock nor a correction throws away what waits for
// a second pair of eyes.
func TestDraftOfAPersonStays(t *testing.T) {
	st := newStory(t, func(a *Announce) { a.FourEyes = true })
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Progress, Text: "de monteur is er"})
	st.s.groups[1].Locations = []string{"noord", "zuid"}
	st.change(2*time.Minute, headstart.Change{Kind: headstart.CauseChanged, Group: 1})
	first := st.due()
	st.tick(first)
	second := st.due()
	st.tick(second)
	if d := st.notice().Draft; d == nil || d.By != "samira" {
		t.Errorf("the draft is %+v, want the one samira wrote", d)
	}
}

// TestCadence: by severity, twice as long where people can work on, twice as long after
// two hours, and never longer than a person promises.
func TestCadence(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.command(0, headstart.Command{Do: "ack", Incident: "HS-1"})
	b, i, a := st.f.book, st.incident(), st.notice()
	for _, c := range []struct {
		priority string
		phase    headstart.Phase
		after    time.Duration
		want     time.Duration
	}{
		{"P1", headstart.Identified, 0, 30 * time.Minute},
		{"P2", headstart.Progress, 0, time.Hour},
		{"P3", headstart.Progress, 0, 4 * time.Hour},
		{"P4", headstart.ETAChanged, 0, 4 * time.Hour},
		{"P1", headstart.WorkaroundFound, 0, time.Hour},
		{"P2", headstart.WorkaroundFound, 0, 2 * time.Hour},
		{"P3", headstart.WorkaroundFound, 0, 8 * time.Hour},
		{"P1", headstart.Progress, 2*time.Hour - time.Second, 30 * time.Minute},
		{"P1", headstart.Progress, 2 * time.Hour, time.Hour},
		{"P1", headstart.Reopened, 5 * time.Hour, 30 * time.Minute},
	} {
		i.Priority, b.now = c.priority, monday.Add(c.after)
		if got := b.cadence(i, a, c.phase); got != c.want {
			t.Errorf("%s %s after %s: %s, want %s", c.priority, c.phase, c.after, got, c.want)
		}
		if less := b.tires(a, c.phase); less != (c.after >= 2*time.Hour && c.phase != headstart.Reopened) {
			t.Errorf("%s after %s: messages come less often %t", c.phase, c.after, less)
		}
	}
}

// TestNearerPromiseWins: a person promises an earlier message than the cadence wants,
// never a later one, and none in the past.
func TestNearerPromiseWins(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	tell := headstart.Command{Do: "announce", Incident: "HS-1", Phase: headstart.Progress, Text: "de monteur komt"}
	tell.Due = monday.Add(22 * time.Minute)
	st.command(time.Minute, tell)
	if got := st.due(); got != 22*time.Minute {
		t.Errorf("promised after %s, want the 22 minutes of the person", got)
	}
	tell.Due = monday.Add(10 * time.Hour)
	st.command(2*time.Minute, tell)
	if got := st.due(); got != 4*time.Hour {
		t.Errorf("promised after %s, want the four hours of the cadence", got)
	}
	tell.Due = monday
	if _, o := st.command(3*time.Minute, tell); !strings.Contains(o.Refused, "still to come") {
		t.Errorf("a promise for the past came to %+v", o)
	}
}

// TestNoPromiseForTheNight covers ruling 28: where nobody attends, what would fall due
// after hours is promised for the next working day; who is assigned works in hours.
func TestNoPromiseForTheNight(t *testing.T) {
	late := 8*time.Hour + 15*time.Minute // 17:15; work ends at 17:30
	morning := time.Date(2026, 11, 24, 7, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		do   headstart.Command
		want time.Time
	}{
		"nobody":               {want: morning},
		"somebody took it on":  {do: headstart.Command{Do: "ack"}, want: monday.Add(late + 4*time.Hour).Truncate(5 * time.Minute)},
		"an owner, in hours":   {do: headstart.Command{Do: "assign", Owner: "joris"}, want: monday.Add(late + 4*time.Hour).Truncate(5 * time.Minute)},
		"a group and no owner": {do: headstart.Command{Do: "assign", SupportGroup: "netwerk"}, want: morning},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, func(a *Announce) { a.Evidence = 3 })
			st.outage(late - time.Minute)
			if c.do.Do != "" {
				c.do.Incident = "HS-1"
				st.command(late-time.Second, c.do)
			}
			st.s.groups[1].Points = 3
			st.change(late, headstart.Change{Kind: headstart.MemberJoined, Group: 1})
			if got := st.notice().NextUpdateBy; !got.Equal(c.want) {
				t.Errorf("promised for %s, want %s", got, c.want)
			}
		})
	}
	st := newStory(t, nil)
	st.outage(0)
	st.command(time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
	st.f.book.now = monday.Add(14 * time.Hour)
	if st.f.book.attended(st.incident()) {
		t.Error("at 23:00 a text says that somebody is on it, and joris is not on duty")
	}
}

// TestEndsCancelPromises: resolving, withdrawing, planned work and silence leave nothing
// to be missed.
func TestEndsCancelPromises(t *testing.T) {
	for name, end := range map[string]func(*story){
		"resolved by hand": func(st *story) {
			st.command(2*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-1", Cause: "een stekker"})
		},
		"withdrawn": func(st *story) {
			st.command(2*time.Minute, headstart.Command{Do: "withdraw", Announcement: st.notice().ID})
		},
		"silent": func(st *story) {
			st.s.groups[1].Stale = true
			st.change(2*time.Minute, headstart.Change{Kind: headstart.GroupStale, Group: 1})
		},
		"planned work": func(st *story) {
			st.s.groups[1].Paused = true
			st.change(2*time.Minute, headstart.Change{Kind: headstart.PlanChanged, Group: 1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(0)
			end(st)
			if a, i := st.notice(), st.incident(); a.NextUpdateBy != nil || i.NextUpdateBy != nil {
				t.Errorf("promised for %v and %v", a.NextUpdateBy, i.NextUpdateBy)
			}
			if got := st.outcomes(3*time.Hour, "owner_warned", "promise_missed", "promise_kept"); got != nil {
				t.Errorf("three hours later: %v", got)
			}
		})
	}
}

// TestCorrectionOfProgress: a cause that shows up after a message without news corrects
// that one; the promise in it stands, and it is still the one message in a row.
func TestCorrectionOfProgress(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(st.due())
	due := st.due()
	g := st.s.groups[1]
	g.Locations, g.Cause.Asset = []string{"noord", "zuid"}, "prn-1"
	said := st.change(due-20*time.Hour, headstart.Change{Kind: headstart.CauseChanged, Group: 1})
	if got := brief(said); !strings.HasPrefix(got, "progress page") || !said[0].Corrects {
		t.Fatalf("users got %q, want the message without news corrected", got)
	}
	if got := st.due(); got != due {
		t.Errorf("the promise moved from %s to %s", due, got)
	}
	st.tick(due)
	if a := st.notice(); a.Promises != [2]int{1, 1} {
		t.Errorf("kept and missed %v, want the second missed", a.Promises)
	}
}
