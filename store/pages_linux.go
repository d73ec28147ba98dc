package store

import "syscall"

// dropPages lets go of the pages of a file that is mapped for reading and shared: they
// are read again when they are wanted (madvise(2), MADV_DONTNEED).
func dropPages(from, size uintptr) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, from, size, syscall.MADV_DONTNEED); errno != 0 {
		return errno
	}
	return nil
}
