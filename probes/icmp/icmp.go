// Package icmp pings a whole fleet over one socket per address family.
//
// A reply counts only if it carries this process's nonce, the serial of an echo
// still awaited and the address that echo was sent to. Echoes are paced, so that
// a large fleet neither floods routers nor overruns the receive buffer. No
// socket is an error (ErrNoSocket), never a host that is down.
package icmp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

// ErrNoSocket says that the system grants no ICMP socket: the hosts could not
// be checked, which is not the same as down.
var ErrNoSocket = errors.New("no ICMP socket; allow it with sysctl -w net.ipv4.ping_group_range='0 2147483647'," +
	" or give the program the right with setcap cap_net_raw+ep")

// errClosed answers a Ping after Close.
var errClosed = errors.New("the ICMP sockets are closed")

// Options of a Pinger.
type Options struct {
	Rate   int // echoes per second over all hosts; zero: 1000 (routers police ICMP)
	Burst  int // echoes that may leave at once; zero: 50
	Buffer int // bytes asked for as receive buffer; zero: 8 MiB

	Logger *slog.Logger // nil: silent
}

// Pinger sends echoes and tells replies apart. It opens its sockets at the
// first Ping of each family and keeps them until Close. It is safe for
// concurrent use; a Ping costs no goroutine and no descriptor.
type Pinger struct {
	options Options
	logger  *slog.Logger
	bucket  *bucket
	nonce   uint64
	listen  func(network string, buffer int) (packetConn, int, error)

	mu      sync.Mutex
	closed  bool
	socks   [2]*socket // IPv4, IPv6
	readers sync.WaitGroup
}

// Echoes says how one Ping asks.
type Echoes struct {
	Count int           // echoes to send; zero: 3
	Gap   time.Duration // between two echoes; zero: 200 ms
	Wait  time.Duration // for the reply to each echo; later counts as lost; zero: 1 s
}

// Result is what came back. A host is alive if Received > 0.
type Result struct {
	Sent, Received int
	Min, Avg, Max  time.Duration // of the replies; zero without any

	// Router sent "destination unreachable" for an echo, and Code says why; the
	// zero Addr means none did. Seen on raw sockets only.
	Router netip.Addr
	Code   int
}

// Loss is the share of echoes without a reply, 0 to 1.
func (r Result) Loss() float64 {
	if r.Sent == 0 {
		return 0
	}
	return 1 - float64(r.Received)/float64(r.Sent)
}

// New returns a Pinger; it opens no socket yet.
func New(o Options) *Pinger {
	if o.Rate <= 0 {
		o.Rate = 1000
	}
	if o.Burst <= 0 {
		o.Burst = 50
	}
	if o.Buffer <= 0 {
		o.Buffer = 8 << 20
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Pinger{
		options: o, logger: logger.With("component", "probes"),
		bucket: newBucket(o.Rate, o.Burst), nonce: newNonce(), listen: listen,
	}
}

// Ping sends echoes to addr and waits for the replies. It returns early when
// all came, or when a router said that the host cannot be reached. The error
// wraps ErrNoSocket, is that of ctx, or says why nothing could be sent (no
// route, a local firewall): in each case the host was not checked.
func (p *Pinger) Ping(ctx context.Context, addr netip.Addr, e Echoes) (Result, error) {
	e = e.defaults()
	sock, err := p.socket(addr.Is6() && !addr.Is4In6())
	if err != nil {
		return Result{}, err
	}
	ask := newRequest(addr.Unmap(), e.Count)
	defer sock.forget(ask)

	var last time.Time
	for i := range e.Count {
		if i > 0 && ask.wait(ctx, last.Add(e.Gap), false) {
			break // unreachable: no need to ask again
		}
		if err := p.bucket.take(ctx); err != nil {
			return ask.result(), err
		}
		last = time.Now()
		if err := sock.send(ctx, ask, last, e.Wait); err != nil {
			return ask.result(), fmt.Errorf("ping %s: %w", addr, err)
		}
	}
	ask.wait(ctx, last.Add(e.Wait), true)
	return ask.result(), ctx.Err()
}

// Close closes the sockets; a Ping in progress ends as if nobody answered, a
// later one is an error.
func (p *Pinger) Close() error {
	p.mu.Lock()
	p.closed = true
	var errs []error
	for _, s := range p.socks {
		if s != nil {
			errs = append(errs, s.conn.Close())
		}
	}
	p.mu.Unlock()
	p.readers.Wait()
	return errors.Join(errs...)
}

// socket returns the socket of the family, opening it at first use. A refusal
// is not remembered: an operator may grant the right while we run.
func (p *Pinger) socket(v6 bool) (*socket, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	i := 0
	if v6 {
		i = 1
	}
	if p.socks[i] != nil {
		return p.socks[i], nil
	}
	s, err := p.open(v6)
	if err != nil {
		return nil, err
	}
	p.socks[i] = s
	p.readers.Go(s.read)
	return s, nil
}

// open tries the unprivileged socket first, the raw one second.
func (p *Pinger) open(v6 bool) (*socket, error) {
	networks := []string{"udp4", "ip4:icmp"}
	if v6 {
		networks = []string{"udp6", "ip6:ipv6-icmp"}
	}
	var refusals []error
	for i, network := range networks {
		conn, buffer, err := p.listen(network, p.options.Buffer)
		if err != nil {
			refusals = append(refusals, fmt.Errorf("%s: %w", network, err))
			continue
		}
		p.logger.Info("icmp socket opened", "network", network, "receive_buffer_bytes", buffer)
		return newSocket(conn, v6, i == 1, p.nonce), nil
	}
	return nil, fmt.Errorf("%w (%w)", ErrNoSocket, errors.Join(refusals...))
}

func (e Echoes) defaults() Echoes {
	if e.Count <= 0 {
		e.Count = 3
	}
	if e.Gap <= 0 {
		e.Gap = 200 * time.Millisecond
	}
	if e.Wait <= 0 {
		e.Wait = time.Second
	}
	return e
}
