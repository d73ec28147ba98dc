package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart/credentials/certtest"
)

// certificates writes an authority (ca.crt), a certificate of the server (server.crt and
// .key) and one of a client (client.crt and .key) into dir; other.crt and .key are of an
// authority that nobody knows.
func certificates(t *testing.T, dir string) {
	t.Helper()
	ours, nobodys := certtest.NewAuthority(t, "ours"), certtest.NewAuthority(t, "nobody's")
	issue := func(by *certtest.Authority, file, name string, usage x509.ExtKeyUsage) {
		cert, key := by.Issue(t, name, usage)
		write(t, filepath.Join(dir, file+".crt"), string(cert))
		write(t, filepath.Join(dir, file+".key"), string(key))
	}
	write(t, filepath.Join(dir, "ca.crt"), string(ours.PEM))
	issue(ours, "server", "headstart", x509.ExtKeyUsageServerAuth)
	issue(ours, "client", "prom-cert", x509.ExtKeyUsageClientAuth)
	issue(nobodys, "other", "prom-cert", x509.ExtKeyUsageClientAuth)
}

// TestPrometheusCredentials (ruling 38): a real Prometheus brings alerts and scrapes with
// basic_auth, with a bearer token and with a client certificate; with a wrong token, with
// none and with a certificate of somebody else it comes to nothing, and we say so.
func TestPrometheusCredentials(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certificates(t, dir)
	for _, name := range []string{"basic", "bearer"} {
		write(t, filepath.Join(dir, name+".token"), strings.Repeat(name, 6)+"\n")
	}
	write(t, filepath.Join(dir, "web.yml"), "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, client_auth_type: VerifyClientCertIfGiven}\n")
	config := prepare(t, fmt.Sprintf(`web_config_file: %s
auth:
  tokens:
    - {name: prom-basic, token_file: %s, scopes: [ingest, read]}
    - {name: prom-bearer, token_file: %s, scopes: [ingest, read]}
`, filepath.Join(dir, "web.yml"), filepath.Join(dir, "basic.token"), filepath.Join(dir, "bearer.token")))
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("ca.crt: %v", err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	t.Cleanup(client.CloseIdleConnections)
	r := serving(t, config)
	r.base = strings.Replace(r.base, "http:", "https:", 1)

	ways := map[string]string{
		"basic":   fmt.Sprintf("basic_auth: {username: whoever, password_file: %s}", filepath.Join(dir, "basic.token")),
		"bearer":  fmt.Sprintf("authorization: {credentials_file: %s}", filepath.Join(dir, "bearer.token")),
		"cert":    "",
		"wrong":   "authorization: {credentials: no-token-of-ours}",
		"without": "",
		"forged":  "",
	}
	startPrometheusWith(t, dir, strings.TrimPrefix(r.base, "https://"), ways)
	counted := func(name string) string { return seen(client, r.base, strings.Repeat("bearer", 6), name) }
	for _, from := range []string{"prom-basic", "prom-bearer", "prom-cert"} {
		waitFor(t, 60*time.Second, "alerts from "+from, func() bool {
			return counted(fmt.Sprintf("headstart_alerts_received_total{source=%q}", from)) > "0"
		})
	}
	waitFor(t, 60*time.Second, "refusals to be counted", func() bool { return counted(`headstart_ingest_rejected_total{reason="credentials"}`) > "0" })
	waitFor(t, 30*time.Second, "refusals to be told", func() bool {
		said := r.stderr.String()
		return strings.Contains(said, "a program is refused") && strings.Contains(said, "path=/api/v2/alerts") && strings.Contains(said, "path=/metrics")
	})
	for _, secret := range []string{"no-token-of-ours", strings.Repeat("basic", 6), strings.Repeat("bearer", 6)} {
		if strings.Contains(r.stderr.String(), secret) {
			t.Errorf("the log holds a secret")
		}
	}
}

// startPrometheusWith starts a Prometheus that always has an alert, and sends it to target
// and scrapes target in each of the ways, whose names are those of the jobs. It waits until
// the jobs are up, or down where the way is not to work.
func startPrometheusWith(t *testing.T, dir, target string, ways map[string]string) {
	t.Helper()
	pair := map[string]string{"cert": "client", "forged": "other"}
	write(t, filepath.Join(dir, "rules.yml"), "groups: [{name: g, rules: [{alert: HostDown, expr: vector(1), labels: {instance: sw-n-2}}]}]\n")
	var alerting, scrapes strings.Builder
	for name, way := range ways {
		with := fmt.Sprintf("scheme: https, tls_config: {ca_file: %s", filepath.Join(dir, "ca.crt"))
		if own := pair[name]; own != "" {
			with += fmt.Sprintf(", cert_file: %s.crt, key_file: %s.key", filepath.Join(dir, own), filepath.Join(dir, own))
		}
		with += "}"
		if way != "" {
			with += ", " + way
		}
		fmt.Fprintf(&alerting, "  - {%s, static_configs: [{targets: [%q]}]}\n", with, target)
		fmt.Fprintf(&scrapes, "- {job_name: %s, %s, static_configs: [{targets: [%q]}]}\n", name, with, target)
	}
	write(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n%sscrape_configs:\n%s", &alerting, &scrapes))
	address := freePort(t)
	child(t, "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--rules.alert.resend-delay=1s", "--log.level=error")
	var up struct {
		Data struct {
			ActiveTargets []struct{ ScrapePool, Health, LastError string }
		}
	}
	works := []string{"basic", "bearer", "cert"}
	waitFor(t, 60*time.Second, "every job to be scraped or refused", func() bool {
		if get("http://"+address+"/api/v1/targets", &up) != nil || len(up.Data.ActiveTargets) != len(ways) {
			return false
		}
		for _, x := range up.Data.ActiveTargets {
			want := "down"
			if slices.Contains(works, x.ScrapePool) {
				want = "up"
			}
			if x.Health != want {
				return false
			}
		}
		return true
	})
}

// seen is what /metrics says of one series; empty: nothing.
func seen(client *http.Client, base, token, series string) string {
	r, err := http.NewRequest(http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return ""
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(r)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(res.Body)
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
