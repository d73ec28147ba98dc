package exports

import (
	"errors"
	"time"

	"headstart"
)

// kind is what goes into files of one name.
type kind struct {
	name  string
	items []headstart.ExportedItem // that are due, as they stand
	has   func(headstart.ExportedItem) bool

	// row is what is written of an item, and how it stands now.
	row func(headstart.ExportedItem) (row any, as headstart.ExportedItem, known bool)
}

// due is all whose time is up.
func (e *Exporter) due(now time.Time) ([]kind, error) {
	c := e.o.View.Config()
	if c == nil || !c.ExportFirst {
		return nil, errors.New("retention.export_dir is set here, but not in the configuration that decides, so what is due is deleted without us; give all replicas the same headstart.yml")
	}
	return []kind{e.links(c, now), e.work(c, now), e.incidents(c, now)}, nil // links first: they name incidents
}

func gone(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// incidents are written as GET /api/v1/incidents/{id} shows them.
func (e *Exporter) incidents(c *headstart.LogConfig, now time.Time) kind {
	k := kind{
		name: "incidents",
		has:  func(x headstart.ExportedItem) bool { return x.Incident != "" },
		row: func(x headstart.ExportedItem) (any, headstart.ExportedItem, bool) {
			i, newest, known := e.o.Incident(x.Incident)
			return i, headstart.ExportedItem{Incident: i.ID, Stood: newest}, known
		},
	}
	for i := range e.o.View.EachIncident() {
		if !gone(c.IncidentGoes(i), now) {
			continue
		}
		x := headstart.ExportedItem{Incident: i.ID}
		if decisions := e.o.View.Timeline(i.ID); len(decisions) > 0 {
			x.Stood = decisions[len(decisions)-1].N
		}
		k.items = append(k.items, x)
	}
	return k
}

// work are the messages of planned work; those of an incident stand in its line.
func (e *Exporter) work(c *headstart.LogConfig, now time.Time) kind {
	all := e.o.View.PlannedAnnouncements()
	of := make(map[string]*headstart.Announcement, len(all))
	stands := func(a *headstart.Announcement) headstart.ExportedItem {
		return headstart.ExportedItem{Announcement: a.ID, Stood: uint64(len(a.Updates))}
	}
	k := kind{
		name: "planned-work",
		has:  func(x headstart.ExportedItem) bool { return x.Announcement != "" },
		row: func(x headstart.ExportedItem) (any, headstart.ExportedItem, bool) {
			a := of[x.Announcement]
			return e.o.Notice(a), stands(a), true
		},
	}
	for n := range all {
		if a := &all[n]; gone(c.NoticeGoes(a), now) {
			of[a.ID] = a
			k.items = append(k.items, stands(a))
		}
	}
	return k
}

// link is which incident a ticket belonged to, without what it said and who sent it.
type link struct {
	Source     string               `json:"source"`
	Ticket     string               `json:"ticket"`
	Incident   headstart.IncidentID `json:"incident"` // as it was numbered when this was written; empty: gone by then
	At         time.Time            `json:"at"`       // when they were linked
	ByHand     bool                 `json:"by_hand"`
	Score      float64              `json:"score"`
	Channel    string               `json:"channel"`
	Category   string               `json:"category"`
	Priority   string               `json:"priority"`
	CreatedAt  time.Time            `json:"created_at"`
	ReportedAt *time.Time           `json:"reported_at"`
	SolvedAt   *time.Time           `json:"solved_at"`
}

func (e *Exporter) links(c *headstart.LogConfig, now time.Time) kind {
	k := kind{
		name: "links",
		has:  func(x headstart.ExportedItem) bool { return x.Ticket != "" },
		row: func(x headstart.ExportedItem) (any, headstart.ExportedItem, bool) {
			t, known := e.o.View.Ticket(x.Ticket)
			l := t.Linked()
			if !known || l == nil {
				return nil, headstart.ExportedItem{}, false
			}
			return linkOf(&t, l), headstart.ExportedItem{Ticket: t.Key(), Stood: uint64(l.Group)}, true
		},
	}
	for _, t := range e.o.View.Tickets() {
		l := t.Linked()
		if l == nil || !gone(c.TicketGoes(t), now) || e.running(l.Group) {
			continue
		}
		k.items = append(k.items, headstart.ExportedItem{Ticket: t.Key(), Stood: uint64(l.Group)})
	}
	return k
}

func linkOf(t *headstart.TicketState, l *headstart.Link) link {
	return link{
		Source: t.Source, Ticket: t.ID, Incident: l.Incident, At: l.At,
		ByHand: l.By != headstart.LinkedByRule, Score: l.Score, Channel: t.Channel, Category: t.Category, Priority: t.Priority,
		CreatedAt: t.CreatedAt, ReportedAt: set(t.ReportedAt), SolvedAt: set(t.SolvedAt),
	}
}

// set is a time that may be absent.
func set(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// running reports whether a group, or the one it went into, is an incident that is not
// over: its tickets are kept.
func (e *Exporter) running(id headstart.GroupID) bool {
	i, known := e.o.View.IncidentOf(id)
	for range mostMerges {
		if !known || i.MergedInto == "" {
			break
		}
		i, known = e.o.View.Find(string(i.MergedInto))
	}
	return known && i.Live()
}

// mostMerges bounds how far an incident is followed into others.
const mostMerges = 100
