package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"headstart"
)

// gather fills the parts from the view, each in a fixed order.
func (m *Morning) gather() {
	m.Running, m.Urgent, m.Solved, m.Planned, m.Recurring = []Running{}, []Waiting{}, []Solved{}, []Planned{}, []Recurring{}
	m.Unstable, m.Closed = []Solved{}, []Closed{}
	m.Messages, m.Drafts, m.Notes, m.ToDo = []Message{}, []Message{}, []Note{}, []Note{}
	incidents := slices.DeleteFunc(m.in.View.Incidents(), func(i headstart.Incident) bool { return i.Confidential })
	known := map[headstart.IncidentID]*headstart.Incident{}
	for n := range incidents {
		known[incidents[n].ID] = &incidents[n]
	}
	announcements := slices.DeleteFunc(m.in.View.Announcements(), func(a headstart.Announcement) bool {
		return a.Confidential || known[a.Incident] == nil
	})
	tickets := m.in.View.Tickets()
	m.incidents(incidents, announcements, tickets)
	m.recurring(incidents)
	m.messages(announcements)
	m.would(announcements, known)
	m.offer()
	m.tickets(tickets, known)
	m.planned(incidents)
	m.closed()
	m.checks()
	m.desk()
}

func (m *Morning) incidents(incidents []headstart.Incident, announcements []headstart.Announcement, tickets []headstart.TicketState) {
	for _, i := range incidents {
		switch {
		case i.Live():
			m.Running = append(m.Running, m.running(i, announcements))
		case i.ResolvedAt != nil && i.State != headstart.Merged && i.ResolvedAt.After(m.Since) && !i.ResolvedAt.After(m.now):
			if s := m.solved(i, announcements, tickets); unstable(i) {
				m.Unstable = append(m.Unstable, s)
			} else {
				m.Solved = append(m.Solved, s)
			}
		}
	}
	slices.SortStableFunc(m.Running, func(a, b Running) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	for _, list := range [][]Solved{m.Solved, m.Unstable} {
		slices.SortStableFunc(list, func(a, b Solved) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	}
}

func (m *Morning) running(i headstart.Incident, announcements []headstart.Announcement) Running {
	r := Running{
		ID: i.ID, Priority: i.Priority, Title: m.title(i), Where: m.places(i.Locations), State: m.say.SayOr("report.state.", string(i.State), ""),
		Since: i.StartedAt.In(m.in.Zone), People: i.People, Cause: m.cause(i), Alerts: i.Alerts.Total,
		Linked: i.Tickets.Linked, Suggested: i.Tickets.Suggested, Announced: i.AnnouncedAt, Next: i.NextUpdateBy,
		Owner: i.Owner, Before: i.RecurrenceOf,
	}
	if r.Owner == "" {
		r.Owner = i.SupportGroup
	}
	if unstable(i) {
		r.State += ", " + m.say.Say("report.unstable")
	}
	for _, a := range announcements {
		if a.Incident == i.ID && a.Live() && a.NextUpdateBy != nil && (r.Next == nil || a.NextUpdateBy.Before(*r.Next)) {
			r.Next = a.NextUpdateBy
		}
		if missed := m.missed(&a); a.Incident == i.ID && missed != nil && (r.MissedAt == nil || missed.Before(*r.MissedAt)) {
			r.Missed, r.MissedAt = true, missed
		}
	}
	return r
}

// missed is what the readers of a were promised for a time that is over: what the
// engine counted as missed, or is about to. Nil: nothing.
func (m *Morning) missed(a *headstart.Announcement) *time.Time {
	switch {
	case !a.Live():
		return nil
	case a.Missed != nil:
		return a.Missed
	case a.NextUpdateBy != nil && a.NextUpdateBy.Before(m.now):
		return a.NextUpdateBy
	}
	return nil
}

func (m *Morning) solved(i headstart.Incident, announcements []headstart.Announcement, tickets []headstart.TicketState) Solved {
	s := Solved{ID: i.ID, Title: m.title(i), From: i.StartedAt.In(m.in.Zone), To: i.ResolvedAt.In(m.in.Zone), Linked: i.Tickets.Linked, Lead: i.LeadSeconds, LeftOut: i.Tickets.LeftOut}
	if i.LeadLeftOut != nil {
		s.LeadLeftOut = i.LeadLeftOut.Reason
	}
	s.How = m.say.Say("report.how.self")
	if i.CloseReason == "no_longer_reported" || i.CloseReason == "no_longer_heard" {
		s.How = m.say.Say("report.how.silent")
	}
	if i.CloseReason == "by_hand" || i.Summary != nil || i.Owner != "" {
		s.How = m.say.Say("report.how.hand")
	}
	for _, a := range announcements {
		if a.Incident == i.ID {
			s.Missed += a.Promises[1]
		}
	}
	for _, t := range tickets {
		if l := t.Linked(); l != nil && l.Incident == i.ID && !t.Solved() {
			s.Open++
		}
	}
	return s
}

func (m *Morning) title(i headstart.Incident) string {
	if t := i.Title.In(m.say.Lang); t != "" {
		return t
	}
	return string(i.ID)
}

// cause names what the machine thinks it is; empty: it does not know.
func (m *Morning) cause(i headstart.Incident) string {
	if i.Cause.Kind == headstart.CauseManual && i.Cause.Asset == "" {
		return "" // its reason is the title a person gave
	}
	if i.Cause.Asset == "" {
		return m.say.Reason(i.Cause.Reason)
	}
	name := m.thing(i.Cause.Asset)
	if i.Cause.Reason != "" {
		name += " (" + m.say.Reason(i.Cause.Reason) + ")"
	}
	return name
}

// thing is what the organisation calls an asset.
func (m *Morning) thing(id string) string {
	cat := m.in.View.Catalog()
	if d := cat.DeviceByID(id); d != nil && d.Name.In(m.say.Lang) != "" {
		return d.Name.In(m.say.Lang)
	}
	if s := cat.ServiceByID(id); s != nil && s.Name.In(m.say.Lang) != "" {
		return s.Name.In(m.say.Lang)
	}
	return id
}

func (m *Morning) places(ids []string) string {
	var names []string
	for _, id := range ids {
		name := id
		if l := m.in.View.Catalog().LocationByID(id); l != nil && l.Name.In(m.say.Lang) != "" {
			name = l.Name.In(m.say.Lang)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// messages are what users see now, and what waits for a person.
func (m *Morning) messages(announcements []headstart.Announcement) {
	for _, a := range announcements {
		msg := Message{Incident: a.Incident, Audience: a.Audience, People: a.People, Next: a.NextUpdateBy}
		if a.Live() && a.Last() != nil {
			msg.Title, msg.MissedAt = m.text(a.Last()).Title, m.missed(&a)
			m.Messages = append(m.Messages, msg)
		}
		switch {
		case a.Draft != nil:
			msg.Title, msg.Why = m.text(a.Draft).Title, a.Draft.Why
			m.Drafts = append(m.Drafts, msg)
		case a.PushDraft && a.Last() != nil:
			msg.Push, msg.Why = true, a.Pushing.Why
			m.Drafts = append(m.Drafts, msg)
		}
	}
}

func (m *Morning) text(u *headstart.Update) headstart.Text {
	for _, l := range []string{m.say.Lang, "nl", "en"} {
		if t, ok := u.Text[l]; ok {
			return t
		}
	}
	return headstart.Text{}
}

func (m *Morning) tickets(tickets []headstart.TicketState, known map[headstart.IncidentID]*headstart.Incident) {
	for _, t := range tickets {
		if t.Channel == "monitoring" {
			continue
		}
		if t.Since().After(m.Since) {
			m.Tickets.New++
		}
		if !t.Solved() {
			m.openTicket(t, known)
		}
	}
	slices.SortStableFunc(m.Urgent, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.At.Compare(b.At), cmp.Compare(a.Ticket, b.Ticket))
	})
}

// openTicket counts a ticket that is not solved; it is urgent if no incident
// explains it and nobody answered.
func (m *Morning) openTicket(t headstart.TicketState, known map[headstart.IncidentID]*headstart.Incident) {
	m.Tickets.Open++
	if m.now.Sub(t.Since()) > 48*time.Hour {
		m.Tickets.Old++
	}
	if t.Linked() != nil {
		return
	}
	m.Tickets.Unlinked++
	perhaps := candidate(t, known)
	if perhaps != "" {
		m.Tickets.Suggested++
	}
	if (t.Priority == "P1" || t.Priority == "P2") && t.FirstResponseAt.IsZero() {
		m.Urgent = append(m.Urgent, Waiting{
			Ticket: t.ID, Source: t.Source, Priority: t.Priority, At: t.Since().In(m.in.Zone), Perhaps: perhaps, URL: t.URL,
			Place: m.places(nonEmpty(t.Requester.Location)),
		})
	}
}

// candidate is the best incident a loose ticket may belong to.
func candidate(t headstart.TicketState, known map[headstart.IncidentID]*headstart.Incident) headstart.IncidentID {
	for _, l := range t.Links {
		if l.Verdict == "" && l.Band != headstart.BandNone && known[l.Incident] != nil {
			return l.Incident
		}
	}
	return ""
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// planned is the work of today, with the running incident it meets.
func (m *Morning) planned(incidents []headstart.Incident) {
	from, to := startOfDay(m.now), endOfDay(m.now)
	for _, w := range m.in.View.Maintenance() {
		if !w.Holds() || !w.EndsAt.After(from) || !w.StartsAt.Before(to) {
			continue
		}
		p := Planned{ID: w.ID, Text: w.Summary.In(m.say.Lang), From: w.StartsAt.In(m.in.Zone), To: w.EndsAt.In(m.in.Zone)}
		if p.Text == "" {
			p.Text = m.what(w)
		}
		for _, i := range incidents {
			if i.Live() && (meet(i.Services, w.Services) || meet(i.Locations, w.Locations)) {
				p.Conflict = i.ID
			}
		}
		m.Planned = append(m.Planned, p)
	}
}

func (m *Morning) what(w headstart.MaintenanceWindow) string {
	var names []string
	for _, id := range w.Services {
		name := id
		if s := m.in.View.Catalog().ServiceByID(id); s != nil && s.Name.In(m.say.Lang) != "" {
			name = s.Name.In(m.say.Lang)
		}
		names = append(names, name)
	}
	return strings.Join(append(names, w.Assets...), ", ")
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func (m *Morning) checks() {
	m.Checks.Names = []string{}
	closed := m.offWhileClosed()
	rank := map[headstart.Verdict]int{headstart.Down: 0, headstart.Warn: 1, headstart.Unknown: 2}
	results := slices.Clone(m.in.Checks)
	slices.SortStableFunc(results, func(a, b headstart.CheckResult) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(a.Probe, b.Probe), cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Target, b.Target))
	})
	for _, r := range results {
		if !r.At.IsZero() && (m.Checks.Oldest == nil || r.At.Before(*m.Checks.Oldest)) {
			at := r.At.In(m.in.Zone)
			m.Checks.Oldest = &at
		}
		if m.hidden(r) || closed[r.Asset] && r.Verdict == headstart.Down {
			continue
		}
		switch r.Verdict {
		case headstart.OK:
			m.Checks.OK++
			continue
		case headstart.Unknown:
			m.Checks.Unknown++
		default:
			m.Checks.NotOK++
		}
		name := cmp.Or(r.Asset, r.Service, r.Target, r.Probe)
		if d := m.in.View.Catalog().DeviceByID(name); d != nil && d.Name.In(m.say.Lang) != "" {
			name = d.Name.In(m.say.Lang)
		}
		m.Checks.Names = append(m.Checks.Names, strings.TrimSuffix(name+": "+m.say.Reason(r.Reason), ": "))
	}
}

// hidden reports whether a check is of something confidential.
func (m *Morning) hidden(r headstart.CheckResult) bool {
	cat := m.in.View.Catalog()
	if d := cat.DeviceByID(r.Asset); d != nil && d.Confidential {
		return true
	}
	s := cat.ServiceByID(r.Service)
	return s != nil && s.Confidential
}

// desk lists notes that still hold, newest first, and open to-dos, by due time.
func (m *Morning) desk() {
	for _, n := range slices.Backward(m.in.View.Desk()) {
		if n.Kind == headstart.NoteOffer || !n.Done.IsZero() || (!n.Until.IsZero() && !n.Until.After(m.now)) {
			continue
		}
		note := Note{By: n.By, At: n.At.In(m.in.Zone), Kind: n.Kind, Text: n.Text, For: n.For}
		if !n.Due.IsZero() {
			note.Due = n.Due.In(m.in.Zone)
		}
		if n.Kind == "todo" {
			m.ToDo = append(m.ToDo, note)
		} else {
			m.Notes = append(m.Notes, note)
		}
	}
	slices.SortStableFunc(m.ToDo, func(a, b Note) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			return map[bool]int{true: 1, false: -1}[a.Due.IsZero()]
		}
		return cmp.Or(a.Due.Compare(b.Due), a.At.Compare(b.At))
	})
}
