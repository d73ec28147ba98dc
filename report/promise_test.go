package report

import (
	"strings"
	"testing"

	"headstart"
)

// TestMissedPromises: what users were promised and did not get stands in the report: of
// what still runs until a message follows, of what ended as a count.
func TestMissedPromises(t *testing.T) {
	s := newState(t)
	s.catalog(&headstart.Calendar{})
	update := []headstart.Update{{Phase: headstart.Progress, At: s.at("2026-11-23 06:30"), By: "rule", Text: map[string]headstart.Text{"nl": {Title: "Wifi werkt niet"}}}}
	for id, i := range map[string]headstart.Incident{
		"HS-1": {State: headstart.Open, Priority: "P3", AnnouncedAt: s.ptr("2026-11-23 06:00"), Title: headstart.Names{"nl": "Wifi"}},
		"HS-2": {State: headstart.Closed, ResolvedAt: s.ptr("2026-11-23 05:00"), CloseReason: "resolved", Title: headstart.Names{"nl": "Mail"}},
	} {
		i.V, i.ID, i.StartedAt = 1, headstart.IncidentID(id), s.at("2026-11-23 04:00")
		s.put(headstart.TableIncidents, id, i)
	}
	s.put(headstart.TableAnnouncements, "a.noord", headstart.Announcement{
		V: 1, ID: "a.noord", Incident: "HS-1", Audience: "noord", State: headstart.AnnouncementPublished, Updates: update, Missed: s.ptr("2026-11-23 07:00"), Promises: [2]int{1, 1},
	})
	s.put(headstart.TableAnnouncements, "b.noord", headstart.Announcement{
		V: 1, ID: "b.noord", Incident: "HS-2", Audience: "noord", State: headstart.AnnouncementFinal, Updates: update, Promises: [2]int{0, 2},
	})
	m := s.report("2026-11-23 08:00", "nl")
	if r := m.Running[0]; !r.Missed || r.MissedAt == nil || !r.MissedAt.Equal(s.at("2026-11-23 07:00")) {
		t.Errorf("missed %t at %v", r.Missed, r.MissedAt)
	}
	html, err := m.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for where, said := range map[string]string{"text": m.Text(100, false), "page": string(html)} {
		for _, want := range []string{"belofte van 07:00 GEMIST", "! 2 beloften aan gebruikers gemist"} {
			if !strings.Contains(said, want) {
				t.Errorf("the %s does not say %q:\n%s", where, want, said)
			}
		}
	}
}
