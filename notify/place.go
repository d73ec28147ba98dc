package notify

import (
	"context"
	"errors"
	"regexp"
	"time"

	"headstart"
)

// place is one destination: a channel or an operators' receiver. The sender's
// loop alone touches its fields.
type place struct {
	name string // label of metrics
	send func(context.Context, *headstart.Notice, Handle) (Handle, error)

	busy     bool
	failures int       // in a row
	until    time.Time // it is left alone until then
}

// channelLimit bounds a call to a channel; each channel has a shorter limit of
// its own, so this one is reached only by a call that ignores it.
const channelLimit = 5*time.Minute + 10*time.Second

func newChannelPlace(c Channel) *place {
	limit := channelLimit
	if b, ok := c.(interface{ timeout() time.Duration }); ok {
		limit = b.timeout()
	}
	dog := newWatchdog(c.Name(), limit)
	return &place{name: c.Name(), send: func(ctx context.Context, n *headstart.Notice, h Handle) (Handle, error) {
		answer := make(chan Handle, 1) // an abandoned call may still write
		err := dog.do(ctx, func(ctx context.Context) error {
			h, err := tell(ctx, c, n, h)
			answer <- h
			return err
		})
		select {
		case h = <-answer:
		default:
		}
		return h, err
	}}
}

// answered notes how an attempt ended. A second failure in a row is taken for
// the place's own trouble, and it is left alone as a whole; one that asked to be
// left alone is so at once, each time longer unless it said how long.
func (p *place) answered(r result, now time.Time) {
	p.busy = false
	if r.item.superseded || r.item.again != nil {
		return // nothing was sent, so the place said nothing
	}
	switch r.delivery.Outcome {
	case outcomeSent:
		p.failures, p.until = 0, time.Time{}
	case outcomeRetry:
		p.failures++
		switch {
		case r.wait > 0:
			p.until = now.Add(r.wait)
		case r.limited:
			p.until = now.Add(backoff(p.failures))
		case p.failures > 1:
			p.until = now.Add(backoff(p.failures - 1))
		}
	}
}

// What an attempt can come to, as headstart.Delivery says it.
const (
	outcomeSent  = "sent"
	outcomeRetry = "retry"
	outcomeDead  = "dead"
)

// A message is given up after so many attempts, or when it is so old.
const (
	maxAttempts = 30
	maxAge      = 24 * time.Hour
	maxWait     = time.Hour // however long a place asks to be left alone
)

// backoff is the pause after attempt n, from 1: 5 s, doubled up to 10 min. It
// has no jitter, since one sender runs at a time.
func backoff(n int) time.Duration {
	const first, most = 5 * time.Second, 10 * time.Minute
	if n > 8 {
		return most
	}
	return min(first<<max(0, n-1), most)
}

// mailAddress is one in a text.
var mailAddress = regexp.MustCompile(`[^\s<>"'(),:;]+@[^\s<>"'(),:;]+`)

// outcome decides what an attempt means for its message and its place.
func outcome(it *item, h Handle, err error, now time.Time) result {
	r := result{item: it}
	d := &r.delivery
	*d = headstart.Delivery{Key: it.id, Handle: h, Attempt: it.attempts + 1, Again: it.notice.Again}
	if err == nil {
		d.Outcome = outcomeSent
		if it.superseded {
			d.Err = "superseded by a newer update"
		}
		return r
	}
	d.Err = scrub(err.Error())
	if it.notice.Plane == headstart.PlaneTickets {
		d.Err = mailAddress.ReplaceAllString(d.Err, "…") // of whoever reported: mail servers quote it
	}
	if _, ok := errors.AsType[*Permanent](err); ok {
		d.Outcome = outcomeDead
		return r
	}
	pause := backoff(d.Attempt)
	limited, asked := errors.AsType[*RateLimited](err)
	if asked {
		d.Attempt = it.attempts // being asked to wait is no failure
		pause = backoff(1)
		if limited.After > 0 {
			pause = max(pause, min(limited.After, maxWait))
			r.wait = pause
		}
		r.limited = true
	}
	// Rows from before rules of version 11 count being asked to wait as well: after a restart
	// in a long storm they are beyond the bound without one failure.
	if d.Attempt >= maxAttempts && !asked || now.Sub(it.notice.At) >= maxAge {
		d.Outcome = outcomeDead
		return r
	}
	d.Outcome, d.RetryAt = outcomeRetry, now.Add(pause).Truncate(time.Millisecond)
	return r
}
