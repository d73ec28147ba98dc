package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headstart"
)

func (w *world) bury(n headstart.Notice) {
	w.put(headstart.TableDead, n.Key, headstart.DeadLetter{V: 1, At: w.at("2026-11-23 08:10"), Why: "550 no such <list>", Notice: n})
}

// What channels did not take stands on the board and on a page of its own, where whoever
// may write sends it again; nobody learns of a confidential incident by it (ruling 30).
func TestDeadLettersOnThePages(t *testing.T) {
	var did []headstart.Command
	w := newWorld(t)
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		did = append(did, c)
		return headstart.Outcome{Command: c.ID}, false, nil
	}
	w.largeIncident()
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Calendar: &headstart.Calendar{}, Channels: []headstart.ChannelInfo{
		{Name: "mail-all", Type: "email", Reply: true}, {Name: "chat", Type: "slack", Update: true, Audiences: []string{"noord"}},
	}})
	open := w.fill().view.Incidents()[0]
	secret := open
	secret.ID, secret.Seq, secret.Group, secret.UID, secret.Confidential = "HS-9999", 9999, 9999, "u2", true
	w.put(headstart.TableIncidents, string(secret.ID), secret)
	w.bury(headstart.Notice{Key: "u1/noord/0/mail-all", Plane: headstart.PlaneUsers, Incident: open.ID, Channel: "mail-all", Phase: headstart.Investigating})
	w.bury(headstart.Notice{Key: "u1/operators/1/net-team", Plane: headstart.PlaneOperators, Incident: open.ID, Receiver: "net-team"})
	w.bury(headstart.Notice{Key: "u2/noord/0/mail-all", Plane: headstart.PlaneUsers, Incident: secret.ID, Channel: "mail-all"})
	w.put(headstart.TableMaintenance, "W-7", headstart.MaintenanceWindow{ID: "W-7", Services: []string{"salaris"}, StartsAt: w.now.Add(time.Hour), EndsAt: w.now.Add(2 * time.Hour)})
	w.put(headstart.TableMaintenance, "W-8", headstart.MaintenanceWindow{ID: "W-8", Locations: []string{"noord"}, StartsAt: w.now.Add(time.Hour), EndsAt: w.now.Add(2 * time.Hour)})
	planned := map[string]headstart.Text{"en": {Title: "Wifi <work>"}}
	w.bury(headstart.Notice{Key: "u7/noord/0/mail-all", Plane: headstart.PlaneUsers, Window: "W-7", Channel: "mail-all", Text: planned})
	w.bury(headstart.Notice{Key: "u8/noord/0/mail-all", Plane: headstart.PlaneUsers, Window: "W-8", Channel: "mail-all", Text: planned})
	tried := ""
	s := w.fill().site(func(o *Options) {
		o.TryChannel = func(_ context.Context, name string) error {
			tried = name
			if name == "chat" {
				return errors.New("channel chat: answered 403")
			}
			return nil
		}
	})
	elsewhere := desk
	elsewhere.Locations = []string{"zuid"}
	admin := headstart.Identity{Name: "a", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite, headstart.ScopeAdmin}}

	if page := get(t, serve(s, looker), "/?lang=en", 200); !strings.Contains(page, "3 messages not delivered") {
		t.Error("the board does not say that three messages were not delivered")
	}
	page := get(t, serve(s, looker), "/channels?lang=en", 200)
	for _, want := range []string{"550 no such &lt;list&gt;", "net-team", "W-8", "Wifi &lt;work&gt;", "page to operators", string(open.ID), "chat", "posts, edits"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, no := range []string{"u2/noord", "u7/noord", "/resend", "/test"} {
		if strings.Contains(page, no) {
			t.Errorf("a viewer's page has %q", no)
		}
	}
	if page := get(t, serve(s, admin), "/channels?lang=nl", 200); !strings.Contains(page, `action="/channels/mail-all/test"`) || !strings.Contains(page, "u2/noord/0/mail-all") {
		t.Error("an admin lacks the test button, or what only an admin may see")
	}

	if rec := post(serve(s, desk), "/dead-letters/resend", "message", "u1/noord/0/mail-all", "message", "u1/operators/1/net-team"); rec.Code != 303 || len(did) != 2 || did[0].Do != "resend" || did[0].Message != "u1/noord/0/mail-all" || did[1].By != "samira" {
		t.Errorf("sending again answers %d and does %+v", rec.Code, did)
	}
	did = nil
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"outside the locations": post(serve(s, elsewhere), "/dead-letters/dismiss", "message", "u1/noord/0/mail-all"),
		"confidential":          post(serve(s, desk), "/dead-letters/resend", "message", "u2/noord/0/mail-all"),
		"work elsewhere":        post(serve(s, elsewhere), "/dead-letters/resend", "message", "u8/noord/0/mail-all"),
		"confidential work":     post(serve(s, desk), "/dead-letters/resend", "message", "u7/noord/0/mail-all"),
		"nothing chosen":        post(serve(s, desk), "/dead-letters/resend"),
		"another verb":          post(serve(s, desk), "/dead-letters/burn", "message", "u1/noord/0/mail-all"),
	} {
		if rec.Code < 400 || len(did) > 0 {
			t.Errorf("%s: %d, did %+v", name, rec.Code, did)
		}
	}

	if rec := post(serve(s, admin), "/channels/mail-all/test"); rec.Code != 200 || tried != "mail-all" || !strings.Contains(rec.Body.String(), "nam het testbericht aan") {
		t.Errorf("the test of mail-all answers %d, tried %q", rec.Code, tried)
	}
	if rec := post(serve(s, admin), "/channels/chat/test"); !strings.Contains(rec.Body.String(), "answered 403") {
		t.Error("a test that fails does not say why")
	}
}

// The API tells of messages that were given up, and sends them again for whoever may
// act on their incident.
func TestDeadLettersAPI(t *testing.T) {
	engine := &apiDesk{}
	letter := func(key string, id headstart.IncidentID) headstart.FeedOp {
		return feedRow(t, headstart.TableDead, key, headstart.DeadLetter{V: 1, At: apiNow, Why: "550", Notice: headstart.Notice{Key: key, Plane: headstart.PlaneUsers, Incident: id, Channel: "mail"}})
	}
	call := testAPI(t, engine, func(o *APIOptions) {
		if err := o.View.Apply(headstart.Offset{Ms: 6}, headstart.FeedEntry{Rows: []headstart.FeedOp{letter("a/noord/0/mail", "HS-2"), letter("b/noord/0/mail", "HS-3")}}); err != nil {
			t.Fatal(err)
		}
		o.TryChannel = func(_ context.Context, name string) error {
			if name != "mail" {
				return ErrNoChannel
			}
			return nil
		}
	})
	resp := call(desk, "GET", "/api/v1/dead-letters", "")
	var list deadLetterList
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list.DeadLetters) != 1 || list.DeadLetters[0].Message != "a/noord/0/mail" || list.DeadLetters[0].Place != "mail" {
		t.Errorf("the list is %+v, %v; want the one that is not confidential", list, err)
	}
	for _, tc := range []struct {
		path, body string
		status     int
	}{
		{"/api/v1/dead-letters/resend", `{"message":"a/noord/0/mail"}`, 200},
		{"/api/v1/dead-letters/dismiss", `{"message":"b/noord/0/mail"}`, 403},
		{"/api/v1/dead-letters/resend", `{}`, 422},
		{"/api/v1/dead-letters/resend", `{"message":"a","text":"x"}`, 422},
		{"/api/v1/channels/mail/test", ``, 200},
		{"/api/v1/channels/none/test", ``, 404},
	} {
		resp := call(desk, "POST", tc.path, tc.body)
		if body, _ := io.ReadAll(resp.Body); resp.StatusCode != tc.status {
			t.Errorf("%s %s: %d %s, want %d", tc.path, tc.body, resp.StatusCode, body, tc.status)
		}
	}
	if len(engine.got) != 1 || engine.got[0].Do != "resend" || engine.got[0].Message != "a/noord/0/mail" {
		t.Errorf("did %+v", engine.got)
	}
}
