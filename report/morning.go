// Package report makes the morning report: what happened since work last ended,
// what is broken now, and what to do first.
//
// It reads a View and what its Input adds, and takes the time as an input: the same
// state, checks, sources and now give the same bytes. Confidential incidents appear
// nowhere in it (ruling 30), and no title of a ticket unless its Input looks titles up.
package report

import (
	"bytes"
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

	// Edition is the morning's unless said otherwise; the stand-up's is short. At is
	// report.at, since when things are new in it; empty: 08:00.
	Edition headstart.Edition
	At      string

	// Since is where the window begins; zero: where work last ended by the calendar, at
	// the locations of Reader if there are any, else for the organisation.
	Since time.Time

	// Mark is since when a line is marked as new, and MarkSeen says that it is where this
	// reader last looked. Zero: nothing is marked, but in the stand-up edition.
	Mark     time.Time
	MarkSeen bool

	Checks  []headstart.CheckResult // latest of every probe
	Sources []Source                // what the figures come from

	// Reader hides what the one who reads may not see; the zero Reader hides nothing.
	Reader headstart.Reader

	// Titles returns titles of tickets by Ticket.Key; nil: none stand in the report.
	Titles func(keys []string) map[string]string

	// Ask returns the path of the page that asks whether a to-do is done; nil: there
	// is none.
	Ask func(todo string) string

	URL string // of the desk, without a slash at the end; empty: nothing links
}

// Morning is a report. Its fields are what `headstart morning --format json`
// prints.
type Morning struct {
	At           time.Time          `json:"at"`
	Since        time.Time          `json:"since"`
	Mark         *time.Time         `json:"new_since"` // null: nothing is marked as new
	Edition      headstart.Edition  `json:"edition"`
	Position     string             `json:"position"` // of the log: equal positions and times give equal reports
	Organisation string             `json:"organisation"`
	Level        Level              `json:"level"`
	Sentence     string             `json:"sentence"`
	Duty         []headstart.OnDuty `json:"duty"`
	Sources      []Source           `json:"sources"`
	Running      []Running          `json:"running"`
	Urgent       []Waiting          `json:"urgent"`
	Solved       []Solved           `json:"solved"`
	Unstable     []Solved           `json:"unstable"` // ended in the window; what came and went is no outage
	Planned      []Planned          `json:"planned"`
	Closed       []Closed           `json:"closed"`
	Messages     []Message          `json:"messages"`
	Drafts       []Message          `json:"drafts"`
	Would        []Would            `json:"would_have_sent"`
	Offer        string             `json:"offer,omitempty"` // to let messages go by themselves; empty: it is not earned yet
	Recurring    []Recurring        `json:"recurring"`
	Walk         Walk               `json:"walk"`
	Tickets      Tickets            `json:"tickets"`
	Checks       Checks             `json:"checks"`
	Expiring     []Expiring         `json:"expiring"`
	Notes        []Note             `json:"notes"`
	ToDo         []Task             `json:"todo"`
	Done         []Task             `json:"done"` // closed in the window, with what shows it

	in  Input
	cat *headstart.Catalog
	say *lang.Words
	now time.Time

	kept bool          // somebody keeps a list of who is on duty
	page *bytes.Buffer // that is being written

	// What the catalog and the reader's rights said of an asset: thousands of lines are
	// about the same ones.
	called  map[string]string
	judged  map[string]bool
	devices map[string]*headstart.Device // of the catalog, once one was asked for
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
	if in.Edition == "" {
		in.Edition = headstart.EditionMorning
	}
	now := in.Now.In(in.Zone)
	m := &Morning{
		At: now, Since: in.Since.In(in.Zone), Edition: in.Edition, Position: in.View.Cursor().String(), Organisation: in.View.Catalog().Organisation,
		in: in, cat: in.View.Catalog(), say: lang.New(in.Lang, in.Zone), now: now,
		called: map[string]string{}, judged: map[string]bool{},
	}
	if in.Since.IsZero() {
		m.Since = window(in.Calendar, now, in.Reader.Locations)
	}
	if roster := in.View.Config().Roster(); len(roster.Duty) > 0 {
		m.kept, m.Duty = true, roster.At(now)
	}
	m.mark()
	m.sources()
	m.gather()
	m.Level = m.judge()
	m.Sentence = m.sentence()
	return m
}

// window begins where work last ended. At eight in the morning that is the
// evening before, and after a weekend or a holiday the evening before that. Of several
// places the one that was closed longest counts. It is computed on wall-clock time, so
// a change of the clocks does not move it.
func window(cal *headstart.Calendar, now time.Time, places []string) time.Time {
	if len(places) == 0 {
		places = []string{""}
	}
	first := time.Time{}
	for _, at := range places {
		if since := cal.LastClose(now, at); !since.IsZero() && (first.IsZero() || since.Before(first)) {
			first = since
		}
	}
	if first.IsZero() { // an organisation that never works
		return now.Add(-24 * time.Hour)
	}
	return first
}

// mark sets since when things are new.
func (m *Morning) mark() {
	at := m.in.Mark
	if at.IsZero() && m.in.Edition == headstart.EditionStandup {
		at = clockOn(m.now, m.in.At)
	}
	if !at.IsZero() {
		at = at.In(m.in.Zone)
		m.Mark = &at
	}
}

// clockOn is a time of day on the day of t; what cannot be read is eight o'clock.
func clockOn(t time.Time, hhmm string) time.Time {
	y, mo, d := t.Date()
	clock, err := time.Parse("15:04", hhmm)
	if err != nil {
		return time.Date(y, mo, d, 8, 0, 0, 0, t.Location())
	}
	return time.Date(y, mo, d, clock.Hour(), clock.Minute(), 0, 0, t.Location())
}

// fresh reports whether something that came at at is new to the reader.
func (m *Morning) fresh(at time.Time) bool { return m.Mark != nil && at.After(*m.Mark) }

// judge is the exit code (CONTRACT section 1): 2 if a P1 or P2 runs or part 2 is not
// empty, 1 for anything else in parts 1 to 7, a to-do due today or a source too old.
func (m *Morning) judge() Level {
	for _, r := range m.Running {
		if large(r.Priority) {
			return Urgent
		}
	}
	if len(m.Urgent) > 0 {
		return Urgent
	}
	parts := len(m.Running) + len(m.Solved) + len(m.Unstable) + len(m.Planned) + len(m.Messages) + len(m.Drafts) + len(m.Would) + len(m.Recurring) + len(m.Walk.Stops)
	if parts > 0 || m.dueToday() > 0 || m.stale() > 0 || m.kept && len(m.Duty) == 0 {
		return Attention
	}
	return Quiet
}

func large(priority string) bool { return priority == "P1" || priority == "P2" }

// dueToday counts to-dos that are due today, or have no time at all.
func (m *Morning) dueToday() (n int) {
	for _, t := range m.ToDo {
		if t.Due.IsZero() && t.Own || !t.Due.IsZero() && t.Due.Before(endOfDay(m.now)) {
			n++
		}
	}
	return n
}

func endOfDay(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d+1, 0, 0, 0, 0, t.Location())
}

func startOfDay(t time.Time) time.Time {
	y, mo, d := t.Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, t.Location())
}
