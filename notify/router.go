package notify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// Router walks the operators' route, as Alertmanager would, with the labels of
// each single alert (ruling 16). The zero Router names nobody.
type Router struct {
	root  *dispatch.Route
	hours hours
	keys  []string // of the route, whose work is done by incidents
	count int
}

// routing is a document of Alertmanager's, as far as a Router reads it.
type routing struct {
	Route             *config.Route             `yaml:"route"`
	TimeIntervals     []config.TimeInterval     `yaml:"time_intervals"`
	MuteTimeIntervals []config.MuteTimeInterval `yaml:"mute_time_intervals"`
}

// NewRouter reads a route in Alertmanager's syntax: the route itself, or a document
// with the keys route and time_intervals. Empty text pages nobody.
func NewRouter(text string) (*Router, error) {
	if strings.TrimSpace(text) == "" {
		return &Router{}, nil
	}
	startLibrary()
	doc, err := readRouting(text)
	if err != nil {
		return nil, fmt.Errorf("route: %w; it takes Alertmanager's own keys", err)
	}
	if err := errors.Join(checkRoot(doc.Route), checkRoutes(doc.Route.Routes)); err != nil {
		return nil, err
	}
	r := &Router{root: dispatch.NewRoute(doc.Route, nil)}
	if r.hours, err = newHours(doc); err != nil {
		return nil, err
	}
	if err := r.hours.check(r.root); err != nil {
		return nil, err
	}
	note(doc.Route, &r.keys)
	slices.Sort(r.keys)
	r.keys = slices.Compact(r.keys)
	r.root.Walk(func(*dispatch.Route) { r.count++ })
	return r, nil
}

func readRouting(text string) (*routing, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		return nil, err
	}
	doc := &routing{Route: &config.Route{}}
	into := any(doc.Route)
	if len(node.Content) == 1 && hasKey(node.Content[0], "route") {
		into = doc
	}
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return nil, err
	}
	if doc.Route == nil {
		return nil, errors.New("the key route is empty")
	}
	return doc, nil
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
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
	if len(root.MuteTimeIntervals)+len(root.ActiveTimeIntervals) > 0 {
		errs = append(errs, errors.New("route: the root has mute_time_intervals or active_time_intervals; then nobody would be paged in them, so move them into routes"))
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

// Receivers names whom an alert with these labels is owed to at a time, each once, in
// the order of the route; the zero time stands for all times. An alert may match several
// routes by continue. later reports whether the time intervals of a route hold one of
// them back that no other route leads to.
func (r *Router) Receivers(labels map[string]string, at time.Time) (to []string, later bool) {
	if r.root == nil {
		return nil, false
	}
	var held []string
	reach(r.root, labels, func(n *dispatch.Route) {
		list := &to
		if !at.IsZero() && len(r.hours.mute(n, at)) > 0 {
			list = &held
		}
		if name := n.RouteOpts.Receiver; !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	})
	return to, slices.ContainsFunc(held, func(name string) bool { return !slices.Contains(to, name) })
}

// Ends names each end of the route that an alert with these labels leads to, in the
// order of the route.
func (r *Router) Ends(labels map[string]string, at time.Time) []headstart.Reached {
	if r.root == nil {
		return nil
	}
	var out []headstart.Reached
	reach(r.root, labels, func(n *dispatch.Route) {
		x := headstart.Reached{Route: n.Idx, Receiver: n.RouteOpts.Receiver, Group: map[string]string{}, MutedBy: r.hours.mute(n, at)}
		for name, value := range n.RouteOpts.Labels {
			if x.Labels == nil {
				x.Labels = map[string]string{}
			}
			x.Labels[string(name)] = string(value)
		}
		if n.RouteOpts.GroupByAll {
			maps.Copy(x.Group, labels)
		}
		for name := range n.RouteOpts.GroupBy {
			if v, has := labels[string(name)]; has {
				x.Group[string(name)] = v
			}
		}
		out = append(out, x)
	})
	return out
}

// reach walks a route as its own Match does, which wants a set of another kind made
// for each of the thousands of alerts of a storm. It reports whether the route matches.
func reach(n *dispatch.Route, labels map[string]string, end func(*dispatch.Route)) bool {
	for _, m := range n.Matchers {
		if !m.Matches(labels[m.Name]) {
			return false
		}
	}
	further := false
	for _, child := range n.Routes {
		if reach(child, labels, end) {
			if further = true; !child.Continue {
				break
			}
		}
	}
	if !further {
		end(n)
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

// Routes is how many routes the tree has, the root among them.
func (r *Router) Routes() int { return r.count }

// Superseded names the keys the route sets whose work incidents do: an alert is paged
// with the incident it is in, not with its label group. For `config check`.
func (r *Router) Superseded() []string { return slices.Clone(r.keys) }

func note(r *config.Route, keys *[]string) {
	for key, set := range map[string]bool{
		"group_by":        len(r.GroupByStr) > 0,
		"group_wait":      r.GroupWait != nil,
		"group_interval":  r.GroupInterval != nil,
		"repeat_interval": r.RepeatInterval != nil,
		"labels":          len(r.Labels) > 0,
	} {
		if set {
			*keys = append(*keys, key)
		}
	}
	for _, child := range r.Routes {
		note(child, keys)
	}
}
