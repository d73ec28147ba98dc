package systems

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"headstart/tickets/systems/letters"
)

// A mailbox is a ticket system of conversations: a mail is a ticket, and what
// answers it belongs to it. Its folders are the statuses. Mails are only read:
// nothing is marked as seen, moved or deleted.

// Bounds of what is looked at. A mail older than keepMails is not looked at any
// more: its title is not kept longer either.
const (
	keepMails = 31 * 24 * time.Hour
	mostMails = 10_000 // of a folder, the newest
	mailRows  = 50     // of a page

	mailPatience = 5 * time.Minute // with a page; the first reads a month of headers
	mostDelay    = 24 * time.Hour  // between writing and arriving; beyond it the sender's clock is wrong
)

// mailServer is where the box stands. It is asked by one caller at a time.
type mailServer interface {
	// news returns the mails of folder that came since since, of which it has not told
	// yet, and says which of those told are gone. anew: it begins again, and what it
	// does not tell of now is gone.
	news(ctx context.Context, folder string, since time.Time) (list []arrival, gone map[string]bool, anew bool, err error)

	// gone says which of these mails are there no more, if it can; news told of the rest.
	gone(ctx context.Context, mails []*mail) (map[*mail]bool, error)

	// read returns title and text, or ErrNotFound.
	read(ctx context.Context, m *mail) (title, body string, err error)

	// marks are how far each folder is known; later reports whether a mail came after one.
	marks() map[string]string
	later(mark string, m *mail) bool

	check(ctx context.Context, rep *Report) error

	// rest is told after each call: a connection need not be held for long.
	rest()
}

// mailbox is the part that all kinds of server share.
type mailbox struct {
	*opened
	server  mailServer
	address string
	trust   letters.Trust
	epoch   string // of this process: numbers of mails mean nothing to another
	rows    int

	mu    sync.Mutex
	read  *conversations
	texts texts
}

func newMailbox(o *opened, address string, exchange bool) *mailbox {
	domains := slices.Clone(o.Domains)
	for i := range domains {
		domains[i] = strings.ToLower(domains[i])
	}
	return &mailbox{
		opened: o, address: strings.ToLower(address), rows: mailRows, epoch: strconv.FormatInt(time.Now().UnixNano(), 36), read: newConversations(),
		trust: letters.Trust{Domains: domains, Server: o.AuthservID, Exchange: exchange},
	}
}

// folders are those read.
func (m *mailbox) folders() []string {
	if len(m.Queues) == 0 {
		return []string{"INBOX"}
	}
	return m.Queues
}

// mailPlaces is what a mailbox writes into Cursor.Places.
type mailPlaces struct {
	Epoch   string            `json:"epoch"`
	N       uint64            `json:"n"`                 // mails up to this number were told
	Folders map[string]string `json:"folders,omitempty"` // for another process: marks of the server

	Walk  string            `json:"walk,omitempty"`  // within a walk: the process it began in
	At    uint64            `json:"at,omitempty"`    // how far it is
	Until uint64            `json:"until,omitempty"` // where it ends
	Next  map[string]string `json:"next,omitempty"`  // and the marks then
}

// Changes implements System. A walk begins with a look for new mails; its pages
// are conversations that new mails belong to.
func (m *mailbox) Changes(ctx context.Context, c Cursor) (Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	defer m.server.rest()
	var at mailPlaces
	_ = json.Unmarshal([]byte(c.Places), &at) // of another system or version: the time decides
	if at.Walk != m.epoch {
		if err := m.refresh(ctx); err != nil {
			return Page{}, err
		}
		at.Walk, at.At, at.Until, at.Next = m.epoch, 0, m.read.n, m.server.marks()
	}
	news := m.read.since(func(x *mail) bool {
		switch {
		case x.n <= at.At || x.n > at.Until:
			return false
		case at.Epoch == m.epoch:
			return x.n > at.N
		}
		return !x.received.Before(c.From) || !x.changed.Before(c.From) || !c.First && m.server.later(at.Folders[x.folder], x)
	})
	page := news[:min(m.rows, len(news))]
	more := len(page) < len(news)
	rows, err := m.tickets(ctx, page, news[len(page):])
	if err != nil {
		return Page{}, err
	}
	next := c.seen(rows)
	if more {
		at.At = page[len(page)-1].n
	} else {
		next, at = next.end(), mailPlaces{Epoch: m.epoch, N: at.Until, Folders: at.Next}
	}
	places, err := json.Marshal(at)
	next.Places = string(places)
	return Page{Tickets: rows, Next: next, More: more}, err
}

// tickets are the conversations of mails, each once, and not those that a later
// page has again.
func (m *mailbox) tickets(ctx context.Context, page, later []*mail) ([]Ticket, error) {
	skip := map[string]bool{}
	for _, x := range later {
		skip[x.ticket] = true
	}
	var out []Ticket
	for _, x := range page {
		if skip[x.ticket] {
			continue
		}
		skip[x.ticket] = true
		t, err := m.ticket(ctx, x.ticket)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// refresh learns of new mails in all folders. What was learned before an error is
// kept: the server tells it once.
func (m *mailbox) refresh(ctx context.Context) error {
	since := time.Now().Add(-keepMails)
	m.read.remove(func(x *mail) bool { return x.received.Before(since) })
	var all []arrival
	defer func() { m.read.add(all) }()
	for _, folder := range m.folders() {
		list, gone, anew, err := m.server.news(ctx, folder, since)
		if err != nil {
			return err
		}
		listed := map[string]bool{}
		for i := range list {
			listed[list[i].place] = anew
		}
		if anew || len(gone) > 0 {
			m.read.remove(func(x *mail) bool { return x.folder == folder && (gone[x.place] || anew && !listed[x.place]) })
		}
		all = append(all, list...)
	}
	return nil
}

// Get implements System. A mail that lies in none of the folders is gone.
func (m *mailbox) Get(ctx context.Context, id string) (Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	defer m.server.rest()
	if err := m.look(ctx, id); err != nil {
		return Ticket{}, fmt.Errorf("look into the mailbox: %w", notGone(err))
	}
	return m.ticket(ctx, id)
}

// look learns what there is of a conversation now.
func (m *mailbox) look(ctx context.Context, id string) error {
	if err := m.refresh(ctx); err != nil {
		return err
	}
	gone, err := m.server.gone(ctx, m.read.threads[id])
	if len(gone) > 0 {
		m.read.remove(func(x *mail) bool { return gone[x] })
	}
	return err
}

// notGone makes an error about the box one that says nothing of a ticket: that a
// folder may not be read any more does not delete what was read of it.
func notGone(err error) error {
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) {
		return errors.New(err.Error())
	}
	return err
}

// Check implements System.
func (m *mailbox) Check(ctx context.Context) (Report, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.server.rest()
	var rep Report
	if err := m.server.check(ctx, &rep); err != nil {
		return rep, err
	}
	if len(m.Domains) == 0 || m.AuthservID == "" && !m.trust.Exchange {
		rep.lack("no sender counts as one of your own people, so a surge of mails is not noticed; set domains and authserv_id")
	}
	for native := range m.Statuses {
		if !slices.ContainsFunc(m.folders(), func(f string) bool { return strings.EqualFold(f, native) }) {
			rep.lack(fmt.Sprintf("statuses names folder %q, which is not read; add it to queues", native))
		}
	}
	return rep, nil
}

// Hint implements System: mailboxes send no hooks.
func (m *mailbox) Hint(http.Header, []byte, time.Time, bool) ([]string, error) {
	return nil, fmt.Errorf("%w: a mailbox sends none; it is read once a minute", ErrHook)
}

// mailWords are the statuses of folders that most boxes have.
var mailWords = words{statuses: map[string]string{"inbox": "new"}}

// mailAddress is the box's own address.
func mailAddress(s Settings) string {
	return strings.ToLower(cmp.Or(s.Mailbox, s.Username))
}

// Takes are the addresses whose mail becomes a ticket of a source of type t, in lower
// case, as far as its settings tell.
func (s Settings) Takes(t string) (addresses []string) {
	for _, a := range s.Addresses {
		addresses = append(addresses, strings.ToLower(a))
	}
	if kinds[t].mail {
		addresses = append(addresses, mailAddress(s))
	}
	return addresses
}

// onlyRead is the Writer of what can only be read.
type onlyRead struct{}

func (onlyRead) Noted(context.Context, string, string) (bool, error)  { return false, ErrUnsupported }
func (onlyRead) Note(context.Context, string, Note) error             { return ErrUnsupported }
func (onlyRead) Linked(context.Context, string, Target) (bool, error) { return false, ErrUnsupported }
func (onlyRead) Link(context.Context, string, Target) error           { return ErrUnsupported }
func (onlyRead) Unlink(context.Context, string, Target) error         { return ErrUnsupported }
func (onlyRead) Made(context.Context, string, string) (string, error) { return "", ErrUnsupported }
func (onlyRead) Make(context.Context, Draft) (string, error)          { return "", ErrUnsupported }
