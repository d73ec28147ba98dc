package correlate

import "headstart"

// dirty are the rows that changed since the last Take. What a storm changes is
// listed once each, by a mark on the object; the rare rows by name.
type dirty struct {
	clock    bool
	problems []*problem
	memories []*problem
	alerts   []*alert
	traces   []*alert
	assets   []*asset
	groups   []*group
	members  []seat
	timers   []*timer
	rare     map[rowID]struct{}
}

// rowID names a row.
type rowID struct{ table, key string }

// listed are the marks of an object: which of its rows are in dirty already.
type listed struct{ row, own bool }

// list puts x on a list of changed rows unless it is there.
func list[T any](to *[]T, x T, mark *bool) {
	if !*mark {
		*mark = true
		*to = append(*to, x)
	}
}

func (s *State) mark(table, key string)  { s.dirty.rare[rowID{table, key}] = struct{}{} }
func (s *State) dirtyClock()             { s.dirty.clock = true }
func (s *State) dirtyTimer(t *timer)     { list(&s.dirty.timers, t, &t.listed) }
func (s *State) dirtyProblem(p *problem) { list(&s.dirty.problems, p, &p.listed.row) }
func (s *State) dirtyMemory(p *problem)  { list(&s.dirty.memories, p, &p.listed.own) }
func (s *State) dirtyAlert(a *alert)     { list(&s.dirty.alerts, a, &a.listed.row) }
func (s *State) dirtyTrace(a *alert)     { list(&s.dirty.traces, a, &a.listed.own) }
func (s *State) dirtyTicket(key string)  { s.mark(headstart.TableTickets, key) }
func (s *State) dirtyProfile()           { s.mark(headstart.TableMemory, profileKey) }
func (s *State) dirtyStorm()             { s.mark(headstart.TableMemory, stormKey) }
func (s *State) dirtyReport(r *report)   { s.mark(headstart.TableMemory, reportRow+r.Ticket) }
func (s *State) dirtyTally(k scope) {
	s.mark(headstart.TableMemory, tallyPrefix+k.Service+"\x1f"+k.Location)
}

func (s *State) dirtyMember(g *group, n int) { s.dirty.members = append(s.dirty.members, seat{g, n}) }

func (s *State) dirtyGroup(g *group) {
	s.ready = nil // tickets are matched with what it is now
	s.keepRecent(g)
	list(&s.dirty.groups, g, &g.listed)
}

func (s *State) dirtyAsset(a *asset) { list(&s.dirty.assets, a, &a.listed) }

// Pending is how many rows the next Take returns, or a few more: a row that went
// and came again since the last one may count twice.
func (s *State) Pending() int {
	d := &s.dirty
	n := len(d.problems) + len(d.memories) + len(d.alerts) + len(d.traces) + len(d.assets) + len(d.groups) + len(d.members) + len(d.timers) + len(d.rare)
	if d.clock {
		n++
	}
	return n
}

// clean forgets what was listed, and takes the marks off.
func (s *State) clean() {
	d := &s.dirty
	for _, p := range d.problems {
		p.listed.row = false
	}
	for _, p := range d.memories {
		p.listed.own = false
	}
	for _, a := range d.alerts {
		a.listed.row = false
	}
	for _, a := range d.traces {
		a.listed.own = false
	}
	for _, a := range d.assets {
		a.listed = false
	}
	for _, g := range d.groups {
		g.listed = false
	}
	for _, t := range d.timers {
		t.listed = false
	}
	s.dirty = dirty{
		problems: emptyList(d.problems), memories: emptyList(d.memories), alerts: emptyList(d.alerts), traces: emptyList(d.traces),
		assets: emptyList(d.assets), groups: emptyList(d.groups), members: emptyList(d.members), timers: emptyList(d.timers),
		rare: emptied(d.rare),
	}
}

// emptyList returns list without its elements, to be filled again.
func emptyList[T any](list []T) []T {
	clear(list)
	return list[:0]
}
