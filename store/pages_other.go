//go:build !linux

package store

// dropPages leaves it to the system, which takes pages when it needs them.
func dropPages(uintptr, uintptr) error { return nil }

// MappedMemory is not known here.
func MappedMemory() int64 { return 0 }
