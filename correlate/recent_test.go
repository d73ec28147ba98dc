package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"headstart"
)

// TestSubjectsAreAllThatCouldBe: of a history of thousands, whoever looks through the
// groups that are recent finds all that a ticket can be about by time, whenever it was
// made, whichever way it came, and also when what was long over is live once more.
func TestSubjectsAreAllThatCouldBe(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	s, at := history(t, 300, rng)
	few := 0
	for n := range 2000 {
		if n%100 == 50 { // one that is over comes back
			g := s.groups[headstart.GroupID(1+rng.IntN(len(s.groups)))]
			if g.State == headstart.Resolved {
				g.State, g.ResolvedAt = headstart.Open, time.Time{}
				s.dirtyGroup(g)
			}
			s.leavePast()
		}
		since := at.Add(-time.Duration(rng.Int64N(int64(60 * 24 * time.Hour))))
		if n%2 == 0 {
			since = at.Add(-time.Duration(rng.Int64N(int64(36 * time.Hour))))
		}
		w := when{nanos(since), nanos(since.Add(time.Duration(rng.Int64N(int64(8 * time.Hour))))), n%3 == 0}
		could := func(list []subject) (ids []headstart.GroupID) {
			for i := range list {
				if list[i].couldBe(&w) {
					ids = append(ids, list[i].g.ID)
				}
			}
			slices.Sort(ids)
			return ids
		}
		looked := s.readySubjects().at(s, &w)
		if got, want := could(looked), could(s.subjectsOf(s.groups)); !slices.Equal(got, want) {
			t.Fatalf("a ticket of %s could be about %v, want %v", since, got, want)
		}
		if len(looked) < len(s.groups)/2 {
			few++
		}
	}
	if few < 500 {
		t.Errorf("%d of 2000 tickets looked at less than half of the history; half of them are of today and yesterday", few)
	}
	if got := len(s.liveGroups()); got < 2 {
		t.Errorf("%d live groups, want those that came back", got)
	}
}

// history is a state with groups that are over since some time in the last sixty days,
// one of five of them merged, and the end of that time.
func history(tb testing.TB, groups int, rng *rand.Rand) (*State, time.Time) {
	tb.Helper()
	s := NewState()
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	c := &headstart.Catalog{Services: []headstart.Service{{ID: "print"}}}
	s.Apply(configEvent(at, c, ""))
	for n := range groups {
		g := &group{Group: headstart.Group{V: 1, ID: headstart.GroupID(n + 1), State: headstart.Resolved, Services: []string{"print"}}}
		g.OpenedAt = at.Add(-time.Duration(rng.Int64N(int64(60 * 24 * time.Hour))))
		g.ResolvedAt = g.OpenedAt.Add(time.Duration(rng.Int64N(int64(6 * time.Hour))))
		if n%5 == 0 {
			g.State = headstart.Merged
		}
		s.groups[g.ID] = g
		s.keepRecent(g)
	}
	return s, at
}

// BenchmarkMatchTicketAfterYears is what a ticket costs, its row included, just after an
// incident changed, beside so many that are over.
func BenchmarkMatchTicketAfterYears(b *testing.B) {
	for _, past := range []int{0, 1000, 100_000} {
		b.Run(fmt.Sprint(past), func(b *testing.B) {
			s, at := history(b, past, rand.New(rand.NewPCG(3, 3)))
			n := 0
			for b.Loop() {
				n++
				t := &headstart.Ticket{
					Source: "rt", ID: fmt.Sprint(n), CreatedAt: at, UpdatedAt: at, Requester: headstart.Requester{ID: "u"},
					Evidence: &headstart.Evidence{Version: 2, Cues: map[string]int{"malfunction": 1}, Assets: []headstart.Mention{{ID: "print", Strength: 1.1, Word: "print"}}},
				}
				s.ready = nil
				s.Apply(headstart.Event{At: at, Received: at, Line: headstart.Line{Ticket: t}})
				s.Take()
			}
		})
	}
}
