package headstart

import "time"

// Command is what a person did, by page, API or command line (CONTRACT
// section 3). The engine answers each with an Outcome.
type Command struct {
	// ID is made by whoever appends the command; its Outcome carries it.
	ID string `json:"id,omitempty"`
	By string `json:"by"` // login name
	Do string `json:"do"` // open ack assign note merge split resolve reopen link unlink ...

	Incident string `json:"incident,omitempty"` // HS-3, or the ref an open gave
	Ref      string `json:"ref,omitempty"`      // reject-alias: AliasProposal.ID
	Title    string `json:"title,omitempty"`

	Asset       string   `json:"asset,omitempty"`
	Services    []string `json:"services,omitempty"`
	Locations   []string `json:"locations,omitempty"`
	Departments []string `json:"departments,omitempty"`
	Severity    string   `json:"severity,omitempty"` // critical major minor

	Into   string   `json:"into,omitempty"`   // merge
	Assets []string `json:"assets,omitempty"` // split

	Ticket  string `json:"ticket,omitempty"` // link unlink confirm-link reject-link
	Source  string `json:"source,omitempty"`
	Channel string `json:"channel,omitempty"` // confirm: phone

	Owner        string    `json:"owner,omitempty"`
	SupportGroup string    `json:"support_group,omitempty"`
	Text         string    `json:"text,omitempty"`
	ETA          time.Time `json:"eta,omitzero"`

	Phase        Phase             `json:"phase,omitempty"`
	Audience     string            `json:"audience,omitempty"`
	Variables    map[string]string `json:"variables,omitempty"`
	Announcement string            `json:"announcement,omitempty"`
	Incidents    []string          `json:"incidents,omitempty"` // cover uncover: what Announcement speaks for too
	Window       string            `json:"window,omitempty"`    // announce: the planned work, instead of an incident
	Message      string            `json:"message,omitempty"`   // resend dismiss: the Notice.Key of a DeadLetter
	Draft        bool              `json:"draft,omitempty"`     // announce: keep it as a draft, tell nobody
	Published    bool              `json:"published,omitempty"` // edit: correct what users read, though a draft waits

	Cause      string `json:"cause,omitempty"`
	Solution   string `json:"solution,omitempty"`
	Prevention string `json:"prevention,omitempty"`
	KnownError string `json:"known_error,omitempty"`
	Summary    string `json:"summary,omitempty"`

	Until time.Time `json:"until,omitzero"`
	Due   time.Time `json:"due,omitzero"`
	For   string    `json:"for,omitempty"` // hush: a duration; todo: a person
	Kind  string    `json:"kind,omitempty"`
	At    time.Time `json:"at,omitzero"` // schedule, announce: when it goes out; zero: at once, and schedule takes it back; seen: how far
	Value *bool     `json:"value,omitempty"`

	// Record is what a known error says as a whole: of make-known and edit-known, and of
	// a resolve that makes one. Of the last it may leave out what the incident says.
	Record  *KnownError `json:"record,omitempty"`
	Edition int         `json:"edition,omitempty"` // edit-known: the KnownRecord.Edition it changes

	Links []LinkCheck `json:"links,omitempty"` // dead-links

	Forget *Forget `json:"forget,omitempty"` // do forget

	Exported *Exported `json:"exported,omitempty"` // do exported
}

// Forget names tickets that are forgotten on a person's request: by key, or all that
// a requester reported. It says so only until the log is archived; from then on
// Marks alone are left.
type Forget struct {
	Tickets    []string `json:"tickets,omitempty"`    // Ticket.Key
	Requesters []string `json:"requesters,omitempty"` // as in Requester.ID

	// Marks are keyed hashes of the tickets' keys: what has one is not read again.
	Marks []string `json:"marks,omitempty"`
}

// MostForgotten is how many tickets one command may forget: each costs a few rows of
// one unit (ruling 1).
const MostForgotten = 20

// Outcome is what became of a command: a row of TableOutcomes, under the
// command's ID, kept for an hour.
type Outcome struct {
	V        int        `json:"v"`
	Command  string     `json:"command"`
	Do       string     `json:"do"`
	At       time.Time  `json:"at"`
	Refused  string     `json:"refused,omitempty"` // why nothing was done; empty: it was done
	Missing  bool       `json:"missing,omitempty"` // refused because what it names does not exist
	Incident IncidentID `json:"incident,omitempty"`
	Known    string     `json:"known_error,omitempty"` // of make-known, edit-known and the like
	Until    time.Time  `json:"until"`                 // the row goes then
}

// LongestAhead is how far ahead of now the expected time of an incident may lie, and the
// time at which a message goes out by itself. It also keeps a time that no calendar can
// write out of the rows.
const LongestAhead = 366 * 24 * time.Hour
