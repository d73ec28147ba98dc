package subscriptions

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"headstart"
)

// How many forms are taken in any hour (ruling 42): of one client, and of all.
const (
	perClient = 5
	perHour   = 100
)

// limits counts on the shelf, so that replicas count together. It never holds more
// than perHour entries, whatever comes in.
type limits struct {
	shelf Shelf
	keys  *Keys

	mu   sync.Mutex
	full time.Time // until then nobody's form is taken; spares the store in a flood
}

// taken is one form: when, and by whom, as a keyed hash.
type taken struct {
	At     time.Time `json:"at"`
	Client string    `json:"client"`
}

// take counts a form of client, or says headstart.ErrTooMany.
func (l *limits) take(ctx context.Context, client netip.Addr, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.full) {
		return headstart.ErrTooMany
	}
	h := l.keys.hash("client", network(client))
	who := hex.EncodeToString(h[:8])
	for range 20 {
		if swapped, err := l.add(ctx, who, now); err != nil || swapped {
			return err
		}
	}
	return errors.New("subscriptions: others change the limits all the time")
}

// add counts a form of who, and reports false if another process was faster.
func (l *limits) add(ctx context.Context, who string, now time.Time) (swapped bool, err error) {
	before, err := l.shelf.ShelfGet(ctx, shelf, limitKey)
	if err != nil {
		return false, err
	}
	var list []taken
	_ = json.Unmarshal(before, &list) // what cannot be read is nothing: it is written anew
	mine := 0
	list = slices.DeleteFunc(list, func(t taken) bool {
		if t.Client == who && t.recent(now) {
			mine++
		}
		return !t.recent(now)
	})
	if len(list) >= perHour {
		l.full = list[0].At.Add(time.Hour)
	}
	if len(list) >= perHour || mine >= perClient {
		return false, headstart.ErrTooMany
	}
	after, err := json.Marshal(append(list, taken{now, who}))
	if err != nil {
		return false, err
	}
	return l.shelf.ShelfSwap(ctx, shelf, limitKey, before, after)
}

// recent reports whether t counts at now.
func (t taken) recent(now time.Time) bool { return now.Before(t.At.Add(time.Hour)) }

// network is what one client can hold: an IPv4 address or an IPv6 /64.
func network(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if p, err := a.Prefix(64); err == nil && a.Is6() {
		return p.String()
	}
	return a.String()
}
