package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/store"
)

// copied makes a copy of the store of a service that does not run, as the keeper does
// each hour.
func copied(t *testing.T, config string) {
	t.Helper()
	b, err := store.OpenBolt(filepath.Join(filepath.Dir(config), "data", "headstart.db"), store.BoltOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Copy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedStoreFallsBack (ruling 11): the file of the embedded store is cut off after its
// first page.
// The service says so and goes on from its copy, held: it decides, the page shows, but
// nothing is pushed to users until `store release`; numbers jump; the next start is an
// ordinary one.
func TestDamagedStoreFallsBack(t *testing.T) {
	t.Parallel()
	hook := startHook(t)
	config := prepare(t, "channels: [{name: hook, type: webhook, url: "+hook.URL+"/, secret_file: secret}]\n")
	write(t, filepath.Join(filepath.Dir(config), "secret"), strings.Repeat("k", 32))
	first := start(t, config)
	first.stop()
	copied(t, config)
	file := filepath.Join(filepath.Dir(config), "data", "headstart.db")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data[:5000], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := first.cli("store", "verify"); code == 0 || !strings.Contains(out, "damaged") {
		t.Errorf("verify ends with %d and says %s; want that the file is damaged", code, out)
	}

	r := start(t, config)
	waitFor(t, 10*time.Second, "the log to say what happened and what to do", func() bool {
		said := r.stderr.String()
		return strings.Contains(said, "the store was damaged; its hourly copy takes its place") && strings.Contains(said, "store release")
	})
	if left, err := filepath.Glob(file + ".damaged-*"); err != nil || len(left) != 1 {
		t.Errorf("the damaged file is not kept: %v %v", left, err)
	}
	now := time.Now()
	if status := r.alert(sent("prom-a", "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour))); status != http.StatusOK {
		t.Fatalf("the alerts are answered %d", status)
	}
	waitFor(t, 20*time.Second, "the message to wait", func() bool {
		is := r.incidents()
		return len(is) == 1 && len(is[0].Announcements) > 0 && is[0].Announcements[0].Draft != nil && strings.Contains(strings.Join(is[0].Announcements[0].Draft.Why, ";"), "stil")
	})
	if i := r.only(); i.ID != "HS-1001" {
		t.Errorf("the first incident after the restore is %s, want HS-1001", i.ID)
	}
	if n := len(hook.ids()); n > 0 {
		t.Errorf("%d messages went out although the store is held", n)
	}
	if page := r.page("/"); !strings.Contains(page, "oudere kopie") {
		t.Error("the board does not say that an older copy is in use")
	}
	if code, out := r.cli("store", "release", "--url", r.base); code != 0 {
		t.Errorf("store release ends with %d: %s", code, out)
	}
	waitFor(t, 20*time.Second, "the notice on the status page", func() bool {
		a := r.only().Announcements
		return len(a) > 0 && a[0].State != headstart.AnnouncementDraft
	})
	r.stop()
	if again := start(t, config); strings.Contains(again.stderr.String(), "older copy") {
		t.Error("the start after that is held again")
	}
}

// A store that was put back by hand is behind its archive: held as well.
func TestOlderStoreIsHeld(t *testing.T) {
	t.Parallel()
	config := prepare(t, "")
	st := opened(t, config)
	archive, err := store.OpenArchive(filepath.Join(filepath.Dir(config), "data", "archive"))
	if err != nil {
		t.Fatal(err)
	}
	later := headstart.Offset{Ms: uint64(time.Now().Add(-time.Minute).UnixMilli())}
	if err := archive.Add(headstart.Offset{}, []headstart.Entry{{Off: later, Data: headstart.NewRecord(later.At()).Encode()}}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	r := start(t, config)
	waitFor(t, 10*time.Second, "the log to say so", func() bool { return strings.Contains(r.stderr.String(), "the store is an older copy of itself") })
	waitFor(t, 10*time.Second, "the desk to read it", func() bool { return strings.Contains(r.page("/"), "oudere kopie") })
}

// A store that is more than a minute behind where it was is an older copy, and the log is
// told so once, however often somebody leads before it is decided; one that a failover
// took back by less is none. An unreadable note of the position stops no start.
func TestPositionNoticesAnOlderStore(t *testing.T) {
	t.Parallel()
	config := prepare(t, "")
	st := opened(t, config)
	defer func() { _ = st.Close() }()
	cfg, err := configs.Load(configs.Source{File: config})
	if err != nil {
		t.Fatal(err)
	}
	offs, err := st.Append(t.Context(), []headstart.Append{{Data: headstart.NewRecord(time.Now()).Encode()}})
	if err != nil {
		t.Fatal(err)
	}
	tok, _, err := st.Acquire(t.Context(), "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Commit(t.Context(), headstart.Batch{Token: tok, Next: headstart.Cursor{Off: offs[0]}}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(cfg.DataDir, "position")
	told := func(at string) int {
		t.Helper()
		write(t, file, at)
		var log bytes.Buffer
		for range 2 { // each of a process of its own
			p, err := openPosition(cfg, st, "", slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.holdIfOlder(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := p.look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := st.Read(t.Context(), offs[0], 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	after := func(d time.Duration) string {
		return headstart.Offset{Ms: uint64(offs[0].At().Add(d).UnixMilli())}.String()
	}
	for _, c := range []struct {
		at   string
		want int
	}{{after(-time.Hour), 0}, {after(olderBy - time.Second), 0}, {"torn", 0}, {after(olderBy + time.Second), 1}, {after(time.Hour), 1}} {
		if n := told(c.at); n != c.want {
			t.Errorf("with the position %s the log is told %d times, want %d", c.at, n, c.want)
		}
	}
}
