package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// scrubPages is how many pages are looked at while nobody else may use the file: 8
// MiB of reading, some milliseconds.
const scrubPages = 2048

// Scrub overwrites what the file holds of rows and records that were deleted or
// replaced: bbolt writes every change to other pages, and leaves the old ones as they
// are until it needs the room.
//
// A page that is free while no transaction is open belongs to neither of the two
// states bbolt could come up with: it may write over it itself at any time.
func (b *Bolt) Scrub(ctx context.Context) (err error) {
	f, err := os.OpenFile(b.path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	room, zero := make([]byte, scrubPages*b.page), make([]byte, b.page)
	for from, done := 2, false; !done; from += scrubPages { // 0 and 1 say where everything is
		if err := ctx.Err(); err != nil {
			return err
		}
		if done, err = b.scrubPart(f, from, room, zero); err != nil {
			return fmt.Errorf("scrub %s: %w", b.path, boltErr(err))
		}
	}
	return f.Sync()
}

// scrubPart overwrites the free ones of as many pages as room has; done: there are no more.
func (b *Bolt) scrubPart(f *os.File, from int, room, zero []byte) (done bool, err error) {
	b.readers.Lock() // what a reader still sees counts as free too
	defer b.readers.Unlock()
	return done, b.db.Update(func(tx *bolt.Tx) error {
		n, err := f.ReadAt(room, int64(from)*int64(b.page))
		done = n < len(room) // the end of the file
		if err != nil && !done {
			return err
		}
		for i := 0; (i+1)*b.page <= n; i++ {
			if bytes.Equal(room[i*b.page:(i+1)*b.page], zero) {
				continue
			}
			switch p, err := tx.Page(from + i); {
			case err != nil:
				return err
			case p != nil && p.Type != "free": // nil: never used, or by a commit that was cut off
				continue
			}
			if _, err := f.WriteAt(zero, int64(from+i)*int64(b.page)); err != nil {
				return err
			}
		}
		return nil
	})
}
