package systems

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Noted implements Writer: what was written is found by the mark in its text.
func (g *glpi) Noted(ctx context.Context, id, mark string) (bool, error) {
	if digits(id) != id || id == "" {
		return false, ErrNotFound
	}
	said, err := g.items(ctx, "Ticket/"+id+"/ITILFollowup", nil)
	return slices.ContainsFunc(said, func(f map[string]any) bool { return strings.Contains(firstText(f["content"]), bracketed(mark)) }), err
}

// Note implements Writer. A public follow-up is mailed to the requester by GLPI's
// own notifications. What a program writes is no work of the desk: unless GLPI is
// told, a note ends the time to own, and opens a ticket again that is solved
// (ITILFollowup and ParentStatus in glpi-project/glpi).
func (g *glpi) Note(ctx context.Context, id string, n Note) error {
	if digits(id) != id || id == "" {
		return ErrNotFound
	}
	private := 1
	if n.Public {
		private = 0
	}
	_, err := g.add(ctx, "ITILFollowup", map[string]any{
		"itemtype": "Ticket", "items_id": number(id), "content": asHTML(n.Text + "\n\n" + bracketed(n.Mark)), "is_private": private,
		"_do_not_compute_takeintoaccount": 1, "_no_reopen": 1,
	})
	return err
}

// add makes an item and returns its id.
func (g *glpi) add(ctx context.Context, kind string, fields map[string]any) (string, error) {
	a, err := g.do(ctx, call{method: http.MethodPost, path: glpiAPI + kind, in: map[string]any{"input": fields}})
	if err != nil {
		return "", err
	}
	var made struct {
		ID ident `json:"id"`
	}
	err = a.into(&made)
	return digits(string(made.ID)), err
}

// glpiSon is the kind of link that hangs the first ticket under the second.
const glpiSon = "3"

// link returns the type of the relation of ticket id to target, and its id, empty
// if there is none.
func (g *glpi) link(ctx context.Context, id, target string) (kind, link string, err error) {
	if digits(id) != id || id == "" || digits(target) != target || target == "" {
		return "", "", ErrNotFound
	}
	kind, wanted := "Ticket_Ticket", map[string]string{"tickets_id_1": id, "tickets_id_2": target, "link": glpiSon}
	path, q := kind, url.Values{"searchText[tickets_id_1]": {"^" + id + "$"}, "searchText[tickets_id_2]": {"^" + target + "$"}}
	if g.Write.Makes() == "problem" {
		kind, wanted = "Problem_Ticket", map[string]string{"tickets_id": id, "problems_id": target}
		path, q = "Ticket/"+id+"/"+kind, nil
	}
	rows, err := g.items(ctx, path, q)
	if err != nil {
		return kind, "", err
	}
	for _, row := range rows {
		fits := true
		for key, v := range wanted {
			fits = fits && digitsOf(row[key]) == v
		}
		if fits {
			return kind, digitsOf(row["id"]), nil
		}
	}
	return kind, "", nil
}

// Linked implements Writer.
func (g *glpi) Linked(ctx context.Context, id string, to Target) (bool, error) {
	_, link, err := g.link(ctx, id, to.Ticket)
	return link != "", err
}

// Link implements Writer. Nobody is mailed about it: by default GLPI tells requesters
// of every change.
func (g *glpi) Link(ctx context.Context, id string, to Target) error {
	kind, fields := "Ticket_Ticket", map[string]any{"tickets_id_1": number(id), "tickets_id_2": number(to.Ticket), "link": number(glpiSon)}
	if g.Write.Makes() == "problem" {
		kind, fields = "Problem_Ticket", map[string]any{"tickets_id": number(id), "problems_id": number(to.Ticket)}
	}
	fields["_disablenotif"] = true
	_, err := g.add(ctx, kind, fields)
	return err
}

// Unlink implements Writer.
func (g *glpi) Unlink(ctx context.Context, id string, to Target) error {
	kind, link, err := g.link(ctx, id, to.Ticket)
	if err != nil || link == "" {
		return err
	}
	_, err = g.do(ctx, call{method: http.MethodDelete, path: glpiAPI + kind, in: map[string]any{"input": map[string]any{"id": number(link), "_disablenotif": true}, "force_purge": true}})
	return err
}

// glpiKinds are the types of item by what is made.
var glpiKinds = map[string]string{"ticket": "Ticket", "problem": "Problem"}

// Made implements Writer: the mark stands in the text of what we made.
func (g *glpi) Made(ctx context.Context, kind, mark string) (string, error) {
	item := glpiKinds[kind]
	columns, err := g.columns(ctx, item)
	if err != nil {
		return "", err
	}
	s := glpiSearch{criteria: []glpiCriterion{{field: columns["content"], kind: "contains", value: bracketed(mark)}}, rows: 10}
	a, err := g.get(ctx, "search/"+item, s.query(columns))
	if err != nil {
		return "", err
	}
	rows, _, err := glpiRows(a.body)
	for _, row := range rows {
		if strings.Contains(firstText(row[columns["content"]]), bracketed(mark)) {
			return digits(firstText(row[columns["id"]])), err
		}
	}
	return "", err
}

// glpiWeight is impact and urgency, of which GLPI makes the priority.
var glpiWeight = map[string]int{"P1": 5, "P2": 4, "P3": 3, "P4": 2}

// Make implements Writer.
func (g *glpi) Make(ctx context.Context, d Draft) (string, error) {
	in := map[string]any{"name": cut(d.Title, 200), "content": asHTML(d.Text + "\n\n" + bracketed(d.Mark))}
	if w := glpiWeight[d.Priority]; w > 0 {
		in["urgency"], in["impact"] = w, w
	}
	if d.Kind == "ticket" {
		in["type"] = 1 // an incident, no request
	}
	if g.CreateIn != "" {
		ids, err := g.entities(ctx)
		if err != nil {
			return "", err
		}
		id, ok := ids[g.CreateIn]
		if !ok {
			return "", fmt.Errorf("%w: the entity of create_in cannot be seen", ErrRefused)
		}
		in["entities_id"] = number(id)
	}
	return g.add(ctx, glpiKinds[d.Kind], in)
}
