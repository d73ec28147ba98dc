package door

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"headstart"
	"headstart/credentials/certtest"
)

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func bcryptOf(t *testing.T, password string) string {
	t.Helper()
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(h)
}

// webConfigDir holds server.crt, server.key, ca.crt and web.yml.
func webConfigDir(t *testing.T, a *certtest.Authority, yml string) string {
	t.Helper()
	dir := t.TempDir()
	cert, key := a.Issue(t, "server", x509.ExtKeyUsageServerAuth)
	write(t, filepath.Join(dir, "server.crt"), cert)
	write(t, filepath.Join(dir, "server.key"), key)
	write(t, filepath.Join(dir, "ca.crt"), a.PEM)
	write(t, filepath.Join(dir, "web.yml"), []byte(yml))
	return dir
}

func client4(t *testing.T, a *certtest.Authority, cert, key []byte) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(a.Cert)
	conf := &tls.Config{RootCAs: pool}
	if cert != nil {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	tr := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, c *http.Client, method, url string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(r)
	}
	res, err := c.Do(r)
	if err != nil {
		return nil, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func TestTLSWithClientCertificates(t *testing.T) { // ruling 38
	ca, other := certtest.NewAuthority(t, "test authority"), certtest.NewAuthority(t, "test authority")
	dir := webConfigDir(t, ca, `
tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, client_auth_type: VerifyClientCertIfGiven}
`)
	d := testDoor(t, func(c *Config) {
		c.Listen, c.Publish.Listen, c.WebConfigFile = "0.0.0.0:0", "127.0.0.1:0", filepath.Join(dir, "web.yml")
	})
	_, port, _ := net.SplitHostPort(serveDoor(t, d))
	base := "https://127.0.0.1:" + port
	cert, key := ca.Issue(t, "prometheus", x509.ExtKeyUsageClientAuth)
	mine := client4(t, ca, cert, key)

	res, text := get(t, mine, "POST", base+"/api/v2/alerts")
	if res == nil || res.StatusCode != 200 || !strings.Contains(text, `name="prometheus"`) {
		t.Fatalf("ingest with a client certificate: %v %s; want 200 as prometheus", res, text)
	}
	if res.ProtoMajor != 2 {
		t.Errorf("protocol %s, want HTTP/2", res.Proto)
	}
	if res, text := get(t, mine, "POST", base+"/api/v1/things"); res == nil || res.StatusCode != 403 {
		t.Errorf("writing with a client certificate: %v %s; want 403", res, text)
	}
	forged, fkey := other.Issue(t, "prometheus", x509.ExtKeyUsageClientAuth)
	if res, text := get(t, client4(t, ca, forged, fkey), "POST", base+"/api/v2/alerts"); res != nil {
		t.Errorf("a certificate of another authority came in: %d %s", res.StatusCode, text)
	}
	plain, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	_ = plain.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(plain, "GET /api/v1/things HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", port)
	answer, _ := io.ReadAll(plain)
	if !strings.Contains(string(answer), " 400 ") {
		t.Errorf("plain HTTP on the TLS port: %.80q, want 400", answer)
	}

	// A renewed certificate counts from the next connection, without a restart.
	next := certtest.NewAuthority(t, "test authority")
	cert, key = next.Issue(t, "server", x509.ExtKeyUsageServerAuth)
	write(t, filepath.Join(dir, "server.crt"), cert)
	write(t, filepath.Join(dir, "server.key"), key)
	if res, text := get(t, client4(t, next, nil, nil), "GET", base+"/-/healthy"); res == nil || res.StatusCode != 200 {
		t.Errorf("after renewing the certificate: %s", text)
	}
}

func TestRequiredClientCertificatesAndTheOpenPage(t *testing.T) { // rulings 38, 41
	ca := certtest.NewAuthority(t, "test authority")
	dir := webConfigDir(t, ca, `
tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert}
http_server_config: {http2: false, headers: {Strict-Transport-Security: max-age=3600}}
`)
	d := testDoor(t, func(c *Config) {
		c.Listen, c.Publish.Listen, c.WebConfigFile = "127.0.0.1:0", "127.0.0.1:0", filepath.Join(dir, "web.yml")
	})
	desk := "https://" + serveDoor(t, d)
	public := "https://" + d.PublicAddresses()[0].String()
	nobody := client4(t, ca, nil, nil)
	if res, _ := get(t, nobody, "GET", desk+"/-/healthy"); res != nil {
		t.Errorf("without a certificate the desk answered %d", res.StatusCode)
	}
	if res, text := get(t, nobody, "GET", public+"/s/"); res == nil || res.StatusCode != 200 {
		t.Errorf("the public page asked its reader for a certificate: %s", text)
	}
	cert, key := ca.Issue(t, "karma", x509.ExtKeyUsageClientAuth)
	res, text := get(t, client4(t, ca, cert, key), "GET", desk+"/api/v1/things")
	if res == nil || res.StatusCode != 200 || res.ProtoMajor != 1 || res.Header.Get("Strict-Transport-Security") != "max-age=3600" {
		t.Errorf("with a certificate: %v %s; want 200 over HTTP/1.1 with the configured header", res, text)
	}
}

func TestBasicAuthUsersOfTheWebConfigFile(t *testing.T) { // ruling 38
	dir := t.TempDir()
	path := filepath.Join(dir, "web.yml")
	write(t, path, []byte("basic_auth_users: {prometheus: '"+bcryptOf(t, "first password")+"'}\n"))
	d := testDoor(t, func(c *Config) {
		withAuth(c)
		c.WebConfigFile, c.Auth.Tokens = path, c.Auth.Tokens[:1]
	})
	basic := func(name, pass string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(name, pass) }
	}
	for range 2 { // the second time from memory
		wantStatus(t, "ingest with the password", call(d.Desk(), request("POST", "/api/v2/alerts", basic("prometheus", "first password"))), 200)
	}
	wantStatus(t, "writing with the password", call(d.Desk(), request("POST", "/api/v1/things", basic("prometheus", "first password"))), 403)
	wantStatus(t, "a token passes too", call(d.Desk(), request("POST", "/api/v2/alerts", bearer(ingestToken))), 200)
	res := call(d.Desk(), request("GET", "/-/healthy"))
	wantStatus(t, "nothing at all, not even on an open route", res, 401)
	if !strings.Contains(strings.Join(res.Header.Values("WWW-Authenticate"), " "), "Basic") {
		t.Error("401 does not ask for Basic")
	}
	wantStatus(t, "a wrong password", call(d.Desk(), request("POST", "/api/v2/alerts", basic("prometheus", "x"))), 401)
	wantStatus(t, "an unknown user", call(d.Desk(), request("POST", "/api/v2/alerts", basic("nobody", "first password"))), 401)
	wantStatus(t, "the public page", call(d.Public(), request("GET", "/s/")), 200)

	// Beyond the gate a person logs in as everywhere.
	gate := basic("prometheus", "first password")
	login := call(d.Desk(), request("POST", "/login", gate, form(map[string][]string{"name": {"desk"}, "password": {password}})))
	wantStatus(t, "logging in behind the gate", login, 303)
	wantStatus(t, "writing behind the gate", call(d.Desk(), request("POST", "/api/v1/things", gate, withCookies(login.Cookies()))), 200)
	wantStatus(t, "a session without the gate", call(d.Desk(), request("POST", "/api/v1/things", withCookies(login.Cookies()))), 401)

	guesses := 0
	for range 100 {
		if call(d.Desk(), request("GET", "/api/v1/things", from("192.0.2.9"), basic("prometheus", "guess"))).StatusCode == 401 {
			guesses++
		}
	}
	if guesses > 30 {
		t.Errorf("%d of 100 guesses at once were looked at, want at most 30", guesses)
	}
	wantStatus(t, "who knows it, from there", call(d.Desk(), request("POST", "/api/v2/alerts", from("192.0.2.9"), basic("prometheus", "first password"))), 200)

	// The file is read again when it changes; a mistake in it changes nothing.
	write(t, path, []byte("basic_auth_users: {prometheus: '"+bcryptOf(t, "another password")+"'} # longer\n"))
	wantStatus(t, "the old password", call(d.Desk(), request("POST", "/api/v2/alerts", basic("prometheus", "first password"))), 401)
	wantStatus(t, "the new password", call(d.Desk(), request("POST", "/api/v2/alerts", basic("prometheus", "another password"))), 200)
	write(t, path, []byte("basic_auth_users: {prometheus: nohash}\n"))
	wantStatus(t, "after a mistake", call(d.Desk(), request("POST", "/api/v2/alerts", basic("prometheus", "another password"))), 200)
}

func TestAWrongWebConfigFileIsTold(t *testing.T) {
	for name, yml := range map[string]string{
		"an unknown key":         "tls_server_confg: {}\n",
		"no key":                 "tls_server_config: {cert_file: server.crt}\n",
		"a certificate not here": "tls_server_config: {cert_file: a.crt, key_file: a.key}\n",
		"a password, no hash":    "basic_auth_users: {a: b}\n",
		"a header not allowed":   "http_server_config: {headers: {X-Mine: a}}\n",
	} {
		path := filepath.Join(t.TempDir(), "web.yml")
		write(t, path, []byte(yml))
		c := DefaultConfig()
		c.WebConfigFile = path
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "web_config_file: ") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want an error naming key and file", name, err)
		}
	}
}

func TestStreamsOutliveTheTimeoutAndEndWithTheService(t *testing.T) {
	started := make(chan struct{})
	ended := make(chan struct{})
	stream := headstart.Route{Pattern: "POST /api/v1/stream", Scope: headstart.ScopeRead, Stream: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		_, _ = io.Copy(io.Discard, r.Body) // from here on the connection is read for its end
		w.(http.Flusher).Flush()
		close(started)
		<-r.Context().Done()
	})}
	c := DefaultConfig()
	c.Listen = "localhost:0"
	d, err := New(Options{Config: c, DataDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}, append(testRoutes(), stream))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("serving", func(t *testing.T) {
		serveDoor(t, d, func(s *http.Server) { s.ReadTimeout = 200 * time.Millisecond })
		for _, a := range d.Addresses() { // localhost means both families
			if res, text := get(t, &http.Client{Timeout: 10 * time.Second}, "GET", "http://"+a.String()+"/api/v1/things"); res == nil || res.StatusCode != 200 {
				t.Errorf("%s: %s", a, text)
			}
		}
		res, err := (&http.Client{}).Post("http://"+d.Addresses()[0].String()+"/api/v1/stream", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		<-started
		select {
		case <-ended:
			t.Error("the read timeout cut the stream")
		case <-time.After(500 * time.Millisecond): // real sockets: longer than the timeout above
		}
	})
	<-ended // with Run, which serveDoor has ended
}
