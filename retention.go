package headstart

import (
	"cmp"
	"time"

	"github.com/prometheus/common/model"
)

// How long things stay known unless the configuration says otherwise.
const (
	incidentsKept = 400 * day // after they ended
	linksKept     = 90 * day  // after the log last said something of the ticket

	day = 24 * time.Hour
)

// kept is how long retention lets a thing live: in whole days, rounded up.
func kept(configured model.Duration, usual time.Duration) time.Duration {
	return (cmp.Or(time.Duration(configured), usual) + day - 1) / day * day
}

// IncidentGoes is when i is forgotten if it stays as it is; zero: not while it may come
// back.
func (c *LogConfig) IncidentGoes(i *Incident) time.Time {
	if i.ClosedAt == nil || i.State != Closed && i.State != Merged {
		return time.Time{}
	}
	return i.ClosedAt.Add(kept(c.KeepIncidents, incidentsKept))
}

// NoticeGoes is when an announcement of planned work is forgotten, as incidents are;
// zero: not while it may change. One of an incident goes with that.
func (c *LogConfig) NoticeGoes(a *Announcement) time.Time {
	if !a.Planned() || a.State == AnnouncementDraft || a.Live() {
		return time.Time{}
	}
	end := a.EndsAt
	if last := a.Last(); last != nil && last.At.After(end) {
		end = last.At
	}
	return end.Add(kept(c.KeepIncidents, incidentsKept))
}

// TicketGoes is when t is forgotten if nothing more is heard of it, but while it belongs
// to an incident that is not over: at the midnight after. It serves a nil LogConfig.
func (c *LogConfig) TicketGoes(t *TicketState) time.Time {
	var configured model.Duration
	if c != nil {
		configured = c.KeepLinks
	}
	heard := t.HeardAt
	if heard.IsZero() { // of a version that did not say
		heard = t.SeenAt
	}
	due := heard.Add(kept(configured, linksKept))
	if midnight := due.Truncate(day); midnight.Before(due) {
		return midnight.Add(day)
	}
	return due
}

// Exported names what stands in a file of retention.export_dir, and so may be forgotten
// (do exported).
type Exported struct {
	File  string         `json:"file"` // its name in that directory
	Items []ExportedItem `json:"items"`
}

// ExportedItem is one incident with its announcements and timeline, one announcement of
// planned work, or one ticket with its link.
type ExportedItem struct {
	Incident     IncidentID `json:"incident,omitempty"`
	Announcement string     `json:"announcement,omitempty"`
	Ticket       string     `json:"ticket,omitempty"` // Ticket.Key

	// Stood says what was written of it: the number of the newest decision of the
	// incident, how many updates the announcement had, the group the ticket was linked
	// to. What stands otherwise by now is not forgotten, and exported once more.
	Stood uint64 `json:"stood"`
}

// MostExported is how many items one command may name: a ticket costs a few rows of one
// unit (ruling 1).
const MostExported = MostForgotten
