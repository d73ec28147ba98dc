package correlate

import (
	"headstart"
)

// likeness is what the members of a group share that has no cause (G-09): part
// of its row.
type likeness struct {
	alike
	Since instant `json:"since"`          // when it became a group
	Last  instant `json:"last"`           // onset of the latest that joined
	Seen  int     `json:"seen"`           // assets known to fail, the most so far
	Kind  string  `json:"kind,omitempty"` // of all of them; empty: they differ, or the catalog does not say
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
		"assets", itoa(like.Seen), "of", itoa(s.among(like.alike, "")), "where", s.likePlace(like),
		"need", itoa(min(s.needed(like.alike), s.neededAtOnce(like.alike))), "gap", s.cfg.Group.Gap.String(),
	}
}

// likeReason says in words why failures are one group: "5 of 8 printers at Noord".
func (s *State) likeReason(like *likeness) string {
	name, of, at := s.inWords("apparaten", "devices"), s.inWords(" van de ", " of "), s.inWords(" op ", " at ")
	switch {
	case like.Service == anyService:
		name = s.inWords("diensten", "services")
	case like.Kind == "printer":
		name = "printers"
	}
	count := itoa(like.Seen)
	if n := s.among(like.alike, like.Kind); n >= like.Seen {
		count += of + itoa(n)
	}
	if like.Location == "" {
		return count + " " + name
	}
	return count + " " + name + at + s.likePlace(like)
}

// likePlace is where a group of failures alike is.
func (s *State) likePlace(like *likeness) string {
	switch {
	case like.Location == "":
		return s.inWords("de hele organisatie", "the whole organisation")
	case like.Floor == "":
		return s.placeName(like.Location)
	}
	return s.placeName(like.Location) + s.inWords(", verdieping ", ", floor ") + like.Floor
}

// inWords is what the desk's language calls something.
func (s *State) inWords(nl, en string) string {
	if s.language == "en" {
		return en
	}
	return nl
}
