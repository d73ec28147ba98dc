package notify

import (
	"slices"
	"sync"
)

// maxPartial bounds what is remembered of messages that were given up halfway.
const maxPartial = 1000

// ledger remembers how far messages for several recipients got, by key. It
// lives in memory: after a crash a message may reach somebody twice.
type ledger struct {
	mu      sync.Mutex // an abandoned call may still run
	partial map[string]*recipients
}

// recipients are those of one message that need it no more.
type recipients struct {
	told    map[string]bool
	refused map[string]bool // for good
}

func (r *recipients) left(to []string) []string {
	return slices.DeleteFunc(slices.Clone(to), func(a string) bool { return r.told[a] || r.refused[a] })
}

func (p *ledger) of(key string) *recipients {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.partial == nil || len(p.partial) > maxPartial {
		p.partial = map[string]*recipients{}
	}
	if p.partial[key] == nil {
		p.partial[key] = &recipients{told: map[string]bool{}, refused: map[string]bool{}}
	}
	return p.partial[key]
}

func (p *ledger) forget(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.partial, key)
}
