package public

import (
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestStateByHand: what a person set wins over checks and planned work until it ends,
// in every file of the page alike, and over no live message; who set it stands nowhere.
func TestStateByHand(t *testing.T) {
	for name, c := range map[string]struct {
		state       string
		until       time.Duration
		check, live bool
		want        Level
		status      string
		head        string
	}{
		"a check fails and a person knows better": {"works", time.Hour, true, false, Fine, "none", "Er zijn geen storingen bekend"},
		"it ended":                          {"works", 0, true, false, Unsure, "minor", "Wij kijken of alles goed werkt"},
		"no check sees it":                  {"partly", time.Hour, false, false, Partly, "minor", "Niet alles werkt nu goed"},
		"no check sees a large one":         {"down", time.Hour, false, false, Down, "major", "Veel werkt nu niet"},
		"work that stands in no plan":       {"planned", time.Hour, false, false, Planned, "minor", "Er is nu gepland werk"},
		"never green beside a message":      {"works", time.Hour, false, true, Down, "minor", "1 dienst werkt nu niet goed"},
		"a state worse than the message is": {"down", time.Hour, false, true, Down, "major", "1 dienst werkt nu niet goed"},
		"of no known word":                  {"purple", time.Hour, false, false, Fine, "none", "Er zijn geen storingen bekend"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			key := headstart.PageStateKey("")
			w.put(headstart.TableDesk, key, headstart.DeskNote{V: 1, ID: key, Kind: "notice", By: "samira", At: w.now.Add(-time.Hour), Until: w.now.Add(c.until), State: c.state, Text: "geheime reden"})
			if c.check {
				w.checks = []headstart.CheckResult{{Probe: "mail", Service: "mail", Verdict: headstart.Down, At: w.now}}
			}
			if c.live {
				w.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", UID: "a", Seq: 1, State: headstart.Open, StartedAt: w.now.Add(-time.Hour)})
				w.put(headstart.TableAnnouncements, "a.x", headstart.Announcement{
					V: 1, ID: "a.x", Incident: "HS-1", State: headstart.AnnouncementPublished, Effect: "down", Severity: "minor", Services: []string{"wifi"},
					Updates: []headstart.Update{{Phase: headstart.Investigating, At: w.now, Text: map[string]headstart.Text{"nl": text("Wifi werkt niet", "x")}}},
				})
			}
			s := w.fill().site()
			h := serve(s)
			if got := s.all[0].state().Level; got != c.want {
				t.Errorf("the page is %s, want %s", got, c.want)
			}
			for path, want := range map[string]string{
				"": `class="state ` + string(c.want), "badge.svg": c.head, "banner.json": `"level":"` + string(c.want) + `"`, "api/v2/status.json": `"indicator":"` + c.status + `"`,
			} {
				body := get(t, h, "/s/nl/"+path, 200)
				if !strings.Contains(strings.ReplaceAll(body, `": "`, `":"`), want) {
					t.Errorf("%q does not say %s", path, want)
				}
				if strings.Contains(body, "samira") || strings.Contains(body, "geheime reden") {
					t.Errorf("%q tells who set it, or why", path)
				}
			}
			if c.state == "partly" && !strings.Contains(get(t, h, "/s/nl/", 200), c.head) {
				t.Error("the page says another headline than its badge")
			}
		})
	}
}
