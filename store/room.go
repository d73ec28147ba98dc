package store

import (
	"context"
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
// measurement that fails changes nothing: the append itself will tell.
func (f *fullness) refuses(ctx context.Context, recs []headstart.Append, measure func(context.Context) (float64, error)) (float64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.at) >= roomEvery || now.Before(f.at) {
		f.at = now
		ctx, cancel := context.WithTimeout(ctx, roomEvery/2) // senders wait for it
		defer cancel()
		if ratio, err := measure(ctx); err == nil {
			f.ratio = ratio
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
