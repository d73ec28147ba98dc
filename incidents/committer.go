package incidents

import (
	"context"
	"fmt"
	"time"

	"headstart"
)

// committer is the second half of a term: on a goroutine of its own it writes the rows
// of what the fold hands over, and commits them one after the other, in order. Writing
// decides nothing, and of a storm it is a third of the work, so the fold goes on
// meanwhile; what it owes leaves with its commit, and no sooner.
//
// The first commit that fails is the last: the fold is ahead of the store from then on,
// and every call returns that error.
type committer struct {
	commit func(context.Context, headstart.Batch) error
	done   func(*parcel) // hears of each commit; nil: nobody does
	chain  *chain
	feed   feed

	handed chan *parcel
	free   chan *parcel  // those that nobody fills or writes
	ended  chan struct{} // closed once nothing is written any more
	err    error         // why, to be read after that; nil: close was called
}

// parcels is how many there are: one is filled while another is written, and the rest wait,
// so that neither side stops whenever the other does. They bound how far the fold is ahead
// of the store.
const parcels = 4

func newCommitter(c *chain, commit func(context.Context, headstart.Batch) error, done func(*parcel)) *committer {
	w := &committer{
		commit: commit, done: done, chain: c,
		handed: make(chan *parcel, parcels), free: make(chan *parcel, parcels), ended: make(chan struct{}),
	}
	for range parcels {
		w.free <- &parcel{}
	}
	return w
}

// run commits what is handed over until close, or until a commit fails; it returns that
// error.
func (w *committer) run(ctx context.Context, token headstart.Token) error {
	defer close(w.ended)
	for p := range w.handed {
		if w.err = w.write(ctx, token, p); w.err != nil {
			return w.err
		}
		p.reset()
		w.free <- p
	}
	return nil
}

func (w *committer) write(ctx context.Context, token headstart.Token, p *parcel) error {
	ops := p.write(p.correlation.Ops(), w.chain)
	b := headstart.Batch{Token: token, Prev: p.prev, Next: p.next, Ops: ops, Out: p.out, Ack: p.ack}
	b.Feed = [][]byte{w.feed.entry(headstart.FeedEntry{V: 1, Cursor: p.next, At: p.at.UnixMilli(), Asks: p.asks}, ops)}
	if err := w.commit(ctx, b); err != nil {
		return fmt.Errorf("commit %s: %w", p.next, err)
	}
	if w.done != nil {
		w.done(p)
	}
	return nil
}

// parcel returns an empty one to fill. It waits for one while the store takes its time.
func (w *committer) parcel() (*parcel, error) {
	select {
	case p := <-w.free:
		return p, nil
	case <-w.ended:
		return nil, w.err
	}
}

// hand has p committed.
func (w *committer) hand(p *parcel) { w.handed <- p }

// settle waits until all that was handed over is committed.
func (w *committer) settle() error {
	var idle [parcels]*parcel
	for n := range idle {
		select {
		case idle[n] = <-w.free:
		case <-w.ended:
			return w.err
		}
	}
	for _, p := range idle {
		w.free <- p
	}
	return nil
}

// close ends run, once what was handed over is committed.
func (w *committer) close() { close(w.handed) }

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

// committed tells metrics and whoever waits of a commit.
func (e *Engine) committed(p *parcel) {
	if !p.at.IsZero() {
		lag := max(time.Since(p.at), 0)
		e.metrics.lag.Set(lag.Seconds())
	}
	e.metrics.count(&p.figures)
	if len(p.out) > 0 && e.o.Owed != nil {
		select {
		case e.o.Owed <- struct{}{}:
		default: // it is awake already
		}
	}
}
