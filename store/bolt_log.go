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

// Append implements Store. Side texts are on disk before the log has the
// record: a text without a record is harmless and goes with its day.
func (b *Bolt) Append(ctx context.Context, recs []headstart.Append) ([]headstart.Offset, error) {
	if len(recs) == 0 {
		return nil, nil
	}
	if ratio, full := b.full.refuses(ctx, recs, b.Room); full {
		return nil, fmt.Errorf("append to %s: %w: %.0f %% of the room for it is taken; free some disk", b.path, headstart.ErrFull, 100*ratio)
	}
	offs, err := b.append(recs)
	if err = b.metrics.seen(err); err != nil {
		return nil, fmt.Errorf("append to %s: %w", b.path, err)
	}
	b.metrics.count(offs, recs)
	b.wake()
	return offs, nil
}

func (b *Bolt) append(recs []headstart.Append) ([]headstart.Offset, error) {
	var texts []headstart.SideText
	size := int64(0)
	for _, r := range recs {
		texts = append(texts, r.Text...)
		size += int64(len(r.Data))
	}
	if err := b.texts.write(texts); err != nil {
		return nil, boltErr(err)
	}
	offs := make([]headstart.Offset, len(recs))
	return offs, b.update(func(tx *bolt.Tx) error {
		log, meta := tx.Bucket(bucketLog), tx.Bucket(bucketMeta)
		log.FillPercent = fullPages
		last, err := metaOffset(meta, keyLast)
		if err != nil {
			return err
		}
		now := uint64(b.clock.tell().UnixMilli())
		for i, r := range recs {
			// The log's clock never goes back, whatever the machine's does.
			if now > last.Ms {
				last = headstart.Offset{Ms: now}
			} else {
				last.Seq++
			}
			offs[i] = last
			if err := log.Put(offsetKey(last), r.Data); err != nil {
				return err
			}
		}
		if err := b.addLogBytes(meta, size); err != nil {
			return err
		}
		return meta.Put(keyLast, []byte(last.String()))
	})
}

func (b *Bolt) addLogBytes(meta *bolt.Bucket, n int64) error {
	size, err := metaInt(meta, keyBytes)
	if err != nil {
		return err
	}
	b.metrics.logBytes.Set(float64(size + n))
	return meta.Put(keyBytes, strconv.AppendInt(nil, size+n, 10))
}

// LogBytes implements Store.
func (b *Bolt) LogBytes(context.Context) (n int64, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		n, err = metaInt(tx.Bucket(bucketMeta), keyBytes)
		return err
	})
	return n, err
}

// Read implements Store.
func (b *Bolt) Read(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	return b.read(ctx, bucketLog, after, max, block)
}

func (b *Bolt) read(ctx context.Context, bucket []byte, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	var late <-chan time.Time
	if block > 0 {
		t := time.NewTimer(block)
		defer t.Stop()
		late = t.C
	}
	for {
		b.mu.Lock()
		moved := b.moved // taken before looking, so that no append is missed
		b.mu.Unlock()
		found, err := b.after(bucket, after, max)
		if err != nil || len(found) > 0 || block <= 0 {
			return found, err
		}
		select {
		case <-moved:
		case <-late:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (b *Bolt) after(bucket []byte, after headstart.Offset, max int) ([]headstart.Entry, error) {
	if max <= 0 {
		max = defaultMax
	}
	var found []headstart.Entry
	err := b.view(func(tx *bolt.Tx) error {
		from := offsetKey(after)
		c := tx.Bucket(bucket).Cursor()
		k, v := c.Seek(from)
		if bytes.Equal(k, from) {
			k, v = c.Next()
		}
		for ; k != nil && len(found) < max; k, v = c.Next() {
			found = append(found, headstart.Entry{Off: keyOffset(k), Data: bytes.Clone(v)}) // bbolt's memory dies with the transaction
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", b.path, err)
	}
	return found, nil
}

// Trim implements Store.
func (b *Bolt) Trim(_ context.Context, upTo headstart.Offset) error {
	return b.metrics.seen(b.update(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		head, err := metaCursor(meta)
		if err != nil {
			return err
		}
		archived, err := metaOffset(meta, keyArchived)
		if err != nil {
			return err
		}
		upTo = earliest(upTo, head.Off, archived)
		gone := int64(0)
		c := tx.Bucket(bucketLog).Cursor()
		for k, v := c.First(); k != nil && !upTo.Before(keyOffset(k)); k, v = c.First() {
			gone += int64(len(v))
			if err := c.Delete(); err != nil {
				return err
			}
		}
		return b.addLogBytes(meta, -gone)
	}))
}

// MarkArchived implements Store.
func (b *Bolt) MarkArchived(_ context.Context, upTo headstart.Offset) error {
	return b.metrics.seen(b.update(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		old, err := metaOffset(meta, keyArchived)
		if err != nil || !old.Before(upTo) {
			return err
		}
		return meta.Put(keyArchived, []byte(upTo.String()))
	}))
}

// Archived implements Store.
func (b *Bolt) Archived(context.Context) (off headstart.Offset, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		off, err = metaOffset(tx.Bucket(bucketMeta), keyArchived)
		return err
	})
	return off, err
}

func earliest(o headstart.Offset, more ...headstart.Offset) headstart.Offset {
	for _, p := range more {
		if p.Before(o) {
			o = p
		}
	}
	return o
}

// offsetKey keeps the order of offsets in the order of bytes.
func offsetKey(o headstart.Offset) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16), o.Ms)
	return binary.BigEndian.AppendUint64(b, o.Seq)
}

func keyOffset(b []byte) headstart.Offset {
	return headstart.Offset{Ms: binary.BigEndian.Uint64(b), Seq: binary.BigEndian.Uint64(b[8:])}
}

// metaOffset, metaCursor and metaInt read what meta holds as text; nothing is zero.
func metaOffset(meta *bolt.Bucket, key []byte) (headstart.Offset, error) {
	v := meta.Get(key)
	if v == nil {
		return headstart.Offset{}, nil
	}
	return headstart.ParseOffset(string(v))
}

func metaCursor(meta *bolt.Bucket) (headstart.Cursor, error) {
	v := meta.Get(keyCursor)
	if v == nil {
		return headstart.Cursor{}, nil
	}
	return headstart.ParseCursor(string(v))
}

func metaInt(meta *bolt.Bucket, key []byte) (int64, error) {
	v := meta.Get(key)
	if v == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s of the store: %w", key, err)
	}
	return n, nil
}
