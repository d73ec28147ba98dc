package sweep

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Ports are where services are asked, by their names; a zero one is the usual.
type Ports map[string]int

// usual ports of the services a sweep knows.
var usual = Ports{
	"ssh": 22, "smtp": 25, "dns": 53, "http": 80, "ntp": 123, "imap": 143, "snmp": 161, "ldap": 389, "https": 443, "smb": 445,
	"ipp": 631, "rdp": 3389, "mdns": 5353,
}

// UsualPorts returns the services that are asked for, with their ports.
func UsualPorts() Ports {
	return maps.Clone(usual)
}

// Of is the port a service is asked at.
func (p Ports) Of(service string) int {
	if port := p[service]; port != 0 {
		return port
	}
	return usual[service]
}

// own is the port a probe must be told: zero for the usual one.
func (p Ports) own(service string) int {
	if port := p.Of(service); port != usual[service] {
		return port
	}
	return 0
}

// visit is everything said to one host.
type visit struct {
	*sweep
	host   Host
	places chan struct{} // for each connection to it
}

// knocks are the services whose ports a silent address is knocked at.
var knocks = []string{"https", "http", "smb", "ssh", "ipp"}

// Attempts is how many packets or connections a silent address costs.
func Attempts(pingOnly bool) int {
	if pingOnly {
		return 2
	}
	return 2 + len(knocks)
}

// alive reports whether anybody is there: an echo came back, or a port was opened or
// refused, which only somebody does.
func (v *visit) alive(ctx context.Context) bool {
	if v.host.Pinged = v.ping(ctx, v.host.Addr); v.host.Pinged || v.PingOnly {
		return v.host.Pinged
	}
	for _, service := range knocks {
		c, err := v.dial(ctx, "tcp", v.at(service))
		if err == nil {
			_ = c.Close()
			return true
		}
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) {
			return true
		}
		if errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH) || ctx.Err() != nil {
			return false // nobody there, says the network
		}
	}
	return false
}

// ask asks a host everything; a printer only what printers know: small devices bear
// few questions.
func (v *visit) ask(ctx context.Context) {
	if v.Asks.Names != nil {
		within, cancel := context.WithTimeout(ctx, 2*v.Wait)
		v.host.Names = v.Asks.Names(within, v.host.Addr)
		cancel()
	}
	v.snmp(ctx)
	v.ipp(ctx)
	if v.host.Printer == nil {
		v.mdns(ctx)
	}
	if v.host.Printer != nil || v.host.Agent != nil && v.host.Agent.Printer {
		return
	}
	for _, ask := range []func(context.Context){v.ssh, v.smtp, v.dns, v.web, v.imap} {
		if ctx.Err() != nil {
			return
		}
		ask(ctx)
	}
	for _, service := range []string{"ldap", "ntp", "rdp", "smb"} {
		v.shake(ctx, service)
	}
}

// at is where the host serves a service.
func (v *visit) at(service string) string {
	return net.JoinHostPort(v.host.Addr.String(), strconv.Itoa(v.Ports.Of(service)))
}

// within bounds one question of so many connections. Waiting for their turns is not
// the host's fault: everybody in front has one packet to send.
func (v *visit) within(ctx context.Context, connections int) (context.Context, context.CancelFunc) {
	turn := time.Duration(v.AtOnce) * time.Second / time.Duration(v.Rate)
	return context.WithTimeout(ctx, 2*v.Wait+time.Duration(connections)*turn)
}

func (v *visit) snmp(ctx context.Context) {
	if v.Asks.SNMP == nil {
		return
	}
	ctx, cancel := v.within(ctx, 4)
	defer cancel()
	if a, ok := v.Asks.SNMP(ctx, v.dial, v.at("snmp")); ok {
		v.host.Agent = &a
	}
}

func (v *visit) ipp(ctx context.Context) {
	if v.Asks.IPP == nil {
		return
	}
	ctx, cancel := v.within(ctx, 6) // it has several paths to try
	defer cancel()
	v.host.Printer, v.host.Queues = v.Asks.IPP(ctx, v.dial, v.at("ipp"))
}

func (v *visit) shake(ctx context.Context, service string) {
	say := v.Asks.Shake[service]
	if say == nil || ctx.Err() != nil {
		return
	}
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	if words, serves := say(ctx, v.dial, v.at(service)); serves {
		v.serves(Service{Kind: service, Port: v.Ports.own(service), Words: words})
	}
}

func (v *visit) serves(s Service) { v.host.Services = append(v.host.Services, s) }

// dial connects at the pace of the sweep. It refuses every address outside its
// networks, whatever asked for it.
func (v *visit) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !v.Ranges.Contains(ap.Addr()) {
		return nil, &net.AddrError{Err: "is outside the networks to look at", Addr: address}
	}
	for _, places := range []chan struct{}{v.places, v.total} {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	leave := func() { <-v.places; <-v.total }
	if err := v.pace.Wait(ctx); err != nil {
		leave()
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, v.Wait)
	defer cancel()
	c, err := v.Asks.Dial(within, network, address)
	if err != nil {
		leave()
		return nil, err
	}
	return &connection{Conn: c, visit: v, ctx: ctx, datagrams: network == "udp", leave: leave}, nil
}

// connection holds its place until it is closed, and sends datagrams at the pace of
// the sweep.
type connection struct {
	net.Conn
	visit     *visit
	ctx       context.Context // of the question it belongs to
	datagrams bool
	leave     func()
	left      sync.Once
}

// Write implements net.Conn.
func (c *connection) Write(b []byte) (int, error) {
	if c.datagrams {
		if err := c.visit.pace.Wait(c.ctx); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(b)
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.left.Do(c.leave)
	return c.Conn.Close()
}

// until closes c when ctx ends, whatever reads from it.
func until(ctx context.Context, c net.Conn) (done func()) {
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	return func() { stop(); _ = c.Close() }
}
