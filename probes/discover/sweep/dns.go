package sweep

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// mostDatagram of an answer is read.
const mostDatagram = 9000 // what mDNS allows (RFC 6762, section 17)

// exchange sends one datagram and returns the answer to it, by the id it begins with;
// nil if there is none.
func (v *visit) exchange(ctx context.Context, service string, question []byte) []byte {
	c, err := v.dial(ctx, "udp", v.at(service))
	if err != nil {
		return nil
	}
	defer until(ctx, c)()
	if _, err := c.Write(question); err != nil {
		return nil
	}
	b := make([]byte, mostDatagram)
	for range 4 { // what answers something else is not heard
		n, err := c.Read(b)
		if err != nil {
			return nil
		}
		if n > 2 && b[0] == question[0] && b[1] == question[1] {
			return b[:n]
		}
	}
	return nil
}

// ask renders a question.
func ask(name string, of dnsmessage.Type) ([]byte, error) {
	var id [2]byte
	_, _ = rand.Read(id[:]) // never fails
	n, err := dnsmessage.NewName(name)
	if err != nil {
		return nil, err
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: binary.BigEndian.Uint16(id[:]), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: n, Type: of, Class: dnsmessage.ClassINET}},
	}
	return m.Pack()
}

// dns asks as the probe of kind dns does: for the name servers of the root, or where
// that is refused, of the domain the server itself is in.
func (v *visit) dns(ctx context.Context) {
	for _, name := range append([]string{"."}, v.domains()...) {
		if v.answers(ctx, name) {
			s := Service{Kind: "dns", Port: v.Ports.own("dns"), Words: "answers for " + name}
			if name != "." {
				s.Query = name
			}
			v.serves(s)
			return
		}
	}
}

// answers reports whether the host answers for a name without an error.
func (v *visit) answers(ctx context.Context, name string) bool {
	question, err := ask(name, dnsmessage.TypeNS)
	if err != nil {
		return false
	}
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	var p dnsmessage.Parser
	h, err := p.Start(v.exchange(ctx, "dns", question))
	return err == nil && h.Response && h.RCode == dnsmessage.RCodeSuccess
}

// domains are those the host's own names lie in.
func (v *visit) domains() []string {
	for _, n := range v.host.Names {
		if _, domain, ok := strings.Cut(n, "."); ok && domain != "" {
			return []string{domain + "."}
		}
	}
	return nil
}
