package incidents

import (
	"context"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// step applies one record in units, committing where a commit is full: at
// places that depend on the log alone (ruling 1).
func (l *leader) step(ctx context.Context, e headstart.Entry) error {
	rec, err := headstart.DecodeRecord(e.Data)
	if err != nil {
		// What ingest accepted it also checked; a record nobody can read must not
		// stop all the others for ever.
		l.engine.logger.Error("record cannot be read and is skipped", "event_seq", e.Off.String(), "err", err)
		l.engine.metrics.unreadable.Inc()
		rec = headstart.Record{V: 1}
	}
	l.events = rec.AppendEvents(l.events[:0], e.Off)
	events := l.events
	l.read, l.at = e.Off, e.Off.At()
	for {
		before := l.fold.pending()
		done := l.fold.unit(e.Off, events)
		b := l.fold.book
		if n := l.fold.pending() - before + len(b.out) + len(b.ack); n > headstart.MaxUnit {
			// It is committed all the same: a unit is never torn. But a store does not
			// answer for as long as that takes.
			l.engine.logger.Error("a unit is too large; please report this", "event_seq", e.Off.String(), "subject", fmt.Sprintf("%d operations, want at most %d", n, headstart.MaxUnit))
		}
		l.gather()
		if done {
			break
		}
		if l.full() {
			if err := l.commit(ctx); err != nil {
				return err
			}
		}
	}
	if l.full() {
		return l.commit(ctx)
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

// commit makes everything gathered visible, or nothing.
func (l *leader) commit(ctx context.Context) error {
	next := l.fold.cursor()
	if next == l.prev {
		return nil
	}
	b := headstart.Batch{Token: l.tok, Prev: l.prev, Next: next, Out: l.out, Ack: l.ack}
	b.Ops = l.fold.take()
	b.Feed = [][]byte{l.feed.entry(headstart.FeedEntry{V: 1, Cursor: next, At: l.at.UnixMilli(), Asks: l.fold.asks}, b.Ops)}
	if err := l.engine.o.Store.Commit(ctx, b); err != nil {
		return fmt.Errorf("commit %s: %w", next, err)
	}
	owed := len(l.out) > 0
	l.prev, l.fold.asks = next, nil
	l.reset()
	l.engine.committed(l, owed)
	return nil
}

// feed writes what readers are told, each entry in the room of the one before.
type feed struct {
	rows []headstart.FeedOp
	room []byte
}

// entry is what readers are told of ops beside what e says, until the next is asked for.
func (f *feed) entry(e headstart.FeedEntry, ops []headstart.Op) []byte {
	f.rows = f.rows[:0]
	for _, op := range ops {
		if headstart.Viewed(op.Table) {
			f.rows = append(f.rows, headstart.FeedOp{Table: op.Table, Row: headstart.Row{Key: op.Key, Val: op.Val}})
		}
	}
	e.Rows = f.rows
	f.room = e.Append(emptied(f.room))
	return f.room
}

// committed tells metrics and whoever waits.
func (e *Engine) committed(l *leader, owed bool) {
	if !l.at.IsZero() {
		lag := max(time.Since(l.at), 0)
		e.metrics.lag.Set(lag.Seconds())
	}
	e.metrics.count(l.fold.book)
	if owed && e.o.Owed != nil {
		select {
		case e.o.Owed <- struct{}{}:
		default: // it is awake already
		}
	}
}
