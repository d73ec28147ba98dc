package public

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"headstart"
)

// Ruling 31: at most 45 words that can be spoken, and nothing while nothing runs.
func TestWhatTheTelephoneSays(t *testing.T) {
	live := func(titles ...string) *world {
		w := newWorld(t)
		for n, title := range titles {
			id := fmt.Sprintf("HS-%d", n+1)
			w.put(headstart.TableIncidents, id, headstart.Incident{V: 1, ID: headstart.IncidentID(id), Seq: n + 1, State: headstart.Open, StartedAt: w.now})
			w.put(headstart.TableAnnouncements, id, headstart.Announcement{
				V: 1, ID: id, UID: id, Incident: headstart.IncidentID(id), State: headstart.AnnouncementPublished, Effect: "down", Services: []string{"mail"},
				Updates: []headstart.Update{{N: 1, At: w.now, Text: map[string]headstart.Text{"nl": {Title: title, Phone: "Gesproken: " + title}}}},
			})
		}
		return w
	}
	long := "De printers en de kopieerapparaten op alle verdiepingen werken niet"
	for name, c := range map[string]struct {
		titles []string
		want   string
	}{
		"one says its own words":           {[]string{"Mail werkt niet"}, "Gesproken: Mail werkt niet\n"},
		"one without words says its title": {[]string{strings.Repeat("woord ", 44) + "(HS-1)"}, "Er is nu een storing bekend. En nog een andere.\n"},
		"two are named":                    {[]string{"Mail werkt niet", "Wifi werkt niet (HS-2)"}, "Er zijn nu 2 storingen bekend. Wifi werkt niet. Mail werkt niet.\n"},
		"what does not fit is counted":     {[]string{long, long, long, long, long, long}, "Er zijn nu 6 storingen bekend. " + strings.Repeat(long+". ", 3) + "En nog 3 andere.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := get(t, serve(live(c.titles...).fill().site()), "/s/nl/phone.txt", 200)
			if n := len(strings.Fields(got)); n > mostSpoken {
				t.Errorf("%d words, at most %d: %s", n, mostSpoken, got)
			}
			if got != c.want {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
	calm := newWorld(t)
	calm.plannedWork()
	if rec := ask(serve(calm.fill().site()), "/s/nl/phone.txt"); rec.Code != http.StatusNoContent || rec.Body.Len() != 0 {
		t.Errorf("while nothing runs: status %d, %q", rec.Code, rec.Body)
	}
}
