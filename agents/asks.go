package agents

import (
	"context"
	"slices"
	"sync"
	"time"

	"headstart"
)

// Asks wait for the agent to fetch them. They are worth something only while
// whoever asked still waits, and may be lost (ruling 21).
const (
	askLife  = 20 * time.Second
	mostAsks = 256 // wait at once; the oldest give way

	// An agent's question for asks is answered after pollWait even if there are
	// none: less than a minute, since proxies cut a connection that is quiet for as
	// long. No agent may make it longer than pollMost.
	pollWait = 25 * time.Second
	pollMost = 50 * time.Second
)

// asks is the queue of one agent.
type asks struct {
	mu     sync.Mutex
	wait   []waiting
	news   chan struct{} // holds one token when something waits
	poller chan struct{} // closed when a newer poll takes over
}

type waiting struct {
	ask headstart.Ask
	at  time.Time
}

func newAsks() asks { return asks{news: make(chan struct{}, 1)} }

// Ask has every agent that fetches asks probe an asset now. All of them are asked:
// which agent looks at which asset is the agent's own configuration, and those that do
// not look at this one do nothing.
func (h *Hub) Ask(a headstart.Ask) {
	for _, s := range h.order {
		s.asks.add(a, time.Now())
	}
}

func (q *asks) add(a headstart.Ask, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait = slices.DeleteFunc(q.wait, func(w waiting) bool { return w.ask.Asset == a.Asset || at.Sub(w.at) >= askLife })
	if len(q.wait) == mostAsks {
		q.wait = slices.Delete(q.wait, 0, 1)
	}
	q.wait = append(q.wait, waiting{a, at})
	select {
	case q.news <- struct{}{}:
	default:
	}
}

// take returns what waits, and forgets it.
func (q *asks) take(at time.Time) []headstart.Ask {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := []headstart.Ask{} // [] in JSON, not null
	for _, w := range q.wait {
		if at.Sub(w.at) < askLife {
			out = append(out, w.ask)
		}
	}
	q.wait = nil
	return out
}

// poll waits up to d for asks. A newer poll ends an older one: that one's connection
// is probably dead, and would swallow what it is given.
func (q *asks) poll(ctx context.Context, d time.Duration) []headstart.Ask {
	q.mu.Lock()
	if q.poller != nil {
		close(q.poller)
	}
	mine := make(chan struct{})
	q.poller = mine
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		if q.poller == mine {
			q.poller = nil
		}
		q.mu.Unlock()
	}()

	end := time.NewTimer(d)
	defer end.Stop()
	for {
		select {
		case <-mine:
			return []headstart.Ask{}
		case <-ctx.Done():
			return []headstart.Ask{}
		case <-end.C:
			return []headstart.Ask{}
		case <-q.news:
		}
		select {
		case <-mine: // it is the newer one's
			q.again()
			return []headstart.Ask{}
		default:
		}
		if out := q.take(time.Now()); len(out) > 0 {
			return out
		}
	}
}

// again lets another poll look.
func (q *asks) again() {
	select {
	case q.news <- struct{}{}:
	default:
	}
}
