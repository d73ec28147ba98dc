package correlate

import "slices"

// short is a list that nearly always has one element at most, and then no memory of its
// own. No element is the zero value.
type short[T comparable] struct {
	one  [1]T
	more *[]T // all of them, when there are several
}

// list is good until the next set. Its elements may be changed in place.
func (x *short[T]) list() []T {
	var none T
	switch {
	case x.more != nil:
		return *x.more
	case x.one[0] != none:
		return x.one[:]
	}
	return nil
}

// set takes over a list, which may be an earlier one of x that was made longer or shorter.
func (x *short[T]) set(list []T) {
	var none T
	if len(list) < 2 {
		one := none
		if len(list) == 1 {
			one = list[0]
		}
		x.one[0], x.more = one, nil
		return
	}
	if x.more == nil {
		x.more = new([]T)
	}
	x.one[0], *x.more = none, list
}

// apart returns a copy that shares nothing with x.
func (x *short[T]) apart() short[T] {
	c := *x
	if x.more != nil {
		c.more = new(slices.Clone(*x.more))
	}
	return c
}
