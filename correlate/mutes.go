package correlate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// mutedBy returns the silences that keep a problem's failing silent; none if
// something of it is heard (ruling 17).
func (s *State) mutedBy(p *problem) []string {
	if len(p.Alerts.list()) == 0 {
		return p.muted()
	}
	var ids []string
	for _, a := range p.Alerts.list() {
		ids = append(ids, a.silenced()...)
	}
	return ids
}

// isLoud reports whether a failing member is not silenced: a probe of ours says
// that it fails, or one of its living alerts is matched by no silence.
func (s *State) isLoud(p *problem) bool {
	if p.Mem.Down || len(p.Alerts.list()) == 0 {
		return len(p.muted()) == 0
	}
	return slices.ContainsFunc(p.Alerts.list(), func(a *alert) bool { return len(a.silenced()) == 0 })
}

// reword tells the groups an active silence mutes that its words changed.
func (s *State) reword(old, m *headstart.Silence) {
	if old.Mute() == m.Mute() {
		return
	}
	for _, id := range s.liveGroups() {
		if g := s.groups[id]; g.Silenced && g.impact.mutes[m.ID] > 0 {
			s.touch(id)
		}
	}
}

// mostMutes is how many silences stand beside a group; its alerts name all.
const mostMutes = 3

// figureMutes brings what silences g in line with its members, and reports
// whether that changed. Where nothing fails any more it stays as it was.
func (s *State) figureMutes(g *group) bool {
	if g.Firing == 0 {
		return false
	}
	silenced, mutes := g.impact.loud == 0, []headstart.Mute(nil)
	if silenced {
		mutes = s.mutes(g)
	}
	if silenced == g.Silenced && slices.Equal(mutes, g.SilencedBy) {
		return false
	}
	g.Silenced, g.SilencedBy = silenced, mutes
	s.dirtyGroup(g)
	return true
}

func (s *State) saySilenced(g *group) {
	outcome, facts := "heard", []string(nil)
	if g.Silenced {
		outcome, facts = "silenced", muteFacts(g.SilencedBy)
	}
	c := s.say(headstart.ImpactChanged, "P-17", outcome, label(g), facts...)
	c.Group = g.ID
}

// mutes says by what the failing members of g are silenced.
func (s *State) mutes(g *group) []headstart.Mute {
	var out []headstart.Mute
	for _, id := range slices.Sorted(maps.Keys(g.impact.mutes)) {
		if len(out) == mostMutes {
			break
		}
		switch m := s.silences[id]; {
		case id == headstart.InhibitionID(""):
			out = append(out, headstart.Mute{Inhibited: true})
		case m != nil:
			out = append(out, m.Mute())
		}
	}
	return out
}

// muteFacts are the facts of the decision that g is silenced.
func muteFacts(mutes []headstart.Mute) []string {
	var by, comment []string
	var until time.Time
	for _, m := range mutes {
		who := m.By
		if m.Inhibited {
			who = "inhibited"
		}
		by = append(by, who)
		if m.Comment != "" {
			comment = append(comment, m.Comment)
		}
		if !m.Until.IsZero() && (until.IsZero() || m.Until.Before(until)) {
			until = m.Until
		}
	}
	facts := []string{"by", strings.Join(by, ", "), "comment", strings.Join(comment, "; ")}
	if !until.IsZero() {
		facts = append(facts, "until", clockTime(instantOf(until)))
	}
	return facts
}
