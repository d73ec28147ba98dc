package incidents

import (
	"context"
	"fmt"
	"slices"

	"headstart"
)

// stored are records as a store keeps them.
type stored []headstart.Entry

func (x stored) size(n int) int { return len(x[n].Data) }

func (x stored) events(n int, room []headstart.Event) ([]headstart.Event, error) {
	rec, err := headstart.DecodeRecord(x[n].Data)
	if err != nil {
		// What ingest accepted it also checked; a record nobody can read must not
		// stop all the others for ever.
		rec = headstart.Record{V: 1}
	}
	return rec.AppendEvents(room, x[n].Off), err
}

// steps applies records as step does.
func (l *leader) steps(ctx context.Context, entries []headstart.Entry) error {
	return l.ahead.each(len(entries), stored(entries), l.fold.correlator, func(n int, events []headstart.Event, unread error) error {
		return l.step(ctx, entries[n].Off, events, unread)
	})
}

// step applies one record in units, committing where a commit is full: at
// places that depend on the log alone (ruling 1). Of a record that was unread it applies
// the time. It leaves off between two units when ctx ends: a stop waits for no storm, and
// the next leader goes on where the last commit stands.
func (l *leader) step(ctx context.Context, off headstart.Offset, events []headstart.Event, unread error) error {
	if unread != nil {
		l.engine.logger.Error("record cannot be read and is skipped", "event_seq", off.String(), "err", unread)
		l.engine.metrics.unreadable.Inc()
	}
	l.read, l.at = off, off.At()
	if due, ok := l.fold.deadline(); ok && !due.After(l.at) {
		l.engine.metrics.overdue.Observe(l.at.Sub(due).Seconds())
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := l.fold.pending()
		done := l.fold.unit(off, events)
		b := l.fold.book
		if n := l.fold.pending() - before + len(b.out) + len(b.ack); n > headstart.MaxUnit {
			// It is committed all the same: a unit is never torn. But a store does not
			// answer for as long as that takes.
			l.engine.logger.Error("a unit is too large; please report this", "event_seq", off.String(), "subject", fmt.Sprintf("%d operations, want at most %d", n, headstart.MaxUnit))
		}
		l.gather()
		if done {
			break
		}
		if l.full() {
			if err := l.commit(); err != nil {
				return err
			}
		}
	}
	if l.full() {
		return l.commit()
	}
	return nil
}

// gather takes what the unit owes and takes back; its rows wait for the commit.
func (l *leader) gather() {
	b := l.fold.book
	l.owe(b.out, b.ack)
	b.out, b.ack, b.messages = nil, nil, nil
}

// owe gathers what a unit puts on the outbox and what it takes off; no unit does
// both to one id. A store puts on before it takes off, so of an id that does both
// within a commit only the later one counts: a message taken back and approved
// again must not be lost.
func (l *leader) owe(out []headstart.Owed, ack []string) {
	for _, id := range ack {
		l.out = slices.DeleteFunc(l.out, func(o headstart.Owed) bool { return o.ID == id })
	}
	l.ack = append(l.ack, ack...)
	for _, o := range out {
		l.ack = slices.DeleteFunc(l.ack, func(id string) bool { return id == o.ID })
		l.out = slices.DeleteFunc(l.out, func(x headstart.Owed) bool { return x.ID == o.ID })
	}
	l.out = append(l.out, out...)
}

// full leaves room for one more unit of common size within a commit.
func (l *leader) full() bool { return l.fold.pending()+len(l.out)+len(l.ack) >= headstart.MaxOps*3/4 }

// commit has everything gathered made visible, or nothing. It does not wait for that:
// what fails ends the term, see committer.
func (l *leader) commit() error {
	next := l.fold.cursor()
	if next == l.prev {
		return nil
	}
	p, err := l.commits.parcel()
	if err != nil {
		return err
	}
	l.pack(p)
	l.commits.hand(p)
	l.prev = next
	return nil
}

// pack moves everything gathered into p.
func (l *leader) pack(p *parcel) {
	l.fold.pack(p)
	p.correlation = l.fold.correlator.Pack(p.correlation)
	p.prev, p.next, p.at = l.prev, l.fold.cursor(), l.at
	p.out, p.ack, p.asks = l.out, l.ack, l.fold.asks
	l.seen = p.figures.of(l.fold.book, p.touched, l.seen)
	l.fold.asks = nil
	l.reset()
}
