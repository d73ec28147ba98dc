// Package spool keeps what a site agent found out until its upstream has it.
//
// What Append returned is on disk: each append is one transaction of one file,
// synced before it returns, so a crash loses nothing that was accepted. Entries are
// numbered in the order they came and are given back oldest first; a number is never
// used twice. The room is bounded: when it runs out the oldest raw entries give way,
// and what is not raw is refused rather than dropped.
package spool

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"headstart"
)

// Options of a Spool.
type Options struct {
	// MaxBytes bounds what waits, in bytes of entries; zero: 64 MiB. The file may
	// become about three times as large.
	MaxBytes int64

	NoSync bool // leave writing to the operating system: tests only
}

// Item is one thing to keep.
type Item struct {
	Data []byte

	// Raw gives way when room is short: an answer nobody waits for any more.
	Raw bool

	// Key is what the item is the newest state of; empty: of nothing. An item whose
	// Mark is that of the newest state of its Key says nothing new and is left out.
	Key, Mark string
}

// Entry is one item as it waits.
type Entry struct {
	Seq  uint64
	At   time.Time // when it was kept
	Data []byte
}

// Status says how much waits.
type Status struct {
	Name    string    // random, made with the file
	Entries int       // that wait
	Bytes   int64     // of them
	Oldest  time.Time // of them; zero: none waits
	Last    uint64    // number of the newest entry ever kept
	Done    uint64    // number of the newest entry the upstream is known to have
	Dropped uint64    // raw entries that gave way, ever
	Full    bool      // the last item that is not raw was refused
}

// Spool is one file. Its methods are safe for concurrent use.
type Spool struct {
	db  *bolt.DB
	max int64

	mu     sync.Mutex
	status Status
	news   chan struct{} // closed and replaced when something was kept
}

// ErrInUse is the refusal of a file that another process has open.
var ErrInUse = errors.New("another headstart has it open")

var (
	bucketQueue = []byte("queue") // number: time in ns, flag raw, data
	bucketRaw   = []byte("raw")   // numbers of raw entries
	bucketState = []byte("state") // key: length of mark, mark, data
	bucketMeta  = []byte("meta")

	keyName    = []byte("name")
	keyDone    = []byte("done")
	keyDropped = []byte("dropped")
)

// defaultMax is what Options leave out.
const defaultMax = 64 << 20

// Open opens or creates the spool at path. A file that is no spool any more (the
// power failed at a bad moment) is moved aside and told as moved, and a new one begun:
// nobody is at the site to repair it.
func Open(path string, o Options) (s *Spool, moved string, err error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMax
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, "", fmt.Errorf("open spool %s: %w; set data_dir to a folder that this user may write", path, err)
	}
	s, err = open(path, o)
	if damaged(err) {
		moved = path + ".bad-" + time.Now().UTC().Format("20060102T150405")
		if err := os.Rename(path, moved); err != nil {
			return nil, "", fmt.Errorf("open spool %s: %w", path, err)
		}
		s, err = open(path, o)
	}
	if err != nil {
		return nil, moved, fmt.Errorf("open spool %s: %w", path, err)
	}
	return s, moved, nil
}

func damaged(err error) bool {
	return errors.Is(err, berrors.ErrInvalid) || errors.Is(err, berrors.ErrChecksum) || errors.Is(err, berrors.ErrVersionMismatch)
}

func open(path string, o Options) (*Spool, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: time.Second, FreelistType: bolt.FreelistMapType, NoFreelistSync: true, NoSync: o.NoSync,
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%w; stop that one, or give this one a data_dir of its own", ErrInUse)
	}
	if err != nil {
		return nil, err
	}
	s := &Spool{db: db, max: o.MaxBytes, news: make(chan struct{})}
	if err := db.Update(s.prepare); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// prepare makes the buckets, and reads how much waits.
func (s *Spool) prepare(tx *bolt.Tx) error {
	for _, name := range [][]byte{bucketQueue, bucketRaw, bucketState, bucketMeta} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	meta, queue := tx.Bucket(bucketMeta), tx.Bucket(bucketQueue)
	if meta.Get(keyName) == nil {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
		if err := meta.Put(keyName, []byte(hex.EncodeToString(b[:]))); err != nil {
			return err
		}
	}
	s.status = Status{Name: string(meta.Get(keyName)), Last: queue.Sequence(), Done: number(meta.Get(keyDone)), Dropped: number(meta.Get(keyDropped))}
	return queue.ForEach(func(_, v []byte) error {
		s.status.Entries++
		s.status.Bytes += int64(len(v))
		if s.status.Oldest.IsZero() {
			s.status.Oldest = keptAt(v)
		}
		return nil
	})
}

// Close closes the file.
func (s *Spool) Close() error { return s.db.Close() }

// Status returns how much waits.
func (s *Spool) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// News returns a channel that is closed when the next entry is kept.
func (s *Spool) News() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news
}

// Append keeps items, all or none but for raw ones that find no room, and returns
// how many were news. It fails with headstart.ErrFull when items that are not raw
// find no room.
func (s *Spool) Append(items []Item) (kept int, err error) {
	return s.change(func(c *change) error {
		for _, it := range items {
			if err := c.keep(it, s.max); err != nil {
				return err
			}
		}
		return nil
	})
}

// Restate keeps the newest state of every key once more, for an upstream that has
// forgotten it and knows of nothing beyond the number done. It takes what room it
// needs: there are no more keys than probes.
func (s *Spool) Restate(done uint64) (kept int, err error) {
	return s.change(func(c *change) error {
		c.status.Done = done
		if err := c.tx.Bucket(bucketMeta).Put(keyDone, key(done)); err != nil {
			return err
		}
		return c.tx.Bucket(bucketState).ForEach(func(_, v []byte) error {
			_, data := stateOf(v)
			return c.put(Item{Data: data})
		})
	})
}

// Forget drops the newest state of every key that known does not name.
func (s *Spool) Forget(known map[string]bool) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketState).Cursor()
		for k, _ := c.First(); k != nil; {
			if known[string(k)] {
				k, _ = c.Next()
				continue
			}
			gone := bytes.Clone(k)
			if err := c.Delete(); err != nil {
				return err
			}
			k, _ = c.Seek(gone)
		}
		return nil
	})
}

// Peek returns the oldest entries, at most count and about size bytes of them, but
// one in any case.
func (s *Spool) Peek(count, size int) ([]Entry, error) {
	var out []Entry
	err := s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketQueue).Cursor()
		for k, v := c.First(); k != nil && len(out) < count; k, v = c.Next() {
			if size -= len(v); size < 0 && len(out) > 0 {
				return nil
			}
			out = append(out, Entry{Seq: number(k), At: keptAt(v), Data: bytes.Clone(v[headLen:])}) // bbolt's memory dies with the transaction
		}
		return nil
	})
	return out, err
}

// Done drops all entries up to the number seq.
func (s *Spool) Done(seq uint64) error {
	_, err := s.change(func(c *change) error {
		queue := c.tx.Bucket(bucketQueue).Cursor()
		for k, v := queue.First(); k != nil && number(k) <= seq; k, v = queue.First() {
			if err := c.drop(k, v); err != nil {
				return err
			}
		}
		if seq <= c.status.Done {
			return nil
		}
		c.status.Done = seq
		return c.tx.Bucket(bucketMeta).Put(keyDone, key(seq))
	})
	return err
}

// change runs one transaction and, once it is on disk, takes its figures over.
func (s *Spool) change(fn func(*change) error) (kept int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &change{status: s.status}
	err = s.db.Update(func(tx *bolt.Tx) error {
		c.tx = tx
		if err := fn(c); err != nil {
			return err
		}
		k, v := tx.Bucket(bucketQueue).Cursor().First()
		c.status.Oldest = time.Time{}
		if k != nil {
			c.status.Oldest = keptAt(v)
		}
		return nil
	})
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("%w: %w; free some disk", headstart.ErrFull, err)
	}
	if err != nil {
		s.status.Full = s.status.Full || errors.Is(err, headstart.ErrFull)
		return 0, err
	}
	s.status = c.status
	if c.kept > 0 {
		s.status.Full = false
		close(s.news)
		s.news = make(chan struct{})
	}
	return c.kept, nil
}

// key keeps the order of numbers in the order of bytes.
func key(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func number(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}
