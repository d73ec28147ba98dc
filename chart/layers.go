package chart

import (
	"cmp"
	"slices"
)

// layered is a graph brought into ranks: every edge leads to the next rank, long
// ones through nodes that are not drawn.
type layered struct {
	ids   []string // of nodes; "" for the bends of a long edge
	rank  []int
	up    [][]int // neighbours one rank to the left
	down  [][]int // and to the right
	ranks [][]int // nodes of each rank from the top
	bends map[[2]int][]int
}

// sweeps is how often the order within the ranks is improved: more hardly shows.
const sweeps = 4

// newLayered ranks n nodes by the longest path that leads to each. An edge that
// closes a circle is drawn backwards: no catalog has one, but a picture must end.
func newLayered(ids []string, edges [][2]int) *layered {
	l := &layered{ids: slices.Clone(ids), bends: map[[2]int][]int{}}
	edges = forward(len(ids), edges)
	l.rank = longestPaths(len(ids), edges)
	l.up, l.down = make([][]int, len(ids)), make([][]int, len(ids))
	for _, e := range edges {
		at := e[0]
		for r := l.rank[e[0]] + 1; r < l.rank[e[1]]; r++ {
			bend := len(l.ids)
			l.ids, l.rank = append(l.ids, ""), append(l.rank, r)
			l.up, l.down = append(l.up, nil), append(l.down, nil)
			l.join(at, bend)
			l.bends[e] = append(l.bends[e], bend)
			at = bend
		}
		l.join(at, e[1])
	}
	for n, r := range l.rank {
		for len(l.ranks) <= r {
			l.ranks = append(l.ranks, nil)
		}
		l.ranks[r] = append(l.ranks[r], n)
	}
	for n := range sweeps {
		l.sweep(n%2 == 0)
	}
	return l
}

func (l *layered) join(from, to int) {
	l.down[from], l.up[to] = append(l.down[from], to), append(l.up[to], from)
}

// forward turns round the edges that lead back to where a walk in order came from,
// and leaves out those that lead nowhere and repeats.
func forward(n int, edges [][2]int) [][2]int {
	w := walk{to: make([][]int, n), state: make([]int, n), seen: map[[2]int]bool{}}
	for _, e := range edges {
		if e[0] != e[1] {
			w.to[e[0]] = append(w.to[e[0]], e[1])
		}
	}
	for at := range n {
		if w.state[at] == 0 {
			w.visit(at)
		}
	}
	slices.SortFunc(w.edges, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return w.edges
}

// walk goes through a graph depth first; its edges never lead back to where it came from.
type walk struct {
	to    [][]int
	state []int // of each node: onPath, done, or zero: not visited
	seen  map[[2]int]bool
	edges [][2]int
}

const onPath, done = 1, 2

func (w *walk) visit(at int) {
	w.state[at] = onPath
	for _, next := range w.to[at] {
		e := [2]int{at, next}
		switch w.state[next] {
		case onPath:
			e = [2]int{next, at}
		case 0:
			w.visit(next)
		}
		if !w.seen[e] {
			w.seen[e] = true
			w.edges = append(w.edges, e)
		}
	}
	w.state[at] = done
}

// longestPaths ranks the nodes of a graph without circles.
func longestPaths(n int, edges [][2]int) []int {
	rank, waits, to := make([]int, n), make([]int, n), make([][]int, n)
	for _, e := range edges {
		waits[e[1]]++
		to[e[0]] = append(to[e[0]], e[1])
	}
	var free []int
	for at := range n {
		if waits[at] == 0 {
			free = append(free, at)
		}
	}
	for k := 0; k < len(free); k++ { // free grows meanwhile
		for _, next := range to[free[k]] {
			rank[next] = max(rank[next], rank[free[k]]+1)
			if waits[next]--; waits[next] == 0 {
				free = append(free, next)
			}
		}
	}
	return rank
}

// barycentre is where neighbours stand on average; without any n keeps its place.
func barycentre(n int, neighbours, place []int) float64 {
	if len(neighbours) == 0 {
		return float64(place[n])
	}
	sum := 0
	for _, m := range neighbours {
		sum += place[m]
	}
	return float64(sum) / float64(len(neighbours))
}

// sweep orders every rank by where its neighbours of the rank before stand on
// average (the barycentre), from the left or from the right. What has none there
// keeps its place.
func (l *layered) sweep(rightwards bool) {
	place := make([]int, len(l.ids))
	for _, nodes := range l.ranks {
		for k, n := range nodes {
			place[n] = k
		}
	}
	for k := range l.ranks {
		r, before := k, l.up
		if !rightwards {
			r, before = len(l.ranks)-1-k, l.down
		}
		wish := func(n int) float64 { return barycentre(n, before[n], place) }
		slices.SortStableFunc(l.ranks[r], func(a, b int) int { return cmp.Compare(wish(a), wish(b)) })
		for k, n := range l.ranks[r] {
			place[n] = k
		}
	}
}

// heights gives every node the middle of its height: as near to the median of its
// neighbours as those above and below it leave room for.
func (l *layered) heights(size func(n int) float64, gap float64) []float64 {
	y := make([]float64, len(l.ids))
	for _, nodes := range l.ranks {
		at := 0.0
		for _, n := range nodes {
			y[n] = at + size(n)/2
			at += size(n) + gap
		}
	}
	for round := range 2 * sweeps {
		for k := range l.ranks {
			nodes, beside := l.ranks[k], l.up
			if round%2 == 1 {
				nodes, beside = l.ranks[len(l.ranks)-1-k], l.down
			}
			l.settle(nodes, beside, y, size, gap)
		}
	}
	top := 0.0
	for n := range y {
		top = min(top, y[n]-size(n)/2)
	}
	for n := range y {
		y[n] -= top
	}
	return y
}

// settle puts the nodes of a rank where the sum of the squares of what they are moved
// from their wishes is least: blocks of nodes that touch stand at the mean of theirs.
func (l *layered) settle(nodes []int, beside [][]int, y []float64, size func(n int) float64, gap float64) {
	type block struct{ sum, count float64 }
	blocks, offset := make([]block, 0, len(nodes)), make([]float64, len(nodes))
	at := 0.0
	for k, n := range nodes {
		offset[k] = at + size(n)/2
		at += size(n) + gap
		blocks = append(blocks, block{middle(beside[n], y, y[n]) - offset[k], 1})
		for len(blocks) > 1 {
			a, b := blocks[len(blocks)-2], blocks[len(blocks)-1]
			if a.sum/a.count <= b.sum/b.count {
				break
			}
			blocks = blocks[:len(blocks)-1]
			blocks[len(blocks)-1] = block{a.sum + b.sum, a.count + b.count}
		}
	}
	k := 0
	for _, b := range blocks {
		for range int(b.count) {
			y[nodes[k]] = b.sum/b.count + offset[k]
			k++
		}
	}
}

// middle is the median of the heights of neighbours; without any, own.
func middle(neighbours []int, y []float64, own float64) float64 {
	if len(neighbours) == 0 {
		return own
	}
	all := make([]float64, len(neighbours))
	for k, n := range neighbours {
		all[k] = y[n]
	}
	slices.Sort(all)
	half := len(all) / 2
	if len(all)%2 == 1 {
		return all[half]
	}
	return (all[half-1] + all[half]) / 2
}
