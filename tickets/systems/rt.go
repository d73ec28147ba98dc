package systems

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Request Tracker 5, REST 2.0. What is said of its ways here was measured on
// 5.0.3; the tests measure it again.

var rtCaps = Caps{Note: true, Reply: true, Parent: true, Page: true, Make: true, Find: true, Signed: true}

var rtKind = kind{
	caps: rtCaps, makes: []string{"ticket"}, secret: "token", hosted: "https://rt.example", open: openRT,
	fields: []string{"location", "department", "category", "channel", "reported_at", "key"},
	words: words{
		statuses: map[string]string{
			"new": "new", "open": "open", "stalled": "waiting", "resolved": "resolved", "rejected": "closed", "deleted": "deleted",
		},
		channels: map[string]string{
			"phone": "phone", "telefoon": "phone", "mail": "mail", "email": "mail", "e-mail": "mail", "chat": "chat",
			"portal": "portal", "portaal": "portal", "balie": "walk_in", "walk-in": "walk_in", "monitoring": "monitoring",
		},
	},
}

type rt struct {
	*opened
	rows  int   // of a page
	texts texts // RT keeps the first text of a ticket apart from it

	asides asides // and its history
}

func openRT(o *opened) (System, error) {
	o.client.sign = func(r *http.Request) error {
		r.Header.Set("Authorization", "token "+o.secret)
		return nil
	}
	o.client.judge = rtJudge
	return &rt{opened: o, rows: 100}, nil // RT cuts a larger page to this without a word
}

// rtJudge knows a refusal that comes as 400.
func rtJudge(status int, body []byte) error {
	if status == http.StatusBadRequest && (bytes.Contains(body, []byte("Permission Denied")) || bytes.Contains(body, []byte("No permission"))) {
		return ErrForbidden
	}
	return nil
}

func (r *rt) Caps() Caps { return rtCaps }

const (
	rtAPI  = "/REST/2.0"
	rtTime = "2006-01-02 15:04:05" // read in our user's zone, which Check wants to be UTC; RT misreads any suffix

)

// Changes implements System.
func (r *rt) Changes(ctx context.Context, c Cursor) (Page, error) {
	q := url.Values{
		"query":             {r.where(c)},
		"fields":            {"Subject,Status,Priority,Queue,Requestor,Created,LastUpdated,Resolved,TimeWorked,CustomFields"},
		"fields[Queue]":     {"Name"},
		"fields[Requestor]": {"Organization,City"}, // no name, no address
		"orderby":           {"LastUpdated", "id"},
		"per_page":          {strconv.Itoa(r.rows)},
		"page":              {strconv.Itoa(c.page())},
	}
	a, err := r.client.get(ctx, rtAPI+"/tickets", q)
	if err != nil {
		return Page{}, err
	}
	rows, more, err := r.decodeList(a.body)
	if err != nil {
		return Page{}, err
	}
	for i := range rows {
		if err := r.complete(ctx, &rows[i]); err != nil {
			return Page{}, err
		}
	}
	return Page{Tickets: rows, Next: c.keyset(rows, more), More: more}, nil
}

// where is the query of a page in TicketSQL. A time compared with = would mean the
// whole day, so the second half of the keyset says >=.
func (r *rt) where(c Cursor) string {
	at := c.From.UTC().Format(rtTime)
	sql := "LastUpdated >= '" + at + "'"
	if c.After != "" {
		sql = "(LastUpdated > '" + at + "' OR (LastUpdated >= '" + at + "' AND id > " + digits(c.After) + "))"
	}
	if c.First {
		sql += " AND Status = '__Active__'"
	}
	if len(r.Queues) > 0 {
		var names []string
		for _, q := range r.Queues {
			names = append(names, "Queue = '"+rtQuote(q)+"'")
		}
		sql += " AND (" + strings.Join(names, " OR ") + ")"
	}
	return sql
}

// rtQuote makes s fit between quotes of TicketSQL.
func rtQuote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s)
}

// digits keeps the digits of an id: it goes into a query.
func digits(id string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, id)
}

// Get implements System.
func (r *rt) Get(ctx context.Context, id string) (Ticket, error) {
	t, _, err := r.fetch(ctx, id)
	if err != nil {
		return Ticket{}, err
	}
	err = r.complete(ctx, &t)
	return t, err
}

// fetch reads a ticket and what it is linked to.
func (r *rt) fetch(ctx context.Context, id string) (Ticket, []rtLink, error) {
	q := url.Values{"fields": {"Queue,Requestor"}, "fields[Queue]": {"Name"}, "fields[Requestor]": {"Organization,City"}}
	a, err := r.client.get(ctx, rtAPI+"/ticket/"+digits(id), q)
	if err != nil {
		return Ticket{}, nil, err
	}
	t, links, err := r.decodeOne(a.body)
	if err == nil && t.ID != id {
		t.Merged, t.ID = t.ID, id // RT answers with the ticket it went into
	}
	return t, links, err
}

// complete reads what RT keeps apart from a ticket: its first text, and its
// history if somebody did something with it.
func (r *rt) complete(ctx context.Context, t *Ticket) error {
	if t.Status == "deleted" || t.Merged != "" {
		return nil
	}
	body, known := r.texts.get(t.ID, time.Now())
	if !known {
		q := url.Values{"fields": {"Content,ContentType"}, "per_page": {"5"}}
		a, err := r.client.get(ctx, rtAPI+"/ticket/"+digits(t.ID)+"/attachments", q)
		if err != nil {
			return err
		}
		if body, err = rtBody(a.body); err != nil {
			return err
		}
		r.texts.put(t.ID, body, time.Now())
	}
	t.Body = body
	if t.Status == "new" || r.asides.fill(t) {
		return nil
	}
	q := url.Values{"fields": {"Type,Created,Creator,Data,Field,OldValue,NewValue"}, "per_page": {"100"}}
	a, err := r.client.get(ctx, rtAPI+"/ticket/"+digits(t.ID)+"/history", q)
	if err != nil {
		return err
	}
	if err := r.history(t, a.body); err != nil {
		return err
	}
	r.asides.keep(t)
	return nil
}

// texts keeps the first texts of tickets for a while: they do not change, and
// each costs a request.
type texts struct {
	mu   sync.Mutex
	kept map[string]text
}

type text struct {
	body string
	at   time.Time
}

// Bounds of what texts keeps: no text stays in memory longer than the shortest
// retention a text may have.
const (
	textsMost = 2000
	textsFor  = 24 * time.Hour
)

func (x *texts) get(id string, now time.Time) (string, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	t, ok := x.kept[id]
	return t.body, ok && now.Sub(t.at) < textsFor
}

func (x *texts) put(id, body string, now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.kept == nil || len(x.kept) >= textsMost {
		x.kept = map[string]text{}
	}
	for old, t := range x.kept {
		if now.Sub(t.at) >= textsFor {
			delete(x.kept, old)
		}
	}
	x.kept[id] = text{body, now}
}
