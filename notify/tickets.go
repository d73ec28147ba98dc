package notify

import (
	"context"
	"encoding/json"

	"headstart"
)

// TicketWriter writes what is owed to one ticket system: at most once for each
// key, however often it is asked. Its errors are those of a Channel: Permanent,
// RateLimited, or worth another attempt.
type TicketWriter interface {
	Name() string

	// Write returns what the engine is to know of it: the id of a ticket it made.
	Write(ctx context.Context, n *headstart.Notice) (json.RawMessage, error)
}

func newTicketPlace(w TicketWriter) *place {
	dog := newWatchdog("tickets/"+w.Name(), channelLimit)
	return &place{name: "tickets/" + w.Name(), send: func(ctx context.Context, n *headstart.Notice, _ Handle) (Handle, error) {
		answer := make(chan Handle, 1) // an abandoned call may still write
		err := dog.do(ctx, func(ctx context.Context) error {
			h, err := w.Write(ctx, n)
			answer <- h
			return err
		})
		select {
		case h := <-answer:
			return h, err
		default:
			return nil, err
		}
	}}
}
