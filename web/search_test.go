package web

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"headstart"
)

// TestSearch: each kind of thing is found by words in any order and case, and what one
// may not see is found by nobody.
func TestSearch(t *testing.T) {
	w := badMonday(t)
	w.cat.KnownErrors = []headstart.KnownError{{ID: "KE-7", Services: []string{"salaris"}, Fix: "geheim"}}
	w.cat.Departments = []headstart.Department{{ID: "fin", Name: headstart.Names{"nl": "Crediteuren"}, People: 40}}
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat, Calendar: &headstart.Calendar{}})
	w.put(headstart.TableIncidents, "HS-1051", headstart.Incident{V: 1, ID: "HS-1051", UID: "ff", Seq: 1051, State: headstart.Open, Confidential: true, Title: headstart.Names{"": "Inbraak"}, StartedAt: w.now})
	s := w.fill().site()
	search := func(who headstart.Identity, q string) string {
		return get(t, serve(s, who), "/search?q="+url.QueryEscape(q), 200)
	}
	for q, want := range map[string]string{
		"WIFI werken niet":  `href="/i/HS-1042"`,
		"m-3":               `href="/i/HS-1042?tab=tickets"`,
		"muis":              "Muis stuk",
		"printer bij":       "prn-n2-04",
		"10.1.2.4":          "N2-04",
		"zuid gebouw":       "Plekken",
		"crediteuren":       "40 mensen",
		"langzaam pagina's": `href="/announcements/bb22.alle"`,
		"roosterplanner":    `<a class="tag amber" href="/i/HS-1043">`,
	} {
		if body := search(desk, q); !strings.Contains(body, want) {
			t.Errorf("%q does not find %s", q, want)
		}
	}
	for _, q := range []string{"inbraak", "salaris", "KE-7", "geheim", "bestaat niet"} {
		if body := search(desk, q); !strings.Contains(body, "Niets gevonden") {
			t.Errorf("%q finds something for the desk", q)
		}
	}
	if !strings.Contains(search(approver, "inbraak"), "HS-1051") {
		t.Error("an approver does not find what is confidential")
	}
	south := desk
	south.Locations = []string{"zuid"}
	if body := search(south, "wifi"); strings.Contains(body, "HS-1042") {
		t.Error("an account of Zuid finds an incident of Noord")
	}
	if body := search(desk, hostile(1)); strings.Contains(body, "<script>alert") || !strings.Contains(body, html.EscapeString("<script>alert")) {
		t.Error("what was searched for is not shown as text")
	}
	search(desk, strings.Repeat("é", 5000))
	for q, who := range map[string]headstart.Identity{"hs-1042": desk, "1043": looker} {
		rec := httptest.NewRecorder()
		serve(s, who).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/search?q="+q, nil))
		if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/i/HS-104") {
			t.Errorf("the number %s: status %d to %s", q, rec.Code, rec.Header().Get("Location"))
		}
	}
}

// TestTabsOfAnIncident: each tab has an address, shows its own, and an unknown one is
// the overview.
func TestTabsOfAnIncident(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	for tab, want := range map[string]string{
		"": `id="messages"`, "nonsense": `id="messages"`, "timeline": "Monteur is onderweg", "evidence": "Waarom dit één storing is", "tickets": "Antwoord aan 1 melder",
		"messages": "<ins>", "map": `class="topo small"`, "after": "Wie heeft nog geen antwoord?",
	} {
		body := get(t, h, "/i/HS-1042?tab="+tab, 200)
		if !strings.Contains(body, want) || strings.Count(body, `<nav class="tabs"`) != 1 {
			t.Errorf("tab %q does not show %s", tab, want)
		}
	}
	if body := get(t, h, "/i/HS-1042?tab=timeline&show=signals", 200); strings.Contains(body, "Monteur is onderweg") || !strings.Contains(body, "eigen storing") {
		t.Error("the timeline of signals shows what a person did, or no signal")
	}
	if body := get(t, h, "/i/HS-1042?tab=timeline&show=people", 200); !strings.Contains(body, "Monteur is onderweg") || strings.Contains(body, "eigen storing") {
		t.Error("the timeline of people shows a signal, or no person")
	}
	out := listen(t.Context(), h, "/events?topics=incident:HS-1042:evidence:", "")
	if first := <-out; strings.Count(first, "<hx-partial") != 3 || !strings.Contains(first, `hx-target="#members"`) {
		t.Errorf("the stream of a tab sends other regions: %.200s", first)
	}
}

// TestOnlyMine: the board of one person shows what stands in their name, says what else
// runs, and its stream does the same.
func TestOnlyMine(t *testing.T) {
	h := serve(badMonday(t).site(), headstart.Identity{Name: "joris", Scopes: desk.Scopes})
	mine := get(t, h, "/?own=1", 200)
	if !strings.Contains(mine, `id="inc-HS-1042"`) || strings.Contains(mine, `id="inc-HS-1043"`) || !strings.Contains(mine, "1 andere loopt nog") {
		t.Error("the board of joris shows another's incident, or not his")
	}
	if first := <-listen(t.Context(), h, "/events?topics=board:own", ""); strings.Contains(first, `id="inc-HS-1043"`) {
		t.Error("its stream brings the others back")
	}
	if body := get(t, serve(badMonday(t).site(), desk), "/?own=1", 200); !strings.Contains(body, "op uw naam") {
		t.Error("who has none is not told so")
	}
}

// TestOneCallerAPress: two presses of one page are one caller; after taking one back, or
// by a colleague, a press counts again.
func TestOneCallerAPress(t *testing.T) {
	w := badMonday(t)
	s := w.site()
	press := func(who headstart.Identity, once string) string {
		post(serve(s, who), "/i/HS-1042/confirm", "once", once)
		return w.done[len(w.done)-1].ID
	}
	first := press(desk, "2")
	if again := press(desk, "2"); first != again || press(desk, "2") == press(desk, "3") || press(desk, "3") == press(approver, "3") {
		t.Error("a hasty press counts twice, or a press of a colleague not at all")
	}
	if body := get(t, serve(s, desk), "/", 200); !strings.Contains(body, `name="once" value="2"`) { // decisions in the timeline
		t.Error("the card does not say how far the incident is")
	}
}

func TestWordDiff(t *testing.T) {
	say := func(pieces []piece) (out []string) {
		for _, p := range pieces {
			switch {
			case p.Added:
				out = append(out, "+"+p.Text)
			case p.Cut:
				out = append(out, "-"+p.Text)
			default:
				out = append(out, p.Text)
			}
		}
		return out
	}
	long := strings.Repeat("x ", mostDiffed+1)
	for name, c := range map[string]struct {
		was, is string
		want    []string
	}{
		"the same":      {"a b", "a  b", []string{"a b"}},
		"one word":      {"om 08:30 uur", "om 09:00 uur", []string{"om", "-08:30", "+09:00", "uur"}},
		"from nothing":  {"", "a b", []string{"+a b"}},
		"to nothing":    {"a b", "", []string{"-a b"}},
		"added between": {"a c", "a b c", []string{"a", "+b", "c"}},
		"too long":      {long, "a", []string{"-" + strings.TrimSpace(long), "+a"}},
	} {
		if got := say(wordDiff(c.was, c.is)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
