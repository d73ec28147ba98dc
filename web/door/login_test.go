package door

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a time a test moves by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// A start that never listened has shown nobody the link to log in: the next is
// the first again, and prints it.
func TestAStartThatCannotListenIsNoFirstStart(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	dir := t.TempDir()
	cfg := DefaultConfig()
	cfg.Listen = taken.Addr().String()
	for range 2 {
		d, err := New(Options{Config: cfg, DataDir: dir}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !d.FirstStart() {
			t.Fatal("not the first start any more; its link to log in was never printed")
		}
		if err := d.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "; stop the program that listens there") {
			t.Fatalf("listen on an address in use: %v; want the remedy", err)
		}
	}
}

func TestTheFirstStartMakesAnAdminToken(t *testing.T) { // ruling 37
	dir := t.TempDir()
	first := testDoorAt(t, dir, time.Now, nil)
	tok := adminToken(t, dir)
	st, err := os.Stat(filepath.Join(dir, AdminTokenFile))
	if err != nil || st.Mode().Perm() != 0o600 || len(tok) != 64 || !first.FirstStart() {
		t.Errorf("admin-token: mode %v, %d characters, first start %v; want 0600, 64, true", st.Mode().Perm(), len(tok), first.FirstStart())
	}
	again := testDoorAt(t, dir, time.Now, nil)
	if again.FirstStart() || adminToken(t, dir) != tok {
		t.Error("a second start made another token")
	}
	if err := os.Chmod(filepath.Join(dir, AdminTokenFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Config: DefaultConfig(), DataDir: dir}, nil); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a token others can read: %v, want a refusal with its remedy", err)
	}
}

func TestALoginLinkWorksOnceAndOnlyByButton(t *testing.T) { // ruling 37
	c := newClock()
	d := testDoorAt(t, t.TempDir(), c.now, nil)
	link, err := url.Parse(d.LoginLink(""))
	if err != nil || !strings.HasPrefix(link.String(), "http://127.0.0.1:8480/login?token=") {
		t.Fatalf("link %v, %v", link, err)
	}
	nonce := link.Query().Get("token")
	for range 3 { // a mail scanner, a preview, a prefetch
		res := call(d.Desk(), request("GET", link.RequestURI()))
		text := body(t, res)
		if res.StatusCode != 200 || len(res.Cookies()) != 0 || !strings.Contains(text, nonce) || !strings.Contains(text, "<button") {
			t.Fatalf("GET of the link: status %d, cookies %v; want a page with a button and no session", res.StatusCode, res.Cookies())
		}
	}
	use := func(nonce string) *http.Response {
		return call(d.Desk(), request("POST", "/login", form(url.Values{"nonce": {nonce}})))
	}
	res := use(nonce)
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("POST of the link: status %d, cookies %v; want a session", res.StatusCode, res.Cookies())
	}
	k := res.Cookies()[0]
	if !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" {
		t.Errorf("session cookie %v; want HttpOnly, SameSite=Lax, Path=/ and no Domain", k)
	}
	wantStatus(t, "writing with the session", call(d.Desk(), request("POST", "/-/reload", withCookies(res.Cookies()))), 200)
	wantStatus(t, "the link again", use(nonce), 401)
	wantStatus(t, "an invented link", use(token(32)), 401)

	late := strings.TrimPrefix(d.LoginLink("https://x.example/"), "https://x.example/login?token=")
	c.add(linkLife + time.Second)
	wantStatus(t, "a link a day later", use(late), 401)

	more := call(d.Desk(), request("POST", "/login/link", bearer(d.admin)))
	if text := body(t, more); more.StatusCode != 200 || !strings.Contains(text, "/login?token=") {
		t.Errorf("another link for the holder of the token: %d %s", more.StatusCode, text)
	}
}

// A reload opens a new door: a link that the old one gave is as good as before, once, and
// whoever tried passwords in vain begins at nothing as little.
func TestAReloadKeepsLoginLinksAndFailures(t *testing.T) { // ruling 37
	dir := t.TempDir()
	old := testDoorAt(t, dir, time.Now, nil)
	_, nonce, _ := strings.Cut(old.LoginLink(""), "token=")
	for range 5 {
		call(old.Desk(), request("POST", "/login", form(url.Values{"token": {"wrong"}})))
	}
	again, err := New(Options{Config: DefaultConfig(), DataDir: dir, Previous: old}, testRoutes())
	if err != nil {
		t.Fatal(err)
	}
	if again.byNet != old.byNet || again.byUser != old.byUser || again.opts.Previous != nil {
		t.Error("the new door knows nothing of failed attempts, or keeps the old one in memory")
	}
	use := func() *http.Response {
		return call(again.Desk(), request("POST", "/login", form(url.Values{"nonce": {nonce}})))
	}
	wantStatus(t, "the old door's link", use(), http.StatusSeeOther)
	wantStatus(t, "the same once more", use(), 401)
}

func TestTheAdminTokenLogsInByForm(t *testing.T) {
	d := testDoor(t, nil)
	res := call(d.Desk(), request("POST", "/login", form(url.Values{"token": {d.admin}, "next": {"/i/HS-3?lang=en"}})))
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/i/HS-3?lang=en" {
		t.Errorf("status %d to %q, want to go where the person was", res.StatusCode, res.Header.Get("Location"))
	}
	other := testDoor(t, withAuth)
	wantStatus(t, "an API token is no log-in", call(other.Desk(), request("POST", "/login", form(url.Values{"token": {allToken}}))), 401)
}

func TestNextStaysOnThisHost(t *testing.T) {
	for in, want := range map[string]string{
		"/i/HS-1?x=1": "/i/HS-1?x=1", "": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "/%2fevil.example": "/",
		"javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/", "///evil": "/", "/login?next=/": "/", "i": "/",
	} {
		if got := safeNext(in); got != want {
			t.Errorf("safeNext(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestGuessingPasswordsGetsSlow(t *testing.T) {
	c := newClock()
	d := testDoorAt(t, t.TempDir(), c.now, withAuth)
	try := func(name, pass, addr string) *http.Response {
		return call(d.Desk(), request("POST", "/login", from(addr), bearerOff, host("127.0.0.1:8480"), form(url.Values{"name": {name}, "password": {pass}})))
	}
	heard := 0
	for range 3600 { // an hour, once a second
		if try("desk", "guess", "192.0.2.7").StatusCode == http.StatusUnauthorized {
			heard++
		}
		c.add(time.Second)
	}
	if heard < 4 || heard > 30 {
		t.Errorf("%d of 3600 guesses in an hour were looked at, want 4 to 30", heard)
	}
	res := try("desk", password, "192.0.2.7")
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("the right password while it is slow: %d, Retry-After %q; want 429 with the seconds", res.StatusCode, res.Header.Get("Retry-After"))
	}
	wantStatus(t, "the same user from elsewhere", try("desk", password, "198.51.100.8"), http.StatusSeeOther)
	c.add(6 * time.Minute)
	wantStatus(t, "the right password after the wait", try("desk", password, "192.0.2.7"), http.StatusSeeOther)
	wantStatus(t, "and at once again", try("desk", password, "192.0.2.7"), http.StatusSeeOther)

	spray := 0
	for i := range 100 { // many names from one IPv6 network
		if try("name"+string(rune('a'+i%26))+string(rune('a'+i/26)), "guess", "2001:db8::"+string("123456789abcdef"[i%15])).StatusCode == http.StatusUnauthorized {
			spray++
		}
	}
	if spray > 25 {
		t.Errorf("%d of 100 names were tried at once from one network, want at most 25", spray)
	}
}

func bearerOff(r *http.Request) { r.Header.Del("Authorization") }

// TestUnknownNamesCostTheSame counts the work, not the time, which other tests
// would disturb: both paths run argon2id once with the same parameters.
func TestUnknownNamesCostTheSame(t *testing.T) {
	p, err := newPasswords([]User{{Name: "samira", Password: password, Role: "desk"}})
	if err != nil {
		t.Fatal(err)
	}
	known, nobody := p.byName["samira"], p.nobody
	if known.memory != nobody.memory || known.time != nobody.time || known.threads != nobody.threads || len(known.sum) != len(nobody.sum) {
		t.Errorf("a known name costs m=%d t=%d p=%d, an unknown one m=%d t=%d p=%d", known.memory, known.time, known.threads, nobody.memory, nobody.time, nobody.threads)
	}
	// The memory that argon2id works through is its cost: half of it is no hash.
	work := func(name string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if ok, err := p.check(context.Background(), name, "wrong"); ok || err != nil {
			t.Fatalf("check(%s): %v, %v", name, ok, err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	least := uint64(known.memory) << 10
	if a, b := work("samira"), work("nobody"); a < least || b < least {
		t.Errorf("a known name works through %d bytes, an unknown one %d; want %d", a, b, least)
	}
	if ok, _ := p.check(context.Background(), "nobody", password); ok {
		t.Error("an unknown name came in")
	}
	if ok, _ := p.check(context.Background(), "samira", password); !ok {
		t.Error("the right password was refused")
	}
}

func TestPasswordChecksAreBounded(t *testing.T) {
	p, err := newPasswords(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.running <- struct{}{}
	p.running <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.check(ctx, "x", "y"); !errors.Is(err, context.Canceled) {
		t.Errorf("a third check at once: %v, want to wait for its turn", err)
	}
}

func TestASessionKnownBeforeTheLoginIsWorthNothing(t *testing.T) { // session fixation
	d := testDoor(t, withAuth)
	planted := []*http.Cookie{{Name: plainCookie, Value: "planted-by-the-attacker"}}
	res := call(d.Desk(), request("POST", "/login", withCookies(planted), form(url.Values{"name": {"desk"}, "password": {password}})))
	if len(res.Cookies()) != 1 || res.Cookies()[0].Value == planted[0].Value {
		t.Fatalf("the log-in kept the id it was given: %v", res.Cookies())
	}
	wantStatus(t, "the planted id", call(d.Desk(), request("GET", "/api/v1/things", withCookies(planted))), 401)

	first := res.Cookies()
	again := call(d.Desk(), request("POST", "/login", withCookies(first), form(url.Values{"name": {"desk"}, "password": {password}}))).Cookies()
	if again[0].Value == first[0].Value {
		t.Error("a second log-in kept the id")
	}
	wantStatus(t, "the id before the second log-in", call(d.Desk(), request("GET", "/api/v1/things", withCookies(first))), 401)
	wantStatus(t, "two cookies of the name", call(d.Desk(), request("GET", "/api/v1/things", withCookies(again), withCookies(planted))), 401)
}

func TestSessionsEnd(t *testing.T) { // ruling 43
	c := newClock()
	dir := t.TempDir()
	d := testDoorAt(t, dir, c.now, withAuth)
	read := func(d *Door, k []*http.Cookie) *http.Response {
		return call(d.Desk(), request("GET", "/api/v1/things", withCookies(k)))
	}
	k := logIn(t, d, "desk")
	c.add(sessionLife - time.Second)
	wantStatus(t, "just before twelve hours", read(d, k), 200)
	c.add(2 * time.Second)
	wantStatus(t, "after twelve hours", read(d, k), 401)

	k = logIn(t, d, "desk")
	restarted := testDoorAt(t, dir, c.now, withAuth)
	wantStatus(t, "after a restart", read(restarted, k), 200)
	out := call(restarted.Desk(), request("POST", "/logout", withCookies(k)))
	if len(out.Cookies()) != 1 || out.Cookies()[0].MaxAge >= 0 {
		t.Errorf("log-out left the cookie: %v", out.Cookies())
	}
	wantStatus(t, "after logging out", read(restarted, k), 401)

	k = logIn(t, d, "desk")
	changed := DefaultConfig()
	withAuth(&changed)
	changed.Auth.Users[1].Role = "viewer"
	if err := d.Reload(changed); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "a role taken away, reading", read(d, k), 200)
	wantStatus(t, "a role taken away, writing", call(d.Desk(), request("POST", "/api/v1/things", withCookies(k))), 403)
	changed.Auth.Users[1].Password = "another long password"
	if err := d.Reload(changed); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "after the password changed", read(d, k), 401)

	stored, err := os.ReadFile(filepath.Join(dir, "sessions.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(stored), k[0].Value) || strings.Contains(string(stored), password) {
		t.Error("sessions.json holds an id or a password, want digests only")
	}
}

func TestCookiesTravelOverTLSOnlyWhenThereIsSome(t *testing.T) {
	d := testDoor(t, func(c *Config) { withAuth(c); c.ExternalURL = "https://storing.example.nl" })
	k := logIn(t, d, "desk")[0]
	if k.Name != "__Host-headstart" || !k.Secure {
		t.Errorf("cookie %s, Secure %v; want __Host- and Secure with an https external_url", k.Name, k.Secure)
	}
}

func TestTheProxysWordCountsOnlyFromTheProxy(t *testing.T) { // ruling 43
	d := testDoor(t, func(c *Config) {
		c.Auth.Proxy = &Proxy{
			Header: "X-Remote-User", GroupsHeader: "X-Remote-Groups", From: []string{"10.0.0.5/32"},
			Roles: map[string]string{"ICT": "desk", "ICT-Lead": "approver", "user:root": "admin"},
		}
	})
	user, groups := header("X-Remote-User", "samira"), header("X-Remote-Groups", "Staff, ICT")
	write := func(change ...func(*http.Request)) *http.Response {
		return call(d.Desk(), request("POST", "/api/v1/things", change...))
	}
	ok := write(from("10.0.0.5"), user, groups)
	if text := body(t, ok); ok.StatusCode != 200 || !strings.Contains(text, `name="samira" role="desk"`) || !strings.Contains(text, `user=""`) {
		t.Errorf("through the proxy: %d %s; want samira with role desk, and the header gone", ok.StatusCode, text)
	}
	best := write(from("10.0.0.5"), user, header("X-Remote-Groups", "ICT-Lead,ICT"))
	if text := body(t, best); !strings.Contains(text, `role="approver"`) {
		t.Errorf("two groups: %s, want the greater role", text)
	}
	wantStatus(t, "a user with a role of his own", write(from("10.0.0.5"), header("X-Remote-User", "root")), 200)
	wantStatus(t, "no group mapped: no default role", write(from("10.0.0.5"), user, header("X-Remote-Groups", "Staff")), 403)
	wantStatus(t, "no group at all", write(from("10.0.0.5"), user), 403)
	wantStatus(t, "from elsewhere", write(from("10.0.0.6"), user, groups), 401)
	wantStatus(t, "from loopback", write(user, groups), 401)
	wantStatus(t, "doubled", write(from("10.0.0.5"), header("X-Remote-User", "root", "samira"), groups), 401)
	wantStatus(t, "groups doubled", write(from("10.0.0.5"), user, header("X-Remote-Groups", "Staff", "ICT")), 401)
	wantStatus(t, "another site's page behind the proxy", write(from("10.0.0.5"), user, groups, header("Sec-Fetch-Site", "cross-site")), 403)
	stripped := call(d.Desk(), request("GET", "/-/healthy", user))
	if text := body(t, stripped); !strings.Contains(text, `user=""`) {
		t.Errorf("the header of a stranger reached the handler: %s", text)
	}
}

func TestThePublicPageKnowsNobody(t *testing.T) { // ruling 41
	d := testDoor(t, withAuth)
	k := logIn(t, d, "admin")
	for _, rt := range append(testRoutes(), d.own()...) {
		if rt.Public {
			continue
		}
		method, path, _ := strings.Cut(rt.Pattern, " ")
		if path == "/{$}" {
			continue // there a reader is sent on to the page
		}
		wantStatus(t, rt.Pattern, call(d.Public(), request(method, path, withCookies(k), bearer(d.admin))), 404)
	}
	keep := &http.Cookie{Name: "headstart_confirm", Value: "x"}
	res := call(d.Public(), request("GET", "/s/", withCookies(append(k, keep)), bearer(d.admin)))
	if text := body(t, res); res.StatusCode != 200 || !strings.Contains(text, `name="" role="" cookies=1`) || len(res.Cookies()) != 0 {
		t.Errorf("public page with the desk's cookie: %d %s, sets %v; want nobody, one cookie kept, none set", res.StatusCode, text, res.Cookies())
	}
	root := call(d.Public(), request("GET", "/"))
	if root.StatusCode != http.StatusFound || root.Header.Get("Location") != "/s/" {
		t.Errorf("/ of the public listener: %d to %q, want the page", root.StatusCode, root.Header.Get("Location"))
	}
}

func TestSlowdownForgetsTheLongestUnseen(t *testing.T) {
	c := newClock()
	s := newSlowdown(1, time.Minute, c.now)
	for i := range maxKeys + 50 {
		s.attempt(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String())
		c.add(time.Millisecond)
	}
	if len(s.keys) > maxKeys {
		t.Errorf("%d keys are kept, want at most %d", len(s.keys), maxKeys)
	}
	if s.keys["10.0.0.0"] != nil {
		t.Error("the longest unseen key is still there")
	}
}

func TestLoginPageSpeaksTheReadersLanguage(t *testing.T) {
	d := testDoor(t, withAuth)
	for accept, want := range map[string]string{"en-GB,en;q=0.9,nl;q=0.8": `lang="en"`, "nl-NL": `lang="nl"`, "fr": `lang="nl"`, "": `lang="nl"`} {
		if text := body(t, call(d.Desk(), request("GET", "/login", header("Accept-Language", accept)))); !strings.Contains(text, want) {
			t.Errorf("Accept-Language %q: want %s", accept, want)
		}
	}
	page := body(t, call(d.Desk(), request("GET", "/login?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&next=%22%3E%3Cscript%3E")))
	if strings.Contains(page, "<script") {
		t.Error("the page repeats what stands in the address unescaped")
	}
}
