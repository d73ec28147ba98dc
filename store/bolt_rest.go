package store

import (
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// Rest gives back the memory in which the file was read: its pages stay with the system
// as long as that has room, which hands them out again at the next reading. Call it now
// and then; without it all that was ever read, once at the start, counts as in use.
func (b *Bolt) Rest() error {
	err := b.view(func(tx *bolt.Tx) error { // while one reads, the file stays where it is mapped
		whole := uintptr(tx.Size()) / uintptr(os.Getpagesize()) * uintptr(os.Getpagesize())
		if whole == 0 {
			return nil
		}
		return dropPages(b.db.Info().Data, whole)
	})
	if err != nil {
		return fmt.Errorf("give back what was read of %s: %w", b.path, err)
	}
	return nil
}
