package store

import (
	"context"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"headstart"
)

// feedRead is how many bytes of the feed an embedded store keeps of what its reader has
// passed: the file is one process's, which begins anew with the tables when it opens it,
// and what is kept takes room on disk and in the memory the file is mapped to.
const feedRead = 1 << 20

// fed is what an open store knows of its feed.
type fed struct {
	opened uint64        // newest entry when the file was opened: nobody reads on from one so old
	read   atomic.Uint64 // newest entry that a reader went on from
	bytes  atomic.Int64  // of the entries since opened that are still there
}

func (f *fed) passed(after headstart.Offset) {
	for {
		read := f.read.Load()
		if after.Ms <= read || f.read.CompareAndSwap(read, after.Ms) {
			return
		}
	}
}

// spare reports whether an entry is one too many when n is the newest.
func (f *fed) spare(entry, n uint64, bytes int64) bool {
	return entry <= f.opened || n-entry >= feedMax || bytes > feedRead && entry <= f.read.Load()
}

// publish adds an entry to the feed and takes some off that nobody needs.
func (b *Bolt) publish(tx *bolt.Tx, data []byte) error {
	const atOnce = 8 // that go for one that comes
	feed := tx.Bucket(bucketFeed)
	n, err := feed.NextSequence()
	if err != nil {
		return err
	}
	feed.FillPercent = fullPages
	if err := feed.Put(offsetKey(headstart.Offset{Ms: n}), data); err != nil {
		return err
	}
	grown, held := int64(len(data)), b.fed.bytes.Load()
	c := feed.Cursor()
	for range atOnce {
		k, v := c.First()
		entry := keyOffset(k).Ms
		if entry == n || !b.fed.spare(entry, n, held+grown) {
			break
		}
		if entry > b.fed.opened {
			grown -= int64(len(v))
		}
		if err := c.Delete(); err != nil {
			return err
		}
	}
	tx.OnCommit(func() { b.fed.bytes.Add(grown) })
	return nil
}

// Feed implements Store.
func (b *Bolt) Feed(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error) {
	b.fed.passed(after)
	return b.read(ctx, bucketFeed, after, max, block)
}

// FeedHead implements Store.
func (b *Bolt) FeedHead(context.Context) (off headstart.Offset, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		off.Ms = tx.Bucket(bucketFeed).Sequence()
		return nil
	})
	return off, err
}

// TrimFeed implements Store.
func (b *Bolt) TrimFeed(_ context.Context, before time.Time) error {
	return b.metrics.seen(b.update(func(tx *bolt.Tx) error {
		gone := int64(0)
		tx.OnCommit(func() { b.fed.bytes.Add(-gone) })
		c := tx.Bucket(bucketFeed).Cursor()
		for k, v := c.First(); k != nil; k, v = c.First() {
			old, err := feedBefore(v, before)
			if err != nil || !old {
				return err
			}
			if keyOffset(k).Ms > b.fed.opened {
				gone += int64(len(v))
			}
			if err := c.Delete(); err != nil {
				return err
			}
		}
		return nil
	}))
}

// feedEnd is the newest entry of a feed.
func feedEnd(db *bolt.DB) (n uint64, err error) {
	err = db.View(func(tx *bolt.Tx) error {
		n = tx.Bucket(bucketFeed).Sequence()
		return nil
	})
	return n, err
}
