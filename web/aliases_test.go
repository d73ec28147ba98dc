package web

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"headstart"
)

var toverbord = headstart.AliasProposal{ID: "abc", Asset: "print", Word: "tover<bord", Tickets: 6, Requesters: 5, Days: 3, Proposal: `aliases: ["tover<bord"]`}

// Words of users stand on the board with their line for the catalog; whoever may
// write may reject them there and in the API.
func TestAliasesOnTheBoard(t *testing.T) {
	var did []headstart.Command
	w := newWorld(t)
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		did = append(did, c)
		return headstart.Outcome{Command: c.ID}, false, nil
	}
	aliases := func(context.Context) []headstart.AliasProposal { return []headstart.AliasProposal{toverbord} }
	s := w.fill().site(func(o *Options) { o.Aliases = aliases })
	viewer := headstart.Identity{Name: "v", Role: "viewer", Scopes: []headstart.Scope{headstart.ScopeRead}}
	writer := headstart.Identity{Name: "samira", Role: "editor", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}}

	page := get(t, serve(s, viewer), "/?lang=en", 200)
	for _, want := range []string{"Words of users", "tover&lt;bord", "6 tickets, 5 people, 3 days", "aliases: ["} {
		if !strings.Contains(page, want) {
			t.Errorf("the board lacks %q", want)
		}
	}
	if strings.Contains(page, "/aliases/abc/reject") {
		t.Error("a viewer is offered to reject")
	}
	if page := get(t, serve(s, writer), "/?lang=nl", 200); !strings.Contains(page, `action="/aliases/abc/reject"`) || !strings.Contains(page, "Woorden van gebruikers") {
		t.Error("who may write is not offered to reject")
	}
	if rec := post(serve(s, writer), "/aliases/abc/reject"); rec.Code != 303 || len(did) != 1 || did[0].Do != "reject-alias" || did[0].Ref != "abc" || did[0].By != "samira" {
		t.Errorf("rejecting answers %d and does %+v", rec.Code, did)
	}

	desk := &apiDesk{}
	api := NewAPI(APIOptions{View: w.view, Do: desk.do, Aliases: aliases, Logger: s.logger})
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/api/v1/catalog", nil)
	api.showCatalog(rec, r.WithContext(headstart.WithIdentity(r.Context(), viewer)))
	var got struct {
		Proposed []headstart.AliasProposal `json:"proposed_aliases"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || len(got.Proposed) != 1 || got.Proposed[0] != toverbord {
		t.Errorf("the API tells %s, %v", rec.Body, err)
	}
	r = httptest.NewRequest("POST", "/api/v1/aliases/abc/reject", strings.NewReader("{}"))
	r.SetPathValue("id", "abc")
	rec = httptest.NewRecorder()
	api.command("reject-alias")(rec, r.WithContext(headstart.WithIdentity(r.Context(), writer)))
	if rec.Code != 200 || len(desk.got) != 1 || desk.got[0].Ref != "abc" {
		t.Errorf("rejecting answers %d %s and does %+v", rec.Code, rec.Body, desk.got)
	}
}
