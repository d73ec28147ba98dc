package correlate

import (
	"iter"

	"headstart"
)

// member is a Member; its group and its number are those of the list it is in.
type member struct {
	Problem headstart.ProblemKey
	Asset   string
	Rule    string
	Joined  instant
	Left    instant // split off or merged away
}

// memberOf takes the row of a member over.
func memberOf(in *headstart.Member) member {
	return member{Problem: in.Problem, Asset: in.Asset, Rule: in.Rule, Joined: instantOf(in.Joined), Left: instantOf(in.Left)}
}

// roster is all members of a group, in order of joining; those who left keep their
// place. Beyond the first few hundred it grows by a page, since one list of a hundred
// thousand would be copied whole, in one step, each time it is full.
type roster struct {
	first []member
	pages []*[page]member
	n     int
}

// page is how many members a roster has before its first page, and on each.
const page = 256

func (x *roster) len() int { return x.n }

// at returns the member at a place below len.
func (x *roster) at(n int) *member {
	if n < page {
		return &x.first[n]
	}
	return &x.pages[n/page-1][n%page]
}

func (x *roster) add(m member) {
	switch {
	case x.n < page:
		x.first = append(x.first, m)
	case x.n%page == 0:
		x.pages = append(x.pages, &[page]member{m})
	default:
		x.pages[len(x.pages)-1][x.n%page] = m
	}
	x.n++
}

// all goes over the members and their places.
func (x *roster) all() iter.Seq2[int, *member] {
	return func(yield func(int, *member) bool) {
		for n := range x.n {
			if !yield(n, x.at(n)) {
				return
			}
		}
	}
}

// seat is a place among the members of a group.
type seat struct {
	g *group
	n int
}

// seated is a member with its group, and its number there from 1.
type seated struct {
	member
	group headstart.GroupID
	n     int
}

func (at seat) seated() seated { return seated{*at.g.members.at(at.n), at.g.ID, at.n + 1} }
