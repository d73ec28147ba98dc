package web

import (
	"net/http"
	"strings"
	"testing"

	"headstart"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const editedPath = "/announcements/aa11.noord"

// TestEditorSaysWhatChanged: of a form only what its writer changed is written, for the
// language it was changed in; a preview is kept nowhere.
func TestEditorSaysWhatChanged(t *testing.T) {
	same := []string{"Where.nl", "Gebouw Noord", "Where.en", "North building", "Progress.en", "The engineer is in the building."}
	w := badMonday(t)
	h := serve(w.site(), desk)
	rec := post(h, editedPath+"/edit", append(same, "Progress.nl", "De monteur is er.")...)
	if rec.Code != http.StatusSeeOther || len(w.done) != 1 {
		t.Fatalf("status %d, %d commands: %s", rec.Code, len(w.done), rec.Body)
	}
	want := headstart.Command{Do: "edit", By: "samira", Announcement: "aa11.noord", Variables: map[string]string{"Progress.nl": "De monteur is er."}}
	if diff := cmp.Diff(want, w.done[0], cmpopts.IgnoreFields(headstart.Command{}, "ID")); diff != "" {
		t.Errorf("command differs (-want +got):\n%s", diff)
	}
	if rec := post(h, editedPath+"/edit", append(same, "Progress.nl", "De monteur is bij de switch.")...); rec.Code != http.StatusBadRequest {
		t.Errorf("nothing changed: status %d", rec.Code)
	}
	rec = post(h, editedPath+"/preview", append(same, "Progress.nl", "De monteur is er <b>.")...)
	if body := rec.Body.String(); rec.Code != http.StatusOK || !strings.Contains(body, "De monteur is er &lt;b&gt;. Gebouw Noord") || !strings.Contains(body, "nog niet bewaard") {
		t.Errorf("preview: status %d\n%s", rec.Code, body)
	}
	if len(w.done) != 1 {
		t.Errorf("a preview sent %+v", w.done[1:])
	}
}

// TestEditorReplacesAWord: a press puts the plain word in the place of one of ours, with
// or without JavaScript.
func TestEditorReplacesAWord(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	if page := get(t, h, editedPath, http.StatusOK); !strings.Contains(page, `value="nl/switch/apparaat"`) || !strings.Contains(page, `formaction="/announcements/aa11.noord/preview"`) {
		t.Errorf("no button puts the plain word there:\n%s", page)
	}
	body := post(h, editedPath+"/preview", "Progress.nl", "Een Switch is stuk.", "replace", "nl/switch/apparaat").Body.String()
	if !strings.Contains(body, ">Een apparaat is stuk.</textarea>") || strings.Contains(body, "nl/switch") {
		t.Errorf("the word still stands there:\n%s", body)
	}
}

// TestEditorRights: who may not see or approve is refused here as everywhere.
func TestEditorRights(t *testing.T) {
	w := badMonday(t)
	for path, want := range map[string]int{editedPath + "/approve": http.StatusForbidden, editedPath + "/schedule": http.StatusForbidden, editedPath + "/nonsense": http.StatusNotFound, "/announcements/none/edit": http.StatusNotFound} {
		if rec := post(serve(w.site(), desk), path, "at", "2026-11-23T14:00"); rec.Code != want {
			t.Errorf("%s: status %d, want %d", path, rec.Code, want)
		}
	}
	rec := post(serve(w.site(), approver), editedPath+"/schedule", "at", "2026-11-23T14:00")
	if rec.Code != http.StatusSeeOther || len(w.done) != 1 || !w.done[0].At.Equal(w.at("2026-11-23 14:00")) {
		t.Errorf("status %d, sent %+v, want it scheduled for two", rec.Code, w.done)
	}
	i, _ := w.view.Find("HS-1042")
	i.Confidential = true
	w.put(headstart.TableIncidents, "HS-1042", i)
	w.fill()
	get(t, serve(w.site(), desk), editedPath, http.StatusForbidden)
	if list := get(t, serve(w.site(), desk), "/announcements", http.StatusOK); strings.Contains(list, "aa11.noord") {
		t.Error("the list names a message about what is confidential")
	}
	get(t, serve(w.site(), approver), editedPath, http.StatusOK)
}

// TestHushButton: the panic switch of ruling 30 is a button, and says until when.
func TestHushButton(t *testing.T) {
	w := badMonday(t)
	if page := get(t, serve(w.site(), desk), "/announcements", http.StatusOK); !strings.Contains(page, `action="/hush"`) {
		t.Error("no button holds all messages")
	}
	if rec := post(serve(w.site(), desk), "/hush", "for", "2h", "reason", "oefening"); rec.Code != http.StatusSeeOther || w.done[0].Do != "hush" || w.done[0].For != "2h" || w.done[0].Text != "oefening" {
		t.Errorf("status %d, sent %+v", rec.Code, w.done)
	}
	if rec := post(serve(w.site(), desk), "/hush", "for", "2h"); rec.Code != http.StatusBadRequest {
		t.Errorf("without a reason: status %d", rec.Code)
	}
	if rec := post(serve(w.site(), desk), "/hush", "for", "1y", "reason", "oefening"); rec.Code != http.StatusBadRequest {
		t.Errorf("a year: status %d", rec.Code)
	}
	w.put(headstart.TableDesk, "hush", headstart.DeskNote{V: 1, ID: "hush", Kind: "notice", At: w.now, Until: w.at("2026-11-23 10:21")})
	w.fill()
	if page := get(t, serve(w.site(), desk), "/announcements", http.StatusOK); !strings.Contains(page, "stil tot 10:21") || !strings.Contains(page, `value="0s"`) {
		t.Error("the page does not say until when all is held, or offers no end")
	}
}

// TestReach covers ruling 29: who gets a message, who is left out, and whom two channels reach.
func TestReach(t *testing.T) {
	w := badMonday(t)
	c := headstart.LogConfig{}
	if known := w.view.Config(); known != nil {
		c = *known
	}
	c.Audiences = []headstart.Audience{{ID: "noord", Locations: []string{"noord"}, Groups: []string{"g-noord", "g-team", "g-balie"}}}
	c.Channels = []headstart.ChannelInfo{{Name: "mail-noord", Audiences: []string{"noord"}}, {Name: "mail-allen"}, {Name: "chat-zuid", Audiences: []string{"zuid"}}}
	w.put(headstart.TableConfig, "current", c)
	w.fill()
	a, _, ok := findAnnouncement(w.view, "aa11.noord")
	i, _ := w.view.Find("HS-1042")
	i.Locations = []string{"noord", "zuid"}
	e := wordsOfTests()
	want := reach{
		Audience: "noord", People: 180, Groups: []string{"g-noord", "g-team", "g-balie"}, Channels: []string{"mail-noord", "mail-allen"}, LeftOut: []string{"zuid"},
		Overlaps: []sharedBy{{"allen@example.org", []string{"mail-noord", "mail-allen"}}},
	}
	if diff := cmp.Diff(want, e.reachOf(w.view, &a, &i)); diff != "" || !ok {
		t.Errorf("reach differs (-want +got):\n%s", diff)
	}
}

func findAnnouncement(view *headstart.View, id string) (headstart.Announcement, int, bool) {
	for n, a := range view.Announcements() {
		if a.ID == id {
			return a, n, true
		}
	}
	return headstart.Announcement{}, 0, false
}
