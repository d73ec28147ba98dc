package correlate

import (
	"slices"

	"headstart"
)

// Take returns the rows that changed since they were last taken: by table in the order
// of headstart.AllTables, and in a table as they changed first, the rare ones by key.
// Of a row that went and came again it tells both, in this order.
//
// The list and its values are the caller's until the next Take, which writes into
// the same memory: a storm fills thousands of commits, and each would leave its rows
// to the collector. Who keeps a row longer copies it.
func (s *State) Take() []headstart.Op {
	if s.Pending() == 0 {
		return nil
	}
	s.taken.Empty()
	s.collect(&s.taken)
	s.clean()
	return s.taken.Ops()
}

// TakeOf is Take for who stores nothing and reads some tables only: rows of others are
// not written.
func (s *State) TakeOf(tables func(table string) bool) []headstart.Op {
	s.taken.Empty()
	s.taken.of = tables
	s.collect(&s.taken)
	s.taken.of = nil
	s.clean()
	return s.taken.Ops()
}

// Pack is Take for who has the rows written while decisions go on: they are as they
// stand now, whenever and wherever Ops is called. Room is what an earlier Pack
// returned and was emptied since, or nil.
func (s *State) Pack(room headstart.Rows) headstart.Rows {
	p, ok := room.(*pack)
	if !ok {
		p = &pack{apart: true}
	}
	s.collect(p)
	s.clean()
	return p
}

// collect puts the rows that changed into p, which is empty.
func (s *State) collect(p *pack) {
	n := s.Pending()
	p.ops, p.from = slices.Grow(p.ops, n), slices.Grow(p.from, n)
	d := &s.dirty
	s.takeRare(p, headstart.TableConfig)
	for _, x := range d.problems {
		p.put(headstart.Op{Table: headstart.TableProblems, Key: string(x.Key)}, x.Mem.gone, source{row: x})
	}
	for _, x := range d.traces {
		p.put(headstart.Op{Table: headstart.TableMemory, Key: x.Fingerprint}, x.gone, source{row: &x.Trace, prefix: alertPrefix})
	}
	for _, x := range d.memories {
		p.put(headstart.Op{Table: headstart.TableMemory, Key: string(x.Key)}, x.Mem.gone, source{row: &x.Mem, prefix: problemPrefix})
	}
	s.takeRare(p, headstart.TableMemory)
	for _, x := range d.groups {
		p.put(headstart.Op{Table: headstart.TableGroups, Key: groupKey(x.ID)}, false, source{row: x})
	}
	for _, x := range d.members {
		p.members = append(p.members, x.seated())
		p.put(headstart.Op{Table: headstart.TableMembers}, false, source{row: &p.members[len(p.members)-1]})
	}
	for _, x := range d.alerts {
		p.put(headstart.Op{Table: headstart.TableAlerts, Key: x.Fingerprint}, x.gone || x.told.nothing(), source{row: x})
	}
	for _, x := range d.assets {
		p.put(headstart.Op{Table: headstart.TableAssets, Key: x.id}, false, source{row: x, prefix: assetPrefix})
	}
	s.takeRare(p, headstart.TableAssets, headstart.TableTickets)
	for _, x := range d.timers {
		p.put(headstart.Op{Table: headstart.TableTimers}, x.over, source{row: x, number: x.N})
	}
	s.takeRare(p, headstart.TableMaintenance, headstart.TableSilences, headstart.TableFlaws)
	if d.clock {
		p.put(headstart.Op{Table: headstart.TableClock, Key: clockKey}, false, source{row: &s.clock})
	}
}

// takeRare puts the rows of tables that are listed by name.
func (s *State) takeRare(p *pack, tables ...string) {
	if len(s.dirty.rare) == 0 {
		return
	}
	for _, table := range tables {
		var keys []string
		for id := range s.dirty.rare {
			if id.table == table {
				keys = append(keys, id.key)
			}
		}
		slices.Sort(keys)
		for _, key := range keys {
			row := s.row(rowID{table, key})
			p.put(headstart.Op{Table: table, Key: key}, row == nil, source{row: row})
		}
	}
}
