package correlate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// parting says that a person took a group and another, ID, apart: no rule joins them
// again while both live. Told: a rule wanted to, and was refused aloud.
type parting struct {
	ID   headstart.GroupID `json:"id"`
	By   string            `json:"by"`
	At   instant           `json:"at"`
	Told bool              `json:"told,omitempty"`
}

// taking is a split by hand on its way: what fails on Assets in From goes over.
type taking struct {
	From   headstart.GroupID `json:"from"`
	Assets []string          `json:"assets"`
	Moved  int               `json:"moved"`
}

// splitByHand lets what fails on assets leave g for a group of its own, and no
// rule brings the two together again.
func (s *State) splitByHand(g *group, assets []string, by string) error {
	if !s.isLive(g) {
		return errors.New("the incident is over; there is nothing to split")
	}
	leave := s.leaving(g, assets)
	switch {
	case len(leave) == 0:
		return fmt.Errorf("nothing on %s fails in this incident; name assets that are listed as failing", strings.Join(assets, ", "))
	case len(leave) == len(s.OpenMembers(g.ID)):
		return errors.New("nothing would stay in the incident; leave one asset out")
	}
	top := leave[0]
	if n := slices.IndexFunc(leave, func(p *problem) bool { return s.top(p.Asset) == p }); n >= 0 {
		top = leave[n]
	}
	s.say(headstart.GroupSplit, "H-20", "split", label(g), "assets", strings.Join(assets, ", ")).Group = g.ID
	x := s.newGroup(top)
	x.SplitFrom, x.Pinned, g.Pinned = g.ID, true, true
	x.Own.Apart = []parting{{ID: g.ID, By: by, At: s.now}}
	g.Own.Apart = union(g.Own.Apart, []parting{{ID: x.ID, By: by, At: s.now}})
	x.Cause = headstart.Cause{Asset: top.Asset, Also: []string{}, Kind: headstart.CauseObserved, Reason: top.Reason}
	s.setTops(x, []*problem{top})
	s.file(x, true)
	s.takeOver(x, g, []*problem{top})
	x.Own.Taking = &taking{From: g.ID, Assets: set(assets), Moved: 1}
	s.takePart(x)
	c := s.say(headstart.GroupOpened, "H-20", "split_off", string(top.Key))
	c.Group, c.Problem, c.Alert, c.Other = x.ID, top.Key, firstAlert(top), g.ID
	return nil
}

// leaving are the failing members of g on assets, by key.
func (s *State) leaving(g *group, assets []string) []*problem {
	var out []*problem
	for _, key := range s.OpenMembers(g.ID) {
		if p := s.problems[key]; slices.Contains(assets, p.Asset) {
			out = append(out, p)
		}
	}
	return out
}

// takePart lets the next members go over to x, and goes on at once while there are
// more (ruling 1).
func (s *State) takePart(x *group) {
	t := x.Own.Taking
	g := s.follow(t.From)
	leave := s.leaving(g, t.Assets)
	part := leave[:min(len(leave), splitPart-1)]
	s.takeOver(x, g, part)
	t.Moved += len(part)
	if len(leave) > len(part) {
		s.after(0, takeTimer, subjectOf(x.ID))
		return
	}
	x.Own.Taking = nil
}

// takeNext goes on where a split by hand stopped, and tells of all that came when
// it is done: their alerts are owed their receivers (ruling 16).
func (s *State) takeNext(x *group) {
	if x == nil || x.Own.Taking == nil || !s.isLive(x) {
		return
	}
	t := x.Own.Taking
	s.takePart(x)
	if x.Own.Taking != nil {
		return
	}
	s.say(headstart.MemberJoined, "H-20", "split_done", label(x), "members", itoa(t.Moved)).Group = x.ID
	s.say(headstart.ImpactChanged, "H-20", "split_done", label(x), "members", itoa(t.Moved)).Group = t.From
}

// takeOver moves failing members of g to x.
func (s *State) takeOver(x, g *group, ps []*problem) {
	for _, p := range ps {
		s.leave(s.groups[p.Group], p)
		s.leave(g, p)
		g.Firing--
		s.setState(p, problemPending)
		s.setGroup(p, 0)
		s.add(p, x, "H-20")
	}
	s.rebuildImpact(g)
	s.dirtyGroup(g)
	s.dirtyGroup(x)
}

// keptApart reports whether a person took a and b apart. The first time a rule
// wants to make them one again, the refusal is told (L-12).
func (s *State) keptApart(a, b *group) bool {
	na, nb := a.isApart(b), b.isApart(a)
	if na < 0 && nb < 0 {
		return false
	}
	var x parting
	told := false
	for _, side := range []struct {
		g *group
		n int
	}{{a, na}, {b, nb}} {
		if side.n < 0 {
			continue
		}
		x = side.g.Own.Apart[side.n]
		told = told || x.Told
		if !x.Told {
			side.g.Own.Apart = slices.Clone(side.g.Own.Apart)
			side.g.Own.Apart[side.n].Told = true
			s.dirtyGroup(side.g)
		}
	}
	if !told {
		c := s.say(headstart.MergeRefused, "L-12", "refused", label(a), "with", label(b), "who", x.By, "since", clockTime(x.At))
		c.Group, c.Other = a.ID, b.ID
	}
	return true
}

// isApart is the place of b among the groups a person took off g, or -1.
func (g *group) isApart(b *group) int {
	return slices.IndexFunc(g.Own.Apart, func(x parting) bool { return x.ID == b.ID })
}

func without(list []parting, id headstart.GroupID) []parting {
	return orNone(slices.DeleteFunc(slices.Clone(list), func(x parting) bool { return x.ID == id }))
}

// union joins two lists, by group; of two about one group the earlier stays.
func union(a, b []parting) []parting {
	if len(b) == 0 {
		return a
	}
	out := append(slices.Clone(a), b...)
	slices.SortStableFunc(out, func(x, y parting) int { return cmp.Compare(x.ID, y.ID) })
	return slices.CompactFunc(out, func(x, y parting) bool { return x.ID == y.ID })
}
