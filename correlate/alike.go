package correlate

import (
	"slices"
	"strings"
	"time"

	"headstart"
)

// alike is what failures share that no topology joins (G-09): where they are,
// what they are about and which service suffers. What cannot be reached has the
// place alone as its key, since a printer and a camera behind one unknown switch
// have no service in common.
type alike struct {
	Location string          `json:"location"`
	Floor    string          `json:"floor,omitempty"` // "3"; empty: the location as a whole
	Class    headstart.Class `json:"class,omitempty"`
	Service  string          `json:"service,omitempty"`
}

// anyService is the service of a key that stands for all of them together.
const anyService = "*"

// alikes returns the keys of a failing problem, the widest first: of a site that
// is cut off each floor would be a group of its own otherwise. None: it has no
// place, or things hang on its asset, and then topology says more.
func (s *State) alikes(p *problem) []alike {
	n := s.topo.nodes[p.Asset]
	switch {
	case n == nil || len(n.kids) > 0 || p.Class == userReport:
		return nil
	case n.service != nil:
		if p.Class != serviceClass {
			return nil
		}
		return []alike{{Class: p.Class.word(), Service: anyService}}
	case p.Location == "":
		return nil
	case p.Class == reachability:
		keys := s.topo.placesOf(p.Location, floorOf(n.device))
		for i := range keys {
			keys[i].Class = p.Class.word()
		}
		return keys
	}
	service := p.Service
	if service == "" && len(n.device.Services) > 0 {
		service = n.device.Services[0]
	}
	if service == "" {
		return nil
	}
	return []alike{{Location: p.Location, Class: p.Class.word(), Service: service}}
}

func floorOf(d *headstart.Device) string {
	if d.Floor == nil {
		return ""
	}
	return itoa(*d.Floor)
}

// among is how many assets of a kind the catalog has for a key.
func (s *State) among(k alike, kind string) int {
	k.Class = ""
	return s.topo.population[kindred{k, kind}]
}

// needed is how many distinct assets of a key must fail within group.gap to be
// one thing: never fewer than group.assets, and group.share of those that the
// catalog has.
func (s *State) needed(k alike) int { return s.atLeast(k, s.cfg.Group.Assets, s.cfg.Group.Share) }

// neededAtOnce is how many suffice when they fail within two fifths of the gap,
// two minutes, which is what a cause with a probe each minute takes: twice as
// many, but half the share. The shorter the time, the less chance explains; a
// switch with a dozen devices is a sixth of a floor.
func (s *State) neededAtOnce(k alike) int {
	return s.atLeast(k, 2*s.cfg.Group.Assets, s.cfg.Group.Share/2)
}

func (s *State) atOnceGap() time.Duration { return time.Duration(s.cfg.Group.Gap) * 2 / 5 }

func (s *State) atLeast(k alike, least int, share float64) int {
	return max(ceil(float64(share*float64(s.among(k, "")))), least)
}

// alone marks that p is open without anything of the catalog that explains it,
// or that it no longer is.
func (s *State) alone(p *problem, is bool) {
	if p.Mem.Alone == is {
		return
	}
	s.scatter(p)
	p.Mem.Alone = is
	s.crowd(p)
	s.dirtyMemory(p)
}

// crowd files a failing problem under its keys while nothing explains it, and,
// once open, under its asset and all above it, where a late cause looks for it.
// scatter takes it out again.
func (s *State) crowd(p *problem) {
	alone := p.State == problemOpen && p.Mem.Alone
	if !alone && p.State != problemPending {
		return
	}
	crowds := s.crowdsOf(p)
	if p.filed == nil && len(crowds) > 0 {
		p.filed = &filings{}
		p.filed.list = p.filed.room[:0]
	}
	for _, c := range crowds {
		c.add(p)
	}
	if alone {
		s.loosen(p, put)
	}
}

func (s *State) scatter(p *problem) {
	if p.filed != nil {
		for _, f := range p.filed.list {
			f.crowd.leave(f.at)
		}
	}
	p.filed = nil
	if p.State == problemOpen && p.Mem.Alone {
		s.loosen(p, drop)
	}
}

// loosen files p under its asset and all above it, or takes it out.
func (s *State) loosen(p *problem, file func(map[string]map[headstart.ProblemKey]struct{}, string, headstart.ProblemKey)) {
	if p.Asset == "" {
		return
	}
	file(s.loose, p.Asset, p.Key)
	if p.node != nil {
		for _, up := range p.node.above {
			file(s.loose, up, p.Key)
		}
	}
}

// crowd is what failures with one key are filed under, in the order they came.
type crowd struct {
	key   alike
	list  []*problem // nil: it left
	first int        // the place of the first of list
	count int        // of those that are there
}

// filing is where a problem is in a crowd.
type filing struct {
	crowd *crowd
	at    int
}

// filings are all of a problem, with room for those of a floor and its building.
type filings struct {
	list []filing
	room [2]filing
}

func (c *crowd) add(p *problem) {
	p.filed.list = append(p.filed.list, filing{c, c.first + len(c.list)})
	c.list = append(roomFor(c.list), p)
	c.count++
}

// leave takes the member at a place out. They mostly leave in the order they came, so
// none has to move, and none of the others is looked at.
func (c *crowd) leave(at int) {
	c.list[at-c.first] = nil
	if c.count--; c.count == 0 {
		c.list = nil // it may have been thousands
		return
	}
	for c.list[0] == nil {
		c.list = c.list[1:]
		c.first++
	}
	if len(c.list) > 4*c.count+mostGaps {
		c.close()
	}
}

// mostGaps is how many gaps a crowd may have however small it is.
const mostGaps = 16

// close makes a list without gaps.
func (c *crowd) close() {
	list := c.list
	c.list, c.first = make([]*problem, 0, c.count), 0
	for _, p := range list {
		if p != nil {
			p.filedIn(c).at = len(c.list)
			c.list = append(c.list, p)
		}
	}
}

// filedIn returns the filing of p that is in c, or nil.
func (p *problem) filedIn(c *crowd) *filing {
	if p.filed == nil {
		return nil
	}
	for i := range p.filed.list {
		if p.filed.list[i].crowd == c {
			return &p.filed.list[i]
		}
	}
	return nil
}

// unfile forgets that p is in c.
func (p *problem) unfile(c *crowd) {
	left := slices.DeleteFunc(p.filed.list, func(f filing) bool { return f.crowd == c })
	if p.filed.list = left; len(left) == 0 {
		p.filed = nil
	}
}

// crowdsOf returns the crowds of a failing problem, the widest first. Those of
// what cannot be reached where the catalog says it is are the same for all that
// stands there, and kept.
func (s *State) crowdsOf(p *problem) []*crowd {
	n := p.node
	usual := p.Class == reachability && n != nil && n.device != nil && n.location == p.Location
	switch {
	case !usual:
		return s.findCrowds(p)
	case n.leads || n.crowds != nil:
		return n.crowds
	}
	if s.standing[n.storey] == nil {
		s.standing[n.storey] = s.findCrowds(p)
	}
	n.crowds = s.standing[n.storey]
	return n.crowds
}

// storey is a floor of a location, or the location where floors are unknown.
type storey struct{ location, floor string }

func (s *State) findCrowds(p *problem) []*crowd {
	var crowds []*crowd
	for _, k := range s.alikes(p) {
		c := s.near[k]
		if c == nil {
			c = &crowd{key: k}
			s.near[k] = c
		}
		crowds = append(crowds, c)
	}
	return crowds
}

// recrowd makes the indexes of a new catalog.
func (s *State) recrowd() {
	for _, c := range s.near {
		*c = crowd{key: c.key}
	}
	clear(s.standing)
	clear(s.loose)
	clear(s.likes)
	for _, p := range s.problems {
		p.filed = nil
		s.crowd(p)
	}
	for _, g := range s.groups {
		s.fileLike(g)
	}
}

// alikeTo returns what fails for the reason p may fail for, p among it, by key;
// nil when that is not enough to be one thing.
func (s *State) alikeTo(p *problem, k alike) []*problem {
	few := min(s.needed(k), s.neededAtOnce(k))
	if c := s.near[k]; c == nil || c.count < few || s.among(k, "") == 0 {
		return nil
	}
	found := s.alikeAt(k, p.Onset, time.Duration(s.cfg.Group.Gap))
	if n := len(assetsIn(found)); n >= s.needed(k) {
		return found
	} else if n < few {
		return nil
	}
	if found = s.alikeAt(k, p.Onset, s.atOnceGap()); len(assetsIn(found)) >= s.neededAtOnce(k) {
		return found
	}
	return nil
}

// narrowest returns the last of keys that all of found have.
func (s *State) narrowest(keys []alike, found []*problem) alike {
	for _, k := range slices.Backward(keys) {
		if c := s.near[k]; !slices.ContainsFunc(found, func(q *problem) bool { return q.filedIn(c) == nil }) {
			return k
		}
	}
	return keys[0] // not reached: found has a key of p's
}

// alikeAt returns what has a key, began within gap of onset, and stands alone, by
// key. What only waits to join its cause, or to be put aside, does not.
func (s *State) alikeAt(k alike, onset instant, gap time.Duration) []*problem {
	var found []*problem
	c := s.near[k]
	if c == nil {
		return nil
	}
	s.topo.looks += c.count
	for _, q := range c.list { // those that leave here make gaps, or a list of its own
		switch {
		case q == nil:
		case onset.Sub(q.Onset).Abs() > gap:
			if s.now.Sub(q.Onset) > time.Duration(s.cfg.Group.Gap+s.cfg.Group.Max+s.cfg.Settle) {
				c.leave(q.filedIn(c).at) // it never counts again: who joins began later
				q.unfile(c)
			}
		case q.State == problemOpen || !s.accounted(q) && !s.willJoin(q):
			found = append(found, q)
		}
	}
	slices.SortFunc(found, func(a, b *problem) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return found
}

// willJoin reports whether a pending problem only waits to join its cause, known
// or to be suspected (T-07, C-08).
func (s *State) willJoin(p *problem) bool {
	return s.causes(p) != nil || s.top(p.Asset) == p && s.climb(p.Asset, p.Onset) != nil
}

func assetsIn(list []*problem) map[string]struct{} {
	assets := map[string]struct{}{}
	for _, p := range list {
		assets[p.Asset] = struct{}{}
	}
	return assets
}
