package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"headstart"
)

func TestAPIListsTicketsWithTheirTitles(t *testing.T) {
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		o.Titles = func(_ context.Context, keys []string) map[string]string {
			return map[string]string{"rt/T-1": "printer doet het niet"}
		}
	})
	list := decode[ticketList](t, call(as("desk"), "GET", "/api/v1/tickets", ""))
	if len(list.Tickets) != 2 || list.Tickets[0].ID != "7" || list.Tickets[1].Title != "printer doet het niet" {
		t.Fatalf("tickets %+v, want 7 then T-1 with its title", list.Tickets)
	}
	if links := list.Tickets[1].Links; len(links) != 1 || links[0].Incident != "HS-2" {
		t.Errorf("links %+v, want HS-2 only: HS-3 is confidential", links)
	}
	for query, want := range map[string]int{"?incident=HS-2": 1, "?incident=HS-3": 0, "?linked=true": 0, "?linked=false": 2, "?limit=1": 1, "?review=true": 0} {
		if got := decode[ticketList](t, call(as("desk"), "GET", "/api/v1/tickets"+query, "")); len(got.Tickets) != want {
			t.Errorf("%s: %d tickets, want %d", query, len(got.Tickets), want)
		}
	}
	for _, query := range []string{"?linked=perhaps", "?review=no"} {
		if got := call(as("desk"), "GET", "/api/v1/tickets"+query, ""); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered %d, want 422", query, got.StatusCode)
		}
	}
	first := decode[ticketList](t, call(as("desk"), "GET", "/api/v1/tickets?limit=1", ""))
	second := decode[ticketList](t, call(as("desk"), "GET", "/api/v1/tickets?limit=1&cursor="+first.NextCursor, ""))
	if first.NextCursor == "" || len(second.Tickets) != 1 || second.Tickets[0].ID != "T-1" || second.NextCursor != "" {
		t.Errorf("second page %+v after cursor %q, want T-1 and the end", second, first.NextCursor)
	}
}

func TestAPIListsAnnouncements(t *testing.T) {
	call := testAPI(t, &apiDesk{})
	if got := decode[announcementList](t, call(as("approver"), "GET", "/api/v1/announcements?state=draft,published", "")); len(got.Announcements) != 2 {
		t.Errorf("%d announcements for an approver, want 2", len(got.Announcements))
	}
	if got := decode[announcementList](t, call(as("approver"), "GET", "/api/v1/announcements?state=draft", "")); len(got.Announcements) != 1 {
		t.Errorf("%d drafts, want 1", len(got.Announcements))
	}
	if res := call(as("desk"), "GET", "/api/v1/announcements?state=gone", ""); res.StatusCode != 422 {
		t.Errorf("an unknown state: %d, want 422", res.StatusCode)
	}
}

func TestAPIChecks(t *testing.T) {
	results := []headstart.CheckResult{
		{Probe: "core-ping", Kind: "icmp", Asset: "sw-core", Verdict: headstart.OK},
		{Probe: "printers", Kind: "printer", Asset: "prn-1", Location: "noord", Verdict: headstart.Down, Reason: "jam"},
	}
	var asked CheckFilter
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		o.Checks = func() []headstart.CheckResult { return results }
		o.RunChecks = func(_ context.Context, f CheckFilter, told func(int, int)) ([]headstart.CheckResult, error) {
			if f.For == "department=nobody" {
				return nil, &FilterError{"department \"nobody\" is not in the catalog"}
			}
			asked = f
			told(1, 2)
			told(2, 2)
			return results, nil
		}
		o.Trend = func(_, asset string) []headstart.CheckSample {
			return []headstart.CheckSample{{Verdict: headstart.OK, DurationSeconds: .1}, {Verdict: headstart.Down}}
		}
	})
	got := decode[checkList](t, call(as("viewer"), "GET", "/api/v1/checks?location=noord&verdict=down,warn", ""))
	if len(got.Checks) != 1 || got.Checks[0].Asset != "prn-1" || got.Summary[headstart.Down] != 1 || got.Summary[headstart.OK] != 0 || got.Checks[0].Conditions == nil {
		t.Errorf("checks %+v, want prn-1 alone, counted", got)
	}
	got = decode[checkList](t, call(as("desk"), "POST", "/api/v1/checks/run", `{"kind":["printer"]}`))
	if len(got.Checks) != 1 || cmp.Diff(CheckFilter{Kind: []string{"printer"}}, asked, cmpopts.IgnoreUnexported(CheckFilter{})) != "" {
		t.Errorf("ran %+v, answered %+v; want printers", asked, got)
	}
	for body, want := range map[string]int{`{"kind":"printer"}`: 422, `{"names":[]}`: 422, `[]`: 400, `{"for":"department=nobody"}`: 422} {
		if res := call(as("desk"), "POST", "/api/v1/checks/run", body); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", body, res.StatusCode, want)
		}
	}
	call(as("desk"), "POST", "/api/v1/checks/run", `{"name":["prn-1"],"only":"kind=icmp","for":"service=print","trend":true}`)
	if diff := cmp.Diff(CheckFilter{Name: []string{"prn-1"}, Only: "kind=icmp", For: "service=print", Trend: true}, asked, cmpopts.IgnoreUnexported(CheckFilter{})); diff != "" {
		t.Errorf("ran (-want +got):\n%s", diff)
	}
	got = decode[checkList](t, call(as("viewer"), "GET", "/api/v1/checks?trend=true", ""))
	if trend := got.Checks[1].Trend; len(trend) != 2 || trend[1].Verdict != headstart.Down {
		t.Errorf("the trend is %+v", trend)
	}
	if res := testAPI(t, &apiDesk{})(as("desk"), "POST", "/api/v1/checks/run", ""); res.StatusCode != 404 {
		t.Errorf("a process without probes: %d, want 404", res.StatusCode)
	}
}

func TestAPIPlansMaintenance(t *testing.T) {
	var got []headstart.MaintenanceWindow
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		o.Plan = func(_ context.Context, w headstart.MaintenanceWindow) (bool, error) {
			got = append(got, w)
			return false, nil
		}
	})
	res := call(as("desk"), "POST", "/api/v1/maintenance", `{"assets":["sw-n-2"],"starts_at":"2026-11-23T20:00:00+01:00","ends_at":"2026-11-23T22:00:00+01:00","summary":{"nl":"switch vervangen"}}`)
	if res.StatusCode != 201 || len(got) != 1 || !strings.HasPrefix(got[0].ID, "W-") || got[0].Owner != "samira" || got[0].Summary["nl"] != "switch vervangen" || got[0].StartsAt.Hour() != 19 {
		t.Fatalf("status %d, window %+v; want 201 and the window, its owner the caller", res.StatusCode, got)
	}
	for body, want := range map[string]string{
		`{"assets":["sw-n-2"],"starts_at":"2026-11-23T20:00:00Z"}`:                                                       "/ends_at",
		`{"assets":["sw-n-2"],"starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T19:00:00Z"}`:                      "/ends_at",
		`{"assets":["sw-n-2"],"starts_at":"2026-11-22T20:00:00Z","ends_at":"2026-11-22T21:00:00Z"}`:                      "/ends_at",
		`{"assets":["sw-n-2"],"starts_at":"2026-11-23T20:00:00Z","ends_at":"2027-11-23T21:00:00Z"}`:                      "/ends_at",
		`{"assets":["sw-n-2"],"starts_at":"9999-12-31T23:00:00-05:00","ends_at":"9999-12-31T23:59:00-05:00"}`:            "/starts_at",
		`{"assets":["sw-x"],"starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T21:00:00Z"}`:                        "/assets",
		`{"locations":["west"],"starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T21:00:00Z"}`:                     "/locations",
		`{"starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T21:00:00Z"}`:                                          "",
		`{"assets":["sw-n-2"],"start":"x","starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T21:00:00Z"}`:          "/start",
		`{"assets":["sw-n-2"],"summary":{"de":"x"},"starts_at":"2026-11-23T20:00:00Z","ends_at":"2026-11-23T21:00:00Z"}`: "/summary",
	} {
		res := call(as("desk"), "POST", "/api/v1/maintenance", body)
		if p := decode[problem](t, res); res.StatusCode != 422 || len(p.Errors) != 1 || p.Errors[0].Pointer != want {
			t.Errorf("%s: %d %+v, want one mistake at %q", body, res.StatusCode, p.Errors, want)
		}
	}
	if list := decode[maintenanceList](t, call(as("viewer"), "GET", "/api/v1/maintenance", "")); len(list.Maintenance) != 1 || list.Maintenance[0].ID != "W-1" {
		t.Errorf("windows %+v, want W-1", list.Maintenance)
	}
}

func TestAPIOperations(t *testing.T) { // ruling 20
	reloaded := 0
	call := testAPI(t, &apiDesk{}, func(o *APIOptions) {
		o.Ready = func(_ context.Context, what string) error {
			return map[string]error{"engine": errors.New("the engine is 12 s behind")}[what]
		}
		o.Reload = func(context.Context) error {
			if reloaded++; reloaded > 1 {
				return errors.New("headstart.yml:3: unknown key")
			}
			return nil
		}
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "up 1") })
	})
	for _, tt := range []struct {
		method, path string
		status       int
		text         string
	}{
		{"GET", "/-/healthy", 200, "OK"},
		{"HEAD", "/-/healthy", 200, ""},
		{"GET", "/-/ready", 200, "OK"},
		{"GET", "/-/ready?for=ingest", 200, "OK"},
		{"GET", "/-/ready?for=engine", 503, "12 s behind"},
		{"GET", "/-/ready?for=lunch", 400, "neither"},
		{"POST", "/-/reload", 200, "reloaded"},
		{"POST", "/-/reload", 422, "headstart.yml:3"},
		{"GET", "/metrics", 200, "up 1"},
		{"GET", "/api/v1/morning", 404, "does not offer"},
		{"GET", "/api/v1/catalog", 200, "sw-n-2"},
	} {
		res := call(as("viewer"), tt.method, tt.path, "")
		b, _ := io.ReadAll(res.Body)
		if res.StatusCode != tt.status || !strings.Contains(string(b), tt.text) {
			t.Errorf("%s %s: %d %s, want %d with %q", tt.method, tt.path, res.StatusCode, b, tt.status, tt.text)
		}
	}
	unready := NewAPI(APIOptions{View: headstart.NewView(), Do: (&apiDesk{}).do, Logger: slog.New(slog.DiscardHandler)})
	w := httptest.NewRecorder()
	unready.ready(w, httptest.NewRequest("GET", "/-/ready", nil))
	if w.Code != 503 {
		t.Errorf("before the first snapshot: %d, want 503", w.Code)
	}
}

func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	a := NewAPI(APIOptions{
		View: headstart.NewView(), Do: (&apiDesk{}).do, Logger: slog.New(slog.DiscardHandler), Version: "1.2.3",
		Beside: []Described{{Pattern: "POST /api/v1/others/{name}", Scope: headstart.ScopeIngest, Summary: "of another part", Sends: headstart.Ask{}, Answers: headstart.Ask{}}},
	})
	w := httptest.NewRecorder()
	a.showOpenAPI(w, httptest.NewRequest("GET", "/api/v1/openapi.json", nil))
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]map[string]any
		Components struct{ Schemas map[string]map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi %q, want 3.1.0", doc.OpenAPI)
	}
	if op := doc.Paths["/api/v1/others/{name}"]["post"]; op == nil || op["x-scope"] != "ingest" || op["requestBody"] == nil {
		t.Errorf("what another part answers is described as %v", op)
	}
	seen := map[string]bool{}
	for _, rt := range a.Routes() {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		op := doc.Paths[path][strings.ToLower(method)]
		if op == nil || op["summary"] == "" || op["x-scope"] != string(rt.Scope) {
			t.Errorf("%s is described as %v, want a summary and its scope", rt.Pattern, op)
			continue
		}
		id := op["operationId"].(string)
		if seen[id] {
			t.Errorf("operationId %s stands twice", id)
		}
		seen[id] = true
		if n, declared := strings.Count(path, "{"), op["parameters"]; n > 0 && declared == nil {
			t.Errorf("%s declares no path parameter", rt.Pattern)
		}
	}
	var refs func(v any)
	refs = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
				t.Errorf("%s points nowhere", ref)
			}
			for _, x := range v {
				refs(x)
			}
		case []any:
			for _, x := range v {
				refs(x)
			}
		}
	}
	var whole any
	_ = json.Unmarshal(w.Body.Bytes(), &whole)
	refs(whole)
	open := doc.Paths["/api/v1/incidents"]["post"]["requestBody"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any)
	if diff := cmp.Diff([]any{"title"}, open["required"]); diff != "" || open["additionalProperties"] != false {
		t.Errorf("body of open %v, want title required and nothing unknown", open)
	}
	incident := doc.Components.Schemas["Incident"]["properties"].(map[string]any)
	for _, key := range []string{"probable_cause", "lead_seconds", "announcements", "timeline", "eta"} {
		if incident[key] == nil {
			t.Errorf("the schema of an incident lacks %s", key)
		}
	}
}

// TestEveryCommandIsReachable: a command with a body but no route, or a route
// with a key Command does not have, is a mistake of the table.
func TestEveryCommandIsReachable(t *testing.T) {
	s := schemaSet{}
	all := map[string]bool{}
	b, _ := json.Marshal(s.command(&apiBody{}))
	if !bytes.Contains(b, []byte(`"additionalProperties":false`)) {
		t.Error("bodies must refuse unknown keys")
	}
	for do, spec := range commandBodies {
		props := s.command(spec)["properties"].(map[string]any)
		for k, v := range props {
			if v == nil {
				t.Errorf("%s takes %q, which no Command has", do, k)
			}
		}
		all[do] = false
	}
	a := NewAPI(APIOptions{View: headstart.NewView(), Do: (&apiDesk{}).do, Logger: slog.New(slog.DiscardHandler)})
	for _, rt := range a.table() {
		for do, spec := range commandBodies {
			if rt.body == spec {
				all[do] = true
			}
		}
	}
	for do, reachable := range all {
		if !reachable {
			t.Errorf("no route gives the command %s", do)
		}
	}
}

func TestAPIEventsCarryWholeThings(t *testing.T) {
	view := headstart.NewView()
	if err := view.Reset(headstart.Cursor{}, headstart.Offset{Ms: 5}, apiRows(t)); err != nil {
		t.Fatal(err)
	}
	a := NewAPI(APIOptions{View: view, Do: (&apiDesk{}).do, Logger: slog.New(slog.DiscardHandler)})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.serveEvents(w, r.WithContext(headstart.WithIdentity(r.Context(), as("desk"))))
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() (id, kind, data string) {
		t.Helper()
		for lines.Scan() {
			switch k, v, _ := strings.Cut(lines.Text(), ": "); {
			case k == "id":
				id = v
			case k == "event":
				kind = v
			case k == "data":
				data = v
			case lines.Text() == "" && kind != "":
				return id, kind, data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return "", "", ""
	}
	want := []string{"incident HS-3", "incident HS-2", "announcement uid2.noord"} // what is live; HS-1 is over
	for _, w := range want {
		id, kind, data := next()
		var thing struct{ ID string }
		if err := json.Unmarshal([]byte(data), &thing); err != nil || kind+" "+thing.ID != w || id != "5-0" {
			t.Fatalf("event %s %s %s (%v), want %s at 5-0", id, kind, thing.ID, err, w)
		}
		if strings.Contains(data, "Ransomware") {
			t.Errorf("the stream tells what is confidential: %s", data)
		}
	}
	changed := feedRow(t, headstart.TableIncidents, "HS-2", headstart.Incident{V: 1, ID: "HS-2", Seq: 2, Group: 2, State: headstart.Closed})
	if err := view.Apply(headstart.Offset{Ms: 6}, headstart.FeedEntry{V: 1, Rows: []headstart.FeedOp{changed}}); err != nil {
		t.Fatal(err)
	}
	id, kind, data := next()
	if id != "6-0" || kind != "incident" || !strings.Contains(data, `"state":"closed"`) {
		t.Errorf("after the change: %s %s %s, want HS-2 closed at 6-0", id, kind, data)
	}
}

func TestAPIEventStreamsAreCapped(t *testing.T) {
	a := NewAPI(APIOptions{View: headstart.NewView(), Do: (&apiDesk{}).do, Logger: slog.New(slog.DiscardHandler)})
	a.events.open = maxEventStreams
	w := httptest.NewRecorder()
	a.serveEvents(w, httptest.NewRequest("GET", "/api/v1/events", nil))
	if w.Code != 503 || a.events.open != maxEventStreams {
		t.Errorf("one stream too many: %d with %d open, want 503", w.Code, a.events.open)
	}
}

// FuzzCommandBody: whatever stands in a body, it is refused in words or is a
// command that goes into the log and comes back as it was.
func FuzzCommandBody(f *testing.F) {
	var verbs []string
	for do := range commandBodies {
		verbs = append(verbs, do)
	}
	slices.Sort(verbs)
	f.Add("open", []byte(`{"title":"x","services":["a"],"severity":"major"}`))
	f.Add("set-eta", []byte(`{"eta":"2026-11-23T10:00:00+01:00"}`))
	f.Add("set-eta", []byte(`{"eta":"0000-01-01T00:00:00Z"}`))
	f.Add("set-eta", []byte(`{"eta":"9999-12-31T23:59:60Z"}`))
	f.Add("announce", []byte(`{"phase":"x","variables":{"a":"b"}}`))
	f.Add("pin", []byte(`{"value":null}`))
	f.Add("note", []byte(`{"text":"\ud800"}`))
	f.Add("ack", []byte("\xff"))
	f.Fuzz(func(t *testing.T, do string, body []byte) {
		if commandBodies[do] == nil {
			do = verbs[len(body)%len(verbs)]
		}
		c, wrong, err := decodeCommand(bytes.NewReader(body), do)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("refused without a reason")
			}
			return
		}
		for _, w := range wrong {
			if w.Detail == "" {
				t.Fatalf("refused %q without a reason", w.Pointer)
			}
		}
		if len(wrong) > 0 {
			return
		}
		c.Do, c.By = do, "fuzz"
		rec := headstart.NewRecord(apiNow, headstart.Line{Command: &c})
		back, err := headstart.DecodeRecord(rec.Encode())
		if err != nil || len(back.Lines) != 1 {
			t.Fatalf("the log does not take it: %v", err)
		}
		if again := headstart.NewRecord(apiNow, back.Lines...); !bytes.Equal(again.Encode(), rec.Encode()) {
			t.Fatalf("it comes back as %s, went in as %s", again.Encode(), rec.Encode())
		}
	})
}
