// Package snmp asks a printer over SNMP what the Printer MIB (RFC 3805) and the
// Host Resources MIB (RFC 2790) say of it.
//
// It hands over what the printer said, number by number, and judges nothing. An
// answer costs at most a few hundred packets and rows however the device behaves,
// and never outlives its context.
package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Dial connects; it judges the address (ruling 40).
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Question is one printer to ask.
type Question struct {
	Dial      Dial
	Address   string // HOST:PORT
	Community string // of versions 1 and 2c; empty: public
	User      *User  // asks by version 3 and nothing else; nil: 2c, and 1 where that is silent

	// First is the version that answered last time, so that a printer that speaks
	// only version 1 need not be waited for each time. Zero: not known yet.
	First Version
}

// Version is one of SNMP.
type Version int

// The versions of SNMP.
const (
	V1  Version = 1
	V2c Version = 2
	V3  Version = 3
)

// ErrGarbled is what arrived where no packet of it could be understood.
var ErrGarbled = errors.New("what answers there is no SNMP we understand")

// ErrRefused is a user of version 3 whom the printer does not let in.
var ErrRefused = errors.New("SNMP refuses the user")

// ErrCut is a printer that answered at first and then fell silent.
var ErrCut = errors.New("SNMP broke off in the middle of its answer")

// Ask returns what the printer says. Beyond the errors above it returns those of
// the network; of a printer that does not answer, context.DeadlineExceeded.
func Ask(ctx context.Context, q Question) (Answer, error) {
	versions := []Version{V2c, V1}
	switch {
	case q.User != nil:
		versions = []Version{V3}
	case q.First == V1:
		versions = []Version{V1, V2c}
	}
	var err error
	for i, v := range versions {
		var a Answer
		a, err = q.as(ctx, v, len(versions)-i)
		if err == nil || !errors.Is(err, context.DeadlineExceeded) {
			return a, err
		}
	}
	return Answer{}, err
}

// as asks by one version; attempts is how many are left, this one included.
func (q *Question) as(ctx context.Context, v Version, attempts int) (Answer, error) {
	conn, err := q.Dial(ctx, "udp", q.Address)
	if err != nil {
		return Answer{}, err
	}
	counted := &counting{Conn: conn}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() { stop(); _ = conn.Close() }()
	session, err := q.session(ctx, v, counted, patience(ctx, attempts))
	if err != nil {
		return Answer{}, err
	}
	a, err := read(&reader{get: session.GetNext, bulk: bulk(session, v), v1: v == V1})
	a.Version = v
	switch {
	case err == nil:
		return a, nil
	case refused(err):
		return Answer{}, fmt.Errorf("%w: %w", ErrRefused, err)
	case errors.Is(err, ErrCut):
		return Answer{}, err
	case counted.packets.Load() > 0 && v == V3:
		// The library takes a refusal for a forgery: no stranger's packet is signed.
		return Answer{}, fmt.Errorf("%w %s; check username, passwords, auth and priv", ErrRefused, q.User.Name)
	case counted.packets.Load() > 0:
		return Answer{}, ErrGarbled
	case ctx.Err() != nil, errors.Is(err, gosnmp.ErrMaxRetriesExceeded):
		return Answer{}, context.DeadlineExceeded
	}
	return Answer{}, err
}

// session returns a client that speaks over conn. The library insists on dialling
// by itself, past whoever judges addresses: it gets the address that was judged,
// and its own socket, over which nothing went, is closed.
func (q *Question) session(ctx context.Context, v Version, conn net.Conn, wait time.Duration) (*gosnmp.GoSNMP, error) {
	host, port, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		return nil, fmt.Errorf("snmp: %w", err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("snmp: port %q: %w", port, err)
	}
	s := &gosnmp.GoSNMP{
		Target: host, Port: uint16(number), Transport: "udp", Context: ctx, Version: gosnmp.Version2c,
		Community: q.Community, Timeout: wait, Retries: 1, MaxOids: gosnmp.MaxOids,
	}
	if s.Community == "" {
		s.Community = "public"
	}
	if v == V1 {
		s.Version = gosnmp.Version1
	}
	if v == V3 {
		if err := q.User.onto(s); err != nil {
			return nil, err
		}
	}
	if err := s.Connect(); err != nil {
		return nil, fmt.Errorf("snmp: %w", err)
	}
	_ = s.Conn.Close()
	s.Conn = conn
	return s, nil
}

// patience is how long one packet is waited for: what is left is shared by the
// attempts to come, and each sends a packet at most twice.
func patience(ctx context.Context, attempts int) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 2 * time.Second
	}
	return max(time.Until(deadline)*45/100/time.Duration(attempts), time.Millisecond)
}

// bulk returns how session reads many rows at once; nil for version 1, which
// cannot.
func bulk(session *gosnmp.GoSNMP, v Version) func([]string) (*gosnmp.SnmpPacket, error) {
	if v == V1 {
		return nil
	}
	return func(oids []string) (*gosnmp.SnmpPacket, error) { return session.GetBulk(oids, 0, rowsAtOnce) }
}

// counting counts what arrives: an answer nobody understands is no silence.
type counting struct {
	net.Conn // a plain Conn: the kernel drops what other addresses send
	packets  atomic.Int32
}

// Read implements net.Conn.
func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.packets.Add(1)
	}
	return n, err
}
