// Package report makes the morning report: what happened since work last ended,
// what is broken now, and what to do first.
//
// It reads a View and nothing else, and takes the time as an input: the same
// state and the same now give the same bytes. Confidential incidents appear
// nowhere in it (ruling 30), and no titles of tickets: number, priority and
// place stand in, so that the report can go out by mail.
package report

import (
	"time"

	"headstart"
	"headstart/lang"
)

// Level is how much the report asks of its reader; it is the exit code of
// `headstart morning`.
type Level int

// The levels. Code 3, no report could be made, is the command's.
const (
	Quiet     Level = 0 // nothing asks for attention
	Attention Level = 1 // something does
	Urgent    Level = 2 // a P1 or P2 runs, or an urgent ticket waits
)

// Input is everything a report depends on.
type Input struct {
	View     *headstart.View
	Now      time.Time
	Calendar *headstart.Calendar // nil: the one in the view's configuration
	Zone     *time.Location      // nil: UTC
	Lang     string              // nl or en

	// Since is where the window begins; zero: where work last ended by the
	// calendar.
	Since time.Time

	Checks []headstart.CheckResult // latest of every probe
	URL    string                  // of the page, printed at the end; empty: none
}

// Morning is a report. Its fields are what `headstart morning --format json`
// prints.
type Morning struct {
	At           time.Time    `json:"at"`
	Since        time.Time    `json:"since"`
	Position     string       `json:"position"` // of the log: equal positions and times give equal reports
	Organisation string       `json:"organisation"`
	Level        Level        `json:"level"`
	Sentence     string       `json:"sentence"`
	Running      []Running    `json:"running"`
	Urgent       []Waiting    `json:"urgent"`
	Solved       []Solved     `json:"solved"`
	Recurring    []Recurring  `json:"recurring"`
	Unstable     []Solved     `json:"unstable"` // ended in the window; what came and went is no outage
	Planned      []Planned    `json:"planned"`
	Closed       []Closed     `json:"closed"`
	Messages     []Message    `json:"messages"`
	Drafts       []Message    `json:"drafts"`
	Would        []Would      `json:"would_have_sent"`
	Offer        string       `json:"offer,omitempty"` // to let messages go by themselves; empty: it is not earned yet
	Tickets      TicketCounts `json:"tickets"`
	Checks       CheckCounts  `json:"checks"`
	Notes        []Note       `json:"notes"`
	ToDo         []Note       `json:"todo"`

	in  Input
	say *lang.Words
	now time.Time
}

// Running is an incident that still disrupts, or may.
type Running struct {
	ID        headstart.IncidentID `json:"id"`
	Priority  string               `json:"priority"`
	Title     string               `json:"title"`
	Where     string               `json:"where"`
	State     string               `json:"state"`
	Since     time.Time            `json:"since"`
	People    int                  `json:"people"`
	Cause     string               `json:"probable_cause"`
	Alerts    int                  `json:"alerts"`
	Linked    int                  `json:"tickets_linked"`
	Suggested int                  `json:"tickets_suggested"`
	Announced *time.Time           `json:"announced_at"`
	Next      *time.Time           `json:"next_update_by"`
	Missed    bool                 `json:"promise_missed"`
	MissedAt  *time.Time           `json:"promise_missed_at"` // and no message came since
	Owner     string               `json:"owner"`
	Before    headstart.IncidentID `json:"recurrence_of,omitempty"`
}

// Waiting is a ticket of high priority that nobody has answered.
type Waiting struct {
	Ticket   string               `json:"ticket"`
	Source   string               `json:"source"`
	Priority string               `json:"priority"`
	At       time.Time            `json:"at"`
	Place    string               `json:"place"`
	Perhaps  headstart.IncidentID `json:"perhaps,omitempty"` // the incident it may belong to
	URL      string               `json:"url,omitempty"`
}

// Solved is an incident that ended in the window.
type Solved struct {
	ID     headstart.IncidentID `json:"id"`
	Title  string               `json:"title"`
	From   time.Time            `json:"from"`
	To     time.Time            `json:"to"`
	How    string               `json:"how"` // close reason, or the person who ended it
	Linked int                  `json:"tickets_linked"`
	Open   int                  `json:"tickets_open"` // of those, not yet solved: answer them
	Missed int                  `json:"promises_missed"`
	Lead   *int64               `json:"lead_seconds"`

	LeadLeftOut string `json:"lead_left_out,omitempty"` // why a person keeps it out of the figures
	LeftOut     int    `json:"tickets_left_out"`        // calls that nobody noted the time of
}

// Planned is work of today.
type Planned struct {
	ID       string               `json:"id"`
	Text     string               `json:"text"`
	From     time.Time            `json:"from"`
	To       time.Time            `json:"to"`
	Conflict headstart.IncidentID `json:"conflict,omitempty"`
}

// Closed is a place that is closed, and how much people stand at is off there
// meanwhile: one line, however much it is (ruling 23).
type Closed struct {
	Place   string    `json:"place"`
	Period  string    `json:"period"`
	LastDay time.Time `json:"last_day"` // noon of the last closed day
	Off     int       `json:"off"`
	Line    string    `json:"line"`
}

// Message is an announcement users see, or a draft that waits.
type Message struct {
	Incident headstart.IncidentID `json:"incident"`
	Audience string               `json:"audience"`
	Title    string               `json:"title"`
	People   int                  `json:"people"`
	Next     *time.Time           `json:"next_update_by"`
	MissedAt *time.Time           `json:"promise_missed_at"` // as in Running
	Why      []string             `json:"why,omitempty"`     // of a draft: what is missing to send it by itself
	Push     bool                 `json:"push_waits,omitempty"`
}

// TicketCounts counts open tickets.
type TicketCounts struct {
	New       int `json:"new"` // reported in the window
	Open      int `json:"open"`
	Unlinked  int `json:"unlinked"`
	Suggested int `json:"suggested"` // unlinked, with a candidate
	Old       int `json:"older_than_2_days"`
}

// CheckCounts counts probes and names those that are not well.
type CheckCounts struct {
	OK      int        `json:"ok"`
	NotOK   int        `json:"not_ok"`
	Unknown int        `json:"unknown"`
	Oldest  *time.Time `json:"oldest"` // when the stalest result was made; null without checks
	Names   []string   `json:"names"`  // not well, worst first
}

// Note is a hand-over, a notice or a to-do of the desk.
type Note struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
	For  string    `json:"for,omitempty"`
	Due  time.Time `json:"due,omitzero"`
}

// NewMorning makes the report.
func NewMorning(in Input) *Morning {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	if in.Calendar == nil {
		in.Calendar = &headstart.Calendar{}
		if c := in.View.Config(); c != nil && c.Calendar != nil {
			in.Calendar = c.Calendar
		}
	}
	now := in.Now.In(in.Zone)
	m := &Morning{
		At: now, Since: in.Since.In(in.Zone), Position: in.View.Cursor().String(),
		Organisation: in.View.Catalog().Organisation, in: in, say: lang.New(in.Lang, in.Zone), now: now,
	}
	if in.Since.IsZero() {
		m.Since = window(in.Calendar, now)
	}
	m.gather()
	m.Level = m.judge()
	m.Sentence = m.sentence()
	return m
}

// window begins where work last ended. At eight in the morning that is the
// evening before, and after a weekend or a holiday the evening before that. It
// is computed on wall-clock time, so a change of the clocks does not move it.
func window(cal *headstart.Calendar, now time.Time) time.Time {
	if since := cal.LastClose(now, ""); !since.IsZero() {
		return since
	}
	return now.Add(-24 * time.Hour) // an organisation that never works
}

// judge is the exit code: see the parts of the report.
func (m *Morning) judge() Level {
	for _, r := range m.Running {
		if r.Priority == "P1" || r.Priority == "P2" {
			return Urgent
		}
	}
	if len(m.Urgent) > 0 {
		return Urgent
	}
	due := false
	for _, n := range m.ToDo {
		due = due || n.Due.IsZero() || n.Due.Before(endOfDay(m.now))
	}
	if len(m.Running)+len(m.Solved)+len(m.Planned)+len(m.Messages)+len(m.Drafts) > 0 || due || m.Checks.NotOK > 0 {
		return Attention
	}
	return Quiet
}

func endOfDay(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d+1, 0, 0, 0, 0, t.Location())
}

func startOfDay(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, t.Location())
}

// sentence says everything at once.
func (m *Morning) sentence() string {
	large := 0
	people := 0
	for _, r := range m.Running {
		people += r.People
		if r.Priority == "P1" || r.Priority == "P2" {
			large++
		}
	}
	var s string
	switch {
	case len(m.Running) == 0:
		s = m.say.Say("report.quiet")
	case people > 0:
		s = m.say.Say("report.running.people", "n", len(m.Running), "people", m.say.Say("word.people", "n", people))
	default:
		s = m.say.Say("report.running", "n", len(m.Running))
	}
	if large > 0 {
		s += " " + m.say.Say("report.large", "n", large)
	}
	if n := len(m.Urgent); n > 0 {
		s += " " + m.say.Say("report.urgent", "n", n)
	}
	if n := len(m.Drafts); n > 0 {
		s += " " + m.say.Say("report.drafts", "n", n)
	}
	if n := len(m.ToDo); n > 0 {
		s += " " + m.say.Say("report.todo", "n", n)
	}
	if m.Level == Quiet {
		s += " " + m.say.Say("report.nothing")
	}
	return s
}
