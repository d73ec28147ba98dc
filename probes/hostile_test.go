package probes

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"headstart"
	"headstart/probes/blackbox"
)

// everyKind is a probe of each kind that goes to an address, at the target %s.
func everyKind(t *testing.T, target string) []Probe {
	t.Helper()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	var all []Probe
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if kinds[kind].address == nil {
			continue
		}
		p := Probe{Name: kind, Kind: kind, Target: target, Interval: 0}
		switch kind {
		case "tcp", "grpc":
			p.Port = 7
		case "promql":
			p.Query = "up"
		case "snmp":
			p.Interfaces = []string{"lo"}
		}
		all = append(all, p)
	}
	return all
}

// A name that leads nowhere, to two hundred addresses, or that nobody can look up, is
// told in words by every kind: down where people too would not get there, unknown
// where nothing was asked.
func TestNames(t *testing.T) {
	many := make([]netip.Addr, 200)
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{169, 254, 1, byte(i)})
	}
	for name, c := range map[string]struct {
		lookup func() ([]netip.Addr, error)
		want   headstart.Verdict
		reason string
	}{
		"no such name": {func() ([]netip.Addr, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "host.example", IsNotFound: true}
		}, headstart.Down, "the name host.example does not exist"},
		"a resolver that is silent": {func() ([]netip.Addr, error) {
			return nil, &net.DNSError{Err: "i/o timeout", Name: "host.example", IsTimeout: true}
		}, headstart.Unknown, "i/o timeout"},
		"a resolver that cannot": {func() ([]netip.Addr, error) {
			return nil, &net.DNSError{Err: "server misbehaving", Name: "host.example", IsTemporary: true}
		}, headstart.Unknown, "server misbehaving"},
		"a name without an address":   {func() ([]netip.Addr, error) { return nil, nil }, headstart.Unknown, "the name has no address"},
		"two hundred that are inward": {func() ([]netip.Addr, error) { return many, nil }, headstart.Unknown, "internal address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32 // a printer is asked both ways at once
			g := &guard{dialer: &headstart.Dialer{}, lookup: func(context.Context, string, string) ([]netip.Addr, error) {
				asked.Add(1)
				return c.lookup()
			}}
			f := newFleet(t, Options{Config: Config{Probes: everyKind(t, "host.example")}})
			for _, j := range f.jobs {
				asked.Store(0)
				found := attempt(t.Context(), (&network{guard: g, ping: f.ping}).probe, &j.spec, false)
				want := c.want
				if j.spec.kind == "promql" || j.spec.kind == "statuspage" {
					want = headstart.Unknown // they speak for others
				}
				if found.verdict != want || !strings.Contains(found.reason, c.reason) || len(found.reason) > 1000 {
					t.Errorf("%s: %s %q, want %s and %q", j.spec.kind, found.verdict, found.reason, want, c.reason)
				}
				if n := asked.Load(); n > 2 { // once for each protocol of a printer
					t.Errorf("%s looked the name up %d times", j.spec.kind, n)
				}
			}
		})
	}
}

// Two hundred silent addresses cost one timeout, and four sockets at most.
func TestManySilentAddresses(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	port := silent.LocalAddr().(*net.UDPAddr).Port
	g := &guard{dialer: &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }}, lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return slices.Repeat([]netip.Addr{netip.MustParseAddr("127.0.0.1")}, 200), nil
	}}
	f := newFleet(t, Options{Config: Config{Probes: []Probe{
		{Name: "a", Kind: "snmp", Target: "host.example", Port: port, Interfaces: []string{"lo"}},
		{Name: "b", Kind: "ntp", Target: "host.example", Port: port},
	}}})
	for _, j := range f.jobs {
		j.spec.timeout = 300 * time.Millisecond
		found := attempt(t.Context(), (&network{guard: g, ping: f.ping}).probe, &j.spec, false)
		if found.verdict != headstart.Down || !found.silent || found.took > 3*time.Second {
			t.Errorf("%s: %s %s after %s", j.spec.kind, found.verdict, found.reason, found.took)
		}
	}
}

// A resolver that is probed may answer with names that point at themselves, with an
// alias of itself, with half a message or another question: a verdict comes in time.
func TestDNSLoops(t *testing.T) {
	header := func(question []byte, answers byte) []byte {
		b := slices.Clone(question)
		b[2], b[7] = b[2]|0x80, answers // a response, with so many answers
		return slices.Clip(b)
	}
	question := func(b []byte) []byte { // without what follows the question
		var p dnsmessage.Parser
		if _, err := p.Start(b); err != nil {
			return b
		}
		q, err := p.AllQuestions()
		if err != nil {
			return b
		}
		m := dnsmessage.Message{Header: dnsmessage.Header{ID: uint16(b[0])<<8 | uint16(b[1]), RecursionDesired: true}, Questions: q}
		out, err := m.Pack()
		if err != nil {
			return b
		}
		return out
	}
	tail := []byte{0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1} // an A record of class IN
	for name, c := range map[string]struct {
		say  func(q []byte) []byte
		want []headstart.Verdict
	}{
		"a name that points at itself": {func(q []byte) []byte {
			b := header(q, 1)
			return append(append(b, 0xc0, byte(len(b))), tail...)
		}, []headstart.Verdict{headstart.Down, headstart.Unknown}},
		"two that point at each other": {func(q []byte) []byte {
			b := header(q, 1)
			return append(append(b, 0xc0, byte(len(b)+2), 0xc0, byte(len(b))), tail...)
		}, []headstart.Verdict{headstart.Down, headstart.Unknown}},
		"an alias of itself": {func(q []byte) []byte {
			b := header(q, 1)
			return append(b, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12)
		}, []headstart.Verdict{headstart.OK}}, // it answered; nobody follows the alias
		"half a message":    {func(q []byte) []byte { return header(q, 1)[:9] }, []headstart.Verdict{headstart.Down, headstart.Unknown}},
		"another number":    {func(q []byte) []byte { b := header(q, 0); b[0] ^= 0xff; return b }, []headstart.Verdict{headstart.Down}},
		"nothing but noise": {func([]byte) []byte { return []byte("HTTP/1.0 400") }, []headstart.Verdict{headstart.Down, headstart.Unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			go func() {
				b := make([]byte, 4096)
				for {
					n, from, err := conn.ReadFrom(b)
					if err != nil {
						return
					}
					_, _ = conn.WriteTo(c.say(question(b[:n])), from)
				}
			}()
			f := newFleet(t, Options{Config: Config{Probes: []Probe{{Name: "a", Kind: "dns", Target: conn.LocalAddr().String(), Query: "intranet.example"}}}})
			f.jobs[0].spec.timeout = 700 * time.Millisecond
			found := attempt(t.Context(), f.probe, &f.jobs[0].spec, false)
			if !slices.Contains(c.want, found.verdict) || found.reason == "" || found.took > 3*time.Second {
				t.Errorf("%s %q after %s, want one of %v", found.verdict, found.reason, found.took, c.want)
			}
		})
	}
}

// Nobody is late because of one target: with sixty probes that hang at one host,
// deaf to their time, no other starts after its slot.
func TestOneTargetDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Config{}
		for i := range 60 {
			c.Probes = append(c.Probes, Probe{Name: fmt.Sprintf("stuck-%d", i), Kind: "tcp", Target: "10.0.0.1:80"})
		}
		for i := range 600 {
			c.Probes = append(c.Probes, Probe{Name: fmt.Sprintf("fine-%d", i), Kind: "tcp", Target: fmt.Sprintf("10.1.%d.%d:80", i>>8, i&255)})
		}
		f := newFleet(t, Options{Config: c, Append: newLogbook().Append})
		var mu sync.Mutex
		starts := map[string][]time.Time{}
		f.probe = func(_ context.Context, s *spec, _ bool) finding {
			mu.Lock()
			starts[s.id] = append(starts[s.id], time.Now())
			mu.Unlock()
			if strings.HasPrefix(s.id, "stuck") {
				time.Sleep(time.Hour) // deaf
			}
			return finding{verdict: headstart.OK}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		begin := time.Now()
		go func() { done <- f.Run(ctx) }()
		time.Sleep(10*time.Minute + time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, j := range f.jobs {
			s := &j.spec
			if strings.HasPrefix(s.id, "stuck") {
				continue
			}
			for i, at := range starts[s.id] {
				if want := begin.Add(phase(s.id, s.interval) + time.Duration(i)*s.interval); at.After(want) || at.Before(want.Add(-together)) {
					t.Fatalf("%s began its run %d %s late; want it in its slot, or up to %s before, with another", s.id, i, at.Sub(want), together)
				}
			}
			if n := len(starts[s.id]); n < 10 {
				t.Fatalf("%s ran %d times in ten minutes", s.id, n)
			}
		}
		time.Sleep(time.Hour) // let those that hang end
	})
}

// What a target may make a reason of is one line that a page can show, whichever kind
// asked it.
func TestReasonsAreOneLine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				_, _ = c.Write([]byte("\x1b[31m\r\n\x00" + strings.Repeat("é\n", 300)))
			}()
		}
	}()
	address := l.Addr().String()
	probes := everyKind(t, address)
	for i := range probes {
		probes[i].Port = 0
	}
	probes = slices.DeleteFunc(probes, func(p Probe) bool { return p.Kind == "icmp" })
	f := newFleet(t, Options{Config: Config{Probes: probes}})
	for _, r := range f.CheckNow(t.Context(), Filter{}, nil) {
		if r.Reason != blackbox.OneLine(r.Reason) && len(r.Reason) < 200 || strings.ContainsAny(r.Reason, "\n\x00\x1b") || len(r.Reason) > 1000 {
			t.Errorf("%s: %q", r.Kind, r.Reason)
		}
	}
}
