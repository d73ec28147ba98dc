package correlate

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// What is said of a score (matching.md section 6): its strongest terms, but none
// that hardly counts.
const (
	wordsFor     = 3
	wordsAgainst = 2
	leastSaid    = .3
)

// reasons say what speaks for and against a candidate, in words of the catalog and
// of our own lists; strongest first.
func (s *State) reasons(a *asked, c *scored) (pro, con []string) {
	type term struct {
		f      feature
		weight float64
	}
	var terms []term
	for f := range features {
		if w := float64(s.model.weights[f] * c.x[f]); math.Abs(w) >= leastSaid {
			terms = append(terms, term{f, w})
		}
	}
	slices.SortStableFunc(terms, func(x, y term) int { return cmp.Compare(math.Abs(y.weight), math.Abs(x.weight)) })
	for _, t := range terms {
		said := s.reason(t.f, a, c)
		switch {
		case said == "":
		case t.weight > 0 && len(pro) < wordsFor:
			pro = append(pro, said)
		case t.weight < 0 && len(con) < wordsAgainst:
			con = append(con, said)
		}
	}
	return pro, con
}

// reason says one feature; "" for those that say nothing of their own.
func (s *State) reason(f feature, a *asked, c *scored) string {
	switch f {
	case service, dependant, deviceNamed, rival:
		return s.nameReason(f, a, c.g)
	case placeInText, otherInText, placeOfCaller, otherOfCaller:
		return s.placeReason(f, a, c.g)
	case department:
		return s.inWords("afdeling ", "department ") + s.departmentName(a.department) + s.inWords(" is geraakt", " is hit")
	case otherDepartment:
		return s.inWords("afdeling ", "department ") + s.departmentName(a.department) + s.inWords(" is niet geraakt", " is not hit")
	case departmentUses:
		return s.inWords("afdeling ", "department ") + s.departmentName(a.department) + s.inWords(" werkt hiermee", " works with this")
	case similar:
		return s.inWords("lijkt op ", "is like ") + itoa(s.confirmed[c.g.ID].tickets) + s.inWords(" bevestigde meldingen", " confirmed tickets")
	default:
		return s.inWords(kinds[f].nl, kinds[f].en)
	}
}

// nameReason says what of the catalog the text names: the strongest of the kind
// that f is about.
func (s *State) nameReason(f feature, a *asked, g *group) string {
	want := map[feature]relation{service: isService, dependant: hangsOnIt, deviceNamed: isDevice, rival: isRival}[f]
	face := s.faceOf(g)
	for _, m := range a.mentions { // strongest first
		if s.related(m, g, face) != want {
			continue
		}
		said, name := "'"+m.Word+"' ", s.nameOf(m.ID)
		if m.Word == "" || strings.EqualFold(m.Word, name) {
			said = ""
		}
		switch f {
		case service:
			return s.withWord(said, name, "genoemd: dienst ", "named: service ", "noemt ", "names ")
		case dependant:
			return s.withWord(said, name, "genoemd: hangt hiervan af, ", "named: depends on it, ", "noemt wat hiervan afhangt: ", "names what depends on it: ")
		case rival:
			return s.withWord(said, name, "genoemd: iets anders, ", "named: something else, ", "noemt iets anders: ", "names something else: ")
		default:
			return s.withWord(said, name, "genoemd: apparaat ", "named: device ", "noemt apparaat ", "names device ")
		}
	}
	return ""
}

// withWord says a name with the user's way to say it, or alone.
func (s *State) withWord(said, name, nl, en, aloneNL, aloneEN string) string {
	if said == "" {
		return s.inWords(aloneNL, aloneEN) + name
	}
	return said + s.inWords(nl, en) + name
}

func (s *State) placeReason(f feature, a *asked, g *group) string {
	at, face := a.places[0].id, s.faceOf(g)
	for _, p := range a.places {
		if face.at(p) {
			at = p.id
			break
		}
	}
	name := s.placeName(at)
	switch f {
	case placeInText:
		return s.inWords("noemt "+name+", waar deze storing speelt", "names "+name+", where this incident is")
	case otherInText:
		return s.inWords("noemt een andere locatie: ", "names another location: ") + name
	case placeOfCaller:
		return s.inWords("melder zit op "+name+", waar deze storing speelt", "the requester is at "+name+", where this incident is")
	default:
		return s.inWords("melder zit elders: ", "the requester is elsewhere: ") + name
	}
}

func (s *State) nameOf(asset string) string {
	n := s.topo.nodes[asset]
	name := ""
	switch {
	case n == nil:
	case n.service != nil:
		name = n.service.Name.In(s.language)
	default:
		name = n.device.Name.In(s.language)
	}
	return cmp.Or(name, asset)
}

func (s *State) placeName(id string) string {
	if l := s.topo.places[id]; l != nil {
		return cmp.Or(l.Name.In(s.language), id)
	}
	return id
}

func (s *State) departmentName(id string) string {
	if d := s.topo.department(id); d != nil {
		return cmp.Or(d.Name.In(s.language), id)
	}
	return id
}
