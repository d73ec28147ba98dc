package tickets

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// Writer writes what is owed to one ticket system.
type Writer struct{ source *source }

// Writers are those of all sources that are written to.
func (in *Inbox) Writers() []*Writer {
	var out []*Writer
	for _, s := range in.order {
		if s.system != nil {
			out = append(out, &Writer{s})
		}
	}
	return out
}

// Name is the source's.
func (w *Writer) Name() string { return w.source.Name }

// Write writes n once, however often it is called with it. Of a ticket it made it
// returns the id, as {"id":"12"}. See Hopeless and Waits about errors.
func (w *Writer) Write(ctx context.Context, n *headstart.Notice) (json.RawMessage, error) {
	done, err := systems.Perform(ctx, w.source.system, systems.Action{
		Do: n.Do, Ticket: n.Ticket, Mark: n.Mark, Only: n.Only, Title: n.Title, Text: n.Body, Kind: n.Make, Priority: n.Priority,
		To: systems.Target{Ticket: n.Parent, Page: n.Page, Title: n.Title}, Since: n.Since, Asset: n.Cause,
	})
	if err != nil || done.ID == "" {
		return nil, err
	}
	return json.Marshal(map[string]string{"id": done.ID})
}

// Hopeless reports whether writing again cannot help.
func Hopeless(err error) bool { return systems.Permanent(err) }

// Waits is how long a ticket system asked to be left alone.
func Waits(err error) (time.Duration, bool) {
	if limited, ok := errors.AsType[*systems.RateLimited](err); ok {
		return limited.After, true
	}
	return 0, false
}

// Infos is what decisions may know of the sources that are written to.
func Infos(c Config) []headstart.TicketSystem {
	var out []headstart.TicketSystem
	for _, s := range c.Systems() {
		can := systems.CapsOf(s.Type)
		info := headstart.TicketSystem{
			Source: s.Name,
			Note:   s.Write.Notes() && can.Note, Reply: s.Write.PublicReply != "" && can.Reply, Question: s.Write.Question != "" && can.Reply,
			Link: s.Write.Links() && can.Parent, Page: s.Write.Links() && can.Page, Make: s.Write.Makes(), Outage: s.Write.Outage != "",
		}
		if info != (headstart.TicketSystem{Source: s.Name}) {
			out = append(out, info)
		}
	}
	return out
}
