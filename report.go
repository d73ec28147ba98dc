package headstart

import (
	"slices"
	"time"
)

// Edition is one of the reports of a morning.
type Edition string

// The editions: the report at report.at, and the short one before people stand
// together.
const (
	EditionMorning Edition = "morning"
	EditionStandup Edition = "standup"
)

// ReportPlan says when the morning report is sent on worked days, and where to.
type ReportPlan struct {
	At      string   `json:"at,omitempty"`      // "08:00"; empty: that edition is not sent
	Standup string   `json:"standup,omitempty"` // likewise
	To      []string `json:"to"`                // channels, by name
}

// Clock is the time of day at which an edition is sent; empty: it is not.
func (p *ReportPlan) Clock(e Edition) string {
	if e == EditionStandup {
		return p.Standup
	}
	return p.At
}

// Report is the morning report as channels take it. Each takes the form it can show.
type Report struct {
	Subject  string // one line, the verdict in it
	HTML     string // of a mail: nothing to load
	Text     string // 80 columns
	Markdown string
	Card     []byte // the Adaptive Card of Teams, as JSON
}

// NoteSeen is the kind of the note that says how far one login has read the morning
// report; its By is the login and its At how far. View.Desk leaves it out.
const NoteSeen = "seen"

// SeenKey is the key in TableDesk of how far a login has read.
func SeenKey(login string) string { return NoteSeen + "/" + login }

// SeenAt is how far a login has read the morning report; the zero time: it never did,
// or that is long ago.
func (v *View) SeenAt(login string) time.Time {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if n := v.desk[SeenKey(login)]; n != nil && n.Kind == NoteSeen && login != "" {
		return n.At
	}
	return time.Time{}
}

// withoutSeen leaves out what says how far people have read.
func withoutSeen(notes []DeskNote) []DeskNote {
	return slices.DeleteFunc(notes, func(n DeskNote) bool { return n.Kind == NoteSeen })
}
