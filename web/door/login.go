package door

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"headstart"
)

var (
	//go:embed login.html
	loginHTML string
	//go:embed login.css
	loginCSS []byte
)

var loginPage = template.Must(template.New("login").Parse(loginHTML))

// loginView is what the log-in page shows.
type loginView struct {
	Lang, Next, Nonce, User, Error string
	Users                          bool   // accounts exist
	Issuer                         string // host of it; empty: there is none
	Begin                          string // where the log-in at the issuer begins
	Reader                         bool   // it is about a status page, not the desk
	Proxied                        bool   // the proxy logged the user in
	Ask                            []string
	Out                            bool   // he has just logged out here
	EndAt                          string // and may at the issuer too; empty: it does not offer that
	W                              loginWords
}

// own are the door's routes.
func (d *Door) own() []headstart.Route {
	open := func(pattern string, h http.HandlerFunc) headstart.Route {
		return headstart.Route{Pattern: pattern, Scope: headstart.ScopeOpen, Handler: h, MaxBody: 16 << 10}
	}
	style := open("GET /login/style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		_, _ = w.Write(loginCSS)
	})
	style.Public = true // readers of a status page log in by the issuer
	return append([]headstart.Route{
		open("GET /login", d.showLogin),
		open("POST /login", d.login),
		open("POST /logout", d.logout),
		style,
		{Pattern: "POST /login/link", Scope: headstart.ScopeAdmin, Handler: http.HandlerFunc(d.newLink), Act: "login-link", Everywhere: true},
	}, d.issuerRoutes()...)
}

// showLogin only shows: mail scanners and browsers that fetch ahead open links
// too, and must not use one up.
func (d *Door) showLogin(w http.ResponseWriter, r *http.Request) {
	v := loginView{Nonce: r.URL.Query().Get("token"), Next: safeNext(r.URL.Query().Get("next"))}
	if g := visitOf(r).guard; r.URL.Query().Get("out") == "issuer" && g.issuer != nil {
		v.Out, v.EndAt = true, g.issuer.EndSession(r.Context(), strings.TrimRight(g.cfg.ExternalURL, "/")+"/login")
	}
	d.render(w, r, http.StatusOK, v)
}

// noRole tells a person whom an issuer or a proxy vouches for that he has no access yet,
// and what to ask for.
func (d *Door) noRole(w http.ResponseWriter, r *http.Request, v *visit, who headstart.Identity) {
	key, m := "auth.proxy.roles", mapping{}
	if p := v.guard.cfg.Auth.Proxy; v.how == byProxy && p != nil {
		m = p.mapping()
	} else if o := v.guard.cfg.Auth.OIDC; o != nil {
		key, m = "auth.oidc.roles", o.mapping()
	}
	if !navigation(r) {
		refuse(w, r, http.StatusForbidden, fmt.Sprintf("%s has no role here; map one of his groups in %s", who.Name, key))
		return
	}
	d.render(w, r, http.StatusForbidden, loginView{Error: loginText[languageOf(r)].NoRole, Ask: append(m.ask(), key)})
}

func (d *Door) render(w http.ResponseWriter, r *http.Request, status int, v loginView) {
	v.Lang = languageOf(r)
	v.W = loginText[v.Lang]
	visit := visitOf(r)
	v.Users = len(visit.guard.cfg.Auth.Users) > 0
	if visit.guard.issuer != nil {
		v.Issuer = visit.guard.issuer.Host()
		v.Begin = deskFlow.start
		if v.Reader {
			v.Begin = pageFlow.start
		}
		v.Begin += "?" + url.Values{"next": {v.Next}}.Encode()
	}
	if who := headstart.IdentityFrom(r.Context()); who.Session {
		v.User, v.Proxied = who.Name, visit.how == byProxy
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := loginPage.Execute(w, v); err != nil {
		d.logger.Debug("log-in page not written", "err", err)
	}
}

// login takes a one-use link, a token, or a name and a password.
func (d *Door) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, r, http.StatusBadRequest, "the form could not be read")
		return
	}
	f := r.PostForm
	v := visitOf(r)
	next := safeNext(f.Get("next"))
	user, err := d.who(r.Context(), v.guard, v.from.addr, f)
	words := loginText[languageOf(r)]
	var soon *tooSoon
	switch {
	case errors.As(err, &soon):
		w.Header().Set("Retry-After", seconds(soon.wait))
		d.logger.Warn("log-in refused", "err", "too many failed attempts", "from", network(v.from.addr))
		d.failedLogin(r, f.Get("name"))
		d.render(w, r, http.StatusTooManyRequests, loginView{Next: next, Error: words.Later})
	case errors.Is(err, errBadCredential):
		d.logger.Warn("log-in failed", "from", network(v.from.addr))
		d.failedLogin(r, f.Get("name"))
		d.render(w, r, http.StatusUnauthorized, loginView{Next: next, Error: words.Wrong})
	case err != nil:
		w.Header().Set("Retry-After", "5")
		d.render(w, r, http.StatusServiceUnavailable, loginView{Next: next, Error: words.Later})
	default:
		d.startSession(w, r, session{User: user}, shown(f), next)
	}
}

// startSession logs the user of s in and sends him to next; how is what he showed.
func (d *Door) startSession(w http.ResponseWriter, r *http.Request, s session, how, next string) {
	v, old := visitOf(r), ""
	if c, err := r.Cookie(v.guard.cookie()); err == nil {
		old = c.Value
	}
	s.Proof = v.guard.proofOf(s.User)
	id, expires := d.sessions.start(s, old)
	http.SetCookie(w, v.guard.setCookie(id, expires))
	d.logger.Info("logged in", "subject", s.name(), "from", network(v.from.addr))
	d.record(r.Context(), s.name(), "login", how, true)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// shown names what a log-in form holds.
func shown(f url.Values) string {
	switch {
	case f.Get("nonce") != "":
		return "link"
	case strings.TrimSpace(f.Get("token")) != "":
		return "token"
	default:
		return "password"
	}
}

// who names the session's user for what the form holds, or says why not.
func (d *Door) who(ctx context.Context, g *guard, from netip.Addr, f url.Values) (string, error) {
	net := network(from)
	if nonce := f.Get("nonce"); nonce != "" {
		if d.links.take(nonce) {
			return adminName, nil
		}
		return "", errBadCredential
	}
	if wait := d.byNet.attempt(net); wait > 0 {
		return "", &tooSoon{wait}
	}
	if tok := strings.TrimSpace(f.Get("token")); tok != "" {
		if id, ok := g.byToken(tok); ok && id.Name == adminName && id.Role == "admin" {
			d.byNet.good(net)
			return adminName, nil
		}
		return "", errBadCredential
	}
	name, key := f.Get("name"), f.Get("name")+"|"+net
	if wait := d.byUser.attempt(key); wait > 0 {
		return "", &tooSoon{wait}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ok, err := g.passwords.check(ctx, name, f.Get("password"))
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errBadCredential
	}
	d.byUser.good(key)
	d.byNet.good(net)
	return "user:" + name, nil
}

func (d *Door) logout(w http.ResponseWriter, r *http.Request) {
	g, to := visitOf(r).guard, "/login"
	if c, err := r.Cookie(g.cookie()); err == nil {
		if s, ok := d.sessions.get(c.Value); ok && strings.HasPrefix(s.User, oidcUser) {
			to = "/login?out=issuer" // a link from there: the policy form-action stops a redirect further
		}
		d.sessions.end(c.Value)
		if who := headstart.IdentityFrom(r.Context()); who.Session {
			d.record(r.Context(), who.Name, "logout", "", true)
		}
	}
	gone := g.setCookie("", time.Time{})
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// newLink gives the holder of the admin token another log-in link, for the
// command line to print.
func (d *Door) newLink(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, "application/json", http.StatusOK, map[string]string{"url": d.LoginLink("")})
}

// cookie is the session cookie's name. With __Host- no other host of the domain
// can set it.
func (g *guard) cookie() string {
	if g.secure {
		return "__Host-headstart"
	}
	return plainCookie
}

const plainCookie = "headstart_session"

func (g *guard) setCookie(id string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name: g.cookie(), Value: id, Path: "/", Expires: expires,
		HttpOnly: true, Secure: g.secure, SameSite: http.SameSiteLaxMode,
	}
}

// forgetDeskCookie takes the session off a request to the public page.
func forgetDeskCookie(r *http.Request) {
	kept := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range kept {
		if c.Name != plainCookie && c.Name != "__Host-headstart" {
			r.AddCookie(c)
		}
	}
}

// safeNext keeps next on this host.
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(u.Path, "/login") {
		return "/"
	}
	return u.RequestURI()
}

// languageKey is where a request keeps the language of the installation.
type languageKey struct{}

// languageOf is nl or en: the one that was chosen on the desk, else whichever the browser
// names first, else that of the installation.
func languageOf(r *http.Request) string {
	if c, err := r.Cookie("headstart_lang"); err == nil && (c.Value == "nl" || c.Value == "en") {
		return c.Value
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if base == "nl" || base == "en" {
			return base
		}
	}
	if own, _ := r.Context().Value(languageKey{}).(string); own == "en" {
		return "en"
	}
	return "nl"
}
