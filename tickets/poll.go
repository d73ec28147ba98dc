package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// How often a ticket system is asked: more often while something is broken. An
// error doubles the pause up to longestPause; refused credentials wait that long
// at once, so that our user is not locked out.
const (
	pollQuiet    = time.Minute
	pollBusy     = 20 * time.Second
	longestPause = 10 * time.Minute

	leastOverlap = time.Minute // of two walks
	mostPages    = 1000        // of one walk; what is left is read by the next
	mostHints    = 256         // waiting; what does not fit the next walk finds
)

// poller reads one ticket system: all changes in turn, and now and then each
// ticket that is linked to something broken. Only the leader reads, since what an
// account may ask is shared.
type poller struct {
	in     *Inbox
	source *source
	place  place
	hints  chan string

	loaded     bool
	cursor     systems.Cursor
	took       time.Duration // the last walk
	noted      memory
	reconciled time.Time
	swept      string // the id that the last sweep ended with
	failures   int
	fault      string // what is wrong, to say it once
}

func newPoller(in *Inbox, s *source) *poller {
	return &poller{in: in, source: s, place: placeOf(in.dir, s), hints: make(chan string, mostHints), noted: memory{}}
}

// run polls until ctx ends.
func (p *poller) run(ctx context.Context) {
	for {
		pause := p.turn(ctx)
		timer := time.NewTimer(pause)
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case id := <-p.hints:
				p.refresh(ctx, id)
			case <-timer.C:
				waiting = false
			}
		}
	}
}

// notLeading is how soon a replica that does not lead looks again whether it does.
const notLeading = 5 * time.Second

// turn walks once and returns how long to wait.
func (p *poller) turn(ctx context.Context) time.Duration {
	if !p.in.leading() || !p.in.view.Ready() {
		p.loaded = false // another may read meanwhile, and write the place down
		return notLeading
	}
	err := p.walk(ctx)
	if err == nil && p.dueToReconcile(p.in.now()) {
		err = p.reconcile(ctx)
	}
	if ctx.Err() != nil {
		return 0
	}
	return p.pause(err)
}

// pause is how long to wait after a turn that ended with err.
func (p *poller) pause(err error) time.Duration {
	p.trouble(err)
	every := pollQuiet
	if p.busy() {
		every = pollBusy
	}
	if err == nil {
		p.failures = 0
		return every
	}
	p.failures++
	wait := min(every<<min(p.failures, 5), longestPause)
	if errors.Is(err, systems.ErrAuth) {
		wait = longestPause
	}
	if limited, ok := errors.AsType[*systems.RateLimited](err); ok {
		wait = max(limited.After, 2*every)
	}
	return wait
}

// busy reports whether something is broken now.
func (p *poller) busy() bool {
	for i := range p.in.view.EachIncident() {
		if i.Live() {
			return true
		}
	}
	return false
}

// walk reads all that changed, page by page. The place moves on only when a page
// is durable, never on an error.
func (p *poller) walk(ctx context.Context) error {
	if !p.loaded {
		p.cursor, p.loaded = p.place.load(), true
	}
	began := p.in.now()
	c := p.cursor.Begin(began, max(leastOverlap, 2*p.took, p.source.system.Caps().Lag))
	for range mostPages {
		page, err := p.source.system.Changes(ctx, c)
		if err != nil {
			return err
		}
		if page.More && page.Next == c {
			return fmt.Errorf("%w: the same page again and again", systems.ErrMalformed)
		}
		if err := p.store(ctx, page.Tickets); err != nil {
			return err
		}
		c = page.Next
		p.cursor = c
		if err := p.place.save(c); err != nil {
			return err
		}
		if !page.More {
			p.took = p.in.now().Sub(began)
			p.noted.forget(began)
			return nil
		}
	}
	return nil
}

// refresh reads the ticket a hook spoke of.
func (p *poller) refresh(ctx context.Context, id string) {
	if !p.in.leading() {
		return
	}
	if err := p.reread(ctx, id); err != nil && ctx.Err() == nil {
		p.in.logger.Warn("ticket of a hook not read; the next walk will", "source", p.source.Name, "ticket", id, "err", err)
	}
}

// reread reads one ticket. What is gone, or may not be seen any more, is deleted
// here too, with its text.
func (p *poller) reread(ctx context.Context, id string) error {
	t, err := p.source.system.Get(ctx, id)
	if errors.Is(err, systems.ErrNotFound) || errors.Is(err, systems.ErrForbidden) {
		return p.gone(ctx, id)
	}
	if err != nil {
		return err
	}
	return p.store(ctx, []systems.Ticket{t})
}

func (p *poller) gone(ctx context.Context, id string) error {
	old, ok := p.in.view.Ticket(p.source.Name + "/" + id)
	if !ok || old.Status == "deleted" {
		return nil
	}
	t := old.Ticket
	t.Status = "deleted"
	return p.in.keep(ctx, p.in.now(), []headstart.Ticket{t})
}

// trouble says once what is wrong, and once that it is over.
func (p *poller) trouble(err error) {
	name := p.source.Name
	fault, up := "", 1.0
	if err != nil {
		fault, up = err.Error(), 0
	}
	p.in.metrics.up.WithLabelValues(name).Set(up)
	if err == nil {
		p.in.ears.Hear(name, p.in.now(), pollQuiet)
	}
	if fault == p.fault {
		return
	}
	p.fault = fault
	switch {
	case err == nil:
		p.in.logger.Info("ticket source is well again", "source", name)
	case errors.Is(err, systems.ErrAuth):
		p.in.logger.Error("ticket source refuses us; renew its token or password, then run headstart doctor", "source", name, "err", err)
	default:
		p.in.logger.Warn("ticket source in trouble", "source", name, "err", err)
	}
}
