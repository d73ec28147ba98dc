package store

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// flaky is a store whose incarnation, answers and feed can be spoiled.
type flaky struct {
	Store
	mu    sync.Mutex
	inc   string
	down  bool
	skip  uint64 // of the feed: entries up to here are gone
	scans int
}

func (f *flaky) set(change func()) { f.mu.Lock(); defer f.mu.Unlock(); change() }

func (f *flaky) Incarnation(ctx context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return "", headstart.ErrDown
	}
	return f.inc, nil
}

func (f *flaky) Feed(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	f.mu.Lock()
	down, skip := f.down, f.skip
	f.mu.Unlock()
	if down {
		return nil, headstart.ErrDown
	}
	if after.Ms < skip {
		after.Ms = skip
	}
	return f.Store.Feed(ctx, after, max, block)
}

func (f *flaky) Head(ctx context.Context) (headstart.Cursor, error) {
	f.set(func() { f.scans++ })
	return f.Store.Head(ctx)
}

func (f *flaky) scanned() int { f.mu.Lock(); defer f.mu.Unlock(); return f.scans }

// writer commits desk notes, with or without telling the feed.
type writer struct {
	t   *testing.T
	st  Store
	tok headstart.Token
	cur headstart.Cursor
}

func (w *writer) note(id string, tell bool) {
	w.t.Helper()
	val, err := json.Marshal(headstart.DeskNote{V: 1, ID: id})
	must(w.t, err)
	next := headstart.Cursor{Off: headstart.Offset{Ms: w.cur.Off.Ms + 1}}
	b := headstart.Batch{Token: w.tok, Prev: w.cur, Next: next, Ops: []headstart.Op{put(headstart.TableDesk, id, string(val))}}
	if tell {
		fe, err := json.Marshal(headstart.FeedEntry{V: 1, Cursor: next, Rows: []headstart.FeedOp{{Table: headstart.TableDesk, Row: headstart.Row{Key: id, Val: val}}}})
		must(w.t, err)
		b.Feed = [][]byte{fe}
	}
	must(w.t, w.st.Commit(w.t.Context(), b))
	w.cur = next
}

// Ruling 9: feed head, scan, follow; a lost position means that all is read again.
func TestFollowFillsAndStartsOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	synctest.Test(t, func(t *testing.T) {
		st, err := OpenBolt(path, BoltOptions{NoSync: true})
		must(t, err)
		defer st.Close()
		f := &flaky{Store: st, inc: "one"}
		w := &writer{t: t, st: st, tok: acquire(t, st, "A")}
		w.note("before", true)

		view := headstart.NewView()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- Follow(ctx, f, view, slog.New(slog.DiscardHandler)) }()
		notes := func() int { synctest.Wait(); return len(view.Desk()) }
		want(t, "notes scanned", notes(), 1)
		if !view.Ready() || view.Cursor() != w.cur {
			t.Fatalf("view is ready %v at %s, want %s", view.Ready(), view.Cursor(), w.cur)
		}
		w.note("followed", true)
		want(t, "notes followed", notes(), 2)
		must(t, view.WaitFor(ctx, w.cur.Off))
		want(t, "scans", f.scanned(), 1)

		w.note("untold", false)
		want(t, "notes the feed does not tell", notes(), 2)
		f.set(func() { f.inc = "two" })
		time.Sleep(2 * time.Second)
		want(t, "notes after another incarnation", notes(), 3)

		f.set(func() { f.down = true })
		w.note("in the outage", true)
		time.Sleep(10 * time.Minute)
		f.set(func() { f.down = false })
		time.Sleep(10 * time.Second)
		want(t, "notes after the outage", notes(), 4)

		head, err := st.FeedHead(ctx)
		must(t, err)
		f.set(func() { f.skip = head.Ms + 1 })
		time.Sleep(2 * time.Second) // the read under way does not know yet
		w.note("trimmed before we came", true)
		w.note("next", true)
		time.Sleep(2 * time.Second)
		want(t, "notes after a hole in the feed", notes(), 6)

		cancel()
		must(t, <-done)
	})
}

// The real outage: the server is killed and comes back, and the view goes on.
func TestFollowSurvivesRedis(t *testing.T) {
	srv := redistest.Start(t)
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	w := &writer{t: t, st: st, tok: acquire(t, st, "A")}
	w.note("before", true)
	view := headstart.NewView()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- Follow(ctx, st, view, slog.New(slog.DiscardHandler)) }()
	arrives := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		must(t, view.WaitFor(ctx, w.cur.Off))
	}
	arrives()
	w.note("followed", true)
	arrives()

	srv.Kill()
	eventually(t, "the store is seen to be down", func() bool { _, err := st.Head(ctx); return errors.Is(err, headstart.ErrDown) })
	want(t, "notes seen in the outage", len(view.Desk()), 2)
	srv.Restart(t)
	must(t, st.Release(ctx, w.tok))
	w.tok = acquire(t, st, "A")
	w.note("after", true)
	arrives()
	want(t, "notes", len(view.Desk()), 3)
	cancel()
	must(t, <-done)
}
