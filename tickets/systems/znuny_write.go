package systems

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostArticles is how many of a ticket's latest articles are looked through.
const mostArticles = 200

// Noted implements Writer: what was written is found by the mark in its text. The
// search would do only with an index of texts.
func (z *znuny) Noted(ctx context.Context, id, mark string) (bool, error) {
	if digits(id) != id || id == "" {
		return false, ErrNotFound
	}
	raw, err := z.get(ctx, []string{id}, map[string]any{"AllArticles": 1, "ArticleOrder": "DESC", "ArticleLimit": mostArticles, "ArticleSenderType": []string{"agent"}})
	if err != nil {
		return false, err
	}
	for i := range raw {
		if slices.ContainsFunc(raw[i].Articles, func(a znunyArticle) bool { return strings.Contains(a.Body, bracketed(mark)) }) {
			return true, nil
		}
	}
	return false, nil
}

// Note implements Writer. To send a mail Znuny would have to be told an address,
// which we never ask for: what is public stands in the portal, and a ticket
// notification of Znuny's mails it.
func (z *znuny) Note(ctx context.Context, id string, n Note) error {
	visible := 0
	if n.Public {
		visible = 1
	}
	return z.update(ctx, id, map[string]any{"Article": znunyText(n.Title, n.Text, n.Mark, visible)})
}

// znunyText is an article of ours.
func znunyText(title, text, mark string, visible int) map[string]any {
	return map[string]any{
		"CommunicationChannel": "Internal", "IsVisibleForCustomer": visible, "SenderType": "agent", "ContentType": "text/plain; charset=utf-8",
		"Subject": cmp.Or(cut(title, 120), "headstart"), "Body": text + "\n\n" + bracketed(mark),
	}
}

func (z *znuny) update(ctx context.Context, id string, in map[string]any) error {
	if digits(id) != id || id == "" {
		return ErrNotFound
	}
	in["TicketID"] = id
	_, err := z.do(ctx, "TicketUpdate", in)
	return err
}

// relation is the dynamic field that holds to, and what it holds: the service has
// no links between tickets.
func (z *znuny) relation(to Target) (name, value string) {
	if to.Ticket != "" {
		return z.Settings.field("parent", znunyParent), to.Ticket
	}
	return z.Settings.field("page", znunyPage), to.Page
}

// related is what the field of to holds now.
func (z *znuny) related(ctx context.Context, id string, to Target) (string, error) {
	if digits(id) != id || id == "" {
		return "", ErrNotFound
	}
	raw, err := z.get(ctx, []string{id}, nil)
	if err != nil || len(raw) != 1 {
		return "", err
	}
	name, _ := z.relation(to)
	have, _ := raw[0].field(name)
	return have, nil
}

// Linked implements Writer.
func (z *znuny) Linked(ctx context.Context, id string, to Target) (bool, error) {
	have, err := z.related(ctx, id, to)
	_, want := z.relation(to)
	return have == want, err
}

// Link implements Writer. What a person wrote into the field stays.
func (z *znuny) Link(ctx context.Context, id string, to Target) error {
	name, value := z.relation(to)
	have, err := z.related(ctx, id, to)
	if err != nil {
		return err
	}
	if have != "" && have != value {
		return fmt.Errorf("%w: the dynamic field %s has another value already", ErrRefused, name)
	}
	return z.update(ctx, id, map[string]any{"DynamicField": []map[string]string{{"Name": name, "Value": value}}})
}

// Unlink implements Writer.
func (z *znuny) Unlink(ctx context.Context, id string, to Target) error {
	name, _ := z.relation(to)
	return z.update(ctx, id, map[string]any{"DynamicField": []map[string]string{{"Name": name, "Value": ""}}})
}

// Made implements Writer.
func (z *znuny) Made(ctx context.Context, _, mark string) (string, error) {
	ids, err := z.search(ctx, map[string]any{"DynamicField_" + z.Settings.field("key", znunyKey): map[string]string{"Equals": mark}, "Limit": 10})
	if err != nil || len(ids) == 0 {
		return "", err
	}
	raw, err := z.get(ctx, ids[:1], nil) // a field that Znuny does not know is no condition at all
	if err != nil || len(raw) != 1 {
		return "", err
	}
	if key, _ := raw[0].field(z.Settings.field("key", znunyKey)); key != mark {
		return "", nil
	}
	return ids[0], nil
}

// Make implements Writer.
func (z *znuny) Make(ctx context.Context, d Draft) (string, error) {
	ticket := map[string]any{
		"Title": cut(d.Title, 200), "Queue": z.CreateIn, "State": "open", "Priority": z.priority(d.Priority), "CustomerUser": z.Settings.field("customer", ""),
	}
	if kind := z.Settings.field("ticket_type", ""); kind != "" {
		ticket["Type"] = kind
	}
	a, err := z.do(ctx, "TicketCreate", map[string]any{
		"Ticket": ticket, "Article": znunyText(d.Title, d.Text, d.Mark, 0),
		"DynamicField": []map[string]string{{"Name": z.Settings.field("key", znunyKey), "Value": d.Mark}},
	})
	if err != nil {
		return "", err
	}
	var made struct {
		ID ident `json:"TicketID"`
	}
	err = a.into(&made)
	return digits(string(made.ID)), err
}

// priority is Znuny's word for ours, the operator's own before those it comes with.
func (z *znuny) priority(ours string) string {
	for _, m := range []map[string]string{z.Priorities, znunyKind.words.priorities} {
		for _, native := range slices.Backward(slices.Sorted(maps.Keys(m))) {
			if m[native] == ours {
				return native
			}
		}
	}
	return "3 normal"
}
