package correlate

import (
	"slices"

	"headstart"
)

// pack holds rows that changed: what each is of, and what it says or is written from.
// Whoever writes them while decisions go on has copies in it of what changes further.
type pack struct {
	apart bool // written elsewhere: rows are copied

	of func(table string) bool // of which tables; nil: of all

	ops  []headstart.Op // with all but the keys and values of sources
	from []source       // of each

	now   rowWriter // those written at once: rare ones, and those that would be dear to copy
	later rowWriter // all others

	// Copies, in memory that is used again.
	problems []problem
	memories []memory
	alerts   []alert
	traces   []trace
	groups   []groupPack
	members  []seated
	assets   []asset
	timers   []timer
	clock    clock
}

// source is what Ops writes a row from.
type source struct {
	row    any    // nil: it was written, or is gone
	prefix string // of its key
	number uint64 // its key; zero: it has another
}

// groupPack is what the row of a group says, with room for the one cause nearly each has.
type groupPack struct {
	group
	room [1]headstart.ProblemKey
}

// fewCopies is how many copies of a kind a pack keeps room for.
const fewCopies = 1 << 10

// Empty implements headstart.Rows.
func (p *pack) Empty() {
	p.now.reset()
	p.later.reset()
	p.ops, p.from = emptyRoom(p.ops), emptyRoom(p.from)
	p.problems, p.memories, p.alerts, p.traces = emptyRoom(p.problems), emptyRoom(p.memories), emptyRoom(p.alerts), emptyRoom(p.traces)
	p.groups, p.members, p.assets, p.timers = emptyRoom(p.groups), emptyRoom(p.members), emptyRoom(p.assets), emptyRoom(p.timers)
}

// emptyRoom is emptyList, which leaves room to the collector that comes once, such as
// that of a whole replay.
func emptyRoom[T any](list []T) []T {
	if cap(list) > fewCopies {
		return nil
	}
	return emptyList(list)
}

// put adds a row, or that it is no more.
func (p *pack) put(op headstart.Op, gone bool, from source) {
	if p.of != nil && !p.of(op.Table) {
		return
	}
	op.Kind = headstart.Put
	switch {
	case gone:
		op.Kind, from.row = headstart.Delete, nil
	case p.apart:
		row := from.row
		if from.row = p.copied(row); from.row == nil {
			op.Val = p.now.row(row)
		}
	}
	p.ops, p.from = append(p.ops, op), append(p.from, from)
}

// row writes a row and returns it. It stays where it is when the buffer grows.
func (w *rowWriter) row(row any) []byte {
	from := len(w.b)
	w.write(row)
	return w.b[from:len(w.b):len(w.b)]
}

// copied returns a copy of a row that shares nothing with it that ever changes; nil: it
// is to be written at once.
func (p *pack) copied(row any) any {
	switch x := row.(type) {
	case *problem:
		return p.problem(x)
	case *memory:
		if x.rare == nil {
			return keep(&p.memories, x)
		}
	case *alert:
		return p.alert(x)
	case *trace:
		return p.trace(x)
	case *group:
		return p.group(x)
	case *seated:
		return x // a copy already
	case *asset:
		if x.rare == nil {
			return keep(&p.assets, x)
		}
	case *timer:
		return keep(&p.timers, x) // what it is about keeps its name
	case *clock:
		p.clock = *x
		return &p.clock
	}
	return nil
}

// keep adds a copy to a list. It stays where it is when the list grows.
func keep[T any](to *[]T, x *T) *T {
	*to = append(*to, *x)
	return &(*to)[len(*to)-1]
}

func (p *pack) problem(x *problem) any {
	if x.Mem.rare != nil {
		return nil
	}
	c := keep(&p.problems, x)
	c.Alerts = x.Alerts.apart()
	c.node, c.filed, c.settle, c.openIn, c.seatIn = nil, nil, nil, nil, nil
	return c
}

func (p *pack) alert(x *alert) any {
	if x.Trace.rare != nil {
		return nil
	}
	c := keep(&p.alerts, x)
	c.origins = holds{x.origins.apart()}
	c.Trace, c.expiry = trace{}, nil
	return c
}

func (p *pack) trace(x *trace) any {
	if x.rare != nil {
		return nil
	}
	return keep(&p.traces, x)
}

func (p *pack) group(x *group) any {
	if x.seldom() {
		return nil
	}
	p.groups = append(p.groups, groupPack{})
	c := &p.groups[len(p.groups)-1]
	c.Group, c.Own = x.Group, x.Own // lists of what it hits, and the cause's, are made anew when they change
	c.Own.Tops = few(x.Own.Tops, c.room[:])
	return &c.group
}

// seldom reports whether the row of g says what few do, and what may change in place.
func (g *group) seldom() bool {
	o := &g.Own
	return len(o.Absorbing)+len(o.Apart)+len(o.Suspects)+len(o.Reports) > 0 || o.Taking != nil || o.Said != nil || o.Like != nil ||
		len(g.SilencedBy) > 0 || g.Overrun != nil || g.ProblemCandidate != nil
}

// few returns a copy of list, in room if that is enough.
func few[T any](list, room []T) []T {
	if len(list) <= len(room) {
		return room[:copy(room, list)]
	}
	return slices.Clone(list)
}

// Ops implements headstart.Rows.
func (p *pack) Ops() []headstart.Op {
	w := &p.later
	for i := range p.from {
		from := &p.from[i]
		p.key(from, p.ops[i].Key)
		if from.row != nil {
			w.write(from.row)
		}
		w.cut()
	}
	keys, vals := string(w.keys), w.b
	var last cut
	for i, to := range w.cuts {
		if to.key > last.key {
			p.ops[i].Key = keys[last.key:to.key]
		}
		if to.val > last.val {
			p.ops[i].Val = vals[last.val:to.val:to.val]
		}
		last = to
	}
	return p.ops
}

// key puts the key of a row together that is more than a name.
func (p *pack) key(from *source, name string) {
	switch {
	case from.number != 0:
		p.later.timerKey(from.number)
	case from.prefix != "":
		p.later.key(from.prefix, name)
	default:
		if x, is := from.row.(*seated); is {
			p.later.memberKey(x)
		}
	}
}
