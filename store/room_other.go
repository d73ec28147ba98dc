//go:build !linux && !darwin

package store

// diskFree is not known here; a full disk still answers ErrFull when written to.
func diskFree(string) (float64, bool) { return 0, false }
