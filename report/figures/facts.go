package figures

import (
	"cmp"
	"slices"
	"time"

	"headstart"
)

// Facts are what figures are made of. They name no person: of a ticket neither who
// reported it nor what it said, of an incident nobody who worked on it.
type Facts struct {
	Reported  []Ticket   // by when they were reported
	Solved    []Ticket   // by when they were solved
	Incidents []Incident // by when they opened
	Calls     []Calls    // of the telephone, by hour or day
}

// Ticket is what figures need of one ticket. It has no number, so that nobody can be
// found by it once the ticket itself is gone.
type Ticket struct {
	Source     string `json:"src,omitempty"`
	Service    string `json:"srv,omitempty"` // the one it names most strongly, else the first its incident hits
	Category   string `json:"cat,omitempty"`
	Department string `json:"dep,omitempty"`
	Location   string `json:"loc,omitempty"`
	Priority   string `json:"pri,omitempty"`

	Reported int64 `json:"rep"`           // Unix seconds, as the other times; 0: not known
	Answered int64 `json:"ans,omitempty"` // first public answer by a person
	Solved   int64 `json:"sol,omitempty"`

	Waited [][2]int64 `json:"wai,omitempty"` // spells of waiting on the user, until Solved at most

	Line         int      `json:"lin,omitempty"` // the highest it was on; 0: not known
	Contacts     int      `json:"con,omitempty"` // 0: not known
	Again        bool     `json:"aga,omitempty"` // opened again
	Soon         bool     `json:"soo,omitempty"` // within seven days, or nobody knows when
	Minutes      *float64 `json:"min,omitempty"`
	Satisfaction *float64 `json:"sat,omitempty"`
}

// Incident is what figures need of one incident.
type Incident struct {
	ID           headstart.IncidentID `json:"id"`
	Confidential bool                 `json:"confidential,omitempty"`

	Asset     string              `json:"asset,omitempty"` // of its probable cause
	CauseKind headstart.CauseKind `json:"cause,omitempty"`

	Services    []string `json:"services,omitempty"`
	Locations   []string `json:"locations,omitempty"`
	Departments []string `json:"departments,omitempty"`
	People      int      `json:"people,omitempty"`
	Alerts      int      `json:"alerts,omitempty"`

	Opened  int64 `json:"opened"`          // Unix seconds, as the other times
	Started int64 `json:"started"`         //
	Ended   int64 `json:"ended,omitempty"` // 0: it runs

	Linked    int    `json:"linked,omitempty"`     // tickets
	LeftOut   int    `json:"left_out,omitempty"`   // of those, calls that nobody noted the time of
	Announced bool   `json:"announced,omitempty"`  // users were told
	Lead      *int64 `json:"lead,omitempty"`       // seconds
	NotCounts bool   `json:"not_counts,omitempty"` // a person left its head start out: a drill

	Promises []Promise `json:"promises,omitempty"`

	Candidate bool `json:"candidate,omitempty"` // its cause came back often enough to look behind it
}

// Promise is the time of the next message that one message named.
type Promise struct {
	Due  int64 `json:"due"`
	Kept bool  `json:"kept,omitempty"`
}

// Calls are what the telephone system counted from one time to another.
type Calls struct {
	From      int64   `json:"from"` // Unix seconds
	To        int64   `json:"to"`
	Calls     int     `json:"calls"`
	Answered  int     `json:"answered"`
	Abandoned int     `json:"abandoned"`
	Wait      float64 `json:"wait"` // mean time in the queue, in seconds
}

// Gather reads the facts of [from, to) that the view knows. now judges promises.
func Gather(v *headstart.View, from, to, now time.Time) Facts {
	var f Facts
	in := func(t time.Time) bool { return !t.IsZero() && !t.Before(from) && t.Before(to) }
	f.gatherTickets(v, in)
	f.Incidents = incidentsIn(v, from, to, now)
	f.sort()
	return f
}

// incidentsIn are those that ran in [from, to), or promised something for then.
func incidentsIn(v *headstart.View, from, to, now time.Time) (out []Incident) {
	promises := promisesOf(v, now)
	for i := range v.EachIncident() {
		due := slices.ContainsFunc(promises[i.ID], func(p Promise) bool { return p.Due >= from.Unix() && p.Due < to.Unix() })
		if i.State != headstart.Merged && (due || overlaps(i, from, to)) {
			out = append(out, incidentFact(i, promises[i.ID]))
		}
	}
	return out
}

func (f *Facts) gatherTickets(v *headstart.View, in func(time.Time) bool) {
	incidents := map[headstart.IncidentID]*headstart.Incident{}
	for i := range v.EachIncident() {
		incidents[i.ID] = i
	}
	names := namer{catalog: v.Catalog(), services: map[string]string{}, incidents: incidents}
	for _, t := range v.Tickets() {
		reported, solved := in(t.Since()), t.Counted() && in(t.SolvedAt)
		if t.Channel == "monitoring" || !reported && !solved {
			continue
		}
		fact := ticketFact(t, names.service(t))
		if reported {
			f.Reported = append(f.Reported, fact)
		}
		if solved {
			f.Solved = append(f.Solved, fact)
		}
	}
}

// overlaps reports whether i opened in [from, to), or ran in it.
func overlaps(i *headstart.Incident, from, to time.Time) bool {
	began := i.StartedAt
	if i.OpenedAt.Before(began) || began.IsZero() {
		began = i.OpenedAt
	}
	return began.Before(to) && (i.ResolvedAt == nil || !i.ResolvedAt.Before(from) || !i.OpenedAt.Before(from))
}

func ticketFact(t *headstart.TicketState, service string) Ticket {
	f := Ticket{
		Source: t.Source, Service: service, Category: t.Category, Department: t.Requester.Department, Location: t.Requester.Location,
		Priority: t.Priority, Reported: unix(t.Since()), Answered: unix(t.FirstResponseAt), Line: t.Line, Contacts: t.Contacts,
		Again: t.Reopens > 0, Minutes: t.MinutesSpent, Satisfaction: t.Satisfaction,
	}
	if t.Counted() {
		f.Solved = unix(t.SolvedAt)
	}
	if c := t.Course; c != nil {
		f.Line, f.Again, f.Soon = max(f.Line, c.TopLine), f.Again || c.Again, c.Soon
		f.Waited = spells(c.Waited, f.Solved)
	}
	return f
}

// spells are those that ended, and ended before solved.
func spells(waited []headstart.Spell, solved int64) (out [][2]int64) {
	for _, s := range waited {
		from, to := unix(s.From), unix(s.To)
		if solved != 0 && (to == 0 || to > solved) {
			to = solved
		}
		if to > from {
			out = append(out, [2]int64{from, to})
		}
	}
	return out
}

func incidentFact(i *headstart.Incident, promises []Promise) Incident {
	f := Incident{
		ID: i.ID, Confidential: i.Confidential, Asset: i.Cause.Asset, CauseKind: i.Cause.Kind,
		Services: i.Services, Locations: i.Locations, Departments: i.Departments, People: i.People, Alerts: i.Alerts.Total,
		Opened: unix(i.OpenedAt), Started: unix(i.StartedAt), Linked: i.Tickets.Linked, LeftOut: i.Tickets.LeftOut,
		Announced: i.AnnouncedAt != nil, Lead: i.LeadSeconds, NotCounts: i.LeadLeftOut != nil, Promises: promises, Candidate: i.ProblemCandidate != nil,
	}
	if f.Started == 0 || f.Opened < f.Started {
		f.Started = f.Opened
	}
	switch {
	case i.ResolvedAt != nil:
		f.Ended = unix(*i.ResolvedAt)
	case i.ClosedAt != nil:
		f.Ended = unix(*i.ClosedAt)
	}
	return f
}

// sameMinute is how much later than promised a message may come: people read times in
// whole minutes, and the one that goes by itself leaves at the very moment.
const sameMinute = time.Minute

// promisesOf are the promises that were due by now, by incident.
func promisesOf(v *headstart.View, now time.Time) map[headstart.IncidentID][]Promise {
	out := map[headstart.IncidentID][]Promise{}
	for a := range v.EachAnnouncement() {
		if kept := promisesIn(a, now); a.Incident != "" && len(kept) > 0 {
			out[a.Incident] = append(out[a.Incident], kept...)
		}
	}
	return out
}

// promisesIn are those of one announcement. A message keeps the promise of the one
// before it; a correction in place neither makes nor keeps one.
func promisesIn(a *headstart.Announcement, now time.Time) (out []Promise) {
	told := slices.DeleteFunc(slices.Clone(a.Updates), func(u headstart.Update) bool { return u.Corrects })
	for k, u := range told {
		if u.NextUpdateBy == nil || u.Final {
			continue
		}
		p, late := Promise{Due: unix(*u.NextUpdateBy)}, u.NextUpdateBy.Add(sameMinute)
		switch {
		case k+1 < len(told):
			p.Kept = told[k+1].At.Before(late)
			out = append(out, p)
		case !now.Before(late) && a.Live():
			out = append(out, p)
		}
	}
	return out
}

// namer finds the service of a ticket.
type namer struct {
	catalog   *headstart.Catalog
	services  map[string]string // by what a ticket names
	incidents map[headstart.IncidentID]*headstart.Incident
}

// service is the one that t names most strongly, else the first that its incident
// hits. One that is confidential is none: a count of tickets would tell of it.
func (n namer) service(t *headstart.TicketState) string {
	var ids []string
	if t.Evidence != nil {
		for _, m := range t.Evidence.Assets {
			ids = append(ids, m.ID)
		}
	}
	if l := t.Linked(); l != nil {
		if i := n.incidents[l.Incident]; i != nil && !i.Confidential {
			ids = append(ids, i.Services...)
		}
	}
	for _, id := range ids {
		if s := n.of(id); s != "" {
			return s
		}
	}
	return ""
}

func (n namer) of(id string) string {
	if s, known := n.services[id]; known {
		return s
	}
	found := ""
	if s := n.catalog.ServiceByID(id); s != nil {
		if !s.Confidential {
			found = id
		}
	} else if d := n.catalog.DeviceByID(id); d != nil && !d.Confidential {
		for _, of := range d.Services {
			if s := n.catalog.ServiceByID(of); s != nil && !s.Confidential {
				found = of
				break
			}
		}
	}
	n.services[id] = found
	return found
}

// sort puts facts into an order that follows from what they say, so that equal facts
// give equal figures and equal bytes.
func (f *Facts) sort() {
	for _, list := range [][]Ticket{f.Reported, f.Solved} {
		slices.SortFunc(list, func(a, b Ticket) int {
			return cmp.Or(
				cmp.Compare(a.Reported, b.Reported), cmp.Compare(a.Solved, b.Solved), cmp.Compare(a.Answered, b.Answered), cmp.Compare(a.Source, b.Source),
				cmp.Compare(a.Department, b.Department), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Category, b.Category),
				cmp.Compare(a.Service, b.Service), cmp.Compare(a.Priority, b.Priority), cmp.Compare(number(a.Minutes), number(b.Minutes)),
				cmp.Compare(number(a.Satisfaction), number(b.Satisfaction)),
			)
		})
	}
	slices.SortFunc(f.Incidents, func(a, b Incident) int { return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(f.Calls, func(a, b Calls) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
}

func number(p *float64) float64 {
	if p == nil {
		return -1
	}
	return *p
}

// unix is t in seconds; 0 for the zero time.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
