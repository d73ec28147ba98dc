package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// slow is a log that takes its time, and remembers how it was written to.
type slow struct {
	mu     sync.Mutex
	groups [][]headstart.Append
	fail   func([]headstart.Append) error
}

func (s *slow) Append(_ context.Context, recs []headstart.Append) ([]headstart.Offset, error) {
	time.Sleep(10 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(recs); err != nil {
			return nil, err
		}
	}
	s.groups = append(s.groups, recs)
	offs := make([]headstart.Offset, len(recs))
	for i := range offs {
		offs[i] = headstart.Offset{Ms: uint64(len(s.groups)), Seq: uint64(i)}
	}
	return offs, nil
}

func runAppender(t *testing.T, st Appendable) (*Appender, func()) {
	a := NewAppender(st)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.Run(ctx) }()
	return a, func() { cancel(); must(t, <-done) }
}

func TestAppenderGathersWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &slow{}
		a, stop := runAppender(t, st)
		start := time.Now()
		_, err := a.Append(t.Context(), recs("alone")[0])
		must(t, err)
		want(t, "time of an append when nothing else goes on", time.Since(start), 10*time.Millisecond)

		var wg sync.WaitGroup
		got := make([]headstart.Offset, 1000)
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = a.Append(t.Context(), recs(fmt.Sprint(i))[0]); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(st.groups); n > 1+1000/groupRecords+3 {
			t.Fatalf("1001 records took %d appends", n)
		}
		for i, off := range got { // each sender learns its own place
			rec := st.groups[off.Ms-1][off.Seq]
			want(t, "record at its offset", string(rec.Data), string(recs(fmt.Sprint(i))[0].Data))
		}
		stop()
		if _, err := a.Append(t.Context(), recs("late")[0]); err == nil {
			t.Fatal("appended after Run had ended")
		}
	})
}

func TestAppenderBoundsGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &slow{}
		a, stop := runAppender(t, st)
		defer stop()
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := a.Append(t.Context(), recs(strings.Repeat("x", 300_000))[0]); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, g := range st.groups {
			if len(g) > 3 {
				t.Fatalf("one append of %d times 300 kB", len(g))
			}
		}
	})
}

// What goes first does not wait for all that came before it, and takes no more than half of
// what is appended at once; what nobody waits for any more is not appended.
func TestAppenderPutsFirstThingsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &slow{}
		a, stop := runAppender(t, st)
		gone, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		send := func(ctx context.Context, name string, first bool) {
			wg.Go(func() {
				rec := recs(name)[0]
				rec.First = first
				if _, err := a.Append(ctx, rec); (err == nil) != (ctx.Err() == nil) {
					t.Errorf("%s: %v", name, err)
				}
			})
			synctest.Wait()
		}
		send(t.Context(), "under way", false)
		send(gone, "gone", false)
		for n := range 2 * groupRecords {
			send(t.Context(), fmt.Sprintf("flood %d", n), false)
		}
		for n := range groupRecords {
			send(t.Context(), fmt.Sprintf("end %d", n), true)
		}
		leave()
		wg.Wait()
		stop()
		ends := func(recs []headstart.Append) (n int) {
			for _, rec := range recs {
				if rec.First {
					n++
				}
				if strings.Contains(string(rec.Data), "gone") {
					t.Error("what nobody waits for was appended")
				}
			}
			return n
		}
		for n, most := range []int{0, groupRecords / 2, groupRecords / 2} { // one less when one of the others was taken already
			if got := ends(st.groups[n]); got != most && got != most-1 {
				t.Errorf("append %d takes %d of what goes first and %d others, want %d of the first", n, got, len(st.groups[n])-got, most)
			}
		}
		if n := len(st.groups[1]); n != groupRecords {
			t.Errorf("the second append takes %d records, want %d: the rest has what is left of it", n, groupRecords)
		}
	})
}

// A sender is told what became of its own record: nobody gets a 200 for what is
// not durable, and a refusal for lack of room meets only whom it is meant for.
func TestAppenderTellsTheTruth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &slow{fail: func(recs []headstart.Append) error {
			for _, r := range recs {
				if isObservation(kindOf(r.Data)) {
					return headstart.ErrFull
				}
			}
			return nil
		}}
		a, stop := runAppender(t, st)
		defer stop()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if _, err := a.Append(t.Context(), recs("alert")[0]); !errors.Is(err, headstart.ErrFull) {
					t.Errorf("alert in a full store: %v", err)
				}
			})
			wg.Go(func() {
				tick := headstart.Append{Data: headstart.NewRecord(time.Now()).Encode()}
				if _, err := a.Append(t.Context(), tick); err != nil {
					t.Errorf("tick in a full store: %v", err)
				}
			})
		}
		wg.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := a.Append(ctx, recs("impatient")[0])
		wantErr(t, "append whose sender is gone", err, context.DeadlineExceeded)
	})
}

func TestAppenderOnFile(t *testing.T) {
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	a, stop := runAppender(t, st)
	defer stop()
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if _, err := a.Append(t.Context(), recs(fmt.Sprint(i))[0]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, err := range entries(t.Context(), st, headstart.Offset{}) {
		must(t, err)
		n++
	}
	want(t, "records", n, 200)
}

func TestKindOf(t *testing.T) {
	lines := map[string]headstart.Line{
		"config":   {Config: &headstart.LogConfig{}},
		"alert":    {Alert: &headstart.Alert{}},
		"refresh":  {Refresh: []headstart.Refresh{{}}},
		"check":    {Check: &headstart.Check{}},
		"ticket":   {Ticket: &headstart.Ticket{}},
		"silence":  {Silence: &headstart.Silence{}},
		"confirm":  {Confirm: &headstart.Confirm{}},
		"command":  {Command: &headstart.Command{}},
		"model":    {Model: &headstart.Model{}},
		"delivery": {Delivery: &headstart.Delivery{}},
		"tick":     {},

		"maintenance": {Maintenance: &headstart.MaintenanceWindow{}},
	}
	for kind, l := range lines {
		want(t, "kind of the line", l.Kind(), kind)
		rec := headstart.NewRecord(time.Now(), l)
		if kind == "tick" {
			rec.Lines = nil
		}
		want(t, "kind of "+string(rec.Encode()), kindOf(rec.Encode()), kind)
	}
}
