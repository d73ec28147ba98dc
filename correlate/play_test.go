package correlate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"headstart"
)

// judge is what a player needs of testing.TB and of rapid.T.
type judge interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// player folds a log as the engine does: before a line it fires what is due, each
// timer at its own time, and it keeps the rows of every unit.
type player struct {
	tb    judge
	s     *State
	rows  map[rowID][]byte
	all   []headstart.Change
	big   bool // too big to be counted through after each unit
	units int
	check bool // compare load(rows) with the fold after each unit
	quick bool // believe that each row carries its version

	watch func([]headstart.Change) // of each unit; nil: nobody does

	packs   int          // units so far
	waiting [3]unwritten // rows of the last units
}

func newPlayer(tb judge, check bool) *player {
	return &player{tb: tb, s: NewState(), rows: map[rowID][]byte{}, check: check}
}

func (p *player) apply(ev headstart.Event) {
	p.tb.Helper()
	p.fireUntil(ev.At)
	if ev.Command != nil {
		p.tb.Fatal("commands go through do")
	}
	p.unit(p.s.Apply(ev))
}

func (p *player) do(ev headstart.Event, group, into headstart.GroupID) error {
	p.tb.Helper()
	p.fireUntil(ev.At)
	changes, err := p.s.Do(ev, group, into)
	p.unit(changes)
	return err
}

func (p *player) fireUntil(at time.Time) {
	p.tb.Helper()
	for n := 0; ; n++ {
		due, ok := p.s.NextDeadline()
		if !ok || due.After(at) {
			return
		}
		if n > 50_000 {
			p.tb.Fatalf("timers never end; the next is due at %s", due)
		}
		p.unit(p.s.Fire())
	}
}

// unit takes over the rows one unit changed.
func (p *player) unit(changes []headstart.Change) {
	p.tb.Helper()
	p.all = append(p.all, changes...)
	p.store(p.take())
	if p.watch != nil {
		p.watch(changes)
	}
	if p.big {
		return
	}
	if err := conserved(p.s); err != nil {
		p.tb.Fatal(err)
	}
	if err := aside(p.s); err != nil {
		p.tb.Fatal(err)
	}
	if err := quiet(p.s); err != nil {
		p.tb.Fatal(err)
	}
	// With many rows only some units are compared: it costs all of them each time.
	if p.units++; p.check && p.units%(1+len(p.rows)/100*8) == 0 {
		p.compareLoaded()
	}
}

// take takes the rows one unit changed. Those of some units before, if they were packed too,
// are written only now, as a committer that lags behind writes them: they must say what
// they said then.
func (p *player) take() []headstart.Op {
	p.tb.Helper()
	p.packs++
	w := &p.waiting[p.packs%len(p.waiting)]
	if w.packed {
		if late := w.pack.Ops(); !sameOps(late, w.taken) {
			p.tb.Fatalf("rows written %d units later differ (-at once +later):\n%s", len(p.waiting), cmp.Diff(w.taken, late))
		}
	}
	if w.packed = !p.quick || p.packs%8 == 0; !w.packed { // of ten thousand lives one unit in eight will do
		return p.s.Take()
	}
	w.pack.apart = true
	w.pack.Empty()
	p.s.collect(&w.pack)
	ops := p.s.Take()
	w.taken = w.taken[:0]
	for _, op := range ops {
		op.Val = bytes.Clone(op.Val)
		w.taken = append(w.taken, op)
	}
	return ops
}

// unwritten is what one unit changed, and what its rows said then.
type unwritten struct {
	packed bool // else there is nothing to compare
	pack   pack
	taken  []headstart.Op
}

func sameOps(x, y []headstart.Op) bool {
	return slices.EqualFunc(x, y, func(a, b headstart.Op) bool {
		return a.Kind == b.Kind && a.Table == b.Table && a.Key == b.Key && bytes.Equal(a.Val, b.Val)
	})
}

func (p *player) store(ops []headstart.Op) {
	p.tb.Helper()
	for _, op := range ops {
		id := rowID{op.Table, op.Key}
		if op.Kind == headstart.Delete {
			delete(p.rows, id)
			continue
		}
		var v struct {
			V int `json:"v"`
		}
		if p.quick {
			p.rows[id] = bytes.Clone(op.Val)
			continue
		}
		if err := json.Unmarshal(op.Val, &v); err != nil || v.V != 1 {
			p.tb.Fatalf("row %s/%s carries no v:1: %s", op.Table, op.Key, op.Val)
		}
		p.rows[id] = bytes.Clone(op.Val)
	}
}

// compareLoaded checks that the rows are the whole state (ruling 2).
func (p *player) compareLoaded() {
	p.tb.Helper()
	loaded, err := load(p.rows)
	if err != nil {
		p.tb.Fatal(err)
	}
	want, got := pictureOf(p.s), pictureOf(loaded)
	if !reflect.DeepEqual(want, got) {
		p.tb.Fatalf("load(rows) differs from fold(log) (-fold +load):\n%s", cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty()))
	}
}

func load(rows map[rowID][]byte) (*State, error) {
	s := NewState()
	for id, val := range rows { // in any order: that is Load's promise
		if err := s.Load(id.table, headstart.Row{Key: id.key, Val: val}); err != nil {
			return nil, err
		}
	}
	return s, s.Loaded()
}

// picture is a State without what depends on how it came about: the layout of
// heaps, compiled expressions, the scratch of the last event.
type picture struct {
	Raw      *headstart.LogConfig
	Clock    clock
	Problems map[headstart.ProblemKey]problemRows
	Groups   map[headstart.GroupID]*group
	Alerts   map[string]alertRows
	Assets   map[string]*asset
	Dogs     map[string]*watchdog
	Agents   map[string]*headstart.Agent
	Tickets  map[string]*headstart.TicketState
	Windows  map[string]*headstart.MaintenanceWindow
	Silences map[string]headstart.Silence
	Flaws    map[string]*headstart.Flaw
	Muting   map[string]headstart.Silence
	Timers   []timerRow
	Ended    []uint64 // timers of alerts that ended, the longest ago first
	Failing  map[string][]headstart.ProblemKey
	Open     map[headstart.GroupID][]headstart.ProblemKey
	Below    map[string]map[headstart.GroupID]struct{}
	Aside    map[string]map[headstart.ProblemKey]struct{}
	Kept     map[string]map[headstart.ProblemKey]struct{}
	Plans    map[string]map[string]struct{}
	Loose    map[string]map[headstart.ProblemKey]struct{}
	Likes    map[alike]headstart.GroupID
	Storm    stormRow
}

// problemRows and alertRows are what rows say of one.
type problemRows struct {
	headstart.Problem
	Mem memory
}

type alertRows struct {
	headstart.AlertState
	Origins []hold
	Trace   trace
}

func pictureOf(s *State) picture {
	p := picture{
		s.raw, s.clock,
		map[headstart.ProblemKey]problemRows{},
		map[headstart.GroupID]*group{},
		map[string]alertRows{},
		maps.Clone(s.assets), s.watchdogs, s.agents, s.tickets, s.windows,
		map[string]headstart.Silence{},
		s.flaws,
		map[string]headstart.Silence{},
		nil, nil,
		map[string][]headstart.ProblemKey{},
		map[headstart.GroupID][]headstart.ProblemKey{},
		s.below, s.aside, s.kept, s.plans, s.loose, s.likes, s.storm,
	}
	for key, q := range s.problems {
		p.Problems[key] = problemRows{q.noun(), q.Mem}
		if keys := s.failingKeys(q.Asset); len(keys) > 0 {
			p.Failing[q.Asset] = keys
		}
	}
	for fp, a := range s.alerts {
		p.Alerts[fp] = alertRows{a.noun(), slices.Clone(a.origins.list()), a.Trace}
	}
	for id, n := range s.topo.nodes {
		if n.known != nil {
			p.Assets[id] = n.known
		}
	}
	for id, g := range s.groups {
		x := *g
		x.places, x.open = nil, nil
		p.Groups[id] = &x
	}
	for id, g := range s.open {
		for _, q := range g.open {
			p.Open[id] = append(p.Open[id], q.Key)
		}
		slices.Sort(p.Open[id])
	}
	for id, m := range s.silences {
		p.Silences[id] = m.Silence
	}
	for id, m := range s.muting {
		p.Muting[id] = m.Silence
	}
	for _, q := range s.timers.queues {
		for _, x := range q.heap {
			if !x.t.over {
				p.Timers = append(p.Timers, timerRow{1, x.t.N, x.t.Due, x.t.Kind, x.t.subject(), x.t.from()})
			}
		}
	}
	for _, x := range s.timers.endings.list {
		if !x.over {
			p.Ended = append(p.Ended, x.N)
		}
	}
	slices.SortFunc(p.Timers, func(a, b timerRow) int { return int(a.N) - int(b.N) })
	return p
}

// quiet checks that a live group says it is silenced exactly when all that fails
// in it is, and that an alert is marked by exactly the silences that cover it
// (ruling 17).
func quiet(s *State) error {
	if s.now.IsZero() {
		return nil // just loaded: it knows no time before its next line
	}
	for id, g := range s.groups {
		if !s.isLive(g) || g.Firing == 0 {
			continue
		}
		loud := slices.ContainsFunc(s.OpenMembers(id), func(key headstart.ProblemKey) bool { return s.isLoud(s.problems[key]) })
		if g.Silenced == loud {
			return fmt.Errorf("group %d: silenced is %t by %v, but something of it is heard: %t", id, g.Silenced, g.SilencedBy, loud)
		}
	}
	for subject := range s.timers.of[quietTimer] {
		if fp, is := strings.CutPrefix(subject, unheardAlert); is && (s.alerts[fp] == nil || !s.alerts[fp].Firing) {
			return fmt.Errorf("alert %s waits for what may mute it, but does not fire", fp)
		}
	}
	for fp, a := range s.alerts {
		if !a.Firing {
			continue
		}
		for id, m := range s.silences {
			if s.walking(id) || ofRule(id) && s.walking(allInhibitions) {
				continue
			}
			if slices.Contains(a.silenced(), id) != (m.active(s.now) && s.hushes(a, m)) {
				return fmt.Errorf("alert %s is silenced by %v, which is wrong about %s", fp, a.silenced(), id)
			}
		}
	}
	return nil
}

// walking reports whether a silence has alerts yet to look at.
func (s *State) walking(id string) bool {
	t := s.timer(muteTimer, id)
	return t != nil && !t.Due.After(s.now)
}

// conserved checks that every open problem is in exactly one group that is live,
// or that a person ended while it failed, and that counts agree.
func conserved(s *State) error {
	firing := map[headstart.GroupID]int{}
	for key, p := range s.problems {
		if p.State != problemOpen {
			continue
		}
		g := s.follow(p.Group)
		if g == nil || !s.isLive(g) && g.CloseReason != "by_hand" {
			return fmt.Errorf("%s is open without a live group", key)
		}
		firing[g.ID]++
	}
	if err := suspectsHang(s); err != nil {
		return err
	}
	for id, g := range s.groups {
		if g.Firing != firing[id] {
			return fmt.Errorf("group %d says that %d fail, but %d do", id, g.Firing, firing[id])
		}
		if len(s.OpenMembers(id)) != firing[id] && g.State != headstart.Merged {
			return fmt.Errorf("group %d lists %d failing members, but %d fail", id, len(s.OpenMembers(id)), firing[id])
		}
		for n, m := range g.members.all() {
			if p := s.problems[m.Problem]; p != nil {
				if at, was := g.placeOf(p); !was || at != n {
					return fmt.Errorf("group %d has %s at place %d, and looks for it at %d", id, p.Key, n, at)
				}
			}
		}
		if g.Total != g.members.len() {
			return fmt.Errorf("group %d says that %d ever belonged, but lists %d", id, g.Total, g.members.len())
		}
	}
	return nil
}

// suspectsHang checks that every suspected cause hangs on a group in which
// something fails, and that no group names another: else it would never end.
func suspectsHang(s *State) error {
	hanging := map[headstart.ProblemKey]headstart.GroupID{}
	for id, g := range s.groups {
		for _, key := range g.Own.Suspects {
			hanging[key] = id
		}
		if len(g.Own.Suspects) > 0 && g.Firing == 0 {
			return fmt.Errorf("group %d suspects %v though nothing in it fails", id, g.Own.Suspects)
		}
	}
	suspected := 0
	for key, p := range s.problems {
		if p.State != problemSuspected {
			continue
		}
		suspected++
		if hanging[key] == 0 || hanging[key] != p.Group {
			return fmt.Errorf("%s is suspected in group %d but hangs on %d", key, p.Group, hanging[key])
		}
	}
	if suspected != len(hanging) {
		return fmt.Errorf("%d are suspected, but groups name %v", suspected, hanging)
	}
	return nil
}

func canonical(changes []headstart.Change) string {
	var b strings.Builder
	for i := range changes {
		fmt.Fprintf(&b, "%s|%d|%d|%s\n", changes[i].Kind, changes[i].Group, changes[i].Other, changes[i].Canonical())
	}
	return b.String()
}
