package incidents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// shelf is a store in memory that a test can make fail.
type shelf struct {
	mu      sync.Mutex
	log     []headstart.Entry
	rows    map[[2]string][]byte
	cursor  headstart.Cursor
	owner   headstart.Token
	held    bool
	out     map[string]headstart.Owed
	commits []headstart.Batch
	fail    error // of the next commit, which does not happen
	lost    error // of the next commit, which does
	moved   chan struct{}
}

func newShelf() *shelf {
	return &shelf{rows: map[[2]string][]byte{}, out: map[string]headstart.Owed{}, moved: make(chan struct{})}
}

func (s *shelf) Append(_ context.Context, recs []headstart.Append) ([]headstart.Offset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var offs []headstart.Offset
	for _, r := range recs {
		off := headstart.Offset{Ms: uint64(time.Now().UnixMilli()), Seq: uint64(len(s.log))}
		s.log = append(s.log, headstart.Entry{Off: off, Data: r.Data})
		offs = append(offs, off)
	}
	close(s.moved)
	s.moved = make(chan struct{})
	return offs, nil
}

func (s *shelf) Read(ctx context.Context, after headstart.Offset, most int, block time.Duration) ([]headstart.Entry, error) {
	s.mu.Lock()
	var out []headstart.Entry
	for _, e := range s.log {
		if after.Before(e.Off) && len(out) < most {
			out = append(out, e)
		}
	}
	moved := s.moved
	s.mu.Unlock()
	if len(out) > 0 {
		return out, nil
	}
	select {
	case <-moved:
		return nil, nil
	case <-time.After(block):
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *shelf) Acquire(_ context.Context, owner string, _ time.Duration) (headstart.Token, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held {
		return headstart.Token{}, false, nil
	}
	s.held = true
	s.owner = headstart.Token{Epoch: s.owner.Epoch + 1, Nonce: owner}
	return s.owner, true, nil
}

func (s *shelf) Renew(_ context.Context, t headstart.Token, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held || s.owner != t {
		return headstart.ErrFenced
	}
	return nil
}

func (s *shelf) Barrier(ctx context.Context, t headstart.Token, ttl time.Duration) error {
	return s.Renew(ctx, t, ttl)
}

func (s *shelf) Release(_ context.Context, t headstart.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner == t {
		s.held = false
	}
	return nil
}

func (s *shelf) Commit(_ context.Context, b headstart.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		err := s.fail
		s.fail = nil
		return err
	}
	if b.Prev != s.cursor {
		return headstart.ErrGap
	}
	b.Ops, b.Feed = slices.Clone(b.Ops), nil // what they hold is the caller's again when this returns
	for n, op := range b.Ops {
		b.Ops[n].Val = bytes.Clone(op.Val)
		if s.rows[[2]string{op.Table, op.Key}] = b.Ops[n].Val; op.Kind == headstart.Delete {
			delete(s.rows, [2]string{op.Table, op.Key})
		}
	}
	for _, o := range b.Out {
		s.out[o.ID] = o
	}
	for _, id := range b.Ack {
		delete(s.out, id)
	}
	s.cursor = b.Next
	s.commits = append(s.commits, b)
	err := s.lost
	s.lost = nil
	return err
}

func (s *shelf) Head(context.Context) (headstart.Cursor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursor, nil
}

func (s *shelf) Scan(_ context.Context, table string, fn func(headstart.Row) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range s.rows {
		if k[0] == table {
			if err := fn(headstart.Row{Key: k[1], Val: v}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shelf) Now(context.Context) (time.Time, error) { return time.Now(), nil }

func engineOn(s *shelf, reg prometheus.Registerer, correlator func() Correlator) *Engine {
	return New(Options{Store: s, NewCorrelator: correlator, Makers: testMakers(), Owner: "test", Logger: slog.New(slog.DiscardHandler), Registerer: reg})
}

// run runs an engine. Tests that do carry TestEngine in their names: by it make test
// finds what it runs under the race detector, since all else here is one goroutine.
func run(t *testing.T, e *Engine) (stop func()) {
	t.Helper()
	if !strings.HasPrefix(t.Name(), "TestEngine") {
		t.Fatal("call a test that runs an engine TestEngine..., or nothing looks for its races")
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v, want nil when its context ends", err)
		}
	}
}

// TestEngineTickAtDeadline covers ruling 4: when nothing is heard a tick stands at the
// next deadline, and an idle engine appends none.
func TestEngineTickAtDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		due := time.Now().Add(90 * time.Second)
		reg := prometheus.NewPedanticRegistry()
		stop := run(t, engineOn(s, reg, func() Correlator { return &script{due: []time.Time{due}} }))
		time.Sleep(time.Hour)
		stop()
		if len(s.log) != 1 || s.log[0].Off.At().Sub(due).Abs() > 25*time.Millisecond {
			t.Errorf("the log holds %d records, want one tick at the deadline", len(s.log))
		}
		if n, seconds := observed(t, reg, "headstart_deadline_delay_seconds"); n != 1 || seconds > .025 {
			t.Errorf("headstart_deadline_delay_seconds has %d observations of %v s in all, want that of the tick", n, seconds)
		}
	})
}

// TestLoadEqualsFold covers ruling 2: after any record, what the tables hold is
// the state of the fold.
func TestLoadEqualsFold(t *testing.T) {
	st := newStory(t, nil)
	rows := map[[2]string][]byte{}
	check := func(step string) {
		t.Helper()
		for _, op := range st.f.take() {
			if op.Kind == headstart.Delete {
				delete(rows, [2]string{op.Table, op.Key})
			} else {
				rows[[2]string{op.Table, op.Key}] = bytes.Clone(op.Val)
			}
		}
		again := newFold(st.s, testMakers())
		again.trusted = true
		raw, _ := json.Marshal(st.f.book.log)
		if err := again.load(headstart.TableConfig, headstart.Row{Key: "current", Val: raw}); err != nil {
			t.Fatal(err)
		}
		for k, v := range rows {
			if err := again.load(k[0], headstart.Row{Key: k[1], Val: v}); err != nil {
				t.Fatal(err)
			}
		}
		if err := again.loaded(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(snapshot(t, st.f), snapshot(t, again)); diff != "" {
			t.Fatalf("after %s the loaded state differs (-fold +loaded):\n%s", step, diff)
		}
	}
	st.outage(0)
	check("opening")
	st.tick(2 * time.Minute)
	check("the push")
	st.command(3*time.Minute, headstart.Command{Do: "open", Ref: "INC-1", Incident: ""})
	st.command(3*time.Minute, headstart.Command{Do: "assign", Incident: "HS-1", Owner: "joris"})
	st.line(3*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Device: "d1"}})
	st.command(3*time.Minute, headstart.Command{Do: "handover", Text: "sleutel bij de balie"})
	check("commands")
	st.line(4*time.Minute, headstart.Line{Delivery: &headstart.Delivery{Key: st.incident().UID + "/noord/0/mail", Outcome: "sent"}})
	check("a delivery")
	st.recovered(10 * time.Minute)
	check("recovery")
	st.tick(2 * time.Hour)
	check("the end")
}

// TestEngineDropsMemoryAfterFailedCommit: after a failed commit the fold may be ahead
// of the store, so the engine loads again and commits the same once.
func TestEngineDropsMemoryAfterFailedCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		reg := prometheus.NewPedanticRegistry()
		stop := run(t, engineOn(s, reg, func() Correlator { return &script{} }))
		time.Sleep(time.Second)
		s.mu.Lock()
		s.fail = headstart.ErrGap
		s.mu.Unlock()
		rec := headstart.NewRecord(time.Now(), headstart.Line{Command: &headstart.Command{ID: "c1", By: "samira", Do: "notice", Text: "x"}})
		if _, err := s.Append(t.Context(), []headstart.Append{{Data: rec.Encode()}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		stop()
		if len(s.commits) != 1 || s.rows[[2]string{headstart.TableOutcomes, "c1"}] == nil {
			t.Errorf("%d commits, want the command's outcome committed once", len(s.commits))
		}
		if s.owner.Epoch != 2 {
			t.Errorf("epoch %d, want the lease taken anew after the gap", s.owner.Epoch)
		}
		if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
			t.Errorf("metrics: %v %v", problems, err)
		}
	})
}

// TestEngineCommitsInParts covers ruling 1: a record of more operations than one commit
// may carry is committed in parts, and a restart between parts changes nothing.
func TestEngineCommitsInParts(t *testing.T) {
	lines := make([]headstart.Line, 700)
	for n := range lines {
		lines[n] = headstart.Line{Command: &headstart.Command{ID: "c" + itoa(n), By: "samira", Do: "notice", Text: "x"}}
	}
	rec := headstart.Record{V: 1, Lines: lines}.Encode()
	whole := newShelf()
	synctest.Test(t, func(t *testing.T) {
		stop := run(t, engineOn(whole, prometheus.NewPedanticRegistry(), func() Correlator { return &script{} }))
		_, _ = whole.Append(t.Context(), []headstart.Append{{Data: rec}})
		time.Sleep(time.Second)
		stop()
	})
	if len(whole.commits) < 4 {
		t.Fatalf("%d commits, want several parts", len(whole.commits))
	}
	for _, b := range whole.commits {
		if n := len(b.Ops) + len(b.Out) + len(b.Ack); n > headstart.MaxOps {
			t.Errorf("a commit carries %d operations, want at most %d", n, headstart.MaxOps)
		}
	}
	broken := newShelf()
	synctest.Test(t, func(t *testing.T) {
		_, _ = broken.Append(t.Context(), []headstart.Append{{Data: rec}})
		broken.log[0].Off = whole.log[0].Off
		for n := range 5 { // killed after each part
			e := engineOn(broken, prometheus.NewPedanticRegistry(), func() Correlator { return &script{} })
			tok, _, _ := broken.Acquire(t.Context(), "k"+itoa(n), time.Second)
			l := newLeader(e, tok, newFold(&script{}, testMakers()))
			go func() { _ = l.commits.run(t.Context(), tok) }()
			if err := l.load(t.Context()); err != nil {
				t.Fatal(err)
			}
			events := mustRecord(t, rec).Events(broken.log[0].Off)
			for range 100 {
				if l.fold.unit(broken.log[0].Off, events) {
					break
				}
				l.gather()
			}
			l.gather()
			if err := errors.Join(l.commit(), l.commits.settle()); err != nil {
				t.Fatal(err)
			}
			l.commits.close()
			broken.held = false
		}
		stop := run(t, engineOn(broken, prometheus.NewPedanticRegistry(), func() Correlator { return &script{} }))
		time.Sleep(2 * time.Second)
		stop()
	})
	if !reflect.DeepEqual(strip(whole.rows), strip(broken.rows)) {
		t.Error("killed between parts, the rows differ from those of an undisturbed run")
	}
}

// TestEngineLeadingNeedsProof: Redis fences commits, not sends, so an engine that
// cannot renew stops calling itself leader before anybody else can be.
func TestEngineLeadingNeedsProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		e := engineOn(s, prometheus.NewPedanticRegistry(), func() Correlator { return &script{} })
		stop := run(t, e)
		time.Sleep(2 * time.Second)
		if !e.Leading() {
			t.Error("not leading although the lease is held")
		}
		s.mu.Lock()
		s.owner.Nonce = "somebody else"
		s.mu.Unlock()
		time.Sleep(2 * time.Second)
		if e.Leading() {
			t.Error("still leading two seconds after the lease was lost")
		}
		stop()
	})
}

// TestEngineLeadsCaughtUp covers ruling 11 where the next deadline is far: a mail owed
// from before a stop of forty minutes is a draft before anybody may send it.
func TestEngineLeadsCaughtUp(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	s := newShelf()
	for _, op := range st.f.take() {
		if op.Kind == headstart.Put {
			s.rows[[2]string{op.Table, op.Key}] = bytes.Clone(op.Val)
		}
	}
	raw, _ := json.Marshal(st.f.book.log)
	s.rows[[2]string{headstart.TableConfig, "current"}] = raw
	for _, o := range st.f.book.out {
		s.out[o.ID] = o
	}
	s.cursor = st.f.cursor()
	mail := st.mails()[0]
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(monday.Add(42 * time.Minute)))
		e := engineOn(s, prometheus.NewPedanticRegistry(), func() Correlator { return &script{groups: st.s.groups} })
		stop := run(t, e)
		for range 3000 {
			if e.Leading() {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if !e.Leading() {
			t.Fatal("never leads")
		}
		s.mu.Lock()
		_, owed := s.out[mail]
		s.mu.Unlock()
		if owed {
			t.Error("the engine leads while a mail of forty minutes ago may still be sent")
		}
		stop()
	})
}

// TestEngineTroubleBacksOff: what ends every term at once does not read all state four
// times a second.
func TestEngineTroubleBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		s.cursor = headstart.Cursor{Part: 7} // no rows stand there
		stop := run(t, engineOn(s, prometheus.NewPedanticRegistry(), func() Correlator { return &script{} }))
		time.Sleep(time.Minute)
		stop()
		if n := s.owner.Epoch; n > 20 {
			t.Errorf("%d terms in a minute, want a back-off", n)
		}
	})
}
