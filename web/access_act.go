package web

import (
	"cmp"
	"slices"

	"headstart"
)

// bars says why v may not give the command; empty: he may. What the view does not know
// is left to the engine: it may be younger than the view. What always touches all places
// is refused at the door (headstart.Route.Everywhere).
func (v viewer) bars(c *headstart.Command) string {
	if c.Do == "hush" && c.Incident == "" && !v.everywhere() {
		return "this holds the messages of all places, and your account has some only"
	}
	if w, ok := workOf(v.view, c); ok && !v.actsOnWindow(&w) {
		return refusals[windowForbidden]
	}
	if c.Message != "" && !v.mayResend(c.Message) {
		return "the message is about something outside the rights of your account"
	}
	if t, ok := v.view.Ticket(c.Source + "/" + c.Ticket); ok && !v.seesTicket(&t) {
		return t.Key() + " was reported outside the locations of your account"
	}
	// Each says why not of one thing that a command may name; the first counts.
	return cmp.Or(v.barsIncidents(c), v.barsNote(c), v.barsAnnouncement(c.Announcement), v.barsRecord(c), v.barsPlaces(c))
}

// barsIncidents judges the incidents that a command names.
func (v viewer) barsIncidents(c *headstart.Command) string {
	for _, name := range append([]string{c.Incident, c.Into}, c.Incidents...) {
		if i, ok := v.view.Find(name); ok {
			if why := v.barsIncident(&i); why != "" {
				return why
			}
		}
	}
	return ""
}

// barsIncident says why v may not change i; empty: he may.
func (v viewer) barsIncident(i *headstart.Incident) string {
	switch {
	case !v.knows(i):
		return string(i.ID) + " lies outside the locations of your account"
	case !v.sees(i):
		return string(i.ID) + " is confidential; an approver or admin may change it"
	default:
		return ""
	}
}

// barsAnnouncement judges an announcement with all incidents it is about.
func (v viewer) barsAnnouncement(id string) string {
	if id == "" {
		return ""
	}
	all := v.view.Announcements()
	n := slices.IndexFunc(all, func(a headstart.Announcement) bool { return a.ID == id })
	if n < 0 || v.seesAnnouncement(&all[n]) {
		return ""
	}
	for _, about := range all[n].SpokeFor() {
		if i, ok := v.view.Find(string(about)); ok && v.barsIncident(&i) != "" {
			return v.barsIncident(&i)
		}
	}
	return "the announcement is for places outside those of your account, or is confidential"
}

// barsPlaces judges what a command itself names: the places of an incident opened by
// hand, the device it is about, what is split off.
func (v viewer) barsPlaces(c *headstart.Command) string {
	cat := v.view.Catalog()
	places := slices.Clone(c.Locations)
	for _, id := range c.Departments {
		if d := cat.DepartmentByID(id); d != nil && len(c.Locations) == 0 {
			places = append(places, d.Locations...)
		}
	}
	for _, id := range append(oneOrNone(c.Asset), c.Assets...) {
		if d := cat.DeviceByID(id); d != nil && !v.seesLocation(d.Location) {
			return "the device lies outside the locations of your account"
		}
	}
	if slices.ContainsFunc(places, func(id string) bool { return !v.at(id) }) {
		return "it is about places outside those of your account"
	}
	return ""
}

// mayResend reports whether v may send the message again, or dismiss it.
func (v viewer) mayResend(message string) bool {
	for _, l := range v.view.DeadLetters() {
		if l.Notice.Key == message {
			return v.seesLetter(&l.Notice)
		}
	}
	return true
}
