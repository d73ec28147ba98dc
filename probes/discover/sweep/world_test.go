package sweep

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// world is a network on loopback: each address a host, each service at one port for
// all of them, as in life.
type world struct {
	t     *testing.T
	ports Ports
	names map[string][]string // by address

	mu     sync.Mutex
	dialed []string
	open   map[string]int // connections, by address
	most   int
	all    int
	mostAt int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, ports: Ports{}, names: map[string][]string{}, open: map[string]int{}}
	for service := range usual {
		l, err := net.Listen("tcp", "127.9.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		w.ports[service] = l.Addr().(*net.TCPAddr).Port
		defer l.Close() // free when all are known
	}
	return w
}

func (w *world) at(address, service string) string {
	return net.JoinHostPort(address, fmt.Sprint(w.ports[service]))
}

// tcp serves each connection in lines.
func (w *world) tcp(address, service string, serve func(in *bufio.Scanner, out io.Writer)) {
	l, err := net.Listen("tcp", w.at(address, service))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(bufio.NewScanner(c), c)
			}()
		}
	}()
}

// udp answers datagrams.
func (w *world) udp(address, service string, answer func([]byte) []byte) {
	c, err := net.ListenPacket("udp", w.at(address, service))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 9000)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if out := answer(b[:n]); out != nil {
				_, _ = c.WriteTo(out, from)
			}
		}
	}()
}

// web serves handler, over TLS if secure.
func (w *world) web(address, service string, secure bool, handler http.HandlerFunc) *httptest.Server {
	l, err := net.Listen("tcp", w.at(address, service))
	if err != nil {
		w.t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(handler)
	_ = s.Listener.Close()
	s.Listener = l
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // who trusts it not hangs up
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	w.t.Cleanup(s.Close)
	return s
}

// dial counts what is open, and remembers what was dialled.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	w.mu.Lock()
	w.dialed = append(w.dialed, address)
	w.open[host]++
	w.all++
	w.most, w.mostAt = max(w.most, w.all), max(w.mostAt, w.open[host])
	w.mu.Unlock()
	leave := func() {
		w.mu.Lock()
		w.open[host]--
		w.all--
		w.mu.Unlock()
	}
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		leave()
		return nil, err
	}
	return &counted{Conn: c, leave: leave}, nil
}

type counted struct {
	net.Conn
	leave func()
	once  sync.Once
}

func (c *counted) Close() error { c.once.Do(c.leave); return c.Conn.Close() }

func (w *world) options(ranges ...string) Options {
	r, err := ParseRanges(ranges, 1<<16)
	if err != nil {
		w.t.Fatal(err)
	}
	return Options{Ranges: r, Rate: 2000, Ports: w.ports, Wait: 500 * time.Millisecond, Asks: Asks{
		Dial:  w.dial,
		Names: func(_ context.Context, a netip.Addr) []string { return w.names[a.String()] },
		Resolve: func(_ context.Context, host string) (list []netip.Addr) {
			for a, names := range w.names {
				if names[0] == host {
					list = append(list, netip.MustParseAddr(a))
				}
			}
			return list
		},
	}}
}
