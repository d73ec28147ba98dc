package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// toldWork is an announcement of the wifi work that runs on the bad Monday.
func (w *world) toldWork(id, window, audience string, change func(*headstart.Announcement)) headstart.Announcement {
	a := headstart.Announcement{
		V: 1, ID: id, UID: "u1", Window: window, Number: "HS-W7", Audience: audience, Languages: []string{"en"}, State: headstart.AnnouncementDraft,
		Kind: headstart.KindNetwork, Effect: "down", Services: []string{"wifi"}, People: 40, StartsAt: w.now.Add(time.Hour), EndsAt: w.now.Add(2 * time.Hour),
		Draft: &headstart.Update{Phase: headstart.MaintenanceAnnounced, By: "rule", Why: []string{"policy wants approval"}, Text: map[string]headstart.Text{"en": {Title: "Planned: no wifi", Short: "No wifi at ten."}}},
	}
	if change != nil {
		change(&a)
	}
	w.put(headstart.TableAnnouncements, a.ID, a)
	return a
}

// TestPageTellsOfWork: the page shows what users are told of planned work and what
// waits; an approver sends it to all audiences at once, others have no button.
func TestPageTellsOfWork(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableMaintenance, "W-7", headstart.MaintenanceWindow{ID: "W-7", Services: []string{"wifi"}, StartsAt: w.now.Add(time.Hour), EndsAt: w.now.Add(2 * time.Hour)})
	w.toldWork("u1.noord", "W-7", "noord", nil)
	w.toldWork("u1.zuid", "W-7", "zuid", func(a *headstart.Announcement) {
		a.State, a.PushDraft, a.NextPush = headstart.AnnouncementPublished, true, w.now.Add(30*time.Minute)
		a.Updates, a.Draft = []headstart.Update{*a.Draft}, nil
	})
	w.toldWork("u1.hal", "W-7", "hal", func(a *headstart.Announcement) { a.Confidential = true })
	site := w.fill().site()
	page := get(t, serve(site, approver), "/maintenance?lang=en", 200)
	for _, text := range []string{"What users are told", "Nothing published yet", "Work announced", "Planned: no wifi", "No wifi at ten.", "policy wants approval", "HS-W7", `value="u1.noord"`, `value="u1.zuid"`, `action="/maintenance/approve-message"`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if page := get(t, serve(site, desk), "/maintenance?lang=en", 200); strings.Contains(page, "approve-message") || !strings.Contains(page, "discard-message") {
		t.Error("who may write but not approve has a button to approve, or none to discard")
	}
	for _, c := range []struct {
		who    headstart.Identity
		do     string
		fields []string
		status int
		want   []string
	}{
		{approver, "approve-message", []string{"announcement", "u1.noord", "announcement", "u1.zuid"}, http.StatusSeeOther, []string{"approve u1.noord", "approve u1.zuid"}},
		{desk, "approve-message", []string{"announcement", "u1.noord"}, http.StatusForbidden, nil},
		{desk, "discard-message", []string{"announcement", "u1.noord"}, http.StatusSeeOther, []string{"discard u1.noord"}},
		{desk, "discard-message", []string{"announcement", "no.such"}, http.StatusForbidden, nil},
		{desk, "discard-message", nil, http.StatusBadRequest, nil},
		{desk, "tell", []string{"id", "W-7", "text", "New cables."}, http.StatusSeeOther, []string{"announce W-7 New cables."}},
		{desk, "tell", []string{"id", "W-9"}, http.StatusForbidden, nil},
	} {
		w.done = nil
		rec := post(serve(site, c.who), "/maintenance/"+c.do, c.fields...)
		var got []string
		for _, x := range w.done {
			got = append(got, strings.TrimSpace(x.Do+" "+x.Announcement+x.Window+" "+x.Text))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || rec.Code != c.status {
			t.Errorf("%s %v: %d, want %d; commands (-want +got):\n%s", c.do, c.fields, rec.Code, c.status, diff)
		}
	}
}

// TestPageMovesWork: work that runs keeps its begin; impossible times are refused in
// words.
func TestPageMovesWork(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableMaintenance, "W-7", headstart.MaintenanceWindow{ID: "W-7", Services: []string{"wifi"}, StartsAt: w.at("2026-11-23 22:00"), EndsAt: w.at("2026-11-23 23:00")})
	site := w.fill().site()
	if rec := post(serve(site, desk), "/maintenance/move", "id", "W-7", "from", "2026-11-24T22:00", "until", "2026-11-24T23:30"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/maintenance?did=move" {
		t.Errorf("moved: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if x, _ := w.windowNamed("W-7"); !x.StartsAt.Equal(w.at("2026-11-24 22:00")) || !x.EndsAt.Equal(w.at("2026-11-24 23:30")) || x.By != desk.Name {
		t.Errorf("moved to %+v", x)
	}
	for name, fields := range map[string][]string{
		"ends before it begins": {"from", "2026-11-25T22:00", "until", "2026-11-25T21:00"},
		"over already":          {"from", "2026-11-20T20:00", "until", "2026-11-20T21:00"},
		"no time":               {"until", "vannacht"},
	} {
		if rec := post(serve(site, desk), "/maintenance/move", append(fields, "id", "W-7")...); rec.Code != http.StatusConflict && rec.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
}

// TestAPIOfWork: the list says what users are told and what work meets; move and
// announce do what they say for who may, and only an approver approves.
func TestAPIOfWork(t *testing.T) {
	hour := func(n int) time.Time { return apiNow.Add(time.Duration(n) * time.Hour) }
	var said []headstart.MaintenanceWindow
	d := &apiDesk{}
	call := testAPI(t, d, func(o *APIOptions) {
		rows := []headstart.FeedOp{}
		for id, w := range map[string]headstart.MaintenanceWindow{
			"A": {Assets: []string{"sw-n-2"}, StartsAt: hour(2), EndsAt: hour(4)}, "B": {Assets: []string{"sw-n-2"}, StartsAt: hour(3), EndsAt: hour(5)},
			"run": {Services: []string{"print"}, StartsAt: hour(-1), EndsAt: hour(1)},
		} {
			w.ID = id
			rows = append(rows, feedRow(t, headstart.TableMaintenance, id, w))
		}
		a := headstart.Announcement{
			V: 1, ID: "u.noord", Window: "A", Number: "HS-W1", Audience: "noord", State: headstart.AnnouncementDraft, StartsAt: hour(2), EndsAt: hour(4),
			Draft: &headstart.Update{Phase: headstart.MaintenanceAnnounced, Why: []string{"policy"}},
		}
		rows = append(rows, feedRow(t, headstart.TableAnnouncements, a.ID, a))
		if err := o.View.Apply(headstart.Offset{Ms: 6}, headstart.FeedEntry{Rows: rows}); err != nil {
			t.Fatal(err)
		}
		o.Plan = func(_ context.Context, w headstart.MaintenanceWindow) (bool, error) {
			said = append(said, w)
			return false, nil
		}
	})
	list := decode[maintenanceList](t, call(as("desk"), "GET", "/api/v1/maintenance?id=A", ""))
	if len(list.Maintenance) != 1 || len(list.Maintenance[0].Announcements) != 1 || list.Maintenance[0].Announcements[0].Waits != headstart.MaintenanceAnnounced {
		t.Errorf("of A users are told %+v", list.Maintenance)
	}
	meets := slicesOf(list.Conflicts, func(c headstart.Conflict) string { return fmt.Sprint(c.Kind, " ", c.Window, " ", c.Other, " ", c.On) })
	if !strings.Contains(strings.Join(meets, ";"), "work A B [sw-n-2]") {
		t.Errorf("A meets %v, want B on the switch", meets)
	}
	if all := decode[announcementList](t, call(as("desk"), "GET", "/api/v1/announcements?state=draft", "")); !strings.Contains(fmt.Sprint(slicesOf(all.Announcements, func(a shownAnnouncement) string { return a.ID })), "u.noord") {
		t.Error("the list of announcements lacks that of planned work")
	}
	for _, c := range []struct {
		who    headstart.Identity
		path   string
		body   any
		status int
	}{
		{as("desk"), "/maintenance/A/move", map[string]any{"ends_at": hour(6)}, 200},
		{as("desk"), "/maintenance/A/move", map[string]any{"starts_at": hour(9)}, 422},
		{as("desk"), "/maintenance/run/move", map[string]any{"starts_at": hour(0)}, 422},
		{as("desk"), "/maintenance/A/move", map[string]any{"until": hour(6)}, 422},
		{as("desk", "zuid"), "/maintenance/A/move", map[string]any{"ends_at": hour(6)}, 403},
		{as("desk"), "/maintenance/A/announce", map[string]any{"text": "x"}, 200},
		{as("desk"), "/maintenance/A/announce", map[string]any{"phase": "identified"}, 422},
		{as("desk"), "/maintenance/A/announce", map[string]any{"until": hour(-1)}, 422},
		{as("desk", "zuid"), "/maintenance/A/announce", map[string]any{}, 403},
		{as("approver", "zuid"), "/announcements/u.noord/approve", map[string]any{}, 403},
		{as("approver"), "/announcements/u.noord/approve", map[string]any{}, 200},
	} {
		body, err := json.Marshal(c.body)
		if err != nil {
			t.Fatal(err)
		}
		if res := call(c.who, "POST", "/api/v1"+c.path, string(body)); res.StatusCode != c.status {
			t.Errorf("POST %s %s as %s: %d, want %d", c.path, body, c.who.Role, res.StatusCode, c.status)
		}
	}
	if len(said) != 1 || !said[0].EndsAt.Equal(hour(6)) || said[0].By != "samira" {
		t.Errorf("the log was told %+v, want A until six hours from now", said)
	}
}

func slicesOf[T any](list []T, say func(T) string) []string {
	out := make([]string, len(list))
	for n := range list {
		out[n] = say(list[n])
	}
	return out
}
