package door

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"headstart"
)

// credential is how a caller proved who he is.
type credential int

const (
	byNothing     credential = iota
	byLoopback               // no auth configured, on this machine
	byBearer                 // a token no browser sends by itself
	byBasicToken             // a token as the password of Basic
	byBasicUser              // a user of web_config_file
	bySession                // the cookie
	byProxy                  // the proxy's header
	byCertificate            // a client certificate the configured CA signed
)

// explicit reports whether somebody put the credential into this very request,
// so that a hostile page cannot have made the browser send it.
func (c credential) explicit() bool { return c == byBearer || c == byBasicToken }

var errBadCredential = errors.New("the credentials are not known here")

// tooSoon is a refusal to look at a password yet.
type tooSoon struct{ wait time.Duration }

func (t *tooSoon) Error() string { return "too many failed attempts" }

// open is what a caller may do who is known only as one of the organisation's
// machines: on loopback without auth (ruling 37), by a client certificate, or as
// a user of web_config_file.
var openScopes = []headstart.Scope{headstart.ScopeRead, headstart.ScopeIngest, headstart.ScopeProbe}

// grant is a token and what it is good for.
type grant struct {
	id  headstart.Identity
	sum [sha256.Size]byte
}

func newGrant(name, role, tok string, scopes []headstart.Scope) grant {
	return grant{id: headstart.Identity{Name: name, Role: role, Scopes: scopes}, sum: sha256.Sum256([]byte(tok))}
}

// under holds the grant to paths that begin with path.
func (g grant) under(path string) grant {
	g.id.Under = path
	return g
}

// byToken compares with every token, so that time tells nothing.
func (g *guard) byToken(tok string) (headstart.Identity, bool) {
	sum := sha256.Sum256([]byte(tok))
	found := -1
	for i := range g.tokens {
		if subtle.ConstantTimeCompare(sum[:], g.tokens[i].sum[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return headstart.Identity{}, false
	}
	return g.tokens[found].id, true
}

// authenticate says who makes the request and how that is known. An error means
// that he showed something wrong; he is then nobody.
func (d *Door) authenticate(g *guard, web *webConfig, r *http.Request, c client) (headstart.Identity, credential, error) {
	proxied, perr := g.byProxyHeader(r, c)
	if auth := r.Header.Values("Authorization"); len(auth) > 0 {
		id, how, err := d.byAuthorization(g, web, auth, c)
		if err != nil || how.explicit() {
			return id, how, err
		}
		// A browser that passed the gate of web_config_file may be logged in beyond it.
		if user, ok := d.bySession(g, r); ok {
			return user, bySession, nil
		}
		if proxied.Name != "" {
			return proxied, byProxy, perr
		}
		return id, how, nil
	}
	if id, ok := d.bySession(g, r); ok {
		return id, bySession, nil
	}
	if proxied.Name != "" || perr != nil {
		return proxied, byProxy, perr
	}
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return headstart.Identity{Name: certName(r), Scopes: openScopes}, byCertificate, nil
	}
	id, how := d.byMachine(g, c)
	return id, how, nil
}

// byMachine is who a caller is who showed nothing, by where he sits.
func (d *Door) byMachine(g *guard, c client) (headstart.Identity, credential) {
	switch {
	case c.loopback() && d.opts.Demo:
		return headstart.Identity{Name: "demo", Role: "admin", Scopes: []headstart.Scope{headstart.ScopeAdmin}}, byLoopback
	case c.loopback() && !g.cfg.Auth.Configured():
		return headstart.Identity{Scopes: openScopes}, byLoopback
	}
	return headstart.Identity{}, byNothing
}

func (d *Door) byAuthorization(g *guard, web *webConfig, auth []string, c client) (headstart.Identity, credential, error) {
	if len(auth) > 1 {
		return headstart.Identity{}, byNothing, errBadCredential
	}
	scheme, value, _ := strings.Cut(auth[0], " ")
	if strings.EqualFold(scheme, "Bearer") {
		if id, ok := g.byToken(strings.TrimSpace(value)); ok {
			return id, byBearer, nil
		}
		return headstart.Identity{}, byNothing, errBadCredential
	}
	name, password, ok := (&http.Request{Header: http.Header{"Authorization": auth}}).BasicAuth()
	if !ok {
		return headstart.Identity{}, byNothing, errBadCredential
	}
	if id, ok := g.byToken(password); ok {
		return id, byBasicToken, nil
	}
	if len(web.users) == 0 {
		return headstart.Identity{}, byNothing, errBadCredential
	}
	return d.byWebUser(web, name, password, c)
}

// byWebUser slows guessing down, but not a program that has come in before.
func (d *Door) byWebUser(web *webConfig, name, password string, c client) (headstart.Identity, credential, error) {
	if !d.web.checked.known(name, web.users[name], password) {
		key := "basic " + network(c.addr)
		if wait := d.byNet.attempt(key); wait > 0 {
			return headstart.Identity{}, byNothing, &tooSoon{wait}
		}
		if !d.web.basicUser(web, name, password) {
			return headstart.Identity{}, byNothing, errBadCredential
		}
		d.byNet.good(key)
	}
	return headstart.Identity{Name: name, Scopes: openScopes}, byBasicUser, nil
}

// bySession looks the user up as he is now: a role taken away is gone at once.
func (d *Door) bySession(g *guard, r *http.Request) (headstart.Identity, bool) {
	cookies := r.CookiesNamed(g.cookie())
	if len(cookies) != 1 { // two of one name: somebody tossed one in
		return headstart.Identity{}, false
	}
	s, ok := d.sessions.get(cookies[0].Value)
	if p := g.proofOf(s.User); !ok || p == "" || !hmac.Equal([]byte(s.Proof), []byte(p)) {
		return headstart.Identity{}, false
	}
	if strings.HasPrefix(s.User, oidcUser) {
		return g.byIssuer(s)
	}
	if s.User == adminName {
		id := g.tokens[0].id
		id.Session = true
		return id, true
	}
	u := g.users[strings.TrimPrefix(s.User, "user:")]
	return headstart.Identity{Name: u.Name, Role: u.Role, Scopes: roleScopes[u.Role], Locations: u.Locations, Session: true}, true
}

// byProxyHeader reads the user a proxy has logged in. The header counts only
// from the proxy's own address and only once (ruling 43); it is taken off the
// request in every case, so that no handler can mistake it for proof.
func (g *guard) byProxyHeader(r *http.Request, c client) (headstart.Identity, error) {
	p := g.cfg.Auth.Proxy
	if p == nil {
		return headstart.Identity{}, nil
	}
	names := r.Header.Values(p.Header)
	var groups []string
	if p.GroupsHeader != "" {
		groups = r.Header.Values(p.GroupsHeader)
		r.Header.Del(p.GroupsHeader)
	}
	r.Header.Del(p.Header)
	if len(names) == 0 || !within(g.proxyFrom, c.peer) {
		return headstart.Identity{}, nil
	}
	name := strings.TrimSpace(names[0])
	if len(names) > 1 || len(groups) > 1 || name == "" || len(name) > 256 ||
		strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == ',' }) { // a comma: two were made one on the way
		return headstart.Identity{}, errBadCredential
	}
	var in []string
	for group := range strings.SplitSeq(strings.Join(groups, ","), ",") {
		in = append(in, strings.TrimSpace(group))
	}
	return p.mapping().identity(name, p.mapping().keys(name, in, true)), nil
}

func certName(r *http.Request) string {
	leaf := r.TLS.VerifiedChains[0][0]
	if leaf.Subject.CommonName != "" {
		return clip(leaf.Subject.CommonName, 64)
	}
	if len(leaf.DNSNames) > 0 {
		return clip(leaf.DNSNames[0], 64)
	}
	return "certificate " + leaf.SerialNumber.Text(16)
}

// proofOf is what a session of user must hold. That of people of an issuer is the
// issuer and our account there.
func (g *guard) proofOf(user string) string {
	if strings.HasPrefix(user, oidcUser) {
		user = oidcUser
	}
	return g.proofs[user]
}

// proof ties a session to the credential it was made with. It is keyed, so that
// the sessions file does not help to guess a password.
func proof(key, name, secret string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(name + "\x00" + secret))
	return hex.EncodeToString(m.Sum(nil))
}
