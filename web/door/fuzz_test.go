package door

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func FuzzParseHash(f *testing.F) {
	f.Add(HashPassword("x"))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA")
	f.Add("$argon2id$v=19$m=99999999999,t=-1,p=300$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err != nil {
			return
		}
		if h.memory > 256*1024 || h.time > 10 || h.threads > 8 || len(h.sum) > 64 {
			t.Fatalf("%q asks for m=%d t=%d p=%d", s, h.memory, h.time, h.threads)
		}
		if again, err := parseHash(h.String()); err != nil || again.String() != h.String() {
			t.Fatalf("%q does not come back: %v", s, err)
		}
	})
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{"/", "//x", "/\\x", "/a?b=c", "http:/x", "/%2f/x", "/.//x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		next := safeNext(s)
		base, _ := url.Parse("https://desk.example/login")
		u, err := base.Parse(next)
		if err != nil || u.Host != "desk.example" || u.Scheme != "https" || strings.HasPrefix(next, "//") || strings.HasPrefix(next, "/\\") {
			t.Fatalf("%q leads to %q (%v)", s, next, u)
		}
	})
}

// FuzzEntrance: whatever a stranger sends, he reads nothing.
func FuzzEntrance(f *testing.F) {
	f.Add("127.0.0.1:8480", "Bearer x", "127.0.0.1", "/api/v1/things", "a=b")
	f.Add("[::1]:8480", "Basic Og==", "unknown, [::1]:1", "/s/../api/v1/things", "headstart_session=x; headstart_session=y")
	f.Add("localhost", "Basic !", ",,,", "/api//v1/things", "")
	dir := f.TempDir()
	c := DefaultConfig()
	c.TrustedProxies = []string{"192.0.2.0/24"}
	d, err := New(Options{Config: c, DataDir: dir}, testRoutes())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, hostName, authorization, forwarded, path, cookie string) {
		r := request("GET", "/", from("192.0.2.7"), host(hostName), header("Authorization", authorization), header("X-Forwarded-For", forwarded), header("Cookie", cookie))
		r.URL = &url.URL{Path: path}
		res := call(d.Desk(), r)
		read := strings.HasPrefix(path, "/api/") || path == "/probe" || path == "/"
		if read && res.StatusCode == http.StatusOK {
			t.Fatalf("a stranger read %q: %s", path, body(t, res))
		}
	})
}

// What a browser sends as a sealed cookie opens only if we sealed it.
func FuzzSealed(f *testing.F) {
	s := newSealer("admin token of a test")
	nonce := make([]byte, s.aead.NonceSize()) // not drawn: the processes that fuzz share their seeds
	good := base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(`{"Issuer":"i"}`), []byte("desk")))
	var pass readerPass
	if !s.open("desk", good, &pass) {
		f.Fatal("what we sealed does not open")
	}
	f.Add(good)
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, cookie string) {
		var p readerPass
		if s.open("desk", cookie, &p) && cookie != good {
			t.Errorf("%q opens", cookie)
		}
		if s.open("page", cookie, &p) {
			t.Errorf("%q opens for another purpose", cookie)
		}
	})
}
