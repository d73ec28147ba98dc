package public

import (
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/mmcdole/gofeed"

	"headstart"
)

// Planned work says what users were told of it, in every form; until somebody
// announces it, what the plan says.
func TestPlannedWorkSaysWhatUsersWereTold(t *testing.T) {
	w := newWorld(t)
	starts, ends := w.at("2026-11-24 20:00"), w.at("2026-11-24 22:00")
	w.put(headstart.TableMaintenance, "W-7", headstart.MaintenanceWindow{
		ID: "W-7", Services: []string{"mail"}, StartsAt: starts, EndsAt: ends, Summary: headstart.Names{"nl": "Mail verhuist"}, Changes: 2, ChangedAt: w.at("2026-11-20 09:00"),
	})
	var a headstart.Announcement
	var saw struct {
		sequence, status, summary, maintenance string
		page                                   bool
	}
	look := func(at time.Time) {
		t.Helper()
		w.now = at
		rows := w.rows
		if len(a.Updates) > 0 {
			w.put(headstart.TableAnnouncements, a.ID, a)
		}
		h := serve(w.fill().site())
		w.rows = rows
		cal, err := ical.ParseCalendar(strings.NewReader(get(t, h, "/s/nl/calendar.ics", 200)))
		if err != nil || len(cal.Events()) != 1 {
			t.Fatalf("%v with %d events, want one", err, len(cal.Events()))
		}
		e := cal.Events()[0]
		saw.sequence, saw.status, saw.summary = e.GetProperty(ical.ComponentPropertySequence).Value, e.GetProperty(ical.ComponentPropertyStatus).Value, e.GetProperty(ical.ComponentPropertySummary).Value
		var f spMaintenancesFile
		decode(t, h, "/s/nl/api/v2/scheduled-maintenances.json", &f)
		saw.maintenance = f.Scheduled[0].Name + ": " + f.Scheduled[0].Status
		saw.page = strings.Contains(get(t, h, "/s/nl/", 200), ">"+saw.summary+"</span>")
		if feed := get(t, h, "/s/nl/feed.atom", 200); !strings.Contains(feed, "<title>"+saw.summary+"</title>") {
			t.Errorf("the feed does not say %q", saw.summary)
		}
		if one := get(t, h, "/s/nl/"+f.Scheduled[0].ID+".ics", 200); !strings.Contains(one, "SUMMARY;LANGUAGE=nl:"+saw.summary) || strings.Contains(one, "REFRESH-INTERVAL") {
			t.Errorf("the appointment is\n%s", one)
		}
	}
	said := func(n int, phase headstart.Phase, at time.Time, title string) {
		a.Updates = append(a.Updates, headstart.Update{N: n, Phase: phase, At: at, Final: phase.Final(), Text: map[string]headstart.Text{"nl": text(title, title)}})
	}

	look(w.at("2026-11-23 08:00"))
	if saw.summary != "Mail verhuist" || saw.maintenance != "Mail verhuist: scheduled" || saw.sequence != "2" || saw.status != "CONFIRMED" || !saw.page {
		t.Errorf("before anybody told of it: %+v", saw)
	}
	a = headstart.Announcement{V: 1, ID: "w7.alle", UID: "w7", Window: "W-7", Number: "HS-W7", State: headstart.AnnouncementPublished, Services: []string{"mail"}, StartsAt: starts, EndsAt: ends}
	said(1, headstart.MaintenanceAnnounced, w.at("2026-11-23 09:00"), "Mail werkt even niet")
	look(w.at("2026-11-23 10:00"))
	if saw.summary != "Mail werkt even niet" || saw.maintenance != "HS-W7 Mail werkt even niet: scheduled" || !saw.page {
		t.Errorf("announced: %+v", saw)
	}
	said(2, headstart.MaintenanceStarted, starts, "Mail werkt nu niet")
	look(starts.Add(3 * time.Hour)) // it should be over, but nobody said so
	if saw.maintenance != "HS-W7 Mail werkt nu niet: in_progress" || !saw.page {
		t.Errorf("under way: %+v", saw)
	}
	if head := get(t, serve(w.site()), "/s/nl/", 200); !strings.Contains(head, `<section class="state blue"`) {
		t.Error("the page is not blue while users think that it goes on")
	}
	said(3, headstart.MaintenanceDone, starts.Add(4*time.Hour), "Mail werkt weer")
	a.State = headstart.AnnouncementFinal
	look(starts.Add(5 * time.Hour))
	if saw.maintenance != "HS-W7 Mail werkt weer: completed" || saw.page {
		t.Errorf("done: %+v", saw)
	}
	a.State, a.Updates[2].Text = headstart.AnnouncementDraft, nil
	look(w.at("2026-11-23 10:00"))
	if saw.summary != "Mail verhuist" {
		t.Errorf("a draft is told: %+v", saw)
	}
}

// Work of every night fills no feed: a plan nobody announced is an entry for as long
// as the page shows it, and none stands in the future.
func TestPlansDoNotFillTheFeed(t *testing.T) {
	w := newWorld(t)
	for n := range 60 {
		from := w.at("2026-11-01 02:00").AddDate(0, 0, n)
		id := "W-2@" + from.Format(time.DateOnly)
		w.put(headstart.TableMaintenance, id, headstart.MaintenanceWindow{ID: id, Services: []string{"mail"}, StartsAt: from, EndsAt: from.Add(time.Hour), Summary: headstart.Names{"nl": "Mail traag"}})
	}
	f, err := gofeed.NewParser().ParseString(get(t, serve(w.fill().site()), "/s/nl/feed.rss", 200))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Items) != plannedDays {
		t.Errorf("%d entries, want one for each of %d nights", len(f.Items), plannedDays)
	}
	for _, i := range f.Items {
		if i.PublishedParsed.After(w.now) {
			t.Errorf("%s is of %s, which is to come", i.Title, i.Published)
		}
	}
}
