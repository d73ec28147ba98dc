package systems

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Noted implements Writer. The mark stands in the subject of what we write, which
// RT keeps as the Data of a transaction, the one text it can search without an index.
func (r *rt) Noted(ctx context.Context, id, mark string) (bool, error) {
	q := url.Values{
		"query":    {"TicketId = " + digits(id) + " AND Data LIKE '" + rtQuote(mark) + "'"},
		"fields":   {"Type,Data"},
		"per_page": {"100"},
	}
	var list struct {
		Items []struct {
			Data  string
			Type  string `json:"Type"`
			Lower string `json:"type"`
		} `json:"items"`
	}
	if err := r.client.read(ctx, rtAPI+"/transactions", q, &list); err != nil {
		return false, err
	}
	for _, i := range list.Items {
		if (i.Type == "Comment" || i.Type == "Correspond") && strings.Contains(i.Data, bracketed(mark)) {
			return true, nil
		}
	}
	return false, nil
}

// Note implements Writer.
func (r *rt) Note(ctx context.Context, id string, n Note) error {
	verb := "comment"
	if n.Public {
		verb = "correspond"
	}
	in := map[string]string{"Subject": cut(n.Title, 120) + " " + bracketed(n.Mark), "Content": n.Text, "ContentType": "text/plain"}
	_, err := r.client.send(ctx, http.MethodPost, rtAPI+"/ticket/"+digits(id)+"/"+verb, in, nil)
	return err
}

// Linked implements Writer.
func (r *rt) Linked(ctx context.Context, id string, to Target) (bool, error) {
	_, links, err := r.fetch(ctx, id)
	if err != nil {
		return false, err
	}
	for _, l := range links {
		if to.Ticket != "" && l.Ref == "parent" && string(l.ID) == to.Ticket || to.Ticket == "" && l.Ref == "refers-to" && l.URL == to.Page {
			return true, nil
		}
	}
	return false, nil
}

// Link implements Writer.
func (r *rt) Link(ctx context.Context, id string, to Target) error {
	return r.relate(ctx, id, "Add", to)
}

// Unlink implements Writer.
func (r *rt) Unlink(ctx context.Context, id string, to Target) error {
	return r.relate(ctx, id, "Delete", to)
}

// relate changes a link. A refusal comes with status 200, as a sentence.
func (r *rt) relate(ctx context.Context, id, verb string, to Target) error {
	key, value := verb+"RefersTo", to.Page
	if to.Ticket != "" {
		key, value = verb+"Parent", digits(to.Ticket)
	}
	var said []string
	if _, err := r.client.send(ctx, http.MethodPut, rtAPI+"/ticket/"+digits(id), map[string][]string{key: {value}}, &said); err != nil {
		return err
	}
	for _, s := range said {
		if strings.Contains(s, "Permission Denied") {
			return ErrForbidden
		}
	}
	return nil
}

// Made implements Writer.
func (r *rt) Made(ctx context.Context, _, mark string) (string, error) {
	q := url.Values{"query": {"'CF.{" + rtQuote(r.field("key", "HeadstartID")) + "}' = '" + rtQuote(mark) + "'"}, "fields": {"Created,LastUpdated"}}
	a, err := r.client.get(ctx, rtAPI+"/tickets", q)
	if err != nil {
		return "", err
	}
	rows, _, err := r.decodeList(a.body)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].ID, nil
}

// Make implements Writer.
func (r *rt) Make(ctx context.Context, d Draft) (string, error) {
	in := map[string]any{
		"Queue": r.CreateIn, "Subject": cut(d.Title, 200), "Content": d.Text, "ContentType": "text/plain",
		"CustomFields": map[string]string{r.field("key", "HeadstartID"): d.Mark},
	}
	var made struct {
		ID ident `json:"id"`
	}
	_, err := r.client.send(ctx, http.MethodPost, rtAPI+"/ticket", in, &made)
	return string(made.ID), err
}
