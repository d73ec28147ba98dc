package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	commoncfg "github.com/prometheus/common/config"

	"headstart"
	"headstart/web/door"
)

// elsewhere marks what is told of a place that the account of these tests has no part in.
const elsewhere = "ZUID-ALLEEN"

// twoBuildings is a Monday with a second building of which everything is marked, and no part of
// it stands in the first.
func twoBuildings(t *testing.T) *world {
	w := badMonday(t)
	marked := headstart.Names{"nl": elsewhere, "en": elsewhere}
	words := map[string]headstart.Text{"nl": text(elsewhere, elsewhere), "en": text(elsewhere, elsewhere)}
	w.cat.Devices = append(w.cat.Devices, headstart.Device{ID: "zui-prn-9", Kind: "printer", Name: headstart.Names{"": elsewhere}, Location: "zuid"})
	w.put(headstart.TableIncidents, "HS-1060", headstart.Incident{
		V: 1, ID: "HS-1060", UID: "dd44", Seq: 1060, Group: 9, State: headstart.Open, Priority: "P2", Title: marked, Cause: headstart.Cause{Asset: "zui-prn-9", Kind: headstart.CauseObserved},
		StartedAt: w.at("2026-11-23 08:00"), OpenedAt: w.at("2026-11-23 08:00"), Services: []string{"print"}, Locations: []string{"zuid"}, People: 12,
	})
	w.put(headstart.TableTimeline, headstart.TimelineKey(1060, 1), headstart.Decision{V: 1, N: 1, At: w.at("2026-11-23 08:01"), Incident: "HS-1060", Rule: "H-01", Outcome: "noted", By: "joris", Facts: []headstart.Fact{{Name: "text", Value: elsewhere}}})
	update := headstart.Update{N: 1, Phase: headstart.Investigating, At: w.at("2026-11-23 08:02"), Text: words, By: "joris"}
	w.put(headstart.TableAnnouncements, "dd44.zuid", headstart.Announcement{
		V: 1, ID: "dd44.zuid", Incident: "HS-1060", UID: "dd44", Audience: "zuid", Languages: []string{"nl", "en"}, State: headstart.AnnouncementPublished,
		Services: []string{"print"}, Locations: []string{"zuid"}, Updates: []headstart.Update{update}, Draft: &headstart.Update{N: 2, Phase: headstart.Progress, At: w.now, Text: words, By: "joris"},
	})
	w.put(headstart.TableTickets, "rt/Z-1", headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: "Z-1", CreatedAt: w.at("2026-11-23 08:03"), Requester: headstart.Requester{Location: "zuid"}, Priority: "P1"}})
	w.titles["rt/Z-1"] = elsewhere
	w.put(headstart.TableMaintenance, "W-Z", headstart.MaintenanceWindow{ID: "W-Z", Assets: []string{"zui-prn-9"}, Locations: []string{"zuid"}, StartsAt: w.at("2026-11-23 12:00"), EndsAt: w.at("2026-11-23 13:00"), Proposed: true, Source: "ical/x", Summary: marked})
	w.put(headstart.TableDead, "dd44/zuid/1/mail", headstart.DeadLetter{V: 1, At: w.now, Why: elsewhere, Notice: headstart.Notice{Key: "dd44/zuid/1/mail", Incident: "HS-1060", Text: words}})
	w.put(headstart.TableProblems, "zui-prn-9/HostDown", headstart.Problem{V: 1, Key: "zui-prn-9/HostDown", Asset: "zui-prn-9", Check: "HostDown", State: headstart.ProblemOpen, Group: 9, Reason: elsewhere})
	w.put(headstart.TableMembers, headstart.MemberKey(9, 1), headstart.Member{V: 1, Group: 9, N: 1, Problem: "zui-prn-9/HostDown", Asset: "zui-prn-9", Joined: w.now})
	w.put(headstart.TableKnown, "KE-9", headstart.KnownRecord{V: 1, KnownError: headstart.KnownError{ID: "KE-9", Services: []string{"print"}, Symptoms: map[string][]string{"nl": {elsewhere}}, Fix: elsewhere, Locations: []string{"zuid"}}})
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Calendar: &headstart.Calendar{}})
	w.checks = append(w.checks, headstart.CheckResult{Probe: elsewhere, Kind: "printer", Asset: "zui-prn-9", Location: "zuid", Verdict: headstart.Warn, Reason: elsewhere, At: w.now})
	return w.fill()
}

// router is the door with everything of this package behind it, as the service has it,
// and its own list of what it serves.
type router struct {
	door   *door.Door
	routes []headstart.Route
	bodies map[string]*apiBody // of the API's commands, by pattern
}

// The proxy vouches for people, so that a test needs no passwords.
const proxyAddress = "192.0.2.1"

func routerOf(t *testing.T, w *world) *router {
	t.Helper()
	c := door.DefaultConfig()
	c.TrustedProxies = []string{proxyAddress}
	c.Auth.Proxy = &door.Proxy{
		Header: "X-Remote-User", GroupsHeader: "X-Remote-Groups", From: []string{proxyAddress},
		Roles:     map[string]string{"viewer": "viewer", "desk": "desk", "approver": "approver", "admin": "admin"},
		Locations: map[string][]string{"noord": {"noord"}},
	}
	for _, s := range []headstart.Scope{"read", "write", "ingest", "probe", "admin"} {
		c.Auth.Tokens = append(c.Auth.Tokens, door.Token{Name: "token-" + string(s), Token: commoncfg.Secret("token-of-scope-" + string(s)), Scopes: []headstart.Scope{s}})
	}
	logger := slog.New(slog.DiscardHandler)
	site := w.site()
	api := NewAPI(APIOptions{
		View: w.view, Do: site.o.Do, Plan: site.o.Plan, Logger: logger, Now: func() time.Time { return w.now }, Titles: site.o.Titles, Checks: site.o.Checks,
		HasUsers: func() bool { return true },
	})
	d, err := door.New(door.Options{Config: c, DataDir: t.TempDir(), Logger: logger}, slices.Concat(site.Routes(), api.Routes(), w.public().Routes()))
	if err != nil {
		t.Fatal(err)
	}
	x := &router{door: d, routes: d.Routes(), bodies: map[string]*apiBody{}}
	for _, rt := range api.table() {
		x.bodies[rt.pattern] = rt.body
	}
	return x
}

// as asks for a path as somebody: the groups of a person, or a token; nobody without.
func (x *router) as(who, method, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond) // streams end with it
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8480", proxyAddress+":9"
	r.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	switch {
	case strings.HasPrefix(who, "token-"):
		r.Header.Set("Authorization", "Bearer token-of-scope-"+strings.TrimPrefix(who, "token-"))
	case who != "":
		r.Header.Set("X-Remote-User", "wendy")
		r.Header.Set("X-Remote-Groups", who)
	}
	for _, f := range change {
		f(r)
	}
	rec := httptest.NewRecorder()
	x.door.Desk().ServeHTTP(rec, r)
	return rec
}

// named are the things of the other place, by how the paths of their pages begin.
var named = []struct{ prefix, id string }{
	{"/i/", "HS-1060"},
	{"/a/", "zui-prn-9"},
	{"/api/v1/incidents/", "HS-1060"},
	{"/announcements/", "dd44.zuid"},
	{"/api/v1/announcements/", "dd44.zuid"},
	{"/api/v1/maintenance/", "W-Z"},
	{"/known-errors/", "KE-9"},
	{"/api/v1/known-errors/", "KE-9"},
	{"/api/v1/commands/", "c-1"},
	{"/aliases/", "alias-1"},
	{"/api/v1/aliases/", "alias-1"},
	{"/channels/", "mail-noord"},
	{"/api/v1/channels/", "mail-noord"},
	{"/static/", "app.css"},
	{"/maintenance/", "end"},
	{"/dead-letters/", "resend"},
	{"/s/", "x"},
	{"/desk/", "todo"},
	{"/ack/", "x"},
}

// path fills in a pattern. A pattern it cannot fill needs a line in named.
func (x *router) path(t *testing.T, pattern string) (method, path string) {
	t.Helper()
	method, path, _ = strings.Cut(pattern, " ")
	path = strings.ReplaceAll(path, "{$}", "")
	path = strings.NewReplacer("/i/{id}/{do}", "/i/{id}/ack", "/announcements/{id}/{do}", "/announcements/{id}/discard", "/known-errors/{id}/{do}", "/known-errors/{id}/retire").Replace(path)
	for strings.Contains(path, "{") {
		head, rest, _ := strings.Cut(path, "{")
		_, rest, _ = strings.Cut(rest, "}")
		n := slices.IndexFunc(named, func(k struct{ prefix, id string }) bool { return strings.HasPrefix(head, k.prefix) })
		if n < 0 {
			t.Fatalf("the route %q is new: add to named in rights_test.go what of the other place its path names, "+
				"so that it is seen that an account of one place does not reach it", pattern)
		}
		path = head + named[n].id + rest
	}
	return method, path
}

// samples fill the keys of commands.
var samples = map[string]string{
	"title": `"x"`, "text": `"x"`, "into": `"HS-1042"`, "assets": `["zui-prn-9"]`, "ticket": `"rt/Z-1"`, "phase": `"progress"`, "message": `"dd44/zuid/1/mail"`,
	"eta": `"2026-11-23T12:00:00+01:00"`, "value": `false`, "owner": `"joris"`, "locations": `["zuid"]`, "until": `"2026-11-24T12:00:00+01:00"`,
}

// forms are the bodies of what is posted and no command on a thing that the path names:
// they name the other place themselves.
var forms = map[string]string{
	"POST /new":                            "service=print&location=zuid&severity=major&effect=down",
	"POST /new/preview":                    "service=print&location=zuid&severity=major&effect=down",
	"POST /maintenance":                    "assets=zui-prn-9&location=zuid&from=2026-11-24T10:00&until=2026-11-24T11:00",
	"POST /maintenance/{do}":               "id=W-Z",
	"POST /tickets/link":                   "incident=HS-1042&ticket=rt/Z-1",
	"POST /tickets/open":                   "service=print&location=zuid&ticket=rt/Z-1",
	"POST /dead-letters/{do}":              "message=dd44/zuid/1/mail",
	"POST /hush":                           "for=2h",
	"POST /api/v1/incidents":               `{"title":"x","locations":["zuid"]}`,
	"POST /api/v1/maintenance":             `{"assets":["zui-prn-9"],"starts_at":"2026-11-24T10:00:00Z","ends_at":"2026-11-24T11:00:00Z"}`,
	"POST /api/v1/maintenance/{id}/move":   `{"ends_at":"2026-11-24T11:00:00Z"}`,
	"POST /api/v1/announcements/{id}/edit": `{"text":"x"}`,
}

// body is what is posted to a pattern.
func (x *router) body(pattern string) string {
	if b, ok := forms[pattern]; ok {
		return b
	}
	b := x.bodies[pattern]
	if b == nil {
		if strings.Contains(pattern, " /api/") {
			return "{}"
		}
		return ""
	}
	var keys []string
	for _, key := range append(slices.Clone(b.required), b.anyOf[:min(1, len(b.anyOf))]...) {
		keys = append(keys, fmt.Sprintf("%q:%s", key, samples[key]))
	}
	return "{" + strings.Join(keys, ",") + "}"
}

// Every route holds each role and token to its scope, whatever it is about.
func TestEveryRouteHoldsEachCallerToItsScope(t *testing.T) { // ruling 39
	w := twoBuildings(t)
	x := routerOf(t, w)
	holds := map[string][]headstart.Scope{
		"": nil, "viewer": {"read"}, "desk": {"read", "write"}, "approver": {"read", "write"}, "admin": {"admin"},
		"token-read": {"read"}, "token-write": {"write"}, "token-ingest": {"ingest"}, "token-probe": {"probe"}, "token-admin": {"admin"},
	}
	for _, rt := range x.routes {
		method, path := x.path(t, rt.Pattern)
		open := rt.Scope == headstart.ScopeOpen || rt.Scope == headstart.ScopePage
		for who, scopes := range holds {
			rec := x.as(who, method, path, x.body(rt.Pattern))
			may := open || slices.Contains(scopes, rt.Scope) || slices.Contains(scopes, headstart.ScopeAdmin)
			lacks := rec.Code == http.StatusUnauthorized && !open || rec.Code == http.StatusForbidden && strings.Contains(rec.Body.String(), "lacks scope")
			switch {
			case may && lacks:
				t.Errorf("%s as %q: %d %s; the scope %s is among its own", rt.Pattern, who, rec.Code, rec.Body, rt.Scope)
			case !may && !lacks:
				t.Errorf("%s as %q: %d, want a refusal for want of scope %s", rt.Pattern, who, rec.Code, rt.Scope)
			}
		}
	}
}

// Nothing of another place is told to an account of one, by any page, list or stream,
// and nothing is done there.
func TestAnAccountOfOnePlaceReachesNoOther(t *testing.T) {
	w := twoBuildings(t)
	x := routerOf(t, w)
	told := 0
	for _, rt := range x.routes {
		method, path := x.path(t, rt.Pattern)
		if rt.Scope == headstart.ScopeOpen || rt.Scope == headstart.ScopePage {
			continue // of everybody, or of whom a status page is for
		}
		for _, role := range []string{"viewer,noord", "desk,noord", "approver,noord", "admin,noord"} {
			if method != http.MethodGet && strings.HasPrefix(role, "viewer") && rt.Scope != headstart.ScopeRead {
				continue
			}
			w.done = nil
			planned := len(w.rows)
			rec := x.as(role, method, path, x.body(rt.Pattern))
			answer := rec.Body.String()
			if strings.Contains(answer, elsewhere) {
				t.Errorf("%s as %s tells of another place", rt.Pattern, role)
			}
			if rt.Everywhere && rec.Code != http.StatusForbidden {
				t.Errorf("%s as %s: %d, and it speaks of all places", rt.Pattern, role, rec.Code)
			}
			if method != http.MethodGet && (len(w.done) > 0 && !harmless(w.done) || len(w.rows) != planned) {
				t.Errorf("%s as %s: %d, and it acted at another place: %+v", rt.Pattern, role, rec.Code, w.done)
			}
		}
		if method == http.MethodGet && strings.Contains(x.as("admin", method, path, "").Body.String(), elsewhere) {
			told++
		}
	}
	if told < 8 {
		t.Errorf("only %d routes tell an admin of the other place; the fixture shows too little to prove anything", told)
	}
}

// What a page offers its reader may follow or press.
func TestNoPageOffersWhatItsReaderMayNot(t *testing.T) {
	x := routerOf(t, twoBuildings(t))
	routes, mux := map[string]headstart.Route{}, http.NewServeMux()
	for _, rt := range x.routes {
		routes[rt.Pattern] = rt
		mux.Handle(rt.Pattern, http.NotFoundHandler())
	}
	offered := 0
	for who, scopes := range map[string][]headstart.Scope{"viewer": {"read"}, "viewer,noord": {"read"}, "desk": {"read", "write"}, "desk,noord": {"read", "write"}, "admin,noord": {"read", "write", "admin"}, "admin": {"read", "write", "admin"}} {
		for _, rt := range x.routes {
			method, path := x.path(t, rt.Pattern)
			rec := x.as(who, method, path, "")
			if method != http.MethodGet || rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
				continue
			}
			for _, m := range offering.FindAllStringSubmatch(rec.Body.String(), -1) {
				ask := httptest.NewRequest(http.MethodGet, strings.ReplaceAll(m[2], "&amp;", "&"), nil)
				if m[1] != "href" {
					ask.Method = http.MethodPost
				}
				_, pattern := mux.Handler(ask)
				to, known := routes[pattern]
				open := to.Scope == headstart.ScopeOpen || to.Scope == headstart.ScopePage
				offered++
				switch {
				case !known || open:
				case !slices.Contains(scopes, to.Scope):
					t.Errorf("%s offers %s %s to %q, which lacks the scope %s", path, ask.Method, m[2], who, to.Scope)
				case to.Everywhere && strings.Contains(who, ","):
					t.Errorf("%s offers %s %s to %q, and it is for accounts of all places", path, ask.Method, m[2], who)
				}
			}
		}
	}
	if offered < 500 {
		t.Errorf("only %d links and forms were found", offered)
	}
}

// offering finds links and forms of a page.
var offering = regexp.MustCompile(`(method="post" action|href)="(/[^"]*)"`)

// A page elsewhere can make the browser of somebody who is logged in post nothing at all.
func TestNoOtherSitePostsAnything(t *testing.T) {
	w := twoBuildings(t)
	x := routerOf(t, w)
	for _, rt := range x.routes {
		method, path := x.path(t, rt.Pattern)
		if method == http.MethodGet {
			continue
		}
		for _, from := range []func(*http.Request){
			func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
			func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
			func(r *http.Request) { r.Header.Set("Origin", "null") },
		} {
			planned := len(w.rows)
			rec := x.as("admin", method, path, x.body(rt.Pattern), from)
			if rec.Code != http.StatusForbidden || len(w.done) > 0 || len(w.rows) != planned {
				t.Errorf("%s from another site: %d, commands %v; want 403 and nothing done", rt.Pattern, rec.Code, w.done)
			}
		}
	}
}

// harmless are commands about nobody's place: that somebody read the report, and what the
// desk writes for itself.
func harmless(done []headstart.Command) bool {
	return !slices.ContainsFunc(done, func(c headstart.Command) bool {
		return !slices.Contains([]string{"seen", "report", "todo", "todo-done", "handover", "notice", "known"}, c.Do)
	})
}

// Every operation of openapi.json is one of the router's, and the other way round.
func TestTheDescriptionIsTheRouter(t *testing.T) {
	x := routerOf(t, twoBuildings(t))
	rec := x.as("", http.MethodGet, "/api/v1/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	body, err := io.ReadAll(rec.Result().Body)
	if err == nil {
		err = json.Unmarshal(body, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, operations := range doc.Paths {
		for method := range operations {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, rt := range x.routes {
		if _, path, _ := strings.Cut(rt.Pattern, " "); strings.HasPrefix(path, "/api/v1/") && !described[rt.Pattern] && !gone(rt.Pattern) {
			t.Errorf("%s is served and not described", rt.Pattern)
		}
		delete(described, rt.Pattern)
	}
	for op := range described {
		t.Errorf("%s is described and not served", op)
	}
}

// gone are the paths of Alertmanager's first API, which answer 410 (ruling 50).
func gone(pattern string) bool {
	return slices.ContainsFunc([]string{"alerts", "silences", "status", "receivers"}, func(s string) bool { return strings.HasSuffix(pattern, "/api/v1/"+s) })
}
