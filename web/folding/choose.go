// Package folding decides what of a catalog stands on a map, and folds it to as many
// boxes as a person reads: things of one kind that hang on the same and do alike are
// one box ("14 wifi points").
//
// It is pure: the same catalog and the same states give the same boxes in the same
// order. It ends on a catalog with circles, too.
package folding

import (
	"slices"

	"headstart"
)

// Node is an asset of the catalog with its place in it.
type Node = headstart.TopologyNode

// Look is what tells boxes apart beside their kind.
type Look struct {
	State headstart.StandingState
	Mark  string // of planned work, or of silence; see chart.Thing
}

// Eyes says how an asset looks, and whether whoever looks may know of it.
type Eyes struct {
	Look  func(n *Node) Look
	Shown func(n *Node) bool
}

// beside is how many things that work stand beside one that does not: they are the
// evidence that what is above both works.
const beside = 3

// most bounds what is never folded: causes, and what was asked for.
const most = 20

// Choice is what a map is to show.
type Choice struct {
	Nodes []*Node // in order of the catalog's ids
	Keep  []*Node // of them, never folded
}

// chooser collects nodes.
type chooser struct {
	topology *headstart.Topology
	eyes     Eyes
	in       []bool
	keep     map[*Node]bool
}

func newChooser(t *headstart.Topology, eyes Eyes) *chooser {
	return &chooser{topology: t, eyes: eyes, in: make([]bool, len(t.Nodes())), keep: map[*Node]bool{}}
}

func (c *chooser) add(n *Node) bool {
	if n == nil || c.in[n.N] || !c.eyes.Shown(n) {
		return false
	}
	c.in[n.N] = true
	return true
}

func (c *chooser) hold(n *Node) {
	if c.in[n.N] && len(c.keep) < most {
		c.keep[n] = true
	}
}

func (c *chooser) choice() Choice {
	var out Choice
	for n, node := range c.topology.Nodes() {
		if c.in[n] {
			out.Nodes = append(out.Nodes, node)
			if c.keep[node] {
				out.Keep = append(out.Keep, node)
			}
		}
	}
	return out
}

// Everything is what stands at a place or inside it, what that hangs on, and the
// services it is for; of the whole organisation if the place is "".
func Everything(t *headstart.Topology, place string, eyes Eyes) Choice {
	c := newChooser(t, eyes)
	if place == "" {
		for _, n := range t.Nodes() {
			c.add(n)
		}
		return c.choice()
	}
	for _, at := range t.Within(place) {
		for _, id := range t.At(at) {
			c.standing(t.Node(id))
		}
	}
	return c.choice()
}

// standing adds what stands at a place, with what it hangs on and the services it is for.
func (c *chooser) standing(n *Node) {
	if c.add(n) {
		c.upwards(n)
	}
	for _, s := range n.Serves {
		c.add(s)
	}
	for _, s := range n.Below {
		if s.Service != nil {
			c.add(s)
		}
	}
}

// Around is some assets with all they hang on, all that hangs on them, and some that
// stand beside them and work.
func Around(t *headstart.Topology, assets []*Node, eyes Eyes) Choice {
	c := newChooser(t, eyes)
	for _, n := range assets {
		c.add(n)
		c.hold(n)
		c.upwards(n)
		c.downwards(n)
		c.neighbours(n)
	}
	return c.choice()
}

// Wrong is what does not work, the way to it from the left, what hangs right on it,
// and beside every cause some that work. Assets are those that do not, in order.
func Wrong(t *headstart.Topology, assets []string, eyes Eyes) Choice {
	c := newChooser(t, eyes)
	wrong := map[*Node]bool{}
	for _, id := range assets {
		if n := t.Node(id); c.add(n) {
			wrong[n] = true
		}
	}
	for _, id := range assets {
		n := t.Node(id)
		if !wrong[n] {
			continue
		}
		for _, s := range slices.Concat(n.Below, n.Serves) {
			c.add(s)
		}
		if slices.ContainsFunc(n.Above, func(up *Node) bool { return wrong[up] }) {
			continue // something above it is wrong as well
		}
		c.hold(n)
		for _, up := range n.Above {
			c.add(up)
		}
		c.neighbours(n)
	}
	return c.choice()
}

// upwards adds all that n hangs on.
func (c *chooser) upwards(n *Node) {
	for _, up := range n.Above {
		if c.add(up) {
			c.upwards(up)
		}
	}
}

// downwards adds all that hangs on n, level by level: ways down may be long.
func (c *chooser) downwards(n *Node) {
	level := []*Node{n}
	for len(level) > 0 {
		var next []*Node
		for _, at := range level {
			for _, kid := range slices.Concat(at.Below, at.Serves) {
				if c.add(kid) {
					next = append(next, kid)
				}
			}
		}
		level = next
	}
}

// neighbours adds some that hang on what n hangs on and work, those of its kind first.
func (c *chooser) neighbours(n *Node) {
	var fine []*Node
	for _, alike := range []bool{true, false} {
		for _, up := range n.Above {
			for _, other := range up.Below {
				works := c.eyes.Look(other).State == headstart.Working
				if len(fine) < beside && works && other != n && (other.Kind() == n.Kind()) == alike && c.eyes.Shown(other) && !slices.Contains(fine, other) {
					fine = append(fine, other)
				}
			}
		}
	}
	for _, f := range fine {
		c.add(f)
	}
}
