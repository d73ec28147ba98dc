package web

import (
	"time"

	"headstart"
	"headstart/lang"
)

// clash is one conflict of planned work in words.
type clash struct {
	Text     string
	Incident headstart.IncidentID // to go to; empty: none

	Window, Other string // ids of the work; Other may be empty
}

const clashMost = 20 // listed

// clashes say what planned work meets.
func (s *Site) clashes(v viewer, say *lang.Words, now time.Time) []clash {
	cat, windows := s.o.View.Catalog(), map[string]headstart.MaintenanceWindow{}
	for _, w := range s.o.View.Maintenance() {
		windows[w.ID] = w
	}
	name := func(id string) string {
		w := windows[id]
		if t := w.Summary.In(say.Lang); t != "" {
			return t
		}
		return id
	}
	var out []clash
	for _, c := range conflictsFor(s.o.View, v, now) {
		if len(out) == clashMost {
			break
		}
		on := joined(c.On, func(id string) string {
			if cat.LocationByID(id) != nil {
				return locationName(cat, id, say.Lang)
			}
			return assetName(cat, id, say.Lang)
		})
		out = append(out, clash{Incident: c.Incident, Window: c.Window, Other: c.Other, Text: say.Say("plan.conflict."+string(c.Kind),
			"a", name(c.Window), "b", name(c.Other), "on", on, "id", string(c.Incident), "period", c.Period, "when", stretch(c.From, c.To, say))})
	}
	return out
}
