package store

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

// Ruling 8: nothing leaves the log before it is in the archive, and archive and
// log together hold every record, once and in order.
func TestKeeperArchivesThenTrims(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st, err := OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{NoSync: true})
		must(t, err)
		defer st.Close()
		a, err := OpenArchive(filepath.Join(dir, "archive"))
		must(t, err)
		k := NewKeeper(KeeperOptions{
			Store: st, Archive: a, Keep: 24 * time.Hour, ArchiveKeep: 35 * 24 * time.Hour,
			Leading: func() bool { return true }, Logger: slog.New(slog.DiscardHandler),
		})
		ctx, tok, cur := t.Context(), acquire(t, st, "A"), headstart.Cursor{}
		const hours = 72
		for i := range hours {
			offs, err := st.Append(ctx, recs(fmt.Sprint(i)))
			must(t, err)
			must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: cur, Next: at(offs[0])}))
			cur = at(offs[0])
			time.Sleep(time.Hour)
			must(t, k.Turn(ctx))
		}
		inLog := 0
		for _, err := range entries(ctx, st, headstart.Offset{}) {
			must(t, err)
			inLog++
		}
		if inLog > 25 || inLog < 23 {
			t.Fatalf("the log holds %d hours, want about 24", inLog)
		}
		var all []string
		for l, err := range everything(ctx, st, a) {
			must(t, err)
			all = append(all, l.Alert.Source)
		}
		for i := range hours {
			if i >= len(all) || all[i] != fmt.Sprint(i) {
				t.Fatalf("archive and log hold %v", all)
			}
		}
		want(t, "records in all", len(all), hours)
		found, err := a.Verify()
		must(t, err)
		want(t, "findings", len(found), 0)

		_, err = st.Append(ctx, recs("undecided"))
		must(t, err)
		time.Sleep(36 * 24 * time.Hour)
		must(t, k.Turn(ctx))
		last, err := a.Last()
		must(t, err)
		want(t, "the archive ends where the engine has come to", last, cur.Off)
		names, err := a.names()
		must(t, err)
		if len(names) > 2 {
			t.Fatalf("%d files are left after archive.keep", len(names))
		}
		found, err = a.Verify()
		must(t, err)
		want(t, "findings after pruning", len(found), 0)
	})
}

// A log beyond max_bytes is kept shorter than keep, but never under a minute.
func TestKeeperShortensWhenCrowded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st, err := OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{NoSync: true})
		must(t, err)
		defer st.Close()
		a, err := OpenArchive(filepath.Join(dir, "archive"))
		must(t, err)
		const limit = 100_000
		k := NewKeeper(KeeperOptions{
			Store: st, Archive: a, Keep: 24 * time.Hour, MaxBytes: limit, ArchiveKeep: 35 * 24 * time.Hour,
			Leading: func() bool { return true }, Logger: slog.New(slog.DiscardHandler),
		})
		ctx, tok, cur := t.Context(), acquire(t, st, "A"), headstart.Cursor{}
		for range 60 {
			offs, err := st.Append(ctx, recs(strings.Repeat("x", 4000)))
			must(t, err)
			must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: cur, Next: at(offs[0])}))
			cur = at(offs[0])
			time.Sleep(10 * time.Minute)
		}
		must(t, k.Turn(ctx))
		n, err := st.LogBytes(ctx)
		must(t, err)
		if n > limit || n == 0 {
			t.Fatalf("the log takes %d bytes, want some, and at most %d", n, limit)
		}
	})
}

func TestArchiveNoticesTampering(t *testing.T) {
	a, err := OpenArchive(t.TempDir())
	must(t, err)
	for i := range 3 {
		must(t, a.Add(headstart.Offset{Ms: uint64(i)}, []headstart.Entry{{Off: headstart.Offset{Ms: uint64(i + 1)}, Data: recs(fmt.Sprint(i))[0].Data}}))
	}
	if err := a.Add(headstart.Offset{Ms: 1}, []headstart.Entry{{Off: headstart.Offset{Ms: 2}, Data: recs("again")[0].Data}}); err == nil {
		t.Fatal("a second writer went unnoticed")
	}
	names, err := a.names()
	must(t, err)
	must(t, os.Remove(names[1]))
	found, err := a.Verify()
	must(t, err)
	if len(found) != 1 || !strings.Contains(found[0], filepath.Base(names[2])) {
		t.Fatalf("a missing file: found %q", found)
	}
	data, err := os.ReadFile(names[2])
	must(t, err)
	must(t, os.WriteFile(names[2], data[:len(data)-4], 0o600))
	if found, err = a.Verify(); err != nil || len(found) == 0 {
		t.Fatalf("a file cut short: found %q, %v", found, err)
	}
}

// Ruling 7: ticket text does not reach the archive, even if the log holds it.
func TestArchiveHoldsNoTicketText(t *testing.T) {
	rec := headstart.NewRecord(time.UnixMilli(5), headstart.Line{Ticket: &headstart.Ticket{Source: "rt", ID: "1", Title: "MARKER", Body: "MARKER"}})
	lines, err := fileLines(headstart.Entry{Off: headstart.Offset{Ms: 5}, Data: rec.Encode()})
	must(t, err)
	want(t, "line", lines, []headstart.FileLine{{At: time.UnixMilli(5).UTC(), Line: headstart.Line{Ticket: &headstart.Ticket{Source: "rt", ID: "1"}}}})
}

func FuzzDecodeArchive(f *testing.F) {
	data, err := encodeArchive(archiveHeader{Archive: 1}, []headstart.Entry{{Off: headstart.Offset{Ms: 1}, Data: recs("x")[0].Data}})
	must(f, err)
	f.Add(data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var h archiveHeader
		if err := decodeArchive(bytes.NewReader(data), &h, func([]byte) error { return nil }); err == nil && h.Archive != 1 {
			t.Fatalf("accepted version %d", h.Archive)
		}
	})
}
