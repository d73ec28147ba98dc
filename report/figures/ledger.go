package figures

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"headstart"
)

// Ledger keeps facts for longer than the tables keep tickets and incidents, so that a
// year can stand beside the year before: on a shelf beside the log, by day and month.
//
// Of tickets it keeps no number: a day is written anew from the tables for as long as
// these hold all of its tickets, and stands as it is from then on. What is forgotten
// on request before that leaves it with the next turn.
type Ledger struct {
	shelf Shelf
	keep  time.Duration // of tickets in the tables

	mu    sync.Mutex
	wrote map[string][sha256.Size]byte // hash of what the last turn put under a key
}

// Shelf is where a Ledger writes: a shelf of the store.
type Shelf interface {
	ShelfGet(ctx context.Context, shelf, key string) ([]byte, error)
	ShelfSwap(ctx context.Context, shelf, key string, before, after []byte) (bool, error)
	ShelfScan(ctx context.Context, shelf string, fn func(key string, val []byte) error) error
}

// NewLedger returns the ledger that lies on a shelf. keepTickets is retention.links:
// tickets solved longer ago than that may be gone from the tables.
func NewLedger(s Shelf, keepTickets time.Duration) *Ledger {
	return &Ledger{shelf: s, keep: keepTickets, wrote: map[string][sha256.Size]byte{}}
}

// keepFacts is how long facts stay: two years beside each other, and a month.
const keepFacts = 762 * 24 * time.Hour

// Turn writes what the view knows now. Call it once an hour, on the leader.
func (l *Ledger) Turn(ctx context.Context, v *headstart.View, now time.Time) error {
	final, err := l.final(ctx, now)
	if err != nil {
		return err
	}
	if err := l.renew(ctx, finalKey, page{V: 1, Final: final}); err != nil {
		return err
	}
	known := map[string]bool{}
	err = l.shelf.ShelfScan(ctx, shelfName, func(key string, _ []byte) error {
		known[key] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the shelf of figures: %w", err)
	}
	facts := Gather(v, dayAfter(final), now.Add(24*time.Hour), now)
	if err := l.writeTickets(ctx, facts, known, final); err != nil {
		return err
	}
	if err := l.writeIncidents(ctx, v, now); err != nil {
		return err
	}
	return l.drop(ctx, known, now)
}

// writeTickets writes the days after final, and takes off those that hold nothing any
// more: their tickets were forgotten.
func (l *Ledger) writeTickets(ctx context.Context, facts Facts, known map[string]bool, final string) error {
	pages := map[string]*page{}
	on := func(t int64) *page {
		key := ticketsPrefix + dayName(time.Unix(t, 0))
		if pages[key] == nil {
			pages[key] = &page{V: 1}
		}
		return pages[key]
	}
	for _, t := range facts.Reported {
		p := on(t.Reported)
		t.Solved, t.Waited, t.Line, t.Contacts, t.Again, t.Soon, t.Minutes, t.Satisfaction = 0, nil, 0, 0, false, false, nil, nil
		p.Reported = append(p.Reported, t)
	}
	for _, t := range facts.Solved {
		p := on(t.Solved)
		p.Solved = append(p.Solved, t)
	}
	for key := range known {
		if day, ok := strings.CutPrefix(key, ticketsPrefix); ok && day > final && pages[key] == nil {
			pages[key] = nil
		}
	}
	for _, key := range slices.Sorted(maps.Keys(pages)) {
		if p := pages[key]; p == nil {
			if err := l.takeOff(ctx, key); err != nil {
				return err
			}
		} else if err := l.renew(ctx, key, *p); err != nil {
			return err
		}
	}
	return nil
}

// writeIncidents writes those the view knows beside those it knows no longer. One that
// went into another is known, and stands there no more.
func (l *Ledger) writeIncidents(ctx context.Context, v *headstart.View, now time.Time) error {
	known, byMonth := map[headstart.IncidentID]bool{}, map[string][]Incident{}
	for i := range v.EachIncident() {
		known[i.ID] = true
		byMonth[incidentsPrefix+monthName(i.OpenedAt)] = nil // written anew, also if all of it went into others
	}
	for _, i := range incidentsIn(v, time.Unix(1, 0), now.Add(24*time.Hour), now) {
		key := incidentsPrefix + monthName(time.Unix(i.Opened, 0))
		byMonth[key] = append(byMonth[key], i)
	}
	for _, key := range slices.Sorted(maps.Keys(byMonth)) {
		was, err := l.get(ctx, key)
		if err != nil {
			return err
		}
		month := byMonth[key]
		for _, i := range was.Incidents {
			if !known[i.ID] {
				month = append(month, i)
			}
		}
		slices.SortFunc(month, func(a, b Incident) int { return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.ID, b.ID)) })
		if err := l.renew(ctx, key, page{V: 1, Incidents: month}); err != nil {
			return err
		}
	}
	return nil
}

// drop takes off what is older than keepFacts.
func (l *Ledger) drop(ctx context.Context, known map[string]bool, now time.Time) error {
	oldest := dayName(now.Add(-keepFacts))
	for _, key := range slices.Sorted(maps.Keys(known)) {
		_, when, dated := strings.Cut(key, "/")
		if dated && when < oldest[:len(when)] {
			if err := l.takeOff(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// final is the last day whose tickets the tables may not hold whole any more. It never
// goes back, also where retention.links grows: what is gone does not return.
func (l *Ledger) final(ctx context.Context, now time.Time) (string, error) {
	p, err := l.get(ctx, finalKey)
	return max(p.Final, dayName(now.Add(-l.keep))), err
}
