package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"headstart"
)

// KeeperOptions are what a Keeper needs.
type KeeperOptions struct {
	Store   Store
	Archive *Archive

	Keep        time.Duration // of records in the log: store.keep
	MaxBytes    int64         // of the log; more shortens Keep: store.max_bytes; zero: no bound
	ArchiveKeep time.Duration // archive.keep

	Leading func() bool // whether this process holds the lease: one writer
	Logger  *slog.Logger
}

// Keeper keeps the store small: it archives, trims, and deletes side texts
// whose day is past.
type Keeper struct {
	o      KeeperOptions
	logger *slog.Logger

	mu       sync.Mutex // one turn, or Erase, at a time
	swept    time.Time
	scrubbed time.Time
}

const (
	keepEvery  = time.Minute
	sweepEvery = time.Hour
	scrubEvery = 24 * time.Hour
	copyEvery  = time.Hour

	// keepLeast is what stays in the log whatever MaxBytes says.
	keepLeast = time.Minute

	// crowdedAt is the share of room in use from which the log is kept shorter.
	crowdedAt = 0.8

	// archiveEvery bounds how many files an archive is made of, archiveRecords
	// and archiveBytes how much memory making one takes.
	archiveEvery   = time.Hour
	archiveRecords = 20_000
	archiveBytes   = 32 << 20
)

// NewKeeper returns a Keeper.
func NewKeeper(o KeeperOptions) *Keeper {
	return &Keeper{o: o, logger: o.Logger.With("component", "store")}
}

// Run keeps house once a minute, while this process leads, until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if !k.o.Leading() {
			continue
		}
		if err := k.Turn(ctx); err != nil && ctx.Err() == nil {
			k.logger.Warn("the store was not tidied", "err", err)
		}
	}
}

// Turn does what is due once.
func (k *Keeper) Turn(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, err := k.o.Store.Now(ctx)
	if err != nil {
		return err
	}
	// Text first: it must go even if the archive's disk is full.
	if now.Sub(k.swept) >= sweepEvery {
		if err := k.o.Store.SweepText(ctx, now); err != nil {
			return err
		}
		if err := k.o.Store.TrimFeed(ctx, now.Add(-k.o.Keep)); err != nil {
			return err
		}
		if err := k.o.Archive.Prune(now.Add(-k.o.ArchiveKeep)); err != nil {
			return fmt.Errorf("prune the archive: %w", err)
		}
		k.swept = now
	}
	crowded, err := k.crowded(ctx)
	if err != nil {
		return err
	}
	if err := k.archive(ctx, now, crowded); err != nil {
		return err
	}
	if err := k.trim(ctx, now); err != nil {
		return err
	}
	if now.Sub(k.scrubbed) >= scrubEvery {
		if err := k.o.Store.Scrub(ctx); err != nil { // after all that deletes
			return err
		}
		k.scrubbed = now
	}
	return k.copy(ctx)
}

// copier is a store that is one file, of which copies are kept beside it.
type copier interface {
	Copy(ctx context.Context) error
	Copied() time.Time // of the newest; zero: there is none
	DropCopies() error
}

// copy copies the store once an hour, if it is one that can be copied.
func (k *Keeper) copy(ctx context.Context) error {
	c, ok := k.o.Store.(copier)
	if !ok {
		return nil
	}
	// A copy of tomorrow is one of a clock that was wrong.
	if age := time.Since(c.Copied()); age >= 0 && age < copyEvery {
		return nil
	}
	return c.Copy(ctx)
}

// Erase lets what e names leave the log, the feed and the archive at once. The engine
// must have applied all of it, and what it was told to forget; what is committed goes
// into the archive, and the log and the feed give it up. It may be called again: it
// then finds less.
func (k *Keeper) Erase(ctx context.Context, e *Erasure) (Erased, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.o.Leading() {
		return Erased{}, errors.New("this process does not lead, and the one that does writes the archive; ask that one")
	}
	now, err := k.o.Store.Now(ctx)
	if err != nil {
		return Erased{}, err
	}
	if err := k.archive(ctx, now, true); err != nil {
		return Erased{}, err
	}
	done, err := k.o.Archive.Erase(e)
	if err != nil {
		return done, err
	}
	head, err := k.o.Store.Head(ctx)
	if err != nil {
		return done, err
	}
	if err := k.o.Store.Trim(ctx, head.Off); err != nil {
		return done, err
	}
	if err := k.o.Store.TrimFeed(ctx, now.Add(time.Second)); err != nil { // all of it, whatever was said this very moment
		return done, err
	}
	if err := k.o.Store.Scrub(ctx); err != nil {
		return done, err
	}
	if c, ok := k.o.Store.(copier); ok {
		return done, errors.Join(c.DropCopies(), c.Copy(ctx))
	}
	return done, nil
}

// crowded reports whether the log must give up room: it is beyond its bound, or
// the store will soon refuse observations.
func (k *Keeper) crowded(ctx context.Context) (bool, error) {
	size, err := k.o.Store.LogBytes(ctx)
	if err != nil || k.o.MaxBytes > 0 && size > k.o.MaxBytes {
		return true, err
	}
	ratio, err := k.o.Store.Room(ctx)
	return ratio >= crowdedAt, err
}

// archive writes what is committed and not archived yet, once enough has come
// together.
func (k *Keeper) archive(ctx context.Context, now time.Time, crowded bool) error {
	head, err := k.o.Store.Head(ctx)
	if err != nil {
		return err
	}
	from, err := k.archived(ctx)
	if err != nil {
		return err
	}
	for {
		batch, err := k.batch(ctx, from, head.Off)
		if err != nil || len(batch) == 0 {
			return err
		}
		whole := len(batch) == archiveRecords
		if !whole && !crowded && now.Sub(batch[0].Off.At()) < min(archiveEvery, k.o.Keep/2) {
			return nil
		}
		if err := k.o.Archive.Add(from, batch); err != nil {
			return err
		}
		from = batch[len(batch)-1].Off
		if err := k.o.Store.MarkArchived(ctx, from); err != nil {
			return err
		}
	}
}

// archived returns the newest offset archived, and marks it if the mark is
// behind: a crash between file and mark leaves the archive ahead of the store.
func (k *Keeper) archived(ctx context.Context) (headstart.Offset, error) {
	marked, err := k.o.Store.Archived(ctx)
	if err != nil {
		return marked, err
	}
	last, err := k.o.Archive.Last()
	if err != nil || !marked.Before(last) {
		return marked, err
	}
	return last, k.o.Store.MarkArchived(ctx, last)
}

// batch reads the records after from, up to upTo, that go into one file.
func (k *Keeper) batch(ctx context.Context, from, upTo headstart.Offset) (batch []headstart.Entry, err error) {
	size := 0
	for e, err := range entries(ctx, k.o.Store, from) {
		if err != nil {
			return nil, err
		}
		if upTo.Before(e.Off) || len(batch) == archiveRecords || size > archiveBytes {
			break
		}
		batch = append(batch, e)
		size += len(e.Data)
	}
	return batch, nil
}

// trim drops what is older than Keep, and while the log is crowded, half as old,
// and so on.
func (k *Keeper) trim(ctx context.Context, now time.Time) error {
	for keep := k.o.Keep; ; keep /= 2 {
		keep = max(keep, keepLeast)
		if err := k.o.Store.Trim(ctx, headstart.Offset{Ms: uint64(max(0, now.Add(-keep).UnixMilli()))}); err != nil {
			return err
		}
		if crowded, err := k.crowded(ctx); err != nil || !crowded || keep == keepLeast {
			return err
		}
	}
}
