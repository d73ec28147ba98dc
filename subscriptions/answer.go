package subscriptions

import (
	"context"
	"slices"
	"time"

	"headstart"
)

// Asked returns what the link of a question is about, and changes nothing: programs
// that check mail follow links too. A link that is forged, used, out of time or for
// something else is ErrLinkOver; which of these is nobody's business.
func (r *Register) Asked(ctx context.Context, text string) (headstart.Wish, error) {
	w, err := r.proven(ctx, text, r.answers)
	if err != nil {
		return headstart.Wish{}, err
	}
	return w.Question.Wish, nil
}

// Confirm answers a question with yes. The link is of no use from then on.
func (r *Register) Confirm(ctx context.Context, text string) (wish headstart.Wish, err error) {
	t, err := parseToken(text)
	if err != nil {
		return wish, headstart.ErrLinkOver
	}
	err = r.change(ctx, t.row(), func(w *row) error {
		if !r.answers(w, t) {
			return headstart.ErrLinkOver
		}
		wish = w.Question.Wish
		w.confirm(time.Now())
		return nil
	})
	if err == nil {
		r.metrics.count("confirmed")
		r.recount(ctx)
	}
	return wish, err
}

// Subscribed returns what the link of an unsubscribe is about, and changes nothing.
func (r *Register) Subscribed(ctx context.Context, text string) ([]headstart.Wish, error) {
	w, err := r.proven(ctx, text, r.leaves)
	if err != nil {
		return nil, err
	}
	var out []headstart.Wish
	for _, s := range w.Subs {
		out = append(out, s.Wish)
	}
	return out, nil
}

// Leave forgets whoever has the link: all that is known of the address goes. A second
// time is headstart.ErrLinkOver, since nothing is left to compare it with.
func (r *Register) Leave(ctx context.Context, text string) error {
	t, err := parseToken(text)
	if err != nil {
		return headstart.ErrLinkOver
	}
	err = r.change(ctx, t.row(), func(w *row) error {
		if !r.leaves(w, t) {
			return headstart.ErrLinkOver
		}
		*w = row{}
		return nil
	})
	if err == nil {
		r.metrics.count("left")
		r.recount(ctx)
	}
	return err
}

// Forget forgets an address somebody names, and reports whether it was known.
func (r *Register) Forget(ctx context.Context, email string) (known bool, err error) {
	a, err := parseAddress(email)
	if err != nil {
		return false, nil // nothing is kept of what is no address
	}
	err = r.change(ctx, r.o.Keys.row(a), func(w *row) error {
		known = w.Address != ""
		*w = row{}
		return nil
	})
	if known {
		r.recount(ctx)
	}
	return known, err
}

// proven returns the row of a token that fits.
func (r *Register) proven(ctx context.Context, text string, fits func(*row, token) bool) (*row, error) {
	t, err := parseToken(text)
	if err != nil {
		return nil, headstart.ErrLinkOver
	}
	w, _, err := r.get(ctx, t.row())
	if err != nil {
		return nil, err
	}
	if w == nil || !fits(w, t) {
		return nil, headstart.ErrLinkOver
	}
	return w, nil
}

// answers reports whether t answers the open question of w.
func (r *Register) answers(w *row, t token) bool {
	q := w.Question
	return q.open(time.Now()) && proves(q.Purpose, t.secret, q.Hash)
}

// leaves reports whether t ends the subscriptions of w.
func (r *Register) leaves(w *row, t token) bool {
	return w.Address != "" && proves(toLeave, t.secret, hashed(toLeave, r.o.Keys.leaveSecret(w.ID)))
}

// confirm makes a subscription of the open question.
func (w *row) confirm(now time.Time) {
	q := w.Question
	w.Question = nil
	if q.Purpose == toRenew {
		for n := range w.Subs {
			w.Subs[n].Renewed = now
		}
		return
	}
	w.Subs = slices.DeleteFunc(w.Subs, func(s subscription) bool { return s.Page == q.Wish.Page })
	w.Subs = append(w.Subs, subscription{Wish: q.Wish, Since: now, Renewed: now})
}
