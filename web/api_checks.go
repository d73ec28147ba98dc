package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
)

// CheckFilter chooses checks; an empty list chooses all. It is the body of POST
// /api/v1/checks/run and, but for the last four, the query of GET /api/v1/checks.
type CheckFilter struct {
	Probe    []string `json:"probe"`
	Kind     []string `json:"kind"`
	Asset    []string `json:"asset"`
	Service  []string `json:"service"`
	Location []string `json:"location"`

	// Name holds names of probes or ids of assets; Only conditions as `check --only`
	// takes them; For is department=ID, service=ID or location=ID, as `check --for`.
	Name []string `json:"name"`
	Only string   `json:"only"`
	For  string   `json:"for"`

	Trend bool `json:"trend"` // answer with the latest runs of each

	sees func(*headstart.CheckResult) bool // what the caller may read; nil: all
}

// FilterError is a mistake in what RunChecks is asked for.
type FilterError struct{ Text string }

// Error implements error.
func (e *FilterError) Error() string { return e.Text }

// Matches reports whether f chooses the check by its lists, and its caller may read it.
func (f *CheckFilter) Matches(c *headstart.CheckResult) bool {
	in := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	return (f.sees == nil || f.sees(c)) && in(f.Probe, c.Probe) && in(f.Kind, c.Kind) && in(f.Asset, c.Asset) && in(f.Service, c.Service) && in(f.Location, c.Location)
}

var checkParams = []apiParam{
	{"probe", "names, several with commas"},
	{"kind", "icmp, tcp, http, dns, ...; several with commas"},
	{"asset", "ids, several with commas"},
	{"service", "ids, several with commas"},
	{"location", "ids, several with commas"},
	{"verdict", "ok, warn, down or unknown; several with commas"},
	{"trend", "true: with the latest runs of each, oldest first"},
}

func (a *API) listChecks(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := CheckFilter{
		Probe: splitList(q.Get("probe")), Kind: splitList(q.Get("kind")), Asset: splitList(q.Get("asset")),
		Service: splitList(q.Get("service")), Location: splitList(q.Get("location")), Trend: q.Get("trend") == "true", sees: a.viewer(r).seesCheck,
	}
	verdicts := splitList(q.Get("verdict"))
	for _, v := range verdicts {
		if !slices.Contains([]string{"ok", "warn", "down", "unknown"}, v) {
			writeProblem(w, http.StatusUnprocessableEntity, "the query is not understood", fieldError{"?verdict", "write ok, warn, down or unknown"})
			return
		}
	}
	var results []headstart.CheckResult
	if a.o.Checks != nil {
		results = a.o.Checks()
	}
	list := checksOf(results, func(c *headstart.CheckResult) bool {
		return f.Matches(c) && (len(verdicts) == 0 || slices.Contains(verdicts, string(c.Verdict)))
	})
	a.addTrends(&list, f.Trend)
	writeJSON(w, http.StatusOK, list)
}

// runChecks probes now. It may take as long as the slowest probe; a client that takes
// lines of JSON is told how far it is.
func (a *API) runChecks(w http.ResponseWriter, r *http.Request) {
	if a.o.RunChecks == nil {
		writeProblem(w, http.StatusNotFound, "this process runs no checks")
		return
	}
	keys, err := decodeObject(r.Body)
	if err != nil {
		rejectBody(w, err)
		return
	}
	var f CheckFilter
	if wrong := readKeys(keys, []string{"probe", "kind", "asset", "service", "location", "name", "only", "for", "trend"}, &f); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the body does not say which checks to run", wrong...)
		return
	}
	f.sees = a.viewer(r).seesCheck
	var told *progress
	if strings.Contains(r.Header.Get("Accept"), linesOfJSON) {
		told = &progress{w: w}
	}
	results, err := a.o.RunChecks(r.Context(), f, told.tell)
	var wrong *FilterError
	switch {
	case errors.As(err, &wrong):
		writeProblem(w, http.StatusUnprocessableEntity, wrong.Text)
		return
	case err != nil:
		writeProblem(w, http.StatusServiceUnavailable, "the checks were not run: "+err.Error())
		return
	}
	list := checksOf(results, f.Matches)
	a.addTrends(&list, f.Trend)
	if told == nil {
		writeJSON(w, http.StatusOK, list)
		return
	}
	told.line(list)
}

// addTrends adds what the probes of list found lately.
func (a *API) addTrends(list *checkList, wanted bool) {
	if !wanted || a.o.Trend == nil {
		return
	}
	for i := range list.Checks {
		c := &list.Checks[i]
		c.Trend = a.o.Trend(c.Probe, c.Asset)
	}
}

// linesOfJSON is the type of an answer with one JSON object a line: how far it is
// ({"done":3,"total":12}), and as the last line what the plain answer would be.
const linesOfJSON = "application/x-ndjson"

// progress writes lines of JSON. A nil progress tells nobody.
type progress struct {
	w    http.ResponseWriter
	last time.Time
}

// tellEvery is how often a client is told how far it is.
const tellEvery = 100 * time.Millisecond

func (p *progress) tell(done, total int) {
	if p == nil || done < total && time.Since(p.last) < tellEvery {
		return
	}
	p.last = time.Now()
	p.line(map[string]int{"done": done, "total": total})
}

// line writes x on a line of its own. A client that is gone is noticed by its context.
func (p *progress) line(x any) {
	p.w.Header().Set("Content-Type", linesOfJSON)
	p.w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(p.w).Encode(x); err == nil {
		_ = http.NewResponseController(p.w).Flush() // where it cannot, the lines come together
	}
}

// RunChecks probes now what f chooses and calls told after each run, from one
// goroutine. A mistake in f is a FilterError.
type RunChecks func(ctx context.Context, f CheckFilter, told func(done, total int)) ([]headstart.CheckResult, error)

func checksOf(results []headstart.CheckResult, keep func(*headstart.CheckResult) bool) checkList {
	out := checkList{Checks: []headstart.CheckResult{}, Summary: map[headstart.Verdict]int{
		headstart.OK: 0, headstart.Warn: 0, headstart.Down: 0, headstart.Unknown: 0,
	}}
	for _, c := range results {
		if !keep(&c) {
			continue
		}
		if c.Conditions == nil {
			c.Conditions = []headstart.Condition{}
		}
		out.Checks = append(out.Checks, c)
		out.Summary[c.Verdict]++
	}
	return out
}
