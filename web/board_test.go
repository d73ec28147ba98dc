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
