package figures

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

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
