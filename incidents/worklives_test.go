package incidents

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"headstart"
)

// TestLivesOfPlannedWork: whatever happens to windows, announcements and what they
// left broken, every published message is final or says when the next one comes, no
// reminder leaves in quiet hours, and the rows hold all that is known (ruling 2).
func TestLivesOfPlannedWork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l := &workLife{t: t, rt: rt, story: newStory(t, func(a *Announce) {
			if rapid.Bool().Draw(rt, "by itself") {
				for _, p := range headstart.TellableOfWork {
					a.Policy[string(p)] = auto
				}
			}
		}), rows: map[[2]string][]byte{}}
		l.s.windows = map[string]*headstart.MaintenanceWindow{}
		l.s.reach = headstart.Reach{Services: []string{"print"}, Locations: []string{"noord", "zuid"}, People: 40}
		for range rapid.IntRange(3, 25).Draw(rt, "steps") {
			l.now += time.Duration(rapid.IntRange(1, 40*60).Draw(rt, "minutes")) * time.Minute
			l.quietly(l.through(l.now))
			l.act()
			l.check()
		}
	})
}

// workLife is one random life.
type workLife struct {
	*story
	t    *testing.T
	rt   *rapid.T
	now  time.Duration
	rows map[[2]string][]byte
}

// act does one thing to the work or to what is told of it.
func (l *workLife) act() {
	id := fmt.Sprint("W-", rapid.IntRange(1, 2).Draw(l.rt, "window"))
	old := l.s.windows[id]
	switch rapid.IntRange(0, 9).Draw(l.rt, "what") {
	case 0, 1, 2: // planned, moved or planned again
		start := l.now + time.Duration(rapid.IntRange(-60, 9*24*60).Draw(l.rt, "ahead"))*time.Minute
		l.plan(headstart.MaintenanceWindow{
			ID: id, Assets: []string{"sw-n-2"}, StartsAt: monday.Add(start), EndsAt: monday.Add(start + time.Duration(rapid.IntRange(10, 12*60).Draw(l.rt, "length"))*time.Minute),
			Proposed: rapid.IntRange(0, 5).Draw(l.rt, "proposed") == 0,
		})
	case 3:
		if old != nil {
			w := *old
			w.Cancelled = !w.Cancelled
			l.plan(w)
		}
	case 4:
		if old != nil && monday.Add(l.now).After(old.StartsAt) {
			w := *old
			w.EndsAt = monday.Add(l.now + time.Duration(rapid.IntRange(0, 180).Draw(l.rt, "longer"))*time.Minute)
			l.plan(w)
		}
	case 5:
		l.s.failing = [2]int{rapid.IntRange(0, 1).Draw(l.rt, "since"), rapid.IntRange(0, 1).Draw(l.rt, "before")}
	case 6:
		l.command(l.now, headstart.Command{Do: "hush", For: fmt.Sprintf("%dm", rapid.IntRange(0, 300).Draw(l.rt, "hush"))})
	case 7:
		l.command(l.now, headstart.Command{Do: "announce", Window: id, Until: monday.Add(l.now + time.Hour)})
	case 8:
		l.overruns(id)
	default:
		do := rapid.SampledFrom([]string{"approve", "approve", "approve", "discard", "withdraw"}).Draw(l.rt, "do")
		for _, a := range sortedKeys(l.f.book.announcements) {
			l.command(l.now, headstart.Command{Do: do, Announcement: a})
		}
	}
}

func (l *workLife) plan(w headstart.MaintenanceWindow) {
	l.s.windows[w.ID] = &w
	l.line(l.now, headstart.Line{Maintenance: &w})
}

// overruns opens what the work left broken, or ends it.
func (l *workLife) overruns(id string) {
	w := l.s.windows[id]
	switch g := l.s.groups[1]; {
	case g == nil && w != nil && w.Over(monday.Add(l.now)):
		l.overrun(l.now, &headstart.Overrun{Window: id})
	case g != nil && g.State == headstart.Open:
		l.recovered(l.now)
	}
}

// quietly holds that no reminder is pushed in quiet hours.
func (l *workLife) quietly(said []Message) {
	for _, m := range said {
		_, quiet := l.f.book.quietSince(m.At, "noord")
		if m.How == headstart.HowPush && m.Phase == headstart.MaintenanceAnnounced && quiet {
			l.rt.Fatalf("a reminder of %s was pushed at %s", m.Window, m.At.In(l.f.book.zone))
		}
	}
}

// check holds what is always so.
func (l *workLife) check() {
	for id, a := range l.f.book.announcements {
		if a.Window == "" {
			continue
		}
		for n := range a.Updates {
			if u := &a.Updates[n]; !u.Final && u.NextUpdateBy == nil {
				l.rt.Fatalf("%s: update %d (%s) is not final and promises nothing", id, n, u.Phase)
			}
		}
		last := a.Last()
		switch {
		case a.State == headstart.AnnouncementPublished && last == nil:
			l.rt.Fatalf("%s is published without a word", id)
		case last == nil || !a.Planned():
		case last.Phase == headstart.MaintenanceAnnounced && a.Live() && !last.NextUpdateBy.Equal(a.StartsAt):
			l.rt.Fatalf("%s promises %s, but says that the work begins %s", id, last.NextUpdateBy, a.StartsAt)
		case last.Phase == headstart.MaintenanceStarted && a.Live() && !last.NextUpdateBy.Equal(a.EndsAt):
			l.rt.Fatalf("%s promises %s, but says that the work ends %s", id, last.NextUpdateBy, a.EndsAt)
		case last.Final && a.Live():
			l.rt.Fatalf("%s is %s after %s", id, a.State, last.Phase)
		}
	}
	l.restart()
}

// restart loads the rows into a new fold, which must know the same.
func (l *workLife) restart() {
	for _, op := range l.f.take() {
		k := [2]string{op.Table, op.Key}
		if op.Kind == headstart.Put {
			l.rows[k] = slices.Clone(op.Val)
		} else {
			delete(l.rows, k)
		}
	}
	f := newFold(l.s, testMakers())
	f.trusted = true
	if err := f.load(headstart.TableConfig, headstart.Row{Key: "current", Val: encode(l.f.book.log)}); err != nil {
		l.rt.Fatal(err)
	}
	for k, v := range l.rows {
		if err := f.load(k[0], headstart.Row{Key: k[1], Val: v}); err != nil {
			l.rt.Fatal(err)
		}
	}
	if err := f.loaded(); err != nil {
		l.rt.Fatal(err)
	}
	if diff := cmp.Diff(snapshot(l.t, l.f), snapshot(l.t, f)); diff != "" {
		l.rt.Fatalf("loaded state differs (-fold +load):\n%s", diff)
	}
	l.f = f
}
