package store

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// A log with everything in it, and words that must not leave the house.
func exportLog(t *testing.T, st Store) {
	t.Helper()
	t0 := time.Date(2026, 11, 21, 7, 41, 2, 120_000_000, time.UTC)
	a := headstart.Alert{
		Source: "prom-SECRET", Labels: map[string]string{
			"alertname": "HostDown", "instance": "sw-n-2.SECRET.example:9100", "job": "node", "rack": "SECRET-rack",
		},
		Annotations: map[string]string{"summary": "SECRET is down"}, GeneratorURL: "http://prom-SECRET.example:9090/graph?g0.expr=SECRET",
	}
	lines := []headstart.Line{
		{Config: &headstart.LogConfig{
			Engine: 1, Contact: "SECRET 1234", ExternalURL: "https://SECRET.example",
			Alerts:    json.RawMessage(`{"map":[{"match":["job=\"node\""],"asset":"{{ .Labels.instance }}"}]}`),
			Audiences: []headstart.Audience{{ID: "noord"}},
			Report:    &headstart.ReportPlan{At: "08:00", To: []string{"mail-desk"}},
			Catalog: &headstart.Catalog{
				Organisation: "SECRET College",
				Locations:    []headstart.Location{{ID: "noord", Name: headstart.Names{"": "SECRET Noord"}, Contact: "SECRET"}},
				Devices:      []headstart.Device{{ID: "sw-n-2", Location: "noord", Address: "192.0.2.77", Aliases: []string{"SECRET-kast"}}},
			},
		}},
		{Alert: &a},
		{Refresh: []headstart.Refresh{{Fingerprint: a.Fingerprint(), Source: a.Origin(), EndsAt: t0}}},
		{Alert: &headstart.Alert{Source: "b", Labels: map[string]string{"alertname": "X", "instance": "192.0.2.77:80", "other": "secret-KAST"}}},
		{Check: &headstart.Check{Probe: "p", Asset: "sw-n-2", Location: "noord", Verdict: headstart.Down, Reason: "SECRET", Conditions: []headstart.Condition{{Name: "offline", Detail: "SECRET"}}}},
		{Ticket: &headstart.Ticket{
			Source: "rt", ID: "SECRET-101", Title: "SECRET", Body: "SECRET", Status: "new", URL: "https://SECRET",
			Requester: headstart.Requester{ID: "SECRET", Location: "noord"},
			Evidence:  &headstart.Evidence{Version: 1, Assets: []headstart.Mention{{ID: "sw-n-2", Strength: 1, Word: "SECRET"}}},
		}},
		{Command: &headstart.Command{ID: "c1", By: "SECRET", Do: "link", Incident: "HS-3", Ticket: "SECRET-101", Source: "rt", Text: "SECRET"}},
		{Command: &headstart.Command{ID: "c2", By: "SECRET", Do: "hush", For: "2h"}},
		{Silence: &headstart.Silence{ID: "s", Matchers: []headstart.Matcher{{Name: "severity", Value: "page"}}, CreatedBy: "SECRET", Comment: "SECRET"}},
		{Confirm: &headstart.Confirm{Incident: "HS-3", Device: "SECRET"}},
		{Maintenance: &headstart.MaintenanceWindow{ID: "W-1", Assets: []string{"sw-n-2"}, Owner: "SECRET", Summary: headstart.Names{"nl": "SECRET"}}},
		{Delivery: &headstart.Delivery{Key: "u/noord/1/mail/g", Outcome: "sent", Handle: json.RawMessage(`{"url":"SECRET"}`), Err: "SECRET"}},
		{Command: &headstart.Command{ID: "c3", By: "SECRET", Do: "cover", Announcement: "9f2c01ab34cd56ef.noord", Incidents: []string{"HS-4", "SECRET-ref"}}},
	}
	for _, l := range lines {
		_, err := st.Append(t.Context(), []headstart.Append{{Data: headstart.NewRecord(t0, l).Encode()}})
		must(t, err)
	}
	_, err := st.Append(t.Context(), []headstart.Append{{Data: headstart.NewRecord(t0).Encode()}})
	must(t, err)
}

func exported(t *testing.T, st Store, a *Archive, o ExportOptions) (lines []headstart.FileLine, text string) {
	t.Helper()
	var buf bytes.Buffer
	must(t, Export(t.Context(), st, a, &buf, o))
	for raw := range strings.Lines(buf.String()) {
		l, err := headstart.DecodeFileLine([]byte(raw))
		must(t, err)
		lines = append(lines, l)
	}
	return lines, buf.String()
}

// CONTRACT section 3, ruling 5: a line each, a configuration with ticks first.
func TestExportRaw(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st := b.open(t, place(t))
		defer st.Close()
		exportLog(t, st)
		lines, _ := exported(t, st, nil, ExportOptions{Raw: true})
		var kinds []string
		for _, l := range lines {
			kinds = append(kinds, l.Kind())
		}
		want(t, "kinds", kinds, []string{
			"config", "alert", "refresh", "alert", "check", "ticket", "command", "command", "silence", "confirm", "maintenance", "delivery", "command", "tick",
		})
		if !lines[0].Config.Ticks {
			t.Fatal("the first line does not say that the file holds its own ticks")
		}
		entries, err := st.Read(t.Context(), headstart.Offset{}, 100, 0)
		must(t, err)
		for i, l := range lines {
			if !l.At.Equal(entries[i].Off.At()) {
				t.Fatalf("line %d is at %s, its record at %s", i, l.At, entries[i].Off.At())
			}
		}
		want(t, "received", lines[1].Received, time.Date(2026, 11, 21, 7, 41, 2, 120_000_000, time.UTC))
	})
}

// When the log's beginning is gone, the configuration of today stands in.
func TestExportAfterTrimming(t *testing.T) {
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	_, err = st.Append(t.Context(), recs("a"))
	must(t, err)
	tok := acquire(t, st, "A")
	must(t, st.Commit(t.Context(), headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Ops: []headstart.Op{put(headstart.TableConfig, "current", `{"engine":1,"language":"en"}`)}}))
	lines, _ := exported(t, st, nil, ExportOptions{Raw: true})
	if len(lines) != 2 || lines[0].Config == nil || !lines[0].Config.Ticks || lines[0].Config.Language != "en" || lines[1].Alert == nil {
		t.Fatalf("export is %+v", lines)
	}
}

// Ruling 45: by default nothing leaves that tells who or where, and what
// decisions depend on is as it was.
func TestExportDisguised(t *testing.T) {
	st, err := OpenBolt(filepath.Join(t.TempDir(), "x.db"), BoltOptions{NoSync: true})
	must(t, err)
	defer st.Close()
	exportLog(t, st)
	lines, text := exported(t, st, nil, ExportOptions{Key: []byte("k")})
	if i := strings.Index(strings.ToLower(text), "secret"); i >= 0 {
		t.Fatalf("a word of the house got out: %s", text[max(0, i-80):min(len(text), i+40)])
	}
	if strings.Contains(text, "192.0.2.77") {
		t.Fatal("an address got out")
	}
	cfg, first, refresh, second := lines[0].Config, lines[1].Alert, lines[2].Refresh[0], lines[3].Alert
	want(t, "label that has a say", first.Labels["job"], "node")
	if host, _, _ := strings.Cut(first.Labels["instance"], "."); host != "sw-n-2" || !strings.HasSuffix(first.Labels["instance"], ":9100") {
		t.Errorf("instance is %q; the alert would not be placed on sw-n-2", first.Labels["instance"])
	}
	want(t, "refresh of the alert", refresh.Fingerprint, first.Fingerprint())
	want(t, "origin of the refresh", refresh.Source, first.Origin())
	dev := cfg.Catalog.Devices[0]
	want(t, "address and its label", second.Labels["instance"], dev.Address+":80")
	want(t, "alias and its label", second.Labels["other"], dev.Aliases[0])
	want(t, "asset of the check", lines[4].Check.Asset, "sw-n-2")
	want(t, "ticket of the command", lines[6].Command.Ticket, lines[5].Ticket.ID)
	want(t, "hush", lines[7].Command.For, "2h")
	if cfg.Report == nil || cfg.Report.At != "08:00" {
		t.Errorf("the report is due %v; a replay would not owe it", cfg.Report)
	}
	if covers := lines[12].Command.Incidents; len(covers) != 2 || covers[0] != "HS-4" {
		t.Errorf("the message covers %v; a replay would let it speak for others", covers)
	}
	want(t, "key of the delivery", lines[11].Delivery.Key, "u/noord/1/mail/g")

	_, again := exported(t, st, nil, ExportOptions{Key: []byte("k")})
	want(t, "export with the same key", again, text)
	_, other := exported(t, st, nil, ExportOptions{})
	if other == text {
		t.Error("a random key gives the same pseudonyms")
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		tok := acquire(t, st, "A")
		offs, err := st.Append(ctx, append(recs("x"), headstart.Append{Data: []byte(`{"v":2}`)}))
		must(t, err)
		beyond := headstart.Cursor{Off: headstart.Offset{Ms: offs[1].Ms + 1000}}
		must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: beyond, Ops: []headstart.Op{
			put(headstart.TableIncidents, "HS-1", `{"v":1}`), put(headstart.TableIncidents, "HS-2", `{`), put(headstart.TableGroups, "1", `{}`),
		}}))
		found, err := Verify(ctx, st)
		must(t, err)
		for _, what := range []string{offs[1].String(), "cursor", "incidents/HS-2", "groups/1"} {
			if !strings.Contains(strings.Join(found, "\n"), what) {
				t.Errorf("nothing about %s in %q", what, found)
			}
		}
		want(t, "findings", len(found), 4)
	})
}
