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
	byMonth := map[string][]Calls{}
	for _, c := range calls {
		key := callsPrefix + monthName(time.Unix(c.From, 0))
		byMonth[key] = append(byMonth[key], c)
	}
	for _, key := range slices.Sorted(maps.Keys(byMonth)) {
		was, err := l.get(ctx, key)
		if err != nil {
			return err
		}
		list := append(byMonth[key], apartFrom(byMonth[key], was.Calls)...)
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
