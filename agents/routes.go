package agents

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"headstart"
)

// Routes returns this package's lines of the route table.
func (h *Hub) Routes() []headstart.Route {
	return []headstart.Route{
		{Pattern: "POST /api/v1/agents/{name}/events", Scope: headstart.ScopeIngest, MaxBody: mostBody, Handler: http.HandlerFunc(h.post), Everywhere: true},
		{Pattern: "POST /api/v1/agents/{name}/results", Scope: headstart.ScopeIngest, MaxBody: resultsBody, Handler: http.HandlerFunc(h.results), Everywhere: true},
		{Pattern: "GET /api/v1/agents/{name}/asks", Scope: headstart.ScopeIngest, Stream: true, Handler: http.HandlerFunc(h.fetch), Everywhere: true},
		{Pattern: "GET /api/v1/agents", Scope: headstart.ScopeRead, Handler: http.HandlerFunc(h.list), Everywhere: true},
	}
}

// post takes what an agent found out. 200 means that it is durable, or was before.
func (h *Hub) post(w http.ResponseWriter, r *http.Request) {
	at := h.o.Now()
	s := h.caller(w, r)
	if s == nil {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		problem(w, http.StatusRequestEntityTooLarge, "the post is larger than 1 MiB; send fewer checks at once")
		return
	}
	if err != nil {
		problem(w, http.StatusBadRequest, "the post did not arrive whole")
		return
	}
	p, err := decodePost(body)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	ans, err := h.take(r.Context(), s, p, at)
	if err != nil {
		if !errors.Is(err, errBusy) && r.Context().Err() == nil {
			h.logger.Error("checks of an agent are not stored; it was told to send them again", "subject", s.Name, "err", err)
		}
		w.Header().Set("Retry-After", "2")
		problem(w, http.StatusServiceUnavailable, "not stored; send it again")
		return
	}
	writeJSON(w, ans)
}

// fetch hands out what is to be probed now, as soon as there is something.
func (h *Hub) fetch(w http.ResponseWriter, r *http.Request) {
	s := h.caller(w, r)
	if s == nil {
		return
	}
	wait := pollWait
	if d, err := time.ParseDuration(r.URL.Query().Get("wait")); err == nil {
		wait = min(max(d, 0), pollMost)
	}
	s.seen(h.o.Now(), nil)
	w.Header().Set("X-Accel-Buffering", "no")
	writeJSON(w, Asks{s.asks.poll(r.Context(), wait)})
}

// caller returns the agent whose path r is, or answers why r may not speak for it.
func (h *Hub) caller(w http.ResponseWriter, r *http.Request) *site {
	name := r.PathValue("name")
	who := headstart.IdentityFrom(r.Context())
	if own, ok := strings.CutPrefix(who.Name, identity("")); (!ok || own != name) && !who.Has(headstart.ScopeAdmin) {
		problem(w, http.StatusForbidden, "only the agent's own token speaks for it; send the one of its token_file as Bearer")
		return nil
	}
	s := h.sites[name]
	if s == nil {
		problem(w, http.StatusNotFound, "no agent has this name; add it under agents in headstart.yml")
		return nil
	}
	return s
}

// SiteState is what is known of one agent.
type SiteState struct {
	Name    string     `json:"name"`
	Asset   string     `json:"asset"`
	State   string     `json:"state"` // live, silent, or waiting: not heard since this process started
	HeardAt time.Time  `json:"heard_at,omitzero"`
	Since   time.Time  `json:"silent_since,omitzero"`
	Status  SiteStatus `json:"status"`

	ClockAheadSeconds float64 `json:"clock_ahead_seconds"` // of ours; negative: behind
}

// SiteStates is the answer to who asks for all agents.
type SiteStates struct {
	Agents []SiteState `json:"agents"`
}

// States returns what is known of all agents, by name.
func (h *Hub) States() []SiteState {
	out := make([]SiteState, len(h.order))
	for i, s := range h.order {
		s.mu.Lock()
		out[i] = SiteState{
			Name: s.Name, Asset: s.Asset, State: "live", HeardAt: s.heard.UTC(), Since: s.since, Status: s.status,
			ClockAheadSeconds: s.offset.Round(time.Millisecond).Seconds(),
		}
		switch {
		case s.silent:
			out[i].State = "silent"
		case s.heard.IsZero():
			out[i].State, out[i].HeardAt = "waiting", time.Time{}
		}
		s.mu.Unlock()
	}
	return out
}

func (h *Hub) list(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, SiteStates{h.States()})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever asked is gone
}

// problem answers as RFC 9457 has it.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // whoever asked is gone
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
	})
}
