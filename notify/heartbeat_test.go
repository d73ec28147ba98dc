package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/model"

	"headstart"
)

// watcher is who expects the heartbeat.
type watcher struct {
	*httptest.Server
	calls  atomic.Int32
	status atomic.Int32
}

func watch(t *testing.T) *watcher {
	t.Helper()
	w := &watcher{}
	w.status.Store(http.StatusOK)
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.calls.Add(1)
		rw.Header().Set("Location", "/elsewhere")
		rw.WriteHeader(int(w.status.Load()))
	}))
	t.Cleanup(w.Close)
	return w
}

// heartTo returns a Heart that calls what the file at the returned name holds.
func heartTo(t *testing.T, address string, works func(context.Context) error) (h *Heart, file string, log *bytes.Buffer) {
	t.Helper()
	file, log = filepath.Join(t.TempDir(), "url"), &bytes.Buffer{}
	if err := os.WriteFile(file, []byte(address+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return NewHeart(HeartOptions{
		Heartbeats: []HeartbeatConfig{{URLFile: file, Interval: model.Duration(time.Minute)}}, Works: works,
		Dialer: &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }},
		Logger: slog.New(slog.NewTextHandler(log, nil)), Registerer: prometheus.NewPedanticRegistry(),
	}), file, log
}

// again makes every call due.
func (h *Heart) again(ctx context.Context) time.Time {
	for _, b := range h.beats {
		b.next = time.Time{}
	}
	return h.round(ctx)
}

// Ruling 19: the heartbeat is called only while the work is done, and success means
// that its owner took it. The address is a secret wherever it fails.
func TestHeartbeatOnlyWhileItWorks(t *testing.T) {
	t.Parallel()
	var ill error
	w := watch(t)
	h, file, log := heartTo(t, w.URL+"/s3cr3t-token", func(context.Context) error { return ill })
	success := func() float64 { return testutil.ToFloat64(h.success) }

	next := h.again(t.Context())
	if w.calls.Load() != 1 || success() != 1 {
		t.Errorf("well: %d calls, success %v; want 1 and 1", w.calls.Load(), success())
	}
	if wait := time.Until(next); wait < 50*time.Second || wait > time.Minute {
		t.Errorf("the next call is due in %s, want the interval", wait)
	}
	h.round(t.Context())
	if w.calls.Load() != 1 {
		t.Error("called before it was due")
	}

	ill = ErrFollows
	h.again(t.Context())
	if said := log.String(); w.calls.Load() != 1 || success() != 0 || strings.Contains(said, "level=WARN") {
		t.Errorf("not leading: %d calls, success %v; want no further call, 0, and no warning of what another does:\n%s", w.calls.Load(), success(), said)
	}
	ill = fmt.Errorf("%w: no watchdog was heard yet", ErrWaits)
	h.again(t.Context())
	if said := log.String(); w.calls.Load() != 1 || success() != 0 || strings.Contains(said, "level=WARN") || !strings.Contains(said, "heartbeat waits") {
		t.Errorf("just started: %d calls, success %v; want no further call, 0, and that it waits, which is no warning:\n%s", w.calls.Load(), success(), said)
	}
	ill = errors.New("alerts cannot be stored")
	next = h.again(t.Context())
	if w.calls.Load() != 1 || success() != 0 {
		t.Errorf("full: %d calls, success %v; want no further call and 0", w.calls.Load(), success())
	}
	if wait := time.Until(next); wait > 16*time.Second {
		t.Errorf("looks again in %s; what is repaired should be seen sooner than that", wait)
	}

	ill = nil
	for _, status := range []int32{http.StatusInternalServerError, http.StatusNotFound, http.StatusFound} {
		w.status.Store(status)
		before := w.calls.Load()
		h.again(t.Context())
		if w.calls.Load() != before+1 || success() != 0 {
			t.Errorf("answered %d: %d calls, success %v; want one call, no redirect followed, and 0", status, w.calls.Load()-before, success())
		}
	}
	w.status.Store(http.StatusNoContent)

	other := watch(t)
	if err := os.WriteFile(file, []byte(other.URL+"/s3cr3t-new"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.again(t.Context())
	if other.calls.Load() != 1 || success() != 1 {
		t.Errorf("a new address in the file: %d calls there, success %v", other.calls.Load(), success())
	}
	other.Close()
	h.again(t.Context())
	if err := os.WriteFile(file, []byte("s3cr3t, not an address"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.again(t.Context())
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	h.again(t.Context())
	if success() != 0 {
		t.Error("success although there is nobody to call")
	}
	if said := log.String(); strings.Contains(said, "s3cr3t") {
		t.Errorf("the log shows the address:\n%s", said)
	} else if n := strings.Count(said, "level=WARN"); n != 7 {
		t.Errorf("%d warnings, want one for each of seven troubles:\n%s", n, said)
	}
}

// Who has no heartbeat has no metric that could be read as trouble.
func TestNoHeartbeat(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewPedanticRegistry()
	h := NewHeart(HeartOptions{Logger: slog.New(slog.DiscardHandler), Registerer: reg})
	if err := h.Run(t.Context()); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(reg); err != nil || n != 0 {
		t.Errorf("%d metrics, %v; want none", n, err)
	}
}

// A sender that runs and delivers nothing is not moving; one broken channel beside a
// working one does not stop it.
func TestMoving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		broken := &fake{name: "mail", answer: func(string) error { return errors.New("connection refused") }}
		chat := &fake{name: "chat"}
		s := sender(t, e, prometheus.NewPedanticRegistry(), broken, chat)
		if s.Moving() == nil {
			t.Error("moving before the outbox was ever read")
		}
		e.owe(msg("mail", "a", 1))
		runFor(t, s, 4*time.Minute)
		if err := s.Moving(); err != nil {
			t.Errorf("a message is four minutes late: %v", err)
		}
		runFor(t, s, 2*time.Minute)
		if err := s.Moving(); err == nil || !strings.Contains(err.Error(), "look at channels") {
			t.Errorf("nothing was delivered for six minutes: %v", err)
		}
		e.owe(msg("chat", "b", 1))
		runFor(t, s, time.Minute)
		if err := s.Moving(); err != nil {
			t.Errorf("the other channel delivers: %v", err)
		}
		e.mu.Lock()
		e.down = true
		e.mu.Unlock()
		runFor(t, s, time.Minute)
		if err := s.Moving(); err == nil || !strings.Contains(err.Error(), "look at the store") {
			t.Errorf("the outbox is not read: %v", err)
		}
		time.Sleep(1000 * time.Hour)
	})
}
