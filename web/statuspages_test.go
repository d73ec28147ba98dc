package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/web/public"
)

// linksOfTests remembers what was asked of it.
type linksOfTests struct {
	made    []string
	revoked []string
	broken  error
}

func (l *linksOfTests) Make(page string, expires time.Time) (string, error) {
	l.made = append(l.made, page+" "+expires.Format(time.DateOnly))
	return "token-of-" + page, l.broken
}

func (l *linksOfTests) Revoke(page string) error {
	l.revoked = append(l.revoked, page)
	return l.broken
}

var boss = headstart.Identity{Name: "anna", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite, headstart.ScopeAdmin}}

// withPages has a page for everybody and one that is read by links.
func withPages(l PageLinks) func(*Options) {
	return func(o *Options) {
		o.Pages, o.PagesURL, o.Links = []public.Page{{Title: "Storingen", Access: "open"}, {ID: "bestuur", Access: "link"}}, "https://storingen.example.org", l
	}
}

// TestPageStateOnThePage: a page is set by hand with a reason and an end, shows that it
// is, and is let go; an account of some places does neither.
func TestPageStateOnThePage(t *testing.T) {
	w := badMonday(t)
	s := w.site(withPages(nil))
	h := serve(s, desk)
	for _, bad := range [][]string{
		{"page", "", "state", "purple", "for", "4h", "reason", "x"}, {"page", "", "state", "works", "for", "4y", "reason", "x"}, {"page", "", "state", "works", "for", "4h"},
	} {
		if rec := post(h, "/pages/state", bad...); rec.Code != http.StatusBadRequest {
			t.Errorf("%q: status %d, want 400", bad, rec.Code)
		}
	}
	if rec := post(h, "/pages/state", "page", "elders", "state", "works", "for", "4h", "reason", "x"); rec.Code != http.StatusNotFound {
		t.Errorf("a page that is none: status %d", rec.Code)
	}
	if rec := post(h, "/pages/state", "state", "works", "for", "4h", "reason", "x"); rec.Code != http.StatusNotFound {
		t.Errorf("no page named: status %d", rec.Code)
	}
	if rec := post(h, "/pages/state", "page", "", "state", "partly", "for", "4h", "reason", "telefonie"); rec.Code != http.StatusSeeOther || len(w.done) != 1 {
		t.Fatalf("status %d, sent %+v", rec.Code, w.done)
	}
	if c := w.done[0]; c.Do != "page-state" || c.Kind != "partly" || c.Text != "telefonie" || !c.Until.Equal(w.now.Add(4*time.Hour)) || c.By != "samira" {
		t.Errorf("sent %+v", c)
	}
	key := headstart.PageStateKey("")
	w.put(headstart.TableDesk, key, headstart.DeskNote{V: 1, ID: key, Kind: "notice", By: "samira", Until: w.at("2026-11-23 12:24"), State: "partly", Text: "x"})
	w.fill()
	if body := get(t, h, "/announcements", 200); !strings.Contains(body, "met de hand, door samira, tot 12:24") || !strings.Contains(body, `name="release"`) || !strings.Contains(body, `href="https://storingen.example.org/s/bestuur/"`) {
		t.Error("the page does not say that it was set by hand, or offers no way back")
	}
	if rec := post(h, "/pages/state", "page", "", "release", "1"); rec.Code != http.StatusSeeOther || *w.done[1].Value {
		t.Errorf("status %d, sent %+v", rec.Code, w.done)
	}
	if strings.Contains(get(t, serve(s, looker), "/announcements", 200), "/pages/state") {
		t.Error("a viewer may set it")
	}
}

// TestLinksOfPages: an admin makes a link, sees it once, and ends all of a page; a page
// for everybody has none, and nobody else is offered any.
func TestLinksOfPages(t *testing.T) {
	w, links := badMonday(t), &linksOfTests{}
	s := w.site(withPages(links))
	h := serve(s, boss)
	rec := post(h, "/pages/link", "page", "bestuur", "days", "90")
	if body := rec.Body.String(); rec.Code != http.StatusOK || !strings.Contains(body, "https://storingen.example.org/s/bestuur/link/token-of-bestuur/") || rec.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d: %s", rec.Code, body)
	}
	if strings.Contains(get(t, h, "/announcements", 200), "token-of-") {
		t.Error("the link is shown a second time")
	}
	if rec := post(h, "/pages/link", "page", "bestuur", "revoke", "1"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "zijn ingetrokken") {
		t.Errorf("revoke: status %d", rec.Code)
	}
	for fields, want := range map[string]int{"page= days=90": 404, "page=bestuur days=9": 400, "page=elders days=90": 404} {
		var all []string
		for f := range strings.FieldsSeq(fields) {
			name, value, _ := strings.Cut(f, "=")
			all = append(all, name, value)
		}
		if rec := post(h, "/pages/link", all...); rec.Code != want {
			t.Errorf("%s: status %d, want %d", fields, rec.Code, want)
		}
	}
	if len(links.made) != 1 || links.made[0] != "bestuur 2027-02-21" || len(links.revoked) != 1 {
		t.Errorf("made %q, revoked %q", links.made, links.revoked)
	}
	links.broken = errors.New("no space left on /data")
	if rec := post(h, "/pages/link", "page", "bestuur", "days", "30"); rec.Code != http.StatusServiceUnavailable || strings.Contains(rec.Body.String(), "/data") || strings.Contains(rec.Body.String(), "token-of") {
		t.Errorf("a link that could not be kept: status %d", rec.Code)
	}
	if strings.Contains(get(t, serve(s, desk), "/announcements", 200), "/pages/link") {
		t.Error("the desk is offered links, which are for admins")
	}
}
