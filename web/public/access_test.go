package public

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// visit makes a request as the door hands it on: from an address, as somebody.
func visit(h http.Handler, method, path, from string, id headstart.Identity) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	ctx := headstart.WithIdentity(r.Context(), id)
	if from != "" {
		ctx = headstart.WithClient(ctx, netip.MustParseAddr(from))
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r.WithContext(ctx))
	return rec
}

// Access holds for all of a page: its messages, whatever it offers, each language.
func TestEachPageIsReadByWhomItIsFor(t *testing.T) {
	w := badMonday(t)
	w.cat.Locations[0].Networks = []string{"10.1.0.0/16"}
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Timezone: "Europe/Amsterdam", Catalog: &w.cat})
	w.fill()
	links := OpenLinks(t.TempDir())
	s := w.site(func(o *Options) {
		o.Links = links
		o.Config.Pages = []Page{
			{ID: "open"},
			{ID: "net", Access: "network", Networks: []string{"192.0.2.0/24", "2001:db8::7"}},
			{ID: "catalog", Access: "network"},
			{ID: "link", Access: "link"},
			{ID: "desk", Access: "oidc"},
		}
	})
	token, err := links.Make("link", w.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	other, err := links.Make("open", w.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	expired, err := links.Make("link", w.now)
	if err != nil {
		t.Fatal(err)
	}
	worker := headstart.Identity{Name: "vera", Scopes: []headstart.Scope{headstart.ScopeRead}}
	message := publicID("announcement", "aa11.noord") + "/"
	for name, c := range map[string]struct {
		page, from string
		who        headstart.Identity
		want       int
	}{
		"an open page":                        {"open/", "203.0.113.9", headstart.Identity{}, 200},
		"a page of a network, inside":         {"net/", "192.0.2.44", headstart.Identity{}, 200},
		"its one address":                     {"net/", "2001:db8::7", headstart.Identity{}, 200},
		"outside":                             {"net/", "203.0.113.9", headstart.Identity{}, 403},
		"of an unknown address":               {"net/", "", headstart.Identity{}, 403},
		"a network of the catalog":            {"catalog/", "10.1.200.3", headstart.Identity{}, 200},
		"beside the networks of the catalog":  {"catalog/", "10.2.0.1", headstart.Identity{}, 403},
		"its own networks are all there are":  {"net/", "10.1.200.3", headstart.Identity{}, 403},
		"without a link":                      {"link/", "10.1.0.1", headstart.Identity{}, 403},
		"with a link":                         {"link/link/" + token + "/", "203.0.113.9", headstart.Identity{}, 200},
		"with the link of another page":       {"link/link/" + other + "/", "203.0.113.9", headstart.Identity{}, 403},
		"with an old link":                    {"link/link/" + expired + "/", "203.0.113.9", headstart.Identity{}, 403},
		"with a link somebody made up":        {"link/link/" + strings.Repeat("A", 32) + "/", "203.0.113.9", headstart.Identity{}, 403},
		"with an empty link":                  {"link/link//", "203.0.113.9", headstart.Identity{}, 403},
		"of the desk, by nobody":              {"desk/", "10.1.0.1", headstart.Identity{}, 403},
		"of the desk, by who is logged in":    {"desk/", "203.0.113.9", worker, 200},
		"of the desk, by an account of all":   {"desk/", "203.0.113.9", headstart.Identity{Reader: true}, 200},
		"an account of all, a page by link":   {"link/", "203.0.113.9", headstart.Identity{Reader: true}, 403},
		"an account of all, of a network":     {"net/", "203.0.113.9", headstart.Identity{Reader: true}, 403},
		"a log-in opens no page of a network": {"net/", "203.0.113.9", worker, 403},
	} {
		t.Run(name, func(t *testing.T) {
			for _, file := range []string{"", "nl/", "en/", message, "nl/" + message, "nl/" + message + "thanks"} {
				rec := visit(s, http.MethodGet, "/s/"+c.page+file, c.from, c.who)
				if rec.Code != c.want {
					t.Fatalf("%s: %d, want %d", file, rec.Code, c.want)
				}
				if body := rec.Body.String(); c.want == 403 && (strings.Contains(body, "HS-1042") || !strings.Contains(body, "<h1>")) {
					t.Errorf("%s: who may not read it is told %s", file, body)
				}
				open := strings.HasPrefix(c.page, "open")
				if got := rec.Header().Get("Cache-Control"); !open && c.want == 200 && got != "private, no-cache" {
					t.Errorf("%s: Cache-Control %q", file, got)
				}
				if body := rec.Body.String(); !open && strings.Contains(body, "canonical") {
					t.Errorf("%s says where it is found", file)
				}
				if rec.Header().Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%s may be read by pages of others", file)
				}
			}
		})
	}
	for _, file := range []string{"feed.atom", "feed.rss", "calendar.ics", "banner.json", "api/v2/summary.json", ""} {
		body := visit(s, http.MethodGet, "/s/link/link/"+token+"/nl/"+file, "203.0.113.9", headstart.Identity{}).Body.String()
		if strings.Contains(body, tokenHere) || (file != "" && file != "calendar.ics" && !strings.Contains(body, "/s/link/link/"+token+"/nl/")) {
			t.Errorf("addresses in %s do not open for who has the link", file)
		}
	}
	for _, r := range s.Routes() {
		desk := strings.Contains(r.Pattern, "/s/desk/")
		if r.Public == desk || (r.Scope == headstart.ScopeRead) != desk {
			t.Errorf("%s: scope %s, public %t", r.Pattern, r.Scope, r.Public)
		}
	}
}

func TestALinkIsRevoked(t *testing.T) {
	dir := t.TempDir()
	service, command := OpenLinks(dir), OpenLinks(dir)
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	first, err := command.Make("personeel", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	beside, err := command.Make("bestuur", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !service.Opens("personeel", first, now) || !service.Opens("bestuur", beside, now) {
		t.Fatal("a new link does not open its page")
	}
	if service.Opens("personeel", first, now.Add(time.Hour)) {
		t.Error("a link opens after its end")
	}
	if err := command.Revoke("personeel"); err != nil {
		t.Fatal(err)
	}
	if service.Opens("personeel", first, now) {
		t.Error("a revoked link opens")
	}
	if !service.Opens("bestuur", beside, now) {
		t.Error("revoking the links of a page ended those of another")
	}
	second, err := command.Make("personeel", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !service.Opens("personeel", second, now) {
		t.Error("a link made after the others were revoked does not open")
	}
	info, err := os.Stat(filepath.Join(dir, linksFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the keys lie there as %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, linksFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if service.Opens("personeel", second, now) {
		t.Error("a link opens without its key")
	}
}

// Every bit of a link counts.
func TestAChangedLinkOpensNothing(t *testing.T) {
	l := OpenLinks(t.TempDir())
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	token, err := l.Make("p", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		for _, c := range "Aa0_" {
			if forged := token[:i] + string(c) + token[i+1:]; forged != token && l.Opens("p", forged, now) {
				t.Errorf("%s opens what %s does", forged, token)
			}
		}
	}
}

func FuzzOpens(f *testing.F) {
	l := OpenLinks(f.TempDir())
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	token, err := l.Make("p", now.Add(time.Hour))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if s != token && l.Opens("p", s, now) {
			t.Errorf("%q opens the page", s)
		}
	})
}
