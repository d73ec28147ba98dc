package incidents

import (
	"slices"

	"headstart"
)

// Nameless returns an incident as it is written into files that stay: whole, as the API
// shows it, but without who did what, and without the tickets that its timeline names.
// Newest is the number of the newest decision in it.
func Nameless(v *headstart.View, id headstart.IncidentID, lang string) (i headstart.Incident, newest uint64, known bool) {
	decisions := v.Timeline(id) // first: what is decided meanwhile is in the incident, and makes it stand otherwise
	i, known = v.Incident(id, lang)
	i.Timeline = []headstart.TimelineEntry{}
	for n := range decisions {
		d := &decisions[n]
		newest = d.N
		unname(d)
		unticket(d)
		unmute(d)
		i.Timeline = append(i.Timeline, d.Entry(lang, v.Zone()))
	}
	i.Owner, i.SilencedBy, i.Fits, i.UsedLinks = "", nil, nil, nil
	if i.Summary != nil && isPerson(i.Summary.By) {
		s := *i.Summary
		s.By, i.Summary = role, &s
	}
	for n := range i.Announcements {
		i.Announcements[n] = NamelessNotice(&i.Announcements[n])
	}
	return i, newest, known
}

// NamelessNotice returns a copy of an announcement without who wrote and approved it, and
// without what channels call its posts.
func NamelessNotice(of *headstart.Announcement) headstart.Announcement {
	a := *of
	a.Posts = nil
	a.Updates = slices.Clone(a.Updates)
	for n := range a.Updates {
		a.Updates[n].Earlier = slices.Clone(a.Updates[n].Earlier)
		unsign(&a.Updates[n])
	}
	if a.Draft != nil {
		u := *a.Draft
		u.Earlier = slices.Clone(u.Earlier)
		unsign(&u)
		a.Draft = &u
	}
	return a
}

// unmute takes who silenced alerts, and what he wrote, out of a decision.
func unmute(d *headstart.Decision) {
	if d.Rule == ruleSilenced {
		d.Facts = with(with(d.Facts, "by", muters(d)), "comment", left)
	}
}
