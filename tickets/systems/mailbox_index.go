package systems

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"headstart/tickets/systems/letters"
)

// mail is a mail in the box, without a word of what it says.
type mail struct {
	folder string
	place  string // the server's name of it within the folder
	n      uint64 // in the order we learned of it

	id       string // Message-ID
	ticket   string
	received time.Time // by the server's clock
	changed  time.Time // in any way, such as by being moved; zero: the server does not tell
	written  time.Time // by the sender's

	who      string // hash of the sender; empty: not proved to be one of our people, or of no address known
	proved   bool   // our mail server vouches that one of our people sent it
	shared   bool
	desk     bool // of the desk
	auto     bool // no person wrote it; perhaps we did
	reply    bool // quotes what it answers
	answered bool // the server says that the desk answered
	url      string
}

// arrival is a mail with what threads are made of, once.
type arrival struct {
	mail
	refs  []string
	alias string // what the server calls the conversation: it finds the desk's answers, and never joins users
}

// conversations are the mails of a box by conversation, each of which is one
// ticket. They are made anew from the headers at every start: nothing of them is
// kept, and the id of a conversation follows from its first Message-ID.
type conversations struct {
	n       uint64
	mails   map[string]*mail   // by folder and place
	tickets map[string]string  // by Message-ID
	threads map[string][]*mail // by ticket
}

func newConversations() *conversations {
	return &conversations{mails: map[string]*mail{}, tickets: map[string]string{}, threads: map[string][]*mail{}}
}

// arrivalOf reads the header of a mail that lies at place in folder.
func (m *mailbox) arrivalOf(folder, place string, received time.Time, h letters.Head) arrival {
	a := arrival{refs: h.Refs, mail: mail{
		folder: folder, place: place, id: h.ID, received: received.UTC(), written: h.Date, reply: h.Reply && !h.Forward(),
		desk: h.From == m.address, auto: h.Ours() || h.Automatic(m.address) != "",
	}}
	if a.id == "" {
		a.id = folder + "\x00" + place
	}
	a.proved = h.Proved(m.trust)
	if a.proved && m.Requester != nil {
		a.who, a.shared = m.Requester(h.From)
	}
	return a
}

// add takes mails in, earliest first, so that the same mails always make the same
// conversations.
func (c *conversations) add(list []arrival) {
	slices.SortStableFunc(list, func(a, b arrival) int { return a.received.Compare(b.received) })
	for i := range list {
		a := &list[i]
		key := a.folder + "\x00" + a.place
		if _, known := c.mails[key]; known {
			continue
		}
		c.n++
		a.n, a.ticket = c.n, c.ticketOf(a)
		m := a.mail
		c.mails[key] = &m
		c.threads[m.ticket] = append(c.threads[m.ticket], &m)
		for _, id := range append(slices.Clone(a.refs), a.id, a.alias) {
			if _, known := c.tickets[id]; !known && id != "" {
				c.tickets[id] = m.ticket
			}
		}
	}
}

// ticketOf finds the conversation of a mail: that of a mail it is, answers, or
// descends from; else a new one, named after the first mail known of it.
func (c *conversations) ticketOf(a *arrival) string {
	for _, id := range append([]string{a.id}, a.refs...) {
		if t, ok := c.tickets[id]; ok {
			return t
		}
	}
	root := a.id
	if len(a.refs) > 0 {
		root = a.refs[0]
	}
	sum := sha256.Sum256([]byte("conversation\x00" + root))
	return hex.EncodeToString(sum[:16])
}

// remove forgets mails that are gone. Their ids stay known: an answer to one still
// belongs to its conversation.
func (c *conversations) remove(gone func(*mail) bool) {
	for key, m := range c.mails {
		if !gone(m) {
			continue
		}
		delete(c.mails, key)
		rest := slices.DeleteFunc(c.threads[m.ticket], func(x *mail) bool { return x == m })
		if c.threads[m.ticket] = rest; len(rest) == 0 {
			delete(c.threads, m.ticket)
		}
	}
	for id, t := range c.tickets {
		if len(c.tickets) > 4*mostMails && c.threads[t] == nil {
			delete(c.tickets, id)
		}
	}
}

// written are the mails of a conversation that people wrote, earliest first:
// those of users, and those of the desk.
func (c *conversations) written(ticket string) (users, desk []*mail) {
	for _, m := range c.threads[ticket] {
		switch {
		case m.auto:
		case m.desk:
			desk = append(desk, m)
		default:
			users = append(users, m)
		}
	}
	earlier := func(a, b *mail) int { return cmp.Or(a.received.Compare(b.received), cmp.Compare(a.n, b.n)) }
	slices.SortFunc(users, earlier)
	slices.SortFunc(desk, earlier)
	return users, desk
}

// since are the mails that are news, in the order we learned of them.
func (c *conversations) since(news func(*mail) bool) []*mail {
	var out []*mail
	for _, m := range c.mails {
		if news(m) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *mail) int { return cmp.Compare(a.n, b.n) })
	return out
}
