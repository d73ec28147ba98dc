package headstart

import (
	"encoding/json"
	"fmt"
	"iter"
)

// memberRows are the members of one group, packed, by their number from 1. Numbers have no
// gaps but while rows are read in another order, so a list does, which takes half of a map.
type memberRows struct {
	rows  []packedRow // "": none
	count int
}

// mostMembers bounds the number of a member, which is as long as the list becomes.
const mostMembers = 1 << 24

// set puts member n, whose row is JSON, or takes it away.
func (x *memberRows) set(n int, val json.RawMessage, words *lexicon, room *packRoom) error {
	if n < 1 || n > mostMembers {
		return fmt.Errorf("no member has number %d", n)
	}
	was := packedRow("")
	if n <= len(x.rows) {
		was = x.rows[n-1]
	}
	now, err := packedMembers.replace(words, was, val, room)
	if err != nil || was == now {
		return err
	}
	for len(x.rows) < n {
		x.rows = append(x.rows, "")
	}
	x.rows[n-1] = now
	switch {
	case was == "":
		x.count++
	case now == "":
		x.count--
	}
	return nil
}

// all ranges over them in order; what it yields is used again for the next.
func (x *memberRows) all(words *lexicon) iter.Seq[*Member] {
	return func(yield func(*Member) bool) {
		if x == nil {
			return
		}
		var m Member
		for n, row := range x.rows {
			if row == "" {
				continue
			}
			if packedMembers.read(words, n+1, row, &m); !yield(&m) {
				return
			}
		}
	}
}

// setMember puts or removes a member of a group.
func (v *View) setMember(op FeedOp) error {
	var id GroupID
	var n int
	if _, err := fmt.Sscanf(op.Key, "%d/%d", &id, &n); err != nil {
		return err
	}
	t := v.members[id]
	if t == nil {
		t = &memberRows{}
		v.members[id] = t
	}
	err := t.set(n, op.Val, v.lexicon, &v.room)
	if t.count == 0 {
		delete(v.members, id)
	}
	return err
}

// sortedMembers are the members of a group in order of joining.
func (v *View) sortedMembers(id GroupID) []Member {
	t := v.members[id]
	if t == nil {
		return nil
	}
	out := make([]Member, 0, t.count)
	for m := range t.all(v.lexicon) {
		out = append(out, *m)
	}
	return out
}

// eachMember ranges over them in that order, too; what it yields is used again for the next.
func (v *View) eachMember(id GroupID) iter.Seq[*Member] { return v.members[id].all(v.lexicon) }
