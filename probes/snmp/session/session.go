// Package session talks SNMP (RFC 3416) with one device: it walks columns of
// tables and gets single values.
//
// It hands over what the device said, value by value, and judges nothing. A talk
// costs at most a few hundred packets and rows however the device behaves, and
// never outlives its context.
package session

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

// Agent is one device to ask. Its methods are safe for concurrent use.
type Agent struct {
	Address string // HOST:PORT

	// Bounds on what one talk may read; zero: those of a printer, 128 rows of a column
	// and 400 packets.
	Rows, Packets int

	answered atomic.Int32 // the Version that answered last; zero: none yet
}

// Access is how to reach an agent, and as whom.
type Access struct {
	Dial      Dial
	Community string // of versions 1 and 2c; empty: public
	User      *User  // asks by version 3 and nothing else; nil: 2c, and 1 where that is silent
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

// ErrRefused is a user of version 3 whom the device does not let in.
var ErrRefused = errors.New("SNMP refuses the user")

// ErrCut is a device that answered at first and then fell silent.
var ErrCut = errors.New("SNMP broke off in the middle of its answer")

// Strange reports whether err means that something answered which could not be
// asked.
func Strange(err error) bool {
	return errors.Is(err, ErrGarbled) || errors.Is(err, ErrRefused) || errors.Is(err, ErrCut)
}

// Answered is the version the agent answered by last, so that a device that speaks
// only version 1 need not be waited for each time. Zero: none yet.
func (a *Agent) Answered() Version { return Version(a.answered.Load()) }

// Adopt goes on with what old knows, if it is the same agent.
func (a *Agent) Adopt(old *Agent) {
	if old != nil && old.Address == a.Address {
		a.answered.Store(old.answered.Load())
	}
}

// Talk asks the agent what say asks it. Where a version stays silent from its first
// packet on, say begins anew with the next one. Beyond the errors of say and those
// above it returns those of the network; of an agent that does not answer,
// context.DeadlineExceeded.
func (a *Agent) Talk(ctx context.Context, access Access, say func(*Session) error) error {
	versions := []Version{V2c, V1}
	switch {
	case access.User != nil:
		versions = []Version{V3}
	case a.Answered() == V1:
		versions = []Version{V1, V2c}
	}
	var err error
	for i, v := range versions {
		if err = a.as(ctx, access, v, len(versions)-i, say); err == nil {
			a.answered.Store(int32(v))
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return err
}

// as talks by one version; attempts is how many are left, this one included.
func (a *Agent) as(ctx context.Context, access Access, v Version, attempts int, say func(*Session) error) error {
	conn, err := access.Dial(ctx, "udp", a.Address)
	if err != nil {
		return err
	}
	counted := &counting{Conn: conn}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() { stop(); _ = conn.Close() }()
	client, err := access.client(ctx, v, counted, patience(ctx, attempts))
	if err != nil {
		return err
	}
	err = say(a.session(client, v))
	switch {
	case err == nil, errors.Is(err, ErrCut):
		return err
	case refused(err):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case counted.packets.Load() > 0 && v == V3:
		// The library takes a refusal for a forgery: no stranger's packet is signed.
		return fmt.Errorf("%w %s; check username, passwords, auth and priv", ErrRefused, access.User.Name)
	case counted.packets.Load() > 0:
		return ErrGarbled
	case ctx.Err() != nil, errors.Is(err, gosnmp.ErrMaxRetriesExceeded):
		return context.DeadlineExceeded
	}
	return err
}

// session is a talk over client.
func (a *Agent) session(client *gosnmp.GoSNMP, v Version) *Session {
	s := &Session{get: client.Get, next: client.GetNext, v1: v == V1, rows: a.Rows, packets: a.Packets}
	if v != V1 {
		s.bulk = func(oids []string, rows uint32) (*gosnmp.SnmpPacket, error) { return client.GetBulk(oids, 0, rows) }
	}
	if s.rows == 0 {
		s.rows = fewRows
	}
	if s.packets == 0 {
		s.packets = fewPackets
	}
	return s
}

// client speaks over conn. The library insists on dialling by itself, past whoever
// judges addresses: it gets the address that was judged, and its own socket, over
// which nothing went, is closed.
func (access *Access) client(ctx context.Context, v Version, conn net.Conn, wait time.Duration) (*gosnmp.GoSNMP, error) {
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
		Community: access.Community, Timeout: wait, Retries: 1, MaxOids: gosnmp.MaxOids,
	}
	if s.Community == "" {
		s.Community = "public"
	}
	if v == V1 {
		s.Version = gosnmp.Version1
	}
	if v == V3 {
		if err := access.User.onto(s); err != nil {
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
