package correlate

import (
	"math"

	"headstart"
)

// About is what a ticket counts for when it tells of something that fails (K-11): the
// service and the place, each empty if it names none. Tickets of which both are equal
// are alike. It says false of a ticket that tells of no failure, or of neither.
func (o *Outlook) About(t *headstart.TicketState) (service, location string, fails bool) {
	if intent(t.Evidence) < 0 {
		return "", "", false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	service, location = o.topo.serviceOf(t.Evidence), o.topo.whereOf(t)
	return service, location, service != "" || location != ""
}

// intent is the log-odds, in tenths, that a text reports a malfunction rather
// than asks for something: at least zero is a chance of one half. It adds up the
// cues with the weights they have in a score (see kinds); a text without any
// is more likely none.
func intent(e *headstart.Evidence) int {
	if e == nil {
		return -8
	}
	odds := -8 + 16*min(e.Cues["malfunction"], 2)
	if e.Cues["several"] > 0 {
		odds += 10
	}
	for f, cue := range contrary {
		if e.Cues[cue] > 0 && (f != question || e.Cues["malfunction"] == 0) {
			odds += int(math.Round(10 * kinds[f].weight))
		}
	}
	return odds
}

// contrary are cues that a text is about something else than a disturbance.
var contrary = map[feature]string{
	howto: "howto", request: "request", password: "password", onePerson: "one_person", worksAgain: "works_again", supplies: "supplies", question: "question",
	lasting: "lasting", content: "content", bulletin: "bulletin",
}

// serviceOf is the service a text names most strongly; a device stands for the
// first of its services.
func (t *topology) serviceOf(e *headstart.Evidence) string {
	best, strength := "", 0.0
	for _, m := range e.Assets {
		n := t.nodes[m.ID]
		if n == nil || m.Strength <= strength {
			continue
		}
		id := n.id
		if n.device != nil {
			if len(n.device.Services) == 0 {
				continue
			}
			id = n.device.Services[0]
		}
		best, strength = id, m.Strength
	}
	return best
}

// whereOf is where a ticket is about: the place its text names, else where its
// requester sits. A shared requester calls for everybody.
func (t *topology) whereOf(x *headstart.TicketState) string {
	if e := x.Evidence; e != nil && len(e.Locations) > 0 {
		return e.Locations[0].ID
	}
	at := x.Requester.Location
	if at == "" || x.Requester.Shared {
		at = t.onlySite(x)
	}
	if t.places[at] == nil {
		return ""
	}
	return at
}

// onlySite lends a ticket without a location the one of its department.
func (t *topology) onlySite(x *headstart.TicketState) string {
	d := t.department(x.Requester.Department)
	if d == nil || len(d.Locations) != 1 || x.Requester.Shared {
		return ""
	}
	return d.Locations[0]
}
