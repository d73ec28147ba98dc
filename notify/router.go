package notify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"go.yaml.in/yaml/v3"
)

// Router walks the operators' route, as Alertmanager would, with the labels of
// each single alert (ruling 16). The zero Router names nobody.
type Router struct {
	root       *dispatch.Route
	unhonoured []string
}

// NewRouter reads a route in Alertmanager's syntax; empty text pages nobody.
func NewRouter(routeYAML string) (*Router, error) {
	if strings.TrimSpace(routeYAML) == "" {
		return &Router{}, nil
	}
	startLibrary()
	var route config.Route
	dec := yaml.NewDecoder(strings.NewReader(routeYAML))
	dec.KnownFields(true)
	if err := dec.Decode(&route); err != nil {
		return nil, fmt.Errorf("route: %w; it takes Alertmanager's own keys", err)
	}
	if err := errors.Join(checkRoot(&route), checkRoutes(route.Routes)); err != nil {
		return nil, err
	}
	r := &Router{root: dispatch.NewRoute(&route, nil)}
	note(&route, &r.unhonoured)
	slices.Sort(r.unhonoured)
	r.unhonoured = slices.Compact(r.unhonoured)
	return r, nil
}

// checkRoot holds the root to what Alertmanager asks of it.
func checkRoot(root *config.Route) error {
	var errs []error
	if root.Receiver == "" {
		errs = append(errs, errors.New("route: the root has no receiver; name the one that takes what no other route matches"))
	}
	if len(root.Match)+len(root.MatchRE)+len(root.Matchers) > 0 {
		errs = append(errs, errors.New("route: the root has matchers; it must take every alert, so move them into routes"))
	}
	if root.Continue {
		errs = append(errs, errors.New("route: the root has continue; nothing follows it, so remove it"))
	}
	return errors.Join(errs...)
}

// checkRoutes refuses an entry without content, which the library would follow
// into a nil pointer.
func checkRoutes(routes []*config.Route) error {
	for _, r := range routes {
		if r == nil {
			return errors.New("route: an entry of routes is empty; remove its dash or write its keys")
		}
		if err := checkRoutes(r.Routes); err != nil {
			return err
		}
	}
	return nil
}

// Receivers names whom an alert with these labels is owed to, each once, in the
// order of the route. An alert may match several routes by continue.
func (r *Router) Receivers(labels map[string]string) []string {
	if r.root == nil {
		return nil
	}
	var out []string
	reach(r.root, labels, func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	})
	return out
}

// reach walks a route as its own Match does, which wants a set of another kind made
// for each of the thousands of alerts of a storm. It reports whether the route matches.
func reach(n *dispatch.Route, labels map[string]string, receiver func(string)) bool {
	for _, m := range n.Matchers {
		if !m.Matches(labels[m.Name]) {
			return false
		}
	}
	further := false
	for _, child := range n.Routes {
		if reach(child, labels, receiver) {
			if further = true; !child.Continue {
				break
			}
		}
	}
	if !further {
		receiver(n.RouteOpts.Receiver)
	}
	return true
}

// Named returns every receiver the route mentions, sorted.
func (r *Router) Named() []string {
	if r.root == nil {
		return nil
	}
	var out []string
	r.root.Walk(func(n *dispatch.Route) { out = append(out, n.RouteOpts.Receiver) })
	slices.Sort(out)
	return slices.Compact(out)
}

// Unhonoured names the keys of the route that are accepted and do nothing yet,
// for `config check`: paging is per incident, not per label group, and
// grouping, waits and time intervals do not change it.
func (r *Router) Unhonoured() []string { return slices.Clone(r.unhonoured) }

func note(r *config.Route, keys *[]string) {
	for key, set := range map[string]bool{
		"group_by":              len(r.GroupByStr) > 0,
		"group_wait":            r.GroupWait != nil,
		"group_interval":        r.GroupInterval != nil,
		"repeat_interval":       r.RepeatInterval != nil,
		"mute_time_intervals":   len(r.MuteTimeIntervals) > 0,
		"active_time_intervals": len(r.ActiveTimeIntervals) > 0,
		"labels":                len(r.Labels) > 0,
	} {
		if set {
			*keys = append(*keys, key)
		}
	}
	for _, child := range r.Routes {
		note(child, keys)
	}
}
