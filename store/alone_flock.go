//go:build linux || darwin

package store

import (
	"errors"
	"os"
	"syscall"
)

// inspectAlone inspects a file unless a process has it open, as bbolt's own lock tells:
// what is written meanwhile would look like damage. Then opening it says ErrInUse.
func inspectAlone(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // gives the lock back
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil //nolint:nilerr // whoever has it answers for it
	}
	return inspect(path)
}
