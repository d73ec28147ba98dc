package correlate

import (
	"errors"
	"fmt"
	"slices"

	"headstart"
)

// Do carries out what a person decided about groups and tickets: open merge split
// resolve reopen pin link unlink confirm-link reject-link forget exported. group is the group the
// command is about and into the other one of a merge; both are zero where the
// command has none. The error says in words why nothing was done.
func (s *State) Do(ev headstart.Event, groupID, into headstart.GroupID) ([]headstart.Change, error) {
	s.begin(sane(ev.At), sane(ev.Received))
	c := ev.Command
	if c == nil {
		return nil, errors.New("the line holds no command")
	}
	if err := s.do(c, groupID, into); err != nil {
		return nil, err
	}
	for i := range s.changes {
		s.changes[i].By = c.By
	}
	return s.end(), nil
}

func (s *State) do(c *headstart.Command, id, into headstart.GroupID) error {
	if c.Do == "open" {
		s.openByHand(c)
		return nil
	}
	if c.Do == "forget" {
		s.forgetAsked(c.Forget)
		return nil
	}
	if c.Do == "exported" {
		s.exported(c.Exported)
		return nil
	}
	g := s.follow(id)
	if g == nil {
		return errors.New("the incident is not known")
	}
	switch c.Do {
	case "merge":
		return s.mergeByHand(g, s.follow(into))
	case "split":
		return s.splitByHand(g, c.Assets, c.By)
	case "resolve":
		return s.resolveByHand(g)
	case "reopen":
		return s.reopenByHand(g)
	case "pin":
		return s.pin(g, c)
	case "link", "confirm-link", "unlink", "reject-link":
		return s.linkByHand(g, c)
	}
	return fmt.Errorf("correlation does not know the command %q", c.Do)
}

func (s *State) openByHand(c *headstart.Command) {
	g := s.newGroup(nil)
	g.Opener = headstart.ProblemKey("hand:" + c.ID)
	g.Own.ByHand = true
	g.Own.Said = &said{Services: set(c.Services), Locations: set(c.Locations), Departments: set(c.Departments)}
	g.Cause = headstart.Cause{Asset: c.Asset, Also: []string{}, Kind: headstart.CauseManual, Reason: c.Title}
	s.file(g, true)
	s.rebuildImpact(g)
	x := s.say(headstart.GroupOpened, "H-20", "opened", label(g))
	x.Group = g.ID
}

func set(ids []string) []string {
	out := slices.Clone(ids)
	slices.Sort(out)
	return orNone(slices.Compact(out))
}

func (s *State) mergeByHand(g, into *group) error {
	switch {
	case into == nil:
		return errors.New("the incident to merge into is not known")
	case g == into:
		return errors.New("these are already one incident")
	case !s.isLive(g) || !s.isLive(into):
		return errors.New("one of the two is over; reopen it first, or link its tickets instead")
	}
	into.Own.Apart = without(into.Own.Apart, g.ID)
	g.Own.Apart = without(g.Own.Apart, into.ID)
	s.merge(into, g, "merged")
	s.ruledBy("H-20")
	into.Pinned = true
	if len(s.onlyReports(into)) > 0 { // all that monitoring saw is well already, and tickets never tell (ruling 27)
		into.Own.ByHand = true
	}
	s.dirtyGroup(into)
	return nil
}

// resolveByHand ends a group at once. What still fails stays listed under it and
// brings it back when more joins.
func (s *State) resolveByHand(g *group) error {
	if !s.isLive(g) {
		return errors.New("the incident is already over")
	}
	g.Proved = g.Firing == 0
	s.say(headstart.GroupResolved, "H-20", "resolved", label(g), "failing", itoa(g.Firing)).Group = g.ID
	s.resolve(g, "by_hand")
	s.endReports(g)
	return nil
}

func (s *State) reopenByHand(g *group) error {
	if s.isLive(g) {
		return errors.New("the incident is still open")
	}
	if g.Firing == 0 {
		g.Own.ByHand = true // nothing fails that could clear
	}
	s.reopen(g)
	s.say(headstart.GroupReopened, "H-20", "reopened", label(g)).Group = g.ID
	return nil
}

// pin keeps rules from changing cause or extent of a group; value false ends that.
func (s *State) pin(g *group, c *headstart.Command) error {
	if !s.isLive(g) {
		return errors.New("the incident is over; there is nothing to pin")
	}
	on := c.Value == nil || *c.Value
	outcome := "pinned"
	if !on {
		outcome = "unpinned"
	}
	if c.Asset != "" && on && c.Asset != g.Cause.Asset {
		if s.topo.nodes[c.Asset] == nil {
			return fmt.Errorf("%s is not in the catalog; name an asset of it as the cause", c.Asset)
		}
		was := label(g)
		s.file(g, false)
		g.Cause = headstart.Cause{Asset: c.Asset, Also: []string{}, Kind: g.Cause.Kind, Reason: c.Text}
		s.file(g, true)
		s.say(headstart.CauseChanged, "H-20", "cause", c.Asset, "was", was).Group = g.ID
	}
	g.Pinned = on
	s.dirtyGroup(g)
	s.touch(g.ID)
	s.say(headstart.ImpactChanged, "H-20", outcome, label(g)).Group = g.ID
	return nil
}
