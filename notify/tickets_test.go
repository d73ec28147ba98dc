package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// helpdesk is a ticket system that answers as it is told.
type helpdesk struct {
	answer func(n *headstart.Notice) error

	mu  sync.Mutex
	got []string
}

func (h *helpdesk) Name() string { return "rt" }

func (h *helpdesk) Write(_ context.Context, n *headstart.Notice) (json.RawMessage, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, n.Ticket+" "+n.Do)
	if n.Do == "make" {
		return json.RawMessage(`{"id":"900"}`), nil
	}
	return nil, h.answer(n)
}

func written(source, ticket, do string, n int) headstart.Notice {
	return headstart.Notice{
		V: 1, Key: "uid/" + source + "/" + ticket + "/" + do, Plane: headstart.PlaneTickets, UID: "uid", Source: source, Ticket: ticket, Do: do,
		At: time.Now().Add(time.Duration(n) * time.Millisecond),
	}
}

// TestTicketsAreWritten: a ticket that refuses holds up no other, what is written
// about one stays in order, and the id of what was made reaches the log.
func TestTicketsAreWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		h := &helpdesk{answer: func(n *headstart.Notice) error {
			switch {
			case n.Ticket == "1" && n.Do == "note" && tries < 3:
				tries++
				return errors.New("no answer")
			case n.Ticket == "2":
				return &Permanent{errors.New("our user may not do this")}
			}
			return nil
		}}
		e := newEngine()
		s, err := NewSender(Options{
			Outbox: e, Append: e.Append, Tickets: []TicketWriter{h}, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewPedanticRegistry(),
			Now: func(context.Context) (time.Time, error) { return time.Now(), nil }, Leading: func() bool { return true }, Dead: func() int { return 0 },
		})
		if err != nil {
			t.Fatal(err)
		}
		e.owe(written("rt", "1", "note", 0), written("rt", "1", "unlink", 1), written("rt", "2", "note", 2), written("rt", "3", "note", 3), written("rt", "", "make", 4), written("gone", "9", "note", 5))
		runFor(t, s, time.Hour)
		if e.left() != 0 {
			t.Errorf("still owed: %v", e.owed)
		}
		first, last := slices.Index(h.got, "3 note"), slices.Index(h.got, "1 unlink")
		if first < 0 || last < first || h.got[last-1] != "1 note" {
			t.Errorf("written in the order %q: want ticket 3 before 1 came through, and 1 in its own order", h.got)
		}
		outcomes := strings.Join(e.outcomes(), "\n")
		for _, want := range []string{"uid/rt/2/note dead", "uid/gone/9/note dead", "uid/rt/1/unlink sent"} {
			if !strings.Contains(outcomes, want) {
				t.Errorf("outcomes lack %q:\n%s", want, outcomes)
			}
		}
		made := slices.IndexFunc(e.deliveries, func(d headstart.Delivery) bool { return d.Key == "uid/rt//make" })
		if made < 0 || string(e.deliveries[made].Handle) != `{"id":"900"}` {
			t.Errorf("the log does not have the id of what was made: %+v", e.deliveries)
		}
	})
}
