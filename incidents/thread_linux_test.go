package incidents

import (
	"syscall"
	"time"
	"unsafe"
)

// threadTime is what this thread has used of a processor so far: on a busy machine
// it says what a step costs, where a clock says how long it waited. getrusage would
// count in ticks of some milliseconds.
func threadTime() time.Duration {
	const ofThread = 3 // CLOCK_THREAD_CPUTIME_ID, which syscall does not name
	var t syscall.Timespec
	if _, _, err := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, ofThread, uintptr(unsafe.Pointer(&t)), 0); err != 0 {
		return 0
	}
	return time.Duration(t.Nano())
}

// processTime is what all threads have, those that collect garbage included.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
