package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// relay is two replicas that lead in turn, each with an archive: in one folder or apart.
type relay struct {
	st       *Redis
	archives [2]*Archive
	keepers  [2]*Keeper
	tok      headstart.Token
	cur      headstart.Cursor
	led      int
	said     []string
}

func newRelay(t *testing.T, server *redistest.Server, dirs ...string) *relay {
	t.Helper()
	o := one(server.Addr)
	o.Prefix = "hs" + random()
	r := &relay{st: openRedis(t, o)}
	t.Cleanup(func() { _ = r.st.Close() })
	for i, dir := range dirs {
		a, err := OpenArchive(dir)
		must(t, err)
		r.archives[i] = a
		r.keepers[i] = NewKeeper(KeeperOptions{
			Store: r.st, Archive: a, Keep: time.Hour, MaxBytes: 1, ArchiveKeep: 24 * time.Hour,
			Leading: func() bool { return r.led == i }, Logger: slog.New(slog.DiscardHandler),
		})
	}
	r.tok = acquire(t, r.st, "A")
	return r
}

// turn lets the one that leads archive n more records, which then leave the log.
func (r *relay) turn(t *testing.T, n int) {
	t.Helper()
	for range n {
		name := fmt.Sprint(len(r.said))
		offs, err := r.st.Append(t.Context(), recs(name))
		must(t, err)
		must(t, r.st.Commit(t.Context(), headstart.Batch{Token: r.tok, Prev: r.cur, Next: at(offs[0])}))
		r.cur, r.said = at(offs[0]), append(r.said, name)
	}
	must(t, r.keepers[r.led].Turn(t.Context()))
	must(t, r.st.Trim(t.Context(), r.cur.Off))
}

// whole checks that an export of the archive and the log misses nothing.
func (r *relay) whole(t *testing.T, a *Archive) {
	t.Helper()
	found, err := Whole(t.Context(), r.st, a)
	must(t, err)
	want(t, "missing", len(found), 0)
	var all []string
	for l, err := range everything(t.Context(), r.st, a) {
		must(t, err)
		all = append(all, l.Alert.Source)
	}
	want(t, "archive and log", all, r.said)
}

// Replicas that share a folder write one archive, whoever leads; one that was stopped
// while it wrote, and goes on when another leads, replaces nothing.
func TestReplicasShareOneArchive(t *testing.T) {
	dir := t.TempDir()
	r := newRelay(t, redistest.Start(t), dir, dir)
	for range 4 {
		before, err := r.archives[0].Last()
		must(t, err)
		r.turn(t, 3)
		late := r.archives[1-r.led] // read these records when it led, and was stopped
		if err := late.Add(before, []headstart.Entry{{Off: before, Data: recs("late")[0].Data}}); err == nil {
			t.Error("a leader of before wrote over what its successor wrote")
		}
		r.led = 1 - r.led
	}
	r.whole(t, r.archives[0])

	// The name is what it would write under, had it read the folder before the other wrote.
	names, err := r.archives[0].names()
	must(t, err)
	kept, err := os.ReadFile(names[1])
	must(t, err)
	if err := writeNew(names[1], []byte("late")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there was written anew: %v", err)
	}
	now, err := os.ReadFile(names[1])
	must(t, err)
	want(t, "the file", string(now) == string(kept), true)

	// What another replica is writing just now is not of a crash.
	busy, old := filepath.Join(dir, ".new-1"), filepath.Join(dir, ".new-2")
	must(t, os.WriteFile(busy, nil, 0o600))
	must(t, os.WriteFile(old, nil, 0o600))
	must(t, os.Chtimes(old, time.Now(), time.Now().Add(-2*leftAfter)))
	_, err = OpenArchive(dir)
	must(t, err)
	left, err := filepath.Glob(filepath.Join(dir, unfinished))
	must(t, err)
	want(t, "unfinished files", left, []string{busy})
}

// Replicas with a folder each have a part of the archive each, and it is said which part
// is missing; put together the parts are whole, and go on.
func TestArchivesOfReplicasPutTogether(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	r := newRelay(t, redistest.Start(t), dirs...)
	for range 4 {
		r.turn(t, 3)
		r.led = 1 - r.led
	}
	for i, part := range map[int]string{0: "follows the record", 1: "follows the record"} {
		found, err := Whole(t.Context(), r.st, r.archives[i])
		must(t, err)
		if len(found) == 0 || !strings.Contains(found[0], part) {
			t.Errorf("of the archive of replica %d is said %q, want that it %s", i, found, part)
		}
	}
	found, err := Whole(t.Context(), r.st, nil)
	must(t, err)
	want(t, "findings without an archive", len(found), 1)
	names, err := r.archives[1].names()
	must(t, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dirs[0], filepath.Base(name)), data, 0o600))
	}
	r.whole(t, r.archives[0])
	r.turn(t, 3) // the first leads again
	r.whole(t, r.archives[0])

	names, err = r.archives[0].names()
	must(t, err)
	must(t, os.Remove(names[2]))
	found, err = Whole(t.Context(), r.st, r.archives[0])
	must(t, err)
	want(t, "findings without a file in the middle", len(found) > 0, true)
}
