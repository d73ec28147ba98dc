package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"headstart"
)

// Before anything is opened its words can be read, in both languages and with what users
// should not meet; looking opens nothing. Without JavaScript a button of the form shows
// the page again with all that was filled in, with it the part that shows words comes
// alone.
func TestAnOutageCanBeReadBeforeItIsOpened(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	if body := get(t, h, "/new", http.StatusOK); !strings.Contains(body, `formaction="/new/preview"`) || !strings.Contains(body, "Zodra u een dienst kiest") {
		t.Errorf("the form shows no way to look at the words:\n%s", body)
	}
	if body := get(t, h, "/new?service=print&location=noord&lang=en", http.StatusOK); !strings.Contains(body, "print down fails") || !strings.Contains(body, `value="print"`) || !strings.Contains(body, `value="noord" checked`) {
		t.Errorf("an address does not fill the form in:\n%s", middle(body))
	}
	if body := get(t, serve(w.site(), looker), "/new?service=print", http.StatusOK); strings.Contains(body, "print down") {
		t.Error("a viewer is shown what an outage would say")
	}
	typed := []string{"service", "Printen", "location", "noord", "effect", "slow", "severity", "critical", "title", `Rij <b>"bij"</b> de trap`, "announce", "1"}
	for path, words := range map[string][]string{
		"/new/preview":         {"print slow werkt niet", "print slow fails", "Gebouw Noord (180 mensen)", "Staat meteen op de statuspagina.", "HS-1061", "“switch”. Schrijf: “apparaat”"},
		"/new/preview?lang=en": {"print slow werkt niet", "print slow fails", "180 people", "Stands on the status page at once.", "HS-1061"},
	} {
		body := post(h, path, typed...).Body.String()
		for _, want := range append(words, `value="Printen"`, `value="noord" checked`, `value="slow" checked`, `value="critical" checked`, `name="announce" value="1" checked`, `value="Rij &lt;b&gt;&#34;bij&#34;&lt;/b&gt; de trap"`) {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q:\n%s", path, want, middle(body))
			}
		}
	}
	body := "service=Printen&effect=down&severity=major&announce=1"
	r := httptest.NewRequest(http.MethodPost, "/new/preview", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if part := rec.Body.String(); strings.Contains(part, "<html") || !strings.Contains(part, "print down werkt niet") {
		t.Errorf("the part alone is\n%s", part)
	}
	if len(w.done) > 0 {
		t.Errorf("looking did %+v", w.done)
	}
}

// Of a large catalog the words come by the button alone: to find them takes longer than
// somebody types.
func TestALargeCatalogIsNotRehearsedAtEachKey(t *testing.T) {
	w := newWorld(t)
	if page := get(t, serve(w.fill().site(), desk), "/new", http.StatusOK); !strings.Contains(page, "hx-post") {
		t.Error("the words of a small catalog do not follow")
	}
	for n := range followMost {
		w.cat.Devices = append(w.cat.Devices, headstart.Device{ID: fmt.Sprintf("d-%d", n)})
	}
	w.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Language: "nl", Timezone: "Europe/Amsterdam", Catalog: &w.cat})
	h := serve(w.fill().site(), desk)
	if page := get(t, h, "/new", http.StatusOK); strings.Contains(page, "hx-post") || !strings.Contains(page, "druk op Voorbeeld") || !strings.Contains(page, `formaction="/new/preview"`) {
		t.Error("the words of a large catalog are asked for at each key, or not at all")
	}
	if body := post(h, "/new/preview", "service", "print", "effect", "down", "severity", "major", "announce", "1").Body.String(); !strings.Contains(body, "print down werkt niet") {
		t.Error("the button shows no words")
	}
}

// What cannot be opened, or tells nobody, is said before it is tried.
func TestWhatAnOutageWouldNotTell(t *testing.T) {
	w := badMonday(t)
	ask := func(id headstart.Identity, change func(*Options), fields ...string) string {
		if change == nil {
			change = func(*Options) {}
		}
		return post(serve(w.site(change), id), "/new/preview", append([]string{"effect", "down", "severity", "major"}, fields...)...).Body.String()
	}
	answers := func(r headstart.Rehearsal, err error) func(*Options) {
		return func(o *Options) {
			o.Rehearse = func(context.Context, ...headstart.Command) (headstart.Rehearsal, error) { return r, err }
		}
	}
	noord := desk
	noord.Locations = []string{"noord"}
	waits := headstart.Announcement{ID: "x.noord", Audience: "noord", Languages: []string{"nl"}, Draft: &headstart.Update{Why: []string{"vier ogen"}, Text: map[string]headstart.Text{"nl": text("Printen", "x")}}}
	for name, c := range map[string]struct{ body, want, not string }{
		"no service":                  {ask(desk, nil), "Kies een dienst", "Statuspagina, mail"},
		"a service nobody may know":   {ask(desk, nil, "service", "Salarisbestanden", "announce", "1"), "Kies een dienst", "salaris down"},
		"no message wanted":           {ask(desk, nil, "service", "print"), "Er gaat geen bericht uit", "Statuspagina, mail"},
		"another place":               {ask(noord, nil, "service", "print", "location", "zuid", "announce", "1"), "notice red", "Statuspagina, mail"},
		"nobody to tell":              {ask(desk, answers(headstart.Rehearsal{}, nil), "service", "print", "announce", "1"), "geen doelgroep", "Dit gaat zo niet"},
		"the engine refuses":          {ask(desk, answers(headstart.Rehearsal{Refused: "alles staat stil"}, nil), "service", "print", "announce", "1"), "Dit gaat zo niet: alles staat stil", "geen doelgroep"},
		"another one is to approve":   {ask(desk, answers(headstart.Rehearsal{Announcements: []headstart.Announcement{waits}}, nil), "service", "print", "announce", "1"), "Wacht op goedkeuring.", "Staat meteen"},
		"no engine can be asked":      {ask(desk, answers(headstart.Rehearsal{}, errors.New("no configuration")), "service", "print", "announce", "1"), "nu niet te tonen", "no configuration"},
		"this process cannot foresee": {ask(desk, func(o *Options) { o.Rehearse = nil }, "service", "print"), "bestaat niet", "foretold"},
	} {
		if !strings.Contains(c.body, c.want) || strings.Contains(c.body, c.not) {
			t.Errorf("%s: want %q and not %q in\n%s", name, c.want, c.not, middle(c.body))
		}
	}
	if len(w.done) > 0 {
		t.Errorf("looking did %+v", w.done)
	}
}

// middle is what a page says between head and foot.
func middle(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	return page
}
