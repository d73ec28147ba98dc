package report

import (
	"slices"
	"strings"

	"headstart"
)

// facts are what the parts are made of, read from the view once and free of what is
// confidential (ruling 30).
type facts struct {
	incidents     []*headstart.Incident // the view's; newest number first
	known         map[headstart.IncidentID]*headstart.Incident
	hidden        map[headstart.IncidentID]bool                      // confidential ones, which nothing may name
	announcements []*headstart.Announcement                          // likewise
	about         map[headstart.IncidentID][]*headstart.Announcement // of those
	work          []*headstart.Announcement                          // of planned work alone
	tickets       []*headstart.TicketState                           // newest first, without those that belong to what is confidential
	linked        map[headstart.IncidentID][]*headstart.TicketState  // of those, to an incident
	windows       []headstart.MaintenanceWindow
	conflicts     map[string][]headstart.Conflict // by window
	errors        map[string]headstart.KnownRecord
}

// gather fills the parts from the view, each in a fixed order.
func (m *Morning) gather() {
	f := m.read()
	m.empty()
	m.running(f)
	m.solved(f)
	m.planned(f)
	m.closed()
	m.messages(f)
	m.would(f.announcements, f.known)
	m.offer()
	m.recurring(f)
	m.tickets(f)
	m.checks(f)
	m.walk(f)
	m.expiring()
	m.desk()
	m.tasks(f)
}

// empty makes every list one that JSON writes as [].
func (m *Morning) empty() {
	m.Running, m.Urgent, m.Solved, m.Unstable = []Running{}, []Waiting{}, []Solved{}, []Solved{}
	m.Planned, m.Closed, m.Messages, m.Drafts = []Planned{}, []Closed{}, []Message{}, []Message{}
	m.Would, m.Recurring, m.Expiring = []Would{}, []Recurring{}, []Expiring{}
	m.Notes, m.ToDo, m.Done = []Note{}, []Task{}, []Task{}
	if m.Duty == nil {
		m.Duty = []headstart.OnDuty{}
	}
}

func (m *Morning) read() *facts {
	v, may := m.in.View, &m.in.Reader
	f := &facts{known: map[headstart.IncidentID]*headstart.Incident{}, hidden: map[headstart.IncidentID]bool{}, conflicts: map[string][]headstart.Conflict{}, errors: map[string]headstart.KnownRecord{}}
	for _, k := range v.KnownErrors() {
		f.errors[k.ID] = k
	}
	for i := range v.EachIncident() {
		switch {
		case i.Confidential:
			f.hidden[i.ID] = true
		case allows(may.Incident, i):
			f.incidents = append(f.incidents, i)
			f.known[i.ID] = i
		}
	}
	m.readAnnouncements(f)
	f.tickets = slices.DeleteFunc(v.Tickets(), func(t *headstart.TicketState) bool {
		return t.Channel == "monitoring" || f.secret(t) || !allows(may.Ticket, t)
	})
	f.windows = slices.DeleteFunc(v.Maintenance(), func(w headstart.MaintenanceWindow) bool {
		return slices.ContainsFunc(w.Assets, m.confidential) || slices.ContainsFunc(w.Services, m.confidential) || !allows(may.Window, &w)
	})
	for _, c := range v.Conflicts(m.now) {
		if (c.Incident == "" || f.known[c.Incident] != nil) && !slices.ContainsFunc(c.On, m.confidential) {
			f.conflicts[c.Window] = append(f.conflicts[c.Window], c)
		}
	}
	f.index()
	return f
}

// readAnnouncements reads what users were told of incidents that f knows, and of planned
// work.
func (m *Morning) readAnnouncements(f *facts) {
	v, may := m.in.View, m.in.Reader.Announcement
	for a := range v.EachAnnouncement() {
		if !a.Confidential && f.known[a.Incident] != nil && allows(may, a) {
			f.announcements = append(f.announcements, a)
		}
	}
	planned := v.PlannedAnnouncements()
	for n := range planned {
		if a := &planned[n]; !a.Confidential && allows(may, a) {
			f.work = append(f.work, a)
		}
	}
}

// index finds what is about an incident without going through everything for each.
func (f *facts) index() {
	f.about, f.linked = map[headstart.IncidentID][]*headstart.Announcement{}, map[headstart.IncidentID][]*headstart.TicketState{}
	for _, a := range f.announcements {
		for _, id := range a.Incidents() {
			if !slices.Contains(f.about[id], a) {
				f.about[id] = append(f.about[id], a)
			}
		}
	}
	for _, t := range f.tickets {
		if l := t.Linked(); l != nil {
			f.linked[l.Incident] = append(f.linked[l.Incident], t)
		}
	}
}

// allows asks a judgement of the reader; without one everything may be read.
func allows[T any](judge func(T) bool, x T) bool { return judge == nil || judge(x) }

// secret reports whether a ticket belongs, or may belong, to something confidential.
func (f *facts) secret(t *headstart.TicketState) bool {
	return slices.ContainsFunc(t.Links, func(l headstart.Link) bool {
		return f.hidden[l.Incident] && l.Verdict != "rejected" && (l.Verdict != "" || l.Band != headstart.BandNone)
	})
}

// confidential reports whether an asset, a device or a service, is for nobody's report,
// or not for this reader's.
func (m *Morning) confidential(asset string) bool {
	if asset == "" {
		return false
	}
	hidden, known := m.judged[asset]
	if !known {
		hidden = !allows(m.in.Reader.Asset, asset) || m.secretly(asset)
		m.judged[asset] = hidden
	}
	return hidden
}

// secretly reports whether the catalog calls a device or a service confidential.
func (m *Morning) secretly(asset string) bool {
	if d := m.device(asset); d != nil {
		return d.Confidential
	}
	s := m.cat.ServiceByID(asset)
	return s != nil && s.Confidential
}

// device is DeviceByID for thousands of questions.
func (m *Morning) device(id string) *headstart.Device {
	if m.devices == nil {
		m.devices = make(map[string]*headstart.Device, len(m.cat.Devices))
		for n := range m.cat.Devices {
			d := &m.cat.Devices[n]
			m.devices[d.ID] = d
		}
	}
	return m.devices[id]
}

func (m *Morning) title(i *headstart.Incident) string {
	if t := i.Title.In(m.say.Lang); t != "" {
		return t
	}
	return string(i.ID)
}

// thing is what the organisation calls an asset.
func (m *Morning) thing(id string) string {
	name, known := m.called[id]
	if !known {
		name = m.lookUp(id)
		m.called[id] = name
	}
	return name
}

// lookUp goes through the catalog for a name.
func (m *Morning) lookUp(id string) string {
	if d := m.device(id); d != nil && d.Name.In(m.say.Lang) != "" {
		return d.Name.In(m.say.Lang)
	}
	if s := m.cat.ServiceByID(id); s != nil && s.Name.In(m.say.Lang) != "" {
		return s.Name.In(m.say.Lang)
	}
	if l := m.cat.LocationByID(id); l != nil && l.Name.In(m.say.Lang) != "" {
		return l.Name.In(m.say.Lang)
	}
	return id
}

// names are what the organisation calls several things.
func (m *Morning) names(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, m.thing(id))
	}
	return strings.Join(out, ", ")
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func nonEmpty(s ...string) []string {
	return slices.DeleteFunc(s, func(x string) bool { return x == "" })
}
