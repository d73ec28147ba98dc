package figures

import (
	"context"
	"time"

	"headstart"
)

// Read returns the facts of [from, to): from the view as far as it holds them all, and
// from the shelf before that.
func (l *Ledger) Read(ctx context.Context, v *headstart.View, from, to, now time.Time) (Facts, error) {
	final, err := l.final(ctx, now)
	if err != nil {
		return Facts{}, err
	}
	all := Gather(v, from, to, now)
	begins := dayAfter(final).Unix() // of what the view holds whole
	f := Facts{Incidents: all.Incidents}
	for _, t := range all.Reported {
		if t.Reported >= begins {
			f.Reported = append(f.Reported, t)
		}
	}
	for _, t := range all.Solved {
		if t.Solved >= begins {
			f.Solved = append(f.Solved, t)
		}
	}
	if err := l.readTickets(ctx, &f, from, to, final); err != nil {
		return Facts{}, err
	}
	if err := l.readMonths(ctx, v, &f, from, to); err != nil {
		return Facts{}, err
	}
	f.sort()
	return f, nil
}

func (l *Ledger) readTickets(ctx context.Context, f *Facts, from, to time.Time, final string) error {
	in := func(t int64) bool { return t >= from.Unix() && t < to.Unix() }
	for day := from.UTC().Truncate(24 * time.Hour); day.Before(to) && dayName(day) <= final; day = day.Add(24 * time.Hour) {
		p, err := l.get(ctx, ticketsPrefix+dayName(day))
		if err != nil {
			return err
		}
		for _, t := range p.Reported {
			if in(t.Reported) {
				f.Reported = append(f.Reported, t)
			}
		}
		for _, t := range p.Solved {
			if in(t.Solved) {
				f.Solved = append(f.Solved, t)
			}
		}
	}
	return nil
}

// longestOutage is how long before a period an incident may have opened and still
// count in it, once the tables do not know it any more.
const longestOutage = 62 * 24 * time.Hour

func (l *Ledger) readMonths(ctx context.Context, v *headstart.View, f *Facts, from, to time.Time) error {
	known := map[headstart.IncidentID]bool{}
	for i := range v.EachIncident() {
		known[i.ID] = true
	}
	y, m, _ := from.Add(-longestOutage).UTC().Date()
	for month := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC); month.Before(to); month = month.AddDate(0, 1, 0) {
		p, err := l.get(ctx, incidentsPrefix+monthName(month))
		if err != nil {
			return err
		}
		f.addPast(p.Incidents, known, from, to)
		if p, err = l.get(ctx, callsPrefix+monthName(month)); err != nil {
			return err
		}
		for _, c := range p.Calls {
			if c.From >= from.Unix() && c.From < to.Unix() {
				f.Calls = append(f.Calls, c)
			}
		}
	}
	return nil
}

// addPast adds those of [from, to) that the view does not know any more. One that never
// ended was forgotten: it is no outage until today.
func (f *Facts) addPast(list []Incident, known map[headstart.IncidentID]bool, from, to time.Time) {
	for _, i := range list {
		if !known[i.ID] && i.Ended != 0 && i.Started < to.Unix() && max(i.Ended, i.Opened) >= from.Unix() {
			f.Incidents = append(f.Incidents, i)
		}
	}
}
