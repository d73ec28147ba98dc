package correlate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headstart"
)

// rowID names a row that changed since the last Take.
type rowID struct{ table, key string }

// Keys of rows of correlate's own tables. Assets and problems may be called
// anything, so each kind of row has a prefix.
const (
	clockKey       = "correlate"
	configKey      = "current"
	assetPrefix    = "asset/"
	watchdogPrefix = "watchdog/"
	alertPrefix    = "a "
	problemPrefix  = "p "
	reportRow      = "r "
	tallyPrefix    = "k "
	profileKey     = "surge"
)

func timerKey(n uint64) string             { return padded(n, 16) }
func groupKey(id headstart.GroupID) string { return padded(uint64(id), 12) }

// padded writes n with leading zeros, so that keys sort as numbers do. Every timer
// set or gone asks for one.
func padded(n uint64, width int) string {
	var b [20]byte
	at := len(b)
	for ; n > 0 || at > len(b)-width; n /= 10 {
		at--
		b[at] = byte('0' + n%10)
	}
	return string(b[at:])
}

func (s *State) mark(table, key string) { s.dirty[rowID{table, key}] = struct{}{} }
func (s *State) dirtyClock()            { s.mark(headstart.TableClock, clockKey) }
func (s *State) dirtyTimer(n uint64)    { s.mark(headstart.TableTimers, timerKey(n)) }
func (s *State) dirtyProblem(p *problem) {
	s.mark(headstart.TableProblems, string(p.Key))
}

func (s *State) dirtyMemory(p *problem) {
	s.mark(headstart.TableMemory, problemPrefix+string(p.Key))
}

func (s *State) dirtyGroup(g *group)    { s.mark(headstart.TableGroups, groupKey(g.ID)) }
func (s *State) dirtyAlert(a *alert)    { s.mark(headstart.TableAlerts, a.Fingerprint) }
func (s *State) dirtyAsset(id string)   { s.mark(headstart.TableAssets, assetPrefix+id) }
func (s *State) dirtyTicket(key string) { s.mark(headstart.TableTickets, key) }
func (s *State) dirtyTrace(a *alert)    { s.mark(headstart.TableMemory, alertPrefix+a.Fingerprint) }
func (s *State) dirtyProfile()          { s.mark(headstart.TableMemory, profileKey) }
func (s *State) dirtyReport(r *report)  { s.mark(headstart.TableMemory, reportRow+r.Ticket) }
func (s *State) dirtyTally(k scope) {
	s.mark(headstart.TableMemory, tallyPrefix+k.Service+"\x1f"+k.Location)
}
func (s *State) dirtyStorm() { s.mark(headstart.TableMemory, stormKey) }
func (s *State) dirtyMember(m *headstart.Member) {
	s.mark(headstart.TableMembers, headstart.MemberKey(m.Group, m.N))
}

// Pending is how many rows the next Take returns.
func (s *State) Pending() int { return len(s.dirty) }

// Take returns the rows that changed since the last Take, by table in the order
// of headstart.AllTables, then by key.
func (s *State) Take() []headstart.Op {
	if len(s.dirty) == 0 {
		return nil
	}
	ids := make([]rowID, 0, len(s.dirty))
	for id := range s.dirty {
		ids = append(ids, id)
	}
	s.dirty = emptied(s.dirty)
	slices.SortFunc(ids, func(a, b rowID) int {
		return cmp.Or(cmp.Compare(tableOrder[a.table], tableOrder[b.table]), cmp.Compare(a.key, b.key))
	})
	ops := make([]headstart.Op, len(ids))
	for i, id := range ids {
		ops[i] = headstart.Op{Kind: headstart.Delete, Table: id.table, Key: id.key}
		if v := s.row(id); v != nil {
			ops[i].Kind, ops[i].Val = headstart.Put, encode(v)
		}
	}
	return ops
}

var tableOrder = func() map[string]int {
	m := map[string]int{}
	for i, t := range headstart.AllTables() {
		m[t] = i
	}
	return m
}()

// asStored returns x as a row gives it back, so that what was folded and what was
// loaded never differ in an empty list, and nothing of the caller's is kept.
func asStored[T any](x *T) *T {
	out := new(T)
	if err := json.Unmarshal(encode(x), out); err != nil {
		panic(fmt.Sprintf("correlate: decode own row: %v", err)) // what we wrote we can read
	}
	return out
}

// orNone returns list, or nil when it is empty, which is how a row gives it back.
func orNone[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("correlate: encode row: %v", err)) // types of ours, times within bounds: a programmer's error
	}
	return b
}

// row returns what a row holds now, or nil when it is gone.
func (s *State) row(id rowID) any {
	switch id.table {
	case headstart.TableConfig:
		if s.raw != nil {
			return &versioned[headstart.LogConfig]{1, *s.raw}
		}
	case headstart.TableProblems:
		if p := s.problems[headstart.ProblemKey(id.key)]; p != nil {
			return &p.Problem
		}
	case headstart.TableMemory:
		return s.memoryRow(id.key)
	case headstart.TableGroups:
		n, _ := strconv.ParseUint(id.key, 10, 64)
		if g := s.groups[headstart.GroupID(n)]; g != nil {
			return &groupRow{g.Group, g.Own}
		}
	case headstart.TableMembers:
		return s.memberRow(id.key)
	case headstart.TableAlerts:
		return s.alertRow(id.key)
	case headstart.TableAssets:
		if origin, ok := strings.CutPrefix(id.key, watchdogPrefix); ok {
			return orNil(s.watchdogs[origin])
		}
		return orNil(s.assets[strings.TrimPrefix(id.key, assetPrefix)])
	case headstart.TableTickets:
		return orNil(s.tickets[id.key])
	case headstart.TableTimers:
		n, _ := strconv.ParseUint(id.key, 10, 64)
		return orNil(s.timers.byN[n])
	case headstart.TableMaintenance:
		if w := s.windows[id.key]; w != nil {
			return &versioned[headstart.MaintenanceWindow]{1, *w}
		}
	case headstart.TableSilences:
		if m := s.silences[id.key]; m != nil {
			return &versioned[headstart.Silence]{1, m.Silence}
		}
	case headstart.TableFlaws:
		return orNil(s.flaws[id.key])
	case headstart.TableClock:
		return &s.clock
	}
	return nil
}

// orNil keeps a nil pointer from becoming a non-nil interface.
func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

func (s *State) alertRow(fp string) any {
	if a := s.alerts[fp]; a != nil && a.Labels != nil {
		return &a.AlertState
	}
	return nil
}

func (s *State) memoryRow(key string) any {
	switch key {
	case stormKey:
		return &s.storm
	case profileKey:
		return &s.profile
	}
	if ticket, ok := strings.CutPrefix(key, reportRow); ok {
		return orNil(s.reports[ticket])
	}
	if k, ok := strings.CutPrefix(key, tallyPrefix); ok {
		return orNil(s.tallies[scopeOf(k)])
	}
	if fp, ok := strings.CutPrefix(key, alertPrefix); ok {
		if a := s.alerts[fp]; a != nil {
			return &a.Trace
		}
		return nil
	}
	if p := s.problems[headstart.ProblemKey(strings.TrimPrefix(key, problemPrefix))]; p != nil {
		return &p.Mem
	}
	return nil
}

func scopeOf(key string) scope {
	service, location, _ := strings.Cut(key, "\x1f")
	return scope{service, location}
}

func (s *State) memberRow(key string) any {
	id, n, err := splitMemberKey(key)
	if err != nil || s.groups[id] == nil || n < 1 || n > len(s.groups[id].members) {
		return nil
	}
	return s.groups[id].members[n-1]
}

func splitMemberKey(key string) (headstart.GroupID, int, error) {
	left, right, _ := strings.Cut(key, "/")
	id, err := strconv.ParseUint(left, 10, 64)
	if err != nil {
		return 0, 0, err
	}
	n, err := strconv.Atoi(right)
	return headstart.GroupID(id), n, err
}

// versioned adds "v":1 to a noun of the root that has none.
type versioned[T any] struct {
	V    int `json:"v"`
	Noun T
}

// MarshalJSON writes v beside the noun's own keys.
func (x versioned[T]) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(x.Noun)
	if err != nil {
		return nil, err
	}
	return append([]byte(`{"v":1,`), b[1:]...), nil
}
