package systems

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// quota keeps us below a quarter of what an account may ask: it is shared with
// people and other programs. The zero quota knows no limit.
type quota struct {
	limit, left string        // headers that tell the limit, and what is left of it
	window      time.Duration // of the limit; zero: a minute

	mu    sync.Mutex
	most  int // calls in a window, as the server said; zero: not known
	spent int
	since time.Time
	tight bool // others used most of it
}

// share is the part of a limit that we use.
const share = 4

// note reads what an answer says of the limit.
func (q *quota) note(h http.Header, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.limit == "" {
		return
	}
	if n, err := strconv.Atoi(h.Get(q.limit)); err == nil && n > 0 {
		q.most = n
	}
	if n, err := strconv.Atoi(h.Get(q.left)); err == nil && q.most > 0 {
		q.tight = n < q.most/10
	}
	if q.since.IsZero() || now.Sub(q.since) >= q.span() {
		q.since, q.spent = now, 0
	}
	q.spent++
}

func (q *quota) span() time.Duration {
	if q.window == 0 {
		return time.Minute
	}
	return q.window
}

// wait says how long to stay away, if our share is used up. Nobody waits in here: the
// caller knows what else there is to do.
func (q *quota) wait() error {
	q.mu.Lock()
	pause := time.Duration(0)
	if q.most > 0 && (q.spent >= max(q.most/share, 1) || q.tight) {
		pause = q.span() - time.Since(q.since)
	}
	if pause <= 0 {
		q.tight = false
	}
	q.mu.Unlock()
	if pause <= 0 {
		return nil
	}
	return &RateLimited{min(pause, longestWait)}
}
