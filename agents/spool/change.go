package spool

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"headstart"
)

// headLen is what stands before the data of an entry: when it was kept, and whether
// it is raw.
const headLen = 9

func keptAt(v []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(v))).UTC() //nolint:gosec // written from an int64
}

// stateOf takes a row of state apart.
func stateOf(v []byte) (mark string, data []byte) {
	n := int(binary.BigEndian.Uint32(v))
	return string(v[4 : 4+n]), v[4+n:]
}

// change is one transaction under way, with the figures it leads to.
type change struct {
	tx     *bolt.Tx
	status Status
	kept   int
}

// keep keeps one item, if it is news and there is room.
func (c *change) keep(it Item, most int64) error {
	states := c.tx.Bucket(bucketState)
	if it.Key != "" {
		if v := states.Get([]byte(it.Key)); v != nil {
			if mark, _ := stateOf(v); mark == it.Mark {
				return nil
			}
		}
	}
	if fits, err := c.makeRoom(int64(headLen+len(it.Data)), most); err != nil {
		return err
	} else if !fits && it.Raw {
		return c.count(1)
	} else if !fits {
		return fmt.Errorf("%w: %d entries of %d bytes wait for the upstream; raise upstream.spool, or repair the line", headstart.ErrFull, c.status.Entries, c.status.Bytes)
	}
	if it.Key != "" {
		row := binary.BigEndian.AppendUint32(nil, uint32(len(it.Mark))) //nolint:gosec // a mark is short
		row = append(append(row, it.Mark...), it.Data...)
		if err := states.Put([]byte(it.Key), row); err != nil {
			return err
		}
	}
	return c.put(it)
}

// makeRoom drops the oldest raw entries until size fits; it reports whether it does.
func (c *change) makeRoom(size, most int64) (bool, error) {
	queue, raw := c.tx.Bucket(bucketQueue), c.tx.Bucket(bucketRaw).Cursor()
	for c.status.Bytes+size > most {
		k, _ := raw.First()
		if k == nil {
			return false, nil
		}
		if err := c.drop(k, queue.Get(k)); err != nil {
			return false, err
		}
		if err := c.count(1); err != nil {
			return false, err
		}
	}
	return true, nil
}

// count notes that raw entries gave way.
func (c *change) count(n uint64) error {
	c.status.Dropped += n
	return c.tx.Bucket(bucketMeta).Put(keyDropped, key(c.status.Dropped))
}

func (c *change) put(it Item) error {
	queue := c.tx.Bucket(bucketQueue)
	queue.FillPercent = 0.95 // keys only ever grow
	seq, err := queue.NextSequence()
	if err != nil {
		return err
	}
	v := binary.BigEndian.AppendUint64(make([]byte, 0, headLen+len(it.Data)), uint64(time.Now().UnixNano())) //nolint:gosec // after 1970
	v = append(v, flag(it.Raw))
	v = append(v, it.Data...)
	if err := queue.Put(key(seq), v); err != nil {
		return err
	}
	c.kept++
	c.status.Last = seq
	c.status.Entries++
	c.status.Bytes += int64(len(v))
	if it.Raw {
		return c.tx.Bucket(bucketRaw).Put(key(seq), nil)
	}
	return nil
}

// drop removes the entry of k, whose value is v.
func (c *change) drop(k, v []byte) error {
	k = bytes.Clone(k) // it may point into the very page that changes
	c.status.Entries--
	c.status.Bytes -= int64(len(v))
	if v[headLen-1] == flag(true) {
		if err := c.tx.Bucket(bucketRaw).Delete(k); err != nil {
			return err
		}
	}
	return c.tx.Bucket(bucketQueue).Delete(k)
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}
