package main

import (
	"context"
	"encoding/json"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/notify"
	"headstart/tickets"
)

// ticketWriters are the inbox's writers, as the sender knows them.
func ticketWriters(inbox *tickets.Inbox) []notify.TicketWriter {
	var out []notify.TicketWriter
	for _, w := range inbox.Writers() {
		out = append(out, ticketWriter{w})
	}
	return out
}

// ticketWriter says in the sender's errors what a ticket system answered.
type ticketWriter struct{ *tickets.Writer }

func (w ticketWriter) Write(ctx context.Context, n *headstart.Notice) (json.RawMessage, error) {
	h, err := w.Writer.Write(ctx, n)
	if after, limited := tickets.Waits(err); limited {
		return h, &notify.RateLimited{After: after, Err: err}
	}
	if err != nil && tickets.Hopeless(err) {
		return h, &notify.Permanent{Err: err}
	}
	return h, err
}

// lookTickets asks the ticket systems for rights, clock, zone and queues.
func lookTickets(ctx context.Context, cfg *configs.Config) []finding {
	var found []finding
	for _, s := range cfg.Tickets.Systems() {
		for _, f := range tickets.Examine(ctx, s, channelDialer(cfg), time.Now(), cfg.Notify.Mailed()) {
			found = append(found, finding{f.What, f.Remedy})
		}
	}
	return found
}
