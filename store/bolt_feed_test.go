package store

import (
	"bytes"
	"path/filepath"
	"testing"

	"headstart"
)

// TestFeedInOneFile: an embedded store keeps of its feed what a reader may still ask for,
// and little more: nothing of what was there when it was opened, and only the newest of
// what its reader has passed.
func TestFeedInOneFile(t *testing.T) {
	ctx, name := t.Context(), filepath.Join(t.TempDir(), "x.db")
	st, err := OpenBolt(name, BoltOptions{NoSync: true})
	must(t, err)
	entry := bytes.Repeat([]byte("x"), 64<<10)
	most := feedRead / len(entry)
	part := uint32(0)
	publish := func(st *Bolt, n int) {
		t.Helper()
		tok := acquire(t, st, "one")
		for range n {
			part++
			must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: headstart.Cursor{Part: part - 1}, Next: headstart.Cursor{Part: part}, Feed: [][]byte{entry}}))
		}
		must(t, st.Release(ctx, tok))
	}
	kept := func(st *Bolt) (first, last uint64) {
		t.Helper()
		entries, err := st.after(bucketFeed, headstart.Offset{}, 10*most)
		must(t, err)
		for n, e := range entries {
			if e.Off.Ms != entries[0].Off.Ms+uint64(n) {
				t.Fatalf("entry %d comes after %d", e.Off.Ms, entries[0].Off.Ms+uint64(n)-1)
			}
		}
		return entries[0].Off.Ms, entries[len(entries)-1].Off.Ms
	}
	publish(st, 3*most)
	if first, last := kept(st); first != 1 || last != uint64(3*most) {
		t.Errorf("of %d that nobody read %d to %d are left", 3*most, first, last)
	}
	_, err = st.Feed(ctx, headstart.Offset{Ms: uint64(2 * most)}, 1, 0)
	must(t, err)
	publish(st, most)
	if first, last := kept(st); first != uint64(2*most)+1 || last != uint64(4*most) {
		t.Errorf("a reader stands at %d, and %d to %d are left", 2*most, first, last)
	}
	_, err = st.Feed(ctx, headstart.Offset{Ms: uint64(4 * most)}, 1, 0)
	must(t, err)
	publish(st, 2*most)
	if first, _ := kept(st); first < uint64(4*most) {
		t.Errorf("of %d that were all read all from %d on are left", 6*most, first)
	}
	must(t, st.Close())

	st, err = OpenBolt(name, BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	head, err := st.FeedHead(ctx)
	must(t, err)
	publish(st, most)
	if first, last := kept(st); first <= head.Ms || last != head.Ms+uint64(most) {
		t.Errorf("opened at %d, and %d to %d are left", head.Ms, first, last)
	}
}
