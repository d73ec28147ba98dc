package web

import (
	"net/http"
	"strings"
	"testing"

	"headstart"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// alike is the world of a bad Monday with another outage in the same building.
func alike(t *testing.T) *world {
	w := badMonday(t)
	w.put(headstart.TableIncidents, "HS-1050", headstart.Incident{
		V: 1, ID: "HS-1050", UID: "ee55", Seq: 1050, Group: 50, State: headstart.Open, Priority: "P3", Title: headstart.Names{"nl": "Bellen lukt niet", "en": "Calls fail"},
		Locations: []string{"noord"}, Services: []string{"bellen"}, OpenedAt: w.now, StartedAt: w.now,
	})
	return w.fill()
}

// TestCoverFromBothPages: a press on the announcement's page, or on that of the incident,
// says that one announcement speaks for both; another takes it back.
func TestCoverFromBothPages(t *testing.T) {
	w := alike(t)
	h := serve(w.site(), desk)
	if page := get(t, h, editedPath, http.StatusOK); !strings.Contains(page, `value="HS-1050"`) || !strings.Contains(page, editedPath+"/cover") {
		t.Error("the announcement's page offers no other incident")
	}
	if page := get(t, h, "/i/HS-1050", http.StatusOK); !strings.Contains(page, `<option value="aa11.noord">`) {
		t.Error("the incident's page offers no announcement")
	}
	for path, field := range map[string][2]string{editedPath + "/cover": {"incident", "HS-1050"}, "/i/HS-1050/cover": {"announcement", "aa11.noord"}} {
		w.done = nil
		rec := post(h, path, field[0], field[1])
		if rec.Code != http.StatusSeeOther || len(w.done) != 1 {
			t.Fatalf("%s: status %d, sent %+v", path, rec.Code, w.done)
		}
		want := headstart.Command{Do: "cover", By: "samira", Announcement: "aa11.noord", Incidents: []string{"HS-1050"}}
		if diff := cmp.Diff(want, w.done[0], cmpopts.IgnoreFields(headstart.Command{}, "ID", "Incident")); diff != "" {
			t.Errorf("%s sent (-want +got):\n%s", path, diff)
		}
	}
	a, _, _ := findAnnouncement(w.view, "aa11.noord")
	a.Also = []headstart.IncidentID{"HS-1050"}
	w.put(headstart.TableAnnouncements, a.ID, a)
	h = serve(w.fill().site(), desk)
	if page := get(t, h, editedPath, http.StatusOK); !strings.Contains(page, editedPath+"/uncover") || !strings.Contains(page, "Bellen lukt niet") {
		t.Error("the announcement's page does not name what it speaks for too")
	}
	if page := get(t, h, "/i/HS-1050?tab=messages", http.StatusOK); !strings.Contains(page, `href="/announcements/aa11.noord"`) {
		t.Error("the incident's page does not show the announcement that speaks for it")
	}
	if rec := post(h, editedPath+"/uncover"); rec.Code != http.StatusBadRequest {
		t.Errorf("nothing named: status %d", rec.Code)
	}
}

// TestCoverRights (ruling 30): nobody puts into a message what he may not see, or reads
// there what it was about.
func TestCoverRights(t *testing.T) {
	w := alike(t)
	i, _ := w.view.Find("HS-1050")
	i.Confidential = true
	w.put(headstart.TableIncidents, "HS-1050", i)
	h := serve(w.fill().site(), desk)
	if page := get(t, h, editedPath, http.StatusOK); strings.Contains(page, "HS-1050") {
		t.Error("what is confidential is offered")
	}
	if rec := post(h, editedPath+"/cover", "incident", "HS-1050"); rec.Code != http.StatusForbidden {
		t.Errorf("status %d, want it forbidden", rec.Code)
	}
	a, _, _ := findAnnouncement(w.view, "aa11.noord")
	a.Updates[len(a.Updates)-1].About = []headstart.IncidentID{"HS-1042", "HS-1050"}
	w.put(headstart.TableAnnouncements, a.ID, a)
	h = serve(w.fill().site(), desk)
	get(t, h, editedPath, http.StatusForbidden)
	if page := get(t, h, "/i/HS-1042?tab=messages", http.StatusOK); strings.Contains(page, "aa11.noord") {
		t.Error("the incident's page shows words about what is confidential")
	}
}
