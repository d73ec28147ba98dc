package systems

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"headstart/credentials"
)

// Znuny and OTRS, by the web service in docs/tickets/znuny-webservice.yml, which the
// administrator imports (znuny/Znuny, Kernel/GenericInterface/Operation): every route
// is a POST, so that neither the session nor what is searched for stands in a log.
// Times have no zone; they are in the one of the setting OTRSTimeZone.

var znunyCaps = Caps{Note: true, Reply: true, Parent: true, Page: true, Make: true, Find: true}

var znunyKind = kind{
	caps: znunyCaps, makes: []string{"ticket"}, secret: "basic", hosted: "https://znuny.example/znuny/nph-genericinterface.pl/Webservice/headstart",
	open: openZnuny, zone: "UTC",
	fields: []string{"location", "department", "category", "channel", "reported_at", "key", "parent", "page", "customer", "ticket_type"},
	words: words{
		statuses: map[string]string{ // by the type of a state, unless its own name is mapped
			"new": "new", "open": "open", "pending reminder": "waiting", "pending auto": "waiting", "closed": "closed", "merged": "closed", "removed": "deleted",
		},
		priorities: map[string]string{"1 very low": "P4", "2 low": "P4", "3 normal": "P3", "4 high": "P2", "5 very high": "P1"},
		channels:   map[string]string{"email": "mail", "phone": "phone", "chat": "chat", "portal": "portal", "internal": ""},
	},
}

type znuny struct {
	*opened
	password string
	rows     int
	asides   asides

	mu      sync.Mutex
	session string
	states  map[string]string // types of states by name, as tickets showed them
}

func openZnuny(o *opened) (System, error) {
	password, err := credentials.Secret("password_file", o.PasswordFile)
	if err != nil {
		return nil, err
	}
	o.client.judge = judgeService
	return &znuny{opened: o, password: password, rows: 100}, nil
}

func (z *znuny) Caps() Caps { return znunyCaps }

// Changes implements System. The search gives ids, as many as it is asked for and
// none of later pages: within one time, which is all that is paged, more is asked
// for and what was seen is passed over.
func (z *znuny) Changes(ctx context.Context, c Cursor) (Page, error) {
	search := map[string]any{"TicketLastChangeTimeNewerDate": wallSince(c.From, z.Zone), "SortBy": "Changed", "OrderBy": "Up", "Limit": c.page() * z.rows}
	if c.First {
		search["StateType"] = "Open"
	}
	if len(z.Queues) > 0 {
		search["Queues"] = z.Queues
	}
	ids, err := z.search(ctx, search)
	if err != nil {
		return Page{}, err
	}
	more := len(ids) >= c.page()*z.rows
	ids = ids[min((c.page()-1)*z.rows, len(ids)):]
	rows, err := z.tickets(ctx, ids)
	if err != nil {
		return Page{}, err
	}
	return Page{Tickets: rows, Next: c.restart(rows, more), More: more}, nil
}

func (z *znuny) search(ctx context.Context, in map[string]any) ([]string, error) {
	a, err := z.do(ctx, "TicketSearch", in)
	if err != nil {
		return nil, err
	}
	return znunyIDs(a.body)
}

// znunyIDs reads the answer to a search, which is empty where nothing is found.
func znunyIDs(body []byte) ([]string, error) {
	var in struct {
		IDs []ident `json:"TicketID"`
	}
	if err := (&answer{body: body}).into(&in); err != nil {
		return nil, err
	}
	var out []string
	for _, id := range in.IDs {
		if digits(string(id)) != string(id) || id == "" {
			return nil, fmt.Errorf("%w: an id that is no number", ErrMalformed)
		}
		out = append(out, string(id))
	}
	return out, nil
}

// znunyAtOnce is how many tickets are read in one call: their first texts come along.
const znunyAtOnce = 25

// tickets reads tickets whole, in the order of ids. One that was moved out of sight
// since the search spoils the call it is in; then each is read on its own.
func (z *znuny) tickets(ctx context.Context, ids []string) ([]Ticket, error) {
	var out []Ticket
	for part := range slices.Chunk(ids, znunyAtOnce) {
		rows, err := z.some(ctx, part)
		if errors.Is(err, ErrNotFound) && len(part) > 1 {
			rows, err = nil, nil
			for _, id := range part {
				one, missing := z.some(ctx, []string{id})
				if missing != nil && !errors.Is(missing, ErrNotFound) {
					return nil, missing
				}
				rows = append(rows, one...)
			}
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		out = append(out, rows...)
	}
	inOrder(out)
	return out, nil
}

func (z *znuny) some(ctx context.Context, ids []string) ([]Ticket, error) {
	raw, err := z.get(ctx, ids, map[string]any{"AllArticles": 1, "ArticleLimit": 1})
	if err != nil {
		return nil, err
	}
	var out []Ticket
	for i := range raw {
		t, err := z.ticket(&raw[i])
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, z.complete(ctx, out)
}

// get reads what Znuny knows of tickets, dynamic fields and the first answer
// among it.
func (z *znuny) get(ctx context.Context, ids []string, more map[string]any) ([]znunyTicket, error) {
	in := map[string]any{"TicketID": strings.Join(ids, ","), "DynamicFields": 1, "Extended": 1, "Attachments": 0}
	maps.Copy(in, more)
	a, err := z.do(ctx, "TicketGet", in)
	if err != nil {
		return nil, err
	}
	return znunyTickets(a.body)
}

// complete reads the histories of tickets that somebody did something with, and of
// those that have our reply for a first answer the next one.
func (z *znuny) complete(ctx context.Context, rows []Ticket) error {
	var ids []string
	for i := range rows {
		if rows[i].Status != "new" {
			ids = append(ids, rows[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	a, err := z.do(ctx, "TicketHistoryGet", map[string]any{"TicketID": strings.Join(ids, ",")})
	if err != nil {
		return err
	}
	histories, err := znunyHistories(a.body)
	if err != nil {
		return err
	}
	for i := range rows {
		z.history(&rows[i], histories[rows[i].ID])
		if z.Write.PublicReply == "" || rows[i].FirstResponse.IsZero() || z.asides.fill(&rows[i]) {
			continue
		}
		if err := z.firstAnswer(ctx, &rows[i]); err != nil {
			return err
		}
		z.asides.keep(&rows[i])
	}
	return nil
}

// firstAnswer looks for the first answer of a person: to Znuny our reply is one.
func (z *znuny) firstAnswer(ctx context.Context, t *Ticket) error {
	raw, err := z.get(ctx, []string{t.ID}, map[string]any{"AllArticles": 1, "ArticleLimit": 20, "ArticleSenderType": []string{"agent"}})
	if err != nil || len(raw) != 1 {
		return err
	}
	t.FirstResponse = time.Time{}
	for _, a := range raw[0].Articles {
		if a.Visible == "1" && !marked(a.Body) {
			t.FirstResponse = moment(a.Created, z.Zone)
			return nil
		}
	}
	return nil
}

// Get implements System.
func (z *znuny) Get(ctx context.Context, id string) (Ticket, error) {
	if digits(id) != id || id == "" {
		return Ticket{}, ErrNotFound
	}
	rows, err := z.some(ctx, []string{id})
	if err != nil {
		return Ticket{}, err
	}
	if len(rows) != 1 || rows[0].ID != id {
		return Ticket{}, fmt.Errorf("%w: not the ticket asked for", ErrMalformed)
	}
	return rows[0], nil
}

// Hint implements System: an invoker posts {"TicketID":"12"}, or {"id":"12"} by a
// mapping of its own, with the secret in a header. Znuny does not sign.
func (z *znuny) Hint(h http.Header, body []byte, _ time.Time, known bool) ([]string, error) {
	if !known {
		if err := z.shownSecret(h); err != nil {
			return nil, err
		}
	}
	var in struct {
		ID     ident `json:"id"`
		Ticket ident `json:"TicketID"`
	}
	if err := (&answer{body: body}).into(&in); err != nil {
		return nil, err
	}
	if in.ID == "" {
		in.ID = in.Ticket
	}
	return goodIDs(string(in.ID))
}
