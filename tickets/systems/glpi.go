package systems

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"headstart/credentials"
)

// GLPI (glpi-project/glpi, apirest.md): the API behind apirest.php, which versions
// 9.5, 10 and 11 answer alike. Its search knows columns by number only, its times
// have no zone, and whoever asks does so in a session.

var glpiCaps = Caps{Note: true, Reply: true, Parent: true, Make: true, Problem: true, Find: true, Signed: true, Deleted: true}

var glpiKind = kind{
	caps: glpiCaps, makes: []string{"ticket", "problem"}, secret: "token", hosted: "https://glpi.example", open: openGLPI, app: true,
	fields: []string{"location", "department", "category", "channel", "reported_at"},
	words: words{
		statuses:   map[string]string{"1": "new", "2": "open", "3": "open", "4": "waiting", "5": "resolved", "6": "closed"},
		priorities: map[string]string{"1": "P4", "2": "P4", "3": "P3", "4": "P2", "5": "P1", "6": "P1"},
		channels: map[string]string{
			"helpdesk": "portal", "formcreator": "portal", "e-mail": "mail", "email": "mail", "e-mails": "mail", "phone": "phone", "telefoon": "phone",
			"direct": "walk_in", "written": "", "schriftelijk": "",
		},
	},
}

type glpi struct {
	*opened
	app  string // App-Token, empty: none
	rows int

	asides asides

	mu      sync.Mutex
	session string
	learned map[string]glpiColumns // by type of item, within a session
	named   map[string]string      // id of an entity by its name, within a session
}

func openGLPI(o *opened) (System, error) {
	g := &glpi{opened: o, rows: 100}
	if o.AppTokenFile != "" {
		var err error
		if g.app, err = credentials.Secret("app_token_file", o.AppTokenFile); err != nil {
			return nil, err
		}
	}
	o.client.judge = judgeGLPI
	return g, nil
}

func (g *glpi) Caps() Caps { return glpiCaps }

// Changes implements System. GLPI can say "later than" and sort by one column, so
// the next page begins at the time of the last row. What was put into the bin it
// lists apart, and is asked for with the last page.
func (g *glpi) Changes(ctx context.Context, c Cursor) (Page, error) {
	columns, err := g.columns(ctx, "Ticket")
	if err != nil {
		return Page{}, err
	}
	criteria := []glpiCriterion{changedSince(columns, c.From, g.Zone)}
	if c.First {
		criteria = append(criteria, glpiCriterion{field: columns["status"], kind: "equals", value: "notold"}) // neither solved nor closed
	}
	mine, err := g.inQueues(ctx, columns)
	if err != nil {
		return Page{}, err
	}
	criteria = append(criteria, mine...)
	rows, more, err := g.list(ctx, columns, glpiSearch{criteria: criteria, first: (c.page() - 1) * g.rows, rows: g.rows})
	if err != nil {
		return Page{}, err
	}
	next := c.restart(rows, more)
	rows = slices.DeleteFunc(rows, func(t Ticket) bool { return c.First && done(t.Status) })
	for i := range rows {
		if err := g.complete(ctx, &rows[i]); err != nil {
			return Page{}, err
		}
	}
	if !more && !c.First {
		gone, err := g.binned(ctx, columns, c, mine)
		if err != nil {
			return Page{}, err
		}
		rows = append(rows, gone...)
	}
	return Page{Tickets: rows, Next: next, More: more}, nil
}

// binned are the tickets put into the bin since the last walk; merging puts them
// there as well.
func (g *glpi) binned(ctx context.Context, columns glpiColumns, c Cursor, mine []glpiCriterion) ([]Ticket, error) {
	from := c.Since.Add(-binOverlap)
	criteria := append([]glpiCriterion{changedSince(columns, from, g.Zone)}, mine...)
	rows, _, err := g.list(ctx, columns, glpiSearch{criteria: criteria, rows: g.rows, binned: true})
	for i := range rows {
		rows[i].Status = "deleted"
		if err == nil {
			err = g.mergedInto(ctx, &rows[i])
		}
	}
	return rows, err
}

// binOverlap is how far back the bin is looked through each time.
const binOverlap = 10 * time.Minute

// inQueues keeps to the entities of queues, asking for no others: what is not asked
// for cannot leak.
func (g *glpi) inQueues(ctx context.Context, columns glpiColumns) ([]glpiCriterion, error) {
	if len(g.Queues) == 0 {
		return nil, nil
	}
	ids, err := g.entities(ctx)
	if err != nil {
		return nil, err
	}
	var any []glpiCriterion
	for _, q := range g.Queues {
		if id, ok := ids[q]; ok {
			any = append(any, glpiCriterion{link: "OR", field: columns["entity"], kind: "equals", value: id})
		}
	}
	if len(any) == 0 {
		return nil, fmt.Errorf("%w: none of the entities in queues can be seen; give the user a profile on them, or correct queues", ErrRefused)
	}
	return []glpiCriterion{{among: any}}, nil
}

// Get implements System.
func (g *glpi) Get(ctx context.Context, id string) (Ticket, error) {
	if digits(id) != id || id == "" {
		return Ticket{}, ErrNotFound
	}
	columns, err := g.columns(ctx, "Ticket")
	if err != nil {
		return Ticket{}, err
	}
	for _, bin := range []bool{false, true} {
		s := glpiSearch{criteria: []glpiCriterion{{field: columns["id"], kind: "equals", value: id}}, rows: 2, binned: bin}
		rows, _, err := g.list(ctx, columns, s)
		if err != nil {
			return Ticket{}, err
		}
		for _, t := range rows {
			if t.ID != id {
				continue
			}
			if bin {
				t.Status = "deleted"
				err = g.mergedInto(ctx, &t)
			} else {
				err = g.complete(ctx, &t)
			}
			return t, err
		}
	}
	return Ticket{}, ErrNotFound
}

// complete reads the conversation of a ticket that somebody did something with.
func (g *glpi) complete(ctx context.Context, t *Ticket) error {
	if t.Status == "new" || g.asides.fill(t) {
		return nil
	}
	said, err := g.items(ctx, "Ticket/"+t.ID+"/ITILFollowup", nil)
	if err != nil {
		return err
	}
	solved, err := g.items(ctx, "Ticket/"+t.ID+"/ITILSolution", nil)
	if err != nil {
		return err
	}
	g.conversation(t, said, solved)
	g.asides.keep(t)
	return nil
}

// mergedInto finds the ticket t went into: what t held became a follow-up there,
// which names t as its source. Follow-ups of t copied elsewhere do so as well, onto
// tickets that lie in the bin too.
func (g *glpi) mergedInto(ctx context.Context, t *Ticket) error {
	copies, err := g.items(ctx, "ITILFollowup", url.Values{"searchText[sourceitems_id]": {"^" + t.ID + "$"}})
	if errors.Is(err, ErrForbidden) {
		return nil // it stays deleted
	}
	for _, c := range copies {
		target := digitsOf(c["items_id"])
		if say(c["itemtype"]) != "Ticket" || digitsOf(c["sourceitems_id"]) != t.ID || target == "" || target == t.ID {
			continue
		}
		var into map[string]any
		if into, err = g.item(ctx, "Ticket", target); err == nil && digitsOf(into["is_deleted"]) == "0" {
			t.Merged = target
			return nil
		}
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) {
		return nil
	}
	return err
}

// Headers of the webhooks of GLPI 11.
const (
	glpiSignature = "X-Glpi-Signature"
	glpiStamp     = "X-Glpi-Timestamp"
)

// Hint implements System: a webhook of GLPI 11 with the payload {"id":"{{ item.id }}"},
// signed with SHA-256 over the body and the time in seconds after it.
func (g *glpi) Hint(h http.Header, body []byte, now time.Time, known bool) ([]string, error) {
	if known {
		return hintOf(body)
	}
	stamp := h.Get(glpiStamp)
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(at, 0)).Abs() > hookWindow {
		return nil, fmt.Errorf("%w: %s is missing, or more than 5 minutes from our time", ErrHook, glpiStamp)
	}
	mac := hmac.New(sha256.New, g.hook)
	mac.Write(body)
	mac.Write([]byte(stamp))
	if err := g.compare(h.Get(glpiSignature), "", mac); err != nil {
		return nil, err
	}
	return hintOf(body)
}
