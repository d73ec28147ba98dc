// Package ports keeps ports of loopback for programs that tests start.
//
// A port that the system handed out and that was given back at once is anyone's:
// before the program has it, another test's listener or outgoing connection may
// take it. A held port is handed to nobody who does not ask for it by its number.
package ports

import (
	"fmt"
	"syscall"
)

// TB is what is needed of a testing.TB.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Hold returns a port of 127.0.0.1 that is the test's until it ends. It is bound
// and does not listen: who connects is refused, and a program that sets
// SO_REUSEADDR, as servers do, can listen there, end, and listen again.
func Hold(tb TB) int {
	tb.Helper()
	fd, port, err := bound()
	if err != nil {
		tb.Fatalf("hold a port: %v", err)
	}
	tb.Cleanup(func() { _ = syscall.Close(fd) }) // it was never used
	return port
}

// Address is Hold as host and port.
func Address(tb TB) string {
	tb.Helper()
	return fmt.Sprintf("127.0.0.1:%d", Hold(tb))
}

func bound() (fd, port int, err error) {
	syscall.ForkLock.RLock() // a child that inherits it would hold it after us
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return 0, 0, err
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return 0, 0, err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, 0, err
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, 0, err
	}
	return fd, at.(*syscall.SockaddrInet4).Port, nil
}
