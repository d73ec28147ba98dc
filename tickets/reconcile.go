package tickets

import (
	"context"
	"errors"
	"slices"
	"time"

	"headstart"
	"headstart/tickets/systems"
)

// Reconciling finds what lists do not tell: deleted, merged, moved out of sight.
const (
	reconcileEvery = 30 * time.Minute
	reconcileMost  = 200 // tickets at a time
	sweepAtOnce    = 25  // of those that belong to no incident
)

// dueToReconcile: every half hour, and at 07:30 before the desk begins.
func (p *poller) dueToReconcile(now time.Time) bool {
	if p.reconciled.IsZero() {
		p.reconciled = now // the first walk has just read what is open
		return false
	}
	local := now.In(p.source.zone)
	morning := time.Date(local.Year(), local.Month(), local.Day(), 7, 30, 0, 0, p.source.zone)
	return now.Sub(p.reconciled) >= reconcileEvery || p.reconciled.Before(morning) && !now.Before(morning)
}

// reconcile reads each open ticket that belongs, or may belong, to an incident.
func (p *poller) reconcile(ctx context.Context) error {
	p.reconciled = p.in.now()
	n := 0
	for _, t := range p.in.view.Tickets() {
		if t.Source != p.source.Name || t.Solved() || !concerned(t) {
			continue
		}
		if n++; n > reconcileMost {
			return nil
		}
		if err := p.reread(ctx, t.ID); err != nil {
			return err
		}
	}
	return p.sweep(ctx)
}

// sweep reads some of the other open tickets again, the next in turn: what was
// deleted, or moved to where our user may not look, must not leave its text here.
func (p *poller) sweep(ctx context.Context) error {
	var ids []string
	for _, t := range p.in.view.Tickets() {
		if t.Source == p.source.Name && !t.Solved() && !concerned(t) {
			ids = append(ids, t.ID)
		}
	}
	slices.Sort(ids)
	first, met := slices.BinarySearch(ids, p.swept)
	if met {
		first++
	}
	p.swept = "" // the last of them: from the first again
	if rest := ids[first:]; len(rest) > sweepAtOnce {
		ids, p.swept = rest[:sweepAtOnce], rest[sweepAtOnce-1]
	} else {
		ids = rest
	}
	for _, id := range ids {
		err := p.reread(ctx, id)
		if _, limited := errors.AsType[*systems.RateLimited](err); limited {
			return nil // it is not worth what walks need
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func concerned(t *headstart.TicketState) bool {
	for _, l := range t.Links {
		if l.Verdict == "linked" || l.Verdict == "" && l.Band != headstart.BandNone {
			return true
		}
	}
	return false
}
