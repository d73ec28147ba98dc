package discover

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// spot is a place as a list names it: a building, and the site it is at.
type spot struct{ site, name string }

// mention is how a spot is written, and where.
type mention struct {
	spelled map[string]int
	id      string // that a list has for it
	in      string // the first source
	times   int
}

// written proposes the places that lists name: a site first, then its buildings, each
// in the spelling that is most frequent.
func (l *places) written(records []*Record) {
	spots := map[spot]*mention{}
	for _, r := range records {
		mentioned(spots, spot{bare(r.Place.Site), bare(r.Place.Name)}, r.Source, r.Place.Name, r.Place.ID)
		mentioned(spots, spot{"", bare(r.Place.Site)}, r.Source, r.Place.Site, "")
	}
	order := slices.SortedFunc(maps.Keys(spots), func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.site, b.site), natural(a.name, b.name))
	})
	for _, s := range order {
		m, parent := spots[s], l.spots[spot{"", s.site}]
		name, others := mostFrequent(m.spelled)
		id, ok := l.find(name)
		if _, ours := l.new[id]; !ok || ours && s.site != "" && l.new[id].Parent != parent {
			said := "written in " + m.in
			if m.times > 1 {
				said += fmt.Sprintf(" and %d more", m.times-1)
			}
			id = l.propose(name, others, parent, said, m.id)
		}
		l.spots[s] = id
	}
}

func mentioned(spots map[spot]*mention, s spot, source, name, id string) {
	if s.name == "" {
		return
	}
	m := spots[s]
	if m == nil {
		m = &mention{spelled: map[string]int{}, in: source}
		spots[s] = m
	}
	m.spelled[name]++
	m.times++
	m.id = cmp.Or(m.id, id)
}

// mostFrequent returns the spelling that most use, and the rest.
func mostFrequent(spelled map[string]int) (name string, others []string) {
	names := slices.SortedFunc(maps.Keys(spelled), func(a, b string) int {
		return cmp.Or(cmp.Compare(spelled[b], spelled[a]), strings.Compare(a, b))
	})
	return names[0], names[1:]
}
