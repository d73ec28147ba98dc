package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart/incidents"
)

// TestStormPerPerson counts what one reader of a mailing list gets when 500 outages hit the
// place where he works in one morning (rulings 26 and 29): a few messages, never one for
// each. Each outage lasts half an hour. With the rules as they come they are one storm;
// with grouping and storm switched off they are 500 incidents, which only the budget and
// the digest stand before.
func TestStormPerPerson(t *testing.T) {
	t.Parallel()
	const outages = 500
	for _, tc := range []struct {
		name, correlation string
		every             time.Duration
		incidents, most   int
	}{
		{"at once", "{}", 20 * time.Millisecond, 1, 3},
		{"as 500 incidents over three hours", "{storm: {causes: 10000}, group: {assets: 10000}}", 20 * time.Second, outages, 16},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			var cat, log strings.Builder
			cat.WriteString("locations: [{id: noord, name: Gebouw Noord}]\nservices:\n")
			for n := range outages {
				fmt.Fprintf(&cat, "  - {id: dienst-%d, name: Dienst %d, kind: application}\n", n, n)
			}
			cat.WriteString("devices:\n")
			for n := range outages {
				fmt.Fprintf(&cat, "  - {id: srv-%d, kind: server, location: noord, services: [dienst-%d], people: %d}\n", n, n, 20+n%300)
			}
			begin := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
			var lines []event
			for n := range outages {
				at := begin.Add(time.Duration(n) * tc.every)
				for _, alert := range []string{"HostDown", "ServiceDown"} {
					lines = append(lines, event{at, alert, n, at.Add(24 * time.Hour)}, event{at.Add(30 * time.Minute), alert, n, at.Add(30*time.Minute - time.Second)})
				}
			}
			slices.SortStableFunc(lines, func(a, b event) int { return a.at.Compare(b.at) })
			for _, e := range lines {
				fmt.Fprintf(&log, `{"at":%q,"alert":{"source":"prom","labels":{"alertname":%q,"device":"srv-%d"},"annotations":{},"startsAt":%q,"endsAt":%q}}`+"\n",
					iso(e.at), e.alert, e.n, iso(begin), iso(e.ends))
			}
			fmt.Fprintf(&log, `{"at":%q}`+"\n", iso(begin.Add(24*time.Hour)))
			write(t, filepath.Join(dir, "catalog.yml"), cat.String())
			write(t, filepath.Join(dir, "log.jsonl"), log.String())
			write(t, filepath.Join(dir, "headstart.yml"), fmt.Sprintf(`data_dir: %s
catalog: [catalog.yml]
correlation: %s
announce: {push: {mode: auto}}
channels: [{name: mail, type: email, smarthost: "127.0.0.1:25", from: storing@example.org, to: [noord@example.org]}]
`, dir, tc.correlation))
			code, out, errs := command(t, "replay", filepath.Join(dir, "log.jsonl"), "--config", filepath.Join(dir, "headstart.yml"), "--output", "json")
			if code != 0 {
				t.Fatalf("replay: exit %d: %s", code, errs)
			}
			var told struct {
				Incidents []json.RawMessage   `json:"incidents"`
				Messages  []incidents.Message `json:"messages"`
			}
			if err := json.Unmarshal([]byte(out), &told); err != nil {
				t.Fatal(err)
			}
			pushed, standing := map[string]int{}, 0
			total := 0
			for _, m := range told.Messages {
				switch {
				case m.Plane != "users":
				case m.How == "push":
					pushed[string(m.Phase)]++
					total++
				case m.How == "page":
					standing++
				}
			}
			if len(told.Incidents) != tc.incidents || total == 0 || total > tc.most {
				t.Errorf("%d incidents, %d messages to one reader: %v; want %d incidents and 1 to %d messages", len(told.Incidents), total, pushed, tc.incidents, tc.most)
			}
			t.Logf("%d outages, %d incidents: one reader gets %d messages, %v; %d updates stand on the page", outages, len(told.Incidents), total, pushed, standing)
		})
	}
}

// event is an alert that begins or, with an end before at, ends.
type event struct {
	at    time.Time
	alert string
	n     int
	ends  time.Time
}

func iso(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }
