package figures

import "math"

// Avoided estimates how many tickets were not made because people knew already.
//
// The assumption: of the same number of people, as many would have reported an outage
// of which they were told first as did report those of which they were not. What an
// incident of the period before it says is not used: desks, and people's habits, change.
type Avoided struct {
	Missing Reason // why there is no estimate; empty: there is one

	Told, Untold             int // incidents in which users were told first, and in which they were not
	PeopleTold, PeopleUntold int
	TicketsTold              int // that came all the same
	TicketsUntold            int

	Tickets, Low, High int // the estimate, and the two ends within which 95 of 100 lie
}

// minUntold is how many incidents without a head start, and how many tickets of them,
// an estimate needs.
const minUntold = 5

func (w *work) avoided(c *cases) Avoided {
	var a Avoided
	for _, i := range c.incidents {
		switch {
		case !i.opened || i.People == 0 || i.NotCounts:
		case i.Announced && (i.Linked == 0 || i.Lead != nil && *i.Lead > 0):
			a.Told++
			a.PeopleTold, a.TicketsTold = a.PeopleTold+i.People, a.TicketsTold+i.Linked
		case !i.Announced || i.Lead != nil:
			a.Untold++
			a.PeopleUntold, a.TicketsUntold = a.PeopleUntold+i.People, a.TicketsUntold+i.Linked
		}
	}
	switch {
	case a.Told == 0:
		a.Missing = NoCases
		return a
	case a.Untold < minUntold || a.TicketsUntold < minUntold:
		a.Missing = TooFew
		return a
	}
	rate := float64(a.TicketsUntold) / float64(a.PeopleUntold)
	// Both counts are taken as those of independent events, whose variance is the
	// count. The rate's own error is far the larger of the two in a small period.
	expected := rate * float64(a.PeopleTold)
	spread := 1.96 * math.Sqrt(expected*expected/float64(a.TicketsUntold)+float64(a.TicketsTold))
	at := func(x float64) int { return int(math.Round(max(0, x))) }
	mid := expected - float64(a.TicketsTold)
	a.Tickets, a.Low, a.High = at(mid), at(mid-spread), at(mid+spread)
	return a
}
