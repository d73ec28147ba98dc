package web

import (
	"strings"
	"testing"

	"headstart"
)

// A promise that was missed stands on the card until a message follows, though the
// engine holds no open one any more; a time that is over is not still expected, and one
// of earlier cases says how many there were.
func TestMissedPromiseIsShown(t *testing.T) {
	w := newWorld(t)
	incident := headstart.Incident{
		V: 1, ID: "HS-1", Seq: 1, Group: 1, State: headstart.Open, Priority: "P2", StartedAt: w.at("2026-11-23 07:00"), AnnouncedAt: w.ptr("2026-11-23 07:05"),
		ETA: &headstart.ETA{At: w.at("2026-11-23 08:15"), Source: "person"},
	}
	w.put(headstart.TableIncidents, "HS-1", incident)
	other := incident
	other.ID, other.Seq, other.Group = "HS-2", 2, 2
	other.ETA = &headstart.ETA{At: w.at("2026-11-23 09:15"), Source: "history", Confidence: "80 % van de laatste 7 was dan voorbij"}
	w.put(headstart.TableIncidents, "HS-2", other)
	other.ID, other.Seq, other.Group = "HS-3", 3, 3
	other.ETA, other.ETAProposed = nil, other.ETA
	w.put(headstart.TableIncidents, "HS-3", other)
	w.put(headstart.TableAnnouncements, "a.noord", headstart.Announcement{
		V: 1, ID: "a.noord", Incident: "HS-1", Audience: "noord", State: headstart.AnnouncementPublished, Missed: w.ptr("2026-11-23 08:05"), Promises: [2]int{1, 1},
		Updates: []headstart.Update{{Phase: headstart.Progress, At: w.at("2026-11-23 07:35"), By: "rule", Text: map[string]headstart.Text{"nl": text("Printen lukt niet", "x")}}},
	})
	h := serve(w.fill().site(), desk)
	for path, want := range map[string]string{
		"/":       "Bericht beloofd om 08:05, 19 min te laat",
		"/i/HS-1": "verwacht rond 08:15, dat is voorbij",
		"/i/HS-2": "verwacht rond 09:15 (80 % van de laatste 7 was dan voorbij)",
		"/i/HS-3": "Eerdere storingen: rond 09:15. 80 % van de laatste 7 was dan voorbij.",
	} {
		if body := get(t, h, path, 200); !strings.Contains(body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if body := get(t, h, "/i/HS-3", 200); !strings.Contains(body, `type="time" required value="09:15"`) {
		t.Error("the time of earlier cases does not stand in the form")
	}
}
