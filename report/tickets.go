package report

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"headstart"
)

// Waiting is a ticket of high priority that nobody has answered.
type Waiting struct {
	Ticket   string               `json:"ticket"`
	Source   string               `json:"source"`
	Priority string               `json:"priority"`
	At       time.Time            `json:"at"`
	Place    string               `json:"place"`
	Title    string               `json:"title,omitempty"`   // where titles may stand in the report
	Perhaps  headstart.IncidentID `json:"perhaps,omitempty"` // the incident it may belong to
	URL      string               `json:"url,omitempty"`
}

// Tickets counts tickets and names those to look at.
type Tickets struct {
	New       int     `json:"new"` // reported in the window
	Open      int     `json:"open"`
	Unlinked  int     `json:"unlinked"`
	Suggested int     `json:"suggested"` // unlinked, with a candidate
	Old       int     `json:"older_than_2_days"`
	Unknown   bool    `json:"figures_incomplete"` // the ticket system was not heard for too long
	Alike     []Alike `json:"look_alikes"`
	WaitUs    []Named `json:"waiting_on_us"` // for more than a working day
	Reopened  []Named `json:"reopened"`
}

// Alike are loose tickets that look like one incident.
type Alike struct {
	Incident headstart.IncidentID `json:"incident"`
	Title    string               `json:"title"`
	Tickets  []string             `json:"tickets"`
}

// Named is a ticket with a number that says why it is named.
type Named struct {
	Ticket string    `json:"ticket"`
	Since  time.Time `json:"since"`
	Times  int       `json:"times,omitempty"` // reopened so often
	URL    string    `json:"url,omitempty"`
}

// old is when an open ticket counts as old.
const old = 48 * time.Hour

func (m *Morning) tickets(f *facts) {
	t := &m.Tickets
	t.Unknown, t.Alike, t.WaitUs, t.Reopened = m.silentFeed(FeedTickets), []Alike{}, []Named{}, []Named{}
	alike := map[headstart.IncidentID]*Alike{}
	for _, x := range f.tickets {
		if x.Since().After(m.Since) && !x.Since().After(m.now) {
			t.New++
		}
		if x.Solved() {
			continue
		}
		m.openTicket(x, f, alike)
	}
	for _, a := range alike {
		if slices.Sort(a.Tickets); len(a.Tickets) > 1 {
			t.Alike = append(t.Alike, *a)
		}
	}
	slices.SortFunc(t.Alike, func(a, b Alike) int {
		return cmp.Or(cmp.Compare(len(b.Tickets), len(a.Tickets)), cmp.Compare(a.Incident, b.Incident))
	})
	for _, list := range [][]Named{t.WaitUs, t.Reopened} {
		slices.SortStableFunc(list, func(a, b Named) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Ticket, b.Ticket)) })
	}
	slices.SortStableFunc(m.Urgent, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.At.Compare(b.At), cmp.Compare(a.Ticket, b.Ticket))
	})
	m.entitle()
}

// openTicket counts a ticket that is not solved; it is urgent if no incident
// explains it and nobody answered.
func (m *Morning) openTicket(x *headstart.TicketState, f *facts, alike map[headstart.IncidentID]*Alike) {
	t := &m.Tickets
	t.Open++
	if m.now.Sub(x.Since()) > old {
		t.Old++
	}
	if x.Reopens > 0 && x.UpdatedAt.After(m.Since) {
		t.Reopened = append(t.Reopened, Named{Ticket: x.ID, Since: x.UpdatedAt.In(m.in.Zone), Times: x.Reopens, URL: x.URL})
	}
	if last := headstart.Later(x.UpdatedAt, x.CreatedAt); x.WaitingOn == "us" && m.workedDays(last) > 2 {
		t.WaitUs = append(t.WaitUs, Named{Ticket: x.ID, Since: last.In(m.in.Zone), URL: x.URL})
	}
	if x.Linked() != nil {
		return
	}
	t.Unlinked++
	perhaps := candidate(x, f.known)
	if i := f.known[perhaps]; i != nil {
		t.Suggested++
		if alike[perhaps] == nil {
			alike[perhaps] = &Alike{Incident: perhaps, Title: m.title(i)}
		}
		alike[perhaps].Tickets = append(alike[perhaps].Tickets, x.ID)
	}
	if large(x.Priority) && x.FirstResponseAt.IsZero() {
		m.Urgent = append(m.Urgent, Waiting{
			Ticket: x.ID, Source: x.Source, Priority: x.Priority, At: x.Since().In(m.in.Zone), Perhaps: perhaps, URL: x.URL, Place: m.names(nonEmpty(x.Requester.Location)),
		})
	}
}

// candidate is the best incident a loose ticket may belong to.
func candidate(t *headstart.TicketState, known map[headstart.IncidentID]*headstart.Incident) headstart.IncidentID {
	for _, l := range t.Links {
		if l.Verdict == "" && l.Band != headstart.BandNone && known[l.Incident] != nil {
			return l.Incident
		}
	}
	return ""
}

// entitle looks up the titles of urgent tickets, where they may stand here.
func (m *Morning) entitle() {
	if m.in.Titles == nil || len(m.Urgent) == 0 {
		return
	}
	var keys []string
	for _, w := range m.Urgent {
		keys = append(keys, w.Source+"/"+w.Ticket)
	}
	titles := m.in.Titles(keys)
	for n := range m.Urgent {
		w := &m.Urgent[n]
		w.Title = titles[w.Source+"/"+w.Ticket]
	}
}

// workedDays counts the days on which people work from t until now, both included.
func (m *Morning) workedDays(t time.Time) (n int) {
	const most = 60 // days: nobody counts further
	day := t.In(m.in.Zone)
	for range most {
		if day.After(endOfDay(m.now).Add(-time.Second)) {
			break
		}
		if m.in.Calendar.Worked(day, "") {
			n++
		}
		y, mo, d := day.Date()
		day = time.Date(y, mo, d+1, 0, 0, 0, 0, m.in.Zone)
	}
	return n
}

func (m *Morning) partUrgent() Part {
	p := Part{N: "2", ID: "urgent", Title: m.say.Say("report.part.urgent")}
	for _, w := range m.Urgent {
		l := Line{Sign: "!", Level: "red", Key: w.Ticket, URL: w.URL, Link: "/tickets", Text: join("  ", []string{w.Priority, m.say.When(w.At, m.now), w.Place, w.Title}), Right: m.say.Say("report.loose"), Fresh: m.fresh(w.At)}
		if w.Perhaps != "" {
			l.Right = "→ " + string(w.Perhaps) + "?"
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}

// ticketCounts is the line of part 8: what is not known is not a number.
func (m *Morning) ticketCounts() string {
	t := m.Tickets
	if t.Unknown {
		return m.say.Say("report.counts.unknown", "open", t.Open, "unlinked", t.Unlinked)
	}
	return m.say.Say("report.counts", "new", t.New, "open", t.Open, "old", t.Old, "unlinked", t.Unlinked, "suggested", t.Suggested)
}

func (m *Morning) partTickets() Part {
	t := m.Tickets
	p := Part{N: "8", ID: "tickets", Title: m.say.Say("report.part.tickets"), Calm: !t.Unknown && len(t.Alike)+len(t.WaitUs)+len(t.Reopened) == 0}
	p.Lines = append(p.Lines, Line{Text: m.ticketCounts(), Link: "/tickets"})
	for _, a := range t.Alike {
		p.Lines = append(p.Lines, Line{Sign: "→", Level: "amber", Key: string(a.Incident), Link: "/i/" + string(a.Incident), Text: m.say.Say("report.alike", "n", len(a.Tickets), "title", a.Title) + m.numbers(a.Tickets)})
	}
	if len(t.WaitUs) > 0 {
		p.Lines = append(p.Lines, Line{Sign: "●", Level: "amber", Link: "/tickets", Text: m.say.Say("report.waitus") + m.numbers(named(t.WaitUs))})
	}
	if len(t.Reopened) > 0 {
		p.Lines = append(p.Lines, Line{Sign: "●", Level: "amber", Link: "/tickets", Text: m.say.Say("report.reopened") + m.numbers(named(t.Reopened))})
	}
	return p
}

func named(list []Named) (ids []string) {
	for _, x := range list {
		id := x.Ticket
		if x.Times > 1 {
			id += " (" + strconv.Itoa(x.Times) + "x)"
		}
		ids = append(ids, id)
	}
	return ids
}
