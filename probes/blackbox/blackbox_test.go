package blackbox

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// open allows everything and resolves every name to loopback.
type open struct{ asked []string }

func (o *open) Resolve(_ context.Context, host string, port uint16, _ string, _ bool) (netip.Addr, error) {
	o.asked = append(o.asked, fmt.Sprintf("%s:%d", host, port))
	switch host {
	case "gone.example":
		return netip.Addr{}, &net.DNSError{Name: host, IsNotFound: true}
	case "inside.example":
		return netip.Addr{}, errors.New("169.254.169.254 is an internal address no setting names")
	}
	return netip.MustParseAddr("127.0.0.1"), nil
}

func (*open) Check(netip.AddrPort) error { return nil }

func parse(t *testing.T, text string) Modules {
	t.Helper()
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func probe(t *testing.T, m Modules, module, target string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return m.Probe(ctx, Question{Module: module, Target: target}, &open{})
}

// gzipBomb unpacks into as many megabytes, and is a thousandth of that.
func gzipBomb(t *testing.T, megabytes int) []byte {
	t.Helper()
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	if _, err := z.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Repeat(member.Bytes(), megabytes) // members may follow each other (RFC 1952)
}

func TestHTTP(t *testing.T) {
	var host string
	bomb := gzipBomb(t, 1024)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	defer func() {
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Errorf("%d MB were allocated; bodies without end or bound are to be left unread", grown>>20)
		}
	}()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		switch r.URL.Path {
		case "/503":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/slow":
			<-r.Context().Done()
		case "/trickle":
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("."))
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		default:
			fmt.Fprintln(w, "Inloggen")
		}
	}))
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	m := parse(t, `
modules:
  plain: {prober: http}
  unpack: {prober: http, http: {compression: gzip, fail_if_body_not_matches_regexp: [Inloggen]}}
  gulp: {prober: http, http: {compression: gzip}}
  short: {prober: http, timeout: 200ms}
  path: {prober: unix}
  login: {prober: http, http: {fail_if_body_not_matches_regexp: [Inloggen]}}
  error: {prober: http, http: {fail_if_body_matches_regexp: [Inloggen]}}
  want503: {prober: http, http: {valid_status_codes: [503]}}
  secure: {prober: http, http: {fail_if_not_ssl: true}}
`)
	for name, tc := range map[string]struct {
		module, path string
		verdict      headstart.Verdict
		reason       string
		silent       bool
	}{
		"fine":                   {"plain", "/", headstart.OK, "HTTP status 200 OK", false},
		"a status":               {"plain", "/503", headstart.Down, "HTTP status 503 Service Unavailable", false},
		"a status as wanted":     {"want503", "/503", headstart.OK, "HTTP status 503 Service Unavailable", false},
		"the module's timeout":   {"short", "/slow", headstart.Down, "no answer within 200ms", true},
		"the body as wanted":     {"login", "/", headstart.OK, "HTTP status 200 OK", false},
		"the body not as wanted": {"error", "/", headstart.Down, "", false},
		"not TLS":                {"secure", "/", headstart.Down, "", false},
		"a body without end":     {"login", "/endless", headstart.Down, "", false},
		"a body that trickles":   {"short", "/trickle", headstart.Down, "", true},
		"a bomb, searched":       {"unpack", "/bomb", headstart.Down, "", false},
		"a bomb, swallowed":      {"gulp", "/bomb", headstart.Down, "", false},
		"a path, no address":     {"path", "/", headstart.Unknown, `no module "path" that can run here`, false},
		"unknown module":         {"nothing", "/", headstart.Unknown, `no module "nothing" that can run here`, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := probe(t, m, tc.module, fmt.Sprintf("http://intranet.example:%d%s", port, tc.path))
			if r.Verdict != tc.verdict || r.Silent != tc.silent || tc.reason != "" && r.Reason != tc.reason || r.Reason == "" {
				t.Errorf("got %+v", r)
			}
		})
	}
	probe(t, m, "plain", fmt.Sprintf("http://intranet.example:%d/", port))
	if want := fmt.Sprintf("intranet.example:%d", port); host != want {
		t.Errorf("the server saw host %q, want %q: the address is dialled, the name is asked for", host, want)
	}
}

// The certificate must carry the name although the address is dialled.
func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pemOf(server), 0o600); err != nil {
		t.Fatal(err)
	}
	m := parse(t, fmt.Sprintf(`
modules:
  web: {prober: http, http: {tls_config: {ca_file: %[1]q}}}
  port: {prober: tcp, tcp: {tls: true, tls_config: {ca_file: %[1]q}}}
`, ca))
	port := server.Listener.Addr().(*net.TCPAddr).Port
	for module, target := range map[string]string{"web": "https://%s:%d/", "port": "%s:%d"} {
		good := probe(t, m, module, fmt.Sprintf(target, "example.com", port)) // httptest's certificate is for it
		if good.Verdict != headstart.OK || !good.CertExpiry.Equal(server.Certificate().NotAfter) {
			t.Errorf("%s: %+v", module, good)
		}
		bad := probe(t, m, module, fmt.Sprintf(target, "other.example", port))
		if bad.Verdict != headstart.Down || !strings.HasPrefix(bad.Reason, "certificate: ") {
			t.Errorf("%s with another name: %+v", module, bad)
		}
	}
	if !m.TLS("port") || Default().TLS("tcp_connect") || !Default().TLS("tls_connect") {
		t.Error("TLS tells modules with a certificate from others")
	}
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "220 mail.example\r\n")
			c.Close()
		}
	}()
	m := parse(t, `modules: {banner: {prober: tcp, tcp: {query_response: [{expect: "^220"}]}}, other: {prober: tcp, tcp: {query_response: [{expect: "^SSH"}]}}}`)
	target := "mail.example" + strings.TrimPrefix(l.Addr().String(), "127.0.0.1")
	if r := probe(t, m, "banner", target); r.Verdict != headstart.OK || r.Reason != "connected" {
		t.Errorf("banner: %+v", r)
	}
	if r := probe(t, m, "other", target); r.Verdict != headstart.Down || r.Reason == "" {
		t.Errorf("another banner: %+v", r)
	}
	l.Close()
	if r := probe(t, m, "banner", target); r.Verdict != headstart.Down || r.Reason != "connection refused" || r.Silent {
		t.Errorf("nobody listens: %+v", r)
	}
}

// Before the first packet: a name that does not exist is down, an address that
// may not be dialled means not checked.
func TestUnresolved(t *testing.T) {
	m := Default()
	for target, want := range map[string]Result{
		"gone.example:80":   {Verdict: headstart.Down, Reason: "the name gone.example does not exist"},
		"inside.example:80": {Verdict: headstart.Unknown, Reason: "169.254.169.254 is an internal address no setting names"},
		"no-port":           {Verdict: headstart.Unknown, Reason: `target "no-port" has no port; write HOST:PORT`},
	} {
		if r := probe(t, m, "tcp_connect", target); r.Verdict != want.Verdict || r.Reason != want.Reason {
			t.Errorf("%s: %+v", target, r)
		}
	}
}

// Default ports and IPv6 forms reach the guard as they will be dialled.
func TestTargetsAreJudgedAsDialled(t *testing.T) {
	for _, tc := range []struct{ module, target, want string }{
		{"http_2xx", "intranet.example", "intranet.example:80"},
		{"http_2xx", "https://intranet.example/a", "intranet.example:443"},
		{"http_2xx", "https://[2001:db8::1]/a", "2001:db8::1:443"},
		{"http_2xx", "https://[2001:db8::1]:8443", "2001:db8::1:8443"},
		{"dns_udp", "ns.example", "ns.example:53"},
		{"dns_udp", "::1", "::1:53"},
		{"tcp_connect", "[::1]:22", "::1:22"},
	} {
		g := &open{}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // what is dialled is not the question
		Default().Probe(ctx, Question{Module: tc.module, Target: tc.target}, g)
		if !slices.Equal(g.asked, []string{tc.want}) {
			t.Errorf("%s %s: judged %v, want %s", tc.module, tc.target, g.asked, tc.want)
		}
	}
}

// blackbox_exporter's own examples work unchanged.
func TestUpstreamExamplesLoad(t *testing.T) {
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/blackbox_exporter").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"example.yml", "blackbox.yml"} {
		data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), file))
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if len(m.Names()) < 10 {
			t.Errorf("%s: only %d modules", file, len(m.Names()))
		}
	}
}

// A file replaces built-in modules of the same name and keeps the others.
func TestLoadAddsToTheBuiltIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "blackbox.yml")
	if err := os.WriteFile(file, []byte("modules: {http_2xx: {prober: tcp}, mine: {prober: grpc}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"http_2xx": "tcp", "mine": "grpc", "dns_udp": "dns", "icmp": "icmp"} {
		if got, ok := m.Prober(name); !ok || got != want {
			t.Errorf("%s uses %q, want %q", name, got, want)
		}
	}
	if _, err := Load(file + "x"); err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestMistakesInModules(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"unknown key":      {"modules: {a: {prober: http, http: {new_in_v1: 1}}}", "since that release is built in"},
		"no prober":        {"modules: {a: {http: {}}}", `module a: prober ""; write one of dns, grpc, http, icmp, tcp, unix`},
		"unknown prober":   {"modules: {a: {prober: htttp}}", `prober "htttp"; write one of`},
		"dns without name": {"modules: {a: {prober: dns, dns: {}}}", "query name must be set"},
	} {
		if _, err := Parse([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := parse(t, "modules: {a: {prober: icmp, icmp: {ttl: 5}}}").ICMP("a"); err == nil {
		t.Error("a TTL of its own is silently ignored")
	}
	if prefer, fallback, err := parse(t, "modules: {a: {prober: icmp, icmp: {preferred_ip_protocol: ip4}}}").ICMP("a"); prefer != "ip4" || !fallback || err != nil {
		t.Errorf("icmp module: %q %v %v", prefer, fallback, err)
	}
}

// FuzzParse: whatever stands in blackbox.yml is refused, or every module has a
// prober that can run.
func FuzzParse(f *testing.F) {
	f.Add(defaults)
	f.Add([]byte("modules: {a: {prober: dns, dns: {query_name: x}}}"))
	f.Add([]byte("modules: null"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		for _, name := range m.Names() {
			if p, ok := m.Prober(name); !ok || !slices.Contains(known, p) {
				t.Fatalf("module %q has prober %q", name, p)
			}
		}
	})
}

// refuses allows nothing.
type refuses struct{ open }

func (refuses) Check(ap netip.AddrPort) error { return fmt.Errorf("%s is not allowed", ap) }

// A connect to a refused address is held until the prober has given up: let go
// before, it could win the race and carry a request (ruling 40).
func TestRefusedConnectIsHeld(t *testing.T) {
	ctx, stop := watch(t.Context(), parse(t, "modules: {a: {prober: http}}").byName["a"], &refuses{})
	let := make(chan struct{})
	go func() {
		httptrace.ContextClientTrace(ctx).ConnectStart("tcp4", "169.254.169.254:80")
		close(let)
	}()
	<-ctx.Done() // the run is cancelled
	select {
	case <-let:
		t.Fatal("the connect went on while the prober still listened")
	case <-time.After(20 * time.Millisecond):
	}
	if err := stop(); err == nil || !strings.Contains(err.Error(), "169.254.169.254:80 is not allowed") {
		t.Errorf("refusal: %v", err)
	}
	<-let
}

// Probes inherit no proxy from the environment (ruling 46).
func TestBuiltInModulesUseNoProxy(t *testing.T) {
	for name, m := range Default().byName {
		if proxied(m) {
			t.Errorf("%s goes through a proxy", name)
		}
	}
	if !proxied(parse(t, "modules: {a: {prober: http, http: {proxy_url: 'http://proxy:3128'}}}").byName["a"]) {
		t.Error("a proxy the operator wrote down is overlooked")
	}
}
