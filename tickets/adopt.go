package tickets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// store appends the tickets of a page that say something new. One that cannot be
// a ticket is left out and counted: it must not stop all others for ever.
func (p *poller) store(ctx context.Context, page []systems.Ticket) error {
	for len(page) > 0 {
		n := min(len(page), perRecord)
		if err := p.storeSome(ctx, page[:n]); err != nil {
			return err
		}
		page = page[n:]
	}
	return nil
}

func (p *poller) storeSome(ctx context.Context, page []systems.Ticket) error {
	in, now := p.in, p.in.now()
	reader, to := in.prepared()
	var news []headstart.Ticket
	noted := memory{}
	for i := range page {
		if page[i].Ours {
			continue // an incident must not be fed with what was written about it
		}
		t, err := p.adopt(&page[i], to)
		if err != nil {
			in.metrics.refused.WithLabelValues(p.source.Name).Inc()
			in.logger.Warn("ticket left out", "source", p.source.Name, "ticket", page[i].ID, "err", err)
			continue
		}
		filled := t
		reader.Fill(&filled)
		sum := sumOf(&filled)
		last, met := noted[t.ID]
		if !met {
			last, met = p.noted[t.ID]
		}
		if met && last.sum == sum || !met && p.shown(&filled, sum) {
			continue
		}
		noted[t.ID] = kept{sum, now}
		news = append(news, t)
	}
	if err := in.keep(ctx, now, news); err != nil {
		return err
	}
	maps.Copy(p.noted, noted)
	in.metrics.received.WithLabelValues(p.source.Name).Add(float64(len(news)))
	return nil
}

// sumOf is the hash of what t says. When it changed last is no news by itself:
// our own notes move that.
func sumOf(t *headstart.Ticket) [sha256.Size]byte {
	c := *t
	c.UpdatedAt = time.Time{}
	b, err := json.Marshal(&c)
	if err != nil {
		panic("tickets: encode ticket: " + err.Error()) // its times and numbers were checked
	}
	return sha256.Sum256(b)
}

// shown reports whether the view shows t just so, or t is over and was never met.
func (p *poller) shown(t *headstart.Ticket, sum [sha256.Size]byte) bool {
	old, ok := p.in.view.Ticket(t.Key())
	if !ok {
		return t.Solved() || t.Status == "deleted"
	}
	if stale(t, &old.Ticket) {
		return true
	}
	have := sumOf(&old.Ticket)
	return bytes.Equal(have[:], sum[:])
}

// adopt checks a ticket as every other that comes from outside, and turns it into
// ours, still with its text.
func (p *poller) adopt(t *systems.Ticket, to resolver) (headstart.Ticket, error) {
	if t.Merged != "" {
		if old, ok := p.in.view.Ticket(p.source.Name + "/" + t.ID); ok {
			merged := old.Ticket // its text is the other's now; what was read of it stays
			merged.Status, merged.UpdatedAt = "closed", t.Updated
			return merged, nil
		}
		t.Status = "closed"
	}
	w := wireTicket{
		ID: t.ID, Title: t.Title, Body: t.Body, Category: t.Category, Priority: t.Priority, Status: t.Status, Channel: t.Channel,
		CreatedAt: t.Created, ReportedAt: t.Reported, UpdatedAt: t.Updated, FirstResponseAt: t.FirstResponse, SolvedAt: t.Solved,
		SupportGroup: t.SupportGroup, Line: t.Line, Reopens: t.Reopens, MinutesSpent: t.Minutes, WaitingOn: t.WaitingOn, URL: t.URL,
	}
	w.Requester.Department, w.Requester.Location, w.Requester.Shared = t.Department, t.Location, t.Shared
	if w.Title == "" && w.Body == "" {
		w.Title = "-" // systems allow a ticket without a title
	}
	if err := w.check(p.source.Name); err != nil {
		return headstart.Ticket{}, err
	}
	out := p.in.ticket(&w, p.source, to)
	out.Requester.ID, out.Requester.Shared = t.Requester, t.Shared // hashed where it was read
	return out, nil
}
