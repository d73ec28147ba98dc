package door

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"headstart/web/door/issuer"
)

// A reader is somebody with an account of the organisation's issuer, whoever: he may
// read status pages with access oidc, and nothing else. His cookie says no more than
// that, so that no list of readers exists anywhere, and it is no session of the desk
// (ruling 41).

const readerPurpose = "headstart-reader"

// readerPass is what the cookie of a reader holds.
type readerPass struct {
	Issuer, Client string // for whom he is known: with another issuer he is not
	Until          time.Time
}

// enterPage lets somebody read the pages for accounts of the organisation.
func (d *Door) enterPage(w http.ResponseWriter, r *http.Request, _ issuer.Person, next string) {
	g := visitOf(r).guard
	until := d.now().Add(sessionLife)
	sealed, err := d.sealer.seal(readerPurpose, readerPass{g.cfg.Auth.OIDC.Issuer, g.cfg.Auth.OIDC.ClientID, until})
	if err != nil {
		d.issuerFailed(w, r, pageFlow, err)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: g.readerCookie(r), Value: sealed, Path: "/", Expires: until,
		HttpOnly: true, Secure: g.overTLS(pageFlow, r), SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (g *guard) readerCookie(r *http.Request) string {
	if g.overTLS(pageFlow, r) {
		return "__Host-" + readerPurpose
	}
	return readerPurpose
}

// reader reports whether r comes from one.
func (d *Door) reader(g *guard, r *http.Request) bool {
	o := g.cfg.Auth.OIDC
	cookies := r.CookiesNamed(g.readerCookie(r))
	if o == nil || len(cookies) != 1 {
		return false
	}
	var p readerPass
	return d.sealer.open(readerPurpose, cookies[0].Value, &p) && p.Issuer == o.Issuer && p.Client == o.ClientID && d.now().Before(p.Until)
}

// ReaderLogin is where a reader of a status page logs in, with the page's path as next;
// empty: there is no issuer.
func (c *Config) ReaderLogin() string {
	if c.Auth.OIDC == nil {
		return ""
	}
	return pageFlow.start
}

// safePage keeps next among the status pages of this host.
func safePage(next string) string {
	if next = safeNext(next); strings.HasPrefix(next, "/s/") {
		return next
	}
	return "/s/"
}

// usedStates remembers the attempts that came to an end, until they would have run out
// by themselves, so that none is finished twice.
type usedStates struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]time.Time
}

func newUsedStates(now func() time.Time) *usedStates {
	return &usedStates{now: now, all: map[string]time.Time{}}
}

// take uses state up and reports whether it was not used before. With maxKeys under way
// at once it forgets one at random: its code is still good only once at the issuer.
func (u *usedStates) take(state string, until time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, used := u.all[state]; used {
		return false
	}
	if len(u.all) >= maxKeys {
		for s, t := range u.all {
			if delete(u.all, s); u.now().Before(t) {
				break
			}
		}
	}
	u.all[state] = until
	return true
}
