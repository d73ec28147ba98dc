package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"headstart/store/redistest"
)

// A shelf compares before it swaps, so that two replicas never undo each other.
func TestShelf(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		at := place(t)
		st, ctx := b.open(t, at), t.Context()
		swap := func(key string, before, after []byte) bool {
			t.Helper()
			done, err := st.ShelfSwap(ctx, "things", key, before, after)
			must(t, err)
			return done
		}
		one, two := []byte("one\x00\n"), []byte("two")
		want(t, "first", swap("k", nil, one), true)
		want(t, "second first", swap("k", nil, two), false)
		want(t, "wrong before", swap("k", two, two), false)
		want(t, "right before", swap("k", one, two), true)
		want(t, "taking off what is not there", swap("other", two, nil), false)
		want(t, "another shelf", mustGet(t, st, "thing", "k"), []byte(nil))
		must(t, st.Close())

		st = b.open(t, at)
		defer st.Close()
		want(t, "after a restart", mustGet(t, st, "things", "k"), two)
		var wins atomic.Int64
		var running sync.WaitGroup
		for n := range 8 {
			running.Go(func() {
				if done, err := st.ShelfSwap(ctx, "things", "k", two, []byte{byte(n)}); err == nil && done {
					wins.Add(1)
				}
			})
		}
		running.Wait()
		want(t, "swaps of eight at once that held", wins.Load(), int64(1))
		want(t, "put beside", swap("k2", nil, one), true)
		seen := map[string]bool{}
		must(t, st.ShelfScan(ctx, "things", func(key string, _ []byte) error { seen[key] = true; return nil }))
		want(t, "seen", seen, map[string]bool{"k": true, "k2": true})
		want(t, "taken off", swap("k2", one, nil), true)
		want(t, "gone", mustGet(t, st, "things", "k2"), []byte(nil))
		for _, bad := range []string{"", "../etc", "Things", "a.b"} {
			if _, err := st.ShelfSwap(ctx, bad, "k", nil, one); err == nil {
				t.Errorf("a shelf may be called %q", bad)
			}
		}
		if _, err := st.ShelfSwap(ctx, "things", "", nil, one); err == nil {
			t.Error("a key may be empty")
		}
	})
}

func mustGet(t *testing.T, st Store, shelf, key string) []byte {
	t.Helper()
	val, err := st.ShelfGet(t.Context(), shelf, key)
	must(t, err)
	return val
}

// What is taken off, or replaced, leaves the disk (ruling 7).
func TestShelfLeavesNoTrace(t *testing.T) {
	const marker = "MARKER-91ac"
	dir := t.TempDir()
	st, err := OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	ctx := t.Context()
	planted := []byte(marker)
	traces := func() int {
		return len(filesWith(t, dir, marker)) + len(filesWith(t, dir, "TUFSS0VSLTkxYW")) // as JSON writes bytes
	}
	for _, after := range [][]byte{nil, []byte("other")} {
		_, err := st.ShelfSwap(ctx, "things", "k", nil, planted)
		must(t, err)
		if traces() != 1 {
			t.Fatal("the marker is in no file, or in several; this test proves nothing")
		}
		_, err = st.ShelfSwap(ctx, "things", "k", planted, after)
		must(t, err)
		want(t, "files with the marker", traces(), 0)
	}
}

func TestRedisShelfLeavesNoTrace(t *testing.T) {
	const marker = "MARKER-77de"
	srv := redistest.Start(t)
	ctx := t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	_, err := st.ShelfSwap(ctx, "things", "k", nil, []byte(marker))
	must(t, err)
	eventually(t, "the marker reaches the disk", func() bool { return len(filesWith(t, srv.Dir, marker)) > 0 })
	_, err = st.ShelfSwap(ctx, "things", "k", []byte(marker), nil)
	must(t, err)
	must(t, st.SweepText(ctx, time.Now())) // taking off asks for the rewrite
	eventually(t, "the marker leaves the disk", func() bool { return len(filesWith(t, srv.Dir, marker)) == 0 })
}

// A crash between writing a file and naming it leaves the old one; damage is told.
func TestShelfAfterACrash(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.db")
	st, err := OpenBolt(name, BoltOptions{NoSync: true})
	must(t, err)
	_, err = st.ShelfSwap(t.Context(), "things", "k", nil, []byte("v"))
	must(t, err)
	file := st.shelves.file("things", "k")
	must(t, st.Close())
	must(t, os.WriteFile(filepath.Join(dir, "x.shelf", ".new-123"), []byte("half"), 0o600))
	st, err = OpenBolt(name, BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	want(t, "value", mustGet(t, st, "things", "k"), []byte("v"))
	if _, err := os.Stat(filepath.Join(dir, "x.shelf", ".new-123")); !errors.Is(err, os.ErrNotExist) {
		t.Error("what the crash left is still there")
	}
	data, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, bytes.TrimSuffix(data, []byte("\n")), 0o600))
	if _, err := st.ShelfGet(t.Context(), "things", "k"); err == nil {
		t.Error("a file that was cut off is read as if it were whole")
	}
}
