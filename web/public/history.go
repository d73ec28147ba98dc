package public

import (
	"cmp"
	"slices"
	"time"

	"headstart"
	"headstart/chart"
)

const historyDays = 90

// Outage is one stretch of trouble of one service.
type Outage struct {
	From, To time.Time
	Down     bool // else slow or partly
}

// Day is one local day, from midnight to midnight, of one service.
type Day struct {
	At    time.Time   // its midnight
	Level chart.Level // the worst of it
	Bad   time.Duration
}

// services fills in what the page lists, each with its ninety days.
func (s *State) services(p *page, checks []headstart.CheckResult) {
	planned := s.planned()
	suspect := s.suspects(p, checks, planned)
	s.Suspect = len(suspect)
	for i := range s.catalog.Services {
		svc := &s.catalog.Services[i]
		if svc.Confidential || !p.covers([]string{svc.ID}, svc.Locations) {
			continue
		}
		out := Service{ID: publicID("service", svc.ID), Catalog: svc.ID, Level: Fine, Outages: s.outages(svc.ID)}
		switch {
		case s.told(&out):
		case planned[svc.ID]:
			out.Level = Planned
		case suspect[svc.ID]:
			out.Level = Unsure
		}
		out.Days = days(out.Outages, s.windowsOf(svc.ID), s.Known, s.At)
		s.Services = append(s.Services, out)
	}
}

// told sets the worst that users are told of a service now, and reports whether
// they are told anything.
func (s *State) told(svc *Service) bool {
	for _, m := range s.Live() {
		if slices.Contains(m.Services, svc.Catalog) && worse(m.Level, svc.Level) < 0 {
			svc.Level, svc.Effect = m.Level, m.Effect
		}
	}
	return svc.Level != Fine
}

// suspects are the services whose own check says down and that no message is
// about yet. It keeps the page from saying that all works; it claims no outage.
func (s *State) suspects(p *page, checks []headstart.CheckResult, planned map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, r := range checks {
		svc := s.catalog.ServiceByID(r.Service)
		if r.Verdict == headstart.Down && r.Asset == "" && svc != nil && !svc.Confidential && !planned[svc.ID] && p.covers([]string{svc.ID}, nil) {
			out[svc.ID] = true
		}
	}
	return out
}

// outages are the times a service was announced as failing: from when it began
// for users, not from when somebody wrote of it.
func (s *State) outages(service string) []Outage {
	var out []Outage
	for i := range s.Messages {
		m := &s.Messages[i]
		if m.Withdrawn || !slices.Contains(m.Services, service) {
			continue
		}
		out = append(out, Outage{From: m.Started, To: cmp.Or(m.Ended, s.At), Down: m.Level == Down})
	}
	first, _ := historyDay(s.At, 0)
	return within(out, first, s.At)
}

// Total is how long outages last together; what overlaps counts once.
func Total(outages []Outage) time.Duration {
	all := slices.Clone(outages)
	slices.SortFunc(all, func(a, b Outage) int { return a.From.Compare(b.From) })
	total := time.Duration(0)
	var end time.Time
	for _, o := range all {
		if o.To.After(end) {
			total += o.To.Sub(headstart.Later(o.From, end))
			end = o.To
		}
	}
	return total
}

// historyDay is the n-th of the days shown, from midnight to midnight; the last
// is the day of now. A day of a clock change is a day like any other.
func historyDay(now time.Time, n int) (from, to time.Time) {
	y, m, d := now.Date()
	day := func(n int) time.Time { return time.Date(y, m, d-historyDays+1+n, 0, 0, 0, 0, now.Location()) }
	return day(n), day(n + 1)
}

// days cuts outages at local midnights. A day that was over before known is
// unseen, unless an outage or planned work on it is known all the same.
func days(outages []Outage, windows []Window, known, now time.Time) []Day {
	out := make([]Day, historyDays)
	for n := range out {
		from, to := historyDay(now, n)
		d := Day{At: from, Level: chart.Fine}
		if !to.After(known) {
			d.Level = chart.Unseen
		}
		if slices.ContainsFunc(windows, func(w Window) bool { return w.From.Before(to) && w.To.After(from) }) {
			d.Level = chart.Planned
		}
		for _, o := range within(outages, from, to) {
			switch {
			case o.Down:
				d.Level = chart.Broken
			case d.Level != chart.Broken:
				d.Level = chart.Partly
			}
		}
		d.Bad = Total(within(outages, from, to))
		out[n] = d
	}
	return out
}

// within is what of outages lies between from and to. One without length is none:
// a red bar would say that there was no trouble.
func within(outages []Outage, from, to time.Time) []Outage {
	var out []Outage
	for _, o := range outages {
		if o.From.Before(to) && o.To.After(from) && o.To.After(o.From) {
			out = append(out, Outage{From: headstart.Later(o.From, from), To: headstart.Sooner(o.To, to), Down: o.Down})
		}
	}
	return out
}
