package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"

	"headstart"
)

// Acquire implements Store.
func (b *Bolt) Acquire(_ context.Context, owner string, ttl time.Duration) (headstart.Token, bool, error) {
	t := headstart.Token{Nonce: random(), Incarnation: b.inc}
	ok := false
	err := b.update(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		now := time.Now()
		if leased(meta, now) {
			return nil
		}
		epoch, err := metaInt(meta, keyEpoch)
		if err != nil {
			return err
		}
		t.Epoch, ok = uint64(epoch)+1, true
		return putAll(meta, map[string]string{
			"epoch": strconv.FormatUint(t.Epoch, 10),
			"nonce": t.Nonce,
			"owner": owner,
			"lease": lease(now, ttl),
		})
	})
	if err = b.metrics.seen(err); err != nil || !ok {
		return headstart.Token{}, false, err
	}
	b.metrics.leader.Set(1)
	return t, true, nil
}

// lease renders when a lease began and when it ends, in Unix milliseconds.
func lease(now time.Time, ttl time.Duration) string {
	return fmt.Sprintf("%d %d", now.UnixMilli(), now.Add(ttl).UnixMilli())
}

// leased reports whether somebody holds the lease. One that begins in the
// future is of before the clock was set back, and nobody waits for it.
func leased(meta *bolt.Bucket, now time.Time) bool {
	var since, until int64
	if n, _ := fmt.Sscanf(string(meta.Get(keyLease)), "%d %d", &since, &until); n != 2 {
		return false
	}
	return since <= now.UnixMilli() && now.UnixMilli() < until
}

func putAll(meta *bolt.Bucket, kv map[string]string) error {
	for k, v := range kv {
		if err := meta.Put([]byte(k), []byte(v)); err != nil {
			return err
		}
	}
	return nil
}

// Renew implements Store.
func (b *Bolt) Renew(_ context.Context, t headstart.Token, ttl time.Duration) error {
	return b.metrics.leads(b.update(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if !holds(meta, t) {
			return headstart.ErrFenced
		}
		return meta.Put(keyLease, []byte(lease(time.Now(), ttl)))
	}))
}

// Barrier implements Store: what a commit of one file returned is on its disk.
func (b *Bolt) Barrier(context.Context, headstart.Token, time.Duration) error { return nil }

// Release implements Store.
func (b *Bolt) Release(_ context.Context, t headstart.Token) error {
	b.metrics.leader.Set(0)
	return b.metrics.leads(b.update(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if !holds(meta, t) {
			return headstart.ErrFenced
		}
		return meta.Delete(keyLease)
	}))
}

func holds(meta *bolt.Bucket, t headstart.Token) bool {
	return string(meta.Get(keyEpoch)) == strconv.FormatUint(t.Epoch, 10) && string(meta.Get(keyNonce)) == t.Nonce
}

// Commit implements Store.
func (b *Bolt) Commit(_ context.Context, batch headstart.Batch) error {
	if err := validate(batch); err != nil {
		return err
	}
	defer b.metrics.committed(time.Now())
	err := b.update(func(tx *bolt.Tx) error {
		again, err := b.admit(tx.Bucket(bucketMeta), batch)
		if err != nil || again {
			return err
		}
		return b.apply(tx, batch)
	})
	if err = b.metrics.leads(err); err != nil {
		return fmt.Errorf("commit %s to %s: %w", batch.Prev, batch.Next, err)
	}
	if len(batch.Out)+len(batch.Ack) > 0 {
		b.outbox.changed()
	}
	b.wake()
	return nil
}

// admit decides whether batch may be applied; again: it was, and the reply was lost.
func (b *Bolt) admit(meta *bolt.Bucket, batch headstart.Batch) (again bool, err error) {
	if !holds(meta, batch.Token) {
		return false, headstart.ErrFenced
	}
	if batch.Token.Incarnation != b.inc {
		return false, headstart.ErrGap
	}
	cursor, err := metaCursor(meta)
	switch {
	case err != nil:
		return false, err
	case cursor == batch.Prev:
		return false, nil
	case cursor == batch.Next:
		return true, nil
	}
	return false, fmt.Errorf("%w: the cursor is at %s", headstart.ErrGap, cursor)
}

func (b *Bolt) apply(tx *bolt.Tx, batch headstart.Batch) error {
	for _, op := range batch.Ops {
		if err := applyOp(tx, op); err != nil {
			return err
		}
	}
	for _, m := range batch.Out {
		if err := owe(tx, m); err != nil {
			return err
		}
	}
	for _, id := range batch.Ack {
		if err := strike(tx, id); err != nil {
			return err
		}
	}
	for _, f := range batch.Feed {
		if err := b.publish(tx, f); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketMeta).Put(keyCursor, []byte(batch.Next.String()))
}

func applyOp(tx *bolt.Tx, op headstart.Op) error {
	if op.Kind == headstart.Put {
		table, err := tx.CreateBucketIfNotExists(tableBucket(op.Table))
		if err != nil {
			return err
		}
		if growing(op.Table) {
			table.FillPercent = fullPages
		}
		return table.Put([]byte(op.Key), op.Val)
	}
	if table := tx.Bucket(tableBucket(op.Table)); table != nil {
		return table.Delete([]byte(op.Key))
	}
	return nil
}

// fullPages is how full bbolt leaves a page that it splits where keys mostly grow. Half,
// its usual, would stay half for good.
const fullPages = .95

// growing reports whether a table's new rows mostly come after all others.
func growing(table string) bool {
	return table == headstart.TableTickets || table == headstart.TableTimeline
}

func tableBucket(table string) []byte { return []byte("t/" + table) }

// owe puts m in the outbox, in place of what had its id.
func owe(tx *bolt.Tx, m headstart.Owed) error {
	if err := strike(tx, m.ID); err != nil {
		return err
	}
	due := dueKey(m.Due)
	if err := tx.Bucket(bucketOutbox).Put([]byte(m.ID), append(bytes.Clone(due), m.Data...)); err != nil {
		return err
	}
	return tx.Bucket(bucketDue).Put(append(due, m.ID...), nil)
}

// strike takes a message off the outbox; an unknown id was taken off before.
func strike(tx *bolt.Tx, id string) error {
	outbox := tx.Bucket(bucketOutbox)
	old := outbox.Get([]byte(id))
	if old == nil {
		return nil
	}
	due := append(bytes.Clone(old[:8]), id...)
	if err := tx.Bucket(bucketDue).Delete(due); err != nil {
		return err
	}
	return outbox.Delete([]byte(id))
}

// dueKey keeps the order of times, before 1970 too, in the order of bytes.
func dueKey(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8), uint64(t.UnixMilli())^1<<63)
}

func keyDue(b []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b) ^ 1<<63)).UTC()
}
