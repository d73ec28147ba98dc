package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestReadOnlyFileSystem takes the right to write from the file system under a real service
// with an embedded store, as the kernel does when it finds the file system damaged, and
// gives it back: what cannot be written is answered 503 and nothing else happens to it,
// pages answer, the log and the settings name place and remedy, and it goes on by itself:
// nothing acknowledged is lost (I1), the state is the fold of the log (I2), no message is
// missing and none is made up (I5).
func TestReadOnlyFileSystem(t *testing.T) {
	if program := os.Getenv(underFilter); program != "" {
		t.Fatalf("filter the system calls of the service: %v", filterAndExec(program, os.Getenv(underFilter+"_CONFIG")))
	}
	t.Parallel()
	hook := startHook(t)
	config := prepareLoaded(t, "store: {mode: embedded}", hook.URL)
	files := &fileSystem{}
	p := files.launch(t, config)
	load := newLoad()
	load.run(t, p.base, 500*time.Millisecond)

	files.readOnly.Store(true)
	atFault := len(load.acked)
	waitFor(t, 10*time.Second, "alerts to be refused", func() bool {
		load.run(t, p.base, 50*time.Millisecond)
		return load.refused > 10 && get(p.base+"/-/ready?for=ingest", nil) != nil
	})
	if files.refused.Load() == 0 {
		t.Error("nothing was written to the file system")
	}
	for _, path := range []string{"/-/healthy", "/-/ready", "/s/nl/"} {
		if err := get(p.base+path, nil); err != nil {
			t.Errorf("with a read-only file system %s: %v", path, err)
		}
	}
	waitFor(t, 10*time.Second, "the metric to say that the store is down", func() bool {
		res, err := http.Get(p.base + "/metrics")
		if err != nil {
			return false
		}
		defer func() { _ = res.Body.Close() }()
		all, err := io.ReadAll(res.Body)
		return err == nil && strings.Contains(string(all), "\nheadstart_store_up 0\n")
	})
	for _, want := range []string{"headstart.db", "read-only", "remount"} {
		if said := p.errs.String(); !strings.Contains(said, want) {
			t.Errorf("the log says nothing of %q:\n%s", want, tail(said, 1500))
		}
	}
	waitFor(t, 10*time.Second, "the settings to name place and remedy", func() bool {
		var health json.RawMessage
		err := get(p.base+"/api/v1/health", &health)
		return err == nil && strings.Contains(string(health), "headstart.db: read-only file system") && strings.Contains(string(health), "remount it rw")
	})

	files.readOnly.Store(false)
	taken := len(load.acked)
	after := goesOn(t, p, load, config, hook)
	t.Logf("%d alerts acknowledged, %d before and %d after; %d requests refused, %d calls that write; %d notifications, %d duplicates",
		len(load.acked), atFault, len(load.acked)-taken, load.refused, files.refused.Load(), after.implied, after.duplicates)
}

// fileSystem answers for the file system under a service. No mount will do: the kernel
// refuses to make one read-only while a file on it is open for writing, unless it found the
// file system damaged. So a seccomp filter asks here about each call that would change
// files, and the service sees what it would see: EROFS.
type fileSystem struct {
	readOnly atomic.Bool
	refused  atomic.Int64 // calls
}

// underFilter names the program that the test process becomes, under the filter.
const underFilter = "HEADSTART_TEST_UNDER_FILTER"

// launch starts the service under the filter.
func (f *fileSystem) launch(t *testing.T, config string) *process {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "their end")
	cmd := exec.Command(os.Args[0], "-test.run=^TestReadOnlyFileSystem$")
	cmd.Env = append(os.Environ(), underFilter+"="+build(t), underFilter+"_CONFIG="+config)
	cmd.ExtraFiles = []*os.File{theirs}
	done := make(chan error, 1)
	go func() {
		listener, err := receiveFile(pair[0])
		_ = unix.Close(pair[0])
		if err == nil {
			err = f.answer(listener)
		}
		done <- err
	}()
	t.Cleanup(func() { // the service has ended by then
		_ = theirs.Close()
		if err := <-done; err != nil {
			t.Errorf("answer for the file system: %v", err)
		}
	})
	return launchAs(t, cmd, config)
}

// filterAndExec becomes the service. It returns only what went wrong.
func filterAndExec(program, config string) error {
	runtime.LockOSThread() // the filter is of this thread, and of what it becomes
	ask := []uint32{
		unix.SYS_PWRITE64, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_FSYNC, unix.SYS_FDATASYNC,
		unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2,
	}
	const load, equal, bits, give = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	code := []unix.SockFilter{{Code: load}} // the number of the call
	for n, call := range ask {
		code = append(code, unix.SockFilter{Code: equal, K: call, Jt: uint8(len(ask) - n + 3)}) // to the last line
	}
	code = append(code,
		unix.SockFilter{Code: equal, K: unix.SYS_OPENAT, Jf: 2},
		unix.SockFilter{Code: load, K: 32}, // its flags
		unix.SockFilter{Code: bits, K: unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC, Jt: 1},
		unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: give, K: unix.SECCOMP_RET_USER_NOTIF},
	)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	prog := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return fmt.Errorf("seccomp: %w; it needs Linux 5.5, and a container that allows it", errno)
	}
	if err := unix.Sendmsg(3, []byte{0}, unix.UnixRights(int(listener)), nil, 0); err != nil {
		return err
	}
	if err := errors.Join(unix.Close(3), unix.Close(int(listener))); err != nil {
		return err
	}
	return syscall.Exec(program, []string{program, "serve", "--config", config}, os.Environ())
}

// receiveFile takes over the one file that is sent.
func receiveFile(socket int) (int, error) {
	oob := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, make([]byte, 1), oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return 0, err
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(msgs) != 1 {
		return 0, fmt.Errorf("no file was sent: %w", err)
	}
	files, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(files) != 1 {
		return 0, fmt.Errorf("no file was sent: %w", err)
	}
	return files[0], nil
}

// notified and response are struct seccomp_notif and seccomp_notif_resp of linux/seccomp.h.
type notified struct {
	id         uint64
	pid, flags uint32
	nr         int32
	arch       uint32
	ip         uint64
	args       [6]uint64
}

type response struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// goOn lets the kernel do the call (SECCOMP_USER_NOTIF_FLAG_CONTINUE).
const goOn = 1

// answer says what becomes of each call until the service has ended.
func (f *fileSystem) answer(listener int) error {
	defer func() { _ = unix.Close(listener) }()
	for {
		ready := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(ready, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		if ready[0].Revents&unix.POLLIN == 0 {
			if ready[0].Revents != 0 {
				return nil // nobody is under the filter any more
			}
			continue
		}
		var q notified
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&q))); errno != 0 {
			if errno == unix.ENOENT || errno == unix.EINTR { // a signal came in between: it asks again
				continue
			}
			return errno
		}
		a := response{id: q.id, flags: goOn}
		if f.readOnly.Load() {
			a.flags, a.errno = 0, -int32(unix.EROFS)
			f.refused.Add(1)
		}
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&a))); errno != 0 && errno != unix.ENOENT {
			return errno
		}
	}
}
