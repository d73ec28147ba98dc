package headstart

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Ticket is a user's report as its ticket system last showed it. The ticket
// system stays the system of record.
type Ticket struct {
	Source string `json:"source"`
	ID     string `json:"id"`

	// Title and Body are read on the way in and turned into Evidence; a record of
	// the log never holds them (ruling 7). Only a hand-written file does.
	Title string `json:"title,omitempty"`
	Body  string `json:"body,omitempty"`

	Evidence *Evidence `json:"evidence,omitempty"`

	Requester       Requester `json:"requester,omitzero"`
	Category        string    `json:"category,omitempty"`
	Priority        string    `json:"priority,omitempty"`
	Status          string    `json:"status,omitempty"`
	Channel         string    `json:"channel,omitempty"` // phone mail chat portal walk_in monitoring
	CreatedAt       time.Time `json:"created_at,omitzero"`
	ReportedAt      time.Time `json:"reported_at,omitzero"` // when the user called; zero if not recorded
	UpdatedAt       time.Time `json:"updated_at,omitzero"`
	FirstResponseAt time.Time `json:"first_response_at,omitzero"`
	SolvedAt        time.Time `json:"solved_at,omitzero"`
	SupportGroup    string    `json:"support_group,omitempty"`
	Line            int       `json:"line,omitempty"`
	Reopens         int       `json:"reopens,omitempty"`
	Contacts        int       `json:"contacts,omitempty"`
	MinutesSpent    *float64  `json:"minutes_spent,omitempty"`
	Satisfaction    *float64  `json:"satisfaction,omitempty"`
	WaitingOn       string    `json:"waiting_on,omitempty"` // us user supplier
	URL             string    `json:"url,omitempty"`
}

// Key is the ticket's key in tables and in the text beside the log.
func (t *Ticket) Key() string { return t.Source + "/" + t.ID }

// Since is when the user reported: ReportedAt, else CreatedAt.
func (t *Ticket) Since() time.Time {
	if !t.ReportedAt.IsZero() {
		return t.ReportedAt
	}
	return t.CreatedAt
}

// Timeless reports whether it was made of a call that nobody noted the time of: it
// says nothing about who was first (ruling 32).
func (t *Ticket) Timeless() bool { return t.Channel == "phone" && t.ReportedAt.IsZero() }

// Solved reports whether the ticket system calls the ticket done.
func (t *Ticket) Solved() bool {
	if !t.SolvedAt.IsZero() {
		return true
	}
	switch t.Status {
	case "resolved", "closed", "solved", "rejected", "deleted", "cancelled":
		return true
	}
	return false
}

// Counted reports whether the ticket is one that figures call solved: at a known time,
// and not thrown away as spam or by mistake.
func (t *Ticket) Counted() bool {
	switch t.Status {
	case "rejected", "deleted", "cancelled":
		return false
	}
	return !t.SolvedAt.IsZero()
}

// Requester is who reported, as little of them as is needed: ID is a keyed
// hash in the log, never a name or an address.
type Requester struct {
	ID         string `json:"id,omitempty"`
	Department string `json:"department,omitempty"`
	Location   string `json:"location,omitempty"`
	Shared     bool   `json:"shared,omitempty"` // a reception or a lab: calls for others
}

// Evidence is what the matcher may know of a text: catalog ids it names, cues
// from our own word lists, hashed stems. Nobody can read the text back from it.
type Evidence struct {
	Version     int            `json:"version"`               // of the word lists
	Catalog     string         `json:"catalog,omitempty"`     // hash of the catalog it was made with
	Assets      []Mention      `json:"assets,omitempty"`      // services and devices, strongest first
	Locations   []Mention      `json:"locations,omitempty"`   //
	Departments []Mention      `json:"departments,omitempty"` //
	Cues        map[string]int `json:"cues,omitempty"`        // malfunction, vague, several, still, howto, request, works_again, supplies, one_person, password, question
	Floors      []int          `json:"floors,omitempty"`      // lowest first; 0 is level with the street
	Stems       []string       `json:"stems,omitempty"`       // keyed hashes, sorted
	Language    string         `json:"language,omitempty"`    // nl or en; empty: cannot tell
	Length      int            `json:"length,omitempty"`      // in words
}

// Mention is one catalog id a text names, and how strongly: 1.1 by a name or alias
// that nothing else has, 1 by what people call such a thing, .6 by a symptom word,
// .3 weakly, and .15 more for each further word; at most 1.6.
type Mention struct {
	ID       string  `json:"id"`
	Strength float64 `json:"strength"`
	Word     string  `json:"word,omitempty"` // the catalog's or our list's own word, never the user's
}

// Band says what a candidate's score is good for.
type Band string

// The bands of a link.
const (
	BandAuto    Band = "auto"
	BandSuggest Band = "suggest"
	BandNone    Band = "none"
)

// Link is one candidate incident of a ticket.
type Link struct {
	Ticket   string     `json:"ticket"`
	Source   string     `json:"source"`
	Incident IncidentID `json:"incident"`
	Ref      string     `json:"ref"`
	Score    float64    `json:"score"` // rounded to 1e-4
	Band     Band       `json:"band"`
	For      []string   `json:"for"`     // in words
	Against  []string   `json:"against"` // in words

	// Group is the group the incident stands for; the incident's number is
	// filled in by package incidents.
	Group GroupID `json:"group,omitempty"`

	// Verdict is a person's: "", "linked" or "rejected". It outranks the score. By
	// "rule" says that the matcher linked by itself (mode auto).
	Verdict string    `json:"verdict,omitempty"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// TicketState is a ticket as the engine knows it, with its candidates, best
// first: a row of TableTickets.
type TicketState struct {
	V int `json:"v"`
	Ticket
	SeenAt  time.Time `json:"seen_at"`           // when the log first had it
	HeardAt time.Time `json:"heard_at,omitzero"` // when it last said something of it: retention.links counts from here
	Links   []Link    `json:"links,omitempty"`
	Reviews []Review  `json:"reviews,omitempty"` // what people said of links; the matcher learns from them
	Course  *Course   `json:"course,omitempty"`  // what earlier copies of it told; nil: no more than this one does
}

// Review is a person's verdict on a ticket and an incident, with what the matcher
// saw of the two at that time, by the names of its features.
type Review struct {
	Group    GroupID            `json:"group"`
	Right    bool               `json:"right"` // they belong together
	At       time.Time          `json:"at"`
	Features map[string]float64 `json:"features"`
}

// Linked returns the link a person or the automatic mode made, or nil.
func (t *TicketState) Linked() *Link {
	for i := range t.Links {
		if t.Links[i].Verdict == "linked" {
			return &t.Links[i]
		}
	}
	return nil
}

// LinkedByRule is who made a link that no person made.
const LinkedByRule = "rule"

// reviewOneIn: of the links made without a person, one ticket in so many is put
// before one. People tell of wrong links and are silent about right ones, so that
// otherwise the share that was right could only fall.
const reviewOneIn = 20

// ToReview returns the link of t that was made without a person and waits for one's
// verdict, or nil. Which tickets these are follows from their keys alone: it is the
// same after a restart and on every replica, and says nothing of what they are about.
func (t *TicketState) ToReview() *Link {
	l := t.Linked()
	if l == nil || l.By != LinkedByRule {
		return nil
	}
	sum := sha256.Sum256([]byte("review\x00" + t.Key()))
	if binary.BigEndian.Uint64(sum[:8])%reviewOneIn != 0 {
		return nil
	}
	return l
}
