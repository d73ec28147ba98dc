package web

import (
	"net/http"
	"strings"
	"testing"

	"headstart"
)

// readerFrom is an account of a role that is bound to locations.
func readerFrom(role string, locations ...string) headstart.Identity {
	return headstart.Identity{Name: "lezer", Role: role, Scopes: []headstart.Scope{headstart.ScopeRead, headstart.ScopeWrite}, Locations: locations}
}

// The list shows what is in use, finds by words and service, and tells of what is due, of
// articles that are gone and of suppliers.
func TestKnownErrorsList(t *testing.T) {
	site := badMonday(t).site()
	for name, c := range map[string]struct {
		path      string
		want, not []string
	}{
		"all":               {"/known-errors", []string{"KE-1", "KE-2", "Wifi weg in Noord", "voeding vervangen", "artikel weg", "opnieuw bekijken", "ligt bij leverancier", "hielp 1 keer", "1 bekende fout moet"}, []string{"KE-3", "Uitbetaling"}},
		"in English":        {"/known-errors?lang=en", []string{"No wifi in the North building", "paper creases", "article gone"}, nil},
		"by words":          {"/known-errors?q=PAPIER+kreukt", []string{"KE-1"}, []string{">KE-2<"}},
		"by no words of it": {"/known-errors?q=koffie", []string{"Geen bekende fouten gevonden"}, []string{">KE-1<"}},
		"by service":        {"/known-errors?service=wifi", []string{">KE-2<"}, []string{">KE-1<"}},
		"due":               {"/known-errors?state=due", []string{">KE-1<"}, []string{">KE-2<"}},
		"retired":           {"/known-errors?state=retired", []string{"Geen bekende fouten gevonden"}, nil},
	} {
		t.Run(name, func(t *testing.T) { wants(t, get(t, serve(site, readerFrom("desk")), c.path, 200), c.want, c.not) })
	}
}

// wants looks for texts in a page.
func wants(t *testing.T, page string, want, not []string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
	for _, s := range not {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q", s)
		}
	}
}

// What is confidential, or of another place, is neither listed nor found by its number,
// nor changed (ruling 30).
func TestKnownErrorsByRights(t *testing.T) {
	site := badMonday(t).site()
	wants(t, get(t, serve(site, readerFrom("approver")), "/known-errors", 200), []string{"KE-3", "Uitbetaling"}, nil)
	wants(t, get(t, serve(site, readerFrom("desk")), "/known-errors/KE-3", 404), nil, []string{"Uitbetaling"})
	wants(t, get(t, serve(site, readerFrom("desk", "zuid")), "/known-errors", 200), []string{"KE-1"}, []string{"KE-2"})
	wants(t, get(t, serve(site, readerFrom("desk", "zuid")), "/known-errors/ke-2", 404), nil, []string{"voeding"})
	for path, status := range map[string]int{"/known-errors/KE-3/retire": 404, "/known-errors/KE-2/retire": 303, "/known-errors/KE-2/nonsense": 404, "/i/HS-1042/helped": 403} {
		fields := []string{}
		if strings.HasPrefix(path, "/i/") {
			fields = []string{"known_error", "KE-3"}
		}
		if rec := post(serve(site, readerFrom("desk")), path, fields...); rec.Code != status {
			t.Errorf("%s answers %d; want %d", path, rec.Code, status)
		}
	}
}

// Board and incident say what helped last time and why it fits, to who may read it; no
// page for users does.
func TestPreviouslyOnBoardAndIncident(t *testing.T) {
	w := badMonday(t)
	site := w.site()
	for _, path := range []string{"/", "/i/HS-1042"} {
		wants(t, get(t, serve(site, readerFrom("desk")), path, 200), []string{"Vorige keer hielp: voeding vervangen", `href="/known-errors/KE-2"`, "terugkeer van HS-1021 van", "zelfde signaal: HostDown"}, nil)
	}
	wants(t, get(t, serve(site, readerFrom("desk")), "/i/HS-1042", 200), []string{`action="/i/HS-1042/helped"`, "Maak hiervan een bekende fout", `<option value="KE-2">`}, nil)
	wants(t, get(t, serve(site, headstart.Identity{Name: "v", Role: "viewer", Scopes: []headstart.Scope{headstart.ScopeRead}}), "/i/HS-1042", 200), []string{"Vorige keer hielp"}, []string{"/helped"})
}

// One known error whole: its words by language, its article, what it was used for; its
// article draft is text and never markup.
func TestKnownErrorPage(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableKnown, "KE-4", headstart.KnownRecord{V: 1, Own: true, Edition: 1, KnownError: headstart.KnownError{ID: "KE-4", Title: headstart.Names{"nl": "x"}, Article: "# Kop\n<script>alert(1)</script>", KB: "javascript:alert(1)"}})
	w.fill()
	site := w.site()
	wants(t, get(t, serve(site, readerFrom("desk")), "/known-errors/KE-2", 200), []string{
		`<dd lang="en"><bdi>Go to the South building.`, `href="https://kb.example.org/wifi-noord"`, "niet gevonden sinds", `href="/i/HS-1021"`, "hiervan geleerd", "# Wifi weg in Noord", "## Oplossing\n\nvoeding vervangen",
		`name="edition" value="3"`,
	}, nil)
	wants(t, get(t, serve(site, readerFrom("desk")), "/known-errors/KE-4", 200), []string{"&lt;script&gt;"}, []string{"<script>alert", `href="javascript:`})
	wants(t, get(t, serve(site, readerFrom("desk")), "/known-errors/KE-1", 200), []string{"staat in de catalogus"}, []string{`name="edition"`})
}

// A form becomes one command; names are found in the catalog, and what is wrong is said
// in the reader's words before anything is asked of the engine.
func TestKnownErrorForms(t *testing.T) {
	w := badMonday(t)
	var got headstart.Command
	w.do = func(c headstart.Command) (headstart.Outcome, bool, error) {
		got = c
		return headstart.Outcome{V: 1, Command: c.ID, Known: "KE-9"}, false, nil
	}
	site := serve(w.site(), readerFrom("desk"))
	rec := post(site, "/known-errors", "title_nl", "Papier kreukt", "services", "printen, WIFI", "assets", "printer bij de trap", "locations", "gebouw noord", "symptoms_nl", "kreukt\r\n\r\n papier kreukt ", "fix", "klep\r\ndicht", "review_by", "2027-01-31", "checks", "jam")
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/known-errors/KE-9?did=") {
		t.Fatalf("answered %d to %s: %s", rec.Code, rec.Header().Get("Location"), rec.Body)
	}
	r := got.Record
	if got.Do != "make-known" || r == nil || strings.Join(r.Services, " ") != "print wifi" || strings.Join(r.Assets, " ") != "prn-n2-04" || strings.Join(r.Locations, " ") != "noord" ||
		strings.Join(r.Symptoms["nl"], "|") != "kreukt|papier kreukt" || r.Fix != "klep\ndicht" || r.Checks[0] != "jam" {
		t.Errorf("the command is %+v of %+v", got, r)
	}
	for name, fields := range map[string][]string{
		"Titel is leeg":                          {"fix", "x"},
		"de catalogus kent koffie niet":          {"title_nl", "x", "services", "koffie"},
		"geen adres van een pagina":              {"title_nl", "x", "kb", "javascript:alert(1)"},
		"morgen is geen datum":                   {"title_nl", "x", "review_by", "morgen"},
		"Oplossing is langer dan 2000":           {"title_nl", "x", "fix", strings.Repeat("a", 2001)},
		"Wat mensen ervan merken heeft meer dan": {"title_nl", "x", "symptoms_nl", strings.Repeat("a\n", 51)},
	} {
		if rec := post(site, "/known-errors", fields...); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), name) {
			t.Errorf("%s: %d without these words", name, rec.Code)
		}
	}
	if rec := post(site, "/i/HS-1042/resolve", "solution", "x", "known_error", "KE-2", "make_known", "1"); rec.Code != http.StatusBadRequest {
		t.Errorf("both a known error and a new one: %d; want 400", rec.Code)
	}
	if post(site, "/i/HS-1042/resolve", "solution", "x", "make_known", "1"); got.Record == nil || got.Do != "resolve" {
		t.Errorf("resolving makes no known error: %+v", got)
	}
	if post(site, "/i/HS-1042/helped", "known_error", "KE-2", "no", "1"); got.Do != "helped" || got.Value == nil || *got.Value {
		t.Errorf("did not help: %+v", got)
	}
}

// A ticket that says what people notice of a known error shows it in the list.
func TestTicketsSayWhatIsKnown(t *testing.T) {
	w := badMonday(t)
	w.put(headstart.TableTickets, "rt/77", headstart.TicketState{V: 1, Ticket: headstart.Ticket{
		Source: "rt", ID: "77", CreatedAt: w.at("2026-11-23 08:00"),
		Evidence: &headstart.Evidence{Stems: []string{"kreukt", "papier"}, Assets: []headstart.Mention{{ID: "print", Strength: 1}}},
	}})
	w.fill()
	known := headstart.NewKnownFinder(w.view, func(phrase string) [][][]string {
		var words [][]string
		for w := range strings.FieldsSeq(phrase) {
			words = append(words, []string{w})
		}
		return [][][]string{words}
	})
	site := w.site(func(o *Options) { o.Known = known })
	wants(t, get(t, serve(site, readerFrom("desk")), "/tickets", 200), []string{"Bekende fout KE-1: klep achter dicht", "een melding zegt ‘papier kreukt’"}, nil)
	wants(t, get(t, serve(site, readerFrom("desk")), "/search?q=kreukt", 200), []string{`href="/known-errors/KE-1"`}, nil)
	wants(t, get(t, serve(site, readerFrom("desk")), "/search?q=uitbetaling", 200), nil, []string{"KE-3"})
}
