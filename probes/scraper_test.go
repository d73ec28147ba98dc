package probes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart/probes/blackbox"
)

// upstream is blackbox_exporter's own example, in the module cache.
func upstream(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/blackbox_exporter").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "example.yml")
}

// scrapeOf asks /probe with key, value, key, value, ...
func scrapeOf(f *Fleet, pairs ...string) *httptest.ResponseRecorder {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	w := httptest.NewRecorder()
	f.scraper.ServeHTTP(w, httptest.NewRequest("GET", "/probe?"+q.Encode(), nil))
	return w
}

// With upstream's modules, unchanged, /probe measures what blackbox_exporter does,
// and promtool finds nothing to say about it.
func TestScrape(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = io.WriteString(w, r.Host)
	}))
	defer web.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	resolver := dnsServer(t)
	f := newFleet(t, Options{Config: config(t, "blackbox: "+upstream(t)+"\nprobes: [{name: web, kind: http, target: "+web.URL+"}]")})
	for name, tc := range map[string]struct {
		ask  []string
		want []string
	}{
		"a page":            {[]string{"target", web.URL}, []string{"probe_success 1\n", "probe_http_status_code 200\n", "probe_duration_seconds "}},
		"a broken one":      {[]string{"target", web.URL + "/broken", "module", "http_2xx"}, []string{"probe_success 0\n", "probe_http_status_code 503\n"}},
		"without scheme":    {[]string{"target", strings.TrimPrefix(web.URL, "http://")}, []string{"probe_success 1\n"}},
		"another host name": {[]string{"target", web.URL, "hostname", "intranet.example"}, []string{"probe_http_uncompressed_body_length 16\n"}},
		"a post":            {[]string{"target", web.URL, "module", "http_post_2xx"}, []string{"probe_success 1\n"}},
		"a port":            {[]string{"target", strings.TrimPrefix(web.URL, "http://"), "module", "tcp_connect"}, []string{"probe_success 1\n", "probe_ip_protocol 4\n"}},
		"a closed port":     {[]string{"target", closedPort(t), "module", "tcp_connect"}, []string{"probe_success 0\n"}},
		"a certificate":     {[]string{"target", secure.Listener.Addr().String(), "module", "tls_connect"}, []string{"probe_success 0\n"}},
		"a resolver":        {[]string{"target", resolver, "module", "dns_udp"}, []string{"probe_dns_lookup_time_seconds "}},
		"a ping":            {[]string{"target", "127.0.0.1", "module", "icmp"}, []string{"probe_success 1\n", `probe_icmp_duration_seconds{phase="rtt"} `}},
	} {
		w := scrapeOf(f, tc.ask...)
		text := w.Body.String()
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, text)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", name, want, text)
			}
		}
		lint := exec.Command("promtool", "check", "metrics")
		lint.Stdin = strings.NewReader(text)
		if said, err := lint.CombinedOutput(); err != nil || len(bytes.TrimSpace(said)) > 0 {
			t.Errorf("%s: promtool: %v\n%s", name, err, said)
		}
	}
}

// Ruling 40: /probe goes nowhere that configuration and catalog do not name,
// whatever form it is asked in, and shows a log-in only where it belongs.
func TestScrapeIsRefused(t *testing.T) {
	reached := ""
	inside := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached = r.URL.Path }))
	l, err := net.Listen("tcp", "127.0.0.3:0")
	if err != nil {
		t.Fatal(err)
	}
	inside.Listener = l
	inside.Start()
	defer inside.Close()
	authorized := ""
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorized = r.Header.Get("Authorization")
		if r.URL.Path == "/inward" {
			http.Redirect(w, r, inside.URL+"/stolen", http.StatusFound)
		}
		if r.URL.Path == "/home" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	defer web.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	f := newFleet(t, Options{Catalog: catalog(), Config: config(t, "blackbox: "+upstream(t)+`
probes:
  - {name: web, kind: http, target: `+web.URL+`}
  - {name: login, kind: http, module: http_basic_auth_example, target: `+web.URL+`/login}
  - {name: named, kind: http, target: "http://rebound.example:`+port(web.URL)+`"}
  - {name: gone, kind: http, target: "http://gone.example"}
probe_allow: [192.0.2.0/24]
`)})
	lookups := 0
	f.scraper.guard.lookup = func(_ context.Context, _, host string) ([]netip.Addr, error) {
		switch host {
		case "rebound.example": // the first answer is harmless, every other is not
			if lookups++; lookups == 1 {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("169.254.169.254")}, nil
		case "catalog.example":
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		case "public.example":
			return []netip.Addr{netip.MustParseAddr("198.51.100.7")}, nil
		}
		return nil, &net.DNSError{Name: host, IsNotFound: true}
	}
	for _, tc := range []struct {
		name, target, module string
		status               int
		says                 string
	}{
		{"the target", web.URL, "", 200, "probe_success 1\n"},
		{"home again", web.URL + "/home", "http_post_2xx", 200, "probe_success 1\n"},
		{"a name that changes its answer", "http://rebound.example:" + port(web.URL), "", 200, "probe_success 1\n"},
		{"the changed answer", "http://rebound.example:" + port(web.URL), "", 403, "169.254.169.254"},
		{"a name of an allowed address", "http://catalog.example:" + port(web.URL), "", 200, "probe_success 1\n"},
		{"a configured name that is gone", "http://gone.example", "", 200, "probe_success 0\n"},
		{"nobody's name", "http://public.example", "", 403, "198.51.100.7 is not an allowed target; add it to the catalog, to probes or to probe_allow"},
		{"a name that does not exist", "http://nothing.example", "", 403, "nothing.example is not an allowed target"},
		{"a public address", "http://198.51.100.7", "", 403, "198.51.100.7 is not an allowed target"},
		{"the metadata of a cloud", "http://169.254.169.254/latest", "", 403, "not an allowed target"},
		{"the same as IPv6", "http://[::ffff:169.254.169.254]/latest", "", 403, "not an allowed target"},
		{"link-local", "[fe80::1]:22", "tcp_connect", 403, "not an allowed target"},
		{"loopback that nobody wrote", "127.0.0.3:" + port(inside.URL), "tcp_connect", 403, "127.0.0.3 is not an allowed target"},
		{"loopback by IPv6", "[::1]:22", "tcp_connect", 403, "::1 is not an allowed target"},
		{"a ping abroad", "198.51.100.7", "icmp", 403, "198.51.100.7 is not an allowed target"},
		{"a redirect inward", web.URL + "/inward", "http_post_2xx", 403, "redirected: 127.0.0.3 is not an allowed target"},
		{"the log-in's own target", web.URL + "/elsewhere", "http_basic_auth_example", 200, "probe_success 1\n"},
		{"a log-in for another", other.URL, "http_basic_auth_example", 403, "module http_basic_auth_example carries credentials, which go only to targets configured with it"},
		{"a password in the target", "http://u:p@127.0.0.1", "", 400, "holds a password"},
		{"no target", "", "", 400, "target is missing"},
		{"no such module", web.URL, "http_2x", 400, `module "http_2x" is unknown; did you mean "http_2xx"?`},
		{"a port that is none", "127.0.0.1", "tcp_connect", 400, "has no usable port"},
		{"a socket of this machine", "/run/docker.sock", "unix_socket_ping", 403, "prober unix is not offered"},
		{"a ping nobody can send", "127.0.0.1", "icmp_example", 400, "which one socket for all hosts cannot"},
	} {
		authorized = ""
		w := scrapeOf(f, "target", tc.target, "module", tc.module)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.says) {
			t.Errorf("%s: %d %s\nwant %d %s", tc.name, w.Code, w.Body, tc.status, tc.says)
		}
		if (authorized != "") != (tc.module == "http_basic_auth_example" && tc.status == 200) {
			t.Errorf("%s: a log-in was shown: %q", tc.name, authorized)
		}
	}
	if reached != "" {
		t.Errorf("the redirect reached %s", reached)
	}
}

func port(address string) string { return address[strings.LastIndex(address, ":")+1:] }

// What Prometheus waits for bounds a scrape, which ends before that.
func TestScrapeIsHurried(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer web.Close()
	f := newFleet(t, Options{Config: config(t, "probes: [{name: web, kind: http, target: "+web.URL+"}]")})
	for header, want := range map[string]int{"1.2": 200, "soon": 400, "-1": 400, "NaN": 400} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/probe?target="+web.URL, nil)
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", header)
		start := time.Now()
		f.scraper.ServeHTTP(w, r)
		if w.Code != want || time.Since(start) > 1100*time.Millisecond {
			t.Errorf("%s: %d after %s, want %d", header, w.Code, time.Since(start), want)
		}
	}
}

// A scrape configuration written for blackbox_exporter works with a real
// Prometheus when its address is ours.
func TestARealPrometheusScrapes(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	f := newFleet(t, Options{Config: config(t, "blackbox: "+upstream(t)+"\nprobes: [{name: web, kind: http, target: "+web.URL+"}]")})
	ours := httptest.NewServer(f.scraper)
	defer ours.Close()
	prometheus := startPrometheus(t, fmt.Sprintf(`
scrape_configs:
  - job_name: blackbox
    scrape_interval: 1s
    metrics_path: /probe
    params: {module: [http_2xx]}
    static_configs: [{targets: [%q, "http://198.51.100.7"]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: %q}
`, web.URL, strings.TrimPrefix(ours.URL, "http://")))
	want := []string{"probe_success " + web.URL + " 1", "up " + web.URL + " 1", "up http://198.51.100.7 0"}
	var got []string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && !slices.Equal(got, want); time.Sleep(100 * time.Millisecond) {
		got = series(t, prometheus)
	}
	if !slices.Equal(got, want) {
		t.Errorf("Prometheus has %q, want %q", got, want)
	}
}

// series are those of up and probe_success, sorted.
func series(t *testing.T, prometheus string) []string {
	t.Helper()
	resp, err := http.Get(prometheus + "/api/v1/query?query=" + url.QueryEscape(`{__name__=~"up|probe_success"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range answer.Data.Result {
		all = append(all, fmt.Sprint(r.Metric["__name__"], " ", r.Metric["instance"], " ", r.Value[1]))
	}
	slices.Sort(all)
	return all
}

// Every way a module can show who we are counts; what is plainly said does not.
func TestCredentials(t *testing.T) {
	for module, want := range map[string]bool{
		"{prober: http}": false,
		"{prober: http, http: {headers: {Accept-Language: nl}, body: '{}'}}":                      false,
		"{prober: http, http: {tls_config: {ca_file: /ca, server_name: x}}}":                      false,
		"{prober: http, http: {proxy_url: 'http://proxy.example'}}":                               false,
		"{prober: http, http: {basic_auth: {username: u, password: p}}}":                          true,
		"{prober: http, http: {authorization: {credentials: x}}}":                                 true,
		"{prober: http, http: {bearer_token_file: /x}}":                                           true,
		"{prober: http, http: {oauth2: {client_id: a, client_secret: b, token_url: 'http://x'}}}": true,
		"{prober: http, http: {headers: {X-Api-Key: x}}}":                                         true,
		"{prober: http, http: {headers: {cookie: x}}}":                                            true,
		"{prober: http, http: {http_headers: {X-Who: {secrets: [x]}}}}":                           true,
		"{prober: http, http: {body_file: /form}}":                                                true,
		"{prober: http, http: {tls_config: {cert_file: /c, key_file: /k}}}":                       true,
		"{prober: http, http: {proxy_url: 'http://u:p@proxy.example'}}":                           true,
		"{prober: tcp, tcp: {tls: true}}":                                                         false,
		"{prober: tcp, tcp: {tls: true, tls_config: {cert_file: /c, key_file: /k}}}":              true,
		"{prober: dns, dns: {query_name: x, tls_config: {cert_file: /c, key_file: /k}}}":          true,
		"{prober: grpc, grpc: {metadata: {authorization: [x]}}}":                                  true,
		"{prober: grpc, grpc: {metadata: {lang: [nl]}}}":                                          false,
		"{prober: icmp}": false,
	} {
		m, err := blackbox.Parse([]byte("modules: {m: " + module + "}"))
		if err != nil {
			t.Errorf("%s: %v", module, err)
			continue
		}
		if got := m.Credentials("m"); got != want {
			t.Errorf("%s carries credentials: %t, want %t", module, got, want)
		}
	}
}
