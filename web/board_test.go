package web

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"headstart"
)

// Board and status page list the same live messages (the picture once
// contradicted itself).
func TestBoardAndPageAgree(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk, w.public().Routes()...)
	board, page := get(t, h, "/", 200), get(t, h, "/s/nl/", 200)
	for _, id := range []string{"HS-1042", "HS-1043"} {
		if !strings.Contains(board, id) || !strings.Contains(page, id) {
			t.Errorf("%s is not on both", id)
		}
	}
	if strings.Contains(board, "Nog geen bericht aan gebruikers") {
		t.Error("the board says that nobody was told, the page shows a message")
	}
}

func TestNoPageBeforeThereIsAState(t *testing.T) {
	w := newWorld(t)
	h := serve(w.site(), desk)
	for _, path := range []string{"/", "/tickets", "/morning"} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s: status %d, want 503: an empty page says that all is well", path, rec.Code)
		}
	}
}

// fiveHundred is a desk on its worst day.
func fiveHundred(t testing.TB) http.Handler {
	w := newWorld(t)
	for n := range 500 {
		id := headstart.IncidentID("HS-" + strconv.Itoa(n))
		w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, UID: strconv.Itoa(n), Seq: n, Group: headstart.GroupID(n + 1), State: headstart.Open, Priority: "P3", Title: headstart.Names{"": "storing " + strconv.Itoa(n)}, StartedAt: w.now, Services: []string{"mail"}, Cause: headstart.Cause{Asset: "nrd-sw-02"}})
		w.put(headstart.TableAnnouncements, strconv.Itoa(n), headstart.Announcement{V: 1, ID: strconv.Itoa(n), Incident: id, State: headstart.AnnouncementPublished, Services: []string{"mail"}, Updates: []headstart.Update{{At: w.now, Text: map[string]headstart.Text{"nl": text("storing", "x")}}}})
	}
	return serve(w.fill().site(), desk)
}

// With 500 incidents the board shows the gravest and folds the rest, so that it
// stays a page a person reads and a server sends in no time.
func TestFiveHundredIncidents(t *testing.T) {
	body := get(t, fiveHundred(t), "/", 200)
	if !strings.Contains(body, "Nog 480 storingen") {
		t.Error("the board does not fold the rest")
	}
	if len(body) > 200<<10 {
		t.Errorf("the board is %d KiB", len(body)>>10)
	}
}

// The target of DESIGN section 6 is 50 ms to the first byte.
func BenchmarkBoardOfFiveHundred(b *testing.B) {
	h := fiveHundred(b)
	for b.Loop() {
		get(b, h, "/", 200)
	}
}

// What planned work of today meets is judged by one rule, and said in the same words on
// the board and on the page of planned work.
func TestBoardSaysWhatPlannedWorkMeets(t *testing.T) {
	w := badMonday(t)
	for _, id := range []string{"W-91", "W-92"} {
		w.put(headstart.TableMaintenance, id, headstart.MaintenanceWindow{ID: id, Assets: []string{"zui-sw-01"}, StartsAt: w.at("2026-11-23 18:00"), EndsAt: w.at("2026-11-23 19:00"), Summary: headstart.Names{"nl": "Werk " + id}})
	}
	w.put(headstart.TableMaintenance, "W-93", headstart.MaintenanceWindow{ID: "W-93", Locations: []string{"zuid"}, StartsAt: w.at("2026-11-23 20:00"), EndsAt: w.at("2026-11-23 21:00"), Summary: headstart.Names{"nl": "Werk alleen"}})
	w.fill()
	h := serve(w.site(), desk)
	const meets = "“Werk W-91” en “Werk W-92” raken allebei"
	for _, path := range []string{"/maintenance", "/"} {
		if page := get(t, h, path, 200); !strings.Contains(page, meets) || strings.Contains(page, "“Werk alleen” en") {
			t.Errorf("%s does not say that two works meet, or says it of one that meets nothing", path)
		}
	}
}
