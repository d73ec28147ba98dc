package web

import (
	"cmp"
	"slices"

	"headstart"
)

// candidate is a ticket with what is known of it and one incident.
type candidate struct {
	Ticket *headstart.TicketState // the view's
	Link   headstart.Link
}

// candidatesOf are the tickets of an incident: those linked, first reported first, and
// its look-alikes, which nobody linked or rejected yet and no incident has, the best
// first. Tickets that v may not read are left out.
func candidatesOf(v viewer, id headstart.IncidentID) (linked, alike []candidate) {
	for _, t := range v.tickets(v.view.Tickets()) {
		for _, l := range t.Links {
			switch {
			case l.Incident != id:
			case l.Verdict == "linked":
				linked = append(linked, candidate{t, l})
			case l.Verdict == "" && l.Band != headstart.BandNone && t.Linked() == nil:
				alike = append(alike, candidate{t, l})
			}
		}
	}
	byTime := func(a, b candidate) int {
		return cmp.Or(a.Ticket.Since().Compare(b.Ticket.Since()), cmp.Compare(a.Ticket.Key(), b.Ticket.Key()))
	}
	slices.SortFunc(linked, byTime)
	slices.SortFunc(alike, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.Link.Score, a.Link.Score), byTime(a, b)) })
	return linked, alike
}

// noticeFor is what users at a place read of an incident now: the notice for there if
// there is one, else the first; of one that is over, how it ended. Nil: nothing that
// holds.
func noticeFor(view *headstart.View, i *headstart.Incident, location string) *headstart.Announcement {
	var live, final, at *headstart.Announcement
	for a := range view.EachAnnouncement() {
		if !a.About(i.ID) || a.Last() == nil {
			continue
		}
		switch {
		case a.Live():
			live = cmp.Or(live, a)
			if slices.Contains(a.Locations, location) {
				at = cmp.Or(at, a)
			}
		case a.State == headstart.AnnouncementFinal:
			final = cmp.Or(final, a)
		}
	}
	return cmp.Or(at, live, final)
}
