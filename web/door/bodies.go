package door

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"headstart"
)

// bodies bounds what the bodies of requests take of memory while they are read and
// answered, in bytes and so in number. Who finds no room waits a moment, in the order they
// came and without being read, and is then told to come again. Of one sender no more than
// each may have is under way, so that one that went mad, or sends a byte a second, leaves
// room for others.
type bodies struct {
	most, each int64

	mu      sync.Mutex
	taken   int64
	by      map[string]int64
	waiting []*waiter // who came first stands first
}

// waiter is a request that waits for room; in is closed when it has got it.
type waiter struct {
	who  string
	size int64
	in   chan struct{}
}

const (
	// bodyLeast is what a request takes at least: its goroutine, its buffers and what
	// is made of a small body.
	bodyLeast = 16 << 10

	// bodyPatience is how long a request waits for room; Prometheus gives up after ten seconds.
	bodyPatience = 2 * time.Second

	// mostWaiting bounds the requests that wait, which cost a goroutine each.
	mostWaiting = 1024
)

func newBodies(most, each int64) *bodies {
	return &bodies{most: most, each: each, by: map[string]int64{}}
}

// take gets room for a body of size bytes of a sender, and returns how to give it back;
// nil: there was none in time. A body larger than all the room gets it to itself.
func (b *bodies) take(ctx context.Context, who string, size int64) (giveBack func()) {
	w := &waiter{who: who, size: min(max(size, bodyLeast), b.most), in: make(chan struct{})}
	if !b.join(w) {
		return nil
	}
	late := time.NewTimer(bodyPatience)
	defer late.Stop()
	select {
	case <-w.in:
	case <-late.C:
	case <-ctx.Done():
	}
	if !b.isIn(w) {
		return nil
	}
	return func() { b.giveBack(w) }
}

// join has w wait, if not too many do, and lets in who can be.
func (b *bodies) join(w *waiter) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) >= mostWaiting {
		return false
	}
	b.waiting = append(b.waiting, w)
	b.letIn()
	return true
}

// isIn reports whether w has its room, and if not takes it off those that wait.
func (b *bodies) isIn(w *waiter) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := slices.Index(b.waiting, w)
	if n < 0 {
		return true
	}
	b.waiting = slices.Delete(b.waiting, n, n+1)
	b.letIn() // it may have been large, and the first
	return false
}

// letIn gives room to who waits, in order. What is beyond a sender's share holds up nobody
// but what else that sender sends; what needs more than there is holds up all behind it.
// Otherwise the small that come after it would take its room, and it would never get in.
func (b *bodies) letIn() {
	full, beyond := false, map[string]bool{} // senders
	b.waiting = slices.DeleteFunc(b.waiting, func(w *waiter) bool {
		switch {
		case full || beyond[w.who]:
			return false
		case b.by[w.who] > 0 && b.by[w.who]+w.size > b.each:
			beyond[w.who] = true
			return false
		case b.taken+w.size > b.most:
			full = true
			return false
		}
		b.taken += w.size
		b.by[w.who] += w.size
		close(w.in)
		return true
	})
}

func (b *bodies) giveBack(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken -= w.size
	if b.by[w.who] -= w.size; b.by[w.who] == 0 {
		delete(b.by, w.who)
	}
	b.letIn()
}

// rooms are apart, so that a flood of alerts keeps no person from acting, and strangers
// at the public page keep out neither.
type rooms struct{ programs, people, strangers *bodies }

// newRooms shares out a part of what the process may take; zero: nothing bounds it. What
// is made of a body of alerts takes some six times as much as the body.
func newRooms(memory int64) rooms {
	part := func(of, most, share int64) *bodies {
		if memory > 0 {
			most = min(most, max(memory/of, 1<<20))
		}
		return newBodies(most, most/share)
	}
	return rooms{programs: part(64, 64<<20, 2), people: part(64, 32<<20, 2), strangers: part(128, 16<<20, 8)}
}

func (r rooms) of(rt headstart.Route) *bodies {
	switch {
	case brings(rt):
		return r.programs
	case rt.Scope == headstart.ScopeOpen || rt.Scope == headstart.ScopePage:
		return r.strangers
	}
	return r.people
}

// room gets room for the body of r, of at most limit bytes. When there is none it has
// answered, and ok is false. A request without a body needs none.
func (d *Door) room(w http.ResponseWriter, r *http.Request, rt headstart.Route, limit int64) (giveBack func(), ok bool) {
	if r.ContentLength == 0 {
		return func() {}, true
	}
	size := r.ContentLength
	if size < 0 { // it does not say
		size = limit
	}
	if brings(rt) && size > bodySmall && d.opts.Choked != nil && d.opts.Choked() {
		d.busy(w, r, rt, "memory", "the service has no memory left to read this; send it again")
		return nil, false
	}
	who := headstart.IdentityFrom(r.Context()).Name
	if who == "" {
		who = network(headstart.ClientFrom(r.Context()))
	}
	giveBack = d.rooms.of(rt).take(r.Context(), who, size)
	if giveBack == nil {
		d.busy(w, r, rt, "busy", "too much is being sent at once; send it again")
		return nil, false
	}
	return giveBack, true
}

// bodySmall is what is read of programs however little memory there is: the end of an
// alert is small, and makes what is remembered smaller.
const bodySmall = 64 << 10

// comeAgain is what a sender is told to wait, in seconds.
const comeAgain = 5

// busy turns away for now what would be taken at another time.
func (d *Door) busy(w http.ResponseWriter, r *http.Request, rt headstart.Route, reason, detail string) {
	if brings(rt) && d.opts.Refused != nil {
		d.opts.Refused(reason)
	}
	if d.refused.news(reason+" "+r.Pattern, d.now()) {
		d.logger.Warn("a request is turned away until there is room; if it happens often, give the process more memory", "path", clip(r.URL.Path, 100), "err", detail)
	}
	w.Header().Set("Retry-After", fmt.Sprint(comeAgain))
	w.Header().Set("Connection", "close") // what is left of the body is not read
	refuse(w, r, http.StatusServiceUnavailable, detail)
}
