package main

import (
	"encoding/json"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"headstart"
	"headstart/notify/smtptest"
)

// toldAlike checks that whoever asks is told of the one incident that runs, and in
// the same words: board, status page, feeds, banner, telephone, Statuspage's API and
// the morning report are made of one state (announcements.md, section 13).
func toldAlike(t *testing.T, r *running) {
	t.Helper()
	var odd string
	defer func() {
		if t.Failed() && odd != "" {
			t.Log(odd)
		}
	}()
	waitFor(t, 10*time.Second, "the same words in every form", func() bool {
		before := r.incidents()[0]
		odd = oddOneOut(t, r, before)
		after := r.incidents()[0]
		// A correction in between is no contradiction: look again.
		return odd == "" && len(before.Announcements[0].Updates) == len(after.Announcements[0].Updates)
	})
}

// oddOneOut names the form that does not tell of i what its announcement says.
func oddOneOut(t *testing.T, r *running, i headstart.Incident) string {
	text := i.Announcements[0].Last().Text["nl"]
	for _, path := range []string{"/", "/morning", "/s/nl/"} {
		if !strings.Contains(r.page(path), string(i.ID)) {
			return path + " does not name " + string(i.ID)
		}
	}
	for _, form := range []string{"feed.atom", "feed.rss"} {
		f, err := gofeed.NewParser().ParseString(r.page("/s/nl/" + form))
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Items) == 0 || f.Items[0].Title != text.Title {
			return form + " does not say " + text.Title + " first"
		}
	}
	var banner struct {
		Level    string `json:"level"`
		Messages []struct{ Number, Title, Short string }
	}
	var api struct {
		Incidents []struct {
			Name    string
			Updates []struct{ Body string } `json:"incident_updates"`
		}
	}
	for path, into := range map[string]any{"banner.json": &banner, "api/v2/incidents/unresolved.json": &api} {
		if err := json.Unmarshal([]byte(r.page("/s/nl/"+path)), into); err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case len(banner.Messages) != 1 || banner.Level == "green" || banner.Messages[0].Number != string(i.ID) || banner.Messages[0].Title != text.Title || banner.Messages[0].Short != text.Short:
		return "banner.json says something else"
	case len(api.Incidents) != 1 || api.Incidents[0].Name != string(i.ID)+" "+text.Title || api.Incidents[0].Updates[0].Body != text.Body:
		return "the API says something else"
	case strings.TrimSpace(r.page("/s/nl/phone.txt")) != text.Phone:
		return "the telephone says something else"
	}
	return ""
}

// mailedAlike checks that a mail says what stands on the page: each question and answer of
// the update it was pushed with, in both languages, in order, as text and as HTML.
func mailedAlike(t *testing.T, m *smtptest.Mail, a *headstart.Announcement, channel string) {
	t.Helper()
	n := slices.IndexFunc(a.Updates, func(u headstart.Update) bool { return slices.Contains(u.Pushed, channel) })
	if n < 0 {
		t.Fatalf("no update of %s was pushed to %s", a.ID, channel)
	}
	words := func(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }
	for form, body := range map[string]string{"text": words(m.Text), "HTML": words(m.HTML)} {
		rest := body
		for _, lang := range a.Languages {
			text := a.Updates[n].Text[lang]
			for _, l := range append([]headstart.TextLine{{Text: text.Title}}, text.Lines...) {
				for _, part := range []string{l.Label, l.Text} {
					at := strings.Index(rest, words(part))
					if at < 0 {
						t.Errorf("the %s of the mail lacks %q of %s, or has it too early:\n%s", form, part, lang, body)
						return
					}
					rest = rest[at+len(words(part)):]
				}
			}
		}
	}
}
