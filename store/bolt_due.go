package store

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"headstart"

	bolt "go.etcd.io/bbolt"
)

// outbox is what is owed as it was last read whole. While a channel is down hundreds of
// messages wait for it, and somebody asks for them every second.
type outbox struct {
	mu      sync.Mutex
	edition uint64           // counts commits that changed it
	read    bool             // owed is the outbox of this edition
	owed    []headstart.Owed // all of it, the earliest first
}

// changed is called once a commit that may have changed the outbox can be read.
func (o *outbox) changed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.edition++
	o.read, o.owed = false, nil
}

func (o *outbox) now() (edition uint64, owed []headstart.Owed, read bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.edition, o.owed, o.read
}

// keep notes what was read, unless it changed meanwhile.
func (o *outbox) keep(edition uint64, owed []headstart.Owed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.edition == edition {
		o.read, o.owed = true, owed
	}
}

// Due implements Store. The data of messages is shared by all who ask.
func (b *Bolt) Due(_ context.Context, now time.Time, max int) ([]headstart.Owed, error) {
	if max <= 0 {
		max = defaultMax
	}
	edition, all, read := b.outbox.now()
	if read {
		if err := b.view(func(*bolt.Tx) error { return nil }); err != nil {
			return nil, err // a store that cannot be read does not know what is owed
		}
		until := slices.IndexFunc(all, func(o headstart.Owed) bool { return o.Due.UnixMilli() > now.UnixMilli() })
		if until < 0 {
			until = len(all)
		}
		return slices.Clone(all[:min(until, max)]), nil
	}
	owed, whole, err := b.readDue(now, max)
	if err == nil && whole {
		b.outbox.keep(edition, slices.Clone(owed))
	}
	return owed, err
}

// readDue reads at most max messages that are due; whole: no others are owed.
func (b *Bolt) readDue(now time.Time, max int) (owed []headstart.Owed, whole bool, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		last := dueKey(now)
		c := tx.Bucket(bucketDue).Cursor()
		k, _ := c.First()
		for ; k != nil && len(owed) < max && bytes.Compare(k[:8], last) <= 0; k, _ = c.Next() {
			v := tx.Bucket(bucketOutbox).Get(k[8:])
			if len(v) < 8 {
				continue // Verify reports it
			}
			owed = append(owed, headstart.Owed{ID: string(k[8:]), Due: keyDue(k), Data: bytes.Clone(v[8:])})
		}
		whole = k == nil
		return nil
	})
	return owed, whole, err
}
