package notify

import (
	"context"
	"errors"
	"time"

	"headstart"
)

// barrierPatience is how long messages wait for a replica that does not confirm, from when
// it was first asked. After that they leave all the same: a late notice of an outage is
// worse than one that a failover makes come twice.
const barrierPatience = 5 * time.Second

// barrierLeast is how long a question may take that is asked late or afterwards: longer
// than a store waits for a replica.
const barrierLeast = time.Second

// confirmed reports whether what was just read from the outbox may be sent: a replica has
// it, so that the one which takes over when the server dies owes the same messages, under
// the same keys and numbers.
func (s *Sender) confirmed(ctx context.Context) bool {
	if s.o.Barrier == nil {
		return true
	}
	asked := time.Now()
	if s.behind.IsZero() {
		s.behind = asked
	}
	err := s.askReplicas(ctx, s.behind.Add(barrierPatience))
	switch {
	case err == nil:
		if s.ahead.Swap(false) {
			s.logger.Info("the store's replicas confirm again", "duration", asked.Sub(s.behind).Round(time.Second))
		}
		s.behind = time.Time{}
		return true
	case ctx.Err() != nil, errors.Is(err, headstart.ErrFenced), errors.Is(err, headstart.ErrGap):
		s.behind = time.Time{}
		return false // another leader has them, or this one once it has loaded what the store is now
	}
	if time.Since(s.behind) < barrierPatience {
		return false // what is owed stays owed; the next reading asks again
	}
	if !s.ahead.Swap(true) {
		s.logger.Warn("messages leave though no replica of the store has confirmed them; a failover now may send some twice", "err", err)
	}
	return true
}

// askReplicas asks once, until about a time: a server that does not answer must not make
// messages wait any longer.
func (s *Sender) askReplicas(ctx context.Context, until time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, max(time.Until(until), barrierLeast))
	defer cancel()
	return s.o.Barrier(ctx)
}
