package public

import (
	"testing"
	"time"

	"headstart"
	"headstart/chart"
)

// Bars are cut from the time of the event, not of the telling: an incident that
// began days before anybody wrote of it fills those days; one announcement over
// several incidents lasts from the first to the last of them.
func TestBarsAreOfTheEvent(t *testing.T) {
	for name, c := range map[string]struct {
		incidents []headstart.Incident
		state     headstart.AnnouncementState
		first     string        // the first bad day
		bad       time.Duration // in all
	}{
		"told days after it began":         {[]headstart.Incident{{StartedAt: day(t, "2026-11-19 22:00"), ResolvedAt: new(day(t, "2026-11-20 02:00"))}}, headstart.AnnouncementFinal, "2026-11-19", 4 * time.Hour},
		"over, and nobody has said so yet": {[]headstart.Incident{{StartedAt: day(t, "2026-11-22 10:00"), ResolvedAt: new(day(t, "2026-11-22 11:00"))}}, headstart.AnnouncementPublished, "2026-11-22", time.Hour},
		"still running":                    {[]headstart.Incident{{StartedAt: day(t, "2026-11-23 07:24")}}, headstart.AnnouncementPublished, "2026-11-23", time.Hour},
		"said to be over, but not seen":    {[]headstart.Incident{{StartedAt: day(t, "2026-11-23 07:00")}}, headstart.AnnouncementFinal, "2026-11-23", time.Hour},
		"of several incidents":             {[]headstart.Incident{{StartedAt: day(t, "2026-11-21 10:00"), ResolvedAt: new(day(t, "2026-11-21 12:00"))}, {StartedAt: day(t, "2026-11-21 09:00"), ResolvedAt: new(day(t, "2026-11-21 11:00"))}}, headstart.AnnouncementFinal, "2026-11-21", 3 * time.Hour},
		"one of several still running":     {[]headstart.Incident{{StartedAt: day(t, "2026-11-23 06:24"), ResolvedAt: new(day(t, "2026-11-23 07:00"))}, {StartedAt: day(t, "2026-11-23 07:54")}}, headstart.AnnouncementPublished, "2026-11-23", 2 * time.Hour},
		"of no incident known any more":    {nil, headstart.AnnouncementFinal, "", 0},
		"withdrawn":                        {[]headstart.Incident{{StartedAt: day(t, "2026-11-22 10:00"), ResolvedAt: new(day(t, "2026-11-22 11:00"))}}, headstart.AnnouncementWithdrawn, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a := headstart.Announcement{
				V: 1, ID: "a.x", UID: "a", Incident: "HS-0", State: c.state, Effect: "down", Services: []string{"mail"},
				Updates: []headstart.Update{{N: 1, At: w.at("2026-11-23 08:00"), Text: map[string]headstart.Text{"nl": text("Mail", "x")}}},
			}
			for n, i := range c.incidents {
				i.V, i.ID, i.Seq, i.State = 1, headstart.IncidentID([]string{"HS-0", "HS-1"}[n]), n, headstart.Open
				w.put(headstart.TableIncidents, string(i.ID), i)
				if n > 0 {
					a.Also = append(a.Also, i.ID)
				}
			}
			w.put(headstart.TableAnnouncements, a.ID, a)
			var first string
			var bad time.Duration
			for _, svc := range w.fill().site().all[0].state().Services {
				for _, d := range svc.Days {
					if d.Bad > 0 && first == "" {
						first = d.At.Format(time.DateOnly)
					}
					if bad += d.Bad; (d.Bad > 0) != (d.Level == chart.Broken) {
						t.Errorf("%s: %s of trouble, level %s", d.At, d.Bad, d.Level)
					}
				}
			}
			if first != c.first || bad != c.bad {
				t.Errorf("trouble from %q, %s in all; want %q, %s", first, bad, c.first, c.bad)
			}
		})
	}
}

func day(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
