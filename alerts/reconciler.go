package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"headstart"
)

// Reconciler compares what we know with what Alertmanagers know, whichever way
// alerts come to us (rulings 14, 17):
//
//   - An alert only they know was lost on its way; it is taken in.
//   - What they silence or inhibit is silenced here.
//   - An alert that their webhook opened here and that none of them lists any more
//     expires. It does so only if all of them answered, twice, none has just
//     started, and the Prometheus it came from shows a fresh watchdog there:
//     absence alone proves nothing, and never resolves.
//
// Nothing follows from an Alertmanager that does not answer. Only the leader
// compares, and it writes only what changes something.
type Reconciler struct {
	api     *API
	peers   []*peer
	leading func() bool
	logger  *slog.Logger

	every time.Duration // between rounds
	young time.Duration // younger than this, a peer may not know its alerts yet

	before *round          // the round before; nil: not all peers answered
	deaf   map[string]bool // peers that did not answer last time
}

// round is what all peers said at once.
type round struct {
	began  time.Time
	listed map[string]*listing
}

// NewReconciler returns a Reconciler of the peers in the configuration. leading
// reports whether this process decides.
func NewReconciler(api *API, peers []Peer, dialer *headstart.Dialer, leading func() bool) (*Reconciler, error) {
	r := &Reconciler{
		api: api, leading: leading, logger: api.logger,
		every: 30 * time.Second, young: 5 * time.Minute, deaf: map[string]bool{},
	}
	var errs []error
	for i, p := range peers {
		x, err := newPeer(p, dialer)
		if err != nil {
			errs = append(errs, fmt.Errorf("alerts.reconcile[%d].%w", i, err))
			continue
		}
		r.peers = append(r.peers, x)
	}
	return r, errors.Join(errs...)
}

// Run compares until ctx ends.
func (r *Reconciler) Run(ctx context.Context) error {
	if len(r.peers) == 0 {
		<-ctx.Done()
		return nil
	}
	for {
		wait := r.every
		if r.leading() && r.api.view.Ready() {
			r.round(ctx)
		} else {
			r.before, wait = nil, min(wait, time.Second)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// round asks all peers once and writes what follows.
func (r *Reconciler) round(ctx context.Context) {
	began := r.api.now()
	snaps := r.ask(ctx)
	if len(snaps) == 0 || ctx.Err() != nil {
		r.before = nil
		return
	}
	now := r.api.now()
	whole := len(snaps) == len(r.peers)
	for _, s := range snaps {
		whole = whole && !s.up.IsZero() && now.Sub(s.up) >= r.young
	}
	list := r.list(snaps, now)
	lines := r.silences(snaps, whole, now)
	lines = append(lines, r.inhibitions(list, now)...)
	lines = append(lines, r.signs(list, now)...)
	lines = append(lines, r.alive(list, now)...)
	if whole {
		lines = append(lines, r.gone(list, now)...)
	}
	r.before = nil
	if err := r.write(ctx, lines, now); err != nil {
		r.logger.Warn("what Alertmanager said was not stored; it is asked again", "err", err)
		return
	}
	if whole {
		r.before = &round{began, list.alerts}
	}
}

// askTimeout bounds one round of questions.
const askTimeout = 20 * time.Second

// ask returns the answers there are, in the order of the configuration.
func (r *Reconciler) ask(ctx context.Context) []*snapshot {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answers, errs := make([]*snapshot, len(r.peers)), make([]error, len(r.peers))
	var wg sync.WaitGroup
	for i, p := range r.peers {
		wg.Go(func() { answers[i], errs[i] = p.ask(ctx) })
	}
	wg.Wait()
	var out []*snapshot
	for i, p := range r.peers {
		if errs[i] != nil {
			if !r.deaf[p.name] {
				r.logger.Warn("alertmanager does not answer; nothing follows from that", "source", p.name, "err", errs[i])
			}
			r.deaf[p.name] = true
			continue
		}
		r.deaf[p.name] = false
		now := r.api.now()
		r.api.metrics.lastSeen.WithLabelValues(p.name).Set(float64(now.UnixMilli()) / 1000)
		r.api.ears.Hear(p.name, now, r.every)
		out = append(out, answers[i])
	}
	return out
}

// write makes lines durable and waits until the view has them, so that the next
// round does not write them again.
func (r *Reconciler) write(ctx context.Context, lines []headstart.Line, now time.Time) error {
	var last headstart.Offset
	for len(lines) > 0 {
		n := min(len(lines), maxLines)
		off, err := r.api.append(ctx, now, lines[:n], nil, false)
		if err != nil {
			return err
		}
		last, lines = off, lines[n:]
	}
	ctx, cancel := context.WithTimeout(ctx, viewPatience)
	defer cancel()
	return r.api.view.WaitFor(ctx, last)
}
