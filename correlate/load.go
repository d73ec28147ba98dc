package correlate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"headstart"
)

// Load takes one row of a state table, in any order; rows of tables that are not
// correlation's are left alone. Call Loaded after the last.
func (s *State) Load(table string, row headstart.Row) error {
	if err := s.load(table, row); err != nil {
		return fmt.Errorf("load row %s/%s: %w", table, row.Key, err)
	}
	return nil
}

func (s *State) load(table string, row headstart.Row) error {
	switch table {
	case headstart.TableConfig:
		return s.loadConfig(row)
	case headstart.TableProblems:
		p := s.loading(headstart.ProblemKey(row.Key))
		var in headstart.Problem
		if err := headstart.ReadRow(row.Val, &in); err != nil {
			return err
		}
		return p.load(&in, s.loadingAlert, s.settings)
	case headstart.TableMemory:
		return s.loadMemory(row)
	case headstart.TableGroups:
		var r groupRow
		err := headstart.ReadRow(row.Val, &r)
		g := s.loadingGroup(r.ID)
		g.Group, g.Own = r.Group, r.Own
		return err
	case headstart.TableMembers:
		return s.loadMember(row)
	case headstart.TableAlerts:
		var a headstart.AlertState
		if err := headstart.ReadRow(row.Val, &a); err != nil {
			return err
		}
		s.loadingAlert(row.Key).load(&a, &s.moulds, s.holders)
	case headstart.TableAssets:
		return s.loadAsset(row)
	case headstart.TableTickets:
		if err := loadInto(s.tickets, row.Key, row.Val); err != nil {
			return err
		}
		s.said.Share(&s.tickets[row.Key].Ticket)
		return nil
	case headstart.TableTimers:
		var r timerRow
		if err := headstart.ReadRow(row.Val, &r); err != nil {
			return err
		}
		s.waiting = append(s.waiting, r.timer())
	case headstart.TableMaintenance:
		return loadInto(s.windows, row.Key, row.Val)
	case headstart.TableSilences:
		var m headstart.Silence
		if err := headstart.ReadRow(row.Val, &m); err != nil {
			return err
		}
		s.silences[row.Key] = newSilence(m)
		s.current(s.silences[row.Key])
	case headstart.TableFlaws:
		return loadInto(s.flaws, row.Key, row.Val)
	case headstart.TableClock:
		if row.Key == clockKey {
			return json.Unmarshal(row.Val, &s.clock)
		}
	}
	return nil
}

// loadMemory takes a row of storms and surges, of an alert's trace or of a problem.
func (s *State) loadMemory(row headstart.Row) error {
	if is, err := s.loadSurge(row); is {
		return err
	}
	if fp, ok := strings.CutPrefix(row.Key, alertPrefix); ok {
		var r traceRow
		err := headstart.ReadRow(row.Val, &r)
		s.loadingAlert(fp).Trace.load(&r, s.holders)
		return err
	}
	p := s.loading(headstart.ProblemKey(strings.TrimPrefix(row.Key, problemPrefix)))
	var r memoryRow
	err := headstart.ReadRow(row.Val, &r)
	p.Mem.load(&r)
	return err
}

// loadSurge takes a row of storms, surges and the matcher; false: it is none.
func (s *State) loadSurge(row headstart.Row) (bool, error) {
	switch row.Key {
	case stormKey:
		return true, json.Unmarshal(row.Val, &s.storm)
	case profileKey:
		return true, json.Unmarshal(row.Val, &s.profile)
	case modelKey:
		err := json.Unmarshal(row.Val, &s.model)
		s.model.unpack()
		return true, err
	case reviewsKey:
		return true, json.Unmarshal(row.Val, &s.reviews)
	}
	if ticket, ok := strings.CutPrefix(row.Key, reportRow); ok {
		return true, loadInto(s.reports, ticket, row.Val)
	}
	if k, ok := strings.CutPrefix(row.Key, tallyPrefix); ok {
		x := &tally{}
		s.tallies[scopeOf(k)] = x
		return true, json.Unmarshal(row.Val, x)
	}
	return false, nil
}

func (s *State) loadConfig(row headstart.Row) error {
	if row.Key != configKey {
		return nil
	}
	s.raw = &headstart.LogConfig{}
	if err := json.Unmarshal(row.Val, s.raw); err != nil {
		return err
	}
	return s.configure(s.raw)
}

// loadAsset takes a row about an asset, a source of alerts or an agent.
func (s *State) loadAsset(row headstart.Row) error {
	if origin, ok := strings.CutPrefix(row.Key, watchdogPrefix); ok {
		return loadInto(s.watchdogs, origin, row.Val)
	}
	if name, ok := strings.CutPrefix(row.Key, agentPrefix); ok {
		return loadInto(s.agents, name, row.Val)
	}
	id := strings.TrimPrefix(row.Key, assetPrefix)
	var r assetRow
	err := headstart.ReadRow(row.Val, &r)
	s.assets[id] = r.asset(id)
	return err
}

func loadInto[T any](m map[string]*T, key string, val json.RawMessage) error {
	x := new(T)
	if err := headstart.ReadRow(val, x); err != nil {
		return err
	}
	m[key] = x
	return nil
}

// loading returns the problem a row is about, whichever of its rows comes first.
func (s *State) loading(key headstart.ProblemKey) *problem {
	p := s.problems[key]
	if p == nil {
		p = &problem{setting: &setting{}}
		s.problems[key] = p
	}
	return p
}

func (s *State) loadingAlert(fp string) *alert {
	a := s.alerts[fp]
	if a == nil {
		a = &alert{Fingerprint: fp}
		s.alerts[fp] = a
	}
	return a
}

func (s *State) loadingGroup(id headstart.GroupID) *group {
	g := s.groups[id]
	if g == nil {
		g = &group{}
		s.groups[id] = g
	}
	return g
}

func (s *State) loadMember(row headstart.Row) error {
	id, n, err := splitMemberKey(row.Key)
	if err != nil {
		return err
	}
	var m headstart.Member
	if err := headstart.ReadRow(row.Val, &m); err != nil {
		return err
	}
	if n < 1 || n > 1<<24 {
		return fmt.Errorf("member number %d is out of range", n)
	}
	g := s.loadingGroup(id)
	for g.members.len() < n {
		g.members.add(member{})
	}
	*g.members.at(n - 1) = s.joinings.loaded(&m)
	return nil
}

// Loaded checks what was loaded and makes the indexes.
func (s *State) Loaded() error {
	if err := s.loadedGroups(); err != nil {
		return err
	}
	for _, t := range s.waiting {
		s.bindTimer(t)
		s.fileTimer(t)
		s.timers.queue(t.Kind).push(t)
	}
	s.waiting = nil
	s.timers.endings.inOrder()
	s.rebind(nil)
	if err := s.loadedProblems(); err != nil {
		return err
	}
	s.recrowd()
	s.inhibitAnew()
	s.recent = slices.SortedFunc(maps.Values(s.reports), byTime)
	s.teachAll()
	for _, id := range s.liveGroups() {
		g := s.groups[id]
		s.file(g, true)
		s.rebuildImpact(g)
		g.impact.due = false
	}
	s.planAll()
	s.touched = s.touched[:0]
	s.clean()
	return nil
}

func (s *State) loadedGroups() error {
	for id, g := range s.groups {
		if g.ID != id {
			return fmt.Errorf("table %s lacks the row of group %d", headstart.TableGroups, id)
		}
		s.keepRecent(g)
		for _, m := range g.members.all() {
			if *m == (member{}) {
				return fmt.Errorf("table %s lacks a member of group %d", headstart.TableMembers, id)
			}
		}
		if g.members.len() > fewMembers {
			g.index()
		}
		if g.Cause.Kind == headstart.CauseSurge {
			s.surges[id] = struct{}{}
		}
	}
	return nil
}

func (s *State) loadedProblems() error {
	for key, p := range s.problems {
		if p.Key != key || !p.Mem.known {
			return fmt.Errorf("tables %s and %s disagree on %s", headstart.TableProblems, headstart.TableMemory, key)
		}
		s.listOpen(p)
		s.keep(p)
		if g := s.groups[p.Group]; g != nil {
			if n, was := g.placeOf(p); was {
				g.seat(p, n)
			}
		}
	}
	return nil
}
