package probes

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"headstart"
)

// sentry is the storm guard: it keeps an outage of our own from being told as an
// outage of everything.
//
// A probe that stops working has the witnesses looked at, and before its failure
// leaves, one of them must have answered a moment ago. If none does, what fails is
// held back; and once more than three in ten probes have stopped working as well, at
// least ten of them, we are isolated: that alone is told, and every probe that needs
// the network is Unknown until a witness answers. The loop owns it.
type sentry struct {
	list []witness
	look func(ctx context.Context, list []witness) glance

	// met is whether a witness has ever answered, and heard when one last did. One
	// that never does tells nothing: a firewall may forbid it.
	met   bool
	heard time.Time

	told     headstart.Verdict // of the check prober-isolated; "" until the first
	isolated bool
	shown    atomic.Bool     // isolated, for who is not the loop
	said     headstart.Check // the check that told it

	next    time.Time // when the witnesses are looked at next
	looking bool
	seen    chan glance

	held  map[*job]holding
	asked []*run    // answers to asks that are held back
	since time.Time // the first of held and asked
}

// holding is a change that has not left yet.
type holding struct {
	found  finding
	before judge // what was confirmed until then
}

const (
	vouchedFor = 2 * time.Second  // how long an answer of a witness stands for all others
	lookAgain  = 2 * time.Second  // between two looks while something is held back
	glanceMost = time.Minute      // between two looks while all is well
	holdMost   = 30 * time.Second // how long a failure is held back while few others fail
)

func newSentry(list []witness, look func(context.Context, []witness) glance) *sentry {
	return &sentry{list: list, look: look, seen: make(chan glance, 1), held: map[*job]holding{}}
}

// adopt goes on where old stopped; what it held back is judged anew.
func (s *sentry) adopt(old *sentry) {
	if old != nil {
		s.met, s.heard, s.told, s.said = old.met, old.heard, old.told, old.said
		s.isolate(old.isolated)
	}
}

func (s *sentry) isolate(is bool) {
	s.isolated = is
	s.shown.Store(is)
}

// stands reports whether a failure may leave at once.
func (s *sentry) stands(now time.Time) bool {
	return len(s.list) == 0 || now.Sub(s.heard) < vouchedFor
}

// start looks at the witnesses when it is time to, and returns how long until then.
func (s *sentry) start(ctx context.Context, now time.Time) time.Duration {
	if len(s.list) == 0 || s.looking {
		return time.Hour
	}
	if wait := s.next.Sub(now); wait > 0 {
		return wait
	}
	s.looking = true
	go func() { s.seen <- s.look(ctx, s.list) }() // roomy: one look at a time
	return time.Hour
}

// hold keeps what would leave until the witnesses have been looked at.
func (s *sentry) hold(now time.Time) {
	if s.since.IsZero() {
		s.since = now
	}
	s.alarm(now)
}

// alarm has the witnesses looked at, unless one answered a moment ago.
func (s *sentry) alarm(now time.Time) {
	if !s.stands(now) && s.next.Sub(now) > lookAgain {
		s.next = now
	}
}

// holds reports whether something waits.
func (s *sentry) holds() bool { return len(s.held)+len(s.asked) > 0 }

// names lists the witnesses for people.
func (s *sentry) names() string {
	var names []string
	for _, w := range s.list {
		names = append(names, w.String())
	}
	return strings.Join(names, ", ")
}

// stopped is how many probes stopped working within about one interval of theirs.
type stopped struct {
	turned, lately, all int // lately: all but those that have failed for longer
	first               time.Time
}

// stormy reports whether so much fails at once that it may well be us: more than 30 %
// of the probes and at least ten; of a small fleet, all that worked.
func (x stopped) stormy() bool {
	return 10*x.turned > 3*x.all && x.turned >= min(10, max(3, x.lately))
}

func (x *stopped) count(j *job, now time.Time) {
	if j.spec.self || j.away {
		return // it fails, or works, without any network
	}
	x.all++
	switch {
	case j.failing.IsZero():
		x.lately++
	case now.Sub(j.failing) <= j.spec.notices():
		x.lately++
		x.turned++
		if x.first.IsZero() || j.failing.Before(x.first) {
			x.first = j.failing
		}
	}
}

func (x stopped) String() string { return fmt.Sprintf("%d of %d probes", x.turned, x.all) }
