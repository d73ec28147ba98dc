package announce

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

// titlesOf are titles as notices have them, in the words of every kind.
func titlesOf(w *Words, lang string) (out []string) {
	for kind := range w.book.Kinds {
		for _, effect := range []string{"down", "slow", "partly"} {
			out = append(out, w.Title(kind, effect, "Roosterplanner", lang))
		}
	}
	return out
}

// TestDigest covers ruling 26: one message lists what stands and what is over, in each
// language and address, under one question each, without a word users should not meet,
// and short enough for SMS however much it lists.
func TestDigest(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, amsterdam(t))
	for _, voice := range []struct{ lang, address string }{{"nl", "u"}, {"nl", "je"}, {"en", "u"}} {
		w := New(nil, voice.address, nil)
		for live := range 15 {
			for over := range 4 {
				if live+over == 0 {
					continue
				}
				in := headstart.DigestWording{Lang: voice.lang, Now: now, StatusURL: "https://status.example.org/s/"}
				titles := titlesOf(w, voice.lang)
				for k := range live {
					in.Live = append(in.Live, headstart.DigestLine{Title: titles[k%len(titles)], Where: "Gebouw Noord", Since: now.Add(-time.Hour)})
				}
				for k := range over {
					in.Over = append(in.Over, headstart.DigestLine{Title: titles[k%len(titles)], Where: "Gebouw Zuid", Since: now.Add(-3 * time.Hour), Ended: now.Add(-time.Hour)})
				}
				c := w.Digest(in)
				name := fmt.Sprintf("%s %s with %d and %d over", voice.lang, voice.address, live, over)
				if c.TooLong || septets(c.Text.Short) > 160 || c.Text.Short == "" {
					t.Errorf("%s: a text message of %d characters: %s", name, septets(c.Text.Short), c.Text.Short)
				}
				if len(c.Hits) > 0 || c.Text.Title == "" || c.Text.Subject == "" || c.Text.Body == "" {
					t.Errorf("%s: %+v", name, c)
				}
				lineFaults(c.Text.Lines, func(format string, args ...any) { t.Errorf(name+": "+format, args...) })
				if said := strings.Contains(c.Text.Body, map[string]string{"nl": "hoeft dit niet zelf te melden", "en": "do not need to report"}[voice.lang]); said != (live > 0) {
					t.Errorf("%s: no need to report said %v", name, said)
				}
			}
		}
	}
}

// TestDigestSays reads one as a user does.
func TestDigestSays(t *testing.T) {
	now := time.Date(2026, 11, 23, 16, 0, 0, 0, amsterdam(t))
	in := headstart.DigestWording{
		Lang: "nl", Now: now, More: 2, StatusURL: "https://status.example.org/s/",
		Live: []headstart.DigestLine{
			{Title: "printen lukt niet", Where: "Gebouw Noord", Since: now.Add(-2 * time.Hour)},
			{Title: "Wifi is langzaam", Since: now.Add(-26 * time.Hour)},
		},
		Over: []headstart.DigestLine{{Title: "Opgelost: Rooster", Ended: now.Add(-30 * time.Minute)}},
	}
	want := `Wat werkt nu niet goed?
Printen lukt niet. Gebouw Noord. Sinds 14:00 uur.

Wifi is langzaam. Sinds 14:00 uur op zondag 22 november.

Wat is voorbij?
Opgelost: Rooster. Sinds 15:30 uur.

Er zijn nog 2 andere problemen.

Je hoeft dit niet zelf te melden.

Meer lees je op https://status.example.org/s/.`
	got := New(nil, "je", nil).Digest(in).Text
	if got.Body != want {
		t.Errorf("the digest says\n%s\nwant\n%s", got.Body, want)
	}
	if want := "Niet goed: Printen lukt niet. Wifi is langzaam. Opgelost: Rooster. Meer op https://status.example.org/s/"; got.Short != want {
		t.Errorf("the text message says %q, want %q", got.Short, want)
	}
	in.Live[0].UrgentContact = "Spoed? Bel 1234."
	if body := New(nil, "je", nil).Digest(in).Text.Body; strings.Contains(body, "zelf te melden") || !strings.Contains(body, "Spoed? Bel 1234.") {
		t.Errorf("with an urgent contact it says\n%s\nwant that in place of no need to report", body)
	}
	in.Live[0].Where = "srv-db-01.intern"
	if c := New(nil, "u", nil).Digest(in); len(c.Hits) == 0 {
		t.Error("a name of our trade passes the gate")
	}
}
