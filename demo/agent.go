package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"headstart"
)

// watched is what the site agent looks at: printers, and services end to end.
type watched struct {
	mu    sync.Mutex
	order []string
	last  map[string]*seen
	seq   uint64

	posting sync.Mutex // the service takes one post of an agent at a time
}

type seen struct {
	kind, asset, service, location string
	verdict                        headstart.Verdict
	reason                         string
	conditions                     []headstart.Condition
	changed                        bool // not told yet
}

// ends are the services that are looked at as their users see them.
var ends = []struct{ service, kind string }{{"print", "http"}, {"internet", "http"}, {"elo", "http"}, {"mail", "smtp"}, {"files", "smb"}}

func newWatched() *watched {
	a := &watched{last: map[string]*seen{}}
	add := func(id string, s *seen) {
		s.verdict = headstart.OK
		a.order, a.last[id] = append(a.order, id), s
	}
	for _, d := range Devices() {
		if d.Kind == "printer" {
			add(d.ID, &seen{kind: "printer", asset: d.ID, location: d.Location})
		}
	}
	for _, e := range ends {
		add(e.service, &seen{kind: e.kind, service: e.service, location: "midden"})
	}
	return a
}

// set is what the agent finds from now on; what it does not look at changes nothing.
func (a *watched) set(id string, v headstart.Verdict, reason string, conditions ...headstart.Condition) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.last[id]; s != nil && (s.verdict != v || s.reason != reason) {
		s.verdict, s.reason, s.conditions, s.changed = v, reason, conditions, true
	}
}

// spool names what the numbers are of: there is one demonstration for each service.
const spool = "de30de30de30de30"

// Checks tells what changed, and then how everything is, as a site agent does.
func (w *World) Checks(ctx context.Context) error {
	now := w.clock.Now()
	if err := w.tell(ctx, now, func(s *seen) bool { return s.changed }, false); err != nil {
		return err
	}
	return w.postAs(ctx, "results", map[string]any{"v": 1, "sent_at": stamp(now), "checks": w.watched.results(now)})
}

// tell posts the checks that which chooses, numbered. Nothing to tell is a sign of life.
func (w *World) tell(ctx context.Context, now time.Time, which func(*seen) bool, asked bool) error {
	a := w.watched
	a.posting.Lock()
	defer a.posting.Unlock()
	type numbered struct {
		Seq   uint64          `json:"seq"`
		Check headstart.Check `json:"check"`
	}
	events := []numbered{}
	a.mu.Lock()
	for _, id := range a.order {
		s := a.last[id]
		if !which(s) {
			continue
		}
		a.seq++
		s.changed = s.changed && asked
		events = append(events, numbered{a.seq, headstart.Check{
			Probe: s.probe(), Kind: s.kind, Asset: s.asset, Service: s.service, Location: s.location,
			Verdict: s.verdict, Reason: s.reason, Conditions: s.conditions, Asked: asked, ObservedAt: now.UTC(),
		}})
	}
	a.mu.Unlock()
	return w.postAs(ctx, "events", map[string]any{
		"v": 1, "spool": spool, "sent_at": stamp(now), "events": events, "status": map[string]any{"version": "demo", "probes": len(a.order)},
	})
}

func (s *seen) probe() string {
	if s.kind == "printer" {
		return "printers"
	}
	return s.service
}

func (a *watched) results(now time.Time) []headstart.CheckResult {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]headstart.CheckResult, 0, len(a.order))
	for _, id := range a.order {
		s := a.last[id]
		r := headstart.CheckResult{
			Probe: s.probe(), Kind: s.kind, Asset: s.asset, Target: id, Service: s.service, Location: s.location,
			Verdict: s.verdict, Reason: s.reason, DurationSeconds: 0.02, Conditions: s.conditions, At: now.UTC(),
		}
		if r.Conditions == nil {
			r.Conditions = []headstart.Condition{}
		}
		out = append(out, r)
	}
	return out
}

// postAs posts to a path of the site agent.
func (w *World) postAs(ctx context.Context, what string, body any) error {
	return w.post(ctx, "/api/v1/agents/"+Site+"/"+what, body, w.token)
}

// Answer answers what the service wants to know of an asset now, until ctx ends.
func (w *World) Answer(ctx context.Context) {
	client := &http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for ctx.Err() == nil {
		asks, err := w.fetchAsks(ctx, client)
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
			continue
		}
		for _, ask := range asks {
			w.watched.mu.Lock()
			known := w.watched.last[ask.Asset] != nil
			w.watched.mu.Unlock()
			if known {
				_ = w.tell(ctx, w.clock.Now(), func(s *seen) bool { return s.asset == ask.Asset || s.service == ask.Asset }, true) // an answer may be lost
			}
		}
	}
}

func (w *World) fetchAsks(ctx context.Context, client *http.Client) ([]headstart.Ask, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+"/api/v1/agents/"+Site+"/asks?wait=20s", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asks: %s", res.Status)
	}
	var list struct {
		Asks []headstart.Ask `json:"asks"`
	}
	err = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&list)
	return list.Asks, err
}
