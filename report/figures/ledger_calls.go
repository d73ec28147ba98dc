package figures

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// AddCalls takes over what the telephone counted; a row replaces those that it
// overlaps, so that a list may be imported twice.
func (l *Ledger) AddCalls(ctx context.Context, calls []Calls) error {
	byMonth, near := map[string][]Calls{}, map[string][]Calls{}
	for _, c := range calls {
		key := callsPrefix + monthName(time.Unix(c.From, 0))
		byMonth[key] = append(byMonth[key], c)
		// A day of the organisation may begin in one month, UTC, and end in the next.
		for _, month := range slices.Compact([]string{monthName(time.Unix(c.From-longestRow, 0)), monthName(time.Unix(c.From, 0)), monthName(time.Unix(c.To, 0))}) {
			near[callsPrefix+month] = append(near[callsPrefix+month], c)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(near)) {
		was, err := l.get(ctx, key)
		if err != nil {
			return err
		}
		before := len(was.Calls)
		list := slices.Concat(byMonth[key], apartFrom(near[key], was.Calls))
		if len(byMonth[key]) == 0 && len(list) == before {
			continue // the neighbour of a month
		}
		slices.SortFunc(list, func(a, b Calls) int { return cmp.Compare(a.From, b.From) })
		if err := l.put(ctx, key, page{V: 1, Calls: list}); err != nil {
			return err
		}
	}
	return nil
}

// apartFrom are those of old that overlap none of calls.
func apartFrom(calls, old []Calls) []Calls {
	return slices.DeleteFunc(old, func(o Calls) bool {
		return slices.ContainsFunc(calls, func(c Calls) bool { return c.From < o.To && o.From < c.To })
	})
}
