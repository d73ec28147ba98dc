package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"headstart"
)

// BoltOptions are the settings of an embedded store. The zero value is what
// production uses, without metrics.
type BoltOptions struct {
	// NoSync leaves writing to the operating system: tests only, a power loss
	// then loses and may damage.
	NoSync bool

	// MaxBytes bounds what observations may fill of the file: they are refused from nine
	// tenths of it on. Commands and commits go on beyond, or what was accepted could not
	// be decided any more; the disk alone stops them. Zero: the disk bounds all.
	MaxBytes int64

	// Installation is the id this machine has; empty takes the store's.
	Installation string

	// Now stamps the log; nil: this machine's clock. A demonstration has a faster one.
	// Leases, which say who is alive, always run on the machine's.
	Now func() time.Time

	Logger     *slog.Logger          // nil: silent
	Registerer prometheus.Registerer // nil: no metrics
}

// Bolt keeps everything in one file, with side texts and shelves in folders beside it.
// The file's lock makes a second process impossible, and works inside
// testing/synctest bubbles. It is made by OpenBolt.
type Bolt struct {
	db      *bolt.DB
	path    string
	max     int64
	page    int // bytes of a page; asking a closed database would panic
	texts   *textFiles
	shelves *shelfFiles
	inc     string // random: another at each open
	clock   *steady
	metrics *metrics
	full    fullness
	walled  atomic.Bool           // the last write found no room, whatever the disk says it has
	broken  atomic.Pointer[error] // why the last write failed, if the disk takes none; nil: it takes them
	fed     fed
	outbox  outbox
	company // who attends

	mu    sync.Mutex
	moved chan struct{} // closed and replaced on every append and commit

	readers sync.RWMutex // held for reading by every read transaction; see Scrub
	opened  time.Time
	copied  atomic.Int64 // when the newest copy was made, Unix nanoseconds; zero: there is none
}

var (
	bucketLog    = []byte("log")    // offset: data
	bucketFeed   = []byte("feed")   // running number, as an offset: data
	bucketMeta   = []byte("meta")   // name: text
	bucketOutbox = []byte("outbox") // id: due, data
	bucketDue    = []byte("due")    // due, id: nothing

	keyLease    = []byte("lease") // see lease
	keyEpoch    = []byte("epoch")
	keyNonce    = []byte("nonce")
	keyCursor   = []byte("cursor")
	keyLast     = []byte("last")     // newest offset ever given out
	keyBytes    = []byte("bytes")    // sum of the log's data
	keyArchived = []byte("archived") // newest offset in the archive
	keySchema   = []byte("schema")
	keyReader   = []byte("min_reader")
	keyInstall  = []byte("installation")
)

// ErrInUse is the refusal of an embedded store that another process has open.
// What to do depends on who asks, so the caller names the remedy.
var ErrInUse = errors.New("another headstart has it open")

// OpenBolt opens or creates the store at path, a file such as
// data/headstart.db. It fails with ErrInUse if another process has it open, with
// ErrRefused if it is of a newer version or of another installation, and with ErrDamaged
// if it is not whole.
func OpenBolt(path string, o BoltOptions) (*Bolt, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := inspectAlone(path); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout:        time.Second,
		FreelistType:   bolt.FreelistMapType,
		NoFreelistSync: true,
		NoSync:         o.NoSync,
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("open store %s: %w", path, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, boltErr(err))
	}
	b := &Bolt{db: db, path: path, max: o.MaxBytes, page: db.Info().PageSize, inc: random(), opened: time.Now(), metrics: newMetrics(o.Registerer), moved: make(chan struct{})}
	err = db.Update(func(tx *bolt.Tx) error { return prepareBolt(tx, path, o.Installation) })
	if err == nil {
		err = db.View(func(tx *bolt.Tx) error {
			last, err := metaOffset(tx.Bucket(bucketMeta), keyLast)
			b.clock = newSteady(o.Now, last.At(), o.Logger)
			return err
		})
	}
	if err == nil {
		b.fed.opened, err = feedEnd(db)
	}
	if err == nil {
		b.texts, err = openTextFiles(strings.TrimSuffix(path, filepath.Ext(path))+".text", o.NoSync)
	}
	if err == nil {
		b.shelves, err = openShelfFiles(strings.TrimSuffix(path, filepath.Ext(path)) + ".shelf")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, boltErr(err)), db.Close())
	}
	b.metrics.up.Set(1)
	if info, err := os.Stat(copiesOf(path)[0]); err == nil {
		b.copied.Store(info.ModTime().UnixNano())
	}
	if o.Registerer != nil {
		o.Registerer.MustRegister(copyAge{b})
	}
	if o.Logger != nil {
		o.Logger.With("component", "store").Info("store opened", "subject", path)
	}
	return b, nil
}

func prepareBolt(tx *bolt.Tx, path, installation string) error {
	for _, name := range [][]byte{bucketLog, bucketFeed, bucketMeta, bucketOutbox, bucketDue} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	meta := tx.Bucket(bucketMeta)
	wanted, err := metaInt(meta, keyReader)
	if err != nil {
		return err
	}
	if err := checkReader(path, int(wanted)); err != nil {
		return err
	}
	if meta.Get(keyInstall) == nil {
		if installation == "" {
			installation = random()
		}
		if err := meta.Put(keyInstall, []byte(installation)); err != nil {
			return err
		}
	}
	if err := checkInstallation(path, string(meta.Get(keyInstall)), installation); err != nil {
		return err
	}
	// The lock proves that the last holder is gone. Without this a restart would
	// wait for its own lease, and a clock set back could keep everybody out for
	// as long.
	return errors.Join(
		meta.Delete(keyLease),
		meta.Put(keySchema, []byte(strconv.Itoa(schema))),
		meta.Put(keyReader, []byte(strconv.Itoa(minReader))),
	)
}

// Close releases the file. It waits for running transactions.
func (b *Bolt) Close() error { return b.db.Close() }

// Incarnation is random for each time the file is opened: nothing is lost
// while it stays open.
func (b *Bolt) Incarnation(context.Context) (string, error) { return b.inc, nil }

// Mend implements Store: nothing takes the place of a file while it is open.
func (b *Bolt) Mend(context.Context) (int, error) { return 0, nil }

// Now is this machine's clock, or BoltOptions.Now, except while that was set back.
func (b *Bolt) Now(context.Context) (time.Time, error) { return b.clock.tell().UTC(), nil }

// Installation implements Store.
func (b *Bolt) Installation(context.Context) (id string, err error) {
	err = b.view(func(tx *bolt.Tx) error {
		id = string(tx.Bucket(bucketMeta).Get(keyInstall))
		return nil
	})
	return id, err
}

// Room is the share of the file's limit, or of the disk as far as this file may
// grow, that data takes.
func (b *Bolt) Room(context.Context) (float64, error) {
	fi, err := os.Stat(b.path)
	if err != nil {
		return 0, fmt.Errorf("measure %s: %w", b.path, err)
	}
	size, used := float64(fi.Size()), 0.0
	if err := b.view(func(tx *bolt.Tx) error {
		// Not of the file: bbolt lets that grow ahead of what it uses.
		used = float64(tx.Size() - int64(b.db.Stats().FreePageN*b.page))
		return nil
	}); err != nil {
		return 0, fmt.Errorf("measure %s: %w", b.path, err)
	}
	ratio := 0.0
	if free, ok := diskFree(b.path); ok {
		ratio = used / (size + free)
	}
	if b.max > 0 {
		ratio = max(ratio, used/float64(b.max))
	}
	if b.walled.Load() { // a quota, or a limit of the process: nobody tells of those before
		ratio = max(ratio, 1)
	}
	b.metrics.room.Set(ratio)
	return ratio, nil
}

// Texts implements Store.
func (b *Bolt) Texts(_ context.Context, kind string, keys []string) (map[string]string, error) {
	return b.texts.read(kind, keys)
}

// SweepText implements Store.
func (b *Bolt) SweepText(_ context.Context, now time.Time) error { return b.texts.sweep(now) }

// DropText implements Store.
func (b *Bolt) DropText(_ context.Context, keys []string) error { return b.texts.drop(keys) }

// FindText implements Store.
func (b *Bolt) FindText(_ context.Context, match func(string) bool) ([]string, error) {
	return b.texts.find(match)
}

// ShelfGet implements Store.
func (b *Bolt) ShelfGet(_ context.Context, shelf, key string) ([]byte, error) {
	return b.shelves.get(shelf, key)
}

// ShelfSwap implements Store.
func (b *Bolt) ShelfSwap(_ context.Context, shelf, key string, before, after []byte) (bool, error) {
	return b.shelves.swap(shelf, key, before, after)
}

// ShelfScan implements Store.
func (b *Bolt) ShelfScan(_ context.Context, shelf string, fn func(string, []byte) error) error {
	return b.shelves.scan(shelf, fn)
}

func (b *Bolt) view(fn func(*bolt.Tx) error) error {
	b.readers.RLock()
	defer b.readers.RUnlock()
	err := boltErr(b.db.View(fn))
	if err == nil && b.broken.Load() != nil {
		return nil // what can be read says nothing of writing
	}
	return b.metrics.seen(err)
}

// Writable says why the disk takes no writes, by the last of them; nil: it does. The lease
// is written every second or so, so it is known soon when it takes them again.
func (b *Bolt) Writable(context.Context) error {
	if err := b.broken.Load(); err != nil {
		return fmt.Errorf("write to %s: %w", b.path, *err)
	}
	return nil
}

func (b *Bolt) update(fn func(*bolt.Tx) error) error {
	err := boltErr(b.db.Update(fn))
	b.wrote(err)
	return err
}

// wrote notes what became of a write.
func (b *Bolt) wrote(err error) {
	b.walled.Store(errors.Is(err, headstart.ErrFull))
	switch {
	case errors.Is(err, headstart.ErrDown):
		b.broken.Store(&err)
	case err == nil: // another error may have come before anything was written
		b.broken.Store(nil)
	}
}

// wake lets readers look again.
func (b *Bolt) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.moved)
	b.moved = make(chan struct{})
}

// growFailed is how bbolt begins to say that the file could not become larger; it leaves
// out why, and there is no reason but room.
const growFailed = "file resize error"

// boltErr maps what callers branch on.
func boltErr(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG), strings.HasPrefix(err.Error(), growFailed):
		return fmt.Errorf("%w: %w; free some disk", headstart.ErrFull, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w; dmesg says why: check the file system and remount it rw", headstart.ErrDown, err)
	case errors.Is(err, berrors.ErrDatabaseNotOpen), errors.Is(err, syscall.EIO):
		return fmt.Errorf("%w: %w", headstart.ErrDown, err)
	}
	return err
}
