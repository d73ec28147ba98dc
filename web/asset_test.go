package web

import (
	"net/http"
	"strings"
	"testing"

	"headstart"
)

func TestAssetPage(t *testing.T) {
	w := badMonday(t)
	w.cat.Locations = append(w.cat.Locations, headstart.Location{ID: "n2", Parent: "noord", Name: headstart.Names{"nl": "Tweede verdieping"}})
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat})
	h := serve(mapped(w.fill()), desk)
	for path, want := range map[string][]string{
		"/a/nrd-sw-02": {
			"<bdi>NRD-SW-02</bdi></h1>", "switch", "stuk", "antwoordt niet", "10.1.2.2", "verdeler kelder noord", `<a href="/a/core-01"><bdi>Kern</bdi></a>`, "180 mensen, 1 printer, 1 dienst.",
			"HS-1042 Wifi en internet werken niet", "was de vermoedelijke oorzaak", "12 meldingen", "HostDown", `role="img"`,
		},
		"/a/prn-n2-04":    {"printer", "printers", "laatste 4 keer", "HS-1042"},
		"/a/zui-sw-01":    {"stuk tijdens gepland werk", "Wifi valt soms weg", "stil door gepland werk"},
		"/a/wifi":         {"dienst", "HS-1021", "netwerk", "HS-1042"},
		"/a/mail?lang=en": {"service", "works", "No incident in 90 days."},
		"/a/noord":        {"plek", "4 stuk", "Wat hier staat", "HS-1042", `href="/map?at=noord`},
		"/a/n2":           {"Ligt in", "Gebouw Noord"},
		"/a/core-01":      {"Kern", "geen controle"},
	} {
		body := get(t, h, path, http.StatusOK)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
	}
	if strings.Contains(get(t, h, "/a/nrd-sw-02", http.StatusOK), "1 jan") {
		t.Error("a time that is not known is told")
	}
	for _, path := range []string{"/a/salaris", "/a/x", "/a/%3Cscript%3Ealert(1)%3C%2Fscript%3E"} {
		if body := get(t, h, path, http.StatusNotFound); strings.Contains(body, "<script>alert") || strings.Contains(body, "Salarisbestanden") {
			t.Errorf("%s shows what it should not", path)
		}
	}
	w.cat.Devices[5].Services = []string{"salaris", "print"}
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat})
	if body := get(t, serve(mapped(w.fill()), desk), "/a/prn-n2-04", http.StatusOK); strings.Contains(body, "Salarisbestanden") || !strings.Contains(body, "<dd><bdi>Printen</bdi></dd>") {
		t.Error("a page of a printer names a service that is confidential")
	}
	if !strings.Contains(get(t, serve(mapped(w), approver), "/a/salaris", http.StatusOK), "Salarisbestanden") {
		t.Error("an approver does not see what is confidential")
	}
}

// Who is bound to places sees of others neither the things nor the places.
func TestMapHoldsToPlaces(t *testing.T) {
	bound := headstart.Identity{Name: "zoe", Role: "desk", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}, Locations: []string{"zuid"}}
	h := serve(mapped(badMonday(t)), bound)
	for path, want := range map[string]int{"/a/nrd-sw-02": 404, "/a/noord": 404, "/a/zui-sw-01": 200, "/a/zuid": 200, "/a/core-01": 200, "/map": 200, "/map?layer=all": 200, "/map?asset=core-01": 200, "/map?asset=nrd-sw-02": 200, "/map?q=noord": 200, "/wall": 200} {
		body := get(t, h, path, want)
		for _, text := range []string{"NRD-SW-02", "Gebouw Noord", "N2-04", "HS-1042"} {
			if strings.Contains(body, text) {
				t.Errorf("%s shows %q to somebody of another place", path, text)
			}
		}
	}
}

// Ruling 45: what the catalog, a check and an alert say is text.
func TestHostileCatalogIsHarmless(t *testing.T) {
	w := newWorld(t)
	n := 0
	evil := func() string { n++; return hostile(n) }
	w.cat.Locations = append(w.cat.Locations, headstart.Location{ID: "evil", Name: headstart.Names{"": evil()}, Aliases: []string{evil()}, Contact: evil()})
	w.cat.Devices = append(w.cat.Devices, headstart.Device{ID: "dev\"><script>alert(1)</script>", Kind: evil(), Name: headstart.Names{"": evil()}, Location: "evil", Address: evil(), Aliases: []string{evil()}, Expires: evil(), Services: []string{"wifi"}, DependsOn: headstart.Dependencies{{"core-01"}}})
	w.cat.Services[0].SupportGroup, w.cat.Services[0].Workaround, w.cat.Services[0].Aliases = evil(), headstart.Names{"": evil()}, []string{evil()}
	w.checks = append(w.checks, headstart.CheckResult{Probe: evil(), Asset: "dev\"><script>alert(1)</script>", Verdict: headstart.Down, Reason: evil(), At: w.now})
	w.rows = nil
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Audiences: []headstart.Audience{{ID: evil()}}, Channels: []headstart.ChannelInfo{{Name: evil()}}})
	w.put(headstart.TableFlaws, "skewed/x", headstart.Flaw{V: 1, Kind: headstart.Skewed, Subject: evil()})
	s := w.fill().site(healthy(w, func(h *Health) {
		h.Sources, h.File, h.Findings = []SourceHealth{{Kind: "alerts", Name: evil(), Down: true}}, evil(), []HealthFinding{{evil(), evil()}}
	}))
	h := serve(s, admin)
	for _, path := range []string{"/map", "/map?layer=all", "/map?at=evil", "/map?asset=dev%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/map?q=script", "/map?asset=%3Cscript%3Ealert", "/a/dev%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/a/evil", "/a/wifi", "/settings", "/wall"} {
		body := get(t, h, path, 200)
		for _, bad := range []string{"<script>alert", "<img", "onerror=alert(1)>"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s lets %q through", path, bad)
			}
		}
	}
}
