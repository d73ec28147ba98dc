package correlate

// numbers is a set of places in the catalog, 64 to an entry: what a storm hits lies
// close together then, instead of all over a map of all of them.
type numbers map[int32]uint64

func (x numbers) has(n int32) bool { return x[n>>6]&(1<<(n&63)) != 0 }

// add reports whether n is new to the set.
func (x numbers) add(n int32) bool {
	was, bit := x[n>>6], uint64(1)<<(n&63)
	if was&bit != 0 {
		return false
	}
	x[n>>6] = was | bit
	return true
}
