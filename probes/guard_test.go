package probes

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headstart"
)

// What is written down may be dialled; what a name turns out to be is judged
// (ruling 40).
func TestGuard(t *testing.T) {
	c := config(t, `
probes:
  - {name: a, kind: http, target: "http://127.0.0.1:8480"}
  - {name: b, kind: tcp, target: "[fe80::1]:22"}
  - {name: c, kind: icmp, target: printer.example}
probe_allow: [169.254.7.0/24]
`)
	specs, _, err := c.expand(catalog())
	if err != nil {
		t.Fatal(err)
	}
	g, err := newGuard(c, specs, catalog(), &headstart.Dialer{})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"127.0.0.1:1":                 true, // a target
		"[::ffff:127.0.0.1]:1":        true, // the same, written as IPv6
		"127.0.0.2:1":                 true, // of the catalog
		"127.0.0.3:1":                 false,
		"[::1]:1":                     false,
		"[fe80::1]:1":                 true,
		"[fe80::2]:1":                 false,
		"169.254.169.254:80":          false, // the metadata of a cloud
		"[::ffff:169.254.169.254]:80": false,
		"169.254.7.9:1":               true, // probe_allow
		"10.9.9.9:1":                  true,
		"0.0.0.0:1":                   false,
		"224.0.0.1:1":                 false,
	} {
		if err := g.Check(netip.MustParseAddrPort(address)); (err == nil) != want {
			t.Errorf("%s: allowed %v (%v), want %v", address, err == nil, err, want)
		}
	}

	answers := map[string][]netip.Addr{
		"rebound.example": {netip.MustParseAddr("169.254.169.254")},
		"dual.example":    {netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.1")},
	}
	g.lookup = func(_ context.Context, _, host string) ([]netip.Addr, error) {
		if a, ok := answers[host]; ok {
			return a, nil
		}
		return nil, &net.DNSError{Name: host, IsNotFound: true}
	}
	for name, tc := range map[string]struct {
		host, prefer string
		fallback     bool
		want, fail   string
	}{
		"IPv4 wanted":               {"dual.example", "ip4", false, "192.0.2.1", ""},
		"IPv6 is the default":       {"dual.example", "", true, "2001:db8::1", ""},
		"no such family":            {"192.0.2.9", "ip6", false, "", "set ip_protocol_fallback"},
		"the other family will do":  {"192.0.2.9", "ip6", true, "192.0.2.9", ""},
		"a name that points inward": {"rebound.example", "ip4", true, "", "add it to probe_allow"},
		"no such name":              {"gone.example", "ip4", true, "", "gone.example"},
	} {
		a, err := g.Resolve(t.Context(), tc.host, 80, tc.prefer, tc.fallback)
		if tc.fail == "" && (err != nil || a.String() != tc.want) || tc.fail != "" && (err == nil || !strings.Contains(err.Error(), tc.fail)) {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
	if f := unresolved(t.Context(), &net.DNSError{Name: "gone.example", IsNotFound: true}); f.verdict != headstart.Down {
		t.Errorf("a name that does not exist is %s, want down", f.verdict)
	}
	if f := unresolved(t.Context(), &net.DNSError{Name: "x", IsTimeout: true}); f.verdict != headstart.Unknown {
		t.Errorf("a resolver that does not answer is %s, want unknown", f.verdict)
	}
}

// A redirect to an address nobody allowed gets no request (ruling 40).
func TestRedirectInwardIsRefused(t *testing.T) {
	reached := false
	inner, err := net.Listen("tcp", "127.0.0.99:0")
	if err != nil {
		t.Fatal(err)
	}
	secret := &httptest.Server{Listener: inner, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })}}
	secret.Start()
	outer := httptest.NewServer(http.RedirectHandler(secret.URL, http.StatusFound))
	defer outer.Close()

	file := filepath.Join(t.TempDir(), "blackbox.yml")
	if err := os.WriteFile(file, []byte("modules: {follow: {prober: http}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config(t, `probes: [{name: follow, kind: http, module: follow, target: "`+outer.URL+`"}, {name: stay, kind: http, target: "`+outer.URL+`"}]`)
	c.Blackbox = file
	r := newFleet(t, Options{Config: c}).CheckNow(t.Context(), Filter{}, nil)
	if r[0].Verdict != headstart.Unknown || !strings.Contains(r[0].Reason, "127.0.0.99") {
		t.Errorf("followed: %+v", r[0])
	}
	if r[1].Verdict != headstart.OK || r[1].Reason != "HTTP status 302 Found" {
		t.Errorf("the built-in module: %+v, want the redirect as an answer", r[1])
	}

	c.Allow = []string{"127.0.0.99"}
	if r := newFleet(t, Options{Config: c}).CheckNow(t.Context(), Filter{Names: []string{"follow"}}, nil); r[0].Verdict != headstart.OK || !reached {
		t.Errorf("allowed by probe_allow: %+v", r[0])
	}
	reached = false
	c.Allow = nil
	newFleet(t, Options{Config: c}).CheckNow(t.Context(), Filter{}, nil)
	secret.Close() // waits for its connections
	if reached {
		t.Error("the address was sent a request")
	}
}

// Addresses that may not be probed are not pinged either: same list.
func TestPingIsGuardedToo(t *testing.T) {
	f := newFleet(t, Options{Config: config(t, `probes: [{name: a, kind: icmp, target: rebound.example}]`)})
	g := &guard{dialer: &headstart.Dialer{}, literal: map[netip.Addr]bool{}, lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}}
	f.probe = (&network{guard: g, ping: f.ping}).probe
	if r := f.CheckNow(t.Context(), Filter{}, nil); r[0].Verdict != headstart.Unknown || !strings.Contains(r[0].Reason, "probe_allow") {
		t.Errorf("got %+v", r[0])
	}
}
