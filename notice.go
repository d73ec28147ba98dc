package headstart

import (
	"encoding/json"
	"time"
)

// Plane is who a message is for.
type Plane string

// The planes of delivery.
const (
	PlaneUsers     Plane = "users"
	PlaneOperators Plane = "operators"
	PlaneTickets   Plane = "tickets"
	PlaneDesk      Plane = "desk" // those who work at the helpdesk: the morning report to report.to, else through desk.channel
)

// Notice is one message owed: the payload of the outbox.
type Notice struct {
	V        int        `json:"v"`
	Key      string     `json:"key"` // idempotency key, equal to the outbox id (ruling 6)
	Plane    Plane      `json:"plane"`
	At       time.Time  `json:"at"` // when it was decided
	Incident IncidentID `json:"incident"`
	Window   string     `json:"window,omitempty"` // of planned work without an incident
	Ref      string     `json:"ref,omitempty"`    // HS-W7: what people call that work
	UID      string     `json:"uid"`
	Priority string     `json:"priority,omitempty"`
	Attempt  int        `json:"attempt,omitempty"` // failed attempts so far; at least 1 once it was tried, for it may have arrived
	Again    int        `json:"again,omitempty"`   // how often a person sent it again after it was given up

	// Users.
	Announcement string          `json:"announcement,omitempty"`
	Audience     string          `json:"audience,omitempty"`
	Channel      string          `json:"channel,omitempty"`
	N            int             `json:"n,omitempty"` // number of the update
	Phase        Phase           `json:"phase,omitempty"`
	Silent       bool            `json:"silent,omitempty"` // edit in place, notify nobody
	Languages    []string        `json:"languages,omitempty"`
	Text         map[string]Text `json:"text,omitempty"`
	Final        bool            `json:"final,omitempty"`
	Severity     string          `json:"severity,omitempty"`
	SupportGroup string          `json:"support_group,omitempty"`
	Services     []string        `json:"services,omitempty"`
	Locations    []string        `json:"locations,omitempty"`
	StatusURL    string          `json:"status_url,omitempty"`

	// Of whom the audience is, to a channel of subscribers; empty: of everybody.
	AudienceServices  []string `json:"audience_services,omitempty"`
	AudienceLocations []string `json:"audience_locations,omitempty"`

	Handle json.RawMessage `json:"handle,omitempty"` // of this channel's first post, if it has one

	// The desk, empty but for the morning report. What that says is made when it is
	// delivered.
	Report Edition `json:"report,omitempty"`

	// Operators.
	Receiver string        `json:"receiver,omitempty"`
	Reason   string        `json:"reason,omitempty"` // opened, joined, severity, reopened, resolved, merged, notice, promise, unowned, silent_owner
	Title    string        `json:"title,omitempty"`
	Cause    string        `json:"cause,omitempty"`
	Resolved bool          `json:"resolved,omitempty"`
	Alerts   []NoticeAlert `json:"alerts,omitempty"`

	// Tickets.
	Source string    `json:"source,omitempty"`
	Ticket string    `json:"ticket,omitempty"` // its id there; empty: one is made
	Do     string    `json:"do,omitempty"`     // note reply link unlink make end
	Mark   string    `json:"mark,omitempty"`   // bears it, and is found by it again: uid/stage
	Only   string    `json:"only,omitempty"`   // nothing is written unless this mark stands there
	Body   string    `json:"body,omitempty"`   // under Title
	Parent string    `json:"parent,omitempty"` // the ticket to link to; empty: Page
	Page   string    `json:"page,omitempty"`   // the incident's page on the desk
	Make   string    `json:"make,omitempty"`   // ticket, problem or outage
	Since  time.Time `json:"since,omitzero"`   // when the incident began
}

// TicketSystem is what decisions know of a source that is written to: what its
// switches allow and it can do (ruling 33).
type TicketSystem struct {
	Source   string `json:"source"`
	Note     bool   `json:"note,omitempty"`
	Reply    bool   `json:"reply,omitempty"`
	Question bool   `json:"question,omitempty"` // ask at the end whether it works again
	Link     bool   `json:"link,omitempty"`     // under the ticket we made
	Page     bool   `json:"page,omitempty"`     // to the incident's page
	Make     string `json:"make,omitempty"`     // ticket or problem
	Outage   bool   `json:"outage,omitempty"`
}

// NoticeAlert is one alert of a page, as Alertmanager's receivers take it.
type NoticeAlert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	StartsAt    time.Time         `json:"starts_at"`
	EndsAt      time.Time         `json:"ends_at,omitzero"` // zero while firing
	Generator   string            `json:"generator,omitempty"`
}
