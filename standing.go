package headstart

import (
	"cmp"
	"slices"
	"time"
)

// StandingState says how an asset does, as far as anybody looked.
type StandingState string

// The states of an asset, worst first. Unwatched is no answer: nobody looks.
const (
	Failing   StandingState = "failing"   // an alert or a check of it says so
	Suspected StandingState = "suspected" // nobody said so; what hangs on it fell silent together
	Warning   StandingState = "warning"   // it works, and something about it wants attention
	Doubtful  StandingState = "doubtful"  // its check could not tell, its last alert fell silent, or a failure is not yet judged
	InWork    StandingState = "in_work"   // it fails inside planned work or a closed period
	Working   StandingState = "working"   // its check, or the end of its last alert, says so
	Unwatched StandingState = "unwatched"
)

// standingRank orders states: the worst of what is said of an asset counts.
var standingRank = map[StandingState]int{Failing: 6, Suspected: 5, InWork: 4, Warning: 3, Doubtful: 2, Working: 1, Unwatched: 0}

// Standing is how one asset does, and who says so.
type Standing struct {
	State    StandingState
	Check    string     // name of the alert or the probe that says so
	Reason   string     // in its words
	Since    time.Time  // zero: not known
	Incident IncidentID // it is part of; empty: none
	Silenced bool       // every alert that says so is
	Window   string     // planned work that covers it now; empty: none
}

// Standings is how all assets do as of one moment. It never changes.
type Standings struct {
	topology *Topology
	of       []int32           // by place in the catalog: where it stands in said, from 1; 0: nowhere
	said     []Standing        // of those of which something is known
	works    map[string]string // planned work that runs, by asset and by place
	wrong    []string
	bare     []string
}

// Standings returns how all assets do at now; checks are the latest results of our
// own, of whatever asset or service.
func (v *View) Standings(checks []CheckResult, now time.Time) *Standings {
	t := v.Topology()
	s := &Standings{topology: t, of: make([]int32, len(t.ids)), said: make([]Standing, 0, len(checks)), works: map[string]string{}}
	for i := range checks {
		c := &checks[i]
		id := cmp.Or(c.Asset, c.Service)
		s.take(id, Standing{State: StandingOf(c.Verdict), Check: c.Probe, Reason: c.Reason, Since: c.At})
	}
	s.hear(v, now)
	for n, id := range t.ids {
		switch at := s.of[n]; {
		case at == 0:
			s.bare = append(s.bare, id)
		case s.said[at-1].State == Failing || s.said[at-1].State == Suspected:
			s.wrong = append(s.wrong, id)
		}
	}
	return s
}

// hear takes what is known of problems and planned work.
func (s *Standings) hear(v *View, now time.Time) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, p := range v.problems.each {
		if p.Asset != "" {
			s.take(p.Asset, v.standingOf(p))
		}
	}
	for _, w := range v.maintenance {
		if w.Running(now) && w.Holds() {
			s.workedOn(w.ID, w.Assets)
			s.workedOn(w.ID, w.Services)
			s.workedOn(w.ID, w.Locations)
		}
	}
}

// workedOn notes planned work at ids; of two, that of the earlier id stands, so that map
// order decides nothing.
func (s *Standings) workedOn(window string, ids []string) {
	for _, id := range ids {
		if was := s.works[id]; was == "" || window < was {
			s.works[id] = window
		}
	}
}

// take keeps the worse of two; of two alike, that of the earlier name, so that map
// order decides nothing.
func (s *Standings) take(id string, x Standing) {
	n := s.topology.nodes[id]
	if n == nil {
		return // the catalog has no such asset
	}
	at := s.of[n.N]
	if at == 0 {
		s.said = append(s.said, x)
		s.of[n.N] = int32(len(s.said)) //nolint:gosec // below the assets of a catalog
		return
	}
	was := &s.said[at-1]
	if cmp.Or(cmp.Compare(standingRank[was.State], standingRank[x.State]), cmp.Compare(x.Check, was.Check)) < 0 {
		*was = x
	}
}

// StandingOf is what the verdict of a check says of its asset.
func StandingOf(v Verdict) StandingState {
	switch v {
	case OK:
		return Working
	case Warn:
		return Warning
	case Down:
		return Failing
	default:
		return Doubtful
	}
}

// standingOf is what one problem says, under v.mu.
func (v *View) standingOf(p *Problem) Standing {
	x := Standing{Check: p.Check, Reason: p.Reason, Since: p.Onset}
	switch p.State {
	case ProblemOpen:
		x.State = Failing
		if p.Class == Capacity || p.Class == Environment {
			x.State = Warning
		}
		x.Incident = v.byGroup[p.Group]
		x.Silenced = v.silenced(p)
	case ProblemSuspected:
		x.State = Suspected
	case ProblemSuppressed:
		x.State = InWork
		if p.Suppressed != nil {
			x.Window = p.Suppressed.By
		}
	case ProblemPending:
		x.State = Doubtful
	default:
		x.State, x.Since, x.Reason = Working, p.Cleared, ""
		if p.Expired {
			x.State = Doubtful // gone is not fixed (ruling 14)
		}
	}
	return x
}

// silenced reports whether every alert that says p is muted.
func (v *View) silenced(p *Problem) bool {
	for _, f := range p.Alerts {
		if !v.silencedAlert(f) {
			return false
		}
	}
	return len(p.Alerts) > 0
}

// Of returns how an asset does; what the catalog lacks, nobody watches.
func (s *Standings) Of(id string) Standing {
	n := s.topology.nodes[id]
	if n == nil {
		return Standing{State: Unwatched}
	}
	return s.At(n)
}

// At is Of, of an asset at hand.
func (s *Standings) At(n *TopologyNode) Standing {
	x := Standing{State: Unwatched}
	if at := s.of[n.N]; at > 0 {
		x = s.said[at-1]
	}
	if x.Window == "" && len(s.works) > 0 {
		x.Window = s.planned(n)
	}
	return x
}

// planned is the work that covers an asset now: by its name, or by its place.
func (s *Standings) planned(n *TopologyNode) string {
	if w := s.works[n.ID]; w != "" {
		return w
	}
	place := n.Location
	for range len(s.topology.Catalog.Locations) { // locations may lie in a circle
		if place == "" {
			break
		}
		if w := s.works[place]; w != "" {
			return w
		}
		place = s.topology.parent[place]
	}
	return ""
}

// Wrong returns the assets of the catalog that fail or are suspected, sorted.
func (s *Standings) Wrong() []string { return slices.Clone(s.wrong) }

// Uncovered returns the assets of the catalog that nobody looks at, sorted.
func (s *Standings) Uncovered() []string { return slices.Clone(s.bare) }
