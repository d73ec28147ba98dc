package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"headstart"
)

// Results are the last runs of an agent's probes, for pages and reports: they are never
// in the log, and the upstream keeps them in memory, as it does those of its own probes.
type Results struct {
	V      int                     `json:"v"` // 1
	SentAt time.Time               `json:"sent_at"`
	Checks []headstart.CheckResult `json:"checks"`
}

const (
	resultsEvery = time.Minute
	mostResults  = 20_000
	resultsBody  = 16 << 20 // bytes
)

// decodeResults reads results, of which resultsBody bytes at most may be given. What in
// them cannot be shown is left out. Their times become those of our clock at at.
func decodeResults(data []byte, agent string, at time.Time) ([]headstart.CheckResult, error) {
	var r Results
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("decode results: %w", err)
	}
	switch {
	case r.V != 1:
		return nil, fmt.Errorf("the results have version %d, this upstream reads 1; run the same headstart on both sides", r.V)
	case len(r.Checks) > mostResults:
		return nil, fmt.Errorf("%d results; at most %d are read", len(r.Checks), mostResults)
	case r.SentAt.Year() < 1971 || r.SentAt.Year() > 9000:
		return nil, errors.New("sent_at is no time of a clock")
	}
	skew := at.Sub(r.SentAt)
	out := r.Checks[:0]
	for _, c := range r.Checks {
		if !showable(&c) {
			continue
		}
		c.Probe += "@" + agent
		c.Reason, c.Target = cut(c.Reason, mostReason), cut(c.Target, mostReason)
		for i := range c.Conditions {
			c.Conditions[i].Detail = cut(c.Conditions[i].Detail, mostReason)
		}
		if !c.At.IsZero() {
			c.At = c.At.Add(skew).UTC()
		}
		out = append(out, c)
	}
	return slices.Clip(out), nil
}

func showable(c *headstart.CheckResult) bool {
	known := slices.Contains([]headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown}, c.Verdict)
	maybe := func(id string) bool { return id == "" || isID(id) }
	return known && isID(c.Probe) && kindName.MatchString(c.Kind) && maybe(c.Asset) && maybe(c.Service) && maybe(c.Location) &&
		len(c.Conditions) <= mostFound && len(c.Values) <= mostFound &&
		!slices.ContainsFunc(c.Conditions, func(x headstart.Condition) bool { return !isID(x.Name) }) &&
		!slices.ContainsFunc(c.Values, func(x headstart.Measurement) bool { return !isID(x.Name) || x.Unit != "" && !isID(x.Unit) }) &&
		(c.At.IsZero() || c.At.Year() >= 1971 && c.At.Year() <= 9000)
}

// results takes the last runs of an agent's probes.
func (h *Hub) results(w http.ResponseWriter, r *http.Request) {
	at := h.o.Now()
	s := h.caller(w, r)
	if s == nil {
		return
	}
	select {
	case s.showing <- struct{}{}:
		defer func() { <-s.showing }()
	default:
		w.Header().Set("Retry-After", "2")
		problem(w, http.StatusServiceUnavailable, errBusy.Error())
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, resultsBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		problem(w, http.StatusRequestEntityTooLarge, "the results are larger than 16 MiB")
		return
	}
	if err != nil {
		problem(w, http.StatusBadRequest, "the results did not arrive whole")
		return
	}
	list, err := decodeResults(body, s.Name, at)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	s.seen(at, nil)
	s.mu.Lock()
	s.runs = list
	s.mu.Unlock()
	writeJSON(w, struct{}{})
}

// Results returns the last runs of all agents' probes. Those of an agent that is silent
// are unknown: nobody can say what has become of them.
func (h *Hub) Results() []headstart.CheckResult {
	var out []headstart.CheckResult
	for _, s := range h.order {
		s.mu.Lock()
		runs, silent, since := s.runs, s.silent, s.since
		s.mu.Unlock()
		if !silent {
			out = append(out, runs...)
			continue
		}
		for _, c := range runs {
			c.Verdict, c.Conditions, c.Values = headstart.Unknown, []headstart.Condition{}, nil
			c.Reason = "its site agent is silent since " + since.UTC().Format(time.RFC3339)
			out = append(out, c)
		}
	}
	return out
}

// show posts the last runs now and then.
func (c *Courier) show(ctx context.Context) error {
	body, err := json.Marshal(Results{V: 1, SentAt: time.Now().UTC(), Checks: c.o.Results()})
	if err != nil {
		return fmt.Errorf("encode results: %w", err)
	}
	within, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(within, http.MethodPost, c.base+"/results", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := c.exchange(req, &struct{}{}); err != nil {
		return err
	}
	select {
	case <-time.After(resultsEvery):
	case <-ctx.Done():
	}
	return nil
}
