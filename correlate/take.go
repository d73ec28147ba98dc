package correlate

import (
	"slices"

	"headstart"
)

// Take returns the rows that changed since the last Take: by table in the order of
// headstart.AllTables, and in a table as they changed first, the rare ones by key.
// Of a row that went and came again it tells both, in this order.
//
// The list and its values are the caller's until the next Take, which writes into
// the same memory: a storm fills thousands of commits, and each would leave its rows
// to the collector. Who keeps a row longer copies it.
func (s *State) Take() []headstart.Op {
	n := s.Pending()
	if n == 0 {
		return nil
	}
	s.writer.reset()
	t := taker{s: s, w: &s.writer, ops: slices.Grow(s.writer.ops[:0], n)}
	d := &s.dirty
	t.rare(headstart.TableConfig)
	t.problems()
	t.memories()
	for _, g := range d.groups {
		t.put(headstart.TableGroups, groupKey(g.ID), g)
	}
	for i := range d.members {
		t.w.memberKey(&d.members[i])
		t.put(headstart.TableMembers, "", &d.members[i])
	}
	t.alerts()
	for _, a := range d.assets {
		t.w.key(assetPrefix, a.id)
		t.put(headstart.TableAssets, "", a)
	}
	t.rare(headstart.TableAssets, headstart.TableTickets)
	t.timers()
	t.rare(headstart.TableMaintenance, headstart.TableSilences, headstart.TableFlaws)
	if d.clock {
		t.put(headstart.TableClock, clockKey, &s.clock)
	}
	s.clean()
	return t.finish()
}

// taker collects what Take returns.
type taker struct {
	s   *State
	w   *rowWriter
	ops []headstart.Op
}

// put takes a row; without a key its key is what the writer was last given.
func (t *taker) put(table, key string, row any) {
	t.ops = append(t.ops, headstart.Op{Kind: headstart.Put, Table: table, Key: key})
	t.w.write(row)
	t.w.cut()
}

// gone takes it that a row is no more.
func (t *taker) gone(table, key string) {
	t.ops = append(t.ops, headstart.Op{Kind: headstart.Delete, Table: table, Key: key})
	t.w.cut()
}

// either takes a row, or that it is no more.
func (t *taker) either(table, key string, gone bool, row any) {
	if gone {
		t.gone(table, key)
		return
	}
	t.put(table, key, row)
}

func (t *taker) problems() {
	for _, p := range t.s.dirty.problems {
		t.either(headstart.TableProblems, string(p.Key), p.gone, p)
	}
}

// memories takes what is correlation's own of alerts, problems, and the rest.
func (t *taker) memories() {
	for _, a := range t.s.dirty.traces {
		t.w.key(alertPrefix, a.Fingerprint)
		t.either(headstart.TableMemory, "", a.gone, &a.Trace)
	}
	for _, p := range t.s.dirty.memories {
		t.w.key(problemPrefix, string(p.Key))
		t.either(headstart.TableMemory, "", p.gone, &p.Mem)
	}
	t.rare(headstart.TableMemory)
}

func (t *taker) alerts() {
	for _, a := range t.s.dirty.alerts {
		t.either(headstart.TableAlerts, a.Fingerprint, a.gone || a.Labels == nil, a)
	}
}

func (t *taker) timers() {
	for _, x := range t.s.dirty.timers {
		t.w.timerKey(x.N)
		t.either(headstart.TableTimers, "", x.over, x)
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
			row := t.s.row(rowID{table, key})
			t.either(table, key, row == nil, row)
		}
	}
}

// finish gives the ops their values, and their keys to those without.
func (t *taker) finish() []headstart.Op {
	keys, vals := string(t.w.keys), t.w.b
	var last cut
	for i, to := range t.w.cuts {
		if to.key > last.key {
			t.ops[i].Key = keys[last.key:to.key]
		}
		if to.val > last.val {
			t.ops[i].Val = vals[last.val:to.val:to.val]
		}
		last = to
	}
	t.w.ops = t.ops
	return t.ops
}
