package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

var apiNow = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// apiDesk stands in for the engine: it notes what it is told and answers as set.
type apiDesk struct {
	got     []headstart.Command
	outcome headstart.Outcome
	pending bool
	err     error
}

func (d *apiDesk) do(_ context.Context, c headstart.Command) (headstart.Outcome, bool, error) {
	d.got = append(d.got, c)
	o := d.outcome
	o.Command, o.Do = c.ID, c.Do
	if o.Incident == "" && o.Refused == "" {
		o.Incident = headstart.IncidentID(c.Incident)
	}
	return o, d.pending, d.err
}

func feedRow(t *testing.T, table, key string, v any) headstart.FeedOp {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return headstart.FeedOp{Table: table, Row: headstart.Row{Key: key, Val: b}}
}

// apiRows are three incidents: HS-1 resolved, HS-2 open, HS-3 open and confidential.
func apiRows(t *testing.T) []headstart.FeedOp {
	t.Helper()
	resolved := apiNow.Add(-30 * time.Minute)
	hs := func(n int, state headstart.IncidentState, change func(*headstart.Incident)) headstart.FeedOp {
		i := headstart.Incident{
			V: 1, ID: headstart.IncidentID(fmt.Sprintf("HS-%d", n)), UID: fmt.Sprintf("uid%d", n), Seq: n, Group: headstart.GroupID(n), State: state, Priority: "P3",
			Title: headstart.Names{"nl": "Printen werkt niet", "en": "Printing does not work"}, OpenedAt: apiNow.Add(time.Duration(n-10) * time.Hour),
			Services: []string{"print"}, Locations: []string{"noord"},
		}
		change(&i)
		return feedRow(t, headstart.TableIncidents, string(i.ID), i)
	}
	return []headstart.FeedOp{
		feedRow(t, headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Catalog: &headstart.Catalog{
			Services:  []headstart.Service{{ID: "print"}, {ID: "lan"}},
			Devices:   []headstart.Device{{ID: "sw-n-2", Location: "noord"}},
			Locations: []headstart.Location{{ID: "noord"}, {ID: "zuid"}},
		}}),
		hs(1, headstart.Resolved, func(i *headstart.Incident) {
			i.Ref, i.ResolvedAt, i.Locations = "INC-1001", &resolved, []string{"zuid"}
		}),
		hs(2, headstart.Open, func(i *headstart.Incident) { i.Services = []string{"lan"} }),
		hs(3, headstart.Open, func(i *headstart.Incident) {
			i.Confidential, i.Title, i.Owner = true, headstart.Names{"": "Ransomware"}, "joris"
		}),
		feedRow(t, headstart.TableMembers, headstart.MemberKey(2, 1), headstart.Member{V: 1, Group: 2, N: 1, Problem: "sw-n-2/ping", Asset: "sw-n-2", Joined: apiNow, Rule: "T-01"}),
		feedRow(t, headstart.TableProblems, "sw-n-2/ping", headstart.Problem{V: 1, Key: "sw-n-2/ping", Asset: "sw-n-2", Check: "ping", State: headstart.ProblemOpen, Group: 2, Reason: "no reply"}),
		feedRow(t, headstart.TableTimeline, headstart.TimelineKey(2, 1), headstart.Decision{V: 1, N: 1, At: apiNow, Rule: "T-01", Outcome: "opened", Subject: "sw-n-2/ping"}),
		feedRow(t, headstart.TableAnnouncements, "uid2.noord", headstart.Announcement{V: 1, ID: "uid2.noord", Incident: "HS-2", Audience: "noord", State: headstart.AnnouncementPublished}),
		feedRow(t, headstart.TableAnnouncements, "uid3.noord", headstart.Announcement{V: 1, ID: "uid3.noord", Incident: "HS-3", Audience: "noord", State: headstart.AnnouncementDraft}),
		feedRow(t, headstart.TableTickets, "rt/T-1", headstart.TicketState{
			V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "T-1", CreatedAt: apiNow.Add(-time.Minute)},
			Links: []headstart.Link{{Ticket: "T-1", Source: "rt", Group: 2, Score: .8, Band: headstart.BandSuggest}, {Ticket: "T-1", Source: "rt", Group: 3, Score: .5, For: []string{"ransomware"}}},
		}),
		feedRow(t, headstart.TableTickets, "portal/7", headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "portal", ID: "7", CreatedAt: apiNow}}),
		feedRow(t, headstart.TableMaintenance, "W-1", headstart.MaintenanceWindow{ID: "W-1", Services: []string{"print"}, StartsAt: apiNow, EndsAt: apiNow.Add(time.Hour)}),
		feedRow(t, headstart.TableOutcomes, "api-old", headstart.Outcome{V: 1, Command: "api-old", Do: "ack", Incident: "HS-2"}),
	}
}

// testAPI mounts the API and returns how to call it as somebody.
func testAPI(t *testing.T, desk *apiDesk, change ...func(*APIOptions)) func(id headstart.Identity, method, path, body string, change ...func(*http.Request)) *http.Response {
	t.Helper()
	view := headstart.NewView()
	if err := view.Reset(headstart.Cursor{Off: headstart.Offset{Ms: uint64(apiNow.UnixMilli())}}, headstart.Offset{Ms: 5}, apiRows(t)); err != nil {
		t.Fatal(err)
	}
	o := APIOptions{View: view, Do: desk.do, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return apiNow }, HasUsers: func() bool { return true }}
	for _, f := range change {
		f(&o)
	}
	mux := http.NewServeMux()
	for _, rt := range NewAPI(o).Routes() {
		mux.Handle(rt.Pattern, rt.Handler)
	}
	return func(id headstart.Identity, method, path, body string, change ...func(*http.Request)) *http.Response {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for _, f := range change {
			f(r)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r.WithContext(headstart.WithIdentity(r.Context(), id)))
		return w.Result()
	}
}

func as(role string, locations ...string) headstart.Identity {
	return headstart.Identity{Name: "samira", Role: role, Locations: locations, Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}}
}

func decode[T any](t *testing.T, res *http.Response) T {
	t.Helper()
	var v T
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func ids(l incidentList) (out []string) {
	for _, i := range l.Incidents {
		out = append(out, string(i.ID))
	}
	return out
}

func TestAPIListsIncidents(t *testing.T) {
	call := testAPI(t, &apiDesk{})
	for query, want := range map[string][]string{
		"": {"HS-3", "HS-2", "HS-1"}, "?state=live": {"HS-3", "HS-2"}, "?state=resolved,closed": {"HS-1"}, "?service=lan": {"HS-2"},
		"?location=zuid": {"HS-1"}, "?since=" + "2026-11-23T08:00:00Z": {"HS-3", "HS-2"}, "?limit=2": {"HS-3", "HS-2"}, "?limit=2&cursor=2": {"HS-1"},
		"?service=print": {"HS-1"}, // HS-3 is confidential: a filter must not tell what it is about
	} {
		res := call(as("desk"), "GET", "/api/v1/incidents"+query, "")
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d", query, res.StatusCode)
			continue
		}
		if diff := cmp.Diff(want, ids(decode[incidentList](t, res))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	if got := decode[incidentList](t, call(as("desk"), "GET", "/api/v1/incidents?limit=2", "")).NextCursor; got != "2" {
		t.Errorf("next_cursor %q, want 2", got)
	}
	for _, query := range []string{"?state=broken", "?since=yesterday", "?limit=0", "?limit=1001", "?cursor=x"} {
		if res := call(as("desk"), "GET", "/api/v1/incidents"+query, ""); res.StatusCode != 422 {
			t.Errorf("%s: status %d, want 422", query, res.StatusCode)
		}
	}
}

// TestAPIIncidentHasTheKeysOfTheContract reads the JSON as a client would.
func TestAPIIncidentHasTheKeysOfTheContract(t *testing.T) {
	call := testAPI(t, &apiDesk{})
	got := decode[map[string]any](t, call(as("desk"), "GET", "/api/v1/incidents/hs-2?lang=en", ""))
	for key := range strings.FieldsSeq(`id uid ref title state priority impact urgency confidential probable_cause tags started_at opened_at announced_at
		resolved_at closed_at close_reason services locations departments people alerts tickets confirmations callers lead_seconds owner support_group
		acknowledged_at known_error merged_into split_from recurrence_of reopens eta next_update_by announcements timeline`) {
		if _, ok := got[key]; !ok {
			t.Errorf("key %s is missing", key)
		}
	}
	for _, key := range []string{"tags", "services", "locations", "departments", "announcements", "timeline"} {
		if _, ok := got[key].([]any); !ok {
			t.Errorf("%s is %v, want a list, never null", key, got[key])
		}
	}
	assets := got["alerts"].(map[string]any)["firing_assets"]
	if diff := cmp.Diff([]any{"sw-n-2"}, assets); diff != "" {
		t.Errorf("firing_assets (-want +got):\n%s", diff)
	}
	step := got["timeline"].([]any)[0].(map[string]any)
	if step["rule"] != "T-01" || step["by"] != "rule" || !strings.Contains(step["text"].(string), "incident") {
		t.Errorf("timeline entry %v, want rule T-01 in English", step)
	}
	if res := call(as("desk"), "GET", "/api/v1/incidents/INC-1001", ""); decode[headstart.Incident](t, res).ID != "HS-1" {
		t.Error("an incident is not found by the ref it was opened with")
	}
	if res := call(as("desk"), "GET", "/api/v1/incidents/HS-99", ""); res.StatusCode != 404 || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("an unknown incident: %d %s, want a 404 problem", res.StatusCode, res.Header.Get("Content-Type"))
	}
	ex := decode[explanation](t, call(as("desk"), "GET", "/api/v1/incidents/HS-2/explain", ""))
	if len(ex.Members) != 1 || ex.Members[0].Reason != "no reply" || ex.Members[0].Rule != "T-01" || len(ex.Tickets) != 1 || len(ex.Timeline) != 1 {
		t.Errorf("explain: %+v, want one member with reason and rule, one ticket, one decision", ex)
	}
}

func TestAPIConfidentialStaysVeiled(t *testing.T) { // ruling 30
	desk := &apiDesk{}
	call := testAPI(t, desk)
	secret := []string{"Ransomware", "ransomware", "joris", "uid3"}
	for _, path := range []string{"/api/v1/incidents", "/api/v1/incidents/HS-3", "/api/v1/incidents/HS-3/explain", "/api/v1/announcements", "/api/v1/tickets"} {
		for _, id := range []headstart.Identity{as("viewer"), as("desk"), {Scopes: []headstart.Scope{headstart.ScopeRead}}} {
			b := new(bytes.Buffer)
			_, _ = b.ReadFrom(call(id, "GET", path, "").Body)
			for _, s := range secret {
				if strings.Contains(b.String(), s) {
					t.Errorf("%s as %q tells %q: %s", path, id.Role, s, b)
				}
			}
		}
	}
	if got := decode[headstart.Incident](t, call(as("desk"), "GET", "/api/v1/incidents/HS-3", "")); got.Title["nl"] != "Vertrouwelijk" || !got.Confidential {
		t.Errorf("to the desk HS-3 is %+v, want it called confidential", got)
	}
	if got := decode[headstart.Incident](t, call(as("approver"), "GET", "/api/v1/incidents/HS-3", "")); got.Title[""] != "Ransomware" {
		t.Errorf("to an approver HS-3 is %v, want its title", got.Title)
	}
	if res := call(as("desk"), "POST", "/api/v1/incidents/HS-3/note", `{"text":"x"}`); res.StatusCode != 403 || len(desk.got) != 0 {
		t.Errorf("a note of the desk on it: %d, want 403 and nothing in the log", res.StatusCode)
	}
	if res := call(as("desk"), "POST", "/api/v1/incidents/HS-2/merge", `{"into":"HS-3"}`); res.StatusCode != 403 {
		t.Errorf("merging into it: %d, want 403", res.StatusCode)
	}
}

func TestAPICommandsReachTheLog(t *testing.T) { // ruling 9
	yes := true
	base := headstart.Command{By: "samira", Incident: "HS-2"}
	with := func(f func(*headstart.Command)) headstart.Command { c := base; f(&c); return c }
	for name, tt := range map[string]struct {
		path, body string
		want       headstart.Command
	}{
		"open": {
			"/api/v1/incidents", `{"title":"Wifi","services":["lan"],"severity":"major","ref":"INC-1","asset":"sw-n-2","locations":["noord"],"departments":[]}`,
			headstart.Command{By: "samira", Do: "open", Title: "Wifi", Services: []string{"lan"}, Severity: "major", Ref: "INC-1", Asset: "sw-n-2", Locations: []string{"noord"}, Departments: []string{}},
		},
		"ack":          {"/api/v1/incidents/HS-2/ack", ``, with(func(c *headstart.Command) { c.Do = "ack" })},
		"lower case":   {"/api/v1/incidents/hs-2/ack", `{}`, with(func(c *headstart.Command) { c.Do = "ack" })},
		"assign":       {"/api/v1/incidents/HS-2/assign", `{"support_group":"net"}`, with(func(c *headstart.Command) { c.Do, c.SupportGroup = "assign", "net" })},
		"merge":        {"/api/v1/incidents/HS-2/merge", `{"into":"inc-none"}`, with(func(c *headstart.Command) { c.Do, c.Into = "merge", "inc-none" })},
		"link":         {"/api/v1/incidents/HS-2/link", `{"ticket":"T-1"}`, with(func(c *headstart.Command) { c.Do, c.Ticket, c.Source = "link", "T-1", "rt" })},
		"reject-link":  {"/api/v1/incidents/HS-2/reject-link", `{"ticket":"rt/T-9"}`, with(func(c *headstart.Command) { c.Do, c.Ticket, c.Source = "reject-link", "T-9", "rt" })},
		"confidential": {"/api/v1/incidents/HS-2/confidential", `{"value":true}`, with(func(c *headstart.Command) { c.Do, c.Value = "confidential", &yes })},
		"set-eta":      {"/api/v1/incidents/HS-2/set-eta", `{"eta":"2026-11-23T10:00:00Z"}`, with(func(c *headstart.Command) { c.Do, c.ETA = "set-eta", apiNow.Add(time.Hour) })},
		"announce": {
			"/api/v1/incidents/HS-2/announce", `{"phase":"workaround","variables":{"Workaround":"gebruik N2-05"}}`,
			with(func(c *headstart.Command) {
				c.Do, c.Phase, c.Variables = "announce", headstart.WorkaroundFound, map[string]string{"Workaround": "gebruik N2-05"}
			}),
		},
		"hush":    {"/api/v1/hush", `{"for":"1d"}`, headstart.Command{By: "samira", Do: "hush", For: "24h0m0s"}},
		"approve": {"/api/v1/announcements/uid2.noord/approve", ``, headstart.Command{By: "samira", Do: "approve", Announcement: "uid2.noord"}},
	} {
		t.Run(name, func(t *testing.T) {
			desk := &apiDesk{outcome: headstart.Outcome{Incident: "HS-2"}}
			res := testAPI(t, desk)(as("approver"), "POST", tt.path, tt.body)
			if res.StatusCode != 200 || len(desk.got) != 1 {
				t.Fatalf("status %d %s, %d commands; want 200 and one", res.StatusCode, res.Body, len(desk.got))
			}
			got := desk.got[0]
			if !strings.HasPrefix(got.ID, "api-") || len(got.ID) < 20 {
				t.Errorf("command id %q, want a random one", got.ID)
			}
			got.ID = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
			if i := decode[headstart.Incident](t, res); i.ID != "HS-2" {
				t.Errorf("answered with %q, want the incident", i.ID)
			}
		})
	}
}

func TestAPIAnswersWithWhatBecameOfIt(t *testing.T) { // ruling 9
	for name, tt := range map[string]struct {
		desk   apiDesk
		status int
		header string
	}{
		"refused":   {apiDesk{outcome: headstart.Outcome{Refused: "HS-2 is closed"}}, 409, ""},
		"missing":   {apiDesk{outcome: headstart.Outcome{Refused: "no incident", Missing: true}}, 404, ""},
		"pending":   {apiDesk{pending: true}, 202, "Location"},
		"full":      {apiDesk{err: headstart.ErrFull}, 503, "Retry-After"},
		"down":      {apiDesk{err: headstart.ErrDown}, 503, "Retry-After"},
		"no reason": {apiDesk{err: errors.New("dial tcp 10.0.0.1:6379: password hunter2")}, 503, "Retry-After"},
	} {
		t.Run(name, func(t *testing.T) {
			res := testAPI(t, &tt.desk)(as("desk"), "POST", "/api/v1/incidents/HS-2/ack", "")
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			if tt.header != "" && res.Header.Get(tt.header) == "" {
				t.Errorf("no %s", tt.header)
			}
			b := new(bytes.Buffer)
			_, _ = b.ReadFrom(res.Body)
			if strings.Contains(b.String(), "hunter2") {
				t.Errorf("the answer tells why the store fails: %s", b)
			}
			if tt.status == 202 {
				if want := "/api/v1/commands/" + tt.desk.got[0].ID; res.Header.Get("Location") != want {
					t.Errorf("Location %q, want %q", res.Header.Get("Location"), want)
				}
			}
		})
	}
	call := testAPI(t, &apiDesk{})
	if o := decode[headstart.Outcome](t, call(as("viewer"), "GET", "/api/v1/commands/api-old", "")); o.Do != "ack" {
		t.Errorf("outcome %+v, want that of the command", o)
	}
	if res := call(as("viewer"), "GET", "/api/v1/commands/api-none", ""); res.StatusCode != 404 || res.Header.Get("Retry-After") == "" {
		t.Errorf("an undecided command: %d, want 404 with Retry-After", res.StatusCode)
	}
}

func TestAPIBodiesAreStrict(t *testing.T) {
	for name, tt := range map[string]struct {
		path, body string
		status     int
		pointers   []string
	}{
		"an unknown key":     {"/api/v1/incidents", `{"title":"x","tilte":"y"}`, 422, []string{"/tilte"}},
		"a key of another":   {"/api/v1/incidents/HS-2/ack", `{"text":"x"}`, 422, []string{"/text"}},
		"another case":       {"/api/v1/incidents", `{"Title":"x"}`, 422, []string{"/Title", "/title"}},
		"by of somebody":     {"/api/v1/incidents/HS-2/note", `{"text":"x","by":"joris"}`, 422, []string{"/by"}},
		"a key with a slash": {"/api/v1/incidents/HS-2/note", `{"text":"x","a/b~c":1}`, 422, []string{"/a~1b~0c"}},
		"nothing":            {"/api/v1/incidents", ``, 422, []string{"/title"}},
		"blank":              {"/api/v1/incidents/HS-2/note", `{"text":"  "}`, 422, []string{"/text"}},
		"null":               {"/api/v1/incidents/HS-2/split", `{"assets":null}`, 422, []string{"/assets"}},
		"one of two":         {"/api/v1/incidents/HS-2/assign", `{}`, 422, []string{""}},
		"a number":           {"/api/v1/incidents", `{"title":7}`, 422, []string{"/title"}},
		"a text for a list":  {"/api/v1/incidents/HS-2/split", `{"assets":"sw-n-2"}`, 422, []string{"/assets"}},
		"no time":            {"/api/v1/incidents/HS-2/set-eta", `{"eta":"tomorrow"}`, 422, []string{"/eta"}},
		"a time past":        {"/api/v1/incidents/HS-2/set-eta", `{"eta":"2026-11-23T08:59:59Z"}`, 422, []string{"/eta"}},
		"a far time":         {"/api/v1/incidents/HS-2/set-eta", `{"eta":"9999-12-31T23:59:59-01:00"}`, 422, []string{"/eta"}},
		"unknown ids":        {"/api/v1/incidents", `{"title":"x","services":["lan","wlan"],"locations":["oost"],"asset":"sw-9"}`, 422, []string{"/services", "/locations", "/asset"}},
		"unknown phase":      {"/api/v1/incidents/HS-2/announce", `{"phase":"soon"}`, 422, []string{"/phase"}},
		"no severity":        {"/api/v1/incidents", `{"title":"x","severity":"huge"}`, 422, []string{"/severity"}},
		"no duration":        {"/api/v1/hush", `{"for":"forever"}`, 422, []string{"/for"}},
		"a year":             {"/api/v1/hush", `{"for":"1y"}`, 422, []string{"/for"}},
		"a ticket of whom":   {"/api/v1/incidents/HS-2/link", `{"ticket":"999"}`, 422, []string{"/source"}},
		"a long text":        {"/api/v1/incidents/HS-2/note", `{"text":"` + strings.Repeat("x", maxString+1) + `"}`, 422, []string{"/text"}},
		"a long list":        {"/api/v1/incidents/HS-2/split", `{"assets":[` + strings.Repeat(`"a",`, maxList) + `"a"]}`, 422, []string{"/assets"}},
		"a list":             {"/api/v1/incidents", `[]`, 400, nil},
		"broken":             {"/api/v1/incidents", `{"title":`, 400, nil},
		"two objects":        {"/api/v1/incidents", `{"title":"x"}{}`, 400, nil},
		"a key twice":        {"/api/v1/incidents", `{"title":"x","title":"y"}`, 400, nil},
		"bad UTF-8":          {"/api/v1/incidents", "{\"title\":\"\xff\"}", 400, nil},
		"deep":               {"/api/v1/incidents", `{"title":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, 400, nil},
	} {
		t.Run(name, func(t *testing.T) {
			desk := &apiDesk{}
			res := testAPI(t, desk)(as("admin"), "POST", tt.path, tt.body)
			if res.StatusCode != tt.status || len(desk.got) != 0 {
				t.Errorf("status %d and %d commands, want %d and none", res.StatusCode, len(desk.got), tt.status)
			}
			p := decode[problem](t, res)
			var got []string
			for _, e := range p.Errors {
				got = append(got, e.Pointer)
			}
			if diff := cmp.Diff(tt.pointers, got); diff != "" || p.Status != tt.status || p.Title == "" {
				t.Errorf("problem %+v (-want +got pointers):\n%s", p, diff)
			}
		})
	}
}
