package store

import (
	"sync"
	"time"

	"headstart"
)

// fullness remembers for roomEvery how full the store is.
type fullness struct {
	mu    sync.Mutex
	at    time.Time
	ratio float64
}

// refuses reports whether recs must be refused for lack of room (ruling 12). A
// measurement that fails refuses nothing: the append itself will tell.
func (f *fullness) refuses(recs []headstart.Append, measure func() (float64, error)) (float64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.at) >= roomEvery || now.Before(f.at) {
		if ratio, err := measure(); err == nil {
			f.at, f.ratio = now, ratio
		}
	}
	if f.ratio < fullAt {
		return f.ratio, false
	}
	for _, r := range recs {
		if isObservation(kindOf(r.Data)) {
			return f.ratio, true
		}
	}
	return f.ratio, false
}
