package headstart

import (
	"slices"
	"strings"
	"time"
)

// Desk is what decisions know of the people who work at the helpdesk.
type Desk struct {
	// Channel is where the desk itself is told, by its name in channels; empty: nowhere.
	Channel string `yaml:"channel" json:"channel,omitempty"`
	Duty    []Duty `yaml:"duty" json:"duty,omitempty"`
}

// Duty is one person of the desk and when he works.
type Duty struct {
	Name string `yaml:"name" json:"name"` // login name

	// Hours of a part-timer; a day left out is not worked. Empty: the calendar's.
	// Nobody works on a holiday that closes the whole organisation.
	Hours Hours `yaml:"hours" json:"hours,omitempty"`

	// Absent are days, "2026-12-21", and periods, "2026-12-21/2027-01-03", both ends
	// included.
	Absent []string `yaml:"absent" json:"absent,omitempty"`

	// Substitute takes over while he is absent, in hours of his own; empty: nobody.
	Substitute string `yaml:"substitute" json:"substitute,omitempty"`
}

// ParseAbsence reads a day or a period of Duty.Absent, as dates.
func ParseAbsence(s string) (from, to string, err error) {
	from, to, period := strings.Cut(s, "/")
	if !period {
		to = from
	}
	for _, date := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return "", "", err
		}
	}
	return from, to, nil
}

// away reports whether the person is absent on t's day.
func (d *Duty) away(t time.Time) bool {
	date := t.Format(time.DateOnly)
	return slices.ContainsFunc(d.Absent, func(s string) bool {
		from, to, err := ParseAbsence(s)
		return err == nil && from <= date && date <= to
	})
}

// Roster answers who works at the desk when. It is made of what the log says, so the
// engine, pages and reports give the same answer. The zero Roster has nobody.
type Roster struct {
	Duty     []Duty
	Calendar *Calendar      // nil: DefaultHours, and no holidays
	Zone     *time.Location // of all hours; nil: UTC
}

// Roster is that of a configuration. Nil: nobody's.
func (c *LogConfig) Roster() *Roster {
	r := &Roster{Zone: zoneOf(c)}
	if c != nil {
		r.Calendar = c.Calendar
		if c.Desk != nil {
			r.Duty = c.Desk.Duty
		}
	}
	return r
}

// OnDuty is somebody who works now.
type OnDuty struct {
	Name  string    `json:"name"`
	For   []string  `json:"for,omitempty"` // whom he stands in for, in the order of the list
	Until time.Time `json:"until"`         // the end of his hours
}

// Of returns the entry of name, or nil: he is not on the list, and nobody knows when
// he works.
func (r *Roster) Of(name string) *Duty {
	for n := range r.Duty {
		if r.Duty[n].Name == name {
			return &r.Duty[n]
		}
	}
	return nil
}

// Works reports whether the list says that name works at t.
func (r *Roster) Works(name string, t time.Time) bool {
	d := r.Of(name)
	if d == nil {
		return false
	}
	from, to, ok := r.span(d, t)
	return ok && !t.Before(from) && t.Before(to)
}

// At returns who is on duty at t, in the order of the list; nobody is an answer.
func (r *Roster) At(t time.Time) []OnDuty {
	var out []OnDuty
	for n := range r.Duty {
		if name := r.Duty[n].Name; r.Works(name, t) {
			out = append(out, OnDuty{Name: name, Until: r.Until(name, t)})
		}
	}
	for n := range r.Duty {
		d := &r.Duty[n]
		if !d.away(t.In(r.zone())) {
			continue
		}
		in := r.StandIn(d.Name, t)
		if k := slices.IndexFunc(out, func(o OnDuty) bool { return o.Name == in }); k >= 0 {
			out[k].For = append(out[k].For, d.Name)
		}
	}
	return out
}

// StandIn returns who does the work of name at t: he himself while he works, else his
// substitute, or that one's, the first who works; empty: nobody.
func (r *Roster) StandIn(name string, t time.Time) string {
	for asked := map[string]bool{}; name != "" && !asked[name]; {
		asked[name] = true
		if r.Works(name, t) {
			return name
		}
		d := r.Of(name)
		if d == nil {
			return ""
		}
		name = d.Substitute
	}
	return ""
}

// Next returns who could take over from name at t, the end of his hours: his
// substitute if that one works then, else whoever works then and stays longest, the
// first on the list of these; empty: nobody works.
func (r *Roster) Next(name string, t time.Time) string {
	if d := r.Of(name); d != nil {
		if in := r.StandIn(d.Substitute, t); in != "" && in != name {
			return in
		}
	}
	next, until := "", time.Time{}
	for _, o := range r.At(t) {
		if o.Name != name && o.Until.After(until) {
			next, until = o.Name, o.Until
		}
	}
	return next
}

// Until returns when the hours of name around t end, in the roster's zone; the zero
// time when he does not work then.
func (r *Roster) Until(name string, t time.Time) time.Time {
	if !r.Works(name, t) {
		return time.Time{}
	}
	d := r.Of(name)
	_, to, _ := r.span(d, t)
	const mostDays = 7 // of hours that go on over midnight, "00:00-24:00"
	for range mostDays {
		from, end, ok := r.span(d, to)
		if !ok || !from.Equal(to) {
			break
		}
		to = end
	}
	return to
}

// From returns when name works next, at or after t: t itself while he works, the zero
// time when he does not within a year.
func (r *Roster) From(name string, t time.Time) time.Time {
	d := r.Of(name)
	if d == nil {
		return time.Time{}
	}
	if r.Works(name, t) {
		return t
	}
	day := t.In(r.zone())
	for range 366 {
		if from, _, ok := r.span(d, day); ok && !from.Before(t) {
			return from
		}
		y, m, n := day.Date()
		day = time.Date(y, m, n+1, 0, 0, 0, 0, r.zone())
	}
	return time.Time{}
}

// span returns when d's work begins and ends on t's day; ok is false when he does not
// work that day.
func (r *Roster) span(d *Duty, t time.Time) (from, to time.Time, ok bool) {
	t = t.In(r.zone())
	cal := r.calendar()
	if d.away(t) || cal.Closed(t, "") != nil {
		return time.Time{}, time.Time{}, false
	}
	hours := d.Hours
	if len(hours) == 0 {
		hours = cal.Hours
	}
	if len(hours) == 0 {
		hours = DefaultHours()
	}
	return hours.On(t)
}

func (r *Roster) calendar() *Calendar {
	if r.Calendar == nil {
		return &Calendar{}
	}
	return r.Calendar
}

func (r *Roster) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// SupportGroup is a group that incidents are escalated to.
type SupportGroup struct {
	ID       string `yaml:"id" json:"id"`             // support_group of services and devices names it
	Line     int    `yaml:"line" json:"line"`         // 1 is asked first
	Receiver string `yaml:"receiver" json:"receiver"` // of receivers, who pages it; empty: it cannot be paged

	// Hours in which it answers, on holidays too: a group that is called at Christmas
	// does not go by the school's calendar. Empty: the calendar's, and its holidays.
	Hours Hours `yaml:"hours" json:"hours,omitempty"`
}

// Open reports whether the group answers at t, which is in the zone of its hours.
func (g *SupportGroup) Open(t time.Time, cal *Calendar) bool {
	if len(g.Hours) == 0 {
		return cal.Open(t, "")
	}
	from, to, ok := g.Hours.On(t)
	return ok && !t.Before(from) && t.Before(to)
}

// NextOpen returns when the group answers at or after t; the zero time when it does not
// within a year.
func (g *SupportGroup) NextOpen(t time.Time, cal *Calendar) time.Time {
	if len(g.Hours) == 0 {
		return cal.NextOpen(t, "")
	}
	if g.Open(t, cal) {
		return t
	}
	day := t
	for range 8 { // hours are those of a week
		if from, _, ok := g.Hours.On(day); ok && !from.Before(t) {
			return from
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
	}
	return time.Time{}
}
