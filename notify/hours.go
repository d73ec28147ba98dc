package notify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/timeinterval"
)

// hours are the time intervals of a configuration, by name, and which routes live by
// them. The zero value holds nothing back.
type hours struct {
	named map[string][]timeinterval.TimeInterval
	root  *dispatch.Route // nil: no route has any
	turns *turns
}

func newHours(doc *routing) (hours, error) {
	h := hours{named: map[string][]timeinterval.TimeInterval{}, turns: &turns{}}
	var errs []error
	add := func(name string, list []timeinterval.TimeInterval) {
		if _, twice := h.named[name]; twice {
			errs = append(errs, fmt.Errorf("time_intervals: the name %q is used twice; give each its own", name))
		}
		h.named[name] = list
	}
	for _, x := range doc.TimeIntervals {
		add(x.Name, x.TimeIntervals)
	}
	for _, x := range doc.MuteTimeIntervals {
		add(x.Name, x.TimeIntervals)
	}
	return h, errors.Join(errs...)
}

// check holds the routes to intervals that exist, and remembers the tree if one has any.
func (h *hours) check(root *dispatch.Route) error {
	var errs []error
	root.Walk(func(n *dispatch.Route) {
		for _, name := range slices.Concat(n.RouteOpts.MuteTimeIntervals, n.RouteOpts.ActiveTimeIntervals) {
			h.root = root
			if _, known := h.named[name]; !known {
				errs = append(errs, fmt.Errorf("route: no time interval is named %q; add it to time_intervals or correct the name", name))
			}
		}
	})
	return errors.Join(errs...)
}

// mute names the intervals that hold a route back at a time: those of mute_time_intervals
// it lies in, or all of active_time_intervals if it lies in none of them. Intervals are
// not inherited, as in Alertmanager.
func (h *hours) mute(n *dispatch.Route, at time.Time) []string {
	if h.root == nil {
		return nil
	}
	var out []string
	for _, name := range n.RouteOpts.MuteTimeIntervals {
		if h.within(name, at) {
			out = append(out, name)
		}
	}
	active := n.RouteOpts.ActiveTimeIntervals
	if len(out) == 0 && len(active) > 0 && !slices.ContainsFunc(active, func(name string) bool { return h.within(name, at) }) {
		return slices.Clone(active)
	}
	return out
}

func (h *hours) within(name string, at time.Time) bool {
	// Without a location an interval is in UTC.
	return slices.ContainsFunc(h.named[name], func(x timeinterval.TimeInterval) bool { return x.ContainsTime(at.UTC()) })
}

// Resting reports whether every route that leads to a receiver is held back at a time.
// A receiver no route leads to never rests: who named it wants it.
func (r *Router) Resting(receiver string, at time.Time) bool {
	if r.hours.root == nil {
		return false
	}
	open, some := false, false
	r.root.Walk(func(n *dispatch.Route) {
		if n.RouteOpts.Receiver == receiver {
			some = true
			open = open || len(r.hours.mute(n, at)) == 0
		}
	})
	return some && !open
}

// Intervals names the time intervals there are, sorted.
func (r *Router) Intervals() []string {
	var out []string
	for name := range r.hours.named {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
