// Package figures computes what the desk is measured by: the head start, how fast
// people were answered and helped, what outages cost, what keeps coming back.
//
// Of is a pure function: equal facts, calendar and period give equal figures. The
// facts name no person, so nothing can be split by worker or by requester. Every
// figure says of how many cases it is, and what cannot be measured says why.
// docs/figures.md has the formulas.
package figures

import (
	"time"

	"headstart"
)

// Input is what figures are made of.
type Input struct {
	Facts    Facts // of the period and the period before
	Calendar *headstart.Calendar
	Catalog  *headstart.Catalog
	Period   Period    // in the zone of the organisation
	Now      time.Time // outages that run have lasted until now
	By       Dimension // empty: no rows
	Scope    Scope
}

// Scope is what somebody may see.
type Scope struct {
	// Sees reports whether what lies at these locations may be seen; nil: all may.
	Sees func(locations []string) bool

	Confidential bool // incidents that are confidential, too
}

// Figures are those of a period beside the period before.
type Figures struct {
	Period Period
	Before Period
	Runs   bool // the period is not over

	All  []Figure
	By   Dimension
	Rows []Row // by By, the largest first; months in their order

	Recurring []Cause
	Avoided   Avoided
	Sources   []Source // which fields of tickets each source gives

	Hidden int // incidents of the period that are confidential and left out
}

// Row is one service, category, department, location or month.
type Row struct {
	ID      string // empty: tickets or incidents of which it is not known
	Other   bool   // departments too small to stand alone
	Month   Period // by month only
	Figures []Figure
}

// Figure is one number of a period and of the period before.
type Figure struct {
	Key  string
	Unit Unit

	Value, Before             *float64 // nil: none
	Cases, CasesBefore        int      // of how many it is
	LeftOut                   []LeftOut
	Missing                   Reason // why there is no value; empty: there is one
	MissingBefore             Reason
	MissingFrom, LeavesUnsaid []string // sources that do not give what it needs: all of them, some
}

// Unit is what a value counts.
type Unit string

// The units of figures.
const (
	Count         Unit = "count"
	Seconds       Unit = "seconds" // of working time unless the definition says otherwise
	Ratio         Unit = "ratio"   // 0 to 1
	Minutes       Unit = "minutes"
	PeopleMinutes Unit = "people_minutes"
	Score         Unit = "score" // 1 to 5
	Each          Unit = "per_incident"
)

// Reason says why there is no value, or why cases are left out.
type Reason string

// The reasons.
const (
	NoCases     Reason = "no_cases"     // nothing happened that it could be of
	NotGiven    Reason = "not_given"    // no ticket source gives the field
	NoTelephone Reason = "no_telephone" // nothing was imported from the telephone system
	TooFew      Reason = "too_few"      // fewer than minAnswers
	NotBy       Reason = "not_by"       // its cases know nothing of that dimension
	NotHere     Reason = "not_here"     // measured for the whole organisation only

	Timeless   Reason = "phone_without_time" // of phone tickets nobody noted the time of the call
	Drill      Reason = "drill"              // a person left the incident out
	NoMessage  Reason = "no_message"         // users were never told
	Unanswered Reason = "unanswered"         // no answer yet, or none that the source tells of
	NoPriority Reason = "no_priority"
	FieldGone  Reason = "field_missing" // the ticket lacks the field
	OffScale   Reason = "off_scale"     // below 1 or above 5
	StillRuns  Reason = "still_runs"
)

// LeftOut counts cases that a figure leaves out.
type LeftOut struct {
	Why Reason
	N   int
}

// minAnswers is how many answers satisfaction needs to be shown.
const minAnswers = 10

// minTickets is how many tickets a department needs to stand alone.
const minTickets = 5

// Of computes the figures of in.
func Of(in Input) *Figures {
	c := newClock(in.Calendar, in.Catalog, in.Period.From.Location())
	before := in.Period.Before()
	out := &Figures{Period: in.Period, Before: before, Runs: in.Now.Before(in.Period.To), By: in.By}
	w := work{clock: c, now: in.Now.Unix(), scope: in.Scope}
	now, was := w.cases(&in.Facts, in.Period), w.cases(&in.Facts, before)
	out.All = beside(measure(now, ""), measure(was, ""))
	out.Rows = w.rows(in, now, was)
	out.Recurring = w.recurring(&in.Facts, in.Period)
	out.Avoided = w.avoided(now)
	out.Sources = sourcesOf(now)
	out.Hidden = now.hidden
	return out
}

// beside joins the figures of a period and those of the one before.
func beside(now, before []Figure) []Figure {
	for n := range now {
		now[n].Before, now[n].CasesBefore, now[n].MissingBefore = before[n].Value, before[n].Cases, before[n].Missing
	}
	return now
}
