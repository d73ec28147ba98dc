package incidents

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// FuzzLife lets people and machines do anything, in any order. After each record
// the loaded state is the fold's (ruling 2), an audience has at most one live
// notice of an incident, each live notice has a promise or a draft, and nothing
// is owed to users or tickets about what is confidential or hushed (ruling 30).
func FuzzLife(f *testing.F) {
	f.Add([]byte{0, 3, 1, 9, 2, 40, 3, 20, 4, 7, 5, 1, 6, 0, 7, 90})
	f.Add([]byte("merge, reopen, hush and approve in any order \x00\x01\x02\xff"))
	f.Add([]byte{0, 0, 0, 7, 30, 1, 9, 2, 4, 30, 8, 20, 1, 5, 60, 11, 30, 2, 3, 60, 14, 90, 0, 12, 200})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 120 {
			data = data[:120] // each step loads all state again
		}
		l := &life{story: newStory(t, func(a *Announce) { a.Policy["reopened"] = auto }), rows: map[[2]string][]byte{}}
		l.count()
		all := desk
		all.Question = true
		l.writing(all)
		l.outage(0)
		l.check("opening")
		for len(data) >= 3 {
			what, who, wait := data[0], data[1], data[2]
			data = data[3:]
			l.now += time.Duration(wait) * 37 * time.Second
			l.check(l.step(int(what), int(who)))
		}
	})
}

// life is a story with the rows a store would hold.
type life struct {
	*story
	now  time.Duration
	rows map[[2]string][]byte
	n    int

	missed int // promises, by what was decided
}

// count counts missed promises from now on.
func (l *life) count() {
	l.f.observe = func(d headstart.Decision) {
		if d.Outcome == "promise_missed" || d.Outcome == "eta_missed" {
			l.missed++
		}
	}
}

func (l *life) step(what, who int) string {
	l.n++
	l.f.trusted = what < 200 // now and then nobody was looking
	ids := sortedKeys(map[string]bool{"HS-1": true, "HS-2": true, "hs-3": true, "": true, "ref": true})
	id := ids[who%len(ids)]
	notice := "none"
	if keys := sortedKeys(l.f.book.announcements); len(keys) > 0 {
		notice = keys[who%len(keys)]
	}
	dos := []string{
		"ack", "assign", "note", "set-eta", "confidential", "announce", "confirm", "resolve", "approve", "discard", "withdraw", "hush",
		"todo", "todo-done", "nonsense", "lead", "link", "unlink", "confirm-link", "reject-link",
		"make-known", "edit-known", "retire-known", "helped", "dead-links",
		"cover", "uncover", "cover",
	}
	if what%2 == 0 {
		do := dos[what/2%len(dos)]
		value := who%3 == 0
		var due time.Time
		if who%5 == 0 {
			due = monday.Add(l.now + 7*time.Minute)
		}
		l.command(l.now, headstart.Command{
			Do: do, Incident: id, Announcement: notice, Text: "wij kijken", Ref: "t", Value: &value, For: []string{"", "0s", "20m", "x"}[who%4],
			ETA: monday.Add(l.now + time.Hour), Phase: []headstart.Phase{"", headstart.Solved, headstart.Progress, headstart.WorkaroundFound}[who%4],
			Due: due, Audience: []string{"", "noord", "zuid", "all"}[who/4%4], Source: "rt", Ticket: fmt.Sprint(12 + who%3),
			KnownError: []string{"", "KE-1", "ke-2", "KE-7"}[who/2%4], Edition: who % 3, Links: []headstart.LinkCheck{{URL: "https://kb.example/1", Why: []string{"", "404"}[who%2]}},
			Record:    []*headstart.KnownError{nil, {Title: headstart.Names{"nl": "Papier kreukt"}, Fix: "klep dicht"}}[who%2],
			Incidents: []string{fmt.Sprintf("HS-%d", 1+who%2)},
		})
		return do + " " + id
	}
	return l.machine(what/2, who)
}

// machine lets correlation, or the sender, do something plausible.
func (l *life) machine(what, who int) string {
	gid := headstart.GroupID(1 + who%2)
	g := l.s.groups[gid]
	if g == nil && gid == 2 {
		l.second(l.now)
		return "second"
	}
	if what%11 == 10 {
		l.links(l.now, fmt.Sprint(12+who%3), []string{"linked", "linked", "rejected", ""}[who/4%4])
		return "link"
	}
	if x := l.s.tickets[fmt.Sprintf("rt/%d", 12+who%3)]; what%13 == 12 && x != nil {
		x.Reopens++
		l.change(l.now, headstart.Change{Kind: headstart.TicketMatched, Ticket: x.Key()})
		return "answer"
	}
	if what%9 == 8 {
		if keys := sortedKeys(l.f.book.owed); len(keys) > 0 {
			l.line(l.now, headstart.Line{Delivery: &headstart.Delivery{Key: keys[who%len(keys)], Outcome: []string{"sent", "retry", "dead"}[who%3], Handle: []byte(`{"id":"900"}`)}})
		}
		return "delivery"
	}
	if g.State == headstart.Merged {
		l.tick(l.now)
		return "tick"
	}
	kind, over := headstart.ImpactChanged, g.State == headstart.Resolved || g.State == headstart.Closed
	switch what % 9 {
	case 0:
		if !over {
			return "tick" + brief(l.tick(l.now))
		}
		kind, g.State, g.Firing = headstart.GroupReopened, headstart.Open, 2
		g.Proved = false
	case 1:
		g.Locations = []string{"noord", "zuid"}[:1+who%2]
	case 2:
		kind, g.Cause.Asset = headstart.CauseChanged, []string{"sw-n-2", "prn-1"}[who/2%2]
	case 3:
		if over {
			break
		}
		kind, g.State, g.Firing, g.Proved = headstart.GroupHolding, headstart.Holding, 0, who%3 > 0
	case 4:
		if over {
			kind, g.State, g.CloseReason = headstart.GroupClosed, headstart.Closed, []string{"resolved", "no_longer_heard"}[who/2%2]
			break
		}
		kind, g.State, g.Firing, g.ResolvedAt = headstart.GroupResolved, headstart.Resolved, 0, monday.Add(l.now)
	case 5:
		if g.State == headstart.Holding {
			kind, g.State, g.Firing = headstart.GroupReturned, headstart.Open, 1
		}
	case 6:
		if o := l.s.groups[3-gid]; o != nil && !over && (o.State == headstart.Open || o.State == headstart.Holding) {
			l.merge(l.now, gid, 3-gid)
			return "merge"
		}
	case 7:
		g.Points, g.Silenced = who%4, who%5 == 0
	}
	l.change(l.now, headstart.Change{Kind: kind, Group: gid})
	return fmt.Sprintf("%s %d", kind, gid)
}

func (l *life) check(step string) {
	l.t.Helper()
	for _, op := range l.f.take() {
		if op.Kind == headstart.Delete {
			delete(l.rows, [2]string{op.Table, op.Key})
		} else {
			l.rows[[2]string{op.Table, op.Key}] = bytes.Clone(op.Val)
		}
	}
	again := newFold(l.s, testMakers())
	l.rows[[2]string{headstart.TableConfig, "current"}] = encode(l.f.book.log)
	for k, v := range l.rows {
		if err := again.load(k[0], headstart.Row{Key: k[1], Val: v}); err != nil {
			l.t.Fatal(err)
		}
	}
	if err := again.loaded(); err != nil {
		l.t.Fatal(err)
	}
	if diff := cmp.Diff(snapshot(l.t, l.f), snapshot(l.t, again)); diff != "" {
		l.t.Fatalf("after %d %s the loaded state differs (-fold +loaded):\n%s", l.n, step, diff)
	}
	l.invariants(step)
}

// invariants are those of announcements (announcements section 13), after each record.
func (l *life) invariants(step string) {
	l.t.Helper()
	b := l.f.book
	for _, i := range b.incidents {
		live := map[string]int{}
		for _, a := range b.of(i) {
			if !a.Live() {
				continue
			}
			if live[a.Audience]++; live[a.Audience] > 1 {
				l.t.Fatalf("after %d %s %s has %d live notices for %s", l.n, step, i.ID, live[a.Audience], a.Audience)
			}
			if a.NextUpdateBy != nil && !a.NextUpdateBy.After(b.now) && b.composer != nil {
				l.t.Fatalf("after %d %s the promise of %s for %s is open at %s", l.n, step, a.ID, a.NextUpdateBy, b.now)
			}
			// Of what nothing is heard of, a person may have told that it is not known; then
			// there is nothing to promise until something is heard (ruling 15).
			if a.NextUpdateBy == nil && a.Draft == nil && !b.allOf(i, a, isStale) {
				l.t.Fatalf("after %d %s the live notice %s of %s (%s) has neither promise nor draft", l.n, step, a.ID, i.ID, i.State)
			}
		}
	}
	missed := 0
	for _, a := range b.announcements {
		missed += a.Promises[1]
		l.keptWord(step, a)
	}
	if missed != l.missed {
		l.t.Fatalf("after %d %s notices count %d missed promises, decisions %d", l.n, step, missed, l.missed)
	}
	for key, n := range b.owed {
		a := b.announcements[n.Announcement]
		if n.Plane == headstart.PlaneUsers && a != nil && b.muted(b.incidents[a.Incident]) {
			l.t.Fatalf("after %d %s %s is still owed to users", l.n, step, key)
		}
		if i := b.ownerOf(n); n.Plane == headstart.PlaneTickets && (i.Confidential && n.Do != "unlink" || n.Do == "reply" && b.muted(i)) {
			l.t.Fatalf("after %d %s %s is still owed to a ticket of %s, which is confidential or hushed", l.n, step, key, i.ID)
		}
	}
}

// keptWord: whatever is published promises the next message or is the last one, what was
// missed shows until a message follows, and the last goes to all who got the first.
func (l *life) keptWord(step string, a *headstart.Announcement) {
	l.t.Helper()
	for _, u := range a.Updates {
		if u.NextUpdateBy == nil != u.Final {
			l.t.Fatalf("after %d %s update %d (%s) of %s promises %v and is final %t", l.n, step, u.N, u.Phase, a.ID, u.NextUpdateBy, u.Final)
		}
	}
	last := a.Last()
	if last == nil {
		return
	}
	if a.Missed != nil && last.At.After(*a.Missed) && !last.Corrects {
		l.t.Fatalf("after %d %s the promise of %s for %s shows as missed, and a message came at %s", l.n, step, a.ID, a.Missed, last.At)
	}
	if held := last.How != headstart.HowPush && sentByRule(last); held || !last.Final || a.How != headstart.HowPush {
		return // or it waits for the end of the quiet hours
	}
	told := slices.DeleteFunc(a.Told(), func(ch string) bool { return l.f.book.missed(a, ch) })
	got := slices.Sorted(slices.Values(last.Pushed))
	if !slices.Equal(got, told) {
		l.t.Fatalf("after %d %s the end of %s went to %v, its beginning to %v", l.n, step, a.ID, got, told)
	}
}

// TestRandomLives holds the invariants through lives that no fuzzer has kept.
func TestRandomLives(t *testing.T) {
	ends := map[headstart.AnnouncementState]int{}
	missed, merged := 0, 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 6))
		l := &life{story: newStory(t, func(a *Announce) {
			a.Policy["reopened"], a.Policy[historyKey], a.FourEyes = auto, auto, seed%5 == 0
		})}
		l.count()
		all := desk
		all.Question = true
		l.writing(all)
		l.outage(0)
		for range 60 {
			l.now += time.Duration(rng.IntN(60)) * 37 * time.Second
			l.invariants(l.step(rng.IntN(256), rng.IntN(256)))
		}
		missed += l.missed
		for _, a := range l.f.book.announcements {
			ends[a.State]++
			merged += len(a.Folded)
		}
	}
	if ends[headstart.AnnouncementFinal] == 0 || ends[headstart.AnnouncementPublished] == 0 || ends[headstart.AnnouncementWithdrawn] == 0 || missed == 0 || merged == 0 {
		t.Errorf("these lives show too little: %v, %d missed promises, %d merged notices", ends, missed, merged)
	}
}
