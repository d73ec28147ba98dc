package correlate

import (
	"iter"
	"slices"
	"time"

	"headstart"
)

// group is a Group with what only correlation needs to know of it.
type group struct {
	headstart.Group
	Own own

	members roster
	places  map[headstart.ProblemKey]int // index in members, of those whose seat is elsewhere; nil: it has fewMembers at most
	open    []*problem                   // open ones whose rows name this group, in no order
	impact  *impact                      // nil unless live
	listed  bool                         // its row is in dirty
}

// own is correlation's own part of a group's row.
type own struct {
	Tops      []headstart.ProblemKey `json:"tops,omitempty"`      // the problems of the cause, by asset
	Absorbing []headstart.GroupID    `json:"absorbing,omitempty"` // merged into this one, members still on their way
	Apart     []parting              `json:"apart,omitempty"`     // by group
	Taking    *taking                `json:"taking,omitempty"`    // a split by hand on its way here
	ByHand    bool                   `json:"by_hand,omitempty"`   // a person must end it
	Said      *said                  `json:"said,omitempty"`      // what a person said is hit
	Splitting bool                   `json:"splitting,omitempty"` // what did not follow is being judged
	Suspects  []headstart.ProblemKey `json:"suspects,omitempty"`  // suspected causes that end with the last member, by key
	Unproved  bool                   `json:"unproved,omitempty"`  // a member may have ended by silence since Reopened
	Reopened  instant                `json:"reopened,omitzero"`
	Reports   []headstart.ProblemKey `json:"reports,omitempty"` // its members that are users' reports (K-11)
	Like      *likeness              `json:"like,omitempty"`    // what its members share, while it may gather more (G-09)
}

// said is the scope a person gave a group.
type said struct {
	Services    []string `json:"services,omitempty"`
	Locations   []string `json:"locations,omitempty"`
	Departments []string `json:"departments,omitempty"`
}

// with returns what either of two people said.
func (x *said) with(y *said) *said {
	if x == nil {
		return y
	}
	return &said{
		Services:    set(append(slices.Clone(x.Services), y.Services...)),
		Locations:   set(append(slices.Clone(x.Locations), y.Locations...)),
		Departments: set(append(slices.Clone(x.Departments), y.Departments...)),
	}
}

// groupRow is the JSON of a group's row.
type groupRow struct {
	headstart.Group
	Own own `json:"own"`
}

// follow returns the group that id names or was merged into; nil if unknown.
func (s *State) follow(id headstart.GroupID) *group {
	g := s.groups[id]
	for g != nil && g.State == headstart.Merged {
		g = s.groups[g.MergedInto]
	}
	return g
}

// live returns the group of id if it still disrupts, or may.
func (s *State) live(id headstart.GroupID) *group {
	if g := s.follow(id); g != nil && s.isLive(g) {
		return g
	}
	return nil
}

func (s *State) isLive(g *group) bool {
	return g.State == headstart.Open || g.State == headstart.Recovering || g.State == headstart.Holding
}

// OpenMembers returns the problems of a group that fail now, by key.
func (s *State) OpenMembers(id headstart.GroupID) []headstart.ProblemKey {
	g := s.groups[id]
	if g == nil {
		return nil
	}
	var keys []headstart.ProblemKey
	for p := range s.openOf(g) {
		keys = append(keys, p.Key)
	}
	slices.Sort(keys)
	return keys
}

// openOf goes over the problems of a group that fail now, in no order.
func (s *State) openOf(g *group) iter.Seq[*problem] {
	return func(yield func(*problem) bool) {
		for _, p := range g.open {
			if !yield(p) {
				return
			}
		}
		for _, gone := range g.Own.Absorbing {
			for _, p := range s.groups[gone].open {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// idSet is a small set of groups, in order.
type idSet []headstart.GroupID

func (x *idSet) add(id headstart.GroupID) {
	if n, has := slices.BinarySearch(*x, id); !has {
		*x = slices.Insert(*x, n, id)
	}
}

func (x idSet) has(id headstart.GroupID) bool {
	_, has := slices.BinarySearch(x, id)
	return has
}

// newGroup opens a group whose first problem is p; nil for one opened by hand.
func (s *State) newGroup(p *problem) *group {
	s.clock.Groups++
	s.dirtyClock()
	g := &group{
		Group: headstart.Group{V: 1, ID: s.clock.Groups, State: headstart.Open, StartedAt: s.now.Time(), OpenedAt: s.now.Time(), Received: s.received.Time()},
	}
	g.impact = newImpact()
	if p != nil {
		g.Opener, g.Received, g.StartedAt = p.Key, p.Mem.Received.Time(), p.Began.Time()
	}
	s.groups[g.ID] = g
	s.born.add(g.ID)
	s.touch(g.ID)
	s.dirtyGroup(g)
	s.after(0, matchTimer, subjectOf(g.ID))
	s.after(time.Duration(s.cfg.Stale), staleTimer, subjectOf(g.ID))
	return g
}

// add makes p a failing member of g.
func (s *State) add(p *problem, g *group, rule string) {
	s.move(p, g.ID, problemOpen)
	s.enlist(g, p, rule)
	g.Firing++
	s.count(g, p, 1)
	s.coverOpen(p)
	s.noteWork(g, p)
	s.markUnstable(g, p)
	s.startedAt(g, p.Began)
	s.confide(g, p)
	s.touch(g.ID)
	s.dirtyGroup(g)
	s.woken(g)
}

// enlist writes p into the list of members, in the place it had if it had one.
func (s *State) enlist(g *group, p *problem, rule string) {
	if n, was := g.placeOf(p); was {
		g.seat(p, n)
		if m := g.members.at(n); !m.Left.IsZero() {
			s.joinings.again(m, rule, s.now)
			s.dirtyMember(g, n)
			s.hit(g, p)
		}
		return
	}
	g.seat(p, g.members.len())
	g.members.add(s.joinings.member(p.Key, p.Asset, rule, s.now))
	if g.members.len() == fewMembers+1 {
		g.index()
	}
	g.Total = g.members.len()
	s.dirtyMember(g, g.Total-1)
	s.hit(g, p)
}

// placeOf returns where p is among the members of g, those who left among them.
func (g *group) placeOf(p *problem) (int, bool) {
	if p.seatIn == g {
		return int(p.seatAt), true
	}
	if g.members.len() <= fewMembers {
		for n, m := range g.members.all() {
			if m.Problem == p.Key {
				return n, true
			}
		}
		return 0, false
	}
	n, was := g.places[p.Key]
	return n, was
}

// fewMembers are looked through: most groups never have more, and a map of each would be a
// third of what a group takes.
const fewMembers = 8

// index makes the places of all members of g.
func (g *group) index() {
	g.places = make(map[headstart.ProblemKey]int, g.members.len())
	for n, m := range g.members.all() {
		g.places[m.Problem] = n
	}
}

// seat keeps the place of p in g with p itself, since most problems are ever in one
// group; the place in the one before goes to that group.
func (g *group) seat(p *problem, n int) {
	if p.seatIn == g {
		return
	}
	p.stand()
	p.seatIn, p.seatAt = g, int32(n)
	delete(g.places, p.Key)
}

// stand leaves the place of p to the group it is in.
func (p *problem) stand() {
	g := p.seatIn
	if g == nil {
		return
	}
	if g.places != nil {
		g.places[p.Key] = int(p.seatAt)
	}
	p.seatIn = nil
}

// leave marks that p no longer belongs to g.
func (s *State) leave(g *group, p *problem) {
	n, was := g.placeOf(p)
	if was && g.members.at(n).Left.IsZero() {
		g.members.at(n).Left = s.now
		s.dirtyMember(g, n)
	}
}

// join adds p to a group that explains it.
func (s *State) join(p *problem, g *group, outcome string, facts ...string) {
	s.add(p, g, "T-07")
	s.lately = p // who hears of it asks for its alerts
	s.alone(p, g.collects())
	c := s.say(headstart.MemberJoined, "T-07", outcome, string(p.Key), facts...)
	c.Group, c.Problem, c.Alert = g.ID, p.Key, firstAlert(p)
	s.moreAlerts(g, p)
	if g.State == headstart.Holding || g.State == headstart.Recovering && slices.Contains(g.Own.Tops, p.Key) {
		s.returned(g)
	}
}

// moreAlerts tells of the further alerts a problem brings along: each is owed
// its own receivers (ruling 16). Beyond the first few it tells how many there are: one
// check of one asset may fail with thousands of alerts, and a unit has no room for a
// decision about each (ruling 1).
func (s *State) moreAlerts(g *group, p *problem) {
	alerts := p.Alerts.list()
	for i := 1; i < len(alerts); i++ {
		outcome, facts := "alert", []string{"alert", alerts[i].Fingerprint}
		if i == namedAlerts {
			outcome, facts = "alerts", []string{"more", itoa(len(alerts) - i)}
		}
		c := s.say(headstart.AlertSeen, "D-02", outcome, string(p.Key), facts...)
		c.Group, c.Problem, c.Alert = g.ID, p.Key, alerts[i].Fingerprint
		if i == namedAlerts {
			return
		}
	}
}

// namedAlerts is how many alerts of a problem that joins are told of one by one.
const namedAlerts = 20

func (s *State) startedAt(g *group, began instant) {
	if !began.IsZero() && began.Before(instantOf(g.StartedAt)) {
		g.StartedAt = began.Time()
		s.dirtyGroup(g)
	}
}

// confide marks a group confidential for good once an alert of p is (ruling 30).
func (s *State) confide(g *group, p *problem) {
	if g.Confidential || len(s.placer.confidential) == 0 {
		return
	}
	for _, a := range p.Alerts.list() {
		if s.says(a, s.placer.confidential) {
			g.Confidential = true
			s.dirtyGroup(g)
		}
	}
}
