package subscriptions

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// sweep forgets what is out of time, and asks whoever soon will be whether they want
// to go on.
func (r *Register) sweep(ctx context.Context) {
	now := time.Now()
	var due []string
	err := r.each(ctx, func(key string, w *row) {
		if r.tidy(w, now) {
			due = append(due, key)
		}
	})
	for _, key := range due {
		asks := false
		more := r.change(ctx, key, func(w *row) error {
			if !r.tidy(w, now) {
				return errSame
			}
			asks = w.Question != nil && !w.Question.Sent
			return nil
		})
		r.trouble(ctx, "a subscription was not tidied", more)
		if asks && more == nil {
			r.mail(ctx, key)
		}
	}
	r.trouble(ctx, "subscriptions not looked through", err)
	r.trouble(ctx, "limits not tidied", r.limits.tidy(ctx, now))
	r.recount(ctx)
}

// tidy takes out of w what is over, and reports whether anything changed.
func (r *Register) tidy(w *row, now time.Time) (changed bool) {
	if w.Question != nil && !w.Question.open(now) {
		w.Question, changed = nil, true
	}
	had := len(w.Subs)
	w.Subs = slices.DeleteFunc(w.Subs, func(s subscription) bool { return !now.Before(s.Renewed.Add(r.o.Keep)) })
	changed = w.prune(now) || changed || len(w.Subs) < had
	return r.remind(w, now) || changed
}

// remind asks a subscriber whose time is nearly up, once.
func (r *Register) remind(w *row, now time.Time) bool {
	if !r.Open() || w.Question != nil || len(w.Subs) == 0 {
		return false
	}
	first := w.Subs[0]
	for _, s := range w.Subs {
		if s.Renewed.Before(first.Renewed) {
			first = s
		}
	}
	ends := first.Renewed.Add(r.o.Keep)
	before := min(30*24*time.Hour, r.o.Keep/4)
	if now.Before(ends.Add(-before)) || !w.Asked.Before(ends.Add(-before)) {
		return false
	}
	w.Asked, w.Question = now, &question{Purpose: toRenew, Until: ends, Wish: first.Wish}
	return true
}

// tidy takes off who asked more than an hour ago.
func (l *limits) tidy(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, err := l.shelf.ShelfGet(ctx, shelf, limitKey)
	if err != nil || before == nil {
		return err
	}
	var list []taken
	_ = json.Unmarshal(before, &list)
	if slices.ContainsFunc(list, func(t taken) bool { return t.recent(now) }) {
		return nil
	}
	_, err = l.shelf.ShelfSwap(ctx, shelf, limitKey, before, nil)
	return err
}
