package headstart

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
)

// Scope is what a caller may do. None includes another, but Admin includes all.
type Scope string

// The scopes of CONTRACT section 2. The empty Scope is no scope: a route with
// it is refused when the table is built (ruling 39).
const (
	ScopeOpen   Scope = "open" // anybody
	ScopeRead   Scope = "read"
	ScopeWrite  Scope = "write"
	ScopeIngest Scope = "ingest"
	ScopeProbe  Scope = "probe"
	ScopeAdmin  Scope = "admin"
	ScopePage   Scope = "page" // open, or as the status page's access says
)

// Route is one line of the route table. Parts offer theirs; package web/door
// mounts them all behind authentication.
type Route struct {
	Pattern string // of net/http.ServeMux, with method: "POST /api/v2/alerts"
	Scope   Scope
	Handler http.Handler
	MaxBody int64 // bytes; zero: 1 MiB
	Public  bool  // also on the public listener
	Stream  bool  // may outlive the write timeout (SSE)

	// Act is what the audit log calls a request that was let in, such as reload; empty:
	// the handler's commands tell what was done, or it does nothing.
	Act string

	// Everywhere: it speaks of all places at once, or acts on them, and its handler does
	// not look at Identity.Locations; an account bound to locations is refused. A route
	// without it holds to them itself.
	Everywhere bool
}

// Identity is who makes a request.
type Identity struct {
	Name      string // login name, token name, or "" for nobody
	Role      string // viewer desk approver admin, or "" for a token
	Scopes    []Scope
	Locations []string // empty: all
	Session   bool     // came with a cookie: cross-site rules apply
	Under     string   // opens only routes whose path begins so; empty: all of its scopes

	// Reader: he showed an account of the organisation, which opens the status pages
	// for such accounts and nothing else.
	Reader bool
}

// Has reports whether the identity holds scope.
func (id Identity) Has(scope Scope) bool {
	return scope == ScopeOpen || slices.Contains(id.Scopes, scope) || slices.Contains(id.Scopes, ScopeAdmin)
}

type identityKey struct{}

// WithIdentity returns ctx carrying id.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// IdentityFrom returns who makes the request of ctx; nobody if it has none.
func IdentityFrom(ctx context.Context) Identity {
	id, _ := ctx.Value(identityKey{}).(Identity)
	return id
}

type clientKey struct{}

// WithClient returns ctx carrying the address a request came from, as far as trusted
// proxies can tell.
func WithClient(ctx context.Context, a netip.Addr) context.Context {
	return context.WithValue(ctx, clientKey{}, a)
}

// ClientFrom returns where the request of ctx came from: what limits count by. It is
// no proof of who that is. The zero Addr: nobody knows.
func ClientFrom(ctx context.Context) netip.Addr {
	a, _ := ctx.Value(clientKey{}).(netip.Addr)
	return a
}
