package door

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	commoncfg "github.com/prometheus/common/config"

	"headstart"
)

// testIssuer is an OpenID Connect issuer of one client, as strict as a real one about
// codes, PKCE and redirects, whose tokens a test can spoil.
type testIssuer struct {
	t   *testing.T
	srv *httptest.Server
	now func() time.Time

	mu     sync.Mutex
	rsa    *rsa.PrivateKey
	ec     *ecdsa.PrivateKey
	alg    string // RS256 or ES256, or how a test lies
	kid    string
	groups any
	claims map[string]any // over those it would send
	codes  map[string]url.Values
	handle map[string]http.HandlerFunc // instead of its own, by path
	asked  map[string]int
}

func newTestIssuer(t *testing.T, now func() time.Time) *testIssuer {
	t.Helper()
	i := &testIssuer{
		t: t, now: now, alg: "RS256", kid: "k1", groups: []string{"ICT-Servicedesk", "Iedereen"},
		claims: map[string]any{}, codes: map[string]url.Values{}, handle: map[string]http.HandlerFunc{}, asked: map[string]int{},
	}
	i.rsa, i.ec = issuerKeys[0]()
	i.srv = httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(i.srv.Close)
	return i
}

// issuerKeys are the keys of issuers, and those they change to; each pair is made once.
var issuerKeys = [2]func() (*rsa.PrivateKey, *ecdsa.PrivateKey){sync.OnceValues(makeKeys), sync.OnceValues(makeKeys)}

func makeKeys() (*rsa.PrivateKey, *ecdsa.PrivateKey) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return r, e
}

func (i *testIssuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked[r.URL.Path]++
	if h := i.handle[r.URL.Path]; h != nil {
		h(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		writeTest(w, map[string]any{
			"issuer": i.srv.URL, "authorization_endpoint": i.srv.URL + "/authorize", "token_endpoint": i.srv.URL + "/token", "jwks_uri": i.srv.URL + "/keys",
			"userinfo_endpoint": i.srv.URL + "/userinfo", "end_session_endpoint": i.srv.URL + "/logout", "id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
		})
	case "/keys":
		b := base64.RawURLEncoding
		writeTest(w, map[string]any{"keys": []any{
			map[string]string{"kty": "RSA", "kid": i.kid, "alg": "RS256", "use": "sig", "n": b.EncodeToString(i.rsa.N.Bytes()), "e": "AQAB"},
			map[string]string{"kty": "EC", "kid": i.kid, "alg": "ES256", "use": "sig", "crv": "P-256", "x": b.EncodeToString(i.ec.X.FillBytes(make([]byte, 32))), "y": b.EncodeToString(i.ec.Y.FillBytes(make([]byte, 32)))},
		}})
	case "/token":
		i.token(w, r)
	case "/userinfo":
		writeTest(w, map[string]any{"sub": "s-1", "groups": []string{"ICT-Beheer"}})
	default:
		http.NotFound(w, r)
	}
}

// token is RFC 6749 section 4.1.3 with RFC 7636: a code is good once, for the client and
// the redirect it was made for, with the verifier of its challenge.
func (i *testIssuer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	asked, ok := i.codes[r.PostForm.Get("code")]
	delete(i.codes, r.PostForm.Get("code"))
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if !ok || id != "headstart" || secret != "s3cret" || asked.Get("redirect_uri") != r.PostForm.Get("redirect_uri") ||
		asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		writeTest(w, map[string]string{"error": "invalid_grant", "error_description": "leaked-description"})
		return
	}
	claims := map[string]any{
		"iss": i.srv.URL, "aud": "headstart", "sub": "s-1", "preferred_username": "fatima@example.org", "nonce": asked.Get("nonce"),
		"iat": i.now().Unix(), "exp": i.now().Add(5 * time.Minute).Unix(), "groups": i.groups,
	}
	maps.Copy(claims, i.claims)
	for k, v := range claims {
		if v == nil {
			delete(claims, k)
		}
	}
	writeTest(w, map[string]any{"access_token": "at-secret", "token_type": "Bearer", "expires_in": 300, "id_token": i.sign(claims)})
}

func (i *testIssuer) sign(claims map[string]any) string {
	b := base64.RawURLEncoding
	head, _ := json.Marshal(map[string]string{"alg": i.alg, "kid": i.kid, "typ": "JWT"})
	pay, _ := json.Marshal(claims)
	text := b.EncodeToString(head) + "." + b.EncodeToString(pay)
	sum := sha256.Sum256([]byte(text))
	var sig []byte
	switch i.alg {
	case "RS256":
		sig, _ = rsa.SignPKCS1v15(rand.Reader, i.rsa, crypto.SHA256, sum[:])
	case "ES256":
		x, y, err := ecdsa.Sign(rand.Reader, i.ec, sum[:])
		if err != nil {
			i.t.Error(err)
		}
		sig = append(x.FillBytes(make([]byte, 32)), y.FillBytes(make([]byte, 32))...)
	case "HS256": // the public key as the secret of an HMAC
		m := hmac.New(sha256.New, i.rsa.N.Bytes())
		m.Write([]byte(text))
		sig = m.Sum(nil)
	}
	return text + "." + b.EncodeToString(sig)
}

// authorize is a person who logs in at the issuer: it returns where the browser goes.
func (i *testIssuer) authorize(t *testing.T, location string) *url.URL {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, i.srv.URL+"/authorize?") {
		t.Fatalf("the browser was sent to %q, want the issuer", location)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != "headstart" || !strings.Contains(q.Get("scope"), "openid") || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("code_challenge") == "" {
		t.Fatalf("the request to the issuer lacks something: %v", q)
	}
	code := token(16)
	i.mu.Lock()
	i.codes[code] = q
	i.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.srv.URL}}.Encode()
	return back
}

func writeTest(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

// oidcDoor is a door whose people log in at i.
func oidcDoor(t *testing.T, i *testIssuer, now func() time.Time, change func(*Config), more ...headstart.Route) *Door {
	t.Helper()
	d, err := New(oidcOptions(t, i, t.TempDir(), now, change), append(testRoutes(), more...))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func oidcOptions(t *testing.T, i *testIssuer, dir string, now func() time.Time, change func(*Config)) Options {
	t.Helper()
	c := DefaultConfig()
	c.Auth.OIDC = &OIDC{
		Issuer: i.srv.URL, ClientID: "headstart", ClientSecretFile: writeFile(t, "client-secret", "s3cret\n"),
		Roles:     map[string]string{"ICT-Servicedesk": "desk", "ICT-Beheer": "admin", "Kijkers": "viewer"},
		Locations: map[string][]string{"Noord": {"noord"}},
	}
	if change != nil {
		change(&c)
	}
	return Options{Config: c, DataDir: dir, Logger: slog.New(slog.DiscardHandler), Now: now, Dialer: &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }}}
}

// visitor is a browser: it keeps cookies and goes where it is told.
type visitor struct {
	t       *testing.T
	h       http.Handler
	host    string
	cookies map[string]*http.Cookie
}

func visitorOf(t *testing.T, h http.Handler) *visitor {
	return &visitor{t: t, h: h, host: "127.0.0.1:8480", cookies: map[string]*http.Cookie{}}
}

func (v *visitor) visit(method, target string, change ...func(*http.Request)) *http.Response {
	r := request(method, target, append([]func(*http.Request){host(v.host)}, change...)...)
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	res := call(v.h, r)
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c
		}
	}
	return res
}

func (v *visitor) get(target string) *http.Response { return v.visit("GET", target, html) }

// comeBack logs in at the issuer and returns the answer of the callback.
func (v *visitor) comeBack(i *testIssuer, start string) *http.Response {
	v.t.Helper()
	res := v.get(start)
	wantStatus(v.t, "beginning to log in", res, http.StatusSeeOther)
	return v.get(i.authorize(v.t, res.Header.Get("Location")).RequestURI())
}

func html(r *http.Request) { r.Header.Set("Accept", "text/html") }

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// hashed is the cheapest hash of password that is taken: a door hashes plain ones anew.
var hashed = sync.OnceValue(func() string {
	h := passwordHash{memory: 8 * 1024, time: 1, threads: 1, salt: []byte("salt of tests")}
	h.sum = h.derive(password, 32)
	return h.String()
})

func withOneUser(c *Config) {
	c.Auth.Users = []User{{Name: "desk", Password: commoncfg.Secret(hashed()), Role: "desk"}}
}
