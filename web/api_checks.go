package web

import (
	"net/http"
	"slices"

	"headstart"
)

// CheckFilter chooses checks; an empty list chooses all. It is the body of POST
// /api/v1/checks/run and the query of GET /api/v1/checks.
type CheckFilter struct {
	Probe    []string `json:"probe"`
	Kind     []string `json:"kind"`
	Asset    []string `json:"asset"`
	Service  []string `json:"service"`
	Location []string `json:"location"`
}

// Matches reports whether f chooses the check.
func (f *CheckFilter) Matches(c *headstart.CheckResult) bool {
	in := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	return in(f.Probe, c.Probe) && in(f.Kind, c.Kind) && in(f.Asset, c.Asset) && in(f.Service, c.Service) && in(f.Location, c.Location)
}

var checkParams = []apiParam{
	{"probe", "names, several with commas"},
	{"kind", "icmp, tcp, http, dns, ...; several with commas"},
	{"asset", "ids, several with commas"},
	{"service", "ids, several with commas"},
	{"location", "ids, several with commas"},
	{"verdict", "ok, warn, down or unknown; several with commas"},
}

func (a *API) listChecks(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := CheckFilter{
		Probe: splitList(q.Get("probe")), Kind: splitList(q.Get("kind")), Asset: splitList(q.Get("asset")),
		Service: splitList(q.Get("service")), Location: splitList(q.Get("location")),
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
	writeJSON(w, http.StatusOK, checksOf(results, func(c *headstart.CheckResult) bool {
		return f.Matches(c) && (len(verdicts) == 0 || slices.Contains(verdicts, string(c.Verdict)))
	}))
}

// runChecks probes now. It may take as long as the slowest probe.
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
	if wrong := readKeys(keys, []string{"probe", "kind", "asset", "service", "location"}, &f); len(wrong) > 0 {
		writeProblem(w, http.StatusUnprocessableEntity, "the body does not say which checks to run", wrong...)
		return
	}
	results, err := a.o.RunChecks(r.Context(), f)
	if err != nil {
		writeProblem(w, http.StatusServiceUnavailable, "the checks were not run: "+err.Error())
		return
	}
	writeJSON(w, http.StatusOK, checksOf(results, f.Matches))
}

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
