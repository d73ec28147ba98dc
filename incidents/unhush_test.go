package incidents

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestHushEndJudgesAgain covers ruling 30: what only a hush held may stand when it
// ends, without anybody at the desk: the first notice of what fails still, and the
// closing one of what is over.
func TestHushEndJudgesAgain(t *testing.T) {
	for name, incident := range map[string]string{"all": "", "one": "HS-1"} {
		t.Run("a notice, "+name, func(t *testing.T) {
			st := newStory(t, nil)
			st.command(0, headstart.Command{Do: "hush", For: "30m"})
			if got := brief(st.outage(time.Minute)); strings.Contains(got, "page") {
				t.Fatalf("hushed, users got %q", got)
			}
			if incident != "" {
				st.command(2*time.Minute, headstart.Command{Do: "hush", For: "0s"})
				st.command(2*time.Minute, headstart.Command{Do: "hush", Incident: incident, For: "28m"})
			}
			if got := brief(st.tick(29 * time.Minute)); incident == "" && got != "" {
				t.Errorf("before the end users got %q", got)
			}
			st.tick(31 * time.Minute)
			if a := st.notice(); !a.Live() {
				t.Errorf("after the hush the notice is %s, want it to stand", a.State)
			}
		})
	}
	t.Run("a closing", func(t *testing.T) {
		st := newStory(t, nil)
		st.outage(0)
		st.command(3*time.Minute, headstart.Command{Do: "hush", For: "2h"})
		st.recovered(10 * time.Minute)
		st.tick(time.Hour)
		if a := st.notice(); !a.Live() || a.Draft == nil {
			t.Fatalf("hushed, the notice is %s with draft %v; want it to wait", a.State, a.Draft)
		}
		if got := brief(st.tick(2*time.Hour + 4*time.Minute)); got != "resolved page, resolved push" {
			t.Errorf("when the hush ends users got %q, want the closing, for those who were told too", got)
		}
	})
	t.Run("held for longer", func(t *testing.T) {
		st := newStory(t, nil)
		st.command(0, headstart.Command{Do: "hush", For: "30m"})
		st.outage(time.Minute)
		st.command(20*time.Minute, headstart.Command{Do: "hush", For: "2h"})
		if got := brief(st.tick(40 * time.Minute)); got != "" {
			t.Errorf("users got %q at the end of the first hush, want nothing", got)
		}
	})
}

// TestHushEndGoesOnInParts covers ruling 1: a hush of everything that ends over a
// hundred incidents judges a few in each unit.
func TestHushEndGoesOnInParts(t *testing.T) {
	st := newStory(t, nil)
	st.command(0, headstart.Command{Do: "hush", For: "1h"})
	st.outage(time.Minute)
	for id := headstart.GroupID(2); id <= 100; id++ {
		g := *st.s.groups[1]
		g.ID, g.Opener, g.Received = id, headstart.ProblemKey(fmt.Sprintf("x-%d/Down", id)), monday.Add(time.Duration(id)*time.Second)
		st.s.groups[id] = &g
		st.change(2*time.Minute, headstart.Change{Kind: headstart.GroupOpened, Group: id})
	}
	st.f.take()
	off := headstart.Offset{Ms: uint64(monday.Add(2 * time.Hour).UnixMilli()), Seq: 1}
	for done := false; !done; {
		done = st.f.unit(off, []headstart.Event{{Off: off, At: off.At(), Received: off.At()}})
		if n := len(st.f.take()); n > 200 {
			t.Fatalf("one unit changes %d rows, want at most 200", n)
		}
	}
	for id, i := range st.f.book.incidents {
		if a := st.f.book.of(i); len(a) != 1 || !a[0].Live() {
			t.Errorf("%s has no notice that stands", id)
		}
	}
}
