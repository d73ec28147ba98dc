package door

import (
	"net/netip"
	"sync"
	"time"
)

// slowdown makes guessing slow: after a few failures of one key each further
// one doubles the time until the next attempt counts.
type slowdown struct {
	free int           // failures that cost nothing
	max  time.Duration // longest wait
	now  func() time.Time

	mu   sync.Mutex
	keys map[string]*failures
}

type failures struct {
	n     int
	until time.Time // attempts before it are refused unheard
	last  time.Time
}

// maxKeys bounds the memory an attacker can make us spend; beyond it the
// longest unseen keys are forgotten.
const maxKeys = 10_000

func newSlowdown(free int, longest time.Duration, now func() time.Time) *slowdown {
	return &slowdown{free: free, max: longest, now: now, keys: map[string]*failures{}}
}

// attempt counts a try of each key as failed until good says otherwise, so that
// many at once cannot slip through together. It returns how long to wait; then
// the try must not be made.
func (s *slowdown) attempt(keys ...string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var wait time.Duration
	for _, k := range keys {
		if f := s.keys[k]; f != nil && f.until.After(now) {
			wait = max(wait, f.until.Sub(now))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, k := range keys {
		s.fail(k, now)
	}
	return 0
}

func (s *slowdown) fail(key string, now time.Time) {
	f := s.keys[key]
	if f == nil || now.Sub(f.last) > 4*s.max {
		s.makeRoom(now)
		f = &failures{}
		s.keys[key] = f
	}
	f.n++
	f.last = now
	if over := f.n - s.free; over > 0 {
		f.until = now.Add(min(s.max, time.Second<<min(over-1, 20)))
	}
}

func (s *slowdown) makeRoom(now time.Time) {
	if len(s.keys) < maxKeys {
		return
	}
	oldest, at := "", now
	for k, f := range s.keys {
		if now.Sub(f.last) > 4*s.max {
			delete(s.keys, k)
		} else if f.last.Before(at) {
			oldest, at = k, f.last
		}
	}
	if len(s.keys) >= maxKeys {
		delete(s.keys, oldest)
	}
}

// good forgets the failures of key: its owner came in.
func (s *slowdown) good(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
}

// network is what one attacker can hold: an IPv4 address or an IPv6 /64.
func network(a netip.Addr) string {
	if a.Is6() && !a.Is4In6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.Unmap().String()
}
