package systems

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostConversations bounds how many pages of a ticket's conversations are read.
const mostConversations = 20

// Noted implements Writer: what was written is found by the mark in its text.
func (f *fresh) Noted(ctx context.Context, id, mark string) (bool, error) {
	if digits(id) != id || id == "" {
		return false, ErrNotFound
	}
	for page := 1; page <= mostConversations; page++ {
		q := url.Values{"per_page": {"100"}, "page": {strconv.Itoa(page)}}
		a, err := f.client.get(ctx, freshAPI+"/tickets/"+id+"/conversations", q)
		if err != nil {
			return false, err
		}
		said, err := f.conversations(a.body)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(said, func(e freshEntry) bool { return strings.Contains(e.Text+"\n"+e.HTML, bracketed(mark)) }) {
			return true, nil
		}
		if len(said) < 100 && !hasNext(a.header) {
			return false, nil
		}
	}
	return false, nil
}

// freshEntry is what somebody wrote after the first text.
type freshEntry struct {
	Text     string `json:"body_text"`
	HTML     string `json:"body"`
	Private  bool   `json:"private"`
	Incoming bool   `json:"incoming"` // of the requester
	Created  string `json:"created_at"`
}

func (f *fresh) conversations(body []byte) ([]freshEntry, error) {
	var list []freshEntry
	var into any = &list
	if f.style.wrapped {
		into = &struct {
			Conversations *[]freshEntry `json:"conversations"`
		}{&list}
	}
	err := (&answer{body: body}).into(into)
	return list, err
}

// firstAnswers looks for the first answers of people, where replies of ours may
// have been before them: to Freshdesk one of those is an answer too.
func (f *fresh) firstAnswers(ctx context.Context, rows []Ticket) error {
	for i := range rows {
		if f.Write.PublicReply == "" || rows[i].FirstResponse.IsZero() || f.asides.fill(&rows[i]) {
			continue
		}
		a, err := f.client.get(ctx, freshAPI+"/tickets/"+rows[i].ID+"/conversations", url.Values{"per_page": {"100"}, "page": {"1"}})
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) {
			continue // deleted meanwhile: the next walk tells
		}
		if err != nil {
			return err
		}
		said, err := f.conversations(a.body)
		if err != nil {
			return err
		}
		firstOf(&rows[i], said)
		f.asides.keep(&rows[i])
	}
	return nil
}

// firstOf sets the first answer anew if one of ours is among what was said.
func firstOf(t *Ticket, said []freshEntry) {
	first, ours := time.Time{}, false
	for _, e := range said {
		at := moment(e.Created, time.UTC)
		switch {
		case e.Private || e.Incoming:
		case marked(e.Text + e.HTML):
			ours = true
		case !at.IsZero() && (first.IsZero() || at.Before(first)):
			first = at
		}
	}
	if ours {
		t.FirstResponse = first
	}
}

// Note implements Writer.
func (f *fresh) Note(ctx context.Context, id string, n Note) error {
	if digits(id) != id || id == "" {
		return ErrNotFound
	}
	body := asHTML(n.Text + "\n\n" + bracketed(n.Mark))
	if n.Public {
		_, err := f.client.send(ctx, http.MethodPost, freshAPI+"/tickets/"+id+"/reply", map[string]any{"body": body}, nil)
		return err
	}
	_, err := f.client.send(ctx, http.MethodPost, freshAPI+"/tickets/"+id+"/notes", map[string]any{"body": body, "private": true}, nil)
	return err
}

// A tracker ticket of Freshdesk, and one that is related to it.
const (
	freshTracker = 3
	freshRelated = "4"
)

// Linked implements Writer: related to our tracker, or to our problem.
func (f *fresh) Linked(ctx context.Context, id string, to Target) (bool, error) {
	include := ""
	if f.style.wrapped {
		include = "problem"
	}
	a, err := f.one(ctx, id, include)
	if err != nil {
		return false, err
	}
	in, err := f.raw(a.body)
	if err != nil || to.Ticket == "" {
		return false, err
	}
	if f.style.wrapped {
		return in.Problem != nil && string(in.Problem.ID) == to.Ticket, nil
	}
	return in.Association == freshRelated && slices.Contains(in.Associated, ident(to.Ticket)), nil
}

// Link implements Writer.
func (f *fresh) Link(ctx context.Context, id string, to Target) error {
	return f.relate(ctx, id, to, true)
}

// Unlink implements Writer.
func (f *fresh) Unlink(ctx context.Context, id string, to Target) error {
	return f.relate(ctx, id, to, false)
}

func (f *fresh) relate(ctx context.Context, id string, to Target, on bool) error {
	if f.style.wrapped {
		var problem any
		if on {
			problem = map[string]any{"display_id": number(to.Ticket)}
		}
		_, err := f.client.send(ctx, http.MethodPut, freshAPI+"/tickets/"+digits(id), map[string]any{"problem": problem}, nil)
		return err
	}
	a, err := f.one(ctx, to.Ticket, "")
	if err != nil {
		return err
	}
	tracker, err := f.raw(a.body)
	if err != nil {
		return err
	}
	related := slices.DeleteFunc(slices.Clone(tracker.Associated), func(x ident) bool { return x == ident(id) })
	if on {
		related = append(related, ident(id))
	}
	numbers := []any{}
	for _, x := range related {
		numbers = append(numbers, number(string(x)))
	}
	_, err = f.client.send(ctx, http.MethodPut, freshAPI+"/tickets/"+digits(to.Ticket), map[string]any{"association_type": freshTracker, "related_ticket_ids": numbers}, nil)
	return err
}

// number is an id as JSON writes numbers, with all its digits.
func number(id string) any { return jsonDigits(digits(id)) }

type jsonDigits string

// MarshalJSON writes the digits as they are.
func (d jsonDigits) MarshalJSON() ([]byte, error) {
	if d == "" {
		return []byte("0"), nil
	}
	return []byte(d), nil
}

// Made implements Writer. The search index lags by minutes, so the newest are
// listed instead: a repeat comes soon after.
func (f *fresh) Made(ctx context.Context, _, mark string) (string, error) {
	path, key := "/tickets", freshKey
	q := url.Values{"order_by": {"created_at"}, "order_type": {"desc"}, "per_page": {"100"}}
	if f.style.wrapped { // has no order but that of creation
		path, q = "/problems", url.Values{"per_page": {"100"}}
	}
	a, err := f.client.get(ctx, freshAPI+path, q)
	if err != nil {
		return "", err
	}
	type made struct {
		ID     ident          `json:"id"`
		Custom map[string]any `json:"custom_fields"`
		Title  string         `json:"subject"`
		Text   string         `json:"description"`
	}
	var list []made
	if f.style.wrapped {
		err = a.into(&struct {
			Problems *[]made `json:"problems"`
		}{&list})
	} else {
		err = a.into(&list)
	}
	for _, m := range list {
		if err == nil && (m.Custom[f.field("key", key)] == mark || f.style.wrapped && strings.Contains(m.Text, bracketed(mark))) {
			return string(m.ID), nil
		}
	}
	return "", err
}

// Make implements Writer: a ticket of Freshdesk, which becomes a tracker with the
// first ticket related to it, or a problem of Freshservice.
func (f *fresh) Make(ctx context.Context, d Draft) (string, error) {
	if f.Username == "" {
		return "", fmt.Errorf("%w: username is empty, so there is nobody to make it for", ErrRefused)
	}
	var made struct {
		ID      ident `json:"id"`
		Problem struct {
			ID ident `json:"id"`
		} `json:"problem"`
	}
	weight := map[string]int{"P1": 4, "P2": 3, "P3": 2, "P4": 1}[d.Priority]
	in := map[string]any{
		"subject": cut(d.Title, 200), "description": asHTML(d.Text), "status": 2, "priority": max(weight, 1), "email": f.Username,
		"custom_fields": map[string]string{f.field("key", freshKey): d.Mark},
	}
	path := "/tickets"
	if f.style.wrapped {
		path = "/problems"
		delete(in, "custom_fields")
		in["description"] = asHTML(d.Text + "\n\n" + bracketed(d.Mark))
		in["status"], in["impact"], in["due_by"] = 1, 2, d.Since.Add(24*time.Hour).UTC().Format(time.RFC3339)
	}
	_, err := f.client.send(ctx, http.MethodPost, freshAPI+path, in, &made)
	return string(made.ID + made.Problem.ID), err
}
