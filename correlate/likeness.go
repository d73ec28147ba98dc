package correlate

import (
	"fmt"
	"time"

	"headstart"
)

// likeness is what the members of a group share that has no cause (G-09): part
// of its row.
type likeness struct {
	alike
	Since time.Time `json:"since"`          // when it became a group
	Last  time.Time `json:"last"`           // onset of the latest that joined
	Seen  int       `json:"seen"`           // assets known to fail, the most so far
	Kind  string    `json:"kind,omitempty"` // of all of them; empty: they differ, or the catalog does not say
}

// become writes what the members of g share, those of found among them.
func (s *State) become(g *group, k alike, p *problem, found []*problem) {
	like := &likeness{alike: k, Since: s.now, Last: p.Onset, Kind: s.kindOf(p)}
	for _, q := range found {
		s.liken(like, q)
	}
	like.Seen = len(assetsIn(found))
	s.unlike(g)
	g.Own.Like = like
	s.fileLike(g)
	g.Cause = headstart.Cause{Also: []string{}, Kind: headstart.CauseNone, Reason: s.likeReason(like)}
	s.dirtyGroup(g)
}

// liken takes one more that fails alike into what they share.
func (s *State) liken(like *likeness, p *problem) {
	if p.Onset.After(like.Last) {
		like.Last = p.Onset
	}
	if s.kindOf(p) != like.Kind {
		like.Kind = ""
	}
}

func (s *State) kindOf(p *problem) string {
	if n := s.topo.nodes[p.Asset]; n != nil && n.device != nil {
		return n.device.Kind
	}
	return ""
}

// fileLike makes g the one group of its key that gathers and may reopen.
func (s *State) fileLike(g *group) {
	if g.Own.Like == nil {
		return
	}
	k := g.Own.Like.alike
	if o := s.groups[s.likes[k]]; o != nil && o != g {
		s.unlike(o)
	}
	s.likes[k] = g.ID
}

// unlike ends that g gathers.
func (s *State) unlike(g *group) {
	if g.Own.Like == nil {
		return
	}
	delete(s.likes, g.Own.Like.alike)
	g.Own.Like = nil
	s.dirtyGroup(g)
}

// likeFacts are the inputs of a decision about failures that are alike.
func (s *State) likeFacts(g *group) []string {
	like := g.Own.Like
	return []string{
		"assets", itoa(like.Seen), "of", itoa(s.among(like.alike, "")), "where", s.likePlace(like, s.language),
		"need", itoa(s.needed(like.alike)), "gap", s.cfg.Group.Gap.String(),
	}
}

// likeReason says in words why failures are one group: "5 of 8 printers at Noord".
func (s *State) likeReason(like *likeness) string {
	what, of, at := [2]string{"apparaten", "devices"}, " van de ", " op "
	if like.Kind == "printer" {
		what = [2]string{"printers", "printers"}
	}
	name := what[0]
	if s.language == "en" {
		name, of, at = what[1], " of ", " at "
	}
	count := itoa(like.Seen)
	if n := s.among(like.alike, like.Kind); n >= like.Seen {
		count += of + itoa(n)
	}
	return fmt.Sprintf("%s %s%s%s", count, name, at, s.likePlace(like, s.language))
}

func (s *State) likePlace(like *likeness, lang string) string {
	place := s.placeName(like.Location)
	switch {
	case like.Floor == "":
		return place
	case lang == "en":
		return place + ", floor " + like.Floor
	}
	return place + ", verdieping " + like.Floor
}
