package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/web/public"
)

// amsterdam is where the invented organisation stands.
func amsterdam(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// world is a View under construction, and the clock beside it.
type world struct {
	t    testing.TB
	zone *time.Location
	now  time.Time
	rows []headstart.FeedOp
	view *headstart.View
	cat  headstart.Catalog

	checks []headstart.CheckResult
	titles map[string]string

	mu   sync.Mutex
	done []headstart.Command
	do   func(headstart.Command) (headstart.Outcome, bool, error)
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, zone: amsterdam(t), view: headstart.NewView(), titles: map[string]string{}}
	w.now = w.at("2026-11-23 08:24")
	w.cat = headstart.Catalog{
		Organisation: "Voorbeeld College",
		Locations: []headstart.Location{
			{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord", "en": "North building"}},
			{ID: "zuid", Name: headstart.Names{"nl": "Gebouw Zuid", "en": "South building"}},
		},
		Services: []headstart.Service{
			{ID: "wifi", Name: headstart.Names{"nl": "Wifi en internet", "en": "Wifi and internet"}, Kind: headstart.KindNetwork, SupportGroup: "netwerk"},
			{ID: "planner", Name: headstart.Names{"nl": "Roosterplanner", "en": "Timetable"}, Kind: headstart.KindApplication, SupportGroup: "applicaties"},
			{ID: "print", Name: headstart.Names{"nl": "Printen", "en": "Printing"}},
			{ID: "mail", Name: headstart.Names{"": "Mail"}},
			{ID: "login", Name: headstart.Names{"nl": "Inloggen", "en": "Logging in"}},
			{ID: "salaris", Name: headstart.Names{"nl": "Salarisbestanden"}, Confidential: true},
		},
		Devices: []headstart.Device{
			{ID: "core-01", Kind: "switch", Name: headstart.Names{"": "Kern"}, Address: "10.1.0.1", Aliases: []string{"hoofdverdeler MER"}},
			{ID: "nrd-sw-02", Kind: "switch", Name: headstart.Names{"": "NRD-SW-02"}, Location: "noord", Address: "10.1.2.2", DependsOn: headstart.Dependencies{{"core-01"}}, Aliases: []string{"verdeler kelder noord"}},
			{ID: "zui-sw-01", Kind: "switch", Name: headstart.Names{"": "Gebouw Zuid"}, Location: "zuid", Address: "10.2.0.1", DependsOn: headstart.Dependencies{{"core-01"}}},
			{ID: "ap-n-11", Kind: "accesspoint", Location: "noord", Address: "10.1.3.11", DependsOn: headstart.Dependencies{{"nrd-sw-02"}}},
			{ID: "ap-n-12", Kind: "accesspoint", Location: "noord", Address: "10.1.3.12", DependsOn: headstart.Dependencies{{"nrd-sw-02"}}},
			{ID: "prn-n2-04", Kind: "printer", Name: headstart.Names{"": "N2-04"}, Location: "noord", Address: "10.1.2.4", DependsOn: headstart.Dependencies{{"nrd-sw-02"}}, Aliases: []string{"printer bij de trap"}},
		},
	}
	w.cat.KnownErrors = []headstart.KnownError{{
		ID: "KE-1", Services: []string{"print"}, Symptoms: map[string][]string{"nl": {"papier kreukt"}, "en": {"paper creases"}},
		Workaround: headstart.Names{"nl": "Print op de gang ernaast."}, Fix: "klep achter dicht", ReviewBy: "2026-11-01", SupplierCase: "C-881",
	}}
	w.put(headstart.TableConfig, "current", headstart.LogConfig{
		Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Calendar: &headstart.Calendar{},
	})
	return w
}

func (w *world) at(s string) time.Time {
	w.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, w.zone)
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

func (w *world) ptr(s string) *time.Time { t := w.at(s); return &t }

func (w *world) put(table, key string, row any) {
	w.t.Helper()
	b, err := json.Marshal(row)
	if err != nil {
		w.t.Fatal(err)
	}
	w.rows = append(w.rows, headstart.FeedOp{Table: table, Row: headstart.Row{Key: key, Val: b}})
}

// fill makes the rows what the view shows.
func (w *world) fill() *world {
	w.t.Helper()
	off := headstart.Offset{Ms: uint64(w.now.UnixMilli())}
	if err := w.view.Reset(headstart.Cursor{Off: off}, off, w.rows); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// site is the pages of this world.
func (w *world) site(change ...func(*Options)) *Site {
	cfg := DefaultConfig()
	cfg.Contact = "telefoon 1234, op werkdagen van 8:00 tot 17:30 uur"
	cfg.ExternalURL = "https://desk.example.org"
	o := Options{
		View: w.view, Config: cfg, Now: func() time.Time { return w.now }, Logger: slog.New(slog.DiscardHandler),
		Checks: func() []headstart.CheckResult { return w.checks },
		Trend: func(probe, _ string) []headstart.CheckSample {
			if probe != "printers" {
				return nil
			}
			return []headstart.CheckSample{{Verdict: headstart.OK, DurationSeconds: .04}, {Verdict: headstart.Down, DurationSeconds: 5}, {Verdict: headstart.Unknown}, {Verdict: headstart.Warn, DurationSeconds: .08}}
		},
		Titles: func(context.Context, []string) map[string]string { return w.titles },
		Do: func(_ context.Context, c headstart.Command) (headstart.Outcome, bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.done = append(w.done, c)
			if w.do != nil {
				return w.do(c)
			}
			return headstart.Outcome{Command: c.ID, Do: c.Do, Incident: headstart.IncidentID(c.Incident)}, false, nil
		},
		Plan: func(_ context.Context, win headstart.MaintenanceWindow) (bool, error) {
			w.put(headstart.TableMaintenance, win.ID, win)
			w.fill()
			return false, nil
		},
		Morning: func(_ context.Context, ask headstart.ReportAsk) (headstart.ReportAnswer, error) {
			return headstart.ReportAnswer{Body: []byte("<h1>Ochtendrapport</h1>"), At: ask.At}, nil
		},
		Editor: wordsOfTests(), Rehearse: w.rehearse,
	}
	for _, c := range change {
		c(&o)
	}
	return New(o)
}

// rehearse stands in for the engine: everybody named is told that his service fails.
func (w *world) rehearse(_ context.Context, commands ...headstart.Command) (headstart.Rehearsal, error) {
	r := headstart.Rehearsal{Incident: headstart.Incident{ID: "HS-1061", Locations: commands[0].Locations}}
	if len(commands) == 1 {
		return r, nil
	}
	what := commands[0].Services[0] + " " + commands[0].Variables["effect"]
	basis := &headstart.Basis{Effect: "down", Vars: map[string]map[string]string{"nl": {"Progress": "De switch is stuk.", "Where": "Gebouw Noord"}, "en": {"Progress": "It is down.", "Where": "North building"}}}
	r.Announcements = []headstart.Announcement{{
		ID: "x.noord", Incident: r.Incident.ID, Audience: "noord", Languages: []string{"nl", "en"}, People: 180,
		Updates: []headstart.Update{{N: 1, Phase: headstart.Investigating, Basis: basis, Text: map[string]headstart.Text{"nl": text(what+" werkt niet", "Wij zoeken het uit."), "en": text(what+" fails", "We are looking.")}}},
	}}
	return r, nil
}

// public is the public pages of this world.
func (w *world) public(change ...func(*public.Options)) *public.Site {
	o := public.Options{
		View: w.view, Config: public.DefaultConfig(), ExternalURL: "https://storingen.example.org", Language: "nl", Timezone: "Europe/Amsterdam",
		Contact: "telefoon 1234, op werkdagen van 8:00 tot 17:30 uur", Now: func() time.Time { return w.now }, Logger: slog.New(slog.DiscardHandler),
		Checks: func() []headstart.CheckResult { return w.checks },
	}
	for _, c := range change {
		c(&o)
	}
	return public.New(o)
}

// wordsOfTests stands in for package announce: texts that say what they depend on.
func wordsOfTests() Editor {
	return Editor{
		Compose: func(w headstart.Wording) headstart.Composed {
			said := w.Vars["Progress"] + " " + w.Vars["Where"]
			c := headstart.Composed{
				Text:    headstart.Text{Title: "Stand van zaken", Subject: "Wifi (HS-1042)", Short: said, Phone: said, Lines: []headstart.TextLine{{Text: said}}, Body: said},
				Septets: len(said),
			}
			if w.Vars["Progress"] == "" {
				c.Missing = []string{"Progress"}
			}
			if strings.Contains(strings.ToLower(said), "switch") {
				c.Hits = []headstart.Hit{{Lang: w.Lang, Word: "switch", Plain: "apparaat"}}
			}
			return c
		},
		Fields:     func(headstart.Phase) []string { return []string{"Where", "Progress"} },
		Recipients: map[string][]string{"mail-noord": {"noord@example.org", "allen@example.org"}, "mail-allen": {"allen@example.org"}},
	}
}

// serve mounts a site, and more beside it, as the door does, for one identity.
func serve(s *Site, id headstart.Identity, more ...headstart.Route) http.Handler {
	mux := http.NewServeMux()
	for _, r := range append(s.Routes(), more...) {
		mux.Handle(r.Pattern, r.Handler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(headstart.WithIdentity(r.Context(), id)))
	})
}

var (
	desk     = headstart.Identity{Name: "samira", Role: "desk", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}}
	looker   = headstart.Identity{Name: "vera", Role: "viewer", Scopes: []headstart.Scope{headstart.ScopeRead}}
	approver = headstart.Identity{Name: "anna", Role: "approver", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}}
	nobody   = headstart.Identity{}
)

// get returns a page; a status other than want fails the test.
func get(t testing.TB, h http.Handler, path string, want int) string {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	if rec.Code != want {
		t.Fatalf("GET %s: status %d, want %d\n%s", path, rec.Code, want, rec.Body)
	}
	return rec.Body.String()
}

// post sends a form and returns the answer.
func post(h http.Handler, path string, fields ...string) *httptest.ResponseRecorder {
	var body []string
	for i := 0; i+1 < len(fields); i += 2 {
		body = append(body, template.URLQueryEscaper(fields[i])+"="+template.URLQueryEscaper(fields[i+1]))
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(strings.Join(body, "&")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func text(title, short string, lines ...string) headstart.Text {
	t := headstart.Text{Title: title, Short: short, Phone: short}
	for i := 0; i+1 < len(lines); i += 2 {
		t.Lines = append(t.Lines, headstart.TextLine{Label: lines[i], Text: lines[i+1]})
	}
	return t
}

// badMonday is the state of the picture: wifi down in one building, a slow
// application, drafts, tickets, planned work and a past outage.
func badMonday(t testing.TB) *world {
	w := newWorld(t)
	w.largeIncident()
	w.slowIncident()
	w.pastIncident()
	w.deskOfMonday()
	w.learned()
	return w.fill()
}

// learned is what the desk made of the outage before this one, and a known error of what
// is confidential.
func (w *world) learned() {
	yes := true
	w.put(headstart.TableKnown, "KE-2", headstart.KnownRecord{
		V: 1, Own: true, Edition: 3, Used: 2, Helped: 1, MadeAt: w.at("2026-11-11 09:00"), ChangedAt: w.at("2026-11-11 09:00"),
		KnownError: headstart.KnownError{
			ID: "KE-2", Title: headstart.Names{"nl": "Wifi weg in Noord", "en": "No wifi in the North building"}, Services: []string{"wifi"}, Assets: []string{"nrd-sw-02"}, Locations: []string{"noord"},
			Cause: "voeding van de verdeler", Fix: "voeding vervangen", Prevention: "reserve op de plank", Workaround: headstart.Names{"nl": "Ga naar Zuid.", "en": "Go to the South building."},
			KB: "https://kb.example.org/wifi-noord", ReviewBy: "2027-06-01", Symptoms: map[string][]string{"nl": {"geen wifi"}},
		},
		Cases: []headstart.KnownCase{{Incident: "HS-1021", At: w.at("2026-11-11 00:20"), Learned: true, Helped: &yes, Assets: []string{"nrd-sw-02"}, Checks: []string{"HostDown"}, Kind: headstart.CauseObserved}},
	})
	w.put(headstart.TableKnown, "KE-3", headstart.KnownRecord{
		V: 1, Own: true, Edition: 1, KnownError: headstart.KnownError{ID: "KE-3", Title: headstart.Names{"nl": "Uitbetaling loopt vast"}, Services: []string{"salaris"}, Fix: "bestand opnieuw maken", Confidential: true},
	})
	w.put(headstart.TableDeadLinks, "https://kb.example.org/wifi-noord", headstart.DeadLink{V: 1, URL: "https://kb.example.org/wifi-noord", Since: w.at("2026-11-20 03:00"), Why: "404"})
}

func (w *world) largeIncident() {
	lead := int64(480)
	w.put(headstart.TableIncidents, "HS-1042", headstart.Incident{
		V: 1, ID: "HS-1042", UID: "aa11", Seq: 1042, Group: 7, State: headstart.Open, Priority: "P1",
		Title: headstart.Names{"nl": "Wifi en internet werken niet – Gebouw Noord", "en": "Wifi and internet do not work – North building"},
		Cause: headstart.Cause{Asset: "nrd-sw-02", Kind: headstart.CauseObserved}, Tags: []string{},
		StartedAt: w.at("2026-11-23 07:41"), OpenedAt: w.at("2026-11-23 07:42"), AnnouncedAt: w.ptr("2026-11-23 07:44"), AcknowledgedAt: w.ptr("2026-11-23 07:50"),
		Services: []string{"wifi"}, Locations: []string{"noord"}, People: 180, Confirmations: 27, Owner: "joris", SupportGroup: "netwerk",
		Alerts: headstart.AlertCounts{Firing: 4, Total: 39}, Tickets: headstart.TicketCounts{Linked: 12, Suggested: 3, FirstAt: w.ptr("2026-11-23 07:52")},
		LeadSeconds: &lead, NextUpdateBy: w.ptr("2026-11-23 08:30"), RecurrenceOf: "HS-1021",
	})
	for n, asset := range []string{"nrd-sw-02", "ap-n-11", "ap-n-12", "prn-n2-04"} {
		key := headstart.ProblemKey(asset + "/HostDown")
		w.put(headstart.TableProblems, string(key), headstart.Problem{V: 1, Key: key, Asset: asset, Check: "HostDown", State: headstart.ProblemOpen, Group: 7, Reason: "antwoordt niet"})
		w.put(headstart.TableMembers, headstart.MemberKey(7, n+1), headstart.Member{V: 1, Group: 7, N: n + 1, Problem: key, Asset: asset, Joined: w.at("2026-11-23 07:42"), Rule: "T-07"})
	}
	for n, d := range []headstart.Decision{
		{Rule: "T-01", Outcome: "opened", Subject: "nrd-sw-02"},
		{Rule: "D-01", Outcome: "note", By: "joris", Subject: "HS-1042", Facts: []headstart.Fact{{Name: "text", Value: "Monteur is onderweg"}}},
	} {
		d.V, d.N, d.At, d.Incident = 1, uint64(n+1), w.at("2026-11-23 07:42").Add(time.Duration(n)*9*time.Minute), "HS-1042"
		w.put(headstart.TableTimeline, headstart.TimelineKey(1042, d.N), d)
	}
	nl := text("Wifi en internet werken niet", "Wifi en internet werken niet in gebouw Noord. U hoort meer om 08:30 uur.",
		"Wat merkt u?", "U heeft geen internet. Ook Teams, mail en bellen via uw computer werken niet.",
		"Waar?", "Gebouw Noord, alle verdiepingen. Sinds 07:41 uur.", "Wat kunt u doen?", "Ga naar gebouw Zuid. Daar werkt de wifi wel.",
		"Wanneer hoort u meer?", "Om 08:30 uur. Ook als er dan nog geen nieuws is.", "", "Noem nummer HS-1042 als u belt.")
	en := text("Wifi and internet do not work", "Wifi and internet do not work in the North building. More at 08:30.",
		"What do you notice?", "You have no internet.", "Where?", "North building, all floors. Since 07:41.", "When do you hear more?", "At 08:30.")
	first := text("Wifi en internet werken niet", "Wij zoeken uit waarom de verbinding niet werkt.")
	firstEN := text("Wifi and internet do not work", "We are finding out why the connection does not work.")
	draft := text("Wifi en internet werken niet: stand van zaken", "De monteur is in het gebouw. Wij denken nog steeds rond 09:15 uur. U hoort meer om 09:00 uur.", "Wat doen wij?", "De monteur is in het gebouw.")
	draftEN := text("Wifi and internet do not work: progress", "The engineer is in the building. More at 09:00.", "What are we doing?", "The engineer is in the building.")
	w.put(headstart.TableAnnouncements, "aa11.noord", headstart.Announcement{
		V: 1, ID: "aa11.noord", Incident: "HS-1042", UID: "aa11", Audience: "noord", Languages: []string{"nl", "en"}, State: headstart.AnnouncementPublished, How: headstart.HowPush,
		Effect: "down", Services: []string{"wifi"}, Locations: []string{"noord"}, People: 180, NextUpdateBy: w.ptr("2026-11-23 08:30"),
		Updates: []headstart.Update{
			{N: 1, Phase: headstart.Investigating, At: w.at("2026-11-23 07:44"), Text: map[string]headstart.Text{"nl": first, "en": firstEN}, By: "rule"},
			{N: 2, Phase: headstart.Identified, At: w.at("2026-11-23 08:05"), Text: map[string]headstart.Text{"nl": nl, "en": en}, By: "joris"},
		},
		Draft: &headstart.Update{
			N: 3, Phase: headstart.Progress, At: w.at("2026-11-23 08:20"), Text: map[string]headstart.Text{"nl": draft, "en": draftEN}, By: "joris",
			Why: []string{"een medewerker schreef deze tekst"}, Hits: []headstart.Hit{{Lang: "nl", Word: "switch", Plain: "apparaat"}}, NextUpdateBy: w.ptr("2026-11-23 09:00"),
			Basis: &headstart.Basis{Kind: headstart.KindNetwork, Effect: "down", Vars: map[string]map[string]string{
				"nl": {"Progress": "De monteur is bij de switch.", "Where": "Gebouw Noord"}, "en": {"Progress": "The engineer is in the building.", "Where": "North building"},
			}},
		},
	})
}

func (w *world) slowIncident() {
	w.put(headstart.TableIncidents, "HS-1043", headstart.Incident{
		V: 1, ID: "HS-1043", UID: "bb22", Seq: 1043, Group: 8, State: headstart.Open, Priority: "P3", Title: headstart.Names{"nl": "Roosterplanner is langzaam", "en": "Timetable is slow"},
		Cause: headstart.Cause{Kind: headstart.CauseNone}, StartedAt: w.at("2026-11-23 07:58"), OpenedAt: w.at("2026-11-23 07:58"), AnnouncedAt: w.ptr("2026-11-23 08:00"),
		Services: []string{"planner"}, Locations: []string{}, People: 34, Alerts: headstart.AlertCounts{Firing: 1, Total: 4}, Tickets: headstart.TicketCounts{Linked: 3},
		NextUpdateBy: w.ptr("2026-11-23 09:00"),
	})
	w.put(headstart.TableAnnouncements, "bb22.alle", headstart.Announcement{
		V: 1, ID: "bb22.alle", Incident: "HS-1043", UID: "bb22", Audience: "alle", Languages: []string{"nl"}, State: headstart.AnnouncementPublished, How: headstart.HowPage,
		Effect: "slow", Services: []string{"planner"}, People: 34, NextUpdateBy: w.ptr("2026-11-23 09:00"), PushDraft: true,
		Updates: []headstart.Update{{
			N: 1, Phase: headstart.Investigating, At: w.at("2026-11-23 08:00"), By: "rule",
			Text: map[string]headstart.Text{"nl": text("Roosterplanner is langzaam", "U kunt wel werken, maar pagina's laden langzaam.", "Wat merkt u?", "U kunt wel werken, maar pagina's laden langzaam.")},
		}},
	})
}

// pastIncident crossed midnight and the end of summer time is behind it.
func (w *world) pastIncident() {
	w.put(headstart.TableIncidents, "HS-1021", headstart.Incident{
		V: 1, ID: "HS-1021", UID: "cc33", Seq: 1021, State: headstart.Closed, Priority: "P2", Title: headstart.Names{"": "Wifi werkte niet"},
		StartedAt: w.at("2026-11-10 23:30"), ResolvedAt: w.ptr("2026-11-11 00:20"), ClosedAt: w.ptr("2026-11-11 00:50"), CloseReason: "resolved",
		Services: []string{"wifi"}, Locations: []string{"noord"},
	})
	w.put(headstart.TableAnnouncements, "cc33.noord", headstart.Announcement{
		V: 1, ID: "cc33.noord", Incident: "HS-1021", UID: "cc33", Audience: "noord", State: headstart.AnnouncementFinal, Effect: "down", Services: []string{"wifi"}, Locations: []string{"noord"},
		Updates: []headstart.Update{{N: 1, Phase: headstart.Solved, Final: true, At: w.at("2026-11-11 00:25"), Text: map[string]headstart.Text{"nl": text("Wifi werkt weer", "Het werkt weer.")}}},
	})
}

func (w *world) deskOfMonday() {
	ticket := func(id, title string, at string, links ...headstart.Link) {
		w.put(headstart.TableTickets, "rt/"+id, headstart.TicketState{V: 1, Ticket: headstart.Ticket{
			Source: "rt", ID: id, CreatedAt: w.at(at), Requester: headstart.Requester{Location: "noord"}, Priority: "P3", Channel: "phone",
		}, Links: links})
		w.titles["rt/"+id] = title
	}
	to := func(verdict string) headstart.Link {
		return headstart.Link{Incident: "HS-1042", Group: 7, Score: .82, Band: headstart.BandSuggest, For: []string{"noemt Teams", "zelfde plek"}, Against: []string{"meldde na het herstel"}, Verdict: verdict}
	}
	ticket("M-1", "Teams valt steeds weg", "2026-11-23 08:01", to(""))
	ticket("M-2", "Kan niet bij mijn mail", "2026-11-23 08:03", to(""))
	ticket("M-3", "Geen wifi", "2026-11-23 07:52", to("linked"))
	ticket("M-4", "Muis stuk", "2026-11-20 10:00")
	w.put(headstart.TableDesk, "n1", headstart.DeskNote{V: 1, ID: "n1", Kind: "handover", By: "daan", At: w.at("2026-11-20 17:25"), Text: "Reserveverdeler ligt in kast K3, sleutel bij de balie."})
	w.put(headstart.TableMaintenance, "W-312", headstart.MaintenanceWindow{ID: "W-312", Services: []string{"planner"}, StartsAt: w.at("2026-11-23 12:15"), EndsAt: w.at("2026-11-23 12:45"), Owner: "joris", Summary: headstart.Names{"nl": "Roosterplanner werkt niet", "en": "Timetable does not work"}})
	w.put(headstart.TableMaintenance, "W-309", headstart.MaintenanceWindow{ID: "W-309", Services: []string{"mail"}, Locations: []string{"zuid"}, Assets: []string{"zui-sw-01"}, StartsAt: w.at("2026-11-24 18:00"), EndsAt: w.at("2026-11-24 20:00"), Summary: headstart.Names{"nl": "reboot zui-sw-01 (10.2.0.1)"}})
	w.put(headstart.TableMaintenance, "W-2@2026-11-23", headstart.MaintenanceWindow{ID: "W-2@2026-11-23", Assets: []string{"zui-sw-01"}, StartsAt: w.at("2026-11-23 07:30"), EndsAt: w.at("2026-11-23 09:00"), Owner: "daan", Source: "config", Summary: headstart.Names{"nl": "Wifi valt soms weg", "en": "Short losses of wifi"}})
	w.put(headstart.TableMaintenance, "CAL-5f0c1a2b3c4d", headstart.MaintenanceWindow{ID: "CAL-5f0c1a2b3c4d", Services: []string{"wifi"}, StartsAt: w.at("2026-11-25 06:00"), EndsAt: w.at("2026-11-25 07:00"), Owner: "planning@leverancier.example", Source: "ical/0a1b2c3d4e5f", Proposed: true, Summary: headstart.Names{"": "Firmware wifi-controller"}})
	w.put(headstart.TableMaintenance, "CAL-00112233aabb", headstart.MaintenanceWindow{ID: "CAL-00112233aabb", StartsAt: w.at("2026-11-26 12:00"), EndsAt: w.at("2026-11-26 13:00"), Owner: "planning@leverancier.example", Source: "ical/0a1b2c3d4e5f", Proposed: true, Summary: headstart.Names{"": "Lunch met het team"}})
	w.put(headstart.TableMaintenance, "W-300", headstart.MaintenanceWindow{ID: "W-300", Services: []string{"mail"}, StartsAt: w.at("2026-11-20 18:00"), EndsAt: w.at("2026-11-20 19:00"), Owner: "joris", Cancelled: true, By: "samira", Summary: headstart.Names{"nl": "Mail verhuist", "en": "Mail moves"}})
	w.put(headstart.TableProblems, "zui-sw-01/ping", headstart.Problem{
		V: 1, Key: "zui-sw-01/ping", Asset: "zui-sw-01", Check: "ping", State: headstart.ProblemSuppressed, Reason: "no reply",
		Suppressed: &headstart.Suppression{By: "W-2@2026-11-23", Since: w.at("2026-11-23 07:40"), Until: w.at("2026-11-23 09:00")},
	})
	w.checks = []headstart.CheckResult{
		{Probe: "printers", Kind: "printer", Asset: "prn-n2-04", Location: "noord", Verdict: headstart.Warn, Reason: "papier op", At: w.now.Add(-2 * time.Minute), Conditions: []headstart.Condition{{Name: "paper-empty", Effect: headstart.EffectReport, Detail: "Papier op"}}},
		{Probe: "intranet", Kind: "http", Service: "mail", Verdict: headstart.OK, At: w.now.Add(-3 * time.Minute)},
		{Probe: "vpn", Kind: "tcp", Verdict: headstart.Unknown, At: w.now.Add(-3 * time.Minute)},
	}
}

// hostile is text that would run, break out of an attribute, turn the line
// round, or fill the screen.
func hostile(n int) string {
	return fmt.Sprintf("<script>alert(%d)</script>\"><img src=x onerror=alert(%d)>\u202Eedoc'`{{.}}</title></textarea></svg>", n, n)
}
