// Package handshake says the first words of protocols to a server, and judges
// from its answer whether it serves: LDAP, NTP, RDP and SMB.
//
// No attempt logs anybody on but an LDAP bind that was asked for, writes
// anything, or reads more than a few kilobytes of an answer.
package handshake

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"headstart"
)

// Dial connects; it judges the address (ruling 40).
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Answer is what one attempt found.
type Answer struct {
	// Err is why there was no answer; then the rest is empty, and whoever asked
	// says whose fault it is. Past the deadline it is context.DeadlineExceeded.
	Err error

	Verdict    headstart.Verdict
	Reason     string
	CertExpiry time.Time // zero without a certificate
	Values     []headstart.Measurement
}

// failed is no answer, or one cut short.
func failed(ctx context.Context, err error) Answer {
	if ctx.Err() != nil {
		err = context.DeadlineExceeded
	}
	return Answer{Err: err}
}

// garbled is what a server says that does not speak the protocol.
func garbled(protocol string) Answer {
	return Answer{Verdict: headstart.Down, Reason: "what answers there does not speak " + protocol}
}

// connect dials. The connection ends with ctx, whatever reads from it; done ends
// it before.
func connect(ctx context.Context, dial Dial, address string) (c net.Conn, done func(), err error) {
	if c, err = dial(ctx, "tcp", address); err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	return c, func() { stop(); _ = c.Close() }, nil
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
