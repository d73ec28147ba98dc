package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// The exit code is that of the worst result: down, then unknown, since what was
// not asked may be down, then warn.
func TestCheckExitsWithTheWorst(t *testing.T) {
	for name, tc := range map[string]struct {
		verdicts []headstart.Verdict
		want     int
	}{
		"all well":              {[]headstart.Verdict{headstart.OK, headstart.OK}, 0},
		"a warning":             {[]headstart.Verdict{headstart.OK, headstart.Warn}, 1},
		"unknown is no warning": {[]headstart.Verdict{headstart.Unknown, headstart.Warn}, 3},
		"down is worst":         {[]headstart.Verdict{headstart.Down, headstart.Unknown, headstart.Warn}, 2},
	} {
		report := &checkReport{Summary: map[headstart.Verdict]int{}}
		for _, v := range tc.verdicts {
			report.Summary[v]++
		}
		if got := worst(report); got != tc.want {
			t.Errorf("%s: exit code %d, want %d", name, got, tc.want)
		}
	}
}

// By service and place, the worst group first, and in each what fails first; of many
// that work only the number, unless all is asked for.
func TestChecksByServiceAndPlace(t *testing.T) {
	cat := &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord", "en": "North"}}},
		Services:  []headstart.Service{{ID: "print", Name: headstart.Names{"nl": "Printen", "en": "Printing"}}, {ID: "mail", Name: headstart.Names{"nl": "Mail"}}},
	}
	results := []headstart.CheckResult{
		{Probe: "relay", Kind: "smtp", Service: "mail", Target: "mail.example:25", Verdict: headstart.OK, Reason: "ready"},
		{Probe: "printers", Kind: "printer", Asset: "prn-1", Service: "print", Location: "noord", Target: "10.1.0.1", Verdict: headstart.Warn, Reason: "tray 2 of 3 empty"},
		{Probe: "printers", Kind: "printer", Asset: "prn-2", Service: "print", Location: "noord", Target: "10.1.0.2", Verdict: headstart.Down, Reason: "stopped", Conditions: []headstart.Condition{
			{Name: "jam", Effect: headstart.EffectIncident, Detail: "behind cover A"}, {Name: "asleep", Effect: headstart.EffectNone},
		}},
		{Probe: "door", Kind: "tcp", Location: "west", Target: "10.3.0.1:80", Verdict: headstart.Unknown, Reason: "no route"},
	}
	for _, id := range []string{"prn-3", "prn-4", "prn-5", "prn-6", "prn-7", "prn-8"} {
		results = append(results, headstart.CheckResult{
			Probe: "printers", Kind: "printer", Asset: id, Service: "print", Location: "noord", Target: "10.1.1.1", Verdict: headstart.OK,
			Trend: []headstart.CheckSample{{Verdict: headstart.OK, DurationSeconds: .1}, {Verdict: headstart.Down}, {Verdict: headstart.Unknown}, {Verdict: headstart.Warn, DurationSeconds: .4}},
		})
	}
	const want = `10 checked: 1 down, 1 unknown, 1 warn, 7 ok

Printen – Gebouw Noord
  down  prn-2  printer  10.1.0.2  stopped; jam behind cover A
  warn  prn-1  printer  10.1.0.1  tray 2 of 3 empty
  ok    6 more; -v names them

west
  unknown  door  tcp  10.3.0.1:80  no route

Mail
  ok  relay  smtp  mail.example:25  ready
`
	var out strings.Builder
	if err := printChecks(&out, newCheckReport(results), cat, "nl", false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
	out.Reset()
	if err := printChecks(&out, newCheckReport(results), cat, "en", true); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "Printing – North") || !strings.Contains(got, "  ok    prn-8  printer  10.1.1.1  ▃x?█") {
		t.Errorf("with all of them:\n%s", got)
	}
}

// A service that runs is asked to check now, and tells how far it is; it may be told
// whom to check for. Without a right to ask, or with --here, this process checks.
func TestCheckAsksTheService(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	config := prepare(t, `probes:
  - {name: site, kind: http, target: `+web.URL+`, service: print, interval: 1h}
  - {name: backup, kind: push, interval: 24h}
`)
	r := start(t, config)
	if status, answer := r.post("/push/backup", "12 GB"); status != http.StatusOK {
		t.Fatalf("the push got %d: %s", status, answer)
	}
	token := filepath.Join(r.dir, "data", "admin-token")
	ask := func(args ...string) (int, string, string) {
		return command(t, append([]string{"--config", config, "check", "--url", r.base}, args...)...)
	}
	code, out, said := ask("--token-file", token, "-v")
	if code != 0 || !strings.Contains(out, "2 checked: 2 ok") || !strings.Contains(out, "12 GB") {
		t.Errorf("asked the service: exit code %d\n%s%s", code, out, said)
	}
	if _, out, _ := ask("--token-file", token, "--for", "service=print", "-v"); !strings.Contains(out, "1 checked") || !strings.Contains(out, "█") {
		t.Errorf("for a service:\n%s", out)
	}
	for _, args := range [][]string{{"--for", "service=prnt"}, {"nobody"}, {"--only", "kind"}} {
		if code, _, said := ask(append([]string{"--token-file", token}, args...)...); code != 3 || said == "" {
			t.Errorf("%v: exit code %d, %q; want 3 and why", args, code, said)
		}
	}
	if _, _, said := ask("--token-file", token, "--for", "service=prnt"); !strings.Contains(said, `did you mean "print"`) {
		t.Errorf("a mistyped service: %q", said)
	}
	if code, _, said := command(t, "--config", config, "check", "--url", "http://"+freePort(t)); code != 3 || said == "" {
		t.Errorf("a service that is named and not there: exit code %d, %q", code, said)
	}
	if code, out, _ := ask("--here", "site"); code != 0 || !strings.Contains(out, "1 checked: 1 ok") {
		t.Errorf("--here: exit code %d\n%s", code, out)
	}
}

// What a service streams may be cut, or be another's.
func TestReadProgress(t *testing.T) {
	var steps []int
	results, err := readProgress(strings.NewReader(`{"done":1,"total":2}
{"done":2,"total":2}
{"checks":[{"probe":"a","verdict":"ok"}],"summary":{}}
`), func(done, _ int) { steps = append(steps, done) })
	if err != nil || len(results) != 1 || !slices.Equal(steps, []int{1, 2}) {
		t.Errorf("%v, %v after %v", results, err, steps)
	}
	for text, want := range map[string]string{"": "ended before", `{"done":1,"total":2}`: "ended before", "<html>": "does not answer as headstart"} {
		if _, err := readProgress(strings.NewReader(text), func(int, int) {}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want that it %s", text, err, want)
		}
	}
}
