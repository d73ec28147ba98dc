package notify

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// maxAbandoned is how many calls of one destination may be left behind. Each
// costs a goroutine and a connection until the library lets go of it.
const maxAbandoned = 4

var errAbandoned = errors.New("ignored its deadline and was abandoned; the message may still arrive")

// watchdog bounds calls that may ignore their context, as Alertmanager's mail
// integration does once it is connected.
type watchdog struct {
	name      string
	limit     time.Duration
	grace     time.Duration // beyond the limit, before the call is abandoned
	abandoned atomic.Int32
}

func newWatchdog(name string, limit time.Duration) *watchdog {
	return &watchdog{name: name, limit: limit, grace: 2 * time.Second}
}

// do calls f and waits no longer than the limit and its grace. A panic is a
// permanent failure. It starts nothing while too many earlier calls hang.
func (w *watchdog) do(ctx context.Context, f func(context.Context) error) error {
	if w.abandoned.Load() >= maxAbandoned {
		return fmt.Errorf("%s: %d earlier calls still hang; waiting for one to end", w.name, maxAbandoned)
	}
	call, cancel := context.WithTimeout(ctx, w.limit)
	done := make(chan error, 1)
	var ended atomic.Bool // set by whoever comes first: the call or its watchdog
	go func() {
		defer cancel()
		done <- w.guarded(call, f)
		if !ended.CompareAndSwap(false, true) {
			w.abandoned.Add(-1) // it came back after all
		}
	}()
	timer := time.NewTimer(w.limit + w.grace)
	defer timer.Stop()
	stop := ctx.Done()
	for {
		select {
		case err := <-done:
			return err
		case <-stop: // the program ends: no longer than the grace
			stop = nil
			timer.Reset(w.grace)
		case <-timer.C:
			w.abandoned.Add(1)
			if !ended.CompareAndSwap(false, true) {
				w.abandoned.Add(-1)
				return <-done
			}
			return fmt.Errorf("%s: %w", w.name, errAbandoned)
		}
	}
}

func (w *watchdog) guarded(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = permanentf("%s: panic: %v", w.name, p)
		}
	}()
	return f(ctx)
}
