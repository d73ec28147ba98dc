//go:build linux || darwin

package store

import (
	"path/filepath"
	"syscall"
)

// diskFree returns the bytes a file at path may still grow by.
func diskFree(path string) (float64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &s); err != nil {
		return 0, false
	}
	return float64(s.Bavail) * float64(s.Bsize), true
}
