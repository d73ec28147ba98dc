package headstart

import (
	"context"
	"time"
)

// Reader is what one identity may read, for parts that make texts of their own: each
// function is the judgement of the pages. A nil function hides nothing. What is
// confidential is another question, which they ask themselves.
type Reader struct {
	Name string // login name; empty: nobody

	// Rights is the same for readers whom all functions below answer alike as long as the
	// view stands still, and for no others; empty: nobody knows that of this one.
	Rights string

	Locations []string // those of the account; empty: all

	Incident     func(*Incident) bool
	Announcement func(*Announcement) bool
	Ticket       func(*TicketState) bool
	Window       func(*MaintenanceWindow) bool
	Asset        func(id string) bool
	Location     func(id string) bool
	Check        func(*CheckResult) bool
}

// ReportFormat is a form of the morning report.
type ReportFormat string

// The formats. Page is a fragment of HTML with the classes of the desk's style sheet, Walk
// the printers alone in that form.
const (
	ReportText     ReportFormat = "text"
	ReportHTML     ReportFormat = "html" // a mail
	ReportJSON     ReportFormat = "json"
	ReportMarkdown ReportFormat = "md"
	ReportTeams    ReportFormat = "teams"
	ReportPage     ReportFormat = "page"
	ReportWalk     ReportFormat = "walk"
)

// ReportAsk is a wish for a morning report.
type ReportAsk struct {
	Reader  Reader
	Format  ReportFormat
	Edition Edition
	Lang    string    // nl or en; empty: the installation's
	At      time.Time // zero: now
	Since   time.Time // zero: where work last ended
	Mark    time.Time // since when lines are marked as new; zero: none, but in the stand-up edition
	Seen    bool      // Since or Mark is where the reader last looked
	Width   int       // of text; zero: 80
	ASCII   bool
	Color   bool
}

// ReportAnswer is a morning report.
type ReportAnswer struct {
	Body  []byte
	Type  string // of the body, as HTTP names it
	Level int    // 0 quiet, 1 attention, 2 urgent
	At    time.Time
}

// MakeReport makes a morning report.
type MakeReport func(ctx context.Context, ask ReportAsk) (ReportAnswer, error)
