package public

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"headstart"
)

// plannedDays is how far ahead the page shows planned work.
const plannedDays = 14

// Window is planned work.
type Window struct {
	ID        string // twelve hexadecimal digits, the same for ever
	From, To  time.Time
	Text      headstart.Names // what it is, by language; names no device
	Services  []string        // ids of the catalog
	Locations []string
	Cancelled bool
	Changes   int       // how often it was changed
	Changed   time.Time // when it last was; zero: nobody knows
	Number    string    // what people call it; empty: nobody announced it
	Updates   []Update  // what was told of it, oldest first
	Goes      bool      // users were told that it goes on, and not yet that it is over
}

// Running reports whether it has begun at at and not ended; users who were told
// that it began are told when it is over, however long it takes.
func (w *Window) Running(at time.Time) bool {
	return w.Goes || !w.Cancelled && !w.From.After(at) && w.To.After(at)
}

// windows are those readers of this page may know of: nothing confidential and no
// mere proposal. What ended before the first day shown is left out.
func (p *page) windows(v *headstart.Published, now time.Time) []Window {
	var out []Window
	first, _ := historyDay(now, 0)
	for i := range v.Maintenance {
		w := &v.Maintenance[i]
		private := w.Proposed || v.Catalog.Confidential(w.Assets...) || v.Catalog.Confidential(w.Services...)
		if private || !w.EndsAt.After(first) || !p.covers(w.Services, w.Locations) {
			continue
		}
		x := Window{
			ID: publicID("window", w.ID), From: w.StartsAt.In(now.Location()), To: w.EndsAt.In(now.Location()), Cancelled: w.Cancelled,
			Changes: w.Changes, Changed: w.ChangedAt,
			Text: p.windowText(v.Catalog, w), Services: w.Services, Locations: w.Locations,
		}
		p.announced(v, w.ID, &x)
		out = append(out, x)
	}
	return out
}

// announced fills in what users were told of planned work: of several audiences,
// the first that the page is about.
func (p *page) announced(v *headstart.Published, id string, w *Window) {
	for i := range v.Planned {
		a := &v.Planned[i]
		if a.Window != id || !shown(a) || a.Confidential || !p.covers(a.Services, a.Locations) {
			continue
		}
		w.Number, w.Updates = a.Number, updates(a)
		phase := w.Updates[len(w.Updates)-1].Phase
		w.Goes = a.Live() && (phase == headstart.MaintenanceStarted || phase == headstart.MaintenanceExtended)
		return
	}
}

// Window returns the one with a public id, or nil.
func (s *State) Window(id string) *Window {
	for i := range s.Windows {
		if s.Windows[i].ID == id {
			return &s.Windows[i]
		}
	}
	return nil
}

// Coming is the work that runs or begins within two weeks.
func (s *State) Coming() []Window {
	return slices.DeleteFunc(slices.Clone(s.Windows), func(w Window) bool {
		return !w.Goes && (w.Cancelled || !w.To.After(s.At)) || w.From.Sub(s.At) > plannedDays*24*time.Hour
	})
}

// planned are the services that planned work is going on at.
func (s *State) planned() map[string]bool {
	out := map[string]bool{}
	for i := range s.Windows {
		if w := &s.Windows[i]; w.Running(s.At) {
			for _, id := range w.Services {
				out[id] = true
			}
		}
	}
	return out
}

// windowsOf is the work at a service that was not called off.
func (s *State) windowsOf(service string) []Window {
	return slices.DeleteFunc(slices.Clone(s.Windows), func(w Window) bool {
		return w.Cancelled || !slices.Contains(w.Services, service)
	})
}

// windowText is the summary of a window in each language, unless it names a device,
// an address or who does the work, or comes from a calendar and nobody of ours read
// it: such a summary was written for engineers and may name people.
func (p *page) windowText(cat *headstart.Catalog, w *headstart.MaintenanceWindow) headstart.Names {
	out := headstart.Names{}
	theirs := strings.HasPrefix(w.Source, "ical/") && w.By == ""
	for language, say := range p.site.words {
		if t := w.Summary.In(language); t != "" && !theirs && !namesDevice(cat, t) && !namesAny(t, w.Owner, w.By) {
			out[language] = t
			continue
		}
		what := joined(w.Services, func(id string) string { return cat.ServiceName(id, language) })
		where := joined(w.Locations, func(id string) string { return cat.LocationName(id, language) })
		if what == "" {
			what = say.Say("pub.planned.work")
		}
		if where != "" {
			what += ", " + where
		}
		out[language] = what
	}
	return out
}

// addresses are those of IPv4, IPv6 and Ethernet.
var addresses = regexp.MustCompile(`(?i)\b\d{1,3}(\.\d{1,3}){3}\b|\b([0-9a-f]{1,4}[:-]){3,}|[0-9a-f]::|::[0-9a-f]`)

// namesDevice reports whether a text names a device of the catalog by id,
// address or alias.
func namesDevice(cat *headstart.Catalog, text string) bool {
	if addresses.MatchString(text) {
		return true
	}
	return slices.ContainsFunc(cat.Devices, func(d headstart.Device) bool {
		return namesAny(text, append([]string{d.ID, d.Address}, d.Aliases...)...)
	})
}

// namesAny reports whether a text holds one of these names; shorter than three
// letters would be in everything.
func namesAny(text string, names ...string) bool {
	low := strings.ToLower(text)
	return slices.ContainsFunc(names, func(n string) bool { return len(n) > 2 && strings.Contains(low, strings.ToLower(n)) })
}
