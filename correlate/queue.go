package correlate

import (
	"slices"
)

// queue is a heap of timers by (due, number): a total order, so a replay fires
// alike. A timer that was cancelled stays until it comes first, or until most are
// over; so none has to know its place, and order is kept without a look at any.
type queue struct {
	heap []turn
	over int // of those in heap
}

// turn is a timer's place in the order. Only equal ones need a look at their timers.
type turn struct {
	due instant
	t   *timer
}

func (a *turn) before(b *turn) bool {
	if a.due != b.due {
		return a.due < b.due
	}
	return a.t.N < b.t.N
}

// children is how many each entry of the heap has right below it: more make it
// flatter, and they lie beside each other.
const children = 4

// first returns the earliest timer that is not over, or nil.
func (q *queue) first() *timer {
	for len(q.heap) > 0 && q.heap[0].t.over {
		q.pop()
		q.over--
	}
	if len(q.heap) == 0 {
		return nil
	}
	return q.heap[0].t
}

func (q *queue) push(t *timer) {
	q.heap = append(roomFor(q.heap), turn{})
	x, at := turn{t.Due, t}, len(q.heap)-1
	for at > 0 {
		up := (at - 1) / children
		if !x.before(&q.heap[up]) {
			break
		}
		q.heap[at] = q.heap[up]
		at = up
	}
	q.heap[at] = x
}

// roomFor returns list with room for one more: twice as much once it is full. Append
// makes a long list longer by a quarter, so that in all it asks for five times what a
// storm needs in the end.
func roomFor[T any](list []T) []T {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, len(list)+1)
}

func (q *queue) pop() {
	last := len(q.heap) - 1
	x := q.heap[last]
	q.heap[last] = turn{}
	if q.heap = q.heap[:last]; last > 0 {
		q.sink(x, 0)
	}
	if cap(q.heap) > manyTimers && len(q.heap) < cap(q.heap)/4 {
		q.heap = slices.Clone(q.heap) // what a storm gave it
	}
}

// sink puts x at a place, or below it where it belongs.
func (q *queue) sink(x turn, at int) {
	for {
		kid := at*children + 1
		if kid >= len(q.heap) {
			break
		}
		best := kid
		for i := kid + 1; i < min(kid+children, len(q.heap)); i++ {
			if q.heap[i].before(&q.heap[best]) {
				best = i
			}
		}
		if !q.heap[best].before(&x) {
			break
		}
		q.heap[at] = q.heap[best]
		at = best
	}
	q.heap[at] = x
}

// lose takes note that one more of its timers is over. Once most are, they leave.
func (q *queue) lose() {
	if q.over++; 2*q.over <= len(q.heap) {
		return
	}
	q.heap = slices.DeleteFunc(q.heap, func(x turn) bool { return x.t.over })
	q.over = 0
	for at := (len(q.heap) - 2) / children; at >= 0 && len(q.heap) > 0; at-- {
		q.sink(q.heap[at], at)
	}
}
