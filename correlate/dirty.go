package correlate

import (
	"bytes"
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
func (s *State) dirtyAlert(a *alert)     { list(&s.dirty.alerts, a, &a.Trace.listed.row) }
func (s *State) dirtyTrace(a *alert)     { list(&s.dirty.traces, a, &a.Trace.listed.own) }
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

// Take returns the rows that changed since the last Take: by table in the order of
// headstart.AllTables, and in a table as they changed first, the rare ones by key.
// A row that went and came again may be there twice, both times as it is now.
func (s *State) Take() []headstart.Op {
	t := taker{s: s, ops: make([]headstart.Op, 0, s.Pending())}
	if cap(t.ops) == 0 {
		return nil
	}
	d := &s.dirty
	t.rare(headstart.TableConfig)
	t.problems()
	t.memories()
	for _, g := range d.groups {
		t.put(headstart.TableGroups, groupKey(g.ID), &groupRow{g.Group, g.Own})
	}
	for _, m := range d.members {
		t.put(headstart.TableMembers, headstart.MemberKey(m.Group, m.N), m)
	}
	t.alerts()
	for _, id := range d.assets {
		t.put(headstart.TableAssets, assetPrefix+id, s.assets[id])
	}
	t.rare(headstart.TableAssets, headstart.TableTickets)
	t.timers()
	t.rare(headstart.TableMaintenance, headstart.TableSilences, headstart.TableFlaws)
	if d.clock {
		t.put(headstart.TableClock, clockKey, &s.clock)
	}
	s.clean()
	return t.ops
}

// taker collects what Take returns.
type taker struct {
	s   *State
	ops []headstart.Op
}

func (t *taker) put(table, key string, row any) {
	w := &t.s.writer
	if cap(w.b) > longRow {
		w.b = nil // of a row such as the configuration's, which nobody writes again soon
	}
	w.b = w.b[:0]
	w.write(row)
	t.ops = append(t.ops, headstart.Op{Kind: headstart.Put, Table: table, Key: key, Val: bytes.Clone(w.b)})
}

// longRow is how large the buffer of rows may stay, in bytes.
const longRow = 1 << 16

func (t *taker) gone(table, key string) {
	t.ops = append(t.ops, headstart.Op{Kind: headstart.Delete, Table: table, Key: key})
}

// problems takes their rows. What is listed may have gone, and another of its
// name have come; so each is looked up. So it is with memories and alerts.
func (t *taker) problems() {
	for _, p := range t.s.dirty.problems {
		if now := t.s.problems[p.Key]; now != nil {
			t.put(headstart.TableProblems, string(p.Key), &now.Problem)
		} else {
			t.gone(headstart.TableProblems, string(p.Key))
		}
	}
}

// memories takes what is correlation's own of alerts, problems, and the rest.
func (t *taker) memories() {
	for _, a := range t.s.dirty.traces {
		if now := t.s.alerts[a.Fingerprint]; now != nil {
			t.put(headstart.TableMemory, alertPrefix+a.Fingerprint, &now.Trace)
		} else {
			t.gone(headstart.TableMemory, alertPrefix+a.Fingerprint)
		}
	}
	for _, p := range t.s.dirty.memories {
		if now := t.s.problems[p.Key]; now != nil {
			t.put(headstart.TableMemory, problemPrefix+string(p.Key), &now.Mem)
		} else {
			t.gone(headstart.TableMemory, problemPrefix+string(p.Key))
		}
	}
	t.rare(headstart.TableMemory)
}

func (t *taker) alerts() {
	for _, a := range t.s.dirty.alerts {
		if now := t.s.alerts[a.Fingerprint]; now != nil && now.Labels != nil {
			t.put(headstart.TableAlerts, a.Fingerprint, now)
		} else {
			t.gone(headstart.TableAlerts, a.Fingerprint)
		}
	}
}

func (t *taker) timers() {
	for _, x := range t.s.dirty.timers {
		if x.place >= 0 {
			t.put(headstart.TableTimers, timerKey(x.N), x)
		} else {
			t.gone(headstart.TableTimers, timerKey(x.N))
		}
	}
}

// rare takes the rows of tables that are listed by name.
func (t *taker) rare(tables ...string) {
	if len(t.s.dirty.rare) == 0 {
		return
	}
	for _, table := range tables {
		var keys []string
		for id := range t.s.dirty.rare {
			if id.table == table {
				keys = append(keys, id.key)
			}
		}
		slices.Sort(keys)
		for _, key := range keys {
			if row := t.s.row(rowID{table, key}); row != nil {
				t.put(table, key, row)
			} else {
				t.gone(table, key)
			}
		}
	}
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
		a.Trace.listed.row = false
	}
	for _, a := range d.traces {
		a.Trace.listed.own = false
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
