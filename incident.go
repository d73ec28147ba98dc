package headstart

import "time"

// IncidentID is an incident's number for people, "HS-12". It may jump after a
// restore; every external key uses the UID instead (ruling 6).
type IncidentID string

// IncidentState is where an incident stands in its life.
type IncidentState string

// The states of an incident and of its group.
const (
	Open       IncidentState = "open"
	Recovering IncidentState = "recovering" // the cause is back, members have time to follow
	Holding    IncidentState = "holding"    // all is back, not yet believed
	Resolved   IncidentState = "resolved"   // may still reopen under the same number
	Closed     IncidentState = "closed"
	Merged     IncidentState = "merged"
)

// CauseKind says how the probable cause is known.
type CauseKind string

// The kinds of probable cause.
const (
	CauseObserved  CauseKind = "observed"
	CauseSuspected CauseKind = "suspected"
	CauseJoint     CauseKind = "joint"
	CauseSurge     CauseKind = "surge"
	CauseStorm     CauseKind = "storm"
	CauseManual    CauseKind = "manual"
	CauseNone      CauseKind = "none" // an alert nobody could place, or failures alike that nothing explains
)

// Cause is the probable cause of an incident; the machine guesses it.
type Cause struct {
	Asset  string    `json:"asset"`
	Also   []string  `json:"also"` // the other assets of a joint cause
	Kind   CauseKind `json:"kind"`
	Reason string    `json:"reason"`
}

// Incident is what people work on: a group with a number. Its JSON is CONTRACT
// section 4; the row stored in TableIncidents leaves out Announcements,
// Timeline and the lists of assets, which View fills in.
type Incident struct {
	V    int        `json:"v"`
	ID   IncidentID `json:"id"`
	UID  string     `json:"uid"`
	Ref  string     `json:"ref"`
	Seq  int        `json:"seq"` // n of HS-n, for sorting
	Kind string     `json:"kind,omitempty"`

	Title        Names         `json:"title"`
	State        IncidentState `json:"state"`
	Priority     string        `json:"priority"` // P1 to P4
	Impact       string        `json:"impact"`   // person team location organisation
	Urgency      string        `json:"urgency"`  // low normal high
	Confidential bool          `json:"confidential"`

	Cause Cause    `json:"probable_cause"`
	Tags  []string `json:"tags"`

	StartedAt   time.Time  `json:"started_at"`
	OpenedAt    time.Time  `json:"opened_at"`
	AnnouncedAt *time.Time `json:"announced_at"` // first message to users, page or push
	ResolvedAt  *time.Time `json:"resolved_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	CloseReason string     `json:"close_reason"` // resolved no_longer_reported no_longer_heard by_hand

	Services    []string `json:"services"`
	Locations   []string `json:"locations"`
	Departments []string `json:"departments"`
	People      int      `json:"people"`

	// SilencedBy says who silenced all that fails, and why (ruling 17); absent
	// while anything is heard.
	SilencedBy []Mute `json:"silenced_by,omitempty"`

	Alerts        AlertCounts  `json:"alerts"`
	Tickets       TicketCounts `json:"tickets"`
	Confirmations int          `json:"confirmations"`
	WorksFor      int          `json:"works_for,omitempty"` // readers of the page who said so
	Callers       int          `json:"callers"`             // counted by the desk, without a ticket
	FirstCallerAt *time.Time   `json:"first_caller_at"`     // when the first of them was counted

	// LeadSeconds is first linked user ticket minus first message to users;
	// negative when a user was first, nil without a link or a message, or when a
	// person left it out of the figures.
	LeadSeconds *int64   `json:"lead_seconds"`
	LeadLeftOut *LeftOut `json:"lead_left_out"` // nil: it counts

	Owner          string     `json:"owner"` // never in public JSON or webhooks (ruling 35)
	SupportGroup   string     `json:"support_group"`
	AcknowledgedAt *time.Time `json:"acknowledged_at"`
	KnownError     string     `json:"known_error"`

	MergedInto   IncidentID `json:"merged_into"`
	SplitFrom    IncidentID `json:"split_from"`
	RecurrenceOf IncidentID `json:"recurrence_of"`
	Reopens      int        `json:"reopens"`

	Stale            bool              `json:"stale"`             // nothing was heard of any member for correlation.stale
	ProblemCandidate *ProblemCandidate `json:"problem_candidate"` // nil: its cause does not keep coming back

	ETA          *ETA       `json:"eta"`
	ETAProposed  *ETA       `json:"eta_proposed,omitempty"` // of earlier cases, until a person sets a time
	NextUpdateBy *time.Time `json:"next_update_by"`

	// Fits is what it looks like, filled in for the desk alone.
	Fits []KnownOffer `json:"known_error_fits,omitempty"`

	// Closing summary, written by a person.
	Summary *Summary `json:"summary,omitempty"`

	// UsedLinks are the links of mails by which somebody took it, the newest last.
	UsedLinks []string `json:"used_links,omitempty"`

	Announcements []Announcement  `json:"announcements"`
	Timeline      []TimelineEntry `json:"timeline"`

	Group GroupID `json:"group"` // of package correlate
}

// Live reports whether the incident still disrupts, or may.
func (i *Incident) Live() bool {
	return i.State == Open || i.State == Recovering || i.State == Holding
}

// Severity is the word announcements use for the priority.
func (i *Incident) Severity() string {
	switch i.Priority {
	case "P1":
		return "critical"
	case "P2":
		return "major"
	}
	return "minor"
}

// AlertCounts counts members: checks and alerts, by (asset, check).
type AlertCounts struct {
	Firing       int      `json:"firing"`
	Total        int      `json:"total"`
	Assets       []string `json:"assets"`        // all that ever belonged, in order of joining
	FiringAssets []string `json:"firing_assets"` // those that fail now
}

// TicketCounts counts the tickets of an incident.
type TicketCounts struct {
	Linked    int        `json:"linked"`
	Suggested int        `json:"suggested"`
	FirstAt   *time.Time `json:"first_at"` // when the first linked one was reported, those left out aside
	LeftOut   int        `json:"left_out"` // linked ones that nobody knows the time of the call of (ruling 32)
}

// LeftOut says why a person keeps a head start out of the figures.
type LeftOut struct {
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Seconds *int64    `json:"seconds"` // what it would be
}

// ETA is when it is expected to work again, and who says so.
type ETA struct {
	At         time.Time `json:"at"`
	Source     string    `json:"source"` // person history
	Confidence string    `json:"confidence"`
}

// Summary is what a person writes when an incident is resolved.
type Summary struct {
	Cause      string `json:"cause,omitempty"`
	Solution   string `json:"solution,omitempty"`
	Prevention string `json:"prevention,omitempty"`
	Text       string `json:"text,omitempty"`
	By         string `json:"by,omitempty"`
}

// TimelineEntry is one decision as people read it.
type TimelineEntry struct {
	At      time.Time `json:"at"`
	Rule    string    `json:"rule"`
	By      string    `json:"by"` // rule, or a login name
	Text    string    `json:"text"`
	Why     string    `json:"why,omitempty"` // what would have made it otherwise
	Outcome string    `json:"outcome,omitempty"`
	Subject string    `json:"subject,omitempty"`

	Incident IncidentID `json:"incident,omitempty"` // where entries of several stand together
}
