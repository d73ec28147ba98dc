package figures

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/lang"
)

func amsterdam(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// local reads a time of the organisation's clock, in Unix seconds.
func local(t testing.TB, s string) int64 {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, amsterdam(t))
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix()
}

func catalog() *headstart.Catalog {
	return &headstart.Catalog{
		Locations: []headstart.Location{
			{ID: "campus", Name: headstart.Names{"": "Campus"}},
			{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord", "en": "North"}, Parent: "campus"},
			{ID: "bieb", Name: headstart.Names{"": "Bibliotheek"}, Hours: headstart.Hours{"saturday": "10:00-16:00", "monday": "12:00-20:00"}},
		},
		Departments: []headstart.Department{{ID: "fin", Name: headstart.Names{"nl": "Financiën", "en": "Finance"}}},
		Services:    []headstart.Service{{ID: "print", Name: headstart.Names{"nl": "Printen", "en": "Printing"}}, {ID: "wifi", Name: headstart.Names{"": "Wifi"}}},
		Devices:     []headstart.Device{{ID: "sw-1", Name: headstart.Names{"": "SW-1"}}},
	}
}

// input is an invented November: holidays at two places, calls, outages, tickets of
// two sources of which one knows little.
func input(t testing.TB) Input {
	t.Helper()
	at := func(s string) int64 { return local(t, s) }
	number := func(x float64) *float64 { return &x }
	lead := func(x int64) *int64 { return &x }
	var f Facts
	for n := range 12 { // a Monday at nine, each answered n*5 minutes later and solved n hours later
		day := fmt.Sprintf("2026-11-%02d 09:00", 2+7*(n%3))
		t := Ticket{
			Source: "rt", Service: "print", Category: "=hulp", Department: "fin", Location: "noord", Priority: "P3",
			Reported: at(day), Answered: at(day) + int64(n)*300, Solved: at(day) + int64(n)*3600, Line: 1 + n%3/2, Contacts: 1 + n%2, Minutes: number(float64(n)),
			Satisfaction: number(float64(1 + n%5)),
		}
		if n == 4 {
			t.Waited, t.Again, t.Soon = [][2]int64{{t.Reported + 600, t.Reported + 4200}}, true, true
		}
		f.Reported, f.Solved = append(f.Reported, t), append(f.Solved, t)
	}
	for n := range 3 {
		day := fmt.Sprintf("2026-11-%02d 16:00", 3+n)
		t := Ticket{Source: "portal", Service: "wifi", Department: "klein", Location: "bieb", Priority: "P1", Reported: at(day), Solved: at(day) + 24*3600}
		f.Reported, f.Solved = append(f.Reported, t), append(f.Solved, t)
	}
	f.Reported = append(f.Reported, Ticket{Source: "rt", Reported: at("2026-10-05 10:00"), Answered: at("2026-10-05 10:30"), Department: "fin"})
	for n := range 4 {
		began := at(fmt.Sprintf("2026-11-%02d 09:15", 5+7*(n%4))) - int64(n)*3600*24*7*int64(n/4)
		i := Incident{
			ID: headstart.IncidentID(fmt.Sprintf("HS-%d", n+1)), Asset: "sw-1", CauseKind: headstart.CauseSuspected, Services: []string{"wifi"}, Locations: []string{"noord"},
			Departments: []string{"fin"}, People: 100, Alerts: 10, Opened: began + 60, Started: began, Ended: began + 3600, Linked: 2, Announced: true, Lead: lead(int64(60 * (n - 1))),
			Promises: []Promise{{Due: began + 1800, Kept: n != 2}},
		}
		f.Incidents = append(f.Incidents, i)
	}
	f.Incidents = append(f.Incidents,
		Incident{ID: "HS-9", Opened: at("2026-11-10 10:00"), Started: at("2026-11-10 10:00"), Ended: at("2026-11-10 11:00"), Services: []string{"print"}, People: 10, Linked: 1, NotCounts: true, Announced: true},
		Incident{ID: "HS-10", Opened: at("2026-11-11 10:00"), Started: at("2026-11-11 10:00"), Ended: at("2026-11-11 20:00"), Services: []string{"print"}, People: 10, Linked: 3, LeftOut: 3, Announced: true, Alerts: 2},
		Incident{ID: "HS-11", Confidential: true, Opened: at("2026-11-11 10:00"), Started: at("2026-11-11 10:00"), Ended: at("2026-11-11 11:00"), Services: []string{"print"}, People: 10, Asset: "sw-1"},
		Incident{ID: "HS-12", Opened: at("2026-10-31 12:00"), Started: at("2026-10-31 12:00"), Ended: at("2026-11-02 08:30"), Services: []string{"print"}, People: 10, Linked: 1},
	)
	f.Calls = []Calls{
		{From: at("2026-11-02 08:00"), To: at("2026-11-02 09:00"), Calls: 10, Answered: 8, Abandoned: 2, Wait: 30},
		{From: at("2026-11-02 09:00"), To: at("2026-11-02 10:00"), Calls: 2, Answered: 2, Wait: 80},
	}
	return Input{
		Facts: f, Catalog: catalog(), Now: time.Unix(at("2026-12-02 09:00"), 0),
		Calendar: &headstart.Calendar{Holidays: []headstart.Holiday{{From: "2026-11-09", Name: "studiedag", Locations: []string{"campus"}}}},
		Period:   Around(Month, time.Unix(at("2026-11-15 12:00"), 0).In(amsterdam(t))),
	}
}

func byKey(list []Figure) map[string]*Figure {
	out := map[string]*Figure{}
	for n := range list {
		out[list[n].Key] = &list[n]
	}
	return out
}

// told is a figure in short: its value, of how many, what is left out or why not.
func told(f *Figure) string {
	var out string
	if f.Value != nil {
		out = fmt.Sprintf("%v of %d", *f.Value, f.Cases)
	} else {
		out = string(f.Missing)
	}
	for _, l := range f.LeftOut {
		out += fmt.Sprintf(" -%d %s", l.N, l.Why)
	}
	return out
}

func TestFigures(t *testing.T) {
	in := input(t)
	got := byKey(Of(in).All)
	for key, want := range map[string]string{
		"incidents":                 "6 of 6",
		"tickets_reported":          "15 of 15",
		"head_start_median":         "30 of 4 -1 drill -1 phone_without_time",
		"head_start_positive":       "0.5 of 4 -1 drill -1 phone_without_time",
		"head_start_phone_left_out": "3 of 3",
		// Four of the twelve came on a day on which the campus, and Noord in it, is closed.
		"reaction_p50": "750 of 12 -3 unanswered",
		"reaction_p90": "2670 of 12 -3 unanswered",
		// 24 h on the clock; on weekdays the library is open on Mondays only.
		"resolution_p1_mean":       "0 of 3",
		"resolution_p1_clock_mean": "86400 of 3",
		"resolution_p2_mean":       "no_cases",
		"telephone_calls":          "12 of 12",
		"telephone_wait_mean":      "40 of 10",
		"first_contact":            "0.25 of 12 -3 field_missing",
		"escalated":                "0.3333 of 12 -3 field_missing",
		"reopened":                 "0.0667 of 15",
		"satisfaction_mean":        "2.75 of 12",
		"satisfaction_good":        "0.3333 of 12",
		"satisfaction_response":    "1 of 12",
		"time_spent_sum":           "66 of 12 -3 field_missing",
		"promises_made":            "4 of 4",
		"promises_kept":            "0.75 of 4",
		// 4 x 100 x 60, 10 x 60, 10 x 450 until half past five, and 10 x 30 of Monday morning;
		// by the clock 10 x 600 and, from midnight of the first on, 10 x 1950
		"outage_people_minutes":       "29400 of 7",
		"outage_people_minutes_clock": "50100 of 7",
		"alerts_per_incident":         "8.4 of 5",
	} {
		if told(got[key]) != want {
			t.Errorf("%s: %s, want %s", key, told(got[key]), want)
		}
	}
	if f := got["tickets_reported"]; f.Before == nil || *f.Before != 1 {
		t.Errorf("October had one ticket, beside November stands %v", f.Before)
	}
	if f := got["first_contact"]; len(f.LeavesUnsaid) != 1 || f.LeavesUnsaid[0] != "portal" {
		t.Errorf("portal gives neither contacts nor line; said: %v", f.LeavesUnsaid)
	}
}

// A department of fewer than five tickets is no row of its own, satisfaction of fewer
// than ten answers is no figure, and both hold for every way to cut.
func TestSmallNumbersAreHidden(t *testing.T) {
	in := input(t)
	in.By = ByDepartment
	rows := Of(in).Rows
	if len(rows) != 3 || rows[0].ID != "fin" || !rows[1].Other || rows[2].ID != "" || rows[2].Other {
		t.Fatalf("rows %+v, want fin, other, not known", rows)
	}
	if got := told(byKey(rows[1].Figures)["tickets_reported"]); got != "3 of 3" {
		t.Errorf("other has %s tickets, want 3", got)
	}
	in.Facts.Solved = in.Facts.Solved[:9]
	got := byKey(Of(in).All)
	for _, key := range []string{"satisfaction_mean", "satisfaction_good", "satisfaction_response"} {
		if f := got[key]; f.Missing != TooFew || f.Value != nil {
			t.Errorf("%s of nine answers: %s, want it hidden", key, told(f))
		}
	}
	for _, by := range Dimensions() {
		in.By = by
		for _, row := range Of(in).Rows {
			for key, f := range byKey(row.Figures) {
				if strings.HasPrefix(key, "satisfaction_") && f.Value != nil {
					t.Errorf("by %s, %s: %s is shown of nine answers in all", by, row.ID, key)
				}
			}
		}
	}
}

// A score of another scale is left out, and zero is no answer.
func TestScoresOfOtherScales(t *testing.T) {
	in := input(t)
	other := func(n int, score float64) { in.Facts.Solved[n].Satisfaction = &score }
	other(0, 0)
	other(1, 9)
	got := byKey(Of(in).All)
	// 3 4 5 1 2 3 4 5 1 2 are left
	for key, want := range map[string]string{"satisfaction_mean": "3 of 10 -2 off_scale", "satisfaction_good": "0.4 of 10 -2 off_scale", "satisfaction_response": "0.9167 of 12"} {
		if told(got[key]) != want {
			t.Errorf("%s: %s, want %s", key, told(got[key]), want)
		}
	}
}

// Who is bound to a location, or may not see what is confidential, gets the figures of
// what they may see.
func TestFiguresKeepToWhatOneMaySee(t *testing.T) {
	in := input(t)
	in.Scope.Sees = func(locations []string) bool { return len(locations) == 1 && locations[0] == "bieb" }
	f := Of(in)
	got := byKey(f.All)
	if told(got["tickets_reported"]) != "3 of 3" || told(got["incidents"]) != "0 of 0" || got["telephone_calls"].Missing != NotHere || len(f.Recurring) != 0 {
		t.Errorf("tickets %s, incidents %s, calls %s, causes %d; want only what is at the library",
			told(got["tickets_reported"]), told(got["incidents"]), told(got["telephone_calls"]), len(f.Recurring))
	}
	in = input(t)
	if f := Of(in); f.Hidden != 1 || len(f.Recurring) != 1 || len(f.Recurring[0].Incidents) != 4 {
		t.Errorf("hidden %d, causes %+v; the confidential incident belongs to none", f.Hidden, f.Recurring)
	}
	in.Scope.Confidential = true
	if f := Of(in); f.Hidden != 0 || told(byKey(f.All)["incidents"]) != "7 of 7" {
		t.Errorf("an approver gets %s incidents, want all 7", told(byKey(f.All)["incidents"]))
	}
}

func TestMonthsStandBesideTheMonthBefore(t *testing.T) {
	in := input(t)
	in.By = ByMonth
	var err error
	in.Period, err = Between(time.Date(2026, 10, 15, 0, 0, 0, 0, amsterdam(t)), time.Date(2026, 11, 30, 0, 0, 0, 0, amsterdam(t)))
	if err != nil {
		t.Fatal(err)
	}
	rows := Of(in).Rows
	if len(rows) != 2 || rows[0].ID != "2026-10" || rows[1].ID != "2026-11" {
		t.Fatalf("rows %+v, want October and November", rows)
	}
	october, november := byKey(rows[0].Figures)["tickets_reported"], byKey(rows[1].Figures)["tickets_reported"]
	if *october.Value != 0 || *november.Value != 15 || *november.Before != 1 {
		t.Errorf("from the 15th October has %v, November %v beside the whole of October %v; want 0, 15, 1", *october.Value, *november.Value, *november.Before)
	}
}

// The same facts in another order give the same bytes, and no figure knows a worker.
func TestFiguresFollowFromFactsAlone(t *testing.T) {
	a, b := input(t), input(t)
	a.By, b.By = ByLocation, ByLocation
	for n := range b.Facts.Reported {
		if k := len(b.Facts.Reported) - 1 - n; k > n {
			b.Facts.Reported[n], b.Facts.Reported[k] = b.Facts.Reported[k], b.Facts.Reported[n]
		}
	}
	say := lang.New("nl", amsterdam(t))
	x, y := Of(a).Answer(a.Catalog, say), Of(b).Answer(b.Catalog, say)
	if string(x.CSV()) != string(y.CSV()) {
		t.Error("the order of facts changes the figures")
	}
}

func TestCSVIsNoFormula(t *testing.T) {
	in := input(t)
	in.By = ByCategory
	say := lang.New("nl", amsterdam(t))
	answer := Of(in).Answer(in.Catalog, say)
	list := string(answer.CSV())
	if !strings.Contains(list, ",'=hulp,'=hulp,") || strings.Contains(list, ",=hulp") {
		t.Errorf("a category that begins with = is not quoted in\n%.400s", list)
	}
}
