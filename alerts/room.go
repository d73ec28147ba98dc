package alerts

import "sync"

// room is what a request is read into. A repeat leaves nothing behind, so that this would
// be most of its garbage. Whoever keeps a list or a text of it beyond the answer copies that.
type room struct {
	body     []byte
	pairs    []pair
	posted   []posted
	arrivals []arrival
	arena    []byte // of canonical labels
}

var rooms = sync.Pool{New: func() any { return &room{} }}

// leave gives the room to another request.
func (r *room) leave() {
	r.empty()
	rooms.Put(r)
}

func (r *room) empty() {
	r.pairs, r.arena = emptied(r.pairs, 32*mostAlerts), emptied(r.arena, 1024*mostAlerts)
	if cap(r.body) > 4096*mostAlerts {
		r.body = nil
	}
	r.posted, r.arrivals = emptied(r.posted, mostAlerts), emptied(r.arrivals, mostAlerts)
}

// mostAlerts is of how many alerts of a request the room is kept.
const mostAlerts = 512

// emptied returns list without its elements, whose texts would be kept by it.
func emptied[T any](list []T, most int) []T {
	if cap(list) > most {
		return nil
	}
	clear(list)
	return list[:0]
}
