package figures

import (
	"fmt"
	"testing"
	"time"

	"headstart"
	"headstart/lang"
)

// aYear is two years of which each leaves 3,750 incidents and 75,000 tickets: a year and
// the one before it, 7,500 and 150,000 in all.
func aYear(b *testing.B) Input {
	in := input(b)
	zone := amsterdam(b)
	in.Period, in.Now = Around(Year, time.Date(2026, 6, 1, 0, 0, 0, 0, zone)), time.Date(2027, 1, 4, 9, 0, 0, 0, zone)
	in.Facts = Facts{}
	from := in.Period.Before().From.Unix()
	services, places := []string{"print", "wifi"}, []string{"noord", "bieb"}
	for n := range 150_000 {
		reported := from + int64(n)*420
		t := Ticket{
			Source: "rt", Service: services[n%2], Department: "fin", Location: places[n/2%2], Priority: fmt.Sprintf("P%d", 1+n%4),
			Reported: reported, Answered: reported + int64(n%50)*60, Solved: reported + int64(n%500)*600, Line: 1 + n%3, Contacts: 1 + n%2,
		}
		in.Facts.Reported, in.Facts.Solved = append(in.Facts.Reported, t), append(in.Facts.Solved, t)
	}
	for n := range 7_500 {
		began, lead := from+int64(n)*8400, int64(n%40-10)*60
		in.Facts.Incidents = append(in.Facts.Incidents, Incident{
			ID: headstart.IncidentID(fmt.Sprintf("HS-%d", n+1)), Asset: fmt.Sprintf("sw-%d", n%60), CauseKind: headstart.CauseObserved,
			Services: services[n%2 : n%2+1], Locations: places[n/2%2 : n/2%2+1], Departments: []string{"fin"}, People: 100, Alerts: 10,
			Opened: began + 60, Started: began, Ended: began + 3600, Linked: 2, Announced: true, Lead: &lead,
			Promises: []Promise{{Due: began + 1800, Kept: n%9 != 0}},
		})
	}
	return in
}

// BenchmarkYear is the page of a year beside the year before, by service: what a look at
// it costs once the facts are there.
func BenchmarkYear(b *testing.B) {
	in := aYear(b)
	in.By = ByService
	say := lang.New("nl", nil)
	for b.Loop() {
		if _, err := Of(in).HTML(in.Catalog, say); err != nil {
			b.Fatal(err)
		}
	}
}
