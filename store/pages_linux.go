package store

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// dropPages lets go of the pages of a file that is mapped for reading and shared: they
// are read again when they are wanted (madvise(2), MADV_DONTNEED).
func dropPages(from, size uintptr) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, from, size, syscall.MADV_DONTNEED); errno != 0 {
		return errno
	}
	return nil
}

// MappedMemory is how many bytes of files this process has in its memory, its own program
// among them; zero where the system does not say.
func MappedMemory() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	return mappedIn(string(text)) * int64(os.Getpagesize())
}

// mappedIn is the third number of /proc/self/statm, in pages.
func mappedIn(statm string) int64 {
	fields := strings.Fields(statm)
	if len(fields) < 3 {
		return 0
	}
	n, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
