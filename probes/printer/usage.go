package printer

import (
	"fmt"
	"strings"
	"time"

	"headstart"
)

// usage is what a supply held when it was last filled, or first seen.
type usage struct {
	at    time.Time
	level int
	pages int
	last  int // level at the latest reading
}

// readFor is how long a supply must have been watched before its end is
// estimated. Printing follows the day; a morning says nothing of a week.
const readFor = 24 * time.Hour

// daysLeft estimates for each supply, by name, in how many days it is used up: what
// is left, in pages, at the pace of pages since it was filled.
func (m *memory) daysLeft(supplies []supply, pages int, now time.Time) map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	days := map[string]float64{}
	if pages == 0 {
		return days // who counts pages was silent this time; what is known stays
	}
	now = now.Round(0)
	kept := map[string]usage{}
	for _, s := range supplies {
		if _, ok := s.percent(); !ok || s.kind == waste {
			continue
		}
		u, known := m.usage[s.name]
		if !known || s.level > u.last || pages < u.pages { // filled, or another printer
			u = usage{at: now, level: s.level, pages: pages}
		}
		u.last = s.level
		kept[s.name] = u
		if d, ok := u.days(s, pages, now); ok {
			days[s.name] = d
		}
	}
	m.usage = kept
	return days
}

// days computes with two readings: u, and s now.
func (u usage) days(s supply, pages int, now time.Time) (float64, bool) {
	watched, printed := now.Sub(u.at), pages-u.pages
	if watched < readFor || printed <= 0 {
		return 0, false
	}
	left := float64(s.level) // in pages
	if !s.inPages {
		used := u.level - s.level
		if used <= 0 {
			return 0, false
		}
		left = float64(s.level) * float64(printed) / float64(used)
	}
	return left / (float64(printed) / (watched.Hours() / 24)), true
}

// consumed is the supplies and the page count of the first reading each that knows
// any.
func consumed(readings []reading) (supplies []supply, pages int) {
	for _, r := range readings {
		if pages == 0 {
			pages = r.pages
		}
		for _, s := range r.supply {
			if _, ok := s.percent(); ok && supplies == nil {
				supplies = r.supply
			}
		}
	}
	return supplies, pages
}

// orders says of what is low when it will be empty and which part to order.
func (p *Printer) orders(list []told, supplies []supply, days map[string]float64) {
	for _, s := range supplies {
		low := s.low()
		if low == "" {
			continue
		}
		var more []string
		if d, ok := days[s.name]; ok {
			more = append(more, fmt.Sprintf("about %.0f days", d))
		}
		if part := p.partFor(s, supplies); part != "" {
			more = append(more, "part "+part)
		}
		if len(more) == 0 {
			continue
		}
		for i := range list {
			if list[i].name == low {
				list[i].detail = strings.Replace(list[i].detail, s.words(), s.words()+", "+strings.Join(more, ", "), 1)
			}
		}
	}
}

// partFor names the part of the catalog that s is: the one its name holds, or the
// only one that fits the printer, if it has only one supply of this kind.
func (p *Printer) partFor(s supply, supplies []supply) string {
	for _, part := range p.Parts {
		if strings.Contains(strings.ToLower(s.name), strings.ToLower(part)) {
			return part
		}
	}
	same := 0
	for _, other := range supplies {
		if other.kind == s.kind {
			same++
		}
	}
	if len(p.Parts) == 1 && same == 1 && s.kind == ink {
		return p.Parts[0]
	}
	return ""
}

// measurements are the levels in percent, days left where known, and the pages. Of
// supplies with the same name the first counts.
func measurements(supplies []supply, pages int, days map[string]float64) []headstart.Measurement {
	var list []headstart.Measurement
	seen := map[string]bool{}
	for _, s := range supplies {
		left, ok := s.percent()
		if !ok || seen[s.name] || s.kind == waste {
			continue
		}
		seen[s.name] = true
		list = append(list, headstart.Measurement{Name: s.name, Value: left, Unit: "%"})
		if d, ok := days[s.name]; ok {
			list = append(list, headstart.Measurement{Name: s.name + " days left", Value: d, Unit: "d"})
		}
	}
	if pages > 0 {
		list = append(list, headstart.Measurement{Name: "pages", Value: float64(pages), Unit: "pages"})
	}
	return list
}
