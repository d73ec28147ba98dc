package web

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"headstart"
)

// unplaced adds a failing alert nobody could place, and its incident.
func (w *world) unplaced(n int, confidential bool) {
	id, fp := headstart.IncidentID("HS-90"+string(rune('0'+n))), "00000000000000a"+string(rune('0'+n))
	w.put(headstart.TableAlerts, fp, headstart.AlertState{
		V: 1, Fingerprint: fp, Firing: true, Labels: map[string]string{"alertname": "SwitchDown", "instance": "sw-x-" + string(rune('0'+n)) + ":161"},
	})
	w.put(headstart.TableProblems, "alert:"+fp, headstart.Problem{
		V: 1, Key: headstart.ProblemKey("alert:" + fp), Check: "SwitchDown", Unplaced: true, State: headstart.ProblemOpen, Onset: w.now, Group: headstart.GroupID(900 + n),
	})
	w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, Seq: 900 + n, Group: headstart.GroupID(900 + n), State: headstart.Open, Confidential: confidential})
}

// What has no place in the catalog is listed with a line that would give it one,
// on the board and in the API (rulings 16, 18); not to who may not see it.
func TestUnplacedAreListed(t *testing.T) {
	w := newWorld(t)
	for n := range 7 {
		w.unplaced(n, n == 6)
	}
	s := w.fill().site()
	page := get(t, serve(s, headstart.Identity{Name: "v", Role: "viewer", Scopes: []headstart.Scope{headstart.ScopeRead}}), "/?lang=en", 200)
	for _, want := range []string{"Not in the catalog", "- {id: sw-x-0, kind: switch}", "/i/HS-900", "and 1 more"} {
		if !strings.Contains(page, want) {
			t.Errorf("the board lacks %q", want)
		}
	}
	api := NewAPI(APIOptions{View: w.view, Do: (&apiDesk{}).do, Logger: s.logger})
	for role, want := range map[string]int{"viewer": 6, "approver": 7} {
		r := httptest.NewRequest("GET", "/api/v1/catalog", nil)
		rec := httptest.NewRecorder()
		api.showCatalog(rec, r.WithContext(headstart.WithIdentity(r.Context(), headstart.Identity{Role: role})))
		var got struct {
			Organisation string
			Unplaced     []headstart.UnplacedAlert
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Organisation == "" || len(got.Unplaced) != want || got.Unplaced[0].Labels["instance"] != "sw-x-0:161" || got.Unplaced[0].Incident != "HS-900" {
			t.Errorf("a %s gets %d alerts without a place, want %d beside the catalog: %s", role, len(got.Unplaced), want, rec.Body)
		}
	}
}
