package correlate

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"headstart"
)

// applyConfig takes a config line over. Members keep their reasons; what is
// decided from here on goes by the new catalog and numbers.
func (s *State) applyConfig(in *headstart.LogConfig) {
	x, was := asStored(in), s.topo
	kept := s.raw != nil && s.raw.KeepLinks == x.KeepLinks && s.raw.ExportFirst == x.ExportFirst
	if err := s.configure(x); err != nil {
		// It was checked before it entered the log; a hand-written file may still
		// hold nonsense. Nothing of it is taken.
		s.say(headstart.Noted, "C-01", "refused", x.Hash, "why", err.Error())
		return
	}
	rules := sameRules(s.raw, x)
	s.raw = x
	if !rules {
		s.inhibitAnew()
		s.at(s.now, muteTimer, allInhibitions, "")
	}
	s.mark(headstart.TableConfig, configKey)
	clear(s.below)
	s.rebind(was)
	s.recrowd()
	for _, id := range s.liveGroups() {
		g := s.groups[id]
		s.file(g, true)
		s.rebuildImpact(g)
		g.impact.due = false // until figureNext comes to it
	}
	if len(s.touched) > 0 {
		s.touched = s.touched[:0]
		s.after(0, figureTimer, configKey)
	}
	s.recheckPlans()
	s.say(headstart.Noted, "C-01", "configured", x.Hash)
	s.weigh()
	s.delist(was)
	if !kept {
		s.retain()
	}
}

// figurePart is how many groups' figures one unit brings up to date after a change
// of the catalog (ruling 1): each may cost a row, a timer, and what is told of it.
const figurePart = 15

// figureNext goes on with the figures of the live groups above from.
func (s *State) figureNext(from headstart.GroupID) {
	n := 0
	for _, id := range s.liveGroups() {
		switch {
		case id <= from:
			continue
		case n == figurePart:
			s.at(s.now, figureTimer, configKey, subjectOf(from))
			return
		}
		s.groups[id].impact.due = true
		s.touch(id)
		n++
		from = id
	}
}

// configure reads a configuration into s, or leaves s as it is.
func (s *State) configure(c *headstart.LogConfig) error {
	cfg, placing, matching := DefaultConfig(), DefaultPlacing(), DefaultMatching()
	err := errors.Join(
		section("correlation", c.Correlation, &cfg),
		section("alerts", c.Alerts, &placing),
		section("tickets.matching", c.Matching, &matching),
	)
	if err == nil {
		err = errors.Join(cfg.Validate(), matching.Validate())
	}
	if err != nil {
		return err
	}
	catalog := c.Catalog
	if catalog == nil {
		catalog = &headstart.Catalog{}
	}
	shareNames(catalog)
	placer, err := NewPlacer(placing, catalog)
	if err != nil {
		return err
	}
	zone := time.UTC
	if c.Calendar != nil {
		if zone, err = zoneOf(c.Timezone); err != nil {
			return err
		}
	}
	s.calendar, s.zone = c.Calendar, zone
	s.cfg, s.matching, s.placer, s.topo = cfg, matching, placer, newTopology(catalog)
	s.standing = make([][]*crowd, len(s.topo.storeys))
	s.topo.noticed(c.Notices)
	s.placer.bind(s.topo)
	s.language = c.Language
	if s.language == "" {
		s.language = "nl"
	}
	return nil
}

// section reads one part's keys over its defaults; absent keeps them all.
func section(name string, raw json.RawMessage, into any) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
