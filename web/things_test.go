package web

import (
	"net/http"
	"strings"
	"testing"

	"headstart"
)

// Wherever a thing is named that has a page, its name leads there: on the board, on each
// part of an incident, in lists of tickets, in what was found.
func TestNamesLeadToTheirPages(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	for path, hrefs := range map[string][]string{
		"/":                           {`href="/a/nrd-sw-02"`},
		"/i/HS-1042":                  {`href="/a/nrd-sw-02"`, `href="/a/wifi"`, `href="/a/noord"`},
		"/i/HS-1042?tab=evidence":     {`href="/a/ap-n-11"`},
		"/i/HS-1042?tab=tickets":      {`href="/a/noord">Gebouw Noord</a>`},
		"/tickets":                    {`href="/a/noord">Gebouw Noord</a>`},
		"/search?q=printer":           {`href="/a/prn-n2-04"`},
		"/search?q=roosterplanner":    {`href="/a/planner"`},
		"/search?q=gebouw":            {`href="/a/noord"`, `href="/a/zuid"`},
		"/search?q=voeding+vervangen": {`href="/known-errors/KE-2"`},
	} {
		page := get(t, h, path, http.StatusOK)
		for _, href := range hrefs {
			if !strings.Contains(page, href) {
				t.Errorf("%s has no %s", path, href)
			}
		}
	}
}

// A name that its reader finds no page of leads nowhere: one the catalog does not have,
// one of another place, one that is confidential.
func TestANameWithoutAPageIsText(t *testing.T) {
	w := badMonday(t)
	zuid := desk
	zuid.Locations = []string{"zuid"}
	for name, c := range map[string]struct {
		who  headstart.Identity
		id   string
		want string
	}{
		"a device":               {desk, "nrd-sw-02", "/a/nrd-sw-02"},
		"of another place":       {zuid, "nrd-sw-02", ""},
		"another place":          {zuid, "noord", ""},
		"confidential":           {desk, "salaris", ""},
		"for who may":            {approver, "salaris", "/a/salaris"},
		"unknown":                {desk, "x", ""},
		"a place":                {desk, "zuid", "/a/zuid"},
		"what breaks an address": {desk, "a/../b", ""},
	} {
		if got := viewerOf(c.who, w.view).thing(c.id, "nl"); got.Href != c.want || got.Name == "" {
			t.Errorf("%s: %+v, want the address %q", name, got, c.want)
		}
	}
}

// The page of a thing has the known errors about it, and those that were the answer when
// it failed, as far as its reader may read them; those out of use are left out.
func TestTheKnownErrorsOfAThing(t *testing.T) {
	w := badMonday(t)
	retired := w.at("2026-11-20 10:00")
	w.put(headstart.TableKnown, "KE-8", headstart.KnownRecord{V: 1, Own: true, RetiredAt: &retired, KnownError: headstart.KnownError{ID: "KE-8", Title: headstart.Names{"nl": "Oud"}, Services: []string{"wifi"}}})
	h, who := mapped(w.fill()), []headstart.Identity{desk, approver}
	for path, want := range map[string][2][]string{
		"/a/wifi":              {{"KE-2", "Wifi weg in Noord", "voeding vervangen"}, {"KE-2"}},
		"/a/noord":             {{"KE-2"}, {"KE-2"}},
		"/a/nrd-sw-02?lang=en": {{"KE-2", "No wifi in the North building", "Known errors"}, {"KE-2"}},
		"/a/print":             {{"KE-1", "klep achter dicht"}, {"KE-1"}},
		"/a/mail":              {nil, nil},
		"/a/salaris":           {nil, {"KE-3"}},
	} {
		for n, texts := range want {
			if path == "/a/salaris" && n == 0 {
				continue // no page at all
			}
			page := get(t, serve(h, who[n]), path, http.StatusOK)
			for _, text := range texts {
				if !strings.Contains(page, text) {
					t.Errorf("%s as %s does not say %q", path, who[n].Role, text)
				}
			}
			if texts == nil && strings.Contains(middle(page), "/known-errors/") || strings.Contains(page, "KE-8") {
				t.Errorf("%s as %s names a known error that is not about it, or out of use", path, who[n].Role)
			}
		}
	}
}
