package subscriptions

import (
	"context"
	"errors"
	"time"
)

const (
	retryEvery = time.Minute
	sweepEvery = time.Hour

	// questionFor is how long a question may be answered, and how long no other is
	// mailed to the same address.
	questionFor = 24 * time.Hour

	// claimFor is how long another process leaves a question alone that one is mailing.
	claimFor = 2 * time.Minute
)

// attempt is a question that could not be mailed yet.
type attempt struct {
	tries int
	next  time.Time
}

// Run takes requests further, mails questions and tidies up until ctx ends.
func (r *Register) Run(ctx context.Context) error {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	r.resume(ctx)
	swept := time.Time{} // a service that is often restarted tidies up too
	for {
		select {
		case <-ctx.Done():
			r.drain(ctx)
			return nil
		case q := <-r.asked:
			if key := r.take(ctx, q); key != "" {
				r.mail(ctx, key)
			}
		case <-retry.C:
			r.again(ctx)
			if now := time.Now(); r.o.Leading() && now.Sub(swept) >= sweepEvery {
				swept = now
				r.sweep(ctx)
			}
		}
	}
}

// resume finds the questions that a process before this one did not get to mail.
func (r *Register) resume(ctx context.Context) {
	now := time.Now()
	err := r.each(ctx, func(key string, w *row) {
		if w.Question.open(now) && !w.Question.Sent {
			r.unsent[key] = &attempt{next: w.Question.Tried.Add(claimFor)}
		}
	})
	r.trouble(ctx, "subscriptions not looked through", err)
	r.again(ctx)
	r.recount(ctx)
}

// drain keeps what was asked at the last moment, for the next process to mail.
func (r *Register) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for {
		select {
		case q := <-r.asked:
			r.take(ctx, q)
		default:
			return
		}
	}
}

// take notes a question for an address that may have one, and returns where; empty:
// there is nothing to mail.
func (r *Register) take(ctx context.Context, q request) (key string) {
	if !r.Open() || !r.listed(q.address.domain) {
		r.metrics.count("unlisted")
		return ""
	}
	key, now := r.o.Keys.row(q.address), time.Now()
	repeated := false
	err := r.change(ctx, key, func(w *row) error {
		repeated = now.Before(w.Asked.Add(questionFor)) || w.Question.open(now)
		if repeated {
			return errSame
		}
		if w.Address == "" {
			id := randomSecret()
			w.Address, w.ID = q.address.to, id[:]
		}
		w.Asked, w.Question = now, &question{Purpose: toConfirm, Until: now.Add(questionFor), Wish: q.wish}
		return nil
	})
	switch {
	case err != nil:
		r.trouble(ctx, "request to subscribe lost", err)
		r.metrics.count("failed")
		return ""
	case repeated:
		r.metrics.count("repeated")
		return ""
	}
	r.metrics.count("taken")
	return key
}

// again mails what could not be mailed and is due once more.
func (r *Register) again(ctx context.Context) {
	now := time.Now()
	for key, a := range r.unsent {
		if !now.Before(a.next) && ctx.Err() == nil {
			r.mail(ctx, key)
		}
	}
}

// mail asks the question at key. Its secret is made now, since only its hash is kept.
func (r *Register) mail(ctx context.Context, key string) {
	secret, now := randomSecret(), time.Now()
	var asks *row
	err := r.change(ctx, key, func(w *row) error {
		asks = nil
		q := w.Question
		if !q.open(now) || q.Sent || now.Before(q.Tried.Add(claimFor)) {
			return errSame
		}
		q.Hash, q.Tried = hashed(q.Purpose, secret), now
		asks = w
		return nil
	})
	if err == nil && asks == nil {
		delete(r.unsent, key) // answered, out of time, or another process mails it
		return
	}
	if err == nil {
		err = r.o.Mailer.Mail(ctx, r.letter(asks, tokenFor(key, secret)))
	}
	var refusal interface{ Refused() bool }
	if err != nil && !(errors.As(err, &refusal) && refusal.Refused()) {
		r.later(ctx, key, err)
		return
	}
	delete(r.unsent, key)
	refused := err != nil
	err = r.change(ctx, key, func(w *row) error {
		switch {
		case w.Question == nil || !proves(w.Question.Purpose, secret, w.Question.Hash):
			return errSame
		case refused && w.Question.Purpose == toConfirm: // there is no such mailbox: nothing to keep
			w.Question = nil
		default:
			w.Question.Sent = true
		}
		return nil
	})
	r.trouble(ctx, "question to a subscriber not noted as mailed", err)
	if refused {
		r.metrics.count("refused")
		return
	}
	r.metrics.count("asked")
}

// later puts a question off: after a minute, and twice as long each time, up to an
// hour.
func (r *Register) later(ctx context.Context, key string, err error) {
	if ctx.Err() != nil {
		return
	}
	a := r.unsent[key]
	if a == nil {
		a = &attempt{}
		r.unsent[key] = a
	}
	a.tries++
	a.next = time.Now().Add(min(claimFor<<min(a.tries-1, 5), time.Hour))
	r.logger.Warn("question to a subscriber not mailed yet", "subject", len(r.unsent), "err", withoutAddresses(err))
	r.metrics.count("failed")
}

// trouble logs what went wrong, unless the program just ends.
func (r *Register) trouble(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		r.logger.Error("subscriptions", "outcome", what, "err", withoutAddresses(err))
	}
}
