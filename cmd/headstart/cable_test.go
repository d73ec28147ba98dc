package main

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// cable is a line on loopback that can be cut, and that can swallow the answers to
// what still gets through.
type cable struct {
	l    net.Listener
	to   atomic.Pointer[string] // host:port of the other end
	mode atomic.Int32

	mu   sync.Mutex
	open map[net.Conn]bool
}

const (
	whole = iota
	cut   // nothing gets through
	deaf  // what is sent arrives; no answer comes back
)

// lay returns a cable to the base URL of a service.
func lay(t *testing.T, to string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{l: l, open: map[net.Conn]bool{}}
	c.lead(to)
	t.Cleanup(func() { _ = l.Close(); c.set(cut) })
	go c.serve()
	return c
}

// lead makes the cable end at another service, which has another port.
func (c *cable) lead(to string) {
	host := to[len("http://"):]
	c.to.Store(&host)
}

func (c *cable) url() string { return "http://" + c.l.Addr().String() }

// set changes what the cable does; connections over it are gone.
func (c *cable) set(mode int32) {
	c.mode.Store(mode)
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		_ = conn.Close()
	}
	clear(c.open)
}

func (c *cable) serve() {
	for {
		near, err := c.l.Accept()
		if err != nil {
			return
		}
		if c.mode.Load() == cut {
			_ = near.Close()
			continue
		}
		far, err := net.DialTimeout("tcp", *c.to.Load(), time.Second)
		if err != nil {
			_ = near.Close()
			continue
		}
		c.mu.Lock()
		c.open[near], c.open[far] = true, true
		c.mu.Unlock()
		go c.pump(far, near, true)
		go c.pump(near, far, false)
	}
}

// pump copies one way; answers only while somebody is to hear them.
func (c *cable) pump(to, from net.Conn, questions bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !questions && c.mode.Load() == deaf {
			return // the answer was on its way when the line broke
		}
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
