package door

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"headstart"
	"headstart/web/door/issuer"
)

// attemptLife is how long a person may take at the issuer.
const attemptLife = 10 * time.Minute

// flow is one of the two things people log in to: the desk, or a status page for the
// accounts of the organisation. What one began the other cannot finish.
type flow struct {
	purpose string // of what is sealed, and the name of its cookie
	start   string // path that begins it; the issuer sends the browser to start/callback
	next    func(string) string
}

var (
	deskFlow = &flow{purpose: "headstart-oidc", start: "/login/oidc", next: safeNext}
	pageFlow = &flow{purpose: "headstart-page-oidc", start: "/login/page", next: safePage}
)

// attempt is what a browser holds while its person is at the issuer.
type attempt struct {
	issuer.Attempt
	Next  string
	Until time.Time
}

func (d *Door) issuerRoutes() []headstart.Route {
	route := func(pattern string, public bool, h http.HandlerFunc) headstart.Route {
		return headstart.Route{Pattern: pattern, Scope: headstart.ScopeOpen, Handler: h, Public: public}
	}
	return []headstart.Route{
		route("GET "+deskFlow.start, false, d.begin(deskFlow)),
		route("GET "+deskFlow.start+"/callback", false, d.finishAt(deskFlow, d.enterDesk)),
		route("GET "+pageFlow.start, true, d.begin(pageFlow)),
		route("GET "+pageFlow.start+"/callback", true, d.finishAt(pageFlow, d.enterPage)),
	}
}

// begin sends the browser to the issuer. It changes nothing here: the attempt is in a
// sealed cookie. A link and no form, since the policy form-action 'self' would stop the
// redirect that a form leads to.
func (d *Door) begin(f *flow) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g := visitOf(r).guard
		if g.issuer == nil {
			refuse(w, r, http.StatusNotFound, "this installation has no log-in by OpenID Connect")
			return
		}
		a, to, err := g.issuer.Begin(r.Context(), g.redirect(f, r))
		if err != nil {
			d.issuerFailed(w, r, f, err)
			return
		}
		try := attempt{a, f.next(r.URL.Query().Get("next")), d.now().Add(attemptLife)}
		sealed, err := d.sealer.seal(f.purpose, try)
		if err == nil && len(sealed) > maxSealed { // the browser would drop it, and every log-in from that page fail
			try.Next = f.next("")
			sealed, err = d.sealer.seal(f.purpose, try)
		}
		if err != nil {
			d.issuerFailed(w, r, f, err)
			return
		}
		http.SetCookie(w, g.flowCookie(f, r, sealed, attemptLife))
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

// finishAt takes what the browser brings back from the issuer. However it ends, the
// attempt is used up.
func (d *Door) finishAt(f *flow, enter func(http.ResponseWriter, *http.Request, issuer.Person, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g, q := visitOf(r).guard, r.URL.Query()
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer") // the address holds a code
		if g.issuer == nil {
			refuse(w, r, http.StatusNotFound, "this installation has no log-in by OpenID Connect")
			return
		}
		a, ok := d.attemptOf(g, f, r)
		http.SetCookie(w, g.flowCookie(f, r, "", -time.Second))
		switch {
		case !ok, subtle.ConstantTimeCompare([]byte(a.State), []byte(q.Get("state"))) != 1,
			len(q["state"]) != 1, q.Has("iss") && q.Get("iss") != g.cfg.Auth.OIDC.Issuer: // RFC 9207
			d.issuerRefused(w, r, f, errors.New("the answer belongs to no log-in that this browser began"))
			return
		case !d.used.take(a.State, a.Until):
			d.issuerRefused(w, r, f, errors.New("the log-in was finished before"))
			return
		case q.Get("error") == "access_denied":
			d.issuerRefused(w, r, f, errDenied)
			return
		case q.Get("code") == "" || len(q["code"]) != 1 || q.Has("error"):
			d.issuerRefused(w, r, f, errors.New("the issuer sent no code"))
			return
		}
		net := "oidc " + network(visitOf(r).from.addr)
		if wait := d.byNet.attempt(net); wait > 0 {
			w.Header().Set("Retry-After", seconds(wait))
			d.renderFlow(w, r, f, http.StatusTooManyRequests, loginText[languageOf(r)].Later)
			return
		}
		who, err := g.issuer.Finish(r.Context(), g.redirect(f, r), a.Attempt, q.Get("code"))
		if err != nil {
			d.issuerFailed(w, r, f, err)
			return
		}
		d.byNet.good(net)
		enter(w, r, who, a.Next)
	}
}

// attemptOf is what the browser of r began and did not finish in time or before.
func (d *Door) attemptOf(g *guard, f *flow, r *http.Request) (attempt, bool) {
	var a attempt
	cookies := r.CookiesNamed(g.flowName(f, r))
	if len(cookies) != 1 || !d.sealer.open(f.purpose, cookies[0].Value, &a) {
		return attempt{}, false
	}
	return a, d.now().Before(a.Until)
}

// enterDesk starts a session for a person of the issuer. Who has no role gets one too:
// the page that tells him what to ask for needs his name.
func (d *Door) enterDesk(w http.ResponseWriter, r *http.Request, who issuer.Person, next string) {
	g := visitOf(r).guard
	m := g.cfg.Auth.OIDC.mapping()
	if g.taken(who.Name) {
		d.logger.Warn("log-in refused", "err", "the issuer's name for this person is that of an account in auth", "subject", who.Name)
		d.render(w, r, http.StatusForbidden, loginView{Next: next, Error: loginText[languageOf(r)].Taken})
		return
	}
	if !who.HasGroups {
		d.logger.Warn("the issuer told no groups", "claim", cmp.Or(g.cfg.Auth.OIDC.GroupsClaim, "groups"), "too_many", who.TooMany, "subject", who.Name)
	}
	d.startSession(w, r, session{User: oidcUser + who.Subject, Name: who.Name, Groups: m.keys("", who.Groups, false)}, "oidc", next)
}

// errDenied is RFC 6749 section 4.1.2.1: the issuer or the person said no.
var errDenied = errors.New("the issuer answers access_denied")

// issuerRefused says that what came back is not to be believed, and how to begin again.
// What is wrong exactly stands in the log: it helps nobody else.
func (d *Door) issuerRefused(w http.ResponseWriter, r *http.Request, f *flow, err error) {
	v := visitOf(r)
	d.logger.Warn("log-in failed", "from", network(v.from.addr), "err", err)
	words := loginText[languageOf(r)]
	text := words.Broken
	if errors.Is(err, errDenied) {
		text = words.Denied
	}
	if f == deskFlow { // of readers no list exists, and strangers on the public listener must not use up its room
		d.failedLogin(r, "")
	}
	d.renderFlow(w, r, f, http.StatusBadRequest, text)
}

// issuerFailed tells an issuer that does not answer from an answer that is wrong.
func (d *Door) issuerFailed(w http.ResponseWriter, r *http.Request, f *flow, err error) {
	if _, ok := errors.AsType[*issuer.UnreachableError](err); !ok {
		d.issuerRefused(w, r, f, err)
		return
	}
	d.logger.Error("issuer not reached, only accounts of auth.users and the admin token log in", "err", err)
	w.Header().Set("Retry-After", "5")
	d.renderFlow(w, r, f, http.StatusServiceUnavailable, loginText[languageOf(r)].Unreachable)
}

// renderFlow shows the log-in page of f with a message.
func (d *Door) renderFlow(w http.ResponseWriter, r *http.Request, f *flow, status int, text string) {
	if f == pageFlow {
		d.render(w, r, status, loginView{Error: text, Reader: true, Next: "/s/"})
		return
	}
	d.render(w, r, status, loginView{Error: text, Next: "/"})
}

// redirect is where the issuer sends the browser back to; it must be registered there.
func (g *guard) redirect(f *flow, r *http.Request) string {
	return strings.TrimRight(g.base(f, r), "/") + f.start + "/callback"
}

// base is the address that readers of f use. It is one of the configuration: of these,
// the one whose host the request names.
func (g *guard) base(f *flow, r *http.Request) string {
	page := cmp.Or(g.cfg.Publish.ExternalURL, g.cfg.ExternalURL)
	if u, err := url.Parse(page); f == pageFlow && err == nil && strings.EqualFold(u.Host, r.Host) {
		return u.Scheme + "://" + u.Host
	}
	return g.cfg.ExternalURL
}

// flowName is the name of the cookie of an attempt.
func (g *guard) flowName(f *flow, r *http.Request) string {
	if g.overTLS(f, r) {
		return "__Host-" + f.purpose
	}
	return f.purpose
}

func (g *guard) overTLS(f *flow, r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(g.base(f, r), "https:")
}

// flowCookie holds an attempt. SameSite is Lax: the browser comes back from the issuer
// by a link.
func (g *guard) flowCookie(f *flow, r *http.Request, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: g.flowName(f, r), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: g.overTLS(f, r), SameSite: http.SameSiteLaxMode,
	}
}
