package report

import (
	"encoding/json"
	"strings"
	"testing"

	"headstart"
)

// TestMorningWould covers rulings 25 and 28: what auto would have sent stands in the
// report with when, whom and how many, and what became of it; so does what was held for
// the night and over by its end. What left by itself is not listed.
func TestMorningWould(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	put := func(n, resolved string, change func(*headstart.Announcement)) {
		i := headstart.Incident{V: 1, ID: headstart.IncidentID("HS-" + n), Seq: int(n[0] - '0'), State: headstart.Open, StartedAt: s.at("2026-11-22 03:00")}
		if resolved != "" {
			at := s.at(resolved)
			i.State, i.ResolvedAt = headstart.Closed, &at
		}
		s.put(headstart.TableIncidents, string(i.ID), i)
		a := headstart.Announcement{
			V: 1, ID: "u" + n + ".noord", Incident: i.ID, Audience: "noord", State: headstart.AnnouncementPublished,
			Updates: []headstart.Update{{Phase: headstart.Investigating, Text: map[string]headstart.Text{"nl": {Title: "Bericht " + n}}}},
			Pushing: headstart.Pushing{Would: &headstart.WouldPush{At: s.at("2026-11-23 07:0" + n), People: 180, Channels: []string{"mail-all"}}},
		}
		change(&a)
		s.put(headstart.TableAnnouncements, a.ID, a)
	}
	put("1", "", func(a *headstart.Announcement) { a.PushDraft = true })
	put("2", "", func(a *headstart.Announcement) {
		a.Pushing.At = s.at("2026-11-23 07:30")
		a.Updates[0].Pushed, a.Updates[0].PushedBy = []string{"mail-all"}, "samira"
	})
	put("3", "2026-11-23 03:40", func(a *headstart.Announcement) { a.Pushing.Would.Quiet = true })
	put("4", "2026-11-23 07:45", func(a *headstart.Announcement) { a.Pushing.Would.People = 0 })
	put("5", "", func(a *headstart.Announcement) { a.Pushing.Declined = true })
	put("6", "", func(a *headstart.Announcement) { a.Pushing.At = s.at("2026-11-23 07:06") })             // by itself, after the night
	put("7", "", func(a *headstart.Announcement) { a.Pushing.Would.At = s.at("2026-11-23 12:00") })       // still to come
	put("8", "", func(a *headstart.Announcement) { a.Pushing.Would.At = s.at("2026-11-20 12:00") })       // of last week
	put("9", "", func(a *headstart.Announcement) { a.Confidential = true; a.Audience = "vertrouwelijk" }) // ruling 30
	s.put(headstart.TableDesk, "push-auto", headstart.DeskNote{V: 1, ID: "push-auto", Kind: headstart.NoteOffer, By: "rule", Text: "10", At: s.at("2026-11-23 07:00")})
	for language, want := range map[string][]string{
		"nl": {
			"HS-1  Bericht 1", "noord · 180 mensen · mail-all", "het wacht nog op een mens", "een mens verstuurde het om 07:30",
			"niets verstuurd: voorbij om 03:40, voor het einde van de stille uren", "aantal mensen onbekend", "niemand verstuurde het; het was voorbij om 07:45",
			"een mens hield het tegen", "De laatste 10 berichten", headstart.AutoLine,
		},
		"en": {"it still waits for a person", "a person sent it at 07:30", "over at 03:40, before quiet hours ended", "The last 10 messages", headstart.AutoLine},
	} {
		m := s.report("2026-11-23 08:00", language)
		if len(m.Would) != 5 {
			t.Fatalf("%d listed, want HS-1 to HS-5: %+v", len(m.Would), m.Would)
		}
		page, err := m.HTML()
		if err != nil {
			t.Fatal(err)
		}
		text := m.Text(200, false)
		for _, w := range want {
			on := strings.ReplaceAll(w, "HS-1  Bericht 1", `<bdi>HS-1</bdi></a> <bdi>Bericht 1</bdi>`)
			if !strings.Contains(text, w) || !strings.Contains(string(page), on) {
				t.Errorf("%s: text or page lacks %q:\n%s", language, w, text)
			}
		}
		if strings.Contains(text, "vertrouwelijk") || len(m.Notes) != 0 {
			t.Errorf("confidential or the offer among the notes: %s", text)
		}
	}
	raw, err := s.report("2026-11-23 08:00", "nl").JSON()
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Would []struct{ Outcome string } `json:"would_have_sent"`
	}
	if err := json.Unmarshal(raw, &out); err != nil || len(out.Would) != 5 || out.Would[2].Outcome != "over" {
		t.Errorf("JSON says %+v (%v), want five, the third over", out, err)
	}
}
