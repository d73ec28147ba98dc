package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// filled is a store of some hundred pages, with large values and small buckets.
func filled(t testing.TB, path string, reg prometheus.Registerer) *Bolt {
	t.Helper()
	b, err := OpenBolt(path, BoltOptions{NoSync: true, Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		size := 100
		if n%50 == 0 {
			size = 20_000
		}
		note(t, b, strings.Repeat("x", size))
	}
	return b
}

func note(t testing.TB, b *Bolt, text string) {
	t.Helper()
	rec := headstart.NewRecord(time.Now(), headstart.Line{Command: &headstart.Command{ID: fmt.Sprint(time.Now().UnixNano()), Do: "note", Text: text}})
	if _, err := b.Append(t.Context(), []headstart.Append{{Data: rec.Encode()}}); err != nil {
		t.Fatal(err)
	}
}

// records counts the log.
func records(t testing.TB, b *Bolt) (n int) {
	t.Helper()
	for _, err := range entries(t.Context(), b, headstart.Offset{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// Ruling 11: the embedded file is copied while it is used; when it is damaged, the
// newest copy that is whole takes its place and the bad file is kept.
func TestCopyAndFallBack(t *testing.T) {
	t.Parallel()
	path, reg := filepath.Join(t.TempDir(), "headstart.db"), prometheus.NewPedanticRegistry()
	b := filled(t, path, reg)
	if !b.Copied().IsZero() {
		t.Error("there is a copy before one was made")
	}
	for range 3 {
		if err := b.Copy(t.Context()); err != nil {
			t.Fatal(err)
		}
		note(t, b, "later")
	}
	if age := time.Since(b.Copied()); age > time.Minute {
		t.Errorf("the newest copy is %s old", age)
	}
	if n, err := testutil.GatherAndCount(reg, "headstart_backup_age_seconds"); err != nil || n != 1 {
		t.Errorf("%d metrics, %v; want the age", n, err)
	}
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Copy(cut); err == nil {
		t.Error("a copy that was cut off is none")
	}
	if left, _ := filepath.Glob(path + ".copying"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	copies := copiesOf(path)
	damage(t, path, func(data []byte) []byte { return data[:len(data)/2] })
	damage(t, copies[0], func(data []byte) []byte { clear(data[:1<<14]); return data })
	if _, err := OpenBolt(path, BoltOptions{}); !errors.Is(err, ErrDamaged) {
		t.Fatalf("the damaged file: %v; want ErrDamaged", err)
	}
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	done, err := FallBack(path, now)
	if err != nil {
		t.Fatal(err)
	}
	if done.To != copies[1] || done.Moved != path+".damaged-20261123T080000" || time.Since(done.At) > time.Minute {
		t.Errorf("fell back as %+v; want the older copy, since the newer is damaged too", done)
	}
	if _, err := os.Stat(done.Moved); err != nil {
		t.Error("the damaged file is gone:", err)
	}
	back, err := OpenBolt(path, BoltOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := records(t, back); n != 201 {
		t.Errorf("%d records came back, want the 201 of the older copy", n)
	}
	if err := back.DropCopies(); err != nil || !back.Copied().IsZero() {
		t.Errorf("copies not dropped: %v", err)
	}
	if err := back.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, path, func(data []byte) []byte { return data[:5000] })
	if _, err := FallBack(path, now); err == nil || !strings.Contains(err.Error(), "no copy to fall back to") {
		t.Errorf("without copies: %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || len(data) != 5000 {
		t.Errorf("the damaged file was touched: %d bytes, %v", len(data), err)
	}
}

func damage(t testing.TB, path string, how func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, how(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The keeper copies once an hour, and what is forgotten is in no copy.
func TestKeeperCopies(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "headstart.db")
	b := filled(t, path, nil)
	defer func() { _ = b.Close() }()
	archive, err := OpenArchive(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := NewKeeper(KeeperOptions{Store: b, Archive: archive, Keep: time.Hour, ArchiveKeep: time.Hour, Leading: func() bool { return true }, Logger: slog.New(slog.DiscardHandler)})
	if err := k.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := b.Copied()
	if first.IsZero() {
		t.Fatal("the first turn makes no copy")
	}
	if err := k.Turn(t.Context()); err != nil || !b.Copied().Equal(first) {
		t.Errorf("a minute later it is copied again (%v)", err)
	}
	b.copied.Store(time.Now().Add(-copyEvery).UnixNano())
	if err := k.Turn(t.Context()); err != nil || !b.Copied().After(first) {
		t.Errorf("an hour later it is not copied (%v)", err)
	}
	if _, err := os.Stat(copiesOf(path)[1]); err != nil {
		t.Error("the copy before is gone:", err)
	}
	b.copied.Store(time.Now().Add(24 * time.Hour).UnixNano())
	if err := k.Turn(t.Context()); err != nil || b.Copied().After(time.Now()) {
		t.Errorf("a copy that a wrong clock dated tomorrow keeps it from being copied (%v)", err)
	}
	if _, err := k.Erase(t.Context(), &Erasure{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(copiesOf(path)[1]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after an erasure an old copy is still there: %v", err)
	}
}

// Whatever a byte is changed to, looking at the file never ends the program, and what
// passes can be opened.
func TestInspectFindsDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "headstart.db")
	b := filled(t, path, nil)
	if err := errors.Join(b.Close(), inspect(path)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := 4096
	for what, how := range map[string]func(d []byte) []byte{
		"cut in the middle":      func(d []byte) []byte { return d[:len(d)/2] },
		"cut to one page":        func(d []byte) []byte { return d[:page] },
		"no meta page is whole":  func(d []byte) []byte { d[page/64], d[page+64] = ^d[page/64], ^d[page+64]; return d },
		"pages filled with zero": func(d []byte) []byte { clear(d[2*page:]); return d },
		"pages filled with 0xff": func(d []byte) []byte { copy(d[2*page:], bytes.Repeat([]byte{0xff}, len(d)-2*page)); return d },
		"pages of another place": func(d []byte) []byte { copy(d[3*page:], d[8*page:20*page]); return d },
	} {
		if err := inspectFile(bytes.NewReader(how(bytes.Clone(data))), int64(len(how(bytes.Clone(data))))); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v; want ErrDamaged", what, err)
		}
	}
	one := bytes.Clone(data)
	one[page/2] ^= 1 // behind the first meta page: nobody reads that
	if err := inspectFile(bytes.NewReader(one), int64(len(one))); err != nil {
		t.Errorf("a byte that nobody reads: %v", err)
	}
}

// FuzzInspect changes a file at any place.
func FuzzInspect(f *testing.F) {
	path := filepath.Join(f.TempDir(), "headstart.db")
	b := filled(f, path, nil)
	if err := b.Close(); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(8200), []byte{0xff, 0xff})
	f.Add(uint32(2*4096), bytes.Repeat([]byte{0x01}, 40))
	f.Fuzz(func(t *testing.T, at uint32, by []byte) {
		changed := bytes.Clone(data)
		copy(changed[int(at)%len(changed):], by)
		_ = inspectFile(bytes.NewReader(changed), int64(len(changed))) // it must come back
	})
}
