package systems

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// list searches for tickets.
func (g *glpi) list(ctx context.Context, columns glpiColumns, s glpiSearch) ([]Ticket, bool, error) {
	a, err := g.get(ctx, "search/Ticket", s.query(columns))
	if errors.Is(err, errPastEnd) {
		return nil, false, nil // rows went away between two pages
	}
	if err != nil {
		return nil, false, err
	}
	rows, total, err := glpiRows(a.body)
	if err != nil {
		return nil, false, err
	}
	out, err := g.tickets(rows, columns)
	return out, s.first+len(rows) < total && len(rows) > 0, err
}

// glpiRows reads the answer to a search; without a row it has no data at all.
func glpiRows(body []byte) (rows []map[string]any, total int, err error) {
	var in struct {
		Total *int             `json:"totalcount"`
		Data  []map[string]any `json:"data"`
	}
	if err := numbersKept(body, &in); err != nil {
		return nil, 0, err
	}
	if in.Total == nil {
		return nil, 0, fmt.Errorf("%w: no totalcount", ErrMalformed)
	}
	return in.Data, *in.Total, nil
}

func (g *glpi) tickets(rows []map[string]any, columns glpiColumns) ([]Ticket, error) {
	var out []Ticket
	for _, row := range rows {
		t, err := g.ticket(row, columns)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (g *glpi) ticket(row map[string]any, columns glpiColumns) (Ticket, error) {
	text := func(key string) string { return firstText(row[columns[key]]) }
	at := func(key string) time.Time { return moment(text(key), g.Zone) }
	id := text("id")
	t := Ticket{
		ID: id, Number: id, Title: cut(html.UnescapeString(text("title")), maxTitle), Body: glpiBody(text("content")),
		Priority: g.words.priority(text("priority")), Category: glpiWord(text("category")), SupportGroup: glpiWord(text("group")),
		Channel: g.words.channel(glpiWord(text("channel"))), Department: glpiWord(text("department")), Location: glpiWord(text("location")),
		URL: g.client.base + "/front/ticket.form.php?id=" + id, Ours: madeMark.MatchString(text("content")),
		Created: at("created"), Updated: at("changed"), Reported: at("reported_at"),
	}
	if id == "" || digits(id) != id {
		return t, fmt.Errorf("%w: a ticket without id", ErrMalformed)
	}
	opened := at("opened")
	if t.Created.IsZero() {
		t.Created = opened
	}
	if t.Updated.IsZero() {
		t.Updated = t.Created // never changed
	}
	if t.Created.IsZero() {
		return t, fmt.Errorf("%w: a ticket without a time of opening", ErrMalformed)
	}
	// The time of opening is that of typing in; only where it differs somebody wrote
	// down when the user called.
	if t.Reported.IsZero() && !opened.IsZero() && t.Created.Sub(opened).Abs() > time.Minute {
		t.Reported = opened
	}
	g.words.status(&t, text("status"))
	if done(t.Status) {
		if t.Solved = at("solved"); t.Solved.IsZero() {
			t.Solved = at("closed")
		}
	}
	if s, err := strconv.ParseFloat(text("duration"), 64); err == nil && s > 0 && s < 1e8 {
		minutes := s / 60
		t.Minutes = &minutes
	}
	if who := text("requester"); digits(who) == who && who != "0" {
		g.person(&t, who) // somebody without an account shows as an address: nobody then
	}
	return t, nil
}

// glpiBody is what a person reads of a text that is HTML, and up to version 10 is
// stored with its tags escaped.
func glpiBody(s string) string {
	s = cut(s, 64<<10)
	if !strings.Contains(s, "<") {
		s = html.UnescapeString(s)
	}
	return plainText(s)
}

// conversation finds the first answer to the user, and how often a solution did not
// last: each solving is an entry of its own.
func (g *glpi) conversation(t *Ticket, said, solved []map[string]any) {
	for _, f := range append(said, solved...) {
		author, private := digitsOf(f["users_id"]), digitsOf(f["is_private"]) == "1"
		if private || author == "" || author == "0" || marked(firstText(f["content"])) || g.asked(t, author) {
			continue
		}
		at := moment(firstText(f["date"]), g.Zone)
		if at.IsZero() {
			at = moment(firstText(f["date_creation"]), g.Zone)
		}
		if !at.IsZero() && (t.FirstResponse.IsZero() || at.Before(t.FirstResponse)) {
			t.FirstResponse = at
		}
	}
	t.Reopens = len(solved)
	if done(t.Status) {
		t.Reopens--
	}
	t.Reopens = max(t.Reopens, 0)
}

// asked reports whether t was reported by the user with the native id.
func (g *glpi) asked(t *Ticket, native string) bool {
	if g.Requester == nil {
		return false
	}
	hash, _ := g.Requester(native)
	return hash == t.Requester
}
