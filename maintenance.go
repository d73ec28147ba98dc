package headstart

import "time"

// MaintenanceWindow is planned work: announced, in the morning report, and
// failures inside it are recorded but open nothing until it ends.
type MaintenanceWindow struct {
	ID        string    `json:"id"`
	Assets    []string  `json:"assets,omitempty"`
	Services  []string  `json:"services,omitempty"`
	Locations []string  `json:"locations,omitempty"`
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	Owner     string    `json:"owner,omitempty"`
	Summary   Names     `json:"summary,omitempty"`
	Cancelled bool      `json:"cancelled,omitempty"`

	// Proposed marks a window of an imported calendar that nobody has approved
	// yet (ruling 44): it annotates what is decided meanwhile and suppresses
	// nothing.
	Proposed bool `json:"proposed,omitempty"`

	// Source is where it comes from: "config", or "ical/" and a name made of the
	// calendar's address. Empty: a person planned it.
	Source string `json:"source,omitempty"`

	// Rev names what Source said when it last said it. It outlives what a person
	// does to the window, so that the source repeats itself to nobody.
	Rev string `json:"rev,omitempty"`

	// By is the login name of the person who planned, approved or ended it last;
	// empty: its source did.
	By string `json:"by,omitempty"`

	// Changes counts how often it was changed since it was first heard of, and
	// ChangedAt is when that last happened, by the clock of the log: what calendars
	// call SEQUENCE and LAST-MODIFIED (RFC 5545, 3.8.7). The engine sets both; what a
	// log line says of them is ignored. Zero in rows of before they were kept.
	Changes   int       `json:"changes,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
}

// Running reports whether it has begun at at and not ended. A proposal runs like
// any other; Holds tells them apart.
func (w *MaintenanceWindow) Running(at time.Time) bool {
	return !w.Cancelled && !w.StartsAt.After(at) && w.EndsAt.After(at)
}

// Over reports whether it is past or cancelled at at: nothing can change it.
func (w *MaintenanceWindow) Over(at time.Time) bool { return w.Cancelled || !w.EndsAt.After(at) }

// State is where it stands at at: cancelled, over, proposed, running or coming.
func (w *MaintenanceWindow) State(at time.Time) string {
	switch {
	case w.Cancelled:
		return "cancelled"
	case w.Over(at):
		return "over"
	case w.Proposed:
		return "proposed"
	case w.Running(at):
		return "running"
	default:
		return "coming"
	}
}

// Holds reports whether anybody stands behind it: it is neither cancelled nor a
// mere proposal.
func (w *MaintenanceWindow) Holds() bool { return !w.Cancelled && !w.Proposed }

// Empty reports whether it covers nothing.
func (w *MaintenanceWindow) Empty() bool {
	return len(w.Assets)+len(w.Services)+len(w.Locations) == 0
}

// Reach is whom planned work touches, as the catalog says: what it names, what
// stands where it is done, and what has no other way than through it.
type Reach struct {
	Services, Locations, Departments []string // sorted
	People                           int      // counted once per place; 0: nobody is counted there

	// Confidential: something of it is, so that users hear nothing (ruling 30).
	Confidential bool
}
