// Package store keeps everything that must survive a crash: the log, the text
// beside it, the lease, the state tables, the outbox and the change feed.
//
// What Append returned is durable at the configured level, and a commit makes
// state, cursor, outbox and feed visible together or not at all. Two backends
// keep one contract: Bolt, one file for one process, and Redis, one server or a
// cluster for any number of processes; conformance_test.go is the contract.
package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"headstart"
)

// Store is what both backends offer. All methods are safe for concurrent use.
// Any of them may fail with headstart.ErrDown, wrapped with the address.
type Store interface {
	// Append adds records in order, all or none, with their side texts, and
	// returns where each stands. It fails with ErrFull when there is no room; a
	// failed append may still have happened, so senders must be idempotent. What
	// another process said a moment ago is not added (headstart.Once); a store of one
	// process need not look, for its only writer knows what it wrote.
	Append(ctx context.Context, recs []headstart.Append) ([]headstart.Offset, error)

	// Read returns at most max records after after, oldest first. If there are
	// none it waits up to block for one; nothing by then is no error.
	Read(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error)

	// Trim drops the records up to upTo, but none that is not committed or not
	// archived yet (MarkArchived).
	Trim(ctx context.Context, upTo headstart.Offset) error

	// MarkArchived says that all records up to upTo are in the archive, durably.
	// It never moves back.
	MarkArchived(ctx context.Context, upTo headstart.Offset) error
	Archived(ctx context.Context) (headstart.Offset, error)

	// Acquire takes the lease for ttl if nobody holds it. Load state after it:
	// before, the old holder may still commit.
	Acquire(ctx context.Context, owner string, ttl time.Duration) (headstart.Token, bool, error)
	Renew(ctx context.Context, t headstart.Token, ttl time.Duration) error // ErrFenced

	// Barrier renews the lease and returns once everything committed before it is on a
	// replica, where there are any: what is sent after it no failover takes back.
	// ErrUnconfirmed: no replica said so in half a second. ErrFenced as of Renew; ErrGap
	// as of Commit: another server answers, which may not have what was committed.
	Barrier(ctx context.Context, t headstart.Token, ttl time.Duration) error
	Release(ctx context.Context, t headstart.Token) error // ErrFenced

	// Commit applies b whole or not at all. ErrFenced: somebody else leads, stop.
	// ErrGap: the store is not what the engine loaded; release, acquire, load
	// again. Repeating a commit that succeeded is a success.
	Commit(ctx context.Context, b headstart.Batch) error

	// Head is the committed cursor.
	Head(ctx context.Context) (headstart.Cursor, error)

	Get(ctx context.Context, table, key string) ([]byte, error) // nil: no such row
	// Scan calls fn once for each row of table, in no order. fn must be quick and
	// must not call the store. A value is fn's until it returns: the next one stands in
	// its place.
	Scan(ctx context.Context, table string, fn func(headstart.Row) error) error

	// Due returns at most max messages of the outbox due at now, earliest first.
	Due(ctx context.Context, now time.Time, max int) ([]headstart.Owed, error)

	// Feed reads the change feed as Read does the log. Its offsets are running
	// numbers: Ms of one entry is one more than that of the entry before it, so a
	// reader sees when it has lost its place. FeedHead is the newest entry's.
	Feed(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error)
	FeedHead(ctx context.Context) (headstart.Offset, error)

	// Incarnation names the life of the server the data is in: while it is equal,
	// nothing was lost. Now is the clock that stamps the log. Installation is the
	// random id written at the first start.
	Incarnation(ctx context.Context) (string, error)
	Now(ctx context.Context) (time.Time, error)
	Installation(ctx context.Context) (string, error)

	// Mend puts back what this process appended in the last minute and the server does
	// not have, which happens when a replica takes the place of one that died; it
	// returns how many records that were. What is put back stands later in the log than
	// it did, and before what this process appends next. Call it about once a second; it costs one small question while nothing
	// happened.
	Mend(ctx context.Context) (int, error)

	// Texts returns the side texts of kind still kept, by key. SweepText deletes
	// every text whose last day (UTC) is before now's, whole files or hashes at
	// a time, so that no copy stays behind; call it at least once a day.
	Texts(ctx context.Context, kind string, keys []string) (map[string]string, error)
	SweepText(ctx context.Context, now time.Time) error

	// DropText deletes the side texts of keys, of every kind and every version, at
	// once. FindText returns the keys of all side texts, of any version, that match;
	// match must be quick and must not call the store.
	DropText(ctx context.Context, keys []string) error
	FindText(ctx context.Context, match func(text string) bool) ([]string, error)

	// A shelf keeps values beside the log that no export, archive or feed ever holds,
	// such as sealed subscriptions. ShelfGet returns nil if nothing stands there.
	// ShelfSwap puts after where before stood, and reports false, having changed
	// nothing, if something else does; a nil before means nothing, a nil after takes
	// the value off, and its bytes leave the disk as a dropped text's do (ruling 7).
	// ShelfScan calls fn once for each value, in no order; one that is swapped
	// meanwhile may be seen as it was.
	ShelfGet(ctx context.Context, shelf, key string) ([]byte, error)
	ShelfSwap(ctx context.Context, shelf, key string, before, after []byte) (bool, error)
	ShelfScan(ctx context.Context, shelf string, fn func(key string, val []byte) error) error

	// Attend says that the replica called name lives, for ttl from now, and returns the
	// names of all that live, in order; with a ttl of zero it leaves. Say keeps what a
	// replica that lives has to tell the others, and Said returns it; nil: nothing.
	Attend(ctx context.Context, name string, ttl time.Duration) ([]string, error)
	Say(ctx context.Context, name string, said []byte) error
	Said(ctx context.Context, name string) ([]byte, error)

	// TrimFeed drops the entries of the feed from before a time. A reader that was
	// behind them has lost its place and reads the tables again.
	TrimFeed(ctx context.Context, before time.Time) error

	// Scrub makes what was deleted leave the disk too, as far as this store has a say
	// in that: an embedded one overwrites the pages it has freed, Redis is asked to
	// rewrite its append-only file. Call it once a day, and after an Erase.
	Scrub(ctx context.Context) error

	// Room is how full the store is, 0 to 1; 0 if it has no limit. LogBytes is
	// about how much the log takes.
	Room(ctx context.Context) (float64, error)
	LogBytes(ctx context.Context) (int64, error)

	Close() error

	// verify reports what only the backend can see to be wrong.
	verify(ctx context.Context) ([]string, error)
}

const (
	// schema is the layout this program writes; it reads stores whose min_reader
	// is at most that (ruling 12).
	schema    = 1
	minReader = 1

	// feedMax is roughly how many entries of the feed are kept.
	feedMax = 10000

	// fullAt is the share of room in use from which observations are refused
	// (ruling 12). What is left is for the engine to go on deciding and telling.
	fullAt = 0.9

	// roomEvery is how often the room is measured while appends come in.
	roomEvery = time.Second

	// defaultMax is how many entries a read returns when the caller does not say.
	defaultMax = 256
)

var (
	tableName = regexp.MustCompile(`^[a-z][a-z_]*$`)
	reserved  = []string{"meta", "lease", "log", "feed", "outbox", "text", "shelf", "replicas", "said"}
)

// validate refuses a batch no backend could apply whole: a script in Redis does
// not roll back, so nothing unknown may reach it.
func validate(b headstart.Batch) error {
	if b.Next.Compare(b.Prev) < 0 {
		return fmt.Errorf("commit from %s to %s: a cursor never goes back", b.Prev, b.Next)
	}
	for _, op := range b.Ops {
		if op.Kind != headstart.Put && op.Kind != headstart.Delete {
			return fmt.Errorf("commit: unknown operation %q on %s/%s", op.Kind, op.Table, op.Key)
		}
		if err := checkTable(op.Table); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		if op.Key == "" {
			return fmt.Errorf("commit: a row of %s has no key", op.Table)
		}
	}
	for _, m := range b.Out {
		if m.ID == "" {
			return errors.New("commit: a message of the outbox has no id")
		}
	}
	return nil
}

func checkTable(name string) error {
	if !tableName.MatchString(name) || slices.Contains(reserved, name) {
		return fmt.Errorf("%q cannot be the name of a table", name)
	}
	return nil
}

// checkReader compares what a store asks of its readers with what we are.
func checkReader(place string, wanted int) error {
	if wanted > schema {
		return fmt.Errorf("%w: %s was written by a newer headstart (it needs a reader of schema %d, this one reads %d); start that version again, or restore a copy from before the upgrade",
			headstart.ErrRefused, place, wanted, schema)
	}
	return nil
}

// checkInstallation compares the id a store holds with the one this machine has.
func checkInstallation(place, stored, ours string) error {
	if ours != "" && stored != ours {
		return fmt.Errorf("%w: %s belongs to installation %s, this one is %s; use another store.prefix or store.db, or remove the file installation in data_dir if this machine is to join it",
			headstart.ErrRefused, place, stored, ours)
	}
	return nil
}

// isObservation reports whether records of kind are refused when room is short.
func isObservation(kind string) bool {
	switch kind {
	case "alert", "refresh", "check", "ticket", "maintenance", "silence", "confirm":
		return true
	}
	return false
}

// random returns 64 random bits in hexadecimal.
func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

// textDay is the last day, in UTC, of a text kept until t.
func textDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

var textKind = regexp.MustCompile(`^[a-z]+$`)

func checkText(t headstart.SideText) error {
	switch {
	case !textKind.MatchString(t.Kind):
		return fmt.Errorf("side text: %q is no kind; use title or text", t.Kind)
	case t.Key == "":
		return errors.New("side text without a key")
	case t.Until.IsZero():
		return fmt.Errorf("side text of %s is to be kept until no time at all", t.Key)
	}
	return nil
}
