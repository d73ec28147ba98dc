package handshake

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/beevik/ntp"

	"headstart"
)

// server answers each connection with serve, on loopback.
func server(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, address)
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func certificate(t *testing.T, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.Add(-time.Hour), NotAfter: until, DNSNames: []string{"dc.example"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A desktop that chooses CredSSP goes on in TLS, and its certificate is read.
func TestRDP(t *testing.T) {
	until := time.Now().Add(90 * 24 * time.Hour).UTC().Truncate(time.Second)
	cert := certificate(t, until)
	asked := make(chan string, 1)
	address := server(t, func(c net.Conn) {
		b := make([]byte, len(rdpRequest))
		_, _ = io.ReadFull(c, b)
		asked <- hex.EncodeToString(b)
		_, _ = c.Write(unhex(t, "03000013 0ed00000123400 0200080002000000"))
		_ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}).HandshakeContext(within(t, 5*time.Second))
	})
	a := RDP(within(t, 5*time.Second), dial, address)
	if a.Verdict != headstart.OK || !a.CertExpiry.Equal(until) {
		t.Errorf("%+v", a)
	}
	if got := <-asked; got != "030000130ee000000000000100080003000000" {
		t.Errorf("asked %s", got)
	}
}

func TestReadConfirm(t *testing.T) {
	for in, want := range map[string]headstart.Verdict{
		"06d00000123400":                  headstart.OK, // knows no negotiation
		"0ed00000123400 0200080000000000": headstart.OK, // chooses plain RDP
		"0ed00000123400 0300080002000000": headstart.Warn,
		"0ed00000123400 0900080000000000": headstart.Down,
		"ffd00000123400":                  headstart.Down, // longer than it is
		"06f00000123400":                  headstart.Down,
		"":                                headstart.Down,
	} {
		if _, a := readConfirm(unhex(t, in)); a.Verdict != want {
			t.Errorf("%s: %+v, want %s", in, a, want)
		}
	}
}

func TestSMB(t *testing.T) {
	address := server(t, func(c net.Conn) {
		b := make([]byte, len(smbRequest()))
		_, _ = io.ReadFull(c, b)
		if binary.BigEndian.Uint32(b) != uint32(len(b)-4) || string(b[4:8]) != "\xfeSMB" {
			return
		}
		answer := make([]byte, 4+smbHeader+smbAnswer)
		answer[3] = smbHeader + smbAnswer
		copy(answer[4:], "\xfeSMB")
		binary.LittleEndian.PutUint16(answer[4+smbHeader:], smbAnswer)
		binary.LittleEndian.PutUint16(answer[4+smbHeader+4:], 0x0302)
		_, _ = c.Write(answer)
	})
	if a := SMB(within(t, 5*time.Second), dial, address); a.Verdict != headstart.OK || a.Reason != "serves files, SMB 3.0" {
		t.Errorf("%+v", a)
	}
}

// Whoever answers something else, nothing, or never, is down, with the reason.
func TestNoServer(t *testing.T) {
	silent := server(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	web := server(t, func(c net.Conn) {
		_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n" + strings.Repeat("x", 600)))
		_, _ = io.Copy(io.Discard, c)
	})
	gone := server(t, func(net.Conn) {})
	ldap := func(ctx context.Context, d Dial, address string) Answer {
		return LDAP(ctx, d, Directory{Address: address})
	}
	for name, ask := range map[string]func(context.Context, Dial, string) Answer{"RDP": RDP, "SMB": SMB, "LDAP": ldap} {
		if a := ask(within(t, 200*time.Millisecond), dial, silent); !errors.Is(a.Err, context.DeadlineExceeded) {
			t.Errorf("%s of a silent server: %+v", name, a)
		}
		// What is no BER may look like the start of a long one: LDAP waits for it.
		if a := ask(within(t, time.Second), dial, web); a.Err == nil && a.Verdict != headstart.Down || a.Err != nil && name != "LDAP" {
			t.Errorf("%s of a web server: %+v", name, a)
		}
		if a := ask(within(t, 5*time.Second), dial, gone); a.Err == nil || errors.Is(a.Err, context.DeadlineExceeded) {
			t.Errorf("%s of a server that hangs up: %+v", name, a)
		}
	}
	if a := NTP(within(t, 200*time.Millisecond), dial, unanswered(t)); !errors.Is(a.Err, context.DeadlineExceeded) {
		t.Errorf("NTP of a silent server: %+v", a)
	}
}

func unanswered(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.LocalAddr().String()
}

// clock is a time server that is off by so much (RFC 5905, section 7.3).
func clock(t *testing.T, off time.Duration, stratum, leap byte) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if n < 48 {
				continue
			}
			a := make([]byte, 48)
			a[0], a[1], a[2], a[3] = leap<<6|4<<3|4, stratum, 6, 0xec
			copy(a[12:16], "LOCL")
			copy(a[24:32], b[40:48])
			now := ntpTime(time.Now().Add(off))
			for _, place := range []int{16, 32, 40} {
				binary.BigEndian.PutUint64(a[place:], now)
			}
			_, _ = c.WriteTo(a, from)
		}
	}()
	return c.LocalAddr().String()
}

// ntpTime counts from 1900 in units of 2^-32 s.
func ntpTime(t time.Time) uint64 {
	return uint64(t.Unix()+2208988800)<<32 | uint64(t.Nanosecond())<<32/1e9
}

func TestNTP(t *testing.T) {
	for name, x := range map[string]struct {
		address string
		want    headstart.Verdict
	}{
		"right":          {clock(t, 0, 2, 0), headstart.OK},
		"a little off":   {clock(t, 30*time.Second, 2, 0), headstart.Warn},
		"far off":        {clock(t, -10*time.Minute, 2, 0), headstart.Down},
		"unsynchronised": {clock(t, 0, 2, 3), headstart.Down},
		"stratum 16":     {clock(t, 0, 16, 0), headstart.Down},
	} {
		if a := NTP(within(t, 5*time.Second), dial, x.address); a.Verdict != x.want || a.Reason == "" {
			t.Errorf("%s: %+v, want %s", name, a, x.want)
		}
	}
	if a := judgeTime(ntp.ErrKissOfDeath, 0, "RATE", 0, 0); a.Verdict != headstart.Unknown || !strings.Contains(a.Reason, "RATE") {
		t.Errorf("kiss of death: %+v", a)
	}
}

// directory answers every bind with the same result code (RFC 4511, section 4.2).
func directory(t *testing.T, code byte) string {
	t.Helper()
	return server(t, func(c net.Conn) {
		b := make([]byte, 512)
		if n, _ := c.Read(b); n < 8 || b[0] != 0x30 {
			return
		}
		_, _ = c.Write([]byte{0x30, 12, 2, 1, b[4], 0x61, 7, 0x0a, 1, code, 4, 0, 4, 0})
		_, _ = io.Copy(io.Discard, c)
	})
}

func TestLDAP(t *testing.T) {
	for code, want := range map[byte]headstart.Verdict{
		0:  headstart.OK,
		48: headstart.OK,   // inappropriateAuthentication: it wants no strangers
		51: headstart.Down, // busy
		52: headstart.Down, // unavailable
	} {
		if a := LDAP(within(t, 5*time.Second), dial, Directory{Address: directory(t, code)}); a.Verdict != want || a.Reason == "" {
			t.Errorf("result code %d: %+v, want %s", code, a, want)
		}
	}
}

// A password never travels before TLS: a directory that offers none is asked for
// STARTTLS and gets nothing else.
func TestLDAPKeepsThePassword(t *testing.T) {
	heard := make(chan []byte, 1)
	address := server(t, func(c net.Conn) {
		b := make([]byte, 512)
		n, _ := c.Read(b)
		_, _ = c.Write([]byte{0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 2, 4, 0, 4, 0}) // protocolError
		more, _ := io.ReadAll(io.LimitReader(c, 512))
		heard <- append(b[:n], more...)
	})
	a := LDAP(within(t, 2*time.Second), dial, Directory{Address: address, Username: "cn=probe", Password: "geheim", TLS: &tls.Config{ServerName: "dc.example"}})
	if a.Verdict == headstart.OK || strings.Contains(a.Reason, "geheim") {
		t.Errorf("%+v", a)
	}
	if got := string(<-heard); strings.Contains(got, "geheim") || strings.Contains(got, "cn=probe") {
		t.Errorf("it heard %q", got)
	}
}

func FuzzReadConfirm(f *testing.F) {
	f.Add([]byte("\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x02\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, a := readConfirm(b); a.Verdict == "" || a.Reason == "" {
			t.Errorf("%x: %+v", b, a)
		}
	})
}

func FuzzReadNegotiate(f *testing.F) {
	f.Add(append([]byte("\xfeSMB\x40\x00"), make([]byte, 100)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a := readNegotiate(b); a.Verdict == "" || a.Reason == "" {
			t.Errorf("%x: %+v", b, a)
		}
	})
}
