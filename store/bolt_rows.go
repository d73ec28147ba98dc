package store

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"headstart"
)

// Head implements Store.
func (b *Bolt) Head(context.Context) (c headstart.Cursor, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		c, err = metaCursor(tx.Bucket(bucketMeta))
		return err
	})
	return c, err
}

// Get implements Store.
func (b *Bolt) Get(_ context.Context, table, key string) (val []byte, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		if t := tx.Bucket(tableBucket(table)); t != nil {
			val = bytes.Clone(t.Get([]byte(key)))
		}
		return nil
	})
	return val, err
}

// Scan implements Store.
func (b *Bolt) Scan(_ context.Context, table string, fn func(headstart.Row) error) error {
	return b.view(func(tx *bolt.Tx) error {
		t := tx.Bucket(tableBucket(table))
		if t == nil {
			return nil
		}
		var room []byte // not the page itself: who keeps that would read what is no more
		return t.ForEach(func(k, v []byte) error {
			room = append(room[:0], v...)
			return fn(headstart.Row{Key: string(k), Val: room})
		})
	})
}

// verify checks the file's own structure and the outbox against its index.
func (b *Bolt) verify(context.Context) (found []string, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		for e := range tx.Check() {
			found = append(found, fmt.Sprintf("%s: %v; start from a copy", b.path, e))
		}
		due, outbox := tx.Bucket(bucketDue), tx.Bucket(bucketOutbox)
		missing := func(k, _ []byte) error {
			v := outbox.Get(k[8:])
			if len(v) < 8 || !bytes.Equal(v[:8], k[:8]) {
				found = append(found, fmt.Sprintf("outbox: %s stands in the order of due times, but not in the outbox at that time", k[8:]))
			}
			return nil
		}
		if err := due.ForEach(missing); err != nil {
			return err
		}
		return outbox.ForEach(func(k, v []byte) error {
			if len(v) < 8 || due.Get(append(bytes.Clone(v[:8]), k...)) == nil {
				found = append(found, fmt.Sprintf("outbox: %s would never come due", k))
			}
			return nil
		})
	})
	return found, err
}
