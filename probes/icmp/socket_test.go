package icmp

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a network in memory: what is written goes to answer, whose packets
// are read back.
type wire struct {
	answer func(w *wire, b []byte, to netip.Addr)
	in     chan packet
	closed chan struct{}
	full   int // so many writes find the queue full
}

type packet struct {
	b    []byte
	from netip.Addr
}

func newWire(answer func(*wire, []byte, netip.Addr)) *wire {
	return &wire{answer: answer, in: make(chan packet, 100), closed: make(chan struct{})}
}

func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-w.in:
		return copy(b, p.b), &net.IPAddr{IP: p.from.AsSlice()}, nil
	case <-w.closed:
		return 0, nil, net.ErrClosed
	}
}

func (w *wire) WriteTo(b []byte, dst net.Addr) (int, error) {
	if w.full > 0 {
		w.full--
		return 0, &os.SyscallError{Syscall: "sendto", Err: syscall.ENOBUFS}
	}
	w.answer(w, b, addrOf(dst))
	return len(b), nil
}

func (w *wire) Close() error { close(w.closed); return nil }

// reply returns the echo reply to b, changed by change.
func reply(b []byte, change func(b []byte)) []byte {
	r := append([]byte(nil), b...)
	r[0] = echoReply4
	if change != nil {
		change(r)
	}
	return r
}

// pingOver runs one Ping over a wire, in virtual time.
func pingOver(t *testing.T, raw bool, w *wire, e Echoes) (Result, time.Duration, error) {
	t.Helper()
	p := New(Options{})
	p.listen = func(network string, _ int) (packetConn, int, error) {
		if raw == (network == "ip4:icmp") {
			return w, 0, nil
		}
		return nil, 0, os.ErrPermission
	}
	defer p.Close()
	start := time.Now()
	r, err := p.Ping(t.Context(), target, e)
	return r, time.Since(start), err
}

var target = netip.MustParseAddr("192.0.2.7")

func TestOnlyOurOwnRepliesCount(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func(w *wire, b []byte, to netip.Addr)
		want   int
	}{
		"an honest host": {func(w *wire, b []byte, to netip.Addr) { w.in <- packet{reply(b, nil), to} }, 3},
		"another address answers": {func(w *wire, b []byte, _ netip.Addr) {
			w.in <- packet{reply(b, nil), netip.MustParseAddr("192.0.2.8")}
		}, 0},
		"the nonce of another program": {func(w *wire, b []byte, to netip.Addr) {
			w.in <- packet{reply(b, func(b []byte) { b[8] ^= 1 }), to}
		}, 0},
		"an old serial": {func(w *wire, b []byte, to netip.Addr) {
			w.in <- packet{reply(b, func(b []byte) { b[16] ^= 1 }), to}
		}, 0},
		"each reply twice": {func(w *wire, b []byte, to netip.Addr) {
			w.in <- packet{reply(b, nil), to}
			w.in <- packet{reply(b, nil), to}
		}, 3},
		"the kernel rewrote the id": {func(w *wire, b []byte, to netip.Addr) {
			w.in <- packet{reply(b, func(b []byte) { b[4] ^= 0xff }), to}
		}, 3},
		"truncated": {func(w *wire, b []byte, to netip.Addr) { w.in <- packet{reply(b, nil)[:20], to} }, 0},
		"a send time in the future": {func(w *wire, b []byte, to netip.Addr) {
			w.in <- packet{reply(b, func(b []byte) { binary.BigEndian.PutUint64(b[24:], 1<<62) }), to}
		}, 0},
		"too late": {func(w *wire, b []byte, to netip.Addr) {
			r := reply(b, nil)
			time.AfterFunc(1100*time.Millisecond, func() { w.in <- packet{r, to} })
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _, err := pingOver(t, false, newWire(tc.answer), Echoes{})
				if err != nil || r.Sent != 3 || r.Received != tc.want {
					t.Errorf("got %+v, %v; want %d replies", r, err, tc.want)
				}
				synctest.Wait()
			})
		})
	}
}

// unreachable builds what a router sends about the echo b.
func unreachable(b []byte, to netip.Addr) []byte {
	p := []byte{unreachable4, 1, 0, 0, 0, 0, 0, 0}
	ip := make([]byte, 20)
	ip[0], ip[9] = 0x45, 1
	copy(ip[16:], to.AsSlice())
	return append(append(p, ip...), b[:headerLen]...)
}

// A router that gives up ends the wait at once and is named as evidence.
func TestUnreachableEndsThePing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		router := netip.MustParseAddr("192.0.2.1")
		r, took, err := pingOver(t, true, newWire(func(w *wire, b []byte, to netip.Addr) {
			w.in <- packet{unreachable(b, to), router}
		}), Echoes{Wait: 5 * time.Second})
		if err != nil || r.Router != router || r.Code != 1 || r.Received != 0 {
			t.Errorf("got %+v, %v", r, err)
		}
		if took > time.Second {
			t.Errorf("took %v; a verdict was there at once", took)
		}
	})
}

// Somebody else's unreachable, quoting another id, must not condemn our host.
func TestForeignUnreachableIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := pingOver(t, true, newWire(func(w *wire, b []byte, to netip.Addr) {
			q := unreachable(b, to)
			q[len(q)-4] ^= 0xff
			w.in <- packet{q, to}
			w.in <- packet{reply(b, nil), to}
		}), Echoes{})
		if r.Received != 3 || r.Router.IsValid() {
			t.Errorf("got %+v", r)
		}
	})
}

func TestFullQueueIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(func(w *wire, b []byte, to netip.Addr) { w.in <- packet{reply(b, nil), to} })
		w.full = 20
		r, took, err := pingOver(t, false, w, Echoes{Count: 1})
		if err != nil || r.Received != 1 || took < 20*time.Millisecond {
			t.Errorf("got %+v, %v after %v", r, err, took)
		}
	})
}

// No right to a socket is an error with the remedy, never a host that is down.
func TestRefusedSocketNamesTheRemedy(t *testing.T) {
	p := New(Options{})
	p.listen = func(string, int) (packetConn, int, error) { return nil, 0, os.ErrPermission }
	_, err := p.Ping(t.Context(), target, Echoes{})
	if !errors.Is(err, ErrNoSocket) || !errors.Is(err, os.ErrPermission) {
		t.Fatalf("err = %v, want ErrNoSocket with its cause", err)
	}
}

func TestPingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		w := newWire(func(*wire, []byte, netip.Addr) {})
		p.listen = func(string, int) (packetConn, int, error) { return w, 0, nil }
		defer p.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := p.Ping(ctx, target, Echoes{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
	})
}

// 1,000 a second after the burst, over all hosts together.
func TestBucketPaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(1000, 50)
		start := time.Now()
		for range 1050 {
			if err := b.take(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d < 999*time.Millisecond || d > 1001*time.Millisecond {
			t.Errorf("1,050 echoes took %v, want a burst of 50 and 1,000 in a second", d)
		}
	})
}

// FuzzReply: whatever arrives, decode refuses it or yields something handle can
// look up; the reader never panics.
func FuzzReply(f *testing.F) {
	var b [echoLen]byte
	encode(b[:], false, 1, 2, 3, 4)
	f.Add(reply(b[:], nil), false)
	f.Add(unreachable(b[:], target), false)
	encode(b[:], true, 1, 2, 3, 4)
	b[0] = echoReply6
	f.Add(b[:], true)
	f.Add([]byte{unreachable6, 0, 0, 0, 0, 0, 0, 0, 0x60}, true)
	f.Fuzz(func(t *testing.T, b []byte, v6 bool) {
		m, ok := decode(b, v6)
		if !ok {
			return
		}
		if m.unreachable && (!m.dst.IsValid() || m.dst.Is4() == v6) {
			t.Fatalf("unreachable for %v", m.dst)
		}
		s := newSocket(newWire(nil), v6, true, m.nonce)
		ask := newRequest(target, 1)
		s.pending[key{target, m.seq}] = echo{ask: ask, serial: m.serial, wait: time.Second}
		s.handle(m, target, time.Duration(m.sentNanos))
	})
}

func TestDecodeReadsWhatEncodeWrites(t *testing.T) {
	var b [echoLen]byte
	encode(b[:], false, 7, 8, 1<<16|9, 10)
	if checksum(b[:]) != 0 {
		t.Error("the checksum of an echo with its checksum is not zero")
	}
	m, ok := decode(reply(b[:], nil), false)
	if want := (message{id: 7, seq: 9, nonce: 8, serial: 1<<16 | 9, sentNanos: 10}); !ok || m != want {
		t.Errorf("got %+v, want %+v", m, want)
	}
}
