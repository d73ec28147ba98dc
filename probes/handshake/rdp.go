package handshake

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"headstart"
)

// rdpRequest is an X.224 Connection Request in a TPKT frame that offers TLS and
// CredSSP ([MS-RDPBCGR] 2.2.1.1, RFC 1006).
var rdpRequest = []byte{
	3, 0, 0, 19, // TPKT: version, reserved, length
	14, 0xe0, 0, 0, 0, 0, 0, // X.224: length, connection request, references, class
	1, 0, 8, 0, 3, 0, 0, 0, // RDP_NEG_REQ: PROTOCOL_SSL | PROTOCOL_HYBRID
}

// What an RDP_NEG_RSP can choose ([MS-RDPBCGR] 2.2.1.2.1).
const (
	rdpPlain  = 0
	rdpTLS    = 1
	rdpHybrid = 2
)

// RDP asks a remote desktop for a connection and looks at its certificate, which
// is usually its own: it is read, not judged.
func RDP(ctx context.Context, dial Dial, address string) Answer {
	c, done, err := connect(ctx, dial, address)
	if err != nil {
		return failed(ctx, err)
	}
	defer done()
	if _, err := c.Write(rdpRequest); err != nil {
		return failed(ctx, err)
	}
	confirm, err := readTPKT(c)
	if err != nil {
		return failed(ctx, err)
	}
	chosen, a := readConfirm(confirm)
	if a.Verdict != headstart.OK || chosen == rdpPlain {
		return a
	}
	return rdpCertificate(ctx, c, a)
}

// readTPKT reads one frame; what is none comes back empty.
func readTPKT(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(head[2:]))
	if head[0] != 3 || n < 7 || n > 512 {
		return nil, nil
	}
	body := make([]byte, n-len(head))
	_, err := io.ReadFull(r, body)
	return body, err
}

// readConfirm reads an X.224 Connection Confirm, without its TPKT header.
func readConfirm(b []byte) (chosen uint32, a Answer) {
	if len(b) < 7 || b[1] != 0xd0 || int(b[0]) > len(b)-1 {
		return 0, garbled("RDP")
	}
	a = Answer{Verdict: headstart.OK, Reason: "ready for remote desktops"}
	b = b[7:]
	if len(b) < 8 { // a server that knows no negotiation: plain RDP
		return rdpPlain, a
	}
	value := binary.LittleEndian.Uint32(b[4:])
	switch b[0] {
	case 2:
		return value, a
	case 3: // RDP_NEG_FAILURE: it serves, but not so
		return rdpPlain, Answer{Verdict: headstart.Warn, Reason: fmt.Sprintf("it refuses TLS and CredSSP (failure code %d of MS-RDPBCGR 2.2.1.2.2)", value)}
	}
	return 0, garbled("RDP")
}

func rdpCertificate(ctx context.Context, c net.Conn, a Answer) Answer {
	t := tls.Client(c, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}) //nolint:gosec // read, not trusted: nothing is sent
	if err := t.HandshakeContext(ctx); err != nil {
		return failed(ctx, fmt.Errorf("TLS: %w", err))
	}
	a.CertExpiry = expiry(t.ConnectionState())
	return a
}
