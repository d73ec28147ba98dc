package systems

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Freshdesk and Freshservice, API v2 (developers.freshdesk.com/api and
// api.freshservice.com). They share most of their ways; what differs stands in
// freshStyle. Their priorities run from 1, low, to 4, urgent: the reverse of ours.

type freshStyle struct {
	caps    Caps
	include string // of a list
	wrapped bool   // answers stand under a key
}

var (
	freshdeskCaps    = Caps{Note: true, Reply: true, Parent: true, Make: true, Find: true, Deleted: true}
	freshserviceCaps = Caps{Note: true, Reply: true, Parent: true, Make: true, Problem: true, Find: true}

	freshWords = words{
		statuses:   map[string]string{"2": "open", "3": "waiting", "4": "resolved", "5": "closed", "6": "waiting", "7": "waiting_supplier"},
		priorities: map[string]string{"1": "P4", "2": "P3", "3": "P2", "4": "P1"},
		channels:   map[string]string{"1": "mail", "2": "portal", "3": "phone", "7": "chat", "9": "portal", "10": "mail"},
	}

	freshdeskKind = kind{
		caps: freshdeskCaps, makes: []string{"ticket"}, secret: "token", hosted: "https://school.freshdesk.com", words: freshWords,
		fields: []string{"location", "department", "category", "reported_at", "key"},
		open: func(o *opened) (System, error) {
			return openFresh(o, freshStyle{caps: freshdeskCaps, include: "description,stats"})
		},
	}
	freshserviceKind = kind{
		caps: freshserviceCaps, makes: []string{"problem"}, secret: "token", hosted: "https://school.freshservice.com", words: freshWords,
		fields: []string{"location", "category", "reported_at", "key"},
		open: func(o *opened) (System, error) {
			return openFresh(o, freshStyle{caps: freshserviceCaps, include: "stats", wrapped: true})
		},
	}
)

type fresh struct {
	*opened
	style freshStyle
	rows  int
	walks int

	asides asides
}

func openFresh(o *opened, style freshStyle) (System, error) {
	o.client.sign = func(r *http.Request) error { r.SetBasicAuth(o.secret, "X"); return nil }
	o.client.quota.limit, o.client.quota.left = "X-Ratelimit-Total", "X-Ratelimit-Remaining"
	return &fresh{opened: o, style: style, rows: 100}, nil
}

func (f *fresh) Caps() Caps { return f.style.caps }

const freshAPI = "/api/v2"

// askDeleted is how many walks pass before what was deleted is asked for: it costs
// a call of a kind that the smallest plan has few of.
const askDeleted = 5

// Changes implements System. Freshdesk's pages are counted only within one time,
// so its ceiling of 300 pages is never met.
func (f *fresh) Changes(ctx context.Context, c Cursor) (Page, error) {
	q := url.Values{
		"updated_since": {c.From.UTC().Format(time.RFC3339)}, "order_type": {"asc"},
		"per_page": {strconv.Itoa(f.rows)}, "page": {strconv.Itoa(c.page())}, "include": {f.style.include},
	}
	step := Cursor.numbered // Freshservice documents no order but that of creation
	if !f.style.wrapped {
		q.Set("order_by", "updated_at")
		step = Cursor.restart
	}
	rows, more, err := f.list(ctx, q)
	if err != nil {
		return Page{}, err
	}
	next := step(c, rows, more)
	if !more && !c.First {
		if rows, err = f.withDeleted(ctx, c, rows); err != nil {
			return Page{}, err
		}
	}
	rows = f.wanted(rows, c.First)
	return Page{Tickets: rows, Next: next, More: more}, f.firstAnswers(ctx, rows)
}

// list asks for tickets; the header Link says whether there are more.
func (f *fresh) list(ctx context.Context, q url.Values) ([]Ticket, bool, error) {
	a, err := f.client.get(ctx, freshAPI+"/tickets", q)
	if err != nil {
		return nil, false, err
	}
	rows, err := f.decodeList(a.body)
	inOrder(rows)
	return rows, hasNext(a.header), err
}

// withDeleted adds what was deleted, which lists leave out.
func (f *fresh) withDeleted(ctx context.Context, c Cursor, rows []Ticket) ([]Ticket, error) {
	if f.walks++; !f.style.caps.Deleted || f.walks%askDeleted != 0 {
		return rows, nil
	}
	q := url.Values{"filter": {"deleted"}, "updated_since": {c.Since.Add(-time.Hour).UTC().Format(time.RFC3339)}, "per_page": {strconv.Itoa(f.rows)}}
	gone, _, err := f.list(ctx, q)
	for i := range gone {
		gone[i].Status = "deleted"
	}
	return append(rows, gone...), err
}

// wanted leaves out other groups, and what is done at the first read.
func (f *fresh) wanted(rows []Ticket, first bool) []Ticket {
	out := rows[:0]
	for _, t := range rows {
		mine := len(f.Queues) == 0
		for _, q := range f.Queues {
			mine = mine || t.SupportGroup == q
		}
		if mine && (!first || !done(t.Status)) {
			out = append(out, t)
		}
	}
	return out
}

// Get implements System.
func (f *fresh) Get(ctx context.Context, id string) (Ticket, error) {
	a, err := f.one(ctx, id, "stats")
	if err != nil {
		return Ticket{}, err
	}
	t, err := f.decodeOne(a.body)
	if err != nil {
		return Ticket{}, err
	}
	rows := []Ticket{t}
	err = f.firstAnswers(ctx, rows)
	return rows[0], err
}

func (f *fresh) one(ctx context.Context, id, include string) (*answer, error) {
	if digits(id) != id || id == "" {
		return nil, ErrNotFound
	}
	q := url.Values{}
	if include != "" {
		q.Set("include", include)
	}
	return f.client.get(ctx, freshAPI+"/tickets/"+id, q)
}

// Hint implements System: an automation posts {"id":"{{ticket.id}}"} with the
// secret in a header; neither product signs.
func (f *fresh) Hint(h http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		if err := f.shownSecret(h); err != nil {
			return nil, err
		}
	}
	return hintOf(body)
}

// Check implements System.
func (f *fresh) Check(ctx context.Context) (Report, error) {
	var rep Report
	q := url.Values{"per_page": {"1"}, "order_type": {"desc"}, "include": {f.style.include}}
	a, err := f.client.get(ctx, freshAPI+"/tickets", q)
	if err != nil {
		return rep, err
	}
	rep.Skew = a.skew(time.Now())
	rows, err := f.decodeList(a.body)
	if err != nil {
		return rep, err
	}
	if len(rows) == 0 {
		rep.lack("no ticket can be seen; give the agent the scope of all tickets, or of the groups to be read")
		return rep, nil
	}
	if _, err := f.Noted(ctx, rows[0].ID, "none"); err != nil {
		rep.lack("conversations cannot be read, so a repeat would write twice; give the agent the right to see them")
	}
	if f.Write.Makes() != "" && f.Username == "" {
		rep.lack("nobody is named to make tickets for; set username to the address of a contact of headstart's own")
	}
	err = f.checkFilter(ctx, &rep, rows[0])
	return rep, err
}

// checkFilter asks for what changed after the newest ticket: there must be nothing.
func (f *fresh) checkFilter(ctx context.Context, rep *Report, newest Ticket) error {
	rows, _, err := f.list(ctx, url.Values{"updated_since": {newest.Updated.Add(time.Hour).Format(time.RFC3339)}, "per_page": {"1"}})
	if err == nil && len(rows) > 0 && rows[0].Updated.Before(newest.Updated.Add(time.Minute)) {
		rep.lack("updated_since is not honoured, so all tickets would be read each time; tell us of it")
	}
	return err
}

// decodeList reads a list, bare or under the key tickets.
func (f *fresh) decodeList(body []byte) ([]Ticket, error) {
	var list []freshTicket
	var err error
	if f.style.wrapped {
		var in struct {
			Tickets *[]freshTicket `json:"tickets"`
		}
		if err = (&answer{body: body}).into(&in); err == nil && in.Tickets == nil {
			err = fmt.Errorf("%w: no tickets", ErrMalformed)
		}
		if in.Tickets != nil {
			list = *in.Tickets
		}
	} else {
		err = (&answer{body: body}).into(&list)
	}
	var out []Ticket
	for i := range list {
		if err != nil {
			break
		}
		var t Ticket
		t, err = f.ticket(&list[i])
		out = append(out, t)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (f *fresh) decodeOne(body []byte) (Ticket, error) {
	in, err := f.raw(body)
	if err != nil {
		return Ticket{}, err
	}
	return f.ticket(in)
}

func (f *fresh) raw(body []byte) (*freshTicket, error) {
	in := &freshTicket{}
	if !f.style.wrapped {
		return in, (&answer{body: body}).into(in)
	}
	err := (&answer{body: body}).into(&struct {
		Ticket *freshTicket `json:"ticket"`
	}{in})
	return in, err
}

// freshTicket names the fields we read. Name and address of the requester are
// never asked for.
type freshTicket struct {
	ID          ident          `json:"id"`
	Subject     string         `json:"subject"`
	Text        string         `json:"description_text"`
	HTML        string         `json:"description"`
	Status      ident          `json:"status"`
	Priority    ident          `json:"priority"`
	Source      ident          `json:"source"`
	Requester   ident          `json:"requester_id"`
	Department  ident          `json:"department_id"`
	Group       ident          `json:"group_id"`
	Category    string         `json:"category"`
	Type        string         `json:"type"`
	Created     string         `json:"created_at"`
	Updated     string         `json:"updated_at"`
	Deleted     bool           `json:"deleted"`
	Custom      map[string]any `json:"custom_fields"`
	Association ident          `json:"association_type"`
	Associated  []ident        `json:"associated_tickets_list"`
	Problem     *struct {
		ID ident `json:"display_id"`
	} `json:"problem"`
	Stats freshStats `json:"stats"`
}

type freshStats struct {
	First  string `json:"first_responded_at"`
	Solved string `json:"resolved_at"`
	Closed string `json:"closed_at"`
	Again  string `json:"reopened_at"`
}

func (f *fresh) ticket(in *freshTicket) (Ticket, error) {
	id := string(in.ID)
	t := Ticket{
		ID: id, Number: id, Title: cut(in.Subject, maxTitle), Body: cut(in.Text, maxBody), SupportGroup: word(string(in.Group)),
		Priority: f.words.priority(string(in.Priority)), Channel: f.words.channel(string(in.Source)), Category: word(in.Category),
		URL: f.client.base + "/a/tickets/" + id, Department: word(string(in.Department)),
		Created: moment(in.Created, time.UTC), Updated: moment(in.Updated, time.UTC),
		FirstResponse: moment(in.Stats.First, time.UTC), Solved: moment(in.Stats.Solved, time.UTC),
	}
	if id == "" || digits(id) != id || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: a ticket without id, created_at or updated_at", ErrMalformed)
	}
	if t.Body == "" {
		t.Body = plainText(in.HTML)
	}
	f.words.status(&t, string(in.Status))
	if t.Solved.IsZero() && done(t.Status) {
		t.Solved = moment(in.Stats.Closed, time.UTC)
	}
	if !moment(in.Stats.Again, time.UTC).IsZero() {
		t.Reopens = 1 // when it was opened again last; how often is not told
	}
	if in.Deleted {
		t.Status = "deleted"
	}
	f.person(&t, string(in.Requester))
	custom := func(key, fallback string) string {
		s, _ := in.Custom[f.field(key, fallback)].(string)
		return strings.TrimSpace(s)
	}
	for _, x := range []struct {
		into *string
		v    string
	}{{&t.Location, custom("location", "cf_location")}, {&t.Department, custom("department", "cf_department")}, {&t.Category, custom("category", "cf_category")}} {
		if x.v != "" {
			*x.into = word(x.v)
		}
	}
	t.Reported = moment(custom("reported_at", "cf_reported_at"), f.Zone)
	t.Ours = custom("key", freshKey) != ""
	return t, nil
}

// freshKey is the custom field that holds the mark of what we made.
const freshKey = "cf_headstart_id"
