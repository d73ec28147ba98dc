package public

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"headstart"
)

// Ruling 25, for whatever stands together: while a message is live no file of the page
// says that all is well.
func TestNothingIsGreenWhileAMessageStands(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 8)) //nolint:gosec // the same every time
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	states := []headstart.AnnouncementState{headstart.AnnouncementPublished, headstart.AnnouncementFinal, headstart.AnnouncementWithdrawn, headstart.AnnouncementDraft}
	for round := range 60 {
		w := newWorld(t)
		for n := range 1 + rng.IntN(5) {
			id := headstart.IncidentID(fmt.Sprintf("HS-%d", n))
			w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, UID: string(id), Seq: n, State: headstart.Open, StartedAt: w.now.Add(-time.Hour)})
			w.put(headstart.TableAnnouncements, string(id)+".x", headstart.Announcement{
				V: 1, ID: string(id) + ".x", Incident: id, State: states[rng.IntN(len(states))], Effect: pick("down", "slow", "partly", ""), Severity: pick("critical", "major", "minor", ""),
				Services: []string{pick("wifi", "mail", "print", "onbekend")}, Locations: []string{pick("noord", "zuid")},
				Updates: []headstart.Update{{Phase: headstart.Investigating, At: w.now.Add(-time.Hour), Text: map[string]headstart.Text{"nl": text("Iets werkt niet", "x")}}},
			})
		}
		if rng.IntN(2) == 0 {
			w.put(headstart.TableMaintenance, "W", headstart.MaintenanceWindow{ID: "W", Services: []string{"mail"}, StartsAt: w.now.Add(-time.Hour), EndsAt: w.now.Add(time.Hour)})
		}
		s := w.fill().site()
		st := s.all[0].state()
		h := serve(s)
		live := len(st.Live()) > 0
		if live == (st.Level == Fine || st.Level == Planned) {
			t.Errorf("round %d: %d live messages and the headline is %s", round, len(st.Live()), st.Level)
		}
		for path, calm := range map[string]string{
			"": `<section class="state green"`, "badge.svg": `class="green"`, "banner.json": `"level":"green"`, "api/v2/status.json": `"indicator":"none"`,
		} {
			body := strings.ReplaceAll(get(t, h, "/s/nl/"+path, 200), `": "`, `":"`)
			if live && strings.Contains(body, calm) {
				t.Errorf("round %d: %q says that all is well beside %d messages", round, path, len(st.Live()))
			}
		}
		for i := range st.Services {
			if svc := &st.Services[i]; svc.Level == Fine && svc.Effect != "" {
				t.Errorf("round %d: a service that a message is about is fine", round)
			}
		}
	}
}

// A message for several incidents shows nothing when one of them is confidential.
func TestOneConfidentialIncidentHidesTheMessageOfAll(t *testing.T) {
	w := newWorld(t)
	for n, secret := range []bool{false, true} {
		id := headstart.IncidentID(fmt.Sprintf("HS-%d", n+1))
		w.put(headstart.TableIncidents, string(id), headstart.Incident{V: 1, ID: id, UID: string(id), Seq: n, State: headstart.Open, StartedAt: w.now, Confidential: secret})
	}
	w.put(headstart.TableAnnouncements, "a.x", headstart.Announcement{
		V: 1, ID: "a.x", Incident: "HS-1", Also: []headstart.IncidentID{"HS-2"}, State: headstart.AnnouncementPublished, Effect: "down", Services: []string{"mail"},
		Updates: []headstart.Update{{At: w.now, Text: map[string]headstart.Text{"nl": text("Mail en meer", "x")}}},
	})
	if body := get(t, serve(w.fill().site()), "/s/nl/", 200); strings.Contains(body, "Mail en meer") {
		t.Error("the message stands on the page")
	}
}

// Ruling 30: of one that became confidential and left the message, the words that spoke
// for it go, and no others.
func TestWordsOfWhatLeftAreHidden(t *testing.T) {
	w := newWorld(t)
	for n, secret := range []bool{true, false, true} {
		id := headstart.IncidentID(fmt.Sprintf("HS-%d", n+1))
		i := headstart.Incident{V: 1, ID: id, UID: string(id), Seq: n, State: headstart.Open, StartedAt: w.now, Confidential: secret}
		if n == 0 {
			i.State, i.MergedInto, i.Confidential = headstart.Merged, "HS-3", false // which is
		}
		w.put(headstart.TableIncidents, string(id), i)
	}
	say := func(n int, words string, about ...headstart.IncidentID) headstart.Update {
		return headstart.Update{N: n, At: w.now.Add(time.Duration(n-9) * time.Minute), About: about, Text: map[string]headstart.Text{"nl": text(words, "x")}}
	}
	w.put(headstart.TableAnnouncements, "a.x", headstart.Announcement{
		V: 1, ID: "a.x", Incident: "HS-2", First: "HS-1", State: headstart.AnnouncementPublished, Effect: "down", Services: []string{"mail"},
		Updates: []headstart.Update{say(0, "van de eerste"), say(1, "van beide", "HS-1", "HS-2"), say(2, "van de tweede", "HS-2")},
	})
	h := serve(w.fill().site())
	for _, path := range []string{"/s/nl/", "/s/nl/banner.json", "/s/nl/api/v2/incidents.json", "/s/nl/feed.atom"} {
		body := get(t, h, path, 200)
		if strings.Contains(body, "van beide") || strings.Contains(body, "van de eerste") || strings.Contains(body, "HS-1") || strings.Contains(body, "HS-3") {
			t.Errorf("%s tells what is confidential:\n%s", path, body)
		}
		if !strings.Contains(body, "van de tweede") {
			t.Errorf("%s hides what is not:\n%s", path, body)
		}
	}
}

// Ruling 23: what a closed period keeps off is one grey line, no outage and no bar.
func TestAClosedPlaceIsOneLine(t *testing.T) {
	w := newWorld(t)
	for n, asset := range []string{"prn-n2-04", "ap-n-11"} {
		key := headstart.ProblemKey(asset + "/ping")
		w.put(headstart.TableProblems, string(key), headstart.Problem{
			V: 1, Key: key, Asset: asset, Check: "ping", State: headstart.ProblemSuppressed, Location: "noord",
			Suppressed: &headstart.Suppression{By: fmt.Sprintf("closed:Vakantie %d", n), Since: w.at("2026-11-20 18:00"), Until: w.at("2027-01-04 00:00")},
		})
	}
	s := w.fill().site(func(o *Options) {
		o.Config.Pages = []Page{{ID: ""}, {ID: "zuid", Locations: []string{"zuid"}}}
	})
	h := serve(s)
	body := get(t, h, "/s/nl/", 200)
	if strings.Count(body, "Gebouw Noord is gesloten t/m 3 januari") != 1 || !strings.Contains(body, `<section class="state green"`) {
		t.Errorf("the page does not say it once:\n%s", body)
	}
	if !strings.Contains(get(t, h, "/s/en/", 200), "North building is closed up to and including 3 January") {
		t.Error("the English page does not say it")
	}
	if strings.Contains(get(t, h, "/s/zuid/nl/", 200), "Noord") {
		t.Error("the page of another place says it")
	}
}
