package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/agents/spool"
)

// memlog is a log in memory, of which the engine has committed a part.
type memlog struct {
	mu      sync.Mutex
	entries []headstart.Entry
	row     []byte // of the engine's table, as of head
	head    int    // how many entries are committed
	life    string
	refuse  error // of the next append
	anyway  bool  // it is in the log nevertheless
}

func (l *memlog) Append(_ context.Context, a headstart.Append) (headstart.Offset, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.refuse
	l.refuse = nil
	if err == nil || l.anyway {
		l.entries = append(l.entries, headstart.Entry{Off: headstart.Offset{Ms: uint64(len(l.entries)) + 1}, Data: a.Data})
	}
	return headstart.Offset{Ms: uint64(len(l.entries))}, err
}

func (l *memlog) Head(context.Context) (headstart.Cursor, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return headstart.Cursor{Off: headstart.Offset{Ms: uint64(l.head)}}, nil
}

func (l *memlog) Get(_ context.Context, table, key string) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if table != headstart.TableAssets || key != headstart.AgentRow+"noord" {
		return nil, errors.New("the hub reads another row: " + table + "/" + key)
	}
	return l.row, nil
}

func (l *memlog) Scan(_ context.Context, _ string, fn func(headstart.Row) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.row == nil {
		return nil
	}
	return errors.Join(fn(headstart.Row{Key: "asset/srv-noord", Val: []byte("{}")}), fn(headstart.Row{Key: headstart.AgentRow + "noord", Val: l.row}))
}

func (l *memlog) Read(_ context.Context, after headstart.Offset, most int, _ time.Duration) ([]headstart.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.entries[min(int(after.Ms), len(l.entries)):]
	return rest[:min(len(rest), most)], nil
}

func (l *memlog) incarnation() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.life
}

// checks are those of agents, in order; signs say when an agent fell silent or came back.
func (l *memlog) checks(t testing.TB) (checks, signs []headstart.Check) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		rec, err := headstart.DecodeRecord(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range rec.Lines {
			if line.Check.Kind == headstart.KindAgent {
				signs = append(signs, *line.Check)
			} else {
				checks = append(checks, *line.Check)
			}
		}
	}
	return checks, signs
}

// wire carries requests to a hub without a network.
type wire struct {
	mu   sync.Mutex
	hub  http.Handler
	who  string
	fate func(r *http.Request, send func() *http.Response) (*http.Response, error) // nil: all is well
}

func newWire(h *Hub) *wire {
	w := &wire{who: identity("noord")}
	w.lead(h)
	return w
}

func (w *wire) lead(h *Hub) {
	mux := http.NewServeMux()
	for _, r := range h.Routes() {
		mux.Handle(r.Pattern, r.Handler)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hub = mux
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	w.mu.Lock()
	fate := w.fate
	w.mu.Unlock()
	send := func() *http.Response {
		w.mu.Lock()
		hub := w.hub // as it is when the request arrives
		w.mu.Unlock()
		in := r.Clone(headstart.WithIdentity(r.Context(), headstart.Identity{Name: w.who, Scopes: []headstart.Scope{headstart.ScopeIngest}}))
		in.Body, in.RequestURI = io.NopCloser(bytes.NewReader(body)), ""
		rec := httptest.NewRecorder()
		hub.ServeHTTP(rec, in)
		return rec.Result()
	}
	if fate == nil {
		return send(), nil
	}
	return fate(r, send)
}

func newHub(l *memlog) *Hub {
	return NewHub(HubOptions{
		Sites: Sites{{Name: "noord", Asset: "srv-noord", TokenFile: "t"}}, Log: l, Append: l.Append,
		Incarnation: l.incarnation, Leading: func() bool { return true },
	})
}

func newSpool(t testing.TB, name string) *spool.Spool {
	t.Helper()
	s, _, err := spool.Open(filepath.Join(t.TempDir(), name), spool.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newCourier(t testing.TB, s *spool.Spool, w http.RoundTripper, ask func(headstart.Ask)) *Courier {
	t.Helper()
	c, err := NewCourier(CourierOptions{
		Upstream: Upstream{URL: "http://127.0.0.1:1", Agent: "noord", TokenFile: "t"}, Spool: s, Ask: ask, Results: func() []headstart.CheckResult { return nil }, Dialer: &headstart.Dialer{},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.client.Transport = w
	return c
}

// found is a record of one check, as a fleet appends it.
func found(probe string, v headstart.Verdict, asked bool) headstart.Append {
	c := &headstart.Check{Probe: probe, Kind: "icmp", Asset: "prn-" + probe, Verdict: v, Reason: "r", Asked: asked, ObservedAt: time.Now().UTC()}
	return headstart.Append{Data: headstart.NewRecord(time.Now(), headstart.Line{Check: c}).Encode()}
}

// told is a check as a line of a story: probe, verdict.
func told(c *headstart.Check) string {
	return strings.TrimSuffix(c.Probe, "@noord") + " " + string(c.Verdict)
}

func encodeRow(a headstart.Agent) []byte {
	b, _ := json.Marshal(a) // plain fields
	return b
}
