package correlate

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// What is here are facts that say how nearly a decision turned out otherwise;
// headstart.Decision.Why lists their names.

// in says when d from now is.
func (s *State) in(d model.Duration) string { return clockTime(s.now.Add(time.Duration(d))) }

// lateMargin is how much older a group could be and still get another cause, or
// go into another, by rule; "" when it is too old already.
func (s *State) lateMargin(g *group) string {
	left := time.Duration(s.cfg.LateCause) - s.ago(g.OpenedAt)
	if left < 0 {
		return ""
	}
	return left.String()
}

// reopenFacts say until when the same cause is the same incident, and by how much
// now is before or after that.
func (s *State) reopenFacts(old *group) []string {
	until := instantOf(old.ResolvedAt).Add(time.Duration(s.cfg.Reopen))
	return []string{"until", clockTime(until), "margin", until.Sub(s.now).Abs().String()}
}

// timerFacts say when a timer would have fired, and how far off that is; none
// while it is not set.
func (s *State) timerFacts(kind timerKind, subject string) []string {
	t := s.timer(kind, subject)
	if t == nil {
		return nil
	}
	due := t.Due
	if kind.blinds() {
		due = due.Add(s.clock.Shift)
	}
	return []string{"until", clockTime(due), "margin", due.Sub(s.now).String()}
}

// lifeFacts are those of the hold or the grace of a group.
func (s *State) lifeFacts(g *group) []string {
	kind := holdTimer
	if g.State == headstart.Recovering {
		kind = recoverTimer
	}
	return s.timerFacts(kind, subjectOf(g.ID))
}

// waysUp names what an asset hangs on: "core", or "dist-1/dist-2, srv" where one
// of the first two suffices; "" for nothing.
func (t *topology) waysUp(asset string) string {
	n := t.nodes[asset]
	if n == nil {
		return ""
	}
	var out []string
	for _, g := range n.parents {
		out = append(out, strings.Join(g, "/"))
	}
	return strings.Join(out, ", ")
}
