package systems

import (
	"sync"
	"time"
)

// asides remembers what was asked for beside a ticket, each with a call of its own,
// until the ticket changes: walks overlap, and a page that a limit broke off is read
// again from its start, which without a memory would break off there for ever.
type asides struct {
	mu   sync.Mutex
	kept map[string]aside
}

type aside struct {
	updated time.Time
	native  string // changes of one second
	first   time.Time
	reopens int
}

// asidesMost bounds what is remembered; beyond, all is forgotten. What changed within
// asidesFresh is not remembered: it may change again in the same second, which no
// time of change would tell.
const (
	asidesMost  = 5000
	asidesFresh = 5 * time.Second
)

// fill completes t, if it is as it was remembered.
func (x *asides) fill(t *Ticket) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	was, ok := x.kept[t.ID]
	if !ok || !was.updated.Equal(t.Updated) || was.native != t.Native {
		return false
	}
	t.FirstResponse, t.Reopens = was.first, was.reopens
	return true
}

// keep remembers t, which is complete.
func (x *asides) keep(t *Ticket) {
	if time.Since(t.Updated).Abs() < asidesFresh {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.kept == nil || len(x.kept) >= asidesMost {
		x.kept = map[string]aside{}
	}
	x.kept[t.ID] = aside{t.Updated, t.Native, t.FirstResponse, t.Reopens}
}
