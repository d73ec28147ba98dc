package tickets

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"headstart"
)

// wireTicket is a ticket as the outside writes it: the object of CONTRACT section
// 3, which is headstart.Ticket without what only we may say.
type wireTicket struct {
	Source    string `json:"source"`
	ID        string `json:"id"`
	Title     string `json:"title"`
	Body      string `json:"body"`
	Requester struct {
		ID         string `json:"id"`
		Department string `json:"department"`
		Location   string `json:"location"`
		Shared     bool   `json:"shared"`
	} `json:"requester"`
	Category        string    `json:"category"`
	Priority        string    `json:"priority"`
	Status          string    `json:"status"`
	Channel         string    `json:"channel"`
	CreatedAt       time.Time `json:"created_at"`
	ReportedAt      time.Time `json:"reported_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	FirstResponseAt time.Time `json:"first_response_at"`
	SolvedAt        time.Time `json:"solved_at"`
	SupportGroup    string    `json:"support_group"`
	Line            int       `json:"line"`
	Reopens         int       `json:"reopens"`
	Contacts        int       `json:"contacts"`
	MinutesSpent    *float64  `json:"minutes_spent"`
	Satisfaction    *float64  `json:"satisfaction"`
	WaitingOn       string    `json:"waiting_on"`
	URL             string    `json:"url"`
}

// Bounds of a ticket's fields, in bytes. Title and body are cut, others refused.
const (
	maxID    = 128
	maxTitle = 500
	maxBody  = 8 << 10
)

// Dates outside these are mistakes; some cannot even be written as JSON.
var (
	earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// check returns every mistake of w. No message quotes title, body or requester:
// messages are logged.
func (w *wireTicket) check(source string) error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if w.Source != "" && w.Source != source {
		add("source names another one, but this is the address of source %s", source)
	}
	if w.ID == "" {
		add("id is missing")
	}
	if w.Title == "" && w.Body == "" && w.Status != "deleted" {
		add("title is missing")
	}
	if w.CreatedAt.IsZero() {
		add("created_at is missing; write when the ticket was made, as RFC 3339")
	}
	w.checkWords(add)
	w.checkTimes(add)
	w.checkNumbers(add)
	return errors.Join(errs...)
}

func (w *wireTicket) checkWords(add func(string, ...any)) {
	for _, f := range []struct{ key, value string }{
		{"id", w.ID},
		{"requester.id", w.Requester.ID},
		{"requester.department", w.Requester.Department},
		{"requester.location", w.Requester.Location},
		{"category", w.Category},
		{"status", w.Status},
		{"support_group", w.SupportGroup},
	} {
		if len(f.value) > maxID || !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, control) {
			add("%s is longer than %d bytes or not printable", f.key, maxID)
		}
	}
	oneOf(add, "priority", w.Priority, "P1", "P2", "P3", "P4")
	oneOf(add, "channel", w.Channel, "phone", "mail", "chat", "portal", "walk_in", "monitoring")
	oneOf(add, "waiting_on", w.WaitingOn, "us", "user", "supplier")
	if u, err := url.Parse(w.URL); w.URL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(w.URL) > 1024) {
		add("url is no http or https address")
	}
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

func oneOf(add func(string, ...any), key, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		add("%s is none of ours; write one of %s, or leave it out", key, strings.Join(allowed, " "))
	}
}

func (w *wireTicket) checkTimes(add func(string, ...any)) {
	for _, f := range []struct {
		key string
		at  time.Time
	}{
		{"created_at", w.CreatedAt},
		{"reported_at", w.ReportedAt},
		{"updated_at", w.UpdatedAt},
		{"first_response_at", w.FirstResponseAt},
		{"solved_at", w.SolvedAt},
	} {
		if !f.at.IsZero() && (f.at.Before(earliest) || !f.at.Before(latest)) {
			add("%s is in the year %d; want a time between 1970 and 2199", f.key, f.at.Year())
		}
	}
}

func (w *wireTicket) checkNumbers(add func(string, ...any)) {
	for _, f := range []struct {
		key string
		n   int
	}{{"line", w.Line}, {"reopens", w.Reopens}, {"contacts", w.Contacts}} {
		if f.n < 0 || f.n > 10_000 {
			add("%s is %d; want 0 to 10000", f.key, f.n)
		}
	}
	for _, f := range []struct {
		key string
		n   *float64
		to  float64
	}{{"minutes_spent", w.MinutesSpent, 1e6}, {"satisfaction", w.Satisfaction, 10}} {
		if f.n != nil && !(*f.n >= 0 && *f.n <= f.to) {
			add("%s is %g; want 0 to %g", f.key, *f.n, f.to)
		}
	}
}

// ticket returns w as the product knows it, still with its text. Of the requester
// only a keyed hash is left.
func (in *Inbox) ticket(w *wireTicket, s *source, to resolver) headstart.Ticket {
	t := headstart.Ticket{
		Source: s.Name, ID: w.ID, Title: cut(w.Title, maxTitle), Body: cut(w.Body, maxBody),
		Category: w.Category, Priority: w.Priority, Status: status(w.Status), Channel: w.Channel,
		CreatedAt: w.CreatedAt.UTC(), ReportedAt: w.ReportedAt.UTC(), UpdatedAt: w.UpdatedAt.UTC(),
		FirstResponseAt: w.FirstResponseAt.UTC(), SolvedAt: w.SolvedAt.UTC(),
		SupportGroup: w.SupportGroup, Line: w.Line, Reopens: w.Reopens, Contacts: w.Contacts,
		MinutesSpent: w.MinutesSpent, Satisfaction: w.Satisfaction, WaitingOn: w.WaitingOn, URL: w.URL,
	}
	t.Requester = headstart.Requester{
		Department: to.department(w.Requester.Department), Location: to.location(w.Requester.Location),
		Shared: w.Requester.Shared || s.shared[w.Requester.ID],
	}
	if w.Requester.ID != "" {
		t.Requester.ID = Pseudonym(in.key, s.Name, w.Requester.ID)
	}
	return t
}

// status keeps the words we know; a word of the ticket system's own means that
// the ticket is open.
func status(native string) string {
	switch s := strings.ToLower(native); s {
	case "new", "open", "waiting", "resolved", "closed", "solved", "rejected", "deleted", "cancelled":
		return s
	case "":
		return ""
	}
	return "open"
}

// cut shortens s to n bytes, between characters, and mends what is no UTF-8.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
