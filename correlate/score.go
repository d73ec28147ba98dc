package correlate

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"headstart"
)

// Hand weights of the first matcher: the priors of the reference, for the
// features it has. They are a start, not a result.
const (
	bias           = -4.2
	perEvidence    = 3.2
	strongEvidence = 0.3
	dependant      = 1.6
	perRival       = -2.6
	noEvidence     = -0.4

	placeInText   = 1.6
	otherInText   = -4.0
	placeOfCaller = 1.2
	otherOfCaller = -2.8
	everywhere    = 0.8
	placeUnknown  = 0.2

	department = 0.8
	usesHit    = 0.4
	deviceHit  = 1.2

	perMalfunction = 1.6
	malfunctionHit = 1.2
	perSeveral     = 1.0
	perHalfHour    = -0.6
)

// contrary are cues that a text is about something else than a disturbance.
var contrary = []struct {
	cue, nl, en string
	weight      float64
}{
	{"howto", "vraagt hoe iets moet", "asks how to do something", -2.4},
	{"request", "is een aanvraag", "is a request", -2.2},
	{"password", "gaat over een wachtwoord", "is about a password", -3.0},
	{"one_person", "alleen bij deze persoon", "only this person has it", -2.4},
	{"works_again", "doet het weer", "works again", -3.0},
	{"supplies", "gaat over verbruiksmateriaal", "is about supplies", -2.2},
	{"question", "een vraag zonder fout", "a question without a fault", -1.6},
}

// term is one addend of a score, with its words in both languages.
type term struct {
	weight float64
	nl, en string
}

// scorecard adds terms up; products are wrapped in float64, so that no fused
// multiply-add makes machines differ (ruling 10).
type scorecard struct {
	sum   float64
	terms []term
}

func (c *scorecard) add(weight float64, nl, en string) {
	c.sum += weight
	c.terms = append(c.terms, term{weight, nl, en})
}

// score says how well a ticket fits a group, and why in words.
func (s *State) score(t *headstart.TicketState, g *group) headstart.Link {
	e := t.Evidence
	if e == nil {
		e = &headstart.Evidence{}
	}
	c := &scorecard{sum: bias}
	hit := s.scoreService(c, e, g)
	s.scorePlace(c, t, e, g)
	s.scorePeople(c, t, e, g)
	scoreCues(c, e, hit)
	if early := g.OpenedAt.Sub(t.Since()).Minutes(); early > 0 {
		c.add(float64(perHalfHour*early/30), "kwam voor de eerste meting", "came before monitoring noticed")
	}
	l := headstart.Link{Ticket: t.ID, Source: t.Source, Group: g.ID, Score: round(1 / (1 + math.Exp(-c.sum)))}
	l.For, l.Against = c.words(s.language)
	return l
}

// scoreService adds what the text says of the group's services and devices, and
// returns the strongest evidence.
func (s *State) scoreService(c *scorecard, e *headstart.Evidence, g *group) float64 {
	var direct, behind, rival float64
	var word, name string
	for _, m := range e.Assets {
		switch {
		case slices.Contains(g.Services, m.ID) || m.ID == g.Cause.Asset:
			if m.Strength > direct {
				direct, word, name = m.Strength, m.Word, s.nameOf(m.ID)
			}
		case s.memberAsset(g, m.ID):
			c.add(deviceHit, "noemt "+s.nameOf(m.ID), "names "+s.nameOf(m.ID))
			direct = max(direct, m.Strength)
		case s.needs(m.ID, g):
			behind = max(behind, m.Strength)
		default:
			rival = max(rival, m.Strength)
		}
	}
	if direct > 0 {
		c.add(float64(perEvidence*direct), quoted(word, name, "genoemd, dienst"), quoted(word, name, "mentioned, service"))
		if direct >= 1 {
			c.add(strongEvidence, "", "")
		}
	}
	if direct < 0.5 && behind > 0 {
		c.add(float64(dependant*behind), "noemt iets dat hiervan afhangt", "names something that depends on it")
	}
	if rival > direct {
		c.add(float64(perRival*(rival-direct)), "noemt iets anders", "names something else")
	}
	if direct == 0 && behind == 0 {
		c.add(noEvidence, "", "")
	}
	return max(direct, float64(0.5*behind))
}

func quoted(word, name, between string) string {
	if word == "" {
		word = name
	}
	return "'" + word + "' " + between + " " + name
}

// memberAsset reports whether an asset is, or was, a member of g.
func (s *State) memberAsset(g *group, asset string) bool {
	if s.topo.nodes[asset] == nil {
		return false
	}
	return slices.ContainsFunc(g.members, func(m *headstart.Member) bool { return m.Asset == asset && m.Left.IsZero() })
}

// needs reports whether an asset hangs, through the catalog, on what g is about.
func (s *State) needs(asset string, g *group) bool {
	n := s.topo.nodes[asset]
	if n == nil {
		return false
	}
	return slices.ContainsFunc(n.above, func(up string) bool { return up == g.Cause.Asset || slices.Contains(g.Services, up) })
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
	if name == "" {
		return asset
	}
	return name
}

// scorePlace: a place in the text outranks where the requester sits, and a
// shared requester calls for everybody.
func (s *State) scorePlace(c *scorecard, t *headstart.TicketState, e *headstart.Evidence, g *group) {
	if len(g.Locations) == 0 {
		c.add(everywhere, "speelt overal", "happens everywhere")
		return
	}
	if len(e.Locations) > 0 {
		for _, m := range e.Locations {
			if s.within(m.ID, g.Locations) {
				c.add(placeInText, "noemt "+s.placeName(m.ID), "names "+s.placeName(m.ID))
				return
			}
		}
		c.add(otherInText, "noemt een andere locatie", "names another location")
		return
	}
	at := t.Requester.Location
	if at == "" || t.Requester.Shared {
		at = s.onlySite(t)
	}
	switch {
	case at == "":
		c.add(placeUnknown, "", "")
	case s.within(at, g.Locations):
		c.add(placeOfCaller, "aanvrager zit op "+s.placeName(at), "requester sits at "+s.placeName(at))
	default:
		c.add(otherOfCaller, "aanvrager zit elders", "requester sits elsewhere")
	}
}

// onlySite lends a ticket without a location the one of its department.
func (s *State) onlySite(t *headstart.TicketState) string {
	d := s.topo.catalog.DepartmentByID(t.Requester.Department)
	if d == nil || len(d.Locations) != 1 || t.Requester.Shared {
		return ""
	}
	return d.Locations[0]
}

// within reports whether location is one of places, lies in one, or holds one.
func (s *State) within(location string, places []string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return s.inside(location, p) || s.inside(p, location) })
}

func (s *State) inside(location, outer string) bool {
	for range maxDepth {
		if location == outer {
			return true
		}
		l := s.topo.catalog.LocationByID(location)
		if l == nil || l.Parent == "" {
			return false
		}
		location = l.Parent
	}
	return false
}

func (s *State) placeName(id string) string {
	if l := s.topo.catalog.LocationByID(id); l != nil && l.Name.In(s.language) != "" {
		return l.Name.In(s.language)
	}
	return id
}

func (s *State) scorePeople(c *scorecard, t *headstart.TicketState, e *headstart.Evidence, g *group) {
	own := t.Requester.Department
	if len(e.Departments) > 0 {
		own = e.Departments[0].ID
	}
	if own == "" || t.Requester.Shared {
		return
	}
	if slices.Contains(g.Departments, own) {
		c.add(department, "afdeling is geraakt", "department is hit")
	}
	d := s.topo.catalog.DepartmentByID(own)
	if d != nil && slices.ContainsFunc(d.Uses, func(id string) bool { return slices.Contains(g.Services, id) }) {
		c.add(usesHit, "afdeling gebruikt deze dienst", "department uses this service")
	}
}

func scoreCues(c *scorecard, e *headstart.Evidence, hit float64) {
	if n := min(e.Cues["malfunction"], 4); n > 0 {
		share := float64(min(n, 2)) / 2
		c.add(float64(perMalfunction*share), "meldt dat het niet werkt", "says that it does not work")
		if hit > 0 {
			c.add(float64(malfunctionHit*share*min(hit, 1)), "", "")
		}
	}
	if n := min(e.Cues["several"], 2); n > 0 {
		c.add(float64(perSeveral*float64(n)/2), "meer mensen hebben het", "several people have it")
	}
	for _, x := range contrary {
		if e.Cues[x.cue] > 0 && (x.cue != "question" || e.Cues["malfunction"] == 0) {
			c.add(x.weight, x.nl, x.en)
		}
	}
}

// words gives the three strongest terms for, and the two strongest against; what
// hardly counts is not said.
func (c *scorecard) words(lang string) (pro, con []string) {
	terms := slices.Clone(c.terms)
	slices.SortStableFunc(terms, func(a, b term) int { return cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)) })
	for _, t := range terms {
		w := t.nl
		if lang == "en" {
			w = t.en
		}
		switch {
		case w == "" || math.Abs(t.weight) < 0.3:
		case t.weight > 0 && len(pro) < 3:
			pro = append(pro, w)
		case t.weight < 0 && len(con) < 2:
			con = append(con, w)
		}
	}
	return pro, con
}

// round cuts a score to 1e-4 before anything compares it (ruling 10).
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func score(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
