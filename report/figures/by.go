package figures

import (
	"cmp"
	"maps"
	"slices"
)

// Dimension is what figures are split by. There is none of workers or requesters.
type Dimension string

// The dimensions.
const (
	ByService    Dimension = "service"
	ByCategory   Dimension = "category"
	ByDepartment Dimension = "department"
	ByLocation   Dimension = "location"
	ByMonth      Dimension = "month"
)

// Dimensions lists them.
func Dimensions() []Dimension {
	return []Dimension{ByService, ByCategory, ByDepartment, ByLocation, ByMonth}
}

// other is the key of departments too small to stand alone. No id of a catalog holds
// a blank.
const other = " other"

func (d Dimension) ticket(t *Ticket) string {
	switch d {
	case ByService:
		return t.Service
	case ByCategory:
		return t.Category
	case ByDepartment:
		return t.Department
	default:
		return t.Location
	}
}

// incident is what an incident has of d: each of its services, or none that is known.
func (d Dimension) incident(i *Incident) []string {
	var list []string
	switch d {
	case ByService:
		list = i.Services
	case ByDepartment:
		list = i.Departments
	case ByLocation:
		list = i.Locations
	case ByCategory, ByMonth:
	}
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

// rows are the figures by in.By.
func (w *work) rows(in Input, now, was *cases) []Row {
	if in.By == "" {
		return nil
	}
	if in.By == ByMonth {
		return w.months(&in.Facts, in.Period)
	}
	same := func(id string) string { return id }
	ofNow, ofWas := same, same
	if in.By == ByDepartment {
		ofNow, ofWas = now.folding(), was.folding()
	}
	var out []Row
	sizes := map[string]int{}
	for _, key := range now.keys(in.By, ofNow) {
		cut := now.only(in.By, key, ofNow)
		sizes[key] = len(cut.reported) + len(cut.incidents)
		out = append(out, Row{ID: key, Figures: beside(measure(cut, in.By), measure(was.only(in.By, key, ofWas), in.By))})
	}
	last := func(r Row) int { // what is not known, and what is folded, stand below the rest
		switch r.ID {
		case other:
			return 1
		case "":
			return 2
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(sizes[b.ID], sizes[a.ID]), cmp.Compare(a.ID, b.ID))
	})
	for n := range out {
		if out[n].ID == other {
			out[n].ID, out[n].Other = "", true
		}
	}
	return out
}

// keys are the rows that c has by a dimension, sorted.
func (c *cases) keys(d Dimension, of func(string) string) []string {
	keys := map[string]bool{}
	for _, t := range c.reported {
		keys[of(d.ticket(t.Ticket))] = true
	}
	for _, t := range c.solved {
		keys[of(d.ticket(t.Ticket))] = true
	}
	if d != ByCategory {
		for _, i := range c.incidents {
			for _, id := range d.incident(i.Incident) {
				keys[of(id)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// folding maps departments of which fewer than minTickets were reported, and fewer
// solved, to other.
func (c *cases) folding() func(string) string {
	reported, solved := map[string]int{}, map[string]int{}
	for _, t := range c.reported {
		reported[t.Department]++
	}
	for _, t := range c.solved {
		solved[t.Department]++
	}
	return func(id string) string {
		if id != "" && reported[id] < minTickets && solved[id] < minTickets {
			return other
		}
		return id
	}
}

// months are the figures of each month that the period touches, within the period,
// beside the whole month before it.
func (w *work) months(f *Facts, p Period) []Row {
	var out []Row
	for m := Around(Month, p.From); m.From.Before(p.To); m = m.After() {
		part := m
		if part.From.Before(p.From) {
			part.From = p.From
		}
		if part.To.After(p.To) {
			part.To = p.To
		}
		out = append(out, Row{ID: m.From.Format("2006-01"), Month: part, Figures: beside(measure(w.cases(f, part), ByMonth), measure(w.cases(f, m.Before()), ByMonth))})
	}
	return out
}
