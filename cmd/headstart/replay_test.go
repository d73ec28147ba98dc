package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart/configs"
)

// What the rules decide in their own tests they decide in the product: every
// scenario of correlate replays through the whole engine with the same decisions.
func TestScenariosThroughTheEngine(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../correlate/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			if code, stdout, stderr := command(t, "replay", file, "--check", file); code != 0 {
				t.Errorf("exit code %d: the engine decides otherwise (- its want, + here):\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// What is printed as text is made with less than what is printed as JSON, and says the
// same.
func TestReplayIsToldBriefly(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../correlate/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	links := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := readStory(bytes.NewReader(text), file)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := fold(lines, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		if err := printReplay(&want, &whole); err != nil {
			t.Fatal(err)
		}
		code, got, stderr := command(t, "replay", file)
		if diff := cmp.Diff(want.String(), got); code != 0 || diff != "" {
			t.Errorf("%s: exit code %d: %s\n(-whole +brief):\n%s", file, code, stderr, diff)
		}
		links += strings.Count(got, "\nticket ")
	}
	if links == 0 {
		t.Error("no scenario links a ticket; this compares too little")
	}
}

// A mistake in a log names its line, however far down it is and whatever else was being
// read then.
func TestReadLogNamesTheLine(t *testing.T) {
	var log strings.Builder
	for n := range 3000 { // several passages
		fmt.Fprintf(&log, "{\"at\":\"2026-11-23T08:%02d:%02dZ\"}\n\n", n/60, n%60)
	}
	good := log.String()
	lines, err := readLog(strings.NewReader(good), "night.jsonl")
	if err != nil || len(lines) != 3000 || lines[2999].At.Format(time.TimeOnly) != "08:49:59" {
		t.Fatalf("%d lines, %v; want all 3000", len(lines), err)
	}
	for name, c := range map[string]struct{ log, want string }{
		"no event":       {good + "{\"at\":\"2026-11-23T09:00:00Z\",\"alrt\":{}}\n" + good, "night.jsonl:6001: unknown key \"alrt\"; correct its name, or take it out"},
		"out of order":   {good + good, "night.jsonl:6001: at 2026-11-23T08:00:00Z lies before the line above; order the log by at"},
		"first of two":   {strings.Replace(good, "08:10:00Z", "08:00:00Z", 1) + "{", "night.jsonl:1201: at 2026-11-23T08:00:00Z lies before the line above; order the log by at"},
		"ends too early": {good + "{", "night.jsonl:6001: unexpected EOF; write one JSON object a line"},
	} {
		if _, err := readLog(strings.NewReader(c.log), "night.jsonl"); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v\nwant %s", name, err, c.want)
		}
	}
}

// The scenario that docs/scenarios.md shows is told as it says.
func TestDocumentedScenario(t *testing.T) {
	b, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "## One example\n\n```\n")
	text, _, ended := strings.Cut(rest, "```\n")
	if !found || !ended {
		t.Fatal(`docs/scenarios.md shows no scenario below "One example"`)
	}
	file := filepath.Join(filepath.Dir(configured(t, map[string]string{"night.txtar": text})), "night.txtar")
	code, stdout, stderr := command(t, "replay", file, "--check", file)
	if code != 0 || !strings.Contains(stdout, "all that is expected holds (12)") {
		t.Errorf("exit code %d, said\n%s%s\nwant the example to hold", code, stdout, stderr)
	}
}

const nightCatalog = `locations: [{id: noord, name: Gebouw Noord}]
services: [{id: print, name: Printen}]
devices:
  - {id: core, kind: router}
  - {id: sw-1, kind: switch, location: noord, depends_on: [core]}
  - {id: prn-1, kind: printer, location: noord, services: [print], people: 10, depends_on: [sw-1]}
  - {id: prn-2, kind: printer, location: noord, services: [print], people: 10, depends_on: [sw-1]}
`

const nightEvents = `
-- events --
08:00:00 firing PrinterDown instance=prn-[1..2] every=1s
08:00:20 firing SwitchDown instance=sw-1
08:30:00 resolved SwitchDown instance=sw-1
08:30:00 resolved PrinterDown instance=prn-[1..2]
10:00:00 tick
`

// night writes a scenario and the files beside it, and returns their folder.
func night(t *testing.T, expect string, files map[string]string) string {
	t.Helper()
	all := map[string]string{"night.txtar": "-- catalog --\n" + nightCatalog + nightEvents + expect, "catalog.yml": nightCatalog}
	maps.Copy(all, files)
	return filepath.Dir(configured(t, all))
}

// What is not met is told with its line, and the exit code says so (CONTRACT
// section 1).
func TestReplayCheck(t *testing.T) {
	for name, c := range map[string]struct {
		expect string
		code   int
		want   string
	}{
		"all holds": {
			"-- expect --\nincidents 1\nHS-1 state=closed cause=sw-1 kind=observed members=3 firing=0 services=print locations=noord people=20 opened=08:01:00 resolved=08:32:00 split_from=none\nmessages 2\npages 0\n",
			0, "all that is expected holds (14)",
		},
		"another state": {"-- expect --\nHS-1 state=open\n", 4, "night.txtar:17: HS-1 state\n- open\n+ closed\n"},
		"another count": {"-- expect --\n\nincidents 2\n", 4, "night.txtar:18: incidents\n- 2\n+ 1\n"},
		"a ticket":      {"-- expect --\nticket rt/T-1 HS-1\n", 4, "night.txtar:17: rt/T-1 incident\n- HS-1\n+ none\n"},
		"an incident that is not there": {
			"-- expect --\nHS-7 state=open\n", 4, "night.txtar:17: HS-7 state\n- open\n+ no such incident\n",
		},
		"another decision": {
			"-- want --\n08:01:00 #1 opened T-07 sw-1/SwitchDown\n08:01:00 #1 joined T-07 prn-9/PrinterDown\n", 4,
			"night.txtar: decisions\n- 08:01:00 #1 joined T-07 prn-9/PrinterDown\n+ 08:01:00 #1 joined T-07 prn-1/PrinterDown\n",
		},
		"nothing expected": {"", 2, "night.txtar expects nothing; add a line -- expect --"},
		"a mistake":        {"-- expect --\nHS-1 stat=open\n", 2, `night.txtar:17: unknown word "stat=open" of an incident; write`},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(night(t, c.expect, nil), "night.txtar")
			code, stdout, stderr := command(t, "replay", file, "--check", file)
			if code != c.code || !strings.Contains(stdout+stderr, c.want) {
				t.Errorf("exit code %d, said\n%s%s\nwant %d and %q", code, stdout, stderr, c.code, c.want)
			}
		})
	}
	file := filepath.Join(night(t, "-- expect --\nHS-1 state=open\n", nil), "night.txtar")
	code, stdout, _ := command(t, "replay", file, "--check", file, "--output", "json")
	var got checked
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 4 || got.Met || len(got.Unmet) != 1 || got.Unmet[0] != (unmet{17, "HS-1", "state", "open", "closed"}) {
		t.Errorf("exit code %d, %+v, %v; want 4 and what is not met", code, got, err)
	}
}

// Another configuration is compared by what people would notice.
func TestReplayDiff(t *testing.T) {
	apart := strings.Replace(nightCatalog, "people: 10, depends_on: [sw-1]}\n", "people: 10}\n", 1)
	for name, c := range map[string]struct {
		files map[string]string
		code  int
		want  []string
	}{
		"the same": {
			map[string]string{"headstart.yml": "timezone: UTC\ncatalog: [catalog.yml]\n"},
			0,
			[]string{"headstart.yml decides the same: 1 incidents, 2 messages to users, 0 pages\n"},
		},
		"sooner": {
			map[string]string{"headstart.yml": "catalog: [catalog.yml]\ncorrelation: {settle: 30s}\n"},
			4,
			[]string{"changed HS-1 -> HS-1\n", "opened    08:01:00 -> 08:00:30\n", "lead      30s won\n", "head start: 30s won in all\n"},
		},
		"a printer that hangs on nothing": {
			map[string]string{"headstart.yml": "catalog: [catalog.yml]\n", "catalog.yml": apart},
			4,
			[]string{"split HS-1 -> HS-1, HS-2\n", "members   3 -> 1, 2\n", "incidents               1      2  1 more\n"},
		},
		"a mistake": {map[string]string{"headstart.yml": "corelation: {}\n"}, 2, []string{`headstart.yml:1: unknown key "corelation"`}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := night(t, "", c.files)
			code, stdout, stderr := command(t, "replay", filepath.Join(dir, "night.txtar"), "--diff", filepath.Join(dir, "headstart.yml"))
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(stdout+stderr, want) {
					t.Errorf("said\n%s%s\nwant %q in it", stdout, stderr, want)
				}
			}
		})
	}
}

// Incidents of the log that the other configuration joins are told as merged, and
// in JSON with the messages it saves.
func TestReplayDiffMerged(t *testing.T) {
	apart := strings.ReplaceAll(nightCatalog, "people: 10, depends_on: [sw-1]}\n", "people: 10}\n")
	dir := night(t, "", map[string]string{"headstart.yml": "catalog: [catalog.yml]\n", "apart.txtar": "-- catalog --\n" + apart + "-- config --\ncorrelation: {group: {assets: 9}}" + nightEvents})
	code, stdout, stderr := command(t, "replay", filepath.Join(dir, "apart.txtar"), "--diff", filepath.Join(dir, "headstart.yml"), "--output", "json")
	var got comparison
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 4 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	if got.Equal || len(got.Differences) != 1 || got.Differences[0].Kind != "merged" || len(got.Differences[0].Log) != 3 || len(got.Differences[0].Other) != 1 {
		t.Errorf("compared %+v; want three incidents merged into one", got)
	}
}

// A log with ticks of its own has them at its own deadlines. Under another
// configuration a deadline without one is no time in which nobody looked
// (ruling 5); a real one stays.
func TestReplayDiffOfAnExport(t *testing.T) {
	dir := night(t, "", map[string]string{
		"headstart.yml": "timezone: UTC\ncatalog: [catalog.yml]\n",
		"longer.yml":    "timezone: UTC\ncatalog: [catalog.yml]\ncorrelation: {hold: 20m}\n",
		"night.jsonl":   exported(t),
	})
	log := filepath.Join(dir, "night.jsonl")
	if code, stdout, stderr := command(t, "replay", log, "--diff", filepath.Join(dir, "headstart.yml")); code != 0 {
		t.Errorf("the same configuration: exit code %d, said\n%s%s", code, stdout, stderr)
	}
	code, stdout, _ := command(t, "replay", log, "--diff", filepath.Join(dir, "longer.yml"))
	if want := "resolved  08:12:00 -> 08:30:00\n"; code != 4 || !strings.Contains(stdout, want) {
		t.Errorf("a longer hold: exit code %d, said\n%s\nwant %q", code, stdout, want)
	}
}

// exported is a log with ticks: a switch down at 08:00 and back at 08:10, and an
// hour from 08:42 on in which nobody looked.
func exported(t *testing.T) string {
	t.Helper()
	dir := night(t, "", map[string]string{"headstart.yml": "timezone: UTC\ncatalog: [catalog.yml]\n"})
	cfg, err := configs.Load(configs.Source{File: filepath.Join(dir, "headstart.yml")})
	if err != nil {
		t.Fatal(err)
	}
	c := cfg.LogConfig("test")
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	at := func(clock string) string {
		d, err := time.ParseDuration(clock)
		if err != nil {
			t.Fatal(err)
		}
		return day.Add(d).Format(time.RFC3339)
	}
	alert := `"alert":{"source":"am","labels":{"alertname":"SwitchDown","instance":"sw-1"},"startsAt":"2026-11-23T08:00:00Z"`
	var log strings.Builder
	fmt.Fprintf(&log, "{\"at\":%q,\"config\":%s}\n", at("7h"), b)
	fmt.Fprintf(&log, "{\"at\":%q,%s}}\n", at("8h"), alert)
	for _, tick := range []string{"8h1m", "8h2m", "8h3m"} {
		fmt.Fprintf(&log, "{\"at\":%q}\n", at(tick))
	}
	fmt.Fprintf(&log, "{\"at\":%q,%s,\"endsAt\":\"2026-11-23T08:10:00Z\"}}\n", at("8h10m"), alert)
	for _, tick := range []string{"8h12m", "8h25m", "9h42m", "10h30m"} {
		fmt.Fprintf(&log, "{\"at\":%q}\n", at(tick))
	}
	return log.String()
}

// A log that other rules decided is replayed with a word of warning; rules of a
// newer program are refused (ruling 8).
func TestReplayOfAnotherEngine(t *testing.T) {
	dir := night(t, "", map[string]string{
		"old.jsonl": `{"at":"2026-11-23T08:00:00Z","config":{"engine":-1}}` + "\n",
		"new.jsonl": `{"at":"2026-11-23T08:00:00Z","config":{"engine":999}}` + "\n",
	})
	if code, _, stderr := command(t, "replay", filepath.Join(dir, "old.jsonl")); code != 0 || !strings.Contains(stderr, "warning: ") || !strings.Contains(stderr, "rules of version -1") {
		t.Errorf("an older engine: exit code %d, said %q; want a warning", code, stderr)
	}
	if code, _, stderr := command(t, "replay", filepath.Join(dir, "new.jsonl")); code != 2 || !strings.Contains(stderr, "use a newer headstart") {
		t.Errorf("a newer engine: exit code %d, said %q; want it refused", code, stderr)
	}
}
