package folding

import (
	"cmp"
	"slices"
)

// Boxes is how many boxes a person reads.
const Boxes = 60

// Box is one thing, or all of a kind that hang on the same and look alike.
type Box struct {
	Members []*Node // in order of ids, never empty
	Look    Look
	Kept    bool
	Kind    string // of all; empty: of several kinds
}

// Picture is what a map draws. Lines lead from what is needed, by place in Boxes.
type Picture struct {
	Boxes []Box
	Lines [][2]int
	Total int // things in the boxes
}

// farthest is where boxes of several kinds end: what is farther from the left is one
// with what is as far.
const farthest = 7

// Fold folds a choice to limit boxes, as little as it takes: devices that hang on the
// same, then what hangs on what was folded, then what is as far from the left, then
// whatever is as far and looks alike. What is kept stands beside these.
func Fold(c Choice, limit int, eyes Eyes) Picture {
	f := newFolder(c, eyes)
	for how := leaves; ; how++ {
		if boxes := f.fold(how); boxes <= limit || how == levels {
			return f.picture()
		}
	}
}

// how much is folded.
type how int

const (
	leaves how = iota // devices that nothing hangs on
	alike             // what hangs on the same boxes
	ranks             // what is as far from the left and of a kind
	levels            // what is as far from the left
)

type folder struct {
	nodes []*Node
	above lists
	leaf  []bool
	looks []Look
	kept  []bool
	rank  []int
	order []int // what is needed before what needs it
	box   []int // of each node
	boxes int
}

// lists are a list for each node, one after the other in one piece of memory: of
// 50,000 nodes each has one.
type lists struct{ start, all []int }

func (l lists) of(n int) []int { return l.all[l.start[n]:l.start[n+1]] }

func newFolder(c Choice, eyes Eyes) *folder {
	n := len(c.Nodes)
	f := &folder{
		nodes: c.Nodes, above: lists{start: make([]int, 1, n+1), all: make([]int, 0, n+n/4)}, leaf: make([]bool, n), looks: make([]Look, n), kept: make([]bool, n),
		rank: make([]int, n), box: make([]int, n),
	}
	for k, node := range c.Nodes {
		f.looks[k], f.leaf[k] = eyes.Look(node), true
	}
	for _, node := range c.Keep {
		at, _ := f.find(node) // what is kept is chosen
		f.kept[at] = true
	}
	for _, node := range c.Nodes {
		for _, list := range [2][]*Node{node.Above, node.ServedBy} {
			for _, up := range list {
				if at, in := f.find(up); in {
					f.above.all = append(f.above.all, at)
					f.leaf[at] = f.leaf[at] && node.Service != nil && len(up.Below) == 0 // what only serves is at the edge, too
				}
			}
		}
		f.above.start = append(f.above.start, len(f.above.all))
	}
	f.sort()
	return f
}

// below turns the lists of what is above into those of what is below.
func (f *folder) below() lists {
	n := len(f.nodes)
	out := lists{start: make([]int, n+2), all: make([]int, len(f.above.all))}
	for _, up := range f.above.all {
		out.start[up+2]++
	}
	for k := range n {
		out.start[k+2] += out.start[k+1]
	}
	for k := range n {
		for _, up := range f.above.of(k) {
			out.all[out.start[up+1]] = k
			out.start[up+1]++
		}
	}
	return out
}

// find is where a node stands among those chosen, which are in order.
func (f *folder) find(n *Node) (at int, chosen bool) {
	if n.N < len(f.nodes) && f.nodes[n.N] == n {
		return n.N, true // everything is chosen
	}
	return slices.BinarySearchFunc(f.nodes, n, func(a, b *Node) int { return cmp.Compare(a.N, b.N) })
}

// sort ranks nodes by the longest way to them; what is in a circle comes last, as it
// stands.
func (f *folder) sort() {
	waits, below := make([]int, len(f.nodes)), f.below()
	for k := range f.nodes {
		waits[k] = len(f.above.of(k))
	}
	f.order = make([]int, 0, len(f.nodes))
	for k := range f.nodes {
		if waits[k] == 0 {
			f.order = append(f.order, k)
		}
	}
	for n := 0; n < len(f.order); n++ { // it grows meanwhile
		for _, k := range below.of(f.order[n]) {
			f.rank[k] = max(f.rank[k], f.rank[f.order[n]]+1)
			if waits[k]--; waits[k] == 0 {
				f.order = append(f.order, k)
			}
		}
	}
	for k := range f.nodes {
		if waits[k] > 0 {
			f.order = append(f.order, k)
		}
	}
}

// key is what nodes of one box have in common.
type key struct {
	kind int // TopologyNode.KindN; 0: any
	look int // place in looks
	rank int
	ways uint64 // hash of the boxes they hang on
}

// fold gives every node a box, and returns how many there are.
func (f *folder) fold(by how) int {
	f.boxes = 0
	known, looks := map[key]int{}, map[Look]int{}
	look := func(l Look) int {
		n, has := looks[l]
		if !has {
			n = len(looks)
			looks[l] = n
		}
		return n
	}
	var ways []int
	for _, k := range f.order {
		if f.kept[k] || by == leaves && (!f.leaf[k] || f.nodes[k].Service != nil) {
			f.box[k] = f.boxes
			f.boxes++
			continue
		}
		l, at := f.looks[k], key{kind: f.nodes[k].KindN}
		switch by {
		case leaves, alike:
			ways = ways[:0]
			for _, up := range f.above.of(k) {
				ways = append(ways, f.box[up])
			}
			at.ways = hash(ways)
		case ranks:
			at.rank = f.rank[k] + 1
		case levels:
			at.rank, at.kind, l.Mark = min(f.rank[k], farthest)+1, 0, ""
		}
		at.look = look(l)
		box, has := known[at]
		if !has {
			box = f.boxes
			known[at] = box
			f.boxes++
		}
		f.box[k] = box
	}
	return f.boxes
}

// hash names a set of boxes (FNV-1a over the sorted numbers).
func hash(boxes []int) uint64 {
	slices.Sort(boxes)
	h := uint64(14695981039346656037)
	for n, b := range boxes {
		if n > 0 && b == boxes[n-1] {
			continue
		}
		for range 4 {
			h = (h ^ uint64(b&0xff)) * 1099511628211
			b >>= 8
		}
	}
	return h
}

// picture lists the boxes in order of their first members.
func (f *folder) picture() Picture {
	counts, members := make([]int, f.boxes), make([][]int, f.boxes)
	for k := range f.nodes {
		counts[f.box[k]]++
	}
	for k := range f.nodes {
		at := f.box[k]
		if members[at] == nil {
			members[at] = make([]int, 0, counts[at])
		}
		members[at] = append(members[at], k)
	}
	slices.SortFunc(members, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	out := Picture{Total: len(f.nodes), Boxes: make([]Box, len(members))}
	for n, list := range members {
		b := Box{Look: f.looks[list[0]], Kept: f.kept[list[0]], Kind: f.nodes[list[0]].Kind(), Members: make([]*Node, 0, len(list))}
		for _, k := range list {
			f.box[k] = n
			b.Members = append(b.Members, f.nodes[k])
			if f.nodes[k].KindN != f.nodes[list[0]].KindN {
				b.Kind = ""
			}
		}
		out.Boxes[n] = b
	}
	out.Lines = f.lines()
	return out
}

// lines join the boxes whose members hang on each other, each pair once and in order.
func (f *folder) lines() (out [][2]int) {
	seen := map[[2]int]bool{}
	for k := range f.nodes {
		for _, up := range f.above.of(k) {
			if l := [2]int{f.box[up], f.box[k]}; l[0] != l[1] && !seen[l] {
				seen[l] = true
				out = append(out, l)
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return out
}
