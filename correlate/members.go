package correlate

import (
	"iter"
	"strings"

	"headstart"
)

// member is a Member; its group and its number are those of the list it is in.
type member struct {
	Problem headstart.ProblemKey
	Joined  instant
	Left    instant // split off or merged away
	how     *joining
	named   int32 // how many bytes of Problem name its asset; see joining.asset
}

// joining is how members joined: those that joined by one rule share it, and it never changes.
type joining struct {
	rule  string
	asset string // of one whose problem's key does not begin with it, which shares nothing
}

func (m *member) Rule() string { return m.how.rule }

func (m *member) Asset() string {
	if m.how.asset != "" {
		return m.how.asset
	}
	return string(m.Problem[:m.named])
}

// joinings are those by a rule alone. They are no part of what is decided.
type joinings map[string]*joining

// member returns one that joins by a rule.
func (x joinings) member(problem headstart.ProblemKey, asset, rule string, at instant) member {
	m := member{Problem: problem, Joined: at}
	if !strings.HasPrefix(string(problem), asset) {
		m.how = &joining{rule: rule, asset: asset}
		return m
	}
	m.named = int32(len(asset)) //nolint:gosec // of a key
	if m.how = x[rule]; m.how == nil {
		m.how = &joining{rule: rule}
		x[rule] = m.how
	}
	return m
}

// again has one that had left join once more.
func (x joinings) again(m *member, rule string, at instant) {
	*m = x.member(m.Problem, m.Asset(), rule, at)
}

// loaded takes the row of a member over.
func (x joinings) loaded(in *headstart.Member) member {
	m := x.member(in.Problem, in.Asset, in.Rule, instantOf(in.Joined))
	m.Left = instantOf(in.Left)
	return m
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
