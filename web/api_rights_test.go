package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"headstart"
	"headstart/web/door"
)

func TestAPIApprovingNeedsTheRole(t *testing.T) {
	path := "/api/v1/announcements/uid2.noord/approve"
	for name, tt := range map[string]struct {
		id    headstart.Identity
		users bool
		want  int
	}{
		"desk":                    {as("desk"), true, 403},
		"approver":                {as("approver"), true, 200},
		"admin":                   {headstart.Identity{Name: "admin", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeAdmin}}, true, 200},
		"a write token":           {headstart.Identity{Name: "bot", Scopes: []headstart.Scope{headstart.ScopeWrite}}, true, 403},
		"a token without users":   {headstart.Identity{Name: "bot", Scopes: []headstart.Scope{headstart.ScopeWrite}}, false, 200},
		"an admin token":          {headstart.Identity{Name: "ci", Scopes: []headstart.Scope{headstart.ScopeAdmin}}, true, 200},
		"an approver from zuid":   {as("approver", "zuid"), true, 403},
		"an approver from noord":  {as("approver", "noord"), true, 200},
		"an approver of no place": {as("approver"), true, 200},
	} {
		desk := &apiDesk{outcome: headstart.Outcome{Incident: "HS-2"}}
		call := testAPI(t, desk, func(o *APIOptions) { o.HasUsers = func() bool { return tt.users } })
		if res := call(tt.id, "POST", path, ""); res.StatusCode != tt.want {
			t.Errorf("%s: status %d, want %d", name, res.StatusCode, tt.want)
		}
	}
	if res := testAPI(t, &apiDesk{})(as("desk"), "POST", "/api/v1/announcements/uid2.noord/discard", ""); res.StatusCode != 200 {
		t.Errorf("discarding by the desk: %d, want 200", res.StatusCode)
	}
}

// TestAPIAndPagesMountTogether puts the whole of this package behind the door:
// every route has a scope, none stands twice.
func TestAPIAndPagesMountTogether(t *testing.T) { // ruling 39
	view := headstart.NewView()
	logger := slog.New(slog.DiscardHandler)
	desk := &apiDesk{}
	routes := NewAPI(APIOptions{View: view, Do: desk.do, Logger: logger}).Routes()
	routes = append(routes, New(Options{View: view, Do: desk.do, Config: DefaultConfig(), Logger: logger}).Routes()...)
	d, err := door.New(door.Options{Config: door.DefaultConfig(), DataDir: t.TempDir(), Logger: logger}, routes)
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		r := httptest.NewRequest(method, strings.NewReplacer("{$}", "", "{id}", "HS-1", "{do}", "ack", "{name}", "x", "{n}", "1").Replace(path), nil)
		r.Host, r.RemoteAddr = "127.0.0.1:8480", "192.0.2.7:1"
		w := httptest.NewRecorder()
		d.Desk().ServeHTTP(w, r)
		open := rt.Scope == headstart.ScopeOpen || rt.Scope == headstart.ScopePage
		if !open && w.Code != http.StatusUnauthorized {
			t.Errorf("%s of a stranger: %d, want 401", rt.Pattern, w.Code)
		}
	}
	if len(desk.got) != 0 {
		t.Errorf("a stranger gave commands: %v", desk.got)
	}
}
