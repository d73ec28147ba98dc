package probes

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"headstart"
)

// A kind of its own is asked its own way, and dials through the guard.
func TestKindOfItsOwn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	g := &guard{dialer: &headstart.Dialer{}, literal: map[netip.Addr]bool{netip.MustParseAddr("127.0.0.1"): true}}
	s := &spec{asking: &asking{kind: "greeting"}, own: func(ctx context.Context, out *guard, _ bool) finding {
		c, err := out.DialContext(ctx, "tcp", l.Addr().String())
		if err != nil {
			return finding{verdict: headstart.Down, reason: err.Error()}
		}
		_ = c.Close()
		return finding{verdict: headstart.OK, reason: "greeted"}
	}}
	if f := (&network{guard: g}).probe(t.Context(), s, false); f.verdict != headstart.OK || f.reason != "greeted" {
		t.Errorf("found %+v", f)
	}
}

// Ruling 40: a name is resolved once and every address it has is judged; of two
// hundred only a few are tried.
func TestGuardDials(t *testing.T) {
	asked := 0
	g := &guard{dialer: &headstart.Dialer{}, lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		asked++
		var all []netip.Addr
		for i := range 200 {
			all = append(all, netip.AddrFrom4([4]byte{169, 254, 0, byte(i)}))
		}
		return all, nil
	}}
	_, err := g.DialContext(t.Context(), "tcp", "metadata.example:80")
	if err == nil || asked != 1 || strings.Count(err.Error(), "internal address") != mostAddresses {
		t.Errorf("asked %d times: %v", asked, err)
	}
	for _, address := range []string{"nohost", "a:b", "a:70000"} {
		if _, err := g.DialContext(t.Context(), "tcp", address); err == nil {
			t.Errorf("dialled %s", address)
		}
	}
}
