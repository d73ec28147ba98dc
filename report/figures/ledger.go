package figures

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
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

// KeepFacts is how long facts stay: two years beside each other, and a month.
const KeepFacts = 762 * 24 * time.Hour

const (
	shelfName = "figures"
	finalKey  = "final" // the last day of tickets that is written anew no more

	ticketsPrefix   = "tickets/"   // and the day, UTC
	incidentsPrefix = "incidents/" // and the month, UTC, in which they opened
	callsPrefix     = "calls/"     // and the month, UTC
)

// page is one value on the shelf, as compressed JSON.
type page struct {
	V         int        `json:"v"` // 1
	Reported  []Ticket   `json:"reported,omitempty"`
	Solved    []Ticket   `json:"solved,omitempty"`
	Incidents []Incident `json:"incidents,omitempty"`
	Calls     []Calls    `json:"calls,omitempty"`
	Final     string     `json:"final,omitempty"`
}

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

// writeIncidents writes those the view knows beside those it knows no longer.
func (l *Ledger) writeIncidents(ctx context.Context, v *headstart.View, now time.Time) error {
	facts := Gather(v, time.Unix(1, 0), now.Add(24*time.Hour), now)
	byMonth := map[string][]Incident{}
	for _, i := range facts.Incidents {
		key := incidentsPrefix + monthName(time.Unix(i.Opened, 0))
		byMonth[key] = append(byMonth[key], i)
	}
	merged := map[headstart.IncidentID]bool{}
	for _, i := range v.Incidents() {
		merged[i.ID] = i.State == headstart.Merged
	}
	for _, key := range slices.Sorted(maps.Keys(byMonth)) {
		was, err := l.get(ctx, key)
		if err != nil {
			return err
		}
		list := byMonth[key]
		for _, i := range was.Incidents {
			if _, known := merged[i.ID]; !known {
				list = append(list, i)
			}
		}
		slices.SortFunc(list, func(a, b Incident) int { return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.ID, b.ID)) })
		if err := l.renew(ctx, key, page{V: 1, Incidents: list}); err != nil {
			return err
		}
	}
	return nil
}

// drop takes off what is older than KeepFacts.
func (l *Ledger) drop(ctx context.Context, known map[string]bool, now time.Time) error {
	oldest := dayName(now.Add(-KeepFacts))
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

// Read returns the facts of [from, to): from the view as far as it holds them all, and
// from the shelf before that.
func (l *Ledger) Read(ctx context.Context, v *headstart.View, from, to, now time.Time) (Facts, error) {
	final, err := l.final(ctx, now)
	if err != nil {
		return Facts{}, err
	}
	all := Gather(v, from, to, now)
	begins := dayAfter(final).Unix() // of what the view holds whole
	f := Facts{Incidents: all.Incidents}
	for _, t := range all.Reported {
		if t.Reported >= begins {
			f.Reported = append(f.Reported, t)
		}
	}
	for _, t := range all.Solved {
		if t.Solved >= begins {
			f.Solved = append(f.Solved, t)
		}
	}
	if err := l.readTickets(ctx, &f, from, to, final); err != nil {
		return Facts{}, err
	}
	if err := l.readMonths(ctx, v, &f, from, to); err != nil {
		return Facts{}, err
	}
	f.sort()
	return f, nil
}

func (l *Ledger) readTickets(ctx context.Context, f *Facts, from, to time.Time, final string) error {
	in := func(t int64) bool { return t >= from.Unix() && t < to.Unix() }
	for day := from.UTC().Truncate(24 * time.Hour); day.Before(to) && dayName(day) <= final; day = day.Add(24 * time.Hour) {
		p, err := l.get(ctx, ticketsPrefix+dayName(day))
		if err != nil {
			return err
		}
		for _, t := range p.Reported {
			if in(t.Reported) {
				f.Reported = append(f.Reported, t)
			}
		}
		for _, t := range p.Solved {
			if in(t.Solved) {
				f.Solved = append(f.Solved, t)
			}
		}
	}
	return nil
}

// longestOutage is how long before a period an incident may have opened and still
// count in it, once the tables do not know it any more.
const longestOutage = 62 * 24 * time.Hour

func (l *Ledger) readMonths(ctx context.Context, v *headstart.View, f *Facts, from, to time.Time) error {
	known := map[headstart.IncidentID]bool{}
	for _, i := range v.Incidents() {
		known[i.ID] = true
	}
	y, m, _ := from.Add(-longestOutage).UTC().Date()
	for month := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC); month.Before(to); month = month.AddDate(0, 1, 0) {
		p, err := l.get(ctx, incidentsPrefix+monthName(month))
		if err != nil {
			return err
		}
		f.addPast(p.Incidents, known, from, to)
		if p, err = l.get(ctx, callsPrefix+monthName(month)); err != nil {
			return err
		}
		for _, c := range p.Calls {
			if c.From >= from.Unix() && c.From < to.Unix() {
				f.Calls = append(f.Calls, c)
			}
		}
	}
	return nil
}

// addPast adds those of [from, to) that the view does not know any more. One that never
// ended was forgotten: it is no outage until today.
func (f *Facts) addPast(list []Incident, known map[headstart.IncidentID]bool, from, to time.Time) {
	for _, i := range list {
		if !known[i.ID] && i.Ended != 0 && i.Started < to.Unix() && max(i.Ended, i.Opened) >= from.Unix() {
			f.Incidents = append(f.Incidents, i)
		}
	}
}

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

// final is the last day whose tickets the tables may not hold whole any more. It never
// goes back, also where retention.links grows: what is gone does not return.
func (l *Ledger) final(ctx context.Context, now time.Time) (string, error) {
	p, err := l.get(ctx, finalKey)
	return max(p.Final, dayName(now.Add(-l.keep))), err
}

// maxPage bounds what one value may unpack to: a hundred thousand tickets of a day.
const maxPage = 64 << 20

func (l *Ledger) get(ctx context.Context, key string) (page, error) {
	val, err := l.shelf.ShelfGet(ctx, shelfName, key)
	if err != nil || val == nil {
		return page{}, err
	}
	p, err := unpack(val)
	if err != nil {
		return page{}, fmt.Errorf("figures kept under %s: %w; put back a copy of the shelf, or remove it and lose the figures of that time", key, err)
	}
	return p, nil
}

func unpack(val []byte) (page, error) {
	z, err := gzip.NewReader(bytes.NewReader(val))
	if err != nil {
		return page{}, err
	}
	data, err := io.ReadAll(io.LimitReader(z, maxPage))
	if err != nil {
		return page{}, err
	}
	var p page
	if err := json.Unmarshal(data, &p); err != nil {
		return page{}, err
	}
	if p.V != 1 {
		return page{}, fmt.Errorf("it has version %d, this program reads 1", p.V)
	}
	return p, nil
}

// renew is put, but for what the last turn put there already.
func (l *Ledger) renew(ctx context.Context, key string, p page) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wrote[key] == sum {
		return nil
	}
	if err := l.put(ctx, key, p); err != nil {
		return err
	}
	l.wrote[key] = sum
	return nil
}

// put writes p where it differs from what stands there.
func (l *Ledger) put(ctx context.Context, key string, p page) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return l.swap(ctx, key, b.Bytes())
}

func (l *Ledger) takeOff(ctx context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.wrote, key)
	return l.swap(ctx, key, nil)
}

func (l *Ledger) swap(ctx context.Context, key string, after []byte) error {
	before, err := l.shelf.ShelfGet(ctx, shelfName, key)
	if err != nil {
		return err
	}
	if bytes.Equal(before, after) {
		return nil
	}
	ok, err := l.shelf.ShelfSwap(ctx, shelfName, key, before, after)
	if err == nil && !ok {
		err = fmt.Errorf("figures under %s were written by another process; the next turn tries again", key)
	}
	return err
}

func dayName(t time.Time) string   { return t.UTC().Format(time.DateOnly) }
func monthName(t time.Time) string { return t.UTC().Format("2006-01") }

// dayAfter is the midnight, UTC, after a day by its name.
func dayAfter(name string) time.Time {
	day, err := time.Parse(time.DateOnly, name)
	if err != nil {
		return time.Unix(0, 0)
	}
	return day.Add(24 * time.Hour)
}
