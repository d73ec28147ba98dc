package icmp

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// packetConn is the socket as this package uses it.
type packetConn interface {
	ReadFrom(b []byte) (int, net.Addr, error)
	WriteTo(b []byte, dst net.Addr) (int, error)
	Close() error
}

// key finds an echo in flight. The serial's low half is the sequence number, all
// that an unreachable quotes; with the address it is unique unless 65,536
// echoes to one host are in flight.
type key struct {
	addr netip.Addr
	seq  uint16
}

// echo is one echo in flight.
type echo struct {
	ask    *request
	serial uint64
	wait   time.Duration
}

// socket is one ICMP socket and the echoes that wait for a reply on it.
type socket struct {
	conn  packetConn
	v6    bool
	raw   bool
	id    uint16 // ours on a raw socket; an unprivileged one gets its own from the kernel
	nonce uint64
	base  time.Time // send times count from here, monotonically

	mu      sync.Mutex
	serial  uint64
	pending map[key]echo
}

func newSocket(conn packetConn, v6, raw bool, nonce uint64) *socket {
	return &socket{
		conn: conn, v6: v6, raw: raw, id: uint16(os.Getpid()), nonce: nonce,
		base: time.Now(), pending: map[key]echo{},
	}
}

// newNonce returns what tells this process's echoes from all others.
func newNonce() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return binary.BigEndian.Uint64(b[:])
}

// send sends one echo of ask at now and registers it for its reply.
func (s *socket) send(ctx context.Context, ask *request, now time.Time, wait time.Duration) error {
	s.mu.Lock()
	s.serial++
	serial := s.serial
	k := key{ask.addr, uint16(serial)}
	s.pending[k] = echo{ask: ask, serial: serial, wait: wait}
	s.mu.Unlock()
	ask.keys = append(ask.keys, k)
	ask.sent()

	var b [echoLen]byte
	encode(b[:], s.v6, s.id, s.nonce, serial, int64(now.Sub(s.base)))
	return s.write(ctx, b[:], ask.addr)
}

// write sends b. A full queue is waited out, a millisecond at a time: a tight
// loop would take the core that has to drain it.
func (s *socket) write(ctx context.Context, b []byte, addr netip.Addr) error {
	var dst net.Addr = &net.UDPAddr{IP: addr.AsSlice(), Zone: addr.Zone()}
	if s.raw {
		dst = &net.IPAddr{IP: addr.AsSlice(), Zone: addr.Zone()}
	}
	for {
		_, err := s.conn.WriteTo(b, dst)
		if !errors.Is(err, syscall.ENOBUFS) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// forget ends the wait for the replies of ask.
func (s *socket) forget(ask *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range ask.keys {
		if s.pending[k].ask == ask {
			delete(s.pending, k)
		}
	}
}

// read hands replies to those who wait, until the socket is closed. Any other
// error is about one target (an unreachable queued by the kernel) and must not
// stop the rest.
func (s *socket) read() {
	buf := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(time.Millisecond) // should the error persist, no tight loop
			continue
		}
		if m, ok := decode(buf[:n], s.v6); ok {
			s.handle(m, addrOf(from), time.Since(s.base))
		}
	}
}

// handle gives one message that arrived at now to the request it belongs to.
func (s *socket) handle(m message, from netip.Addr, now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.unreachable {
		// Only the id ties it to this process, and only on a raw socket is the id
		// ours; Linux shows an unreachable to no other.
		if e, ok := s.pending[key{m.dst, m.seq}]; ok && s.raw && m.id == s.id {
			e.ask.unreachable(from, m.code)
		}
		return
	}
	k := key{from, m.seq}
	e, ok := s.pending[k]
	if !ok || m.nonce != s.nonce || m.serial != e.serial {
		return // of another program, an answer from another address, or a duplicate
	}
	delete(s.pending, k)
	if rtt := now - time.Duration(m.sentNanos); rtt >= 0 && rtt <= e.wait {
		e.ask.reply(max(rtt, 1))
	}
}

// addrOf returns the address of a packet's sender. The zone is that of the
// interface it came in by; it is kept for link-local addresses only, where it
// was part of the target.
func addrOf(a net.Addr) netip.Addr {
	var ip net.IP
	var zone string
	switch a := a.(type) {
	case *net.IPAddr:
		ip, zone = a.IP, a.Zone
	case *net.UDPAddr:
		ip, zone = a.IP, a.Zone
	}
	addr, _ := netip.AddrFromSlice(ip)
	addr = addr.Unmap()
	if addr.Is6() && addr.IsLinkLocalUnicast() {
		addr = addr.WithZone(zone)
	}
	return addr
}
