package notify

import (
	"context"
	"errors"
	"time"

	"headstart"
)

// barrierPatience is how long messages wait for a replica that does not confirm. After
// that they leave all the same: a late notice of an outage is worse than one that a
// failover makes come twice.
const barrierPatience = 5 * time.Second

// confirmed reports whether what was just read from the outbox may be sent: a replica has
// it, so that the one which takes over when the server dies owes the same messages, under
// the same keys and numbers.
func (s *Sender) confirmed(ctx context.Context) bool {
	if s.o.Barrier == nil {
		return true
	}
	err := s.o.Barrier(ctx)
	now := time.Now()
	switch {
	case err == nil:
		if s.ahead.Swap(false) {
			s.logger.Info("the store's replicas confirm again", "duration", now.Sub(s.behind).Round(time.Second))
		}
		s.behind = time.Time{}
		return true
	case ctx.Err() != nil, errors.Is(err, headstart.ErrFenced), errors.Is(err, headstart.ErrGap):
		return false // another leader has them, or this one once it has loaded what the store is now
	}
	if s.behind.IsZero() {
		s.behind = now
	}
	if now.Sub(s.behind) < barrierPatience {
		return false // what is owed stays owed; the next reading asks again
	}
	if !s.ahead.Swap(true) {
		s.logger.Warn("messages leave though no replica of the store has confirmed them; a failover now may send some twice", "err", err)
	}
	return true
}
