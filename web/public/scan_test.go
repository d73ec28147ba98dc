package public

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// everything is what a site answers with to anybody: every file of every edition,
// with its headers, by path.
func everything(t testing.TB, s *Site) map[string]string {
	t.Helper()
	h, out := serve(s), map[string]string{}
	for _, p := range s.all {
		for _, e := range p.editions {
			st := p.state()
			names := offered(s, st)
			for _, m := range st.Messages {
				if path, ok := strings.CutPrefix(e.messageURL(&m), e.url()); ok && !strings.HasPrefix(path, "#") {
					names = append(names, path)
				}
			}
			for _, name := range names {
				r := httptest.NewRequest("GET", e.path+name, nil)
				r.Host = "kwaad.example"
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				var all strings.Builder
				if err := rec.Header().Write(&all); err != nil {
					t.Fatal(err)
				}
				all.WriteString(rec.Body.String())
				out[e.path+name] = all.String()
			}
		}
	}
	return out
}

// leaks lists where bytes hold what they must not. Escapes hide nothing: JSON and
// XML are read as what they say.
func leaks(files map[string]string, needles []string) (out []string) {
	read := strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&quot;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&", `\"`, `"`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&", "\r\n ", "")
	for path, body := range files {
		body = strings.ToLower(read.Replace(read.Replace(body)))
		for _, needle := range needles {
			if needle != "" && strings.Contains(body, strings.ToLower(needle)) {
				out = append(out, path+" holds "+needle)
			}
		}
	}
	slices.Sort(out)
	return out
}

// secrets are what a catalog holds and no reader may see.
func secrets(c *headstart.Catalog) []string {
	var out []string
	for _, d := range c.Devices {
		out = append(append(out, d.ID, d.Address), d.Aliases...)
	}
	for _, s := range c.Services {
		out = append(append(out, s.SupportGroup, s.KB), s.Aliases...)
		if s.Confidential {
			out = append(out, s.Name["nl"])
		}
	}
	for _, l := range c.Locations {
		out = append(append(out, l.Networks...), l.Aliases...)
	}
	for _, d := range c.Departments {
		out = append(append(out, d.ID, d.Name["nl"]), d.Aliases...)
	}
	for _, p := range c.Parts {
		out = append(out, p.ID)
	}
	for _, k := range c.KnownErrors {
		out = append(append(out, k.ID, k.Fix, k.KB, k.SupplierCase), k.Symptoms["nl"]...)
	}
	return out
}

// populated is an organisation with everything a catalog can hold, some of it
// hostile, and people at work.
func populated(t testing.TB) (w *world, needles []string) {
	w = newWorld(t)
	c := &w.cat
	c.Devices = append(c.Devices,
		headstart.Device{ID: `srv-"><script>alert(9)</script>`, Name: headstart.Names{"": "Server"}, Address: "fd00:12:3::7", Aliases: []string{"de doos van Hans", "erp01.intern.example"}, Services: []string{"planner"}},
		headstart.Device{ID: "kluis-01", Address: "10.9.9.9", Confidential: true})
	c.Locations[0].Networks, c.Locations[0].Aliases = []string{"10.1.0.0/16"}, []string{"de nieuwbouw"}
	c.Services[0].Aliases, c.Services[0].KB = []string{"eduroam-mgmt"}, "https://kb.intern.example/12"
	c.Departments = []headstart.Department{{ID: "fin-adm", Name: headstart.Names{"nl": "Financiële Administratie"}, Aliases: []string{"crediteuren"}, Locations: []string{"noord"}, People: 40}}
	c.Parts = []headstart.Part{{ID: "TN-2420", Fits: []string{"prn-n2-04"}, Stock: 3}}
	c.KnownErrors = []headstart.KnownError{{ID: "KE-7", Services: []string{"print"}, Fix: "spooler herstarten op kluis-01", KB: "https://kb.intern.example/7", SupplierCase: "CASE-881", Symptoms: map[string][]string{"nl": {"papier kreukt"}}}}
	w.rows = nil
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: c, Calendar: &headstart.Calendar{}})
	w.largeIncident()
	w.slowIncident()
	w.pastIncident()
	w.plannedWork()
	w.put(headstart.TableMaintenance, "W-400", headstart.MaintenanceWindow{ID: "W-400", Services: []string{"wifi"}, Assets: []string{"core-01"}, StartsAt: w.at("2026-11-25 18:00"), EndsAt: w.at("2026-11-25 20:00"), Owner: "hendrika", By: "hendrika", Summary: headstart.Names{"nl": "Hendrika vervangt de kern"}})
	w.put(headstart.TableMaintenance, "W-401", headstart.MaintenanceWindow{ID: "W-401", Services: []string{"wifi"}, StartsAt: w.at("2026-11-26 18:00"), EndsAt: w.at("2026-11-26 20:00"), Summary: headstart.Names{"nl": "naar fd00:12:3::7 en 00:1b:21:aa:bb:cc"}})
	w.put(headstart.TableMaintenance, "W-402", headstart.MaintenanceWindow{ID: "W-402", Assets: []string{"kluis-01"}, StartsAt: w.at("2026-11-26 18:00"), EndsAt: w.at("2026-11-26 20:00"), Summary: headstart.Names{"nl": "Geheim werk"}})
	w.put(headstart.TableAnnouncements, "w312.alle", headstart.Announcement{
		V: 1, ID: "w312.alle", UID: "w312", Window: "W-312", Number: "HS-W3", Audience: "directie-groep", State: headstart.AnnouncementPublished, Services: []string{"planner"},
		Updates: []headstart.Update{{N: 1, Phase: headstart.MaintenanceAnnounced, At: w.at("2026-11-22 10:00"), By: "joris", Approver: "samira", Hits: []headstart.Hit{{Word: "kern-router"}}, Text: map[string]headstart.Text{"nl": text("Roosterplanner werkt even niet", "Vanmiddag werkt de roosterplanner even niet.")}}},
	})
	w.put(headstart.TableIncidents, "HS-1051", headstart.Incident{V: 1, ID: "HS-1051", UID: "ff", Seq: 1051, State: headstart.Open, Confidential: true, Services: []string{"salaris"}, StartedAt: w.now})
	w.checks = []headstart.CheckResult{{Probe: "salaris-intern", Service: "salaris", Target: "https://salaris.intern.example", Verdict: headstart.Down, Reason: "no answer from kluis-01"}}
	needles = append(secrets(c), "joris", "samira", "daan", "hendrika", "directie-groep", "kern-router", "W-3", "W-4", "W-2@", "CAL-", "aa11.", "bb22.", "w312.",
		"HS-1051", "Geheim", "planning@", "Firmware", "Lunch", "M-1", "desk.example.org", "intern.example", "00:1b:21", "kwaad.example", "Set-Cookie", "Monteur", "concept")
	return w.fill(), needles
}

// Rulings 30, 35 and 41: no file of any page, in any language, holds a device, an
// address, an alias, a group, a person or anything confidential of the catalog.
func TestNoPublicFileHoldsASecret(t *testing.T) {
	w, needles := populated(t)
	s := w.site(func(o *Options) {
		o.Config.Pages = []Page{{}, {ID: "noord", Locations: []string{"noord"}}}
		o.Known = w.at("2026-09-01 12:00")
	})
	files := everything(t, s)
	if len(files) < 2*3*(len(s.files)+4) {
		t.Fatalf("%d files only", len(files))
	}
	for _, l := range leaks(files, needles) {
		t.Error(l)
	}
	for path, body := range files {
		for _, bad := range []string{"http://", "//desk"} {
			if strings.Contains(strings.NewReplacer("http://www.w3.org/", "", "http://purl.org/dc/", "").Replace(body), bad) {
				t.Errorf("%s leads to %s", path, bad)
			}
		}
	}
}

// The scan finds what is there: a secret in a text that is told is found in every
// file that tells it.
func TestTheScanFindsWhatIsThere(t *testing.T) {
	w := newWorld(t)
	w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", UID: "a", Seq: 1, State: headstart.Open, StartedAt: w.now.Add(-time.Hour)})
	secret := `nrd-sw-02 & "kluis" <x>`
	tx := text(secret, secret, secret, secret)
	tx.Body = secret
	w.put(headstart.TableAnnouncements, "a.x", headstart.Announcement{
		V: 1, ID: "a.x", UID: "a", Incident: "HS-1", State: headstart.AnnouncementPublished, Effect: "down", Services: []string{"mail"},
		Updates: []headstart.Update{{N: 1, Phase: headstart.Investigating, At: w.now, Text: map[string]headstart.Text{"nl": tx}}},
	})
	w.put(headstart.TableMaintenance, "W", headstart.MaintenanceWindow{ID: "W", Services: []string{"mail"}, StartsAt: w.now, EndsAt: w.now.Add(time.Hour)})
	w.put(headstart.TableAnnouncements, "w.x", headstart.Announcement{
		V: 1, ID: "w.x", UID: "w", Window: "W", Number: "HS-W1", State: headstart.AnnouncementPublished, Services: []string{"mail"},
		Updates: []headstart.Update{{N: 1, Phase: headstart.MaintenanceStarted, At: w.now, Text: map[string]headstart.Text{"nl": tx}}},
	})
	found := strings.Join(leaks(everything(t, w.fill().site()), []string{secret}), "\n") + "\n"
	for _, name := range []string{"", "feed.atom", "feed.rss", "banner.json", "banner.html", "phone.txt", "calendar.ics", publicID("window", "W") + ".ics", "api/v2/summary.json", "api/v2/incidents.json", "api/v2/incidents/unresolved.json", "api/v2/scheduled-maintenances.json", "api/v2/scheduled-maintenances/active.json"} {
		if !strings.Contains(found, "/s/nl/"+name+" holds ") {
			t.Errorf("nobody finds it in /s/nl/%s", name)
		}
	}
}
