package probes

import (
	"net"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsServer answers every question for an A record with 192.0.2.1, and the name
// broken.example with SERVFAIL, until the test ends.
func dnsServer(t *testing.T) (address string) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { c.Close(); <-done })
	go func() {
		defer close(done)
		buf := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer, err := answer(buf[:n]); err == nil {
				_, _ = c.WriteTo(answer, from) // the prober's timeout tells
			}
		}
	}()
	return c.LocalAddr().String()
}

func answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return nil, err
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	if q.Name.String() == "broken.example." {
		m.RCode = dnsmessage.RCodeServerFailure
	} else {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1},
			Body:   &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}},
		}}
	}
	return m.Pack()
}
