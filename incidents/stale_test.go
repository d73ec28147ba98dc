package incidents

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// goStale lets group 1 fall silent d after monday.
func (st *story) goStale(d time.Duration) []Message {
	st.s.groups[1].Stale = true
	return st.change(d, headstart.Change{Kind: headstart.GroupStale, Group: 1})
}

// TestStalePausesPromises covers ruling 15: while nothing is heard of an incident
// its promises are paused, not missed, and a draft asks whether it is fixed; heard
// of again, users are promised a next message anew.
func TestStalePausesPromises(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	due := st.notice().NextUpdateBy.Sub(monday)
	before := due - time.Minute
	if got := brief(st.goStale(before)); got != "progress draft" {
		t.Errorf("at four hours of silence users got %q, want a draft that asks", got)
	}
	a := st.notice()
	if a.NextUpdateBy != nil || st.incident().NextUpdateBy != nil {
		t.Errorf("a promise for %v stands while there is nothing to say", a.NextUpdateBy)
	}
	if a.Draft == nil || !strings.Contains(a.Draft.Why[0], "is it fixed?") {
		t.Errorf("the draft is %+v, want one that asks the desk whether it is fixed", a.Draft)
	}
	if got := brief(st.tick(due + time.Hour)); got != "" || a.Promises != [2]int{} {
		t.Errorf("an hour after the promise users got %q, kept and missed %v; want nothing, nothing counted", got, a.Promises)
	}
	st.s.groups[1].Stale = false
	st.change(due+2*time.Hour, headstart.Change{Kind: headstart.GroupHeard, Group: 1})
	if a.Draft != nil || a.NextUpdateBy == nil || !a.NextUpdateBy.After(monday.Add(due+2*time.Hour)) {
		t.Errorf("heard again: draft %v, promise %v; want no draft and a promise still to come", a.Draft, a.NextUpdateBy)
	}
}

// TestStaleByApproval covers ruling 15: a person may tell users that nothing is
// heard any more; a promise given with that is paused as well.
func TestStaleByApproval(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.goStale(4 * time.Hour)
	st.command(4*time.Hour+time.Minute, headstart.Command{Do: "approve", Announcement: st.notice().ID})
	a := st.notice()
	if a.Last().Phase != headstart.Progress || a.State != headstart.AnnouncementPublished {
		t.Fatalf("approved, the last update is %s of a notice that is %s; want progress of one that lives", a.Last().Phase, a.State)
	}
	updates, promises := len(a.Updates), a.Promises
	if got := brief(st.tick(30 * time.Hour)); got != "" || len(a.Updates) != updates || a.Promises != promises {
		t.Errorf("users got %q, promises kept and missed %v after %v; want no word and no miss while nothing is heard", got, a.Promises, promises)
	}
}

// TestSilentEndIsNeverFixed covers rulings 14 and 15: closed because nobody spoke of
// it any more, an incident is told to users by approval only; operators' pages are
// closed, once.
func TestSilentEndIsNeverFixed(t *testing.T) {
	for _, reason := range []string{"no_longer_reported", "no_longer_heard"} {
		t.Run(reason, func(t *testing.T) {
			st := newStory(t, nil)
			st.outage(0)
			st.tick(2 * time.Minute)
			g := st.s.groups[1]
			g.Firing, g.State, g.CloseReason, g.ResolvedAt, g.ClosedAt = 0, headstart.Closed, reason, monday.Add(time.Hour), monday.Add(time.Hour)
			said := st.change(time.Hour, headstart.Change{Kind: headstart.GroupClosed, Group: 1})
			if got := brief(said); got != "resolved draft" {
				t.Errorf("users got %q, want a draft", got)
			}
			if i := st.incident(); i.CloseReason != reason || i.State != headstart.Closed || i.ResolvedAt == nil {
				t.Errorf("the incident is %s as %q, ended %v; want closed as %q", i.State, i.CloseReason, i.ResolvedAt, reason)
			}
			if n := len(closings(said)); n != 1 {
				t.Errorf("%d pages closed, want the one of net-team", n)
			}
			if got := brief(st.tick(30 * time.Hour)); got != "" {
				t.Errorf("later users got %q by themselves, want nothing", got)
			}
		})
	}
}

// closings are the final pages among messages, as "receiver".
func closings(ms []Message) (out []string) {
	for _, m := range ms {
		if m.Plane == headstart.PlaneOperators && m.Final {
			out = append(out, m.Receiver)
		}
	}
	return out
}

// TestClosingNamesWhatRemains covers section 11, scenario 5, of the outage whose
// switch came back and two printers did not: the closing text says so, by the names
// people know.
func TestClosingNamesWhatRemains(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.second(4 * time.Minute)
	b := st.f.book
	b.incidents["HS-2"].SplitFrom = "HS-1"
	st.s.problems["prn-1/Offline"] = &headstart.Problem{V: 1, Key: "prn-1/Offline", Asset: "prn-1", State: headstart.ProblemOpen, Group: 2}
	for lang, want := range map[string]string{"nl": "printer N2-04", "en": "printer N2-04"} {
		if got := b.wording(st.incident(), "noord", headstart.Solved, lang).Vars["Remains"]; got != want {
			t.Errorf("%s: %q remains, want %q", lang, got, want)
		}
	}
	b.devices["prn-1"].Confidential = true
	if got := b.remains([]*incident{st.incident()}, "en"); got != "" {
		t.Errorf("%q of something confidential is named", got)
	}
	b.devices["prn-1"].Confidential = false
	b.incidents["HS-2"].State = headstart.Resolved
	b.follow(b.incidents["HS-2"])
	if got := b.remains([]*incident{st.incident()}, "en"); got != "" {
		t.Errorf("%q is named though it works again", got)
	}
}

// TestPrintersByName: a few by name, many or nameless ones by number.
func TestPrintersByName(t *testing.T) {
	for want, names := range map[string][]string{
		"":                   nil,
		"printer A":          {"A"},
		"één printer":        {""},
		"printers A en B":    {"A", "B"},
		"printers A, B en C": {"A", "B", "C"},
		"4 printers":         {"A", "B", "C", "D"},
		"2 printers":         {"", "B"},
	} {
		if got := printersByName(names, "nl"); got != want {
			t.Errorf("%q is said as %q, want %q", names, got, want)
		}
	}
}

// TestServicesThatRemainAreFew: a closing message does not list hundreds of services.
func TestServicesThatRemainAreFew(t *testing.T) {
	names := []string{"Agenda", "Boekhouding", "Chat", "Dossier", "E-mail"}
	for n, want := range map[int]string{
		1: "Agenda", 4: "Agenda, Boekhouding, Chat en Dossier", 5: "Agenda, Boekhouding, Chat en 2 andere diensten",
	} {
		if got := enumerate(few(names[:n], "nl"), "nl"); got != want {
			t.Errorf("of %d services the message names %q, want %q", n, got, want)
		}
	}
	if got, want := enumerate(few(names, "en"), "en"), "Agenda, Boekhouding, Chat and 2 other services"; got != want {
		t.Errorf("the message names %q, want %q", got, want)
	}
}
