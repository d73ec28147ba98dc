// Package sweep asks every address of a few networks who it is.
//
// It is slow on purpose, sends nothing that changes anything, and touches no address
// outside the networks it was given. A host counts as asked only when everything was
// asked of it: what is cut off half-way is as if it had not begun. Port 9100 is left
// alone: what is sent there comes out on paper.
package sweep

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Dial connects; it judges the address (ruling 40).
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Options of a sweep.
type Options struct {
	Ranges Ranges

	Rate    int           // attempts and datagrams a second, over all hosts; zero: DefaultRate
	AtOnce  int           // connections at once, over all hosts; zero: DefaultAtOnce
	PerHost int           // connections at once to one host; zero: DefaultPerHost
	Wait    time.Duration // for a connection, and for an answer; zero: DefaultWait

	// PingOnly leaves alone what does not answer a ping. Otherwise a silent address is
	// knocked at on a few ports: many firewalls drop pings.
	PingOnly bool

	Ports Ports
	Asks  Asks

	Roots *x509.CertPool // who may sign certificates; nil: those this machine trusts

	// Progress is told how many addresses are done; nil: nobody.
	Progress func(done, total int)
}

// What a sweep does unless it is told otherwise. A router that polices what goes
// through it bears some hundred packets a second; a small device has few sockets. As
// many connections at once as start in a second keep silent addresses, each waited for
// that long, from slowing the sweep down.
const (
	DefaultRate    = 200
	DefaultAtOnce  = 200
	DefaultPerHost = 2
	DefaultWait    = time.Second
)

// Asks are what a sweep can say to a host. Each is optional, and safe for concurrent
// use. What goes over a network goes through the Dial it is given.
type Asks struct {
	Dial Dial

	// Ping sends one echo and waits for it. Its error says that none can be sent from
	// this machine.
	Ping func(ctx context.Context, addr netip.Addr) (answered bool, err error)

	SNMP func(ctx context.Context, dial Dial, address string) (Agent, bool)
	IPP  func(ctx context.Context, dial Dial, address string) (*Printer, []Queue)

	// Shake are handshakes of protocols, by service: ldap, ntp, rdp, smb. They say
	// whether a host serves it well, and in a few words how.
	Shake map[string]func(ctx context.Context, dial Dial, address string) (words string, serves bool)

	Names   func(ctx context.Context, addr netip.Addr) []string // by reverse lookup
	Resolve func(ctx context.Context, host string) []netip.Addr // the other way round
}

// Host is what one address said.
type Host struct {
	Addr   netip.Addr
	Pinged bool
	Names  []string // by reverse lookup, without the full stop at the end

	Agent   *Agent   // over SNMP; nil: none
	Printer *Printer // over IPP or mDNS; nil: none
	Queues  []Queue  // of a print server

	Services []Service // in order of their ports
	Greeting string    // of SSH
}

// Service is something a host serves.
type Service struct {
	Kind   string // of the probe that asks it
	Port   int
	Target string // a URL; empty: the host at Port
	Query  string // of dns
	Words  string // what it answered
}

// Result of a sweep.
type Result struct {
	Hosts []Host // those that answered, by address

	Done  map[netip.Addr]bool // the addresses that were asked
	Total int                 // addresses there were

	// NoPing is why no address was pinged; nil: they were.
	NoPing error
}

// sweep is one run.
type sweep struct {
	Options
	pace  *rate.Limiter
	total chan struct{} // a place for each connection
	asks  chan struct{} // a place for each host that is asked more than whether it is there

	mu     sync.Mutex
	result Result
}

// Run asks every address. It ends early when ctx does, with what is complete.
func Run(ctx context.Context, o Options) Result {
	s := newSweep(o)
	addresses := make(chan netip.Addr)
	var hosts sync.WaitGroup
	for range s.AtOnce {
		hosts.Go(func() {
			for a := range addresses {
				s.one(ctx, a)
			}
		})
	}
feed:
	for a := range o.Ranges.All() {
		select {
		case addresses <- a:
		case <-ctx.Done():
			break feed
		}
	}
	close(addresses)
	hosts.Wait()
	slices.SortFunc(s.result.Hosts, func(a, b Host) int { return a.Addr.Compare(b.Addr) })
	return s.result
}

func newSweep(o Options) *sweep {
	fill := func(n *int, standard int) {
		if *n <= 0 {
			*n = standard
		}
	}
	fill(&o.Rate, DefaultRate)
	fill(&o.AtOnce, DefaultAtOnce)
	fill(&o.PerHost, DefaultPerHost)
	if o.Wait <= 0 {
		o.Wait = DefaultWait
	}
	o.AtOnce = min(o.AtOnce, max(o.Rate, 2)) // who waits a second for a turn needs no company
	return &sweep{
		Options: o, pace: rate.NewLimiter(rate.Limit(o.Rate), max(1, o.Rate/20)),
		// Few hosts are asked at once, so that many are done when somebody interrupts.
		total: make(chan struct{}, o.AtOnce), asks: make(chan struct{}, max(2, o.AtOnce/4)),
		result: Result{Done: map[netip.Addr]bool{}, Total: o.Ranges.Count()},
	}
}

// one asks one address, and keeps what it said unless it was cut off.
func (s *sweep) one(ctx context.Context, a netip.Addr) {
	if ctx.Err() != nil {
		return
	}
	v := &visit{sweep: s, host: Host{Addr: a}, places: make(chan struct{}, s.PerHost)}
	alive := v.alive(ctx)
	if alive {
		s.asks <- struct{}{} // given back soon: each question is bounded
		v.ask(ctx)
		<-s.asks
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	if alive {
		s.result.Hosts = append(s.result.Hosts, v.host)
	}
	s.result.Done[a] = true
	if s.Progress != nil {
		s.Progress(len(s.result.Done), s.result.Total)
	}
}

// ping sends up to two echoes.
func (s *sweep) ping(ctx context.Context, a netip.Addr) bool {
	if s.Asks.Ping == nil {
		return false
	}
	for range 2 {
		if s.pace.Wait(ctx) != nil {
			return false
		}
		answered, err := s.Asks.Ping(ctx, a)
		if answered {
			return true
		}
		if err != nil {
			s.mu.Lock()
			s.result.NoPing = err
			s.mu.Unlock()
			return false
		}
	}
	return false
}
