package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headstart"
)

// Appendable is what an Appender writes to.
type Appendable interface {
	Append(ctx context.Context, recs []headstart.Append) ([]headstart.Offset, error)
}

// Appender gathers the records of concurrent requests into one append of the
// store: a burst then costs one sync of the disk instead of one each. An idle
// store is written to at once; nothing is held back to gather more. While more
// waits than one append takes, what is to go first has up to half of each.
type Appender struct {
	st          Appendable
	first, rest chan request
	stopped     chan struct{} // closed when Run has returned
}

type request struct {
	ctx   context.Context // of who waits for the answer
	rec   headstart.Append
	reply chan reply // of one: an answer nobody waits for any more must not block
}

type reply struct {
	off headstart.Offset
	err error
}

const (
	// groupRecords and groupBytes bound one append, and so the time that others
	// wait for it and the memory it takes.
	groupRecords = 256
	groupBytes   = 1 << 20

	// groupTimeout is how long an append may take before its senders are told to
	// come again.
	groupTimeout = 10 * time.Second
)

var errStopped = errors.New("append: the service is stopping; send again")

// NewAppender makes an Appender; Run must be running for it to append.
func NewAppender(st Appendable) *Appender {
	return &Appender{st: st, first: make(chan request, groupRecords), rest: make(chan request, groupRecords), stopped: make(chan struct{})}
}

// Append returns once rec is durable, with where it stands in the log. If it
// fails, or ctx ends while it is appended, the record may be in the log nevertheless.
func (a *Appender) Append(ctx context.Context, rec headstart.Append) (headstart.Offset, error) {
	req := request{ctx: ctx, rec: rec, reply: make(chan reply, 1)}
	lane := a.rest
	if rec.First {
		lane = a.first
	}
	select {
	case lane <- req:
	case <-a.stopped:
		return headstart.Offset{}, errStopped
	case <-ctx.Done():
		return headstart.Offset{}, ctx.Err()
	}
	select {
	case r := <-req.reply:
		return r.off, r.err
	case <-ctx.Done():
		return headstart.Offset{}, ctx.Err()
	case <-a.stopped:
		// The last group may have been answered in the same moment.
		select {
		case r := <-req.reply:
			return r.off, r.err
		default:
			return headstart.Offset{}, errStopped
		}
	}
}

// Run appends what is asked for until ctx ends. The group under way is finished.
func (a *Appender) Run(ctx context.Context) error {
	defer close(a.stopped)
	var next []request
	for {
		if len(next) == 0 {
			select {
			case <-ctx.Done():
				return nil
			case req := <-a.first:
				next = append(next, req)
			case req := <-a.rest:
				next = append(next, req)
			}
		}
		var g group
		g, next = a.gather(next)
		if len(g.requests) > 0 {
			a.write(ctx, g.requests)
		}
	}
}

// gather takes next, and what waits already, up to the bounds; over did not fit any more.
func (a *Appender) gather(next []request) (g group, over []request) {
	for _, req := range next { // of each lane one at most
		g.add(req)
	}
	over = append(over, g.fill(a.first, groupRecords/2, groupBytes/2)...)
	return g, append(over, g.fill(a.rest, groupRecords, groupBytes)...)
}

// group is what one append takes.
type group struct {
	requests []request
	bytes    int
}

// fill takes what waits in a lane until there are so many records or bytes, and returns the
// first that did not fit.
func (g *group) fill(lane <-chan request, records, bytes int) []request {
	for len(g.requests) < records {
		select {
		case req := <-lane:
			if g.bytes+requestSize(req) > bytes && len(g.requests) > 0 {
				return []request{req}
			}
			g.add(req)
		default:
			return nil
		}
	}
	return nil
}

// add takes in a request that somebody still waits for. Who went away sends it again, and it
// must not come to stand behind what he says then.
func (g *group) add(req request) {
	if req.ctx.Err() == nil {
		g.requests = append(g.requests, req)
		g.bytes += requestSize(req)
	}
}

func requestSize(r request) int {
	n := len(r.rec.Data)
	for _, t := range r.rec.Text {
		n += len(t.Value)
	}
	return n
}

func (a *Appender) write(ctx context.Context, group []request) {
	// A group once begun is finished, so that its senders learn the truth.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), groupTimeout)
	defer cancel()
	recs := make([]headstart.Append, len(group))
	for i, r := range group {
		recs[i] = r.rec
	}
	offs, err := a.st.Append(ctx, recs)
	if errors.Is(err, headstart.ErrFull) && len(group) > 1 {
		// Room may be refused to observations only: a command must not fail because
		// an alert stood beside it.
		for _, r := range group {
			a.write(ctx, []request{r})
		}
		return
	}
	if err == nil && len(offs) != len(group) {
		err = fmt.Errorf("append: %d offsets for %d records", len(offs), len(group))
	}
	for i, r := range group {
		if err != nil {
			r.reply <- reply{err: err}
			continue
		}
		r.reply <- reply{off: offs[i]}
	}
}
