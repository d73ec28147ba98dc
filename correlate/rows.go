package correlate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"headstart"
)

// Keys of rows of correlate's own tables. Assets and problems may be called
// anything, so each kind of row has a prefix.
const (
	clockKey       = "correlate"
	configKey      = "current"
	assetPrefix    = "asset/"
	watchdogPrefix = "watchdog/"
	agentPrefix    = headstart.AgentRow
	alertPrefix    = "a "
	problemPrefix  = "p "
	reportRow      = "r "
	tallyPrefix    = "k "
	profileKey     = "surge"
	modelKey       = "model"
	reviewsKey     = "reviews"
)

func groupKey(id headstart.GroupID) string {
	var room [20]byte
	return string(appendPadded(room[:0], uint64(id), 12))
}

// appendPadded appends n with leading zeros, so that keys sort as numbers do.
func appendPadded(b []byte, n uint64, width int) []byte {
	for limit := uint64(10); width > 1; width-- {
		if n < limit {
			b = append(b, zeros[:width-1]...)
			break
		}
		limit *= 10
	}
	return strconv.AppendUint(b, n, 10)
}

const zeros = "0000000000000000"

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

// row returns what one of the rare rows holds now, or nil when it is gone.
func (s *State) row(id rowID) any {
	switch id.table {
	case headstart.TableConfig:
		if s.raw != nil {
			return &versioned[headstart.LogConfig]{1, *s.raw}
		}
	case headstart.TableMemory:
		return s.memoryRow(id.key)
	case headstart.TableAssets:
		if name, ok := strings.CutPrefix(id.key, agentPrefix); ok {
			return orNil(s.agents[name])
		}
		return orNil(s.watchdogs[strings.TrimPrefix(id.key, watchdogPrefix)])
	case headstart.TableTickets:
		return orNil(s.tickets[id.key])
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

func (s *State) memoryRow(key string) any {
	switch key {
	case stormKey:
		return &s.storm
	case profileKey:
		return &s.profile
	case modelKey:
		return &s.model
	case reviewsKey:
		return &s.reviews
	}
	if ticket, ok := strings.CutPrefix(key, reportRow); ok {
		return orNil(s.reports[ticket])
	}
	if k, ok := strings.CutPrefix(key, tallyPrefix); ok {
		return orNil(s.tallies[scopeOf(k)])
	}
	return nil
}

func scopeOf(key string) scope {
	service, location, _ := strings.Cut(key, "\x1f")
	return scope{service, location}
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
