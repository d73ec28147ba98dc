package icmp

import (
	"context"
	"sync"
	"time"
)

// bucket paces echoes: rate a second, burst of them at once. It books each
// caller a time slot, so waiting costs no polling and order is kept.
type bucket struct {
	every time.Duration // between two echoes
	burst time.Duration // how far bookings may lag behind the clock

	mu   sync.Mutex
	next time.Time // slot of the next caller
}

func newBucket(rate, burst int) *bucket {
	every := time.Second / time.Duration(rate)
	return &bucket{every: every, burst: time.Duration(burst-1) * every}
}

// take waits for the caller's slot, or returns the error of ctx.
func (b *bucket) take(ctx context.Context) error {
	b.mu.Lock()
	now := time.Now()
	if oldest := now.Add(-b.burst); b.next.Before(oldest) {
		b.next = oldest
	}
	slot := b.next
	b.next = slot.Add(b.every)
	b.mu.Unlock()

	wait := slot.Sub(now)
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
