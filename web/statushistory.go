package web

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

const (
	historyDays = 90
	plannedDays = 14 // how far ahead planned work is shown
)

// outage is one stretch of trouble of one service, by the time of the event.
type outage struct {
	from, to time.Time
	level    chart.Level
}

// services fills the list of services, each with its ninety days. Services that
// are fine and always were stand in More.
func (d *publicPage) services(p *statusPage, shown []headstart.Announcement, planned, suspect map[string]bool, now time.Time) {
	say := p.words
	for _, svc := range p.site.o.View.Catalog().Services {
		if svc.Confidential || !p.covers([]string{svc.ID}, svc.Locations) {
			continue
		}
		outages := p.outages(svc.ID, shown, now)
		s := publicService{Name: nameOf(svc.Name, svc.ID, say.Lang), Outage: outageWords(outages, p.site.o.Known, now, say)}
		s.Level, s.Word = announced(svc.ID, shown, say)
		switch {
		case s.Level != "":
		case planned[svc.ID]:
			s.Level, s.Word = "blue", say.Say("pub.planned.now")
		case suspect[svc.ID]:
			s.Level, s.Word = "grey", say.Say("pub.suspect")
		default:
			s.Level, s.Word = "green", say.Say("pub.works")
		}
		days := bars(outages, p.windows(svc.ID), p.site.o.Known, now, say)
		d.Unseen = d.Unseen || slices.ContainsFunc(days, func(b chart.Bar) bool { return b.Level == chart.Unseen })
		s.Strip = chart.Strip(days, s.Name+": "+s.Outage)
		if s.Level == "green" && len(outages) == 0 && len(p.site.o.View.Catalog().Services) > 8 {
			d.More = append(d.More, s)
		} else {
			d.Services = append(d.Services, s)
		}
	}
}

// announced is the worst that users are told of a service now; empty: nothing.
func announced(service string, shown []headstart.Announcement, say *lang.Words) (level, word string) {
	for _, a := range shown {
		if a.Live() && slices.Contains(a.Services, service) && level != "red" {
			level, word = effectLevel(a.Effect, say)
		}
	}
	return level, word
}

// outages are the times a service was announced as failing: from when it began
// for users, not from when somebody wrote of it.
func (p *statusPage) outages(service string, shown []headstart.Announcement, now time.Time) []outage {
	var out []outage
	for _, a := range shown {
		i, ok := p.site.o.View.Find(string(a.Incident))
		if !ok || !slices.Contains(a.Services, service) || a.State == headstart.AnnouncementWithdrawn {
			continue
		}
		o := outage{from: i.StartedAt, to: until(&i, now), level: chart.Partly}
		if a.Effect == "down" {
			o.level = chart.Broken
		}
		if !a.Live() && i.ResolvedAt == nil {
			o.to = a.Last().At
		}
		out = append(out, o)
	}
	return out
}

func (p *statusPage) windows(service string) []headstart.MaintenanceWindow {
	return slices.DeleteFunc(p.site.o.View.Maintenance(), func(w headstart.MaintenanceWindow) bool {
		return w.Cancelled || !slices.Contains(w.Services, service) || p.private(w)
	})
}

// outageWords says how long in words; a percentage tells nobody anything. When
// known lies within the days shown, it says since when instead.
func outageWords(outages []outage, known, now time.Time, say *lang.Words) string {
	total := length(outages)
	first, _ := historyDay(now, 0)
	switch {
	case known.After(first) && total > 0:
		return say.Say("pub.outage.since", "span", say.Span(total), "day", say.DayOfYear(known))
	case known.After(first):
		return say.Say("pub.outage.none.since", "day", say.DayOfYear(known))
	case total > 0:
		return say.Say("pub.outage", "span", say.Span(total))
	default:
		return say.Say("pub.outage.none")
	}
}

// length is how long outages last together.
func length(outages []outage) time.Duration {
	total := time.Duration(0)
	for _, o := range merged(outages) {
		total += o.to.Sub(o.from)
	}
	return total
}

// merged joins outages that overlap, so that no minute counts twice.
func merged(outages []outage) []outage {
	all := slices.Clone(outages)
	slices.SortFunc(all, func(a, b outage) int { return a.from.Compare(b.from) })
	var out []outage
	for _, o := range all {
		if n := len(out); n > 0 && !o.from.After(out[n-1].to) {
			if o.to.After(out[n-1].to) {
				out[n-1].to = o.to
			}
			continue
		}
		out = append(out, o)
	}
	return out
}

// historyDay is the n-th of the days shown, from midnight to midnight; the last
// is the day of now. A day of a clock change is a day like any other.
func historyDay(now time.Time, n int) (from, to time.Time) {
	y, m, d := now.Date()
	day := func(n int) time.Time { return time.Date(y, m, d-historyDays+1+n, 0, 0, 0, 0, now.Location()) }
	return day(n), day(n + 1)
}

// bars cuts outages at local midnights. A day that was over before known
// is unseen, unless an outage or planned work on it is known all the same.
func bars(outages []outage, windows []headstart.MaintenanceWindow, known, now time.Time, say *lang.Words) []chart.Bar {
	out := make([]chart.Bar, historyDays)
	for n := range out {
		from, to := historyDay(now, n)
		level := chart.Fine
		if !to.After(known) {
			level = chart.Unseen
		}
		if slices.ContainsFunc(windows, func(w headstart.MaintenanceWindow) bool {
			return w.StartsAt.Before(to) && w.EndsAt.After(from)
		}) {
			level = chart.Planned
		}
		out[n] = bar(from, within(outages, from, to), level, say)
	}
	return out
}

// within is what of outages lies between from and to.
func within(outages []outage, from, to time.Time) []outage {
	var out []outage
	for _, o := range outages {
		if o.from.Before(to) && o.to.After(from) {
			out = append(out, outage{from: later(o.from, from), to: sooner(o.to, to), level: o.level})
		}
	}
	return out
}

// bar is one day: the worst of it, and in words how long. calm is its level
// without an outage.
func bar(day time.Time, outages []outage, calm chart.Level, say *lang.Words) chart.Bar {
	b := chart.Bar{Level: calm}
	for _, o := range outages {
		if b.Level != chart.Broken {
			b.Level = o.level
		}
	}
	total := length(outages)
	switch {
	case total > 0:
		b.Title = say.Say("pub.bar.outage", "day", say.Day(day), "span", say.Span(total))
	case b.Level == chart.Planned:
		b.Title = say.Say("pub.bar.planned", "day", say.Day(day))
	case b.Level == chart.Unseen:
		b.Title = say.Say("pub.bar.unseen", "day", say.Day(day))
	default:
		b.Title = say.Say("pub.bar.fine", "day", say.Day(day))
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// planned is the work of the coming two weeks, with what runs now.
func (p *statusPage) planned(now time.Time) []publicWindow {
	var out []publicWindow
	for _, w := range p.site.o.View.Maintenance() {
		if w.Cancelled || !w.EndsAt.After(now) || w.StartsAt.Sub(now) > plannedDays*24*time.Hour || !p.covers(w.Services, w.Locations) || p.private(w) {
			continue
		}
		v := publicWindow{ID: w.ID, Text: p.windowText(w), From: w.StartsAt, To: w.EndsAt, Running: !w.StartsAt.After(now)}
		v.Word = p.words.Day(w.StartsAt)
		switch {
		case v.Running:
			v.Word = p.words.Say("pub.planned.now")
		case w.StartsAt.In(now.Location()).Format(time.DateOnly) == now.Format(time.DateOnly):
			v.Word = p.words.Say("pub.today")
		}
		to := p.words.Clock(w.EndsAt)
		if w.StartsAt.In(now.Location()).Format(time.DateOnly) != w.EndsAt.In(now.Location()).Format(time.DateOnly) {
			to = p.words.Stamp(w.EndsAt)
		}
		v.When = p.words.Say("pub.fromto", "from", p.words.Clock(w.StartsAt), "to", to)
		out = append(out, v)
	}
	return out
}

// private reports whether a window is no reader's business: it touches anything
// confidential, or is a mere proposal.
func (p *statusPage) private(w headstart.MaintenanceWindow) bool {
	return w.Proposed || windowConfidential(p.site.o.View.Catalog(), &w)
}

// windowText is the summary of a window, unless it names a device or an address:
// a summary from a calendar was written for engineers.
func (p *statusPage) windowText(w headstart.MaintenanceWindow) string {
	cat, language := p.site.o.View.Catalog(), p.words.Lang
	theirs := strings.HasPrefix(w.Source, "ical/") && w.By == "" // may name people, and nobody of ours read it
	if t := w.Summary.In(language); t != "" && !theirs && !namesDevice(cat, t) {
		return t
	}
	what := joined(w.Services, func(id string) string { return serviceName(cat, id, language) })
	where := joined(w.Locations, func(id string) string { return locationName(cat, id, language) })
	if what == "" {
		what = p.words.Say("pub.planned.work")
	}
	if where != "" {
		what += ", " + where
	}
	return what
}

var addresses = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`)

// namesDevice reports whether a text names a device of the catalog by id,
// address or alias.
func namesDevice(cat *headstart.Catalog, text string) bool {
	if addresses.MatchString(text) {
		return true
	}
	low := strings.ToLower(text)
	for _, d := range cat.Devices {
		for _, needle := range append([]string{d.ID, d.Address}, d.Aliases...) {
			if len(needle) > 2 && strings.Contains(low, strings.ToLower(needle)) {
				return true
			}
		}
	}
	return false
}
