package systems

import (
	"context"
	"crypto/sha1" // what Zammad signs hooks with
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Zammad (docs.zammad.org, REST API). Lists come from its search index, which
// follows changes late; what people wrote are articles, apart from the ticket.

var zammadCaps = Caps{Note: true, Reply: true, Parent: true, Make: true, Find: true, Signed: true, Lag: 2 * time.Minute}

var zammadKind = kind{
	caps: zammadCaps, makes: []string{"ticket"}, secret: "token", hosted: "https://zammad.example", open: openZammad,
	fields: []string{"location", "department", "category", "reported_at"},
	words: words{
		statuses: map[string]string{
			"new": "new", "open": "open", "pending reminder": "waiting", "pending close": "waiting", "closed": "closed", "merged": "closed", "removed": "deleted",
		},
		priorities: map[string]string{"1 low": "P4", "2 normal": "P3", "3 high": "P2"},
		channels: map[string]string{
			"phone": "phone", "email": "mail", "web": "portal", "chat": "chat", "sms": "chat", "note": "",
		},
	},
}

type zammad struct {
	*opened
	rows  int
	texts texts
}

func openZammad(o *opened) (System, error) {
	o.client.sign = func(r *http.Request) error {
		r.Header.Set("Authorization", "Token token="+o.secret)
		return nil
	}
	return &zammad{opened: o, rows: 100}, nil
}

func (z *zammad) Caps() Caps { return zammadCaps }

const zammadAPI = "/api/v1"

// Changes implements System. The search knows no number of pages; it returns
// whole pages while there is more, since rights are part of the search.
func (z *zammad) Changes(ctx context.Context, c Cursor) (Page, error) {
	query := "updated_at:[" + c.From.UTC().Format(time.RFC3339) + " TO *]"
	if c.First {
		query += " AND NOT state.name:closed AND NOT state.name:merged"
	}
	rows, err := z.search(ctx, query, "asc", c.page(), z.rows)
	if err != nil {
		return Page{}, err
	}
	more := len(rows) == z.rows
	next := c.restart(rows, more)
	if len(z.Queues) > 0 {
		rows = slices.DeleteFunc(rows, func(t Ticket) bool { return !slices.Contains(z.Queues, t.SupportGroup) })
	}
	for i := range rows {
		if err := z.complete(ctx, &rows[i]); err != nil {
			return Page{}, err
		}
	}
	return Page{Tickets: rows, Next: next, More: more}, nil
}

func (z *zammad) search(ctx context.Context, query, order string, page, rows int) ([]Ticket, error) {
	q := url.Values{
		"query": {query}, "sort_by": {"updated_at"}, "order_by": {order}, "expand": {"true"},
		"page": {strconv.Itoa(page)}, "limit": {strconv.Itoa(rows)},
	}
	a, err := z.client.get(ctx, zammadAPI+"/tickets/search", q)
	if err != nil {
		return nil, err
	}
	return z.decodeList(a.body)
}

func (z *zammad) decodeList(body []byte) ([]Ticket, error) {
	var list []map[string]any
	if err := numbersKept(body, &list); err != nil {
		return nil, err
	}
	var out []Ticket
	for _, in := range list {
		t, err := z.ticket(in)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// ticket reads a ticket with expand=true, in which names stand beside ids. The
// customer's name, which is an address, is left where it is.
func (z *zammad) ticket(in map[string]any) (Ticket, error) {
	id := digitsOf(in["id"])
	t := Ticket{
		ID: id, Number: say(in["number"]), Title: cut(say(in["title"]), maxTitle), SupportGroup: word(say(in["group"])),
		Priority: z.words.priority(say(in["priority"])), Department: word(say(in["organization"])), URL: z.client.base + "/#ticket/zoom/" + id,
		Created: moment(say(in["created_at"]), time.UTC), Updated: moment(say(in["updated_at"]), time.UTC),
		FirstResponse: moment(say(in["first_response_at"]), time.UTC), Solved: moment(say(in["close_at"]), time.UTC),
		Ours: marked(say(in["note"])),
	}
	if id == "" || t.Created.IsZero() || t.Updated.IsZero() {
		return t, fmt.Errorf("%w: a ticket without id, created_at or updated_at", ErrMalformed)
	}
	z.words.status(&t, say(in["state"]))
	if again := moment(say(in["last_close_at"]), time.UTC); again.After(t.Solved) {
		t.Solved, t.Reopens = again, 1 // close_at is when it was closed first
	}
	if !done(t.Status) && !t.Solved.IsZero() {
		t.Solved, t.Reopens = time.Time{}, 1 // of before it was opened again; how often is not told
	}
	z.person(&t, digitsOf(in["customer_id"]))
	for _, f := range []struct {
		key  string
		into *string
	}{{"location", &t.Location}, {"department", &t.Department}, {"category", &t.Category}} {
		if name := z.field(f.key, ""); name != "" {
			*f.into = word(say(in[name]))
		}
	}
	if name := z.field("reported_at", ""); name != "" {
		t.Reported = moment(say(in[name]), z.Zone)
	}
	return t, nil
}

// zammadArticle is what somebody wrote.
type zammadArticle struct {
	ID          ident  `json:"id"`
	Type        string `json:"type"`
	ContentType string `json:"content_type"`
	Body        string `json:"body"`
	Internal    bool   `json:"internal"`
}

func zammadArticles(body []byte) ([]zammadArticle, error) {
	var list []zammadArticle
	err := (&answer{body: body}).into(&list)
	return list, err
}

func (z *zammad) articles(ctx context.Context, id string) ([]zammadArticle, error) {
	if digits(id) != id || id == "" {
		return nil, ErrNotFound
	}
	a, err := z.client.get(ctx, zammadAPI+"/ticket_articles/by_ticket/"+id, url.Values{"expand": {"true"}})
	if err != nil {
		return nil, err
	}
	return zammadArticles(a.body)
}

// complete reads what the user wrote, and how it came in. Both are kept for a
// while: the first article does not change.
func (z *zammad) complete(ctx context.Context, t *Ticket) error {
	first, known := z.texts.get(t.ID, time.Now())
	if !known {
		list, err := z.articles(ctx, t.ID)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			body := list[0].Body
			if strings.Contains(list[0].ContentType, "html") {
				body = plainText(body)
			}
			first = list[0].Type + "\n" + cut(body, maxBody)
		}
		z.texts.put(t.ID, first, time.Now())
	}
	kind, body, _ := strings.Cut(first, "\n")
	t.Channel, t.Body = z.words.channel(kind), body
	return nil
}

// Get implements System.
func (z *zammad) Get(ctx context.Context, id string) (Ticket, error) {
	in, err := z.fetch(ctx, id)
	if err != nil {
		return Ticket{}, err
	}
	t, err := z.ticket(in)
	if err != nil {
		return Ticket{}, err
	}
	if t.Native == "merged" {
		t.Merged, err = z.mergedInto(ctx, id)
		return t, err
	}
	err = z.complete(ctx, &t)
	return t, err
}

func (z *zammad) fetch(ctx context.Context, id string) (map[string]any, error) {
	if digits(id) != id || id == "" {
		return nil, ErrNotFound
	}
	a, err := z.client.get(ctx, zammadAPI+"/tickets/"+id, url.Values{"expand": {"true"}})
	if err != nil {
		return nil, err
	}
	var in map[string]any
	err = numbersKept(a.body, &in)
	return in, err
}

// zammadLink is a relation of a ticket: the other's id, and what that is to it.
type zammadLink struct {
	Type  string `json:"link_type"`
	Value ident  `json:"link_object_value"`
}

func (z *zammad) links(ctx context.Context, id string) ([]zammadLink, error) {
	if digits(id) != id || id == "" {
		return nil, ErrNotFound
	}
	a, err := z.client.get(ctx, zammadAPI+"/links", url.Values{"link_object": {"Ticket"}, "link_object_value": {id}})
	if err != nil {
		return nil, err
	}
	var in struct {
		Links []zammadLink `json:"links"`
	}
	err = a.into(&in)
	return in.Links, err
}

// mergedInto is the parent Zammad gives a merged ticket.
func (z *zammad) mergedInto(ctx context.Context, id string) (string, error) {
	links, err := z.links(ctx, id)
	for _, l := range links {
		if l.Type == "parent" {
			return string(l.Value), err
		}
	}
	return "", err
}

// Hint implements System: a webhook with a custom payload {"id":"#{ticket.id}"},
// signed over its body. Zammad signs with SHA-1.
func (z *zammad) Hint(h http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		if err := z.signedBody(h, body, "sha1=", sha1.New); err != nil {
			return nil, err
		}
	}
	return hintOf(body)
}
