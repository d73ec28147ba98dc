package figures

import (
	"math/rand/v2"
	"testing"
	"time"

	"headstart"
)

func TestWorkingTime(t *testing.T) {
	calendar := &headstart.Calendar{
		Hours: headstart.Hours{"monday": "08:00-17:30", "tuesday": "08:00-17:30", "wednesday": "08:00-17:30", "thursday": "08:00-17:30", "friday": "08:00-17:30", "sunday": "00:00-06:00"},
		Holidays: []headstart.Holiday{
			{From: "2026-12-25", To: "2026-12-26"}, {From: "2026-12-21", To: "2027-01-03", Locations: []string{"campus"}},
		},
	}
	c := newClock(calendar, catalog(), amsterdam(t))
	for name, x := range map[string]struct {
		from, to  string
		locations []string
		want      time.Duration
	}{
		"within a day":                      {"2026-11-23 09:00", "2026-11-23 10:30", nil, 90 * time.Minute},
		"over a night":                      {"2026-11-23 17:00", "2026-11-24 08:30", nil, time.Hour},
		"over a weekend":                    {"2026-11-20 17:00", "2026-11-23 08:30", nil, 7 * time.Hour},
		"nothing":                           {"2026-11-23 10:00", "2026-11-23 10:00", nil, 0},
		"backwards":                         {"2026-11-23 10:00", "2026-11-23 09:00", nil, 0},
		"a holiday":                         {"2026-12-24 17:00", "2026-12-28 09:00", nil, 30*time.Minute + 6*time.Hour + time.Hour},
		"a place inside a closed one":       {"2026-12-21 08:00", "2026-12-24 17:30", []string{"noord"}, 0},
		"a place with hours of its own":     {"2026-11-23 08:00", "2026-11-24 08:00", []string{"bieb"}, 8 * time.Hour},
		"one of two places, together":       {"2026-11-23 08:00", "2026-11-24 00:00", []string{"bieb", "noord"}, 12 * time.Hour},
		"one of two places, one is closed":  {"2026-12-28 08:00", "2026-12-29 00:00", []string{"bieb", "noord"}, 8 * time.Hour},
		"a place nobody knows":              {"2026-11-23 08:00", "2026-11-24 00:00", []string{"mars"}, 9*time.Hour + 30*time.Minute},
		"the night the clock goes forward":  {"2026-03-29 00:00", "2026-03-29 06:00", nil, 5 * time.Hour},
		"the night the clock goes back":     {"2026-10-25 00:00", "2026-10-25 06:00", nil, 7 * time.Hour},
		"a weekend in which it goes back":   {"2026-10-23 17:00", "2026-10-26 08:30", nil, 8 * time.Hour},
		"a year, no day twice or left out":  {"2026-01-01 00:00", "2027-01-01 00:00", []string{"noord"}, 0},
		"the same year without the holiday": {"2026-01-01 00:00", "2026-12-21 00:00", []string{"noord"}, 0},
	} {
		got := time.Duration(c.anywhere(local(t, x.from), local(t, x.to), x.locations)) * time.Second
		if x.want == 0 && x.locations != nil && x.from[5:] == "01-01 00:00" {
			x.want = halves(t, calendar, x.from, x.to)
		}
		if got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// halves asks the calendar itself about each half hour at campus.
func halves(t *testing.T, calendar *headstart.Calendar, from, to string) time.Duration {
	t.Helper()
	zone, sum := amsterdam(t), time.Duration(0)
	for at, end := local(t, from), local(t, to); at < end; at += 1800 {
		if calendar.Open(time.Unix(at, 0).In(zone), "campus") {
			sum += 30 * time.Minute
		}
	}
	return sum
}

// Any stretch is as long as its parts, whatever lies between.
func TestWorkingTimeAddsUp(t *testing.T) {
	c := newClock(&headstart.Calendar{}, catalog(), amsterdam(t))
	r := rand.New(rand.NewPCG(1, 2))
	begin := local(t, "2026-01-01 00:00")
	places := [][]string{nil, {"noord"}, {"bieb", "noord"}}
	for range 2000 {
		from := begin + r.Int64N(300*24*3600)
		mid, where := from+r.Int64N(40*24*3600), places[r.IntN(len(places))]
		to := mid + r.Int64N(40*24*3600)
		if a, b, all := c.anywhere(from, mid, where), c.anywhere(mid, to, where), c.anywhere(from, to, where); a+b != all {
			t.Fatalf("%d to %d to %d at %v: %d and %d, together %d", from, mid, to, where, a, b, all)
		}
	}
}

func TestPeriods(t *testing.T) {
	zone := amsterdam(t)
	on := func(s string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly, s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, c := range map[string]struct {
		p                         Period
		from, last, before, after string
		kind                      Kind
	}{
		"a week begins on Monday": {Around(Week, on("2026-11-22")), "2026-11-16", "2026-11-22", "2026-11-09", "2026-11-23", Week},
		"a month":                 {Around(Month, on("2026-03-31")), "2026-03-01", "2026-03-31", "2026-02-01", "2026-04-01", Month},
		"a quarter":               {Around(Quarter, on("2026-02-28")), "2026-01-01", "2026-03-31", "2025-10-01", "2026-04-01", Quarter},
		"a leap year":             {Around(Year, on("2028-02-29")), "2028-01-01", "2028-12-31", "2027-01-01", "2029-01-01", Year},
		"no kind is the month":    {Around("", on("2026-11-22")), "2026-11-01", "2026-11-30", "2026-10-01", "2026-12-01", Month},
	} {
		check(t, name, c.p, c.from, c.last, c.before, c.after, c.kind)
	}
	for name, c := range map[string]struct {
		a, b, before, after string
		kind                Kind
	}{
		"ten days":               {"2026-10-20", "2026-10-29", "2026-10-10", "2026-10-30", Span}, // the clock goes back within
		"a whole month is one":   {"2026-10-01", "2026-10-31", "2026-09-01", "2026-11-01", Month},
		"a whole week is one":    {"2026-11-16", "2026-11-22", "2026-11-09", "2026-11-23", Week},
		"a whole quarter is one": {"2026-10-01", "2026-12-31", "2026-07-01", "2027-01-01", Quarter},
	} {
		p, err := Between(on(c.a), on(c.b))
		if err != nil {
			t.Fatal(err)
		}
		check(t, name, p, c.a, c.b, c.before, c.after, c.kind)
	}
	for name, span := range map[string][2]string{"backwards": {"2026-11-02", "2026-11-01"}, "of three years": {"2024-01-01", "2026-12-31"}} {
		if _, err := Between(on(span[0]), on(span[1])); err == nil {
			t.Errorf("a period %s is accepted", name)
		}
	}
}

func check(t *testing.T, name string, p Period, from, last, before, after string, kind Kind) {
	t.Helper()
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	if day(p.From) != from || day(p.Last()) != last || day(p.Before().From) != before || !p.Before().To.Equal(p.From) || day(p.After().From) != after || p.Kind != kind {
		t.Errorf("%s: %s %s to %s, before it %s, after it %s; want %s %s to %s, %s, %s",
			name, p.Kind, day(p.From), day(p.Last()), day(p.Before().From), day(p.After().From), kind, from, last, before, after)
	}
}
