package systems

import (
	"context"
	"errors"
	"strings"
	"time"

	"headstart/tickets/systems/letters"
)

// ticket makes a ticket of a conversation: its first mail of a user is what was
// reported, and where the latest one lies tells how far it is.
func (m *mailbox) ticket(ctx context.Context, id string) (Ticket, error) {
	users, desk := m.read.written(id)
	if len(users) == 0 {
		return Ticket{}, ErrNotFound
	}
	first, last := users[0], users[len(users)-1]
	t := Ticket{
		ID: id, Created: first.received, Updated: last.received, Reported: reported(first), Channel: "mail",
		Requester: first.who, Shared: first.shared, URL: first.url,
	}
	for _, x := range desk {
		if x.received.After(first.received) && t.FirstResponse.IsZero() {
			t.FirstResponse = x.received
		}
		t.Updated = later(t.Updated, x.received)
	}
	m.words.status(&t, last.folder)
	if t.Status == "new" && (!t.FirstResponse.IsZero() || last.answered) {
		t.Status = "open"
	}
	var err error
	t.Title, t.Body, err = m.text(ctx, first)
	if errors.Is(err, ErrNotFound) { // moved since; where to, the next look tells
		m.read.remove(func(x *mail) bool { return x == first })
		return m.ticket(ctx, id)
	}
	return t, err
}

// text is what a mail says, kept for a while.
func (m *mailbox) text(ctx context.Context, x *mail) (title, body string, err error) {
	kept, known := m.texts.get(x.id, time.Now())
	if !known {
		if title, body, err = m.server.read(ctx, x); err != nil {
			return "", "", err
		}
		if x.reply {
			body = letters.OwnWords(body)
		}
		kept = cut(title, maxTitle) + "\n" + cut(body, maxBody)
		m.texts.put(x.id, kept, time.Now())
	}
	title, body, _ = strings.Cut(kept, "\n")
	return title, body, nil
}

// reported is when the user wrote: what the mail says, as far as that can be.
func reported(x *mail) time.Time {
	if x.written.After(x.received) || x.received.Sub(x.written) > mostDelay {
		return x.received
	}
	return x.written
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
