package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"headstart"
)

var admin = headstart.Identity{Name: "beheer", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite, headstart.ScopeAdmin}}

// wellDoing is a service that does well at the time of the world.
func wellDoing(w *world) Health {
	return Health{
		Version: "1.2.3", Engine: 6, Rules: "sha256:0123456789abcdef", Leader: true, Position: "1795295378324-0", At: w.now, Store: "embedded", Full: .1, LogBytes: 3 << 20, Memory: 90 << 20,
		Sources: []SourceHealth{{Kind: "alerts", Name: "prom-a", Seen: w.now.Add(-9 * time.Second)}, {Kind: "tickets", Name: "rt"}},
		File:    "/etc/headstart/headstart.yml", Loaded: w.now.Add(-2 * time.Hour), Reloaded: true,
	}
}

func healthy(w *world, change ...func(*Health)) func(*Options) {
	return func(o *Options) {
		h := wellDoing(w)
		for _, c := range change {
			c(&h)
		}
		o.Health = func(context.Context) Health { return h }
		o.WhatIf = noNorth
	}
}

func TestSettings(t *testing.T) {
	w := badMonday(t)
	w.checks = w.checks[:2]
	body := get(t, serve(w.site(healthy(w)), admin), "/settings", 200)
	for _, text := range []string{
		"Alles wat moet draaien, draait.", "prom-a", "signalen", "2 van 2 controles draaien", "regels versie 6, configuratie 0123456789ab", "embedded, 10 % vol", "ja, geladen 06:24", "/etc/headstart/headstart.yml",
		"beslist", "Gebouw Noord", "400 dagen", "90 MiB",
	} {
		if !strings.Contains(body, text) {
			t.Errorf("does not say %q", text)
		}
	}
	if strings.Contains(body, "/settings/reload") {
		t.Error("offers a reload that this process cannot do")
	}
	if strings.Contains(get(t, serve(w.site(healthy(w)), desk), "/", 200), `href="/settings"`) {
		t.Error("the desk is led to a page that is not for it")
	}
	get(t, serve(badMonday(t).site(), admin), "/settings", 200) // a process that knows nothing of itself
}

// How many are mailed stands beside what waits to be sent, without anybody's name; who
// did what is one press away.
func TestSettingsCountSubscribers(t *testing.T) {
	w := badMonday(t)
	waits := func(h *Health) { h.Waiting, h.Oldest = 4, 95 }
	read := func(path string, count func(context.Context) (int, error)) string {
		return middle(get(t, serve(w.site(healthy(w, waits), func(o *Options) { o.Subscribers = count }), admin), path, http.StatusOK))
	}
	page := read("/settings", func(context.Context) (int, error) { return 12, nil })
	for _, text := range []string{"12 abonnees", `href="/audit"`, "Oudste wacht al", "1 min"} {
		if !strings.Contains(page, text) {
			t.Errorf("does not say %q", text)
		}
	}
	if page := read("/settings?lang=en", func(context.Context) (int, error) { return 0, errors.New("store is away") }); !strings.Contains(page, "Mail about outages") || strings.Contains(page, "store is away") || strings.Contains(page, "0 subscribers") {
		t.Error("that nobody could count is told as none, or in words of the inside")
	}
	if page := read("/settings?lang=en", nil); strings.Contains(page, "Mail about outages") {
		t.Error("counts where nobody can subscribe")
	}
}

// Everything that may be wrong is told with what to do about it, the worst first.
func TestSettingsSayWhatIsWrong(t *testing.T) {
	w := badMonday(t)
	w.checks = append(w.checks, headstart.CheckResult{Probe: "old", Verdict: headstart.OK, At: w.now.Add(-time.Hour)})
	w.put(headstart.TableFlaws, "skewed/prom-a", headstart.Flaw{V: 1, Kind: headstart.Skewed, Subject: "prom-a", OffsetSeconds: -180, Times: 2})
	w.put(headstart.TableFlaws, "contradicted/ap-n-11", headstart.Flaw{V: 1, Kind: headstart.Contradicted, Subject: "ap-n-11", Other: "nrd-sw-02", Times: 3})
	w.put(headstart.TableAlerts, "f1", headstart.AlertState{V: 1, Fingerprint: "f1", Labels: map[string]string{"alertname": "X", "instance": "new-sw"}})
	w.put(headstart.TableProblems, "alert:f1", headstart.Problem{V: 1, Key: "alert:f1", Check: "X", State: headstart.ProblemOpen, Unplaced: true})
	s := w.fill().site(healthy(w, func(h *Health) {
		h.Reloaded, h.Lag, h.Full, h.Dead, h.Waiting, h.Oldest = false, 42, .93, 2, 7, 900
		h.Sources = []SourceHealth{{Kind: "alerts", Name: "prom-a", Seen: w.now.Add(-time.Hour)}, {Kind: "tickets", Name: "rt", Down: true}}
		h.Findings, h.Examined = []HealthFinding{{"channels: none", "add a channel of type email"}}, w.now
	}), func(o *Options) {
		o.Agents = func() []SiteAgent {
			return []SiteAgent{{Name: "zuid-1", State: "silent", Since: w.now.Add(-time.Hour)}}
		}
	})
	body := get(t, serve(s, admin), "/settings?lang=en", 200)
	last := 0
	for _, text := range []string{
		"13 things need attention, the worst of them now.", "The new configuration was refused", "Nothing is decided now", "93 % full and takes nothing", "2 messages were not delivered", "rt does not answer", "Site agent zuid-1",
		"7 messages wait in the queue, the oldest for 15 minutes", "Nothing was heard of prom-a for 1 hour", "1 check cannot tell", "1 check has not run", "1 alert belongs to no device", "2 facts that we decide by",
		`lang="en"><p><bdi>channels: none`, "add a channel of type email", "Everything examined: 08:24", "new-sw", "went on answering while NRD-SW-02 was down, on 3 days", "The clock of prom-a is off by 3 minutes",
	} {
		at := strings.Index(body, text)
		if at < 0 {
			t.Errorf("does not say %q", text)
		} else if at < last {
			t.Errorf("%q stands before what is worse", text)
		}
		last = max(last, at)
	}
}

func TestSettingsAct(t *testing.T) {
	w := badMonday(t)
	var failure error
	examined := 0
	s := w.site(healthy(w), func(o *Options) {
		o.Reload, o.Examine = func(context.Context) error { return failure }, func(context.Context) { examined++ }
	})
	h := serve(s, admin)
	if rec := post(h, "/settings/reload"); rec.Code != 200 || !strings.Contains(rec.Body.String(), "De configuratie is gelezen en klopt.") {
		t.Errorf("a reload answers %d", rec.Code)
	}
	failure = errors.New("headstart.yml:3: unknown key <b>")
	if body := post(h, "/settings/reload").Body.String(); !strings.Contains(body, "Geweigerd; de oude blijft gelden: headstart.yml:3: unknown key &lt;b&gt;") {
		t.Error("a refused reload does not say why")
	}
	if rec := post(h, "/settings/examine"); rec.Code != 200 || examined != 1 {
		t.Errorf("examine answers %d, and looked %d times", rec.Code, examined)
	}
	bare := serve(w.site(), admin)
	for _, path := range []string{"/settings/reload", "/settings/examine"} {
		if rec := post(bare, path); rec.Code != http.StatusNotFound {
			t.Errorf("%s of a process that cannot answers %d", path, rec.Code)
		}
	}
}

// The foot of the board says the same in a few words, to everybody.
func TestFootOfTheBoard(t *testing.T) {
	w := badMonday(t)
	if body := get(t, serve(w.site(healthy(w)), looker), "/", 200); !strings.Contains(body, "2 van 3 controles draaien, alle bronnen laten van zich horen") {
		t.Error("the board does not say how the checks and sources do")
	}
	s := w.site(healthy(w, func(h *Health) { h.Sources[0].Seen = w.now.Add(-12 * time.Minute) }))
	if body := get(t, serve(s, desk), "/", 200); !strings.Contains(body, "2 van 3 controles draaien, prom-a al een tijd stil") {
		t.Error("the board does not name the source that is silent")
	}
}

func TestHealthByTheAPI(t *testing.T) {
	w := badMonday(t)
	call := testAPI(t, &apiDesk{}, mondayAPI(w), func(o *APIOptions) {
		o.Checks, o.Now = func() []headstart.CheckResult { return w.checks }, func() time.Time { return w.now }
		o.Health = func(context.Context) Health { return wellDoing(w) }
	})
	got := decode[healthAnswer](t, call(as("viewer"), "GET", "/api/v1/health?lang=en", ""))
	if got.Level != "amber" || got.Sentence != "It works. 1 thing needs attention." || got.Checks.Total != 3 || got.Checks.Running != 2 || len(got.Sources) != 2 || len(got.Notes) != 1 || got.Notes[0].Remedy == "" {
		t.Errorf("answered %+v", got)
	}
	call = testAPI(t, &apiDesk{}, mondayAPI(w), func(o *APIOptions) {
		o.Checks, o.Now = func() []headstart.CheckResult { return w.checks }, func() time.Time { return w.now }
		o.Health = func(context.Context) Health { return wellDoing(w) }
		o.Agents = func() []SiteAgent {
			return []SiteAgent{{Name: "zuid", State: "silent", Since: w.now.Add(-time.Hour)}}
		}
	})
	if got := decode[healthAnswer](t, call(as("viewer"), "GET", "/api/v1/health", "")); got.Level != "red" {
		t.Errorf("with a silent agent the service is %s, and the page of settings says red", got.Level)
	}
	if res := testAPI(t, &apiDesk{})(as("viewer"), "GET", "/api/v1/health", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("a process that knows nothing of itself answers %d", res.StatusCode)
	}
}

func TestWall(t *testing.T) {
	w := badMonday(t)
	for n := range 4 {
		id := headstart.IncidentID([]string{"HS-1060", "HS-1061", "HS-1062", "HS-1063"}[n])
		w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, Seq: 1060 + n, State: headstart.Open, Priority: "P3", Title: headstart.Names{"nl": "Extra " + hostile(n)}, StartedAt: w.now, Owner: "geheim", Confidential: n == 3})
	}
	w.fill()
	fresh := w.now.Add(-3 * time.Second)
	h := serve(w.site(func(o *Options) { o.Fresh = func() time.Time { return fresh } }), admin)
	body := get(t, h, "/wall", 200)
	for _, text := range []string{"5 storingen raken nu ongeveer 214 mensen.", "HS-1042", "± 180 mensen", "Bericht beloofd om 08:30", "3 s geleden bijgewerkt", "Nog 1 storing", "2 van 3 controles draaien", `content="15"`, "08:24"} {
		if !strings.Contains(body, text) {
			t.Errorf("the wall does not say %q", text)
		}
	}
	// Nobody's name, no ticket, nothing confidential, whoever is logged in there.
	for _, text := range []string{"joris", "samira", "geheim", "HS-1063", "Teams valt", "<script>alert", "data-theme", "wall old"} {
		if strings.Contains(body, text) {
			t.Errorf("the wall shows %q", text)
		}
	}
	fresh = w.now.Add(-2 * time.Minute)
	body = get(t, h, "/wall?theme=dark&lang=en", 200)
	for _, text := range []string{`data-theme="dark"`, "wall old", "Mind: this is how it was at 08:22. Nothing new comes in."} {
		if !strings.Contains(body, text) {
			t.Errorf("an old wall does not say %q", text)
		}
	}
	covered := badMonday(t)
	covered.put(headstart.TableIncidents, "HS-1060", headstart.Incident{V: 1, ID: "HS-1060", Seq: 1060, State: headstart.Open, Priority: "P2", Title: headstart.Names{"nl": "Bellen"}, StartedAt: covered.now})
	a := covered.view.Announcements()[0]
	a.Also = []headstart.IncidentID{"HS-1060"}
	covered.put(headstart.TableAnnouncements, a.ID, a)
	if body := get(t, serve(covered.fill().site(), looker), "/wall", 200); strings.Count(body, "Bericht beloofd") != 3 {
		t.Error("the wall does not know the promise of an announcement that speaks for several")
	}
	quiet := newWorld(t).fill()
	if body := get(t, serve(quiet.site(), looker), "/wall", 200); !strings.Contains(body, "Er loopt nu geen storing.") {
		t.Error("a quiet wall does not say so")
	}
	rec := httptest.NewRecorder()
	serve(New(Options{View: headstart.NewView(), Config: DefaultConfig(), Logger: quiet.site().logger, Do: nil}), looker).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/wall", nil))
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("before the state is known the wall answers %d", rec.Code)
	}
}
