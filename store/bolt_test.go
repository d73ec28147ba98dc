package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"headstart"
)

// The fake clock of a bubble stamps the log, ends leases and blocking reads.
func TestBoltInBubble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	synctest.Test(t, func(t *testing.T) {
		st, err := OpenBolt(path, BoltOptions{NoSync: true})
		must(t, err)
		defer st.Close()
		ctx, start := t.Context(), time.Now()
		if _, ok, err := st.Acquire(ctx, "A", time.Hour); !ok || err != nil {
			t.Fatal(ok, err)
		}
		go func() {
			time.Sleep(30 * time.Minute)
			_, err := st.Append(ctx, recs("x"))
			if err != nil {
				t.Error(err)
			}
		}()
		got, err := st.Read(ctx, headstart.Offset{}, 1, 2*time.Hour)
		must(t, err)
		if len(got) != 1 || !got[0].Off.At().Equal(start.Add(30*time.Minute)) {
			t.Fatalf("read %v, want one entry half an hour after %s", got, start)
		}
		if _, ok, _ := st.Acquire(ctx, "B", time.Hour); ok {
			t.Fatal("the lease ended early")
		}
		time.Sleep(31 * time.Minute)
		if _, ok, _ := st.Acquire(ctx, "B", time.Hour); !ok {
			t.Fatal("the lease did not end")
		}
	})
}

func TestBoltAfterRestart(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "data", "headstart.db")
	st, err := OpenBolt(path, BoltOptions{})
	must(t, err)
	tok := acquire(t, st, "A")
	offs, err := st.Append(ctx, recs("x", "y"))
	must(t, err)
	must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: at(offs[0])}))

	_, err = OpenBolt(path, BoltOptions{})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Fatalf("a second process in one file: %v; want ErrInUse and the file named", err)
	}
	must(t, st.Close())
	if _, err := st.Append(ctx, recs("late")); !errors.Is(err, headstart.ErrDown) {
		t.Fatalf("append to a closed store: %v, want ErrDown", err)
	}

	st, err = OpenBolt(path, BoltOptions{})
	must(t, err)
	defer st.Close()
	head, err := st.Head(ctx)
	must(t, err)
	want(t, "cursor", head, at(offs[0]))
	got, err := st.Read(ctx, head.Off, 10, 0)
	must(t, err)
	want(t, "uncommitted", sources(t, got), []string{"y"})
	// The lock proves that A is gone; its lease must not count.
	again := acquire(t, st, "B")
	tok.Epoch, tok.Nonce = again.Epoch, again.Nonce
	wantErr(t, "commit of what was loaded before the restart",
		st.Commit(ctx, headstart.Batch{Token: tok, Prev: head, Next: at(offs[1])}), headstart.ErrGap)
}

func TestBoltClockSetBack(t *testing.T) {
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	future := headstart.Offset{Ms: uint64(time.Now().Add(time.Hour).UnixMilli()), Seq: 7}
	must(t, st.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketMeta).Put(keyLast, []byte(future.String()))
	}))
	offs, err := st.Append(t.Context(), recs("x"))
	must(t, err)
	want(t, "offset", offs[0], headstart.Offset{Ms: future.Ms, Seq: 8})

	must(t, st.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketMeta).Put(keyLease, []byte(lease(future.At(), time.Minute)))
	}))
	acquire(t, st, "nobody waits an hour for a lease of a minute")
}

func TestBoltRefusesGarbage(t *testing.T) {
	for name, data := range map[string][]byte{"text": []byte("no database"), "zeros": make([]byte, 1<<16), "noise": bytes.Repeat([]byte("x"), 1<<16)} {
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, data, 0o600))
		if _, err := OpenBolt(path, BoltOptions{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s was opened as a store: %v", name, err)
		}
	}
}

// Ruling 12: a store of a newer version, or of another installation, refuses.
func TestBoltRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	st, err := OpenBolt(path, BoltOptions{Installation: "ours"})
	must(t, err)
	must(t, st.Close())
	_, err = OpenBolt(path, BoltOptions{Installation: "theirs"})
	wantErr(t, "another installation", err, headstart.ErrRefused)

	st, err = OpenBolt(path, BoltOptions{Installation: "ours"})
	must(t, err)
	must(t, st.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Put(keyReader, []byte("2")) }))
	must(t, st.Close())
	_, err = OpenBolt(path, BoltOptions{})
	wantErr(t, "a store of a newer version", err, headstart.ErrRefused)
	if !strings.Contains(err.Error(), "newer headstart") {
		t.Fatalf("no remedy in %v", err)
	}
}

// Ruling 12: short of room, observations are refused and the engine goes on.
func TestBoltFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true, MaxBytes: 1 << 20})
		must(t, err)
		defer st.Close()
		ctx := t.Context()
		big := recs(strings.Repeat("x", 20_000))
		for i := 0; ; i++ {
			if _, err = st.Append(ctx, big); err != nil {
				break
			}
			if i > 1000 {
				t.Fatal("20 MB went into a file of 1 MiB")
			}
			time.Sleep(2 * roomEvery)
		}
		wantErr(t, "append of an alert", err, headstart.ErrFull)
		ratio, err := st.Room(ctx)
		must(t, err)
		if ratio < fullAt {
			t.Fatalf("refused at %.2f", ratio)
		}
		tick := []headstart.Append{{Data: headstart.NewRecord(time.Now()).Encode()}}
		_, err = st.Append(ctx, tick)
		must(t, err)
		tok, ok, err := st.Acquire(ctx, "engine", time.Minute)
		must(t, err)
		want(t, "leading", ok, true)
		prev := headstart.Cursor{}
		for n := range 40 { // what was accepted is decided, though that takes the file beyond its bound
			next := headstart.Cursor{Part: uint32(n + 1)}
			must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: prev, Next: next, Ops: []headstart.Op{
				{Kind: headstart.Put, Table: "things", Key: strconv.Itoa(n), Val: bytes.Repeat([]byte("r"), 50_000)},
			}}))
			prev = next
		}
		ratio, err = st.Room(ctx)
		must(t, err)
		if ratio < 1 {
			t.Fatalf("with 2 MB of rows in a file of 1 MiB the room taken is %.2f", ratio)
		}
		for n := range 40 { // and when what it held is gone, all is taken again
			next := headstart.Cursor{Part: uint32(n + 41)}
			must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: prev, Next: next, Ops: []headstart.Op{{Kind: headstart.Delete, Table: "things", Key: strconv.Itoa(n)}}}))
			prev = next
		}
		offs, err := st.Append(ctx, tick)
		must(t, err)
		must(t, st.Commit(ctx, headstart.Batch{Token: tok, Prev: prev, Next: headstart.Cursor{Off: offs[0]}}))
		must(t, st.MarkArchived(ctx, offs[0]))
		must(t, st.Trim(ctx, offs[0]))
		_, err = st.Append(ctx, tick) // pages are free once something else is written
		must(t, err)
		time.Sleep(2 * roomEvery)
		_, err = st.Append(ctx, big)
		must(t, err)
		found, err := Verify(ctx, st)
		must(t, err)
		want(t, "findings", len(found), 0)
	})
}

// A disk without room for the text refuses the record with it.
func TestBoltTextOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	st, err := OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	rec := recs("t")[0]
	rec.Text = []headstart.SideText{{Kind: "text", Key: "rt/1", Value: []byte("hallo"), Until: time.Now()}}
	must(t, os.Symlink("/dev/full", filepath.Join(dir, "x.text", textDay(time.Now())+".text")))
	_, err = st.Append(t.Context(), []headstart.Append{rec})
	wantErr(t, "append", err, headstart.ErrFull)
	got, err := st.Read(t.Context(), headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "records", len(got), 0)
}

// Ruling 7: a day after its retention a text is nowhere on the disk.
func TestBoltTextLeavesNoTrace(t *testing.T) {
	const marker = "MARKER-5f1c"
	dir := t.TempDir()
	st, err := OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{})
	must(t, err)
	rec := recs("t")[0]
	now := time.Now()
	rec.Text = []headstart.SideText{
		{Kind: "title", Key: "rt/1", Value: []byte(marker), Until: now},
		{Kind: "text", Key: "rt/1", Value: []byte(marker), Until: now},
		{Kind: "title", Key: "rt/2", Value: []byte("stays"), Until: now.AddDate(0, 0, 5)},
	}
	_, err = st.Append(t.Context(), []headstart.Append{rec})
	must(t, err)
	if n := filesWith(t, dir, marker); len(n) != 2 {
		t.Fatalf("the marker stands in %v, want a file for the title and one for the text", n)
	}
	must(t, st.SweepText(t.Context(), now.AddDate(0, 0, 1)))
	want(t, "files with the marker", filesWith(t, dir, marker), []string(nil))

	// A crash in the middle of a line costs that line only.
	name := filepath.Join(dir, "x.text", textDay(now.AddDate(0, 0, 5))+".title")
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(`{"k":"rt/3","v":"half`)
	must(t, errors.Join(err, f.Close(), st.Close()))
	st, err = OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{})
	must(t, err)
	rec.Text = []headstart.SideText{{Kind: "title", Key: "rt/4", Value: []byte("after"), Until: now.AddDate(0, 0, 5)}}
	_, err = st.Append(t.Context(), []headstart.Append{rec})
	must(t, errors.Join(err, st.Close()))
	st, err = OpenBolt(filepath.Join(dir, "x.db"), BoltOptions{})
	must(t, err)
	defer st.Close()
	got, err := st.Texts(t.Context(), "title", []string{"rt/1", "rt/2", "rt/3", "rt/4"})
	must(t, err)
	want(t, "titles", got, map[string]string{"rt/2": "stays", "rt/4": "after"})
}

// filesWith returns the files below dir that hold marker.
func filesWith(t testing.TB, dir, marker string) (names []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // a server tidies up while we look
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if bytes.Contains(data, []byte(marker)) {
			names = append(names, filepath.Base(path))
		}
		return err
	}))
	return names
}
