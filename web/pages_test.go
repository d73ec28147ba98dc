package web

import (
	"fmt"
	"strings"
	"testing"

	"headstart"
)

func TestPagesShowTheState(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	for path, wants := range map[string][]string{
		"/":                       {"2 storingen raken nu ongeveer 214 mensen.", "Eerste bericht 07:44. Eerste beller 07:52.", "Bericht beloofd om 08:30, over 6 min", "Een goedkeurder kan dit versturen.", "Teams valt steeds weg", "Papier op", "joris (netwerk) werkt eraan"},
		"/?lang=en":               {"2 incidents now affect about 214 people.", "Message promised at 08:30, in 6 min"},
		"/i/HS-1042":              {"NRD-SW-02", "Wifi and internet do not work", "noemt Teams", "meldde na het herstel"},
		"/i/HS-1042?tab=timeline": {"Monteur is onderweg", "regel T-01"},
		"/new":                    {"Nieuwe storing", "Roosterplanner", "Gebouw Zuid"},
		"/tickets":                {"3 meldingen horen nog nergens bij", "Muis stuk"},
		"/announcements":          {"2 wachten op goedkeuring, 2 zichtbaar."},
		"/morning":                {"Ochtendrapport"},
	} {
		body := get(t, h, path, 200)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

// Who may approve has a button for it, on each page that shows what waits.
func TestApproversHaveTheButton(t *testing.T) {
	h := serve(badMonday(t).site(), approver)
	for _, path := range []string{"/", "/announcements", "/i/HS-1042"} {
		if body := get(t, h, path, 200); !strings.Contains(body, "Goedkeuren en plaatsen") || strings.Contains(body, "Een goedkeurder kan dit") {
			t.Errorf("%s does not let an approver approve", path)
		}
	}
}

// Counts of one and of many are said in words that fit, and what a probe says
// in its reader's language.
func TestPagesCount(t *testing.T) {
	for name, c := range map[string]struct {
		n    int
		want map[string][]string
	}{
		"one": {1, map[string][]string{
			"/":                      {"1 storing raakt nu ongeveer 1 mens.", "<dt>melding gekoppeld</dt><dd>1</dd>", "<dt>controle draait</dt><dd>1 / 1</dd>", "<dd>1 mens</dd>", "(geen antwoord binnen 2s)"},
			"/?lang=en":              {"1 incident now affects about 1 person.", "<dt>ticket linked</dt><dd>1</dd>", "<dt>time ‘I have this too’</dt><dd>1</dd>", "<dt>check running</dt><dd>1 / 1</dd>", "<dd>1 person</dd>", "(no answer within 2s)"},
			"/announcements":         {"1 wacht op goedkeuring, 0 zichtbaar."},
			"/announcements?lang=en": {"1 waits for approval, 0 visible."},
		}},
		"many": {2, map[string][]string{
			"/":                      {"1 storing raakt nu ongeveer 2 mensen.", "<dt>meldingen gekoppeld</dt><dd>2</dd>", "<dt>controles draaien</dt><dd>2 / 2</dd>", "<dd>2 mensen</dd>", "2 signalen → 1 storing, 1 nu"},
			"/?lang=en":              {"1 incident now affects about 2 people.", "<dt>tickets linked</dt><dd>2</dd>", "<dt>times ‘I have this too’</dt><dd>2</dd>", "<dt>checks running</dt><dd>2 / 2</dd>", "<dd>2 people</dd>", "2 alerts → 1 incident, 1 now"},
			"/announcements":         {"2 wachten op goedkeuring, 0 zichtbaar."},
			"/announcements?lang=en": {"2 wait for approval, 0 visible."},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.put(headstart.TableIncidents, "HS-1", headstart.Incident{
				V: 1, ID: "HS-1", Seq: 1, State: headstart.Open, Priority: "P3", StartedAt: w.now, People: c.n, Confirmations: c.n,
				Cause:  headstart.Cause{Asset: "nrd-sw-02", Kind: headstart.CauseObserved, Reason: "no answer within 2s"},
				Alerts: headstart.AlertCounts{Total: c.n, Firing: 1}, Tickets: headstart.TicketCounts{Linked: c.n},
			})
			for n := range c.n {
				id := fmt.Sprintf("a%d", n)
				w.put(headstart.TableAnnouncements, id, headstart.Announcement{
					V: 1, ID: id, Incident: "HS-1", Audience: id, State: headstart.AnnouncementDraft, Draft: &headstart.Update{Text: map[string]headstart.Text{"nl": text("Wifi", "Wifi")}},
				})
				w.checks = append(w.checks, headstart.CheckResult{Probe: id, Verdict: headstart.OK, At: w.now})
			}
			h := serve(w.fill().site(), desk)
			for path, wants := range c.want {
				body := get(t, h, path, 200)
				for _, want := range wants {
					if !strings.Contains(body, want) {
						t.Errorf("%s does not say %q:\n%s", path, want, body)
					}
				}
			}
		})
	}
}
