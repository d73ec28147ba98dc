package ports

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// A held port refuses, lets a server listen, end and listen again, and is not
// handed to who asks for any port.
func TestHold(t *testing.T) {
	address := Address(t)
	for range 2 {
		if c, err := net.Dial("tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("with nobody listening: %v %v, want refused", c, err)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatalf("a server cannot listen on the port held for it: %v", err)
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Errorf("the server is not reached: %v", err)
		} else {
			_ = c.Close()
		}
		_ = l.Close()
	}
	for range 2000 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if l.Addr().String() == address {
			t.Fatal("the held port was handed to another")
		}
	}
}
