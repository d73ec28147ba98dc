package web

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// The board lists site agents with the age of what they say, in both languages; without
// agents it has no such card.
func TestBoardListsSiteAgents(t *testing.T) {
	w := newWorld(t)
	viewer := headstart.Identity{Name: "v", Role: "viewer", Scopes: []headstart.Scope{headstart.ScopeRead}}
	plain := w.fill().site()
	if page := get(t, serve(plain, viewer), "/?lang=en", 200); strings.Contains(page, "Site agents") {
		t.Error("a board without agents lists them")
	}
	s := w.site(func(o *Options) {
		o.Agents = func() []SiteAgent {
			return []SiteAgent{
				{Name: "noord", Asset: "sw-n-2", State: "live", HeardAt: w.now.Add(-2 * time.Minute)},
				{Name: "oost", Asset: "srv-<oost>", State: "live", HeardAt: w.now.Add(-time.Minute), Waiting: 12},
				{Name: "west", Asset: "srv-west", State: "silent", HeardAt: w.now.Add(-time.Hour), Since: w.now.Add(-time.Hour)},
				{Name: "zuid", Asset: "srv-zuid", State: "waiting"},
			}
		}
	})
	for url, want := range map[string][]string{
		"/?lang=en": {"Site agents", "heard 2 minutes ago", "12 checks are still to come", "nothing heard since", "not heard yet", "srv-&lt;oost&gt;"},
		"/?lang=nl": {"Meetposten op locatie", "2 minuten geleden gehoord", "12 controles komen nog binnen", "niets gehoord sinds", "nog niet gehoord"},
	} {
		page := get(t, serve(s, viewer), url, 200)
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s lacks %q", url, text)
			}
		}
	}
}
