package correlate

import (
	"bytes"
	"cmp"
	"slices"

	"headstart"
)

// dirty are the rows that changed since the last Take. What a storm changes is
// listed once each, by a mark on the object; the rare rows by name.
type dirty struct {
	clock    bool
	problems []*problem
	memories []*problem
	alerts   []*alert
	traces   []*alert
	assets   []string
	groups   []*group
	members  []*headstart.Member
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
func (s *State) dirtyGroup(g *group)     { list(&s.dirty.groups, g, &g.listed) }
func (s *State) dirtyAlert(a *alert)     { list(&s.dirty.alerts, a, &a.listed.row) }
func (s *State) dirtyTrace(a *alert)     { list(&s.dirty.traces, a, &a.listed.own) }
func (s *State) dirtyTicket(key string)  { s.mark(headstart.TableTickets, key) }
func (s *State) dirtyProfile()           { s.mark(headstart.TableMemory, profileKey) }
func (s *State) dirtyStorm()             { s.mark(headstart.TableMemory, stormKey) }
func (s *State) dirtyReport(r *report)   { s.mark(headstart.TableMemory, reportRow+r.Ticket) }
func (s *State) dirtyTally(k scope) {
	s.mark(headstart.TableMemory, tallyPrefix+k.Service+"\x1f"+k.Location)
}
func (s *State) dirtyMember(m *headstart.Member) { s.dirty.members = append(s.dirty.members, m) }

func (s *State) dirtyAsset(id string) {
	if a := s.assets[id]; a != nil {
		list(&s.dirty.assets, id, &a.listed)
	}
}

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

// changedRow is a row that Take returns; without a value it is gone.
type changedRow struct {
	order int // of its table
	key   string
	val   any
}

// Take returns the rows that changed since the last Take, by table in the order
// of headstart.AllTables, then by key.
func (s *State) Take() []headstart.Op {
	if s.Pending() == 0 {
		return nil
	}
	rows := s.changedRows()
	s.clean()
	slices.SortFunc(rows, func(a, b changedRow) int { return cmp.Or(a.order-b.order, cmp.Compare(a.key, b.key)) })
	rows = slices.CompactFunc(rows, func(a, b changedRow) bool { return a.order == b.order && a.key == b.key })
	ops := make([]headstart.Op, len(rows))
	for i, r := range rows {
		ops[i] = headstart.Op{Kind: headstart.Delete, Table: allTables[r.order], Key: r.key}
		if r.val != nil {
			s.writer.b = s.writer.b[:0]
			s.writer.write(r.val)
			ops[i].Kind, ops[i].Val = headstart.Put, bytes.Clone(s.writer.b)
		}
	}
	return ops
}

// changedRows lists what is dirty with what it holds now. An object that went may
// have been followed by another of its name, so each is looked up.
func (s *State) changedRows() []changedRow {
	d := &s.dirty
	rows := make([]changedRow, 0, s.Pending())
	for _, p := range d.problems {
		rows = append(rows, changedRow{order: problemsOrder, key: string(p.Key)})
		if p = s.problems[p.Key]; p != nil {
			rows[len(rows)-1].val = &p.Problem
		}
	}
	for _, p := range d.memories {
		rows = append(rows, changedRow{order: memoryOrder, key: problemPrefix + string(p.Key)})
		if p = s.problems[p.Key]; p != nil {
			rows[len(rows)-1].val = &p.Mem
		}
	}
	for _, a := range d.alerts {
		rows = append(rows, changedRow{order: alertsOrder, key: a.Fingerprint})
		if a = s.alerts[a.Fingerprint]; a != nil && a.Labels != nil {
			rows[len(rows)-1].val = &a.AlertState
		}
	}
	for _, a := range d.traces {
		rows = append(rows, changedRow{order: memoryOrder, key: alertPrefix + a.Fingerprint})
		if a = s.alerts[a.Fingerprint]; a != nil {
			rows[len(rows)-1].val = &a.Trace
		}
	}
	for _, id := range d.assets {
		rows = append(rows, changedRow{assetsOrder, assetPrefix + id, orNil(s.assets[id])})
	}
	for _, g := range d.groups {
		rows = append(rows, changedRow{groupsOrder, groupKey(g.ID), &groupRow{g.Group, g.Own}})
	}
	for _, m := range d.members {
		rows = append(rows, changedRow{membersOrder, headstart.MemberKey(m.Group, m.N), m})
	}
	for _, t := range d.timers {
		rows = append(rows, changedRow{order: timersOrder, key: timerKey(t.N)})
		if t.place >= 0 {
			rows[len(rows)-1].val = t
		}
	}
	for id := range d.rare {
		rows = append(rows, changedRow{tableOrder[id.table], id.key, s.row(id)})
	}
	if d.clock {
		rows = append(rows, changedRow{clockOrder, clockKey, &s.clock})
	}
	return rows
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
	for _, id := range d.assets {
		if a := s.assets[id]; a != nil {
			a.listed = false
		}
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

// The places of the frequent tables in allTables.
var (
	allTables     = headstart.AllTables()
	problemsOrder = tableOrder[headstart.TableProblems]
	memoryOrder   = tableOrder[headstart.TableMemory]
	groupsOrder   = tableOrder[headstart.TableGroups]
	membersOrder  = tableOrder[headstart.TableMembers]
	alertsOrder   = tableOrder[headstart.TableAlerts]
	assetsOrder   = tableOrder[headstart.TableAssets]
	timersOrder   = tableOrder[headstart.TableTimers]
	clockOrder    = tableOrder[headstart.TableClock]
)
