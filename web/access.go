package web

import (
	"fmt"
	"net/http"
	"slices"

	"headstart"
)

// viewer answers, for one identity, what it may see and act on beyond the scope of a
// route. Every list, page, stream, export and command of this package asks it, and
// nothing else judges.
//
//   - What is confidential is for approvers and admins (ruling 30). Who may not see it
//     learns that it exists: knows is true, sees is not.
//   - An account bound to locations knows what is about one of them, about a place
//     inside one, or about one it lies in. What has no place concerns everybody.
//   - Who sees a thing may act on it, if the route lets him: viewers never get as far
//     as acting, since a route that acts asks for the scope write.
//
// A handler gets its viewer from Site.viewer or API.viewer. Lists leave out what it does
// not know; a thing asked for by name is refused. Commands need no check of their own:
// Site.do and API.command ask bars for each.
type viewer struct {
	view         *headstart.View
	confidential bool
	locations    []string // where they may act, as in the account; empty: everywhere

	// near are the locations of the catalog that touch those of the account; nil:
	// all do.
	near map[string]bool
}

func viewerOf(id headstart.Identity, view *headstart.View) viewer {
	v := viewer{
		view:         view,
		confidential: id.Role == "approver" || id.Role == "admin" || id.Has(headstart.ScopeAdmin),
		locations:    id.Locations,
	}
	if len(id.Locations) > 0 {
		v.near = view.Catalog().Near(id.Locations)
	}
	return v
}

// rights tells viewers apart who do not see the same of one view.
func (v viewer) rights() string {
	return fmt.Sprintf("confidential %t, at %q", v.confidential, v.locations)
}

// approves reports whether v may send to users what waits for approval: who may read
// what is confidential (ruling 30), and nobody else.
func (v viewer) approves() bool { return v.confidential }

// viewer is who asks for a page.
func (s *Site) viewer(r *http.Request) viewer {
	return viewerOf(headstart.IdentityFrom(r.Context()), s.o.View)
}

// viewer is who calls the API.
func (a *API) viewer(r *http.Request) viewer {
	return viewerOf(headstart.IdentityFrom(r.Context()), a.o.View)
}

// everywhere reports whether no location binds v: what touches all places at once,
// such as the panic switch, is for these alone.
func (v viewer) everywhere() bool { return v.near == nil }

// at reports whether what is about places concerns v.
func (v viewer) at(places ...string) bool {
	return v.near == nil || len(places) == 0 || slices.ContainsFunc(places, func(id string) bool { return v.near[id] })
}

// knows reports whether the incident is one of v's lists, if only as confidential.
func (v viewer) knows(i *headstart.Incident) bool { return v.at(i.Locations...) }

// known leaves the incidents that v knows of.
func (v viewer) known(all []*headstart.Incident) []*headstart.Incident {
	return slices.DeleteFunc(all, func(i *headstart.Incident) bool { return !v.knows(i) })
}

// sees reports whether v may read what the incident is about.
func (v viewer) sees(i *headstart.Incident) bool {
	return v.knows(i) && (!i.Confidential || v.confidential)
}

// blind says why v may not read the incident.
func (v viewer) blind(i *headstart.Incident) string {
	if !v.knows(i) {
		return string(i.ID) + " lies outside the locations of your account"
	}
	return string(i.ID) + " is confidential; an approver or admin may read it"
}

// acts reports whether v may change the incident.
func (v viewer) acts(i *headstart.Incident) bool { return v.sees(i) }

// seesID is sees of an incident by its id. One that the view does not know, or none,
// hides nothing.
func (v viewer) seesID(id headstart.IncidentID) bool {
	if id == "" || v.confidential && v.everywhere() {
		return true
	}
	i, ok := v.view.Find(string(id))
	return !ok || v.sees(&i)
}

// seesKnown reports whether v may read the incident, and it is known at all.
func (v viewer) seesKnown(id headstart.IncidentID) bool {
	i, ok := v.view.Find(string(id))
	return ok && v.sees(&i)
}

// remembered is seesKnown for one answer that asks of the same incidents thousands of times.
func (v viewer) remembered() func(headstart.IncidentID) bool {
	judged := map[headstart.IncidentID]bool{}
	return func(id headstart.IncidentID) bool {
		sees, known := judged[id]
		if !known {
			sees = v.seesKnown(id)
			judged[id] = sees
		}
		return sees
	}
}

// seesLocation reports whether the location is one of v's.
func (v viewer) seesLocation(id string) bool { return id == "" || v.at(id) }

// seesAsset reports whether v may read of a device or service; one that the catalog
// does not know hides nothing.
func (v viewer) seesAsset(id string) bool {
	if id == "" || v.confidential && v.everywhere() {
		return true
	}
	cat := v.view.Catalog()
	if cat.Confidential(id) && !v.confidential {
		return false
	}
	d := cat.DeviceByID(id)
	return d == nil || v.seesLocation(d.Location)
}

// seesCheck reports whether v may read the result of a check.
func (v viewer) seesCheck(c *headstart.CheckResult) bool {
	return v.seesLocation(c.Location) && v.seesAsset(c.Asset) && v.seesAsset(c.Service)
}

// checks leaves the results that v may read.
func (v viewer) checks(all []headstart.CheckResult) []headstart.CheckResult {
	if v.confidential && v.everywhere() {
		return all
	}
	return kept(all, v.seesCheck)
}

// seesTicket reports whether v may read the ticket: one reported at v's places, or one
// linked to an incident that v knows of.
func (v viewer) seesTicket(t *headstart.TicketState) bool {
	if v.everywhere() || v.seesLocation(t.Requester.Location) {
		return true
	}
	l := t.Linked()
	if l == nil {
		return false
	}
	i, ok := v.view.Find(string(l.Incident))
	return ok && v.knows(&i)
}

// tickets leaves those that v may read.
func (v viewer) tickets(all []*headstart.TicketState) []*headstart.TicketState {
	if v.everywhere() {
		return all
	}
	return slices.DeleteFunc(all, func(t *headstart.TicketState) bool { return !v.seesTicket(t) })
}

// seesAnnouncement reports whether v may read what an announcement says, of all it is
// about, or was: with one incident that became confidential it goes whole.
func (v viewer) seesAnnouncement(a *headstart.Announcement) bool {
	if a.Confidential && !v.confidential || !v.at(a.Locations...) {
		return false
	}
	knows := false
	for _, id := range a.SpokeFor() {
		i, ok := v.view.Find(string(id))
		if ok && i.Confidential && !v.confidential {
			return false
		}
		knows = knows || !ok || v.knows(&i)
	}
	return knows
}

// announcements leaves those that v may read.
func (v viewer) announcements(all []headstart.Announcement) []headstart.Announcement {
	return kept(all, v.seesAnnouncement)
}

// seesWindow reports whether v may read what planned work is about.
func (v viewer) seesWindow(w *headstart.MaintenanceWindow) bool {
	cat := v.view.Catalog()
	return (v.confidential || !windowConfidential(cat, w)) && v.at(windowPlaces(cat, w)...)
}

// actsOnWindow reports whether v may plan the work or change it. All its places must be
// v's: it silences what fails at each.
func (v viewer) actsOnWindow(w *headstart.MaintenanceWindow) bool {
	return v.seesWindow(w) && !slices.ContainsFunc(windowPlaces(v.view.Catalog(), w), func(id string) bool { return !v.at(id) })
}

// seesLetter reports whether v may read what a message given up is about, send it
// again, or dismiss it. What is not known any more hides nothing.
func (v viewer) seesLetter(n *headstart.Notice) bool {
	if i, ok := v.view.Find(string(n.Incident)); ok {
		return v.sees(&i)
	}
	w, ok := workOf(v.view, &headstart.Command{Window: n.Window})
	return !ok || v.seesWindow(&w)
}

// unplaced are the failing alerts without a place that v may see, oldest first.
func (v viewer) unplaced() []headstart.UnplacedAlert {
	return slices.DeleteFunc(v.view.Unplaced(), func(u headstart.UnplacedAlert) bool { return !v.seesID(u.Incident) })
}

// catalog is the catalog without the devices, locations and departments of other places,
// and without the known errors that v may not read.
func (v viewer) catalog() headstart.Catalog {
	c := *v.view.Catalog()
	c.KnownErrors = v.entries(c.KnownErrors)
	if v.everywhere() {
		return c
	}
	c.Locations = kept(c.Locations, func(l *headstart.Location) bool { return v.at(l.ID) })
	c.Departments = kept(c.Departments, func(d *headstart.Department) bool { return v.at(d.Locations...) })
	c.Devices = kept(c.Devices, func(d *headstart.Device) bool { return v.seesLocation(d.Location) })
	return c
}

// aliases are the words of users that v may take over: the catalog is of all places.
func (v viewer) aliases(all []headstart.AliasProposal) []headstart.AliasProposal {
	if !v.everywhere() {
		return []headstart.AliasProposal{}
	}
	return all
}

// kept copies what keep wants of list, which belongs to the view.
func kept[T any](list []T, keep func(*T) bool) []T {
	out := make([]T, 0, len(list))
	for n := range list {
		if keep(&list[n]) {
			out = append(out, list[n])
		}
	}
	return out
}

// pointers are the things of list where they stand.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for n := range list {
		out[n] = &list[n]
	}
	return out
}
