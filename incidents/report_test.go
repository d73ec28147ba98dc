package incidents

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// reportStory is a book that sends the morning report to one channel, from Monday 23
// November 2026 09:00 on, with a receiver for alerts of ours.
func reportStory(t *testing.T, holidays ...headstart.Holiday) *story {
	t.Helper()
	st := newStory(t, nil)
	c := st.f.book.log
	c.Report = &headstart.ReportPlan{At: "08:00", Standup: "08:25", To: []string{"mail-desk"}}
	c.Calendar = &headstart.Calendar{Holidays: holidays}
	c.Timezone = "Europe/Amsterdam"
	st.at(monday, headstart.Line{Config: &c})
	st.f.book.router = toOps{}
	return st
}

// toOps pages one receiver of everything.
type toOps struct{ anytime }

func (toOps) Receivers(map[string]string, time.Time) ([]string, bool) { return []string{"ops"}, false }

// at applies a line at a time, and fires every deadline before it.
func (s *story) at(at time.Time, l headstart.Line) { s.line(at.Sub(monday), l) }

// reports are the keys of the reports owed.
func (s *story) reports() (keys []string) {
	for _, key := range sortedKeys(s.f.book.owed) {
		if s.f.book.owed[key].Plane == headstart.PlaneDesk {
			keys = append(keys, key)
		}
	}
	return keys
}

func amsterdam(t *testing.T, clock string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestReportIsOwedOnWorkedDays: each edition once, at its time on the wall clock, also
// across a change of the clocks, and never in a weekend or on a holiday.
func TestReportIsOwedOnWorkedDays(t *testing.T) {
	st := reportStory(t, headstart.Holiday{From: "2026-12-21", To: "2027-01-01", Name: "Kerstvakantie"})
	var got []string
	seen := map[string]bool{}
	last := amsterdam(t, "2027-03-30 12:00")
	for at := monday; at.Before(last); at = at.Add(12 * time.Hour) {
		st.at(at, headstart.Line{})
		for _, key := range st.reports() {
			n := st.f.book.owed[key]
			if !seen[key] {
				got = append(got, n.At.In(st.f.book.zone).Format("2006-01-02 15:04"))
			}
			seen[key] = true
			st.at(at, headstart.Line{Delivery: &headstart.Delivery{Key: key, Outcome: "sent"}})
		}
	}
	for _, at := range got {
		when := amsterdam(t, at)
		if clock := at[11:]; clock != "08:00" && clock != "08:25" {
			t.Errorf("a report of %s; want 08:00 or 08:25 on the clock of the wall", at)
		}
		if d := when.Weekday(); d == time.Saturday || d == time.Sunday || at >= "2026-12-21" && at < "2027-01-02" {
			t.Errorf("a report on %s, when nobody works", at)
		}
	}
	for _, want := range []string{"2026-11-24 08:00", "2026-11-24 08:25", "2026-12-18 08:00", "2027-01-04 08:00", "2027-03-26 08:00", "2027-03-29 08:00"} {
		if !slices.Contains(got, want) {
			t.Errorf("no report at %s; got %v", want, got)
		}
	}
}

// TestReportIsNotDoubled: the same configuration again, or another time, owes no second
// report; a time that was changed holds at once.
func TestReportIsNotDoubled(t *testing.T) {
	st := reportStory(t)
	again := st.f.book.log
	st.at(amsterdam(t, "2026-11-23 20:00"), headstart.Line{Config: &again})
	later := again
	later.Report = &headstart.ReportPlan{At: "09:30", To: []string{"mail-desk"}}
	st.at(amsterdam(t, "2026-11-23 21:00"), headstart.Line{Config: &later})
	st.at(amsterdam(t, "2026-11-24 08:30"), headstart.Line{})
	if got := st.reports(); len(got) > 0 {
		t.Errorf("owed at 08:30: %v; the report was put off to 09:30", got)
	}
	st.at(amsterdam(t, "2026-11-24 09:31"), headstart.Line{})
	if got := st.reports(); !slices.Equal(got, []string{"report/2026-11-24/morning/mail-desk"}) {
		t.Errorf("owed at 09:31: %v; want the one report of that day", got)
	}
}

// TestMissingReportIsAnAlert: what is not delivered a quarter of an hour later, or was
// given up, pages operators and stands on the desk; what arrived is silent.
func TestMissingReportIsAnAlert(t *testing.T) {
	for name, c := range map[string]struct {
		outcome string // of the delivery; empty: none
		pages   bool
	}{
		"it arrived": {"sent", false}, "it was given up": {"dead", true}, "nobody delivered it": {"", true},
	} {
		st := reportStory(t)
		st.at(amsterdam(t, "2026-11-24 08:00"), headstart.Line{})
		key := "report/2026-11-24/morning/mail-desk"
		if c.outcome != "" {
			st.at(amsterdam(t, "2026-11-24 08:01"), headstart.Line{Delivery: &headstart.Delivery{Key: key, Outcome: c.outcome, Err: "no such host"}})
		}
		st.at(amsterdam(t, "2026-11-24 08:16"), headstart.Line{})
		page := st.f.book.owed[key+"/missing/ops"]
		if (page != nil) != c.pages {
			t.Errorf("%s: operators are paged %v; want %v", name, page != nil, c.pages)
		}
		if note := st.f.book.desk["report:morning"]; (note != nil) != c.pages || note != nil && !strings.Contains(note.Text, "mail-desk") {
			t.Errorf("%s: the desk reads %+v", name, note)
		}
		if page != nil && (page.Plane != headstart.PlaneOperators || page.Alerts[0].Labels["alertname"] != "MorningReportMissing") {
			t.Errorf("%s: the page is %+v", name, page)
		}
	}
}

// TestReportAfterAStandstill: a service that stood still over the time sends the report
// of that day late and says so; the one of a day that is over is only missed, and the
// short edition is skipped once people stood together.
func TestReportAfterAStandstill(t *testing.T) {
	for name, c := range map[string]struct {
		back string
		owed []string
	}{
		"two hours":  {"2026-11-24 10:00", []string{"report/2026-11-24/morning/mail-desk"}},
		"a day":      {"2026-11-25 07:00", nil},
		"a minute":   {"2026-11-24 08:01", []string{"report/2026-11-24/morning/mail-desk"}},
		"half an hr": {"2026-11-24 08:40", []string{"report/2026-11-24/morning/mail-desk", "report/2026-11-24/standup/mail-desk"}},
	} {
		st := reportStory(t)
		st.f.trusted = false // its log has ticks of its own
		st.at(amsterdam(t, c.back), headstart.Line{})
		if got := st.reports(); !slices.Equal(got, c.owed) {
			t.Errorf("%s: owed %v; want %v", name, got, c.owed)
		}
		told := st.f.book.desk["report:morning"] != nil
		if want := name != "a minute"; told != want {
			t.Errorf("%s: the desk is told that it was late %v; want %v", name, told, want)
		}
	}
}

// TestSeen: how far a login has read never goes back and never further than now; nobody
// has read nothing.
func TestSeen(t *testing.T) {
	st := reportStory(t)
	b := st.f.book
	b.now = monday.Add(time.Hour)
	see := func(by string, at time.Time) error { return b.seen(&headstart.Command{Do: "seen", By: by, At: at}) }
	for _, at := range []time.Time{monday, monday.Add(-time.Hour), {}} {
		if err := see("samira", at); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.desk[headstart.SeenKey("samira")].At; !got.Equal(b.now) {
		t.Errorf("samira has read until %v; want now, %v", got, b.now)
	}
	if err := see("samira", b.now.Add(24*time.Hour)); err != nil || b.desk[headstart.SeenKey("samira")].At.After(b.now) {
		t.Errorf("nobody reads ahead: %v, %v", b.desk[headstart.SeenKey("samira")].At, err)
	}
	if see("", monday) == nil || see(strings.Repeat("x", 300), monday) == nil {
		t.Error("nobody, and a name of 300 bytes, have read something; want both refused")
	}
	row, err := json.Marshal(b.desk[headstart.SeenKey("samira")])
	if err != nil {
		t.Fatal(err)
	}
	v := headstart.NewView()
	if err := v.Reset(headstart.Cursor{}, headstart.Offset{}, []headstart.FeedOp{{Table: headstart.TableDesk, Row: headstart.Row{Key: headstart.SeenKey("samira"), Val: row}}}); err != nil {
		t.Fatal(err)
	}
	if !v.SeenAt("samira").Equal(b.now) || !v.SeenAt("joris").IsZero() || len(v.Desk()) != 0 {
		t.Errorf("the view says %v, %v, notes %v; want now, never, none", v.SeenAt("samira"), v.SeenAt("joris"), v.Desk())
	}
}
