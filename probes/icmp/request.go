package icmp

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// request is one Ping in progress. The socket's reader fills it in, the caller
// of Ping waits on it.
type request struct {
	addr  netip.Addr
	count int
	keys  []key         // of its echoes, for forget
	news  chan struct{} // holds one token when something arrived

	mu  sync.Mutex
	got Result
	sum time.Duration
}

func newRequest(addr netip.Addr, count int) *request {
	return &request{addr: addr, count: count, keys: make([]key, 0, count), news: make(chan struct{}, 1)}
}

// sent counts one echo that left.
func (r *request) sent() {
	r.mu.Lock()
	r.got.Sent++
	r.mu.Unlock()
}

// reply counts one echo that came back.
func (r *request) reply(rtt time.Duration) {
	r.mu.Lock()
	res := &r.got
	res.Received++
	r.sum += rtt
	if res.Received == 1 || rtt < res.Min {
		res.Min = rtt
	}
	res.Max = max(res.Max, rtt)
	all := res.Received >= r.count
	r.mu.Unlock()
	if all { // the others are waited for in any case
		r.wake()
	}
}

// unreachable notes the router that gave up on an echo.
func (r *request) unreachable(router netip.Addr, code int) {
	r.mu.Lock()
	r.got.Router, r.got.Code = router, code
	r.mu.Unlock()
	r.wake()
}

func (r *request) wake() {
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// wait returns at until, when ctx ends, or when a router gave up; with all, also
// once every echo has its reply. It reports whether a router gave up.
func (r *request) wait(ctx context.Context, until time.Time, all bool) (gaveUp bool) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for {
		res := r.result()
		if res.Router.IsValid() && res.Received == 0 {
			return true
		}
		if all && res.Received >= r.count {
			return false
		}
		select {
		case <-r.news:
		case <-timer.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

func (r *request) result() Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	res := r.got
	if res.Received > 0 {
		res.Avg = r.sum / time.Duration(res.Received)
	}
	return res
}
