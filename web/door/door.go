// Package door lets people and programs in: it knows who makes a request, holds
// each route to its scope, and serves the desk and the public page.
//
// Every route of the product passes one table. A route without a scope does not
// mount, a caller without the scope does not reach the handler, and what comes
// by an unknown way (a proxy or a host name nobody configured) is refused with
// the remedy in words.
package door

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"headstart"
	"headstart/web/door/issuer"
)

// Options are what a Door is made of.
type Options struct {
	Config  Config
	DataDir string // holds admin-token and sessions.json; made if absent
	Logger  *slog.Logger

	// Tokens are of senders a part of the product knows by name, such as a ticket
	// system's webhook. They let in what they name and nothing else, and do not
	// count as configured log-in.
	Tokens []Token

	// Language of the log-in page for browsers that ask for neither nl nor en;
	// empty: nl.
	Language string

	// Previous is the door this one replaces after a reload, nil at the start. Log-in
	// links that nobody used pass on to the new one, and how often somebody tried in vain.
	Previous *Door

	// Conns and PublicConns cap the connections of the desk's listener and of the public
	// one; zero: 4096 and 512. See crowd for what happens beyond that.
	Conns, PublicConns int

	// Dialer is the way out, to an OpenID Connect issuer; nil: one that reaches no
	// internal address.
	Dialer *headstart.Dialer

	// Record takes an act down in the audit log (Command.Do "act"): log-ins, and what a
	// route with Act does. It returns when that is durable; nil: nobody keeps them.
	Record func(ctx context.Context, c headstart.Command) error

	// Refused hears of each request of a program that would have brought alerts, tickets
	// or checks and is kept out: by its "credentials", because too much is sent at once
	// ("busy"), or for lack of "memory"; nil: nobody counts them.
	Refused func(reason string)

	// Memory is how many bytes this process may take, of which bodies under way get a
	// part; zero: nothing bounds it. While Choked reports true only small bodies of
	// programs are read; nil: never.
	Memory int64
	Choked func() bool

	// Demo lets whoever sits on this machine do everything: the only exception to
	// ruling 37, for an invented organisation that ends with the process.
	Demo bool

	// Now is for tests; nil: time.Now.
	Now func() time.Time
}

// Door is the way in. Its zero value lets nobody in; make one with New.
type Door struct {
	opts     Options
	logger   *slog.Logger
	now      func() time.Time
	first    bool
	admin    string
	web      *webFile
	sessions *sessions
	links    *links
	sealer   sealer
	used     *usedStates   // attempts at an issuer that ended
	byUser   *slowdown     // of log-ins, by name and network
	byNet    *slowdown     // of log-ins, by network
	failures *rate.Limiter // of failed log-ins in the audit log
	refused  turnedAway
	rooms    rooms
	guard    atomic.Pointer[guard]

	desk, public http.Handler
	table        []headstart.Route
	stopping     chan struct{} // closed when Run ends: streams end with it
	servers      []*server
}

// New opens the door for routes. It refuses a route without a known scope, with
// a pattern that names no method, or with one that stands twice.
func New(o Options, routes []headstart.Route) (*Door, error) {
	if o.DataDir == "" {
		return nil, errors.New("data_dir is empty; the admin token needs a directory")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	prev := o.Previous
	o.Previous = nil // let it go
	d := &Door{opts: o, logger: o.Logger.With("component", "door"), now: o.Now, stopping: make(chan struct{})}
	d.rooms = newRooms(o.Memory)
	d.inherit(prev)
	var err error
	if d.admin, d.first, err = openAdminToken(o.DataDir); err != nil {
		return nil, fmt.Errorf("admin token: %w", err)
	}
	d.sealer = newSealer(d.admin)
	if d.sessions, err = openSessions(o.DataDir, d.now, d.logger); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	if d.web, err = openWebFile(o.Config.WebConfigFile, d.logger); err != nil {
		return nil, err
	}
	if err := d.Reload(o.Config); err != nil {
		return nil, err
	}
	return d, d.mount(append(d.own(), routes...))
}

// inherit takes what is known of log-ins under way from prev, or begins to know it.
func (d *Door) inherit(prev *Door) {
	if prev != nil {
		d.links, d.used, d.byUser, d.byNet, d.failures = prev.links, prev.used, prev.byUser, prev.byNet, prev.failures
		return
	}
	d.links, d.used = newLinks(d.now), newUsedStates(d.now)
	d.byUser = newSlowdown(3, 5*time.Minute, d.now)
	d.byNet = newSlowdown(20, time.Minute, d.now)
	d.failures = rate.NewLimiter(rate.Every(time.Minute), failuresRecorded)
}

// Desk answers everything: pages, API, ingest, and the public page too.
func (d *Door) Desk() http.Handler { return d.desk }

// Public answers the routes marked Public only, and neither reads nor sets the
// desk's cookie (ruling 41).
func (d *Door) Public() http.Handler { return d.public }

// Reload puts another configuration in force for users, tokens, proxies and
// names. Addresses and the file named by web_config_file need a restart. With a
// mistake in it nothing changes.
func (d *Door) Reload(c Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	g, err := newGuard(c, d.opts.Tokens, d.admin, d.web.get().tls != nil)
	if err != nil {
		return err
	}
	if g.issuer, err = d.newIssuer(c.Auth.OIDC); err != nil {
		return err
	}
	d.guard.Store(g)
	return nil
}

// FirstStart reports whether this start made the admin token.
func (d *Door) FirstStart() bool { return d.first }

// HasUsers reports whether people have accounts with roles; without, whoever
// holds the admin token approves too.
func (d *Door) HasUsers() bool {
	g := d.guard.Load()
	return len(g.cfg.Auth.Users) > 0 || g.cfg.Auth.Proxy != nil || g.cfg.Auth.OIDC != nil
}

// LoginLink returns a link that logs its first user in as admin, good for a day.
// It starts with base, or with external_url if base is empty.
func (d *Door) LoginLink(base string) string {
	base = cmp.Or(base, d.guard.Load().cfg.ExternalURL)
	return strings.TrimRight(base, "/") + "/login?" + url.Values{"token": {d.links.make()}}.Encode()
}

// guard is one configuration, ready to judge requests.
type guard struct {
	cfg       Config
	trusted   []netip.Prefix
	proxyFrom []netip.Prefix
	tokens    []grant
	users     map[string]User
	proofs    map[string]string // of a user's credential, for sessions
	passwords *passwords
	issuer    *issuer.Client // nil: none is configured
	cross     *http.CrossOriginProtection
	desk      hosts
	public    hosts
	secure    bool // the cookie travels over TLS only
}

func newGuard(c Config, more []Token, admin string, tls bool) (*guard, error) {
	g := &guard{cfg: c, users: map[string]User{}, proofs: map[string]string{adminName: proof(admin, adminName, admin)}}
	g.trusted, _ = prefixes("", c.TrustedProxies) // validated
	if c.Auth.Proxy != nil {
		g.proxyFrom, _ = prefixes("", c.Auth.Proxy.From)
	}
	g.tokens = []grant{newGrant(adminName, "admin", admin, []headstart.Scope{headstart.ScopeAdmin})}
	for _, t := range slices.Concat(c.Auth.Tokens, more) {
		s, err := t.secret()
		if err != nil {
			return nil, fmt.Errorf("token of %s: %w", t.Name, err)
		}
		g.tokens = append(g.tokens, newGrant(t.Name, "", s, t.Scopes).under(t.Under))
	}
	for _, u := range c.Auth.Users {
		s, err := secret(u.Password, u.PasswordFile, "password")
		if err != nil {
			return nil, fmt.Errorf("auth.users: %s: %w", u.Name, err)
		}
		g.users[u.Name] = u
		g.proofs["user:"+u.Name] = proof(admin, u.Name, s)
	}
	if o := c.Auth.OIDC; o != nil {
		g.proofs[oidcUser] = proof(admin, oidcUser, o.Issuer+"\x00"+o.ClientID)
	}
	var err error
	if g.passwords, err = newPasswords(c.Auth.Users); err != nil {
		return nil, err
	}
	publicURL := cmp.Or(c.Publish.ExternalURL, c.ExternalURL)
	g.desk = newHosts(c.Listen, c.ExternalURL, publicURL)
	g.public = newHosts(c.Publish.Listen, publicURL)
	g.secure = tls || strings.HasPrefix(c.ExternalURL, "https:")
	g.cross = http.NewCrossOriginProtection()
	for _, s := range []string{c.ExternalURL, publicURL} {
		u, err := url.Parse(s)
		if err == nil {
			err = g.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host)
		}
		if err != nil {
			return nil, fmt.Errorf("external_url: %w", err)
		}
	}
	return g, nil
}
