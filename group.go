package headstart

import (
	"strconv"
	"strings"
	"time"
)

// GroupID names a group; ids are running numbers of the log.
type GroupID uint64

// ProblemKey names a problem: "asset/check", or "alert:fingerprint" for an
// alert that could not be placed.
type ProblemKey string

// Class says what a problem is about. Only reachability can explain others.
type Class string

// The classes of a problem; empty means nobody said.
const (
	Reachability Class = "reachability"
	ServiceClass Class = "service"
	Capacity     Class = "capacity"
	Environment  Class = "environment"
	UserReport   Class = "user_report"
)

// ProblemState is where a problem stands.
type ProblemState string

// The states of a problem.
const (
	ProblemHealthy    ProblemState = "healthy"
	ProblemPending    ProblemState = "pending"    // fails, not yet judged
	ProblemOpen       ProblemState = "open"       // member of a live group
	ProblemSuppressed ProblemState = "suppressed" // inside planned work or a closed period: opens nothing

	// ProblemSuspected is the state of a problem nobody reported: what hangs on
	// its asset fell silent together. No group counts it among its members.
	ProblemSuspected ProblemState = "suspected"
)

// Problem is one failing (asset, check): a row of TableProblems.
type Problem struct {
	V        int          `json:"v"`
	Key      ProblemKey   `json:"key"`
	Asset    string       `json:"asset,omitempty"`
	Check    string       `json:"check"` // alertname, or the probe's name
	Service  string       `json:"service,omitempty"`
	Location string       `json:"location,omitempty"`
	Class    Class        `json:"class,omitempty"`
	Probed   bool         `json:"probed,omitempty"` // seen by a probe of ours
	State    ProblemState `json:"state"`
	Onset    time.Time    `json:"onset,omitzero"` // log clock
	Began    time.Time    `json:"began,omitzero"` // earliest start the sources named
	Cleared  time.Time    `json:"cleared,omitzero"`
	Reason   string       `json:"reason,omitempty"` // of the last check, or the alert's summary
	Severity string       `json:"severity,omitempty"`
	Group    GroupID      `json:"group,omitempty"`
	Unstable bool         `json:"unstable,omitempty"` // flapping: open until it was quiet
	Expired  bool         `json:"expired,omitempty"`  // it ended by silence (ruling 14)
	Unplaced bool         `json:"unplaced,omitempty"`
	Alerts   []string     `json:"alerts,omitempty"` // fingerprints alive, sorted

	// Muted are the silences under which its last alert expired: it stays quiet
	// until it is heard again.
	Muted      []string     `json:"muted,omitempty"`
	Suppressed *Suppression `json:"suppressed,omitempty"` // nil unless State is suppressed
}

// Suppression says why a failing problem opens nothing for now.
type Suppression struct {
	By    string    `json:"by"` // id of the maintenance window, or "closed:" and the period's name
	Since time.Time `json:"since"`
	Until time.Time `json:"until"` // then it is judged again
}

// ClosedPeriod returns the name of the closed period (ruling 23), and false for
// planned work.
func (s *Suppression) ClosedPeriod() (string, bool) { return strings.CutPrefix(s.By, "closed:") }

// Overrun is planned work that left something broken: the window was over and a
// failure it had suppressed was still there.
type Overrun struct {
	Window string `json:"window"`
	Owner  string `json:"owner,omitempty"`
}

// Group is a set of problems with one cause, as correlation sees it. An
// incident is a group with a number.
type Group struct {
	V     int           `json:"v"`
	ID    GroupID       `json:"id"`
	State IncidentState `json:"state"`

	Opener   ProblemKey `json:"opener"`   // its first problem
	Received time.Time  `json:"received"` // when that problem's record first arrived: with Opener the uid (ruling 6)

	Cause Cause      `json:"cause"`
	Top   ProblemKey `json:"top,omitempty"` // the cause's problem, if it is one

	Total  int `json:"total"`  // members ever, by (asset, check)
	Firing int `json:"firing"` // members that fail now

	StartedAt  time.Time `json:"started_at"`
	OpenedAt   time.Time `json:"opened_at"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`

	CloseReason string `json:"close_reason,omitempty"`

	Services    []string `json:"services,omitempty"`    // hit, sorted
	Locations   []string `json:"locations,omitempty"`   // hit, sorted
	Departments []string `json:"departments,omitempty"` // hit, sorted
	People      int      `json:"people,omitempty"`      // counted once per location and service

	// Points of machine evidence (ruling 24), and whether recovery was proved
	// by a check or an alert's resolve rather than by silence (ruling 27a).
	Points int  `json:"points"`
	Proved bool `json:"proved,omitempty"`

	Silenced     bool   `json:"silenced,omitempty"`     // all firing members are (ruling 17)
	SilencedBy   []Mute `json:"silenced_by,omitempty"`  // by what, while they are; the first three
	Confidential bool   `json:"confidential,omitempty"` // a member matches alerts.confidential (ruling 30)

	Paused   bool     `json:"paused,omitempty"`   // planned work covers all that fails: messages wait
	Overrun  *Overrun `json:"overrun,omitempty"`  // planned work left its cause broken
	Unstable bool     `json:"unstable,omitempty"` // its cause came and went (flapping)

	Stale  bool `json:"stale,omitempty"`
	Pinned bool `json:"pinned,omitempty"`

	MergedInto   GroupID `json:"merged_into,omitempty"`
	SplitFrom    GroupID `json:"split_from,omitempty"`
	RecurrenceOf GroupID `json:"recurrence_of,omitempty"`
	Reopens      int     `json:"reopens,omitempty"`

	ProblemCandidate *ProblemCandidate `json:"problem_candidate,omitempty"` // nil: its cause does not keep coming back
}

// ProblemCandidate says that a cause came back often enough to look for what lies
// behind it: Count incidents within Days, this one included.
type ProblemCandidate struct {
	Count int `json:"count"`
	Days  int `json:"days"`
}

// Member says that a problem belongs, or belonged, to a group: a row of
// TableMembers under MemberKey, in order of joining.
type Member struct {
	V       int        `json:"v"`
	Group   GroupID    `json:"group"`
	N       int        `json:"n"` // order of joining, from 1
	Problem ProblemKey `json:"problem"`
	Asset   string     `json:"asset,omitempty"`
	Joined  time.Time  `json:"joined"`
	Left    time.Time  `json:"left,omitzero"` // split off or merged away
	Rule    string     `json:"rule"`
}

// MemberKey is the key of member n of group id; keys sort in order of joining.
func MemberKey(id GroupID, n int) string {
	var room [24]byte // of the usual key
	return string(AppendMemberKey(room[:0], id, n))
}

// AppendMemberKey appends what MemberKey returns.
func AppendMemberKey(b []byte, id GroupID, n int) []byte {
	b = appendPadded(b, uint64(id), 12)
	return appendPadded(append(b, '/'), uint64(max(n, 0)), 8)
}

// appendPadded appends n with zeros before it, so that keys sort as numbers do.
func appendPadded(b []byte, n uint64, width int) []byte {
	digits := 1
	for rest := n / 10; rest > 0; rest /= 10 {
		digits++
	}
	for ; digits < width; digits++ {
		b = append(b, '0')
	}
	return strconv.AppendUint(b, n, 10)
}

// ChangeKind says what correlation decided.
type ChangeKind string

// The kinds of change.
const (
	GroupOpened     ChangeKind = "opened"
	MemberJoined    ChangeKind = "joined"
	MemberFailing   ChangeKind = "failing" // a member that had cleared fails again
	MemberCleared   ChangeKind = "cleared"
	AlertSeen       ChangeKind = "alert"      // a further alert of a member, or a change of its severity
	CauseChanged    ChangeKind = "cause"      //
	GroupRecovering ChangeKind = "recovering" //
	GroupHolding    ChangeKind = "holding"    //
	GroupReturned   ChangeKind = "returned"   // from recovering or holding to open
	GroupResolved   ChangeKind = "resolved"   //
	GroupReopened   ChangeKind = "reopened"   //
	GroupMerged     ChangeKind = "merged"     // Group went into Other
	GroupSplit      ChangeKind = "split"      // what stays of Group is judged again
	GroupClosed     ChangeKind = "closed"     // reopen has passed, or silence alone ended it
	ImpactChanged   ChangeKind = "impact"     // services, locations or people
	PlanChanged     ChangeKind = "planned"    // planned work pauses the group, no longer does, or left it broken

	SteadinessChanged ChangeKind = "steadiness" // a member became unstable, or no longer is

	TicketMatched ChangeKind = "matched" // a ticket's candidates changed
	TicketGone    ChangeKind = "gone"    // a ticket is not known any more; no decision
	Asked         ChangeKind = "asked"   // Ask is set
	GroupStale    ChangeKind = "stale"   // nothing was heard of it for too long
	MergeRefused  ChangeKind = "refused" // a rule wanted Group and Other to be one, a person did not
	GroupRecurs   ChangeKind = "recurs"  // its cause came back often enough to be a problem candidate
	GroupHeard    ChangeKind = "heard"   // something was, after all
	Noted         ChangeKind = "noted"   // a decision that changes no group: a blip, a stale delivery
)

// Change is one decision of correlation, and what it is about.
type Change struct {
	Kind    ChangeKind
	Group   GroupID    // zero for Noted, Asked and TicketMatched
	Other   GroupID    // merged into, split from, recurrence of
	Problem ProblemKey // the member, where there is one
	Alert   string     // fingerprint, for MemberJoined, MemberFailing and AlertSeen of an alert
	Ticket  string     // key of the ticket, for TicketMatched and TicketGone
	Ask     *Ask
	Decision
}
