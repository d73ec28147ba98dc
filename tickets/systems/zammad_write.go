package systems

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// numbersKept reads JSON whose numbers keep all their digits.
func numbersKept(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%w: %s", ErrMalformed, unquoted(err))
	}
	return nil
}

// digitsOf is an id that was read with numbersKept.
func digitsOf(v any) string {
	switch x := v.(type) {
	case json.Number:
		if s := x.String(); digits(s) == s {
			return s
		}
	case string:
		if digits(x) == x {
			return x
		}
	}
	return ""
}

// Noted implements Writer.
func (z *zammad) Noted(ctx context.Context, id, mark string) (bool, error) {
	list, err := z.articles(ctx, id)
	return slices.ContainsFunc(list, func(a zammadArticle) bool { return strings.Contains(a.Body, bracketed(mark)) }), err
}

// Note implements Writer. An article of type email would need the customer's
// address, which we never ask for: a public note stands in the portal, and a
// trigger of Zammad's mails it.
func (z *zammad) Note(ctx context.Context, id string, n Note) error {
	if digits(id) != id || id == "" {
		return ErrNotFound
	}
	in := map[string]any{
		"ticket_id": number(id), "subject": cut(n.Title, 120), "body": n.Text + "\n\n" + bracketed(n.Mark), "content_type": "text/plain", "type": "note", "internal": !n.Public,
	}
	_, err := z.client.send(ctx, http.MethodPost, zammadAPI+"/ticket_articles", in, nil)
	return err
}

// Linked implements Writer.
func (z *zammad) Linked(ctx context.Context, id string, to Target) (bool, error) {
	links, err := z.links(ctx, id)
	return to.Ticket != "" && slices.Contains(links, zammadLink{"parent", ident(to.Ticket)}), err
}

// Link implements Writer. Of the two, one is named by its number and the other by
// its id (zammad/zammad-api-client-php, issue 39).
func (z *zammad) Link(ctx context.Context, id string, to Target) error {
	parent, err := z.fetch(ctx, to.Ticket)
	if err != nil {
		return err
	}
	in := map[string]any{
		"link_type": "parent", "link_object_source": "Ticket", "link_object_source_number": say(parent["number"]),
		"link_object_target": "Ticket", "link_object_target_value": number(id),
	}
	_, err = z.client.send(ctx, http.MethodPost, zammadAPI+"/links/add", in, nil)
	return err
}

// Unlink implements Writer.
func (z *zammad) Unlink(ctx context.Context, id string, to Target) error {
	in := map[string]any{
		"link_type": "parent", "link_object_source": "Ticket", "link_object_source_value": number(to.Ticket),
		"link_object_target": "Ticket", "link_object_target_value": number(id),
	}
	_, err := z.client.send(ctx, http.MethodDelete, zammadAPI+"/links/remove", in, nil)
	return err
}

// Made implements Writer. The newest are listed rather than searched for: the
// list is not of the index, which lags.
func (z *zammad) Made(ctx context.Context, _, mark string) (string, error) {
	q := url.Values{"expand": {"true"}, "sort_by": {"created_at"}, "order_by": {"desc"}, "per_page": {"100"}, "page": {"1"}}
	a, err := z.client.get(ctx, zammadAPI+"/tickets", q)
	if err != nil {
		return "", err
	}
	var list []map[string]any
	if err := numbersKept(a.body, &list); err != nil {
		return "", err
	}
	for _, in := range list {
		if strings.Contains(say(in["note"]), bracketed(mark)) {
			return digitsOf(in["id"]), nil
		}
	}
	return "", nil
}

// Make implements Writer: a ticket whose customer is our own user, and whose note
// holds the mark.
func (z *zammad) Make(ctx context.Context, d Draft) (string, error) {
	me, err := z.me(ctx)
	if err != nil {
		return "", err
	}
	in := map[string]any{
		"title": cut(d.Title, 200), "group": z.CreateIn, "customer_id": number(me), "note": bracketed(d.Mark),
		"article": map[string]any{"subject": cut(d.Title, 120), "body": d.Text, "content_type": "text/plain", "type": "note", "internal": true},
	}
	var made map[string]any
	a, err := z.client.send(ctx, http.MethodPost, zammadAPI+"/tickets", in, nil)
	if err == nil {
		err = numbersKept(a.body, &made)
	}
	return digitsOf(made["id"]), err
}

// me is the id of our own user.
func (z *zammad) me(ctx context.Context) (string, error) {
	a, err := z.client.get(ctx, zammadAPI+"/users/me", nil)
	if err != nil {
		return "", err
	}
	var in map[string]any
	if err := numbersKept(a.body, &in); err != nil {
		return "", err
	}
	id := digitsOf(in["id"])
	if id == "" {
		return "", fmt.Errorf("%w: no id of our own user", ErrMalformed)
	}
	return id, nil
}

// Check implements System.
func (z *zammad) Check(ctx context.Context) (Report, error) {
	var rep Report
	a, err := z.client.get(ctx, zammadAPI+"/users/me", nil)
	if err != nil {
		return rep, err
	}
	rep.Skew = a.skew(time.Now())
	if _, err := z.me(ctx); err != nil {
		return rep, err
	}
	rep.Expires = z.expires(ctx)
	rows, err := z.search(ctx, "id:*", "desc", 1, 1)
	if errors.Is(err, ErrRefused) {
		rep.lack("the search does not answer; Zammad needs Elasticsearch for it")
		return rep, nil
	}
	if err != nil {
		return rep, err
	}
	if len(rows) == 0 {
		rep.lack("no ticket can be seen; give the user ticket.agent and read on the groups to be read, and see that the search index is built")
		return rep, nil
	}
	after := rows[0].Updated.Add(time.Second).Format(time.RFC3339)
	later, err := z.search(ctx, "updated_at:["+after+" TO *]", "asc", 1, 1)
	if err == nil && len(later) > 0 && !later[0].Updated.After(rows[0].Updated) {
		rep.lack("times of queries are not honoured, so all tickets would be read each time; rebuild the search index")
	}
	if z.Write.Makes() != "" && z.CreateIn == "" {
		rep.lack("no group is named to make tickets in; set create_in")
	}
	return rep, err
}

// expires is when our token ends: of the user's tokens that is the one used last.
// Without the permission user_preferences.access_token it is not known.
func (z *zammad) expires(ctx context.Context) time.Time {
	var in struct {
		Tokens []struct {
			Used string `json:"last_used_at"`
			Ends string `json:"expires_at"`
		} `json:"tokens"`
	}
	if err := z.client.read(ctx, zammadAPI+"/user_access_token", nil, &in); err != nil {
		return time.Time{}
	}
	var tokens []token
	for _, t := range in.Tokens {
		tokens = append(tokens, token{t.Used, t.Ends})
	}
	return usedLast(tokens)
}
