// Package handshake says the first words of protocols to a server, and judges
// from its answer whether it serves: LDAP, NTP, RDP and SMB.
//
// No attempt logs anybody on but an LDAP bind that was asked for, writes
// anything, or reads more than a few kilobytes of an answer.
package handshake

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"headstart"
	"headstart/probes/fault"
)

// Dial connects; it judges the address (ruling 40).
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Answer is what one attempt found.
type Answer struct {
	Verdict    headstart.Verdict
	Reason     string
	Silent     bool      // down because nobody answered in time
	CertExpiry time.Time // zero without a certificate
	Values     []headstart.Measurement
}

// failed says in words why there was no answer.
func failed(ctx context.Context, err error) Answer {
	left := time.Duration(0)
	if deadline, ok := ctx.Deadline(); ok {
		left = time.Until(deadline)
	}
	if ctx.Err() != nil {
		err = context.DeadlineExceeded
	}
	f := fault.Explain(err, max(left, 0))
	if f.Silent {
		f.Words = "no answer in time"
	}
	return Answer{Verdict: f.Verdict, Reason: f.Words, Silent: f.Silent}
}

// garbled is what a server says that does not speak the protocol.
func garbled(protocol string) Answer {
	return Answer{Verdict: headstart.Down, Reason: "what answers there does not speak " + protocol}
}

// connect dials and gives the connection the deadline of ctx.
func connect(ctx context.Context, dial Dial, address string) (net.Conn, error) {
	c, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// expiry is when the certificate a server presented ends.
func expiry(s tls.ConnectionState) time.Time {
	if len(s.PeerCertificates) == 0 {
		return time.Time{}
	}
	return s.PeerCertificates[0].NotAfter
}

// version names a protocol version as people do.
func version(major, minor byte) string { return fmt.Sprintf("%d.%d", major, minor) }
