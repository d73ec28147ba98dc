package correlate

import (
	"math"
	"slices"
	"time"

	"headstart"
)

// asked is a ticket made ready to be compared with many incidents.
type asked struct {
	t        *headstart.TicketState
	e        *headstart.Evidence
	since    time.Time
	own      vector  // what follows from the ticket alone
	alone    float64 // the terms of the features that do
	mentions []mention

	// places are where the ticket is about, each with what it lies in: what the
	// text names, else where the requester sits. A shared requester calls for
	// everybody.
	places []place
	inText bool

	department    string // "": not known, or the requester calls for others
	of            int    // its place in the catalog; -1: it is not there
	uses          []string
	broken        bool // it says that something does not work
	complains     bool // or that it still does not, or that people work around it
	aboutSoftware bool
	crowded       float64 // the logarithm of how many groups it could be about by its time, bounded
}

type mention struct {
	headstart.Mention
	node    *node // nil: it left the catalog since
	network bool
}

// place is a location with all it lies in, itself first.
type place struct {
	id   string
	n    int // its place in the catalog; -1: it is not there
	line []string
}

// asked makes t ready.
func (s *State) asked(t *headstart.TicketState) *asked {
	a := &asked{t: t, e: t.Evidence, since: t.Since()}
	if a.e == nil {
		a.e = &headstart.Evidence{}
	}
	a.mentions = make([]mention, len(a.e.Assets))
	for i, m := range a.e.Assets {
		n := s.topo.nodes[m.ID]
		a.mentions[i] = mention{m, n, n.network()}
	}
	a.crowded = s.crowdedAt(t)
	s.askWhere(a)
	s.askWho(a)
	a.askWhat(s.learned(a.e))
	a.alone = s.model.weights.part(&a.own, malfunction, features)
	return a
}

// crowdedAt is the logarithm of how many groups t could be about by its time.
func (s *State) crowdedAt(t *headstart.TicketState) float64 {
	w, n := whenOf(t), 0
	subjects := s.readySubjects().at(s, &w)
	for i := range subjects {
		if n < mostCandidates && subjects[i].couldBe(&w) {
			n++
		}
	}
	return math.Log(float64(max(n, 1)))
}

func (s *State) askWhere(a *asked) {
	for _, m := range a.e.Locations {
		a.places = append(a.places, s.topo.placeOf(m.ID))
	}
	if a.inText = len(a.places) > 0; a.inText {
		return
	}
	at := a.t.Requester.Location
	if at == "" || a.t.Requester.Shared {
		at = s.topo.onlySite(a.t)
	}
	if at != "" {
		a.places = []place{s.topo.placeOf(at)}
	}
}

func (s *State) askWho(a *asked) {
	a.of = -1
	if a.t.Requester.Shared {
		return
	}
	a.department = a.t.Requester.Department
	if len(a.e.Departments) > 0 {
		a.department = a.e.Departments[0].ID
	}
	if n, known := s.topo.departments[a.department]; known {
		a.of, a.uses = int(n), s.topo.catalog.Departments[n].Uses
	}
}

// wanting are the cues of people who want something.
var wanting = map[feature]bool{howto: true, request: true, password: true, supplies: true}

// What a cue counts for is bounded: a fourth complaint says no more than three.
const (
	bareWords   = 4 // a service's name and no more
	terseWords  = 6 // in which a question mark is impatience
	fewWords    = 20
	mostBroken  = 2
	mostSeveral = 2

	mostCandidates = 5 // more incidents at a time make a ticket no likelier to be about none of them
)

func (a *asked) askWhat(learned float64) {
	cue := a.e.Cues
	a.broken = cue["malfunction"] > 0
	a.complains = a.broken || cue["still"] > 0 || cue["by_hand"] > 0
	a.aboutSoftware = cue["software"] > 0
	x := &a.own
	x[bias] = 1
	x[malfunction] = brokenness(a.e)
	x[several] = float64(min(cue["several"], mostSeveral)) / mostSeveral
	if cue["still"] > 0 {
		x[still] = 1
	}
	for f, name := range contrary {
		if cue[name] > 0 && (f != question || !a.broken && cue["still"] == 0 && a.e.Length > terseWords) {
			x[f] = 1
			if wanting[f] && cue["malfunction"] >= mostBroken {
				x[f] = .5 // who complains that much wants more than a keyboard
			}
		}
	}
	for f, name := range surrounding {
		if cue[name] > 0 {
			x[f] = 1
		}
	}
	x[learnedWords] = learned
}

// surrounding are the cues of what surrounds the trouble.
var surrounding = map[feature]string{
	recent: "recent", ownDevice: "own_device", aroundIt: "by_hand",
}

// brokenness is how plainly a text says that something does not work: one complaint
// in few words says as much as two in many, unless it does not say what is wrong.
func brokenness(e *headstart.Evidence) float64 {
	switch complaints := e.Cues["malfunction"]; {
	case complaints == 0:
		return 0
	case complaints >= mostBroken:
		return 1
	case e.Length > fewWords || e.Cues["vague"] > 0:
		return 1. / mostBroken
	}
	return .75
}

func (t *topology) placeOf(id string) place {
	n := slices.IndexFunc(t.catalog.Locations, func(l headstart.Location) bool { return l.ID == id })
	return place{id, n, t.lineOf(id)}
}

// lineOf returns a location and all it lies in.
func (t *topology) lineOf(id string) []string {
	line := []string{id}
	for range maxDepth {
		l := t.places[id]
		if l == nil || l.Parent == "" || slices.Contains(line, l.Parent) {
			break
		}
		id = l.Parent
		line = append(line, id)
	}
	return line
}

// department returns one of the catalog, or nil.
func (t *topology) department(id string) *headstart.Department {
	if n, known := t.departments[id]; known {
		return &t.catalog.Departments[n]
	}
	return nil
}
