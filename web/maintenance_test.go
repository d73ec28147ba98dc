package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// windowNamed is what the view knows of a window.
func (w *world) windowNamed(id string) (headstart.MaintenanceWindow, bool) {
	for _, x := range w.view.Maintenance() {
		if x.ID == id {
			return x, true
		}
	}
	return headstart.MaintenanceWindow{}, false
}

// TestPageOfPlannedWork: every window stands where it belongs, and a proposal
// that names nothing has no button (ruling 44).
func TestPageOfPlannedWork(t *testing.T) {
	w := badMonday(t)
	rec := httptest.NewRecorder()
	serve(w.site(), desk).ServeHTTP(rec, httptest.NewRequest("GET", "/maintenance?lang=en", nil))
	page := rec.Body.String()
	order := []string{
		"Proposals from calendars", "Firmware wifi-controller", "Lunch met het team", "Names nothing of the catalog", "Under way</h2>", "Short losses of wifi", "Fails and waits for the end", "Gebouw Zuid",
		"Planned</h2>", "Timetable does not work", "reboot zui-sw-01", "Plan work</h2>", "Past week", "Mail moves", "cancelled",
	}
	at := 0
	for _, text := range order {
		n := strings.Index(page[at:], text)
		if n < 0 {
			t.Fatalf("%q does not follow %q:\n%s", text, page[:at], page[at:])
		}
		at += n
	}
	if n := strings.Count(page, `action="/maintenance/approve"`); n != 1 {
		t.Errorf("%d buttons to approve, want one: the lunch names nothing", n)
	}
	reader := httptest.NewRecorder()
	serve(w.site(), headstart.Identity{Name: "kees", Scopes: []headstart.Scope{headstart.ScopeRead}}).ServeHTTP(reader, httptest.NewRequest("GET", "/maintenance", nil))
	if strings.Contains(reader.Body.String(), `action="/maintenance`) || !strings.Contains(reader.Body.String(), "Wifi valt soms weg") {
		t.Error("who may only read sees the list without buttons and form")
	}
}

func TestPagePlansWork(t *testing.T) {
	w := badMonday(t)
	site := w.site()
	good := []string{
		"from", "2026-11-23T22:00", "until", "2026-11-24T01:30", "assets", "core-01, nrd-sw-02,core-01", "service", "wifi", "location", "noord",
		"summary_nl", "Wifi valt weg", "summary_en", "No wifi",
	}
	rec := post(serve(site, desk), "/maintenance", good...)
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/maintenance?did=planned" {
		t.Fatalf("status %d to %q: %s", rec.Code, rec.Header().Get("Location"), rec.Body)
	}
	var got headstart.MaintenanceWindow
	for _, x := range w.view.Maintenance() {
		if x.Summary["en"] == "No wifi" {
			got = x
		}
	}
	want := headstart.MaintenanceWindow{
		ID: got.ID, Assets: []string{"core-01", "nrd-sw-02"}, Services: []string{"wifi"}, Locations: []string{"noord"},
		StartsAt: w.at("2026-11-23 22:00").UTC(), EndsAt: w.at("2026-11-24 01:30").UTC(), Owner: desk.Name, By: desk.Name,
		Summary: headstart.Names{"nl": "Wifi valt weg", "en": "No wifi"},
	}
	if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(got.ID, "W-") {
		t.Errorf("planned (-want +got):\n%s", diff)
	}
	for name, change := range map[string][]string{
		"ends before it begins": {"until", "2026-11-23T21:00"},
		"over already":          {"from", "2026-11-22T20:00", "until", "2026-11-22T21:00"},
		"too long":              {"until", "2027-01-23T21:00"},
		"too far ahead":         {"from", "2029-11-23T22:00", "until", "2029-11-23T23:00"},
		"no time":               {"from", "vanavond"},
		"no start":              {"from", ""},
		"a strange device":      {"assets", "sw-x"},
		"a strange service":     {"service", "koffie"},
		"a strange place":       {"location", "mars"},
		"covers nothing":        {"assets", "", "service", "", "location", ""},
	} {
		fields := map[string]string{}
		for i := 0; i < len(good); i += 2 {
			fields[good[i]] = good[i+1]
		}
		for i := 0; i < len(change); i += 2 {
			fields[change[i]] = change[i+1]
		}
		var pairs []string
		for k, v := range fields {
			if v != "" || (k != "service" && k != "location") {
				pairs = append(pairs, k, v)
			}
		}
		before := len(w.view.Maintenance())
		if rec := post(serve(site, desk), "/maintenance", pairs...); rec.Code != http.StatusBadRequest || len(w.view.Maintenance()) != before {
			t.Errorf("%s: %d, %d windows were %d", name, rec.Code, len(w.view.Maintenance()), before)
		}
	}
	limited := desk
	limited.Locations = []string{"zuid"}
	if rec := post(serve(site, limited), "/maintenance", good...); rec.Code != http.StatusBadRequest {
		t.Errorf("work in noord planned by who may act in zuid only: %d", rec.Code)
	}
}

// TestPageEndsAndApproves: running work ends now, what is to come is cancelled, a
// proposal counts once approved (ruling 44); what cannot be is refused in words.
func TestPageEndsAndApproves(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	for _, c := range []struct {
		do, id string
		status int
		is     func(headstart.MaintenanceWindow) bool
	}{
		{"end", "W-2@2026-11-23", 303, func(x headstart.MaintenanceWindow) bool { return x.EndsAt.Equal(w.now) && !x.Cancelled }},
		{"end", "W-2@2026-11-23", 409, nil},
		{"end", "W-312", 303, func(x headstart.MaintenanceWindow) bool {
			return x.Cancelled && x.EndsAt.Equal(w.at("2026-11-23 12:45"))
		}},
		{"approve", "CAL-5f0c1a2b3c4d", 303, func(x headstart.MaintenanceWindow) bool { return !x.Proposed && x.Source != "" }},
		{"approve", "CAL-5f0c1a2b3c4d", 409, nil},
		{"approve", "CAL-00112233aabb", 409, nil},
		{"approve", "W-300", 409, nil},
		{"end", "W-999", 404, nil},
		{"explode", "W-309", 404, nil},
	} {
		rec := post(h, "/maintenance/"+c.do, "id", c.id)
		got, _ := w.windowNamed(c.id)
		if rec.Code != c.status || (c.is != nil && (!c.is(got) || got.By != desk.Name)) {
			t.Errorf("%s %s: %d, window %+v", c.do, c.id, rec.Code, got)
		}
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/maintenance?did=approve&lang=en", nil))
	if !strings.Contains(rec.Body.String(), "it counts from now on") {
		t.Error("the page does not say that it was approved")
	}
}

// TestHeldNamesNothingConfidential: what hangs on work that everybody may see can
// be a confidential service; only who may know of it reads its name (ruling 30).
func TestHeldNamesNothingConfidential(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableProblems, "salaris/http", headstart.Problem{
		V: 1, Key: "salaris/http", Asset: "salaris", Check: "http", State: headstart.ProblemSuppressed, Reason: "no reply",
		Suppressed: &headstart.Suppression{By: "W-2@2026-11-23", Since: w.at("2026-11-23 07:40"), Until: w.at("2026-11-23 09:00")},
	})
	site := w.fill().site()
	for role, want := range map[string]bool{"viewer": false, "approver": true} {
		page := get(t, serve(site, headstart.Identity{Name: "v", Role: role, Scopes: []headstart.Scope{headstart.ScopeRead}}), "/maintenance", 200)
		_, held, _ := strings.Cut(page, "Gebouw Zuid")
		if got := strings.Contains(page, "Salarisbestanden"); got != want {
			t.Errorf("a %s reads the confidential service: %t, want %t\n%s", role, got, want, held)
		}
	}
}
