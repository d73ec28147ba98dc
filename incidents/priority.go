package incidents

import (
	"slices"
	"time"

	"headstart"
)

// rate returns impact, urgency and priority of an incident by the tables of
// CONTRACT section 4 (rule P-13).
func (b *book) rate(i *incident) (impact, urgency, priority string) {
	impact, urgency = b.impact(i), b.urgency(i)
	return impact, urgency, matrix(impact, urgency)
}

func (b *book) impact(i *incident) string {
	switch {
	case i.People >= 250, len(i.Locations) >= 2, b.criticality(i) == headstart.Vital:
		return "organisation"
	case i.People >= 25, b.wholeLocation(i):
		return "location"
	case i.People == 1:
		return "person"
	default:
		return "team"
	}
}

// wholeLocation reports whether everything the catalog knows at the one
// location hit fails. Fewer than three things are no location.
func (b *book) wholeLocation(i *incident) bool {
	if len(i.Locations) != 1 {
		return false
	}
	n := b.devicesAt[i.Locations[0]]
	return n >= 3 && i.Alerts.Firing >= n
}

func (b *book) urgency(i *incident) string {
	c := b.criticality(i)
	n := 0
	switch c {
	case headstart.Normal:
		n = 1
	case headstart.High, headstart.Vital:
		n = 2
	default: // low
	}
	if c != headstart.Vital && !b.openNow(i) && n > 0 {
		n--
	}
	return [...]string{"low", "normal", "high"}[n]
}

// criticality is the highest among the services hit; Normal when none is known.
func (b *book) criticality(i *incident) headstart.Criticality { return b.scope(i).criticality }

// openHours reports whether it is working time now at one of the locations hit.
func (b *book) openHours(i *incident) bool { return b.opens(i, b.now) }

// opens is openHours at another time.
func (b *book) opens(i *incident, t time.Time) bool {
	t = t.In(b.zone)
	if len(i.Locations) == 0 {
		return b.calendar.Open(t, "")
	}
	return slices.ContainsFunc(i.Locations, func(l string) bool { return b.calendar.Open(t, l) })
}

func matrix(impact, urgency string) string {
	switch [2]string{impact, urgency} {
	case [2]string{"organisation", "high"}:
		return "P1"
	case [2]string{"organisation", "normal"}, [2]string{"location", "high"}:
		return "P2"
	case [2]string{"organisation", "low"}, [2]string{"location", "normal"}, [2]string{"team", "high"}:
		return "P3"
	}
	return "P4"
}

// rerate brings the priority up to date: up at once, down only after the
// correlation's hold, so that a flapping member does not make it flicker.
func (b *book) rerate(i *incident) {
	impact, urgency, priority := b.rate(i)
	if i.X.Severity != "" { // a person said so when opening it by hand
		priority = i.X.Severity
	}
	switch {
	case i.Priority == "" || priority < i.Priority:
		if i.Priority != "" {
			b.decide(i, headstart.Decision{Rule: "P-13", Outcome: "raised", Facts: facts("from", i.Priority, "to", priority, "impact", impact, "urgency", urgency)})
			b.touchPages(i, "severity")
		}
		i.Impact, i.Urgency, i.Priority, i.X.Lowering = impact, urgency, priority, false
	case priority == i.Priority:
		i.Impact, i.Urgency, i.X.Lowering = impact, urgency, false // it did not last
	case !i.X.Lowering:
		i.X.Lowering = true
		i.X.LowerGen++
		b.agenda.add(b.now.Add(b.lowerAfter), doPriority, string(i.ID), i.X.LowerGen, true)
	}
}

// lower applies a lower priority that has held for as long as an all clear must.
func (b *book) lower(i *incident, gen int) {
	if gen != i.X.LowerGen || !i.X.Lowering {
		return
	}
	i.X.Lowering = false
	impact, urgency, priority := b.rate(i)
	if i.X.Severity != "" || !i.Live() || priority <= i.Priority {
		return
	}
	b.decide(i, headstart.Decision{Rule: "P-13", Outcome: "lowered", Facts: facts("from", i.Priority, "to", priority, "impact", impact, "urgency", urgency)})
	i.Impact, i.Urgency, i.Priority = impact, urgency, priority
}
