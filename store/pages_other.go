//go:build !linux

package store

// dropPages leaves it to the system, which takes pages when it needs them.
func dropPages(uintptr, uintptr) error { return nil }
