package door

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"headstart"
)

// maxBody is the limit of a route that names none.
const maxBody = 1 << 20

// writeTimeout is how long an answer may take that is no stream.
const writeTimeout = 60 * time.Second

// pagePolicy is the content security policy of ui.md: nothing from elsewhere,
// nothing inline. A handler that needs another sets its own.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// visit is what the entrance found out about a request.
type visit struct {
	guard *guard
	web   *webConfig
	from  client
	how   credential
	bad   error // he showed something wrong
}

type visitKey struct{}

func visitOf(r *http.Request) *visit {
	v, _ := r.Context().Value(visitKey{}).(*visit)
	return v
}

// entrance is what every request passes before its route is looked up.
func (d *Door) entrance(mux *http.ServeMux, public bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer answering(r.Context())()
		started := time.Now()
		a := &answer{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), languageKey{}, d.opts.Language))
		id := requestID()
		a.Header().Set("X-Request-Id", id)
		defer func() { d.finish(a, r, id, started, recover()) }()
		v := &visit{guard: d.guard.Load(), web: d.web.get()}
		if public {
			v.web = &webConfig{}
		}
		defaultHeaders(a.Header(), v.web, public)
		if who, ok := d.admit(a, r, v, public); ok {
			ctx := headstart.WithIdentity(context.WithValue(r.Context(), visitKey{}, v), who)
			ctx = headstart.WithClient(ctx, v.from.addr)
			route(mux, a, r.WithContext(ctx))
		}
	})
}

// admit judges the way a request came, and who makes it. When it answers
// itself, ok is false.
func (d *Door) admit(w http.ResponseWriter, r *http.Request, v *visit, public bool) (who headstart.Identity, ok bool) {
	if v.web.limiter != nil && !v.web.limiter.Allow() {
		refuse(w, r, http.StatusTooManyRequests, "the rate limit of web_config_file is reached")
		return who, false
	}
	if !plainPath(r) {
		refuse(w, r, http.StatusBadRequest, "the path is not in its plain form; write it without //, /./, /../, backslashes or encoded slashes and dots")
		return who, false
	}
	var err error
	if v.from, err = v.guard.clientOf(r); err != nil {
		turnAway(w, r, err)
		return who, false
	}
	names, remedy := v.guard.desk, "use the host of external_url, or set external_url to this name in headstart.yml"
	if public {
		names, remedy = v.guard.public, "use the host of publish.external_url, or set publish.external_url to this name"
		forgetDeskCookie(r)
	} else {
		who, v.how, v.bad = d.authenticate(v.guard, v.web, r, v.from)
	}
	who.Reader = d.reader(v.guard, r)
	// A token was put into this request on purpose; a browser lured here by a
	// name that points to us has none. A certificate belongs to a name already.
	if !v.how.explicit() && v.how != byCertificate {
		if err := names.check(r, remedy); err != nil {
			turnAway(w, r, err)
			return who, false
		}
	}
	if soon, ok := errors.AsType[*tooSoon](v.bad); ok {
		d.noteRefusal(r, v, sends(r))
		wait(w, r, soon.wait)
		return who, false
	}
	if len(v.web.users) > 0 && (v.bad != nil || !passesGate(r, v.how)) {
		d.noteRefusal(r, v, sends(r))
		unauthorized(w, r, v.web, "this server asks for a user of its web_config_file, or a token")
		return who, false
	}
	return who, true
}

// passesGate reports whether basic_auth_users of web_config_file are satisfied:
// the file means that nobody comes in without, whatever else he has.
func passesGate(r *http.Request, how credential) bool {
	return how.explicit() || how == byBasicUser || r.Header.Get("Authorization") != ""
}

func turnAway(w http.ResponseWriter, r *http.Request, err error) {
	if m, ok := errors.AsType[*misdirected](err); ok {
		refuse(w, r, http.StatusMisdirectedRequest, m.text)
		return
	}
	refuse(w, r, http.StatusBadRequest, err.Error())
}

// behind holds rt to its scope.
func (d *Door) behind(rt headstart.Route, public bool) http.Handler {
	limit := rt.MaxBody
	if limit == 0 {
		limit = maxBody
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		if !public && rt.Scope != headstart.ScopeOpen && rt.Scope != headstart.ScopePage && !d.allowed(w, r, v, rt) {
			d.noteRefusal(r, v, brings(rt))
			return
		}
		if !exempt(v.how, rt.Scope) && v.guard.cross.Check(r) != nil {
			refuse(w, r, http.StatusForbidden, "the request comes from another site's page; open the desk itself and try again")
			return
		}
		if r.ContentLength > limit {
			refuse(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has %d bytes, at most %d are read here", r.ContentLength, limit))
			return
		}
		giveBack, ok := d.room(w, r, rt, limit)
		if !ok {
			return
		}
		defer giveBack()
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		whole := false // a handler that panics has not done it, whatever it answered
		defer func() { d.recorded(rt, w, r, whole) }()
		d.handOver(rt, w, r)
		whole = true
	})
}

// handOver lets rt answer, in the time it has for that.
func (d *Door) handOver(rt headstart.Route, w http.ResponseWriter, r *http.Request) {
	if rt.Stream {
		d.stream(rt.Handler, w, r)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // unsupported by a test's recorder only
	rt.Handler.ServeHTTP(w, r)
}

// stream serves an answer without end; it ends when the door stops.
func (d *Door) stream(h http.Handler, w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // unsupported by a test's recorder only
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-d.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	h.ServeHTTP(w, r.WithContext(ctx))
}

// exempt reports whether a cross-site page cannot have made the request: it
// cannot know a Bearer token, and what a program posts to an ingest route with a
// token may carry any Origin.
func exempt(how credential, scope headstart.Scope) bool {
	return how == byBearer || (how.explicit() && scope == headstart.ScopeIngest)
}

// allowed reports whether the caller holds the route's scope; else it has answered 401 or 403.
func (d *Door) allowed(w http.ResponseWriter, r *http.Request, v *visit, rt headstart.Route) bool {
	scope := rt.Scope
	who := headstart.IdentityFrom(r.Context())
	switch {
	case v.bad != nil:
		unauthorized(w, r, v.web, v.bad.Error())
	case who.Has(scope) && !strings.HasPrefix(r.URL.Path, who.Under):
		refuse(w, r, http.StatusForbidden, fmt.Sprintf("the token of %s opens %s only", who.Name, who.Under))
	case who.Has(scope) && rt.Everywhere && len(who.Locations) > 0:
		refuse(w, r, http.StatusForbidden, fmt.Sprintf("the account of %s is for some locations, and this is about all of them", who.Name))
	case who.Has(scope):
		return true
	case v.how == byNothing && v.guard.cfg.Auth.Configured():
		unauthorized(w, r, v.web, fmt.Sprintf("log in, or send a token with scope %q", scope))
	case v.how == byNothing || v.how == byLoopback:
		unauthorized(w, r, v.web, fmt.Sprintf("this needs scope %q; without auth: in headstart.yml only the admin token "+
			"of data_dir/%s has it, as Bearer or by the log-in link", scope, AdminTokenFile))
	case who.Session && who.Role == "":
		d.noRole(w, r, v, who)
	default:
		refuse(w, r, http.StatusForbidden, fmt.Sprintf("%s lacks scope %q", who.Name, scope))
	}
	return false
}

// plainPath reports whether the path is written in the one form routes are
// matched in, so that nothing in front of us can have read it as another one.
func plainPath(r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, "/") || strings.ContainsFunc(r.URL.Path, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\\' }) {
		return false
	}
	raw := strings.ToLower(r.URL.EscapedPath())
	if strings.Contains(raw, "%2f") || strings.Contains(raw, "%5c") || strings.Contains(raw, "%2e") {
		return false
	}
	clean := path.Clean(r.URL.Path)
	return r.URL.Path == clean || r.URL.Path == clean+"/"
}

func defaultHeaders(h http.Header, web *webConfig, public bool) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", pagePolicy)
	if !public {
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	}
	for name, value := range web.headers {
		h.Set(name, value)
	}
}

// finish ends a request: a panic becomes a 500 that tells the caller nothing.
func (d *Door) finish(a *answer, r *http.Request, id string, started time.Time, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(p)
	}
	if p != nil {
		d.logger.Error("request panicked", "request", id, "method", r.Method, "path", logged(r.URL.Path), "err", fmt.Sprint(p), "stack", string(debug.Stack()))
		if a.status != 0 {
			panic(http.ErrAbortHandler) // half an answer must not look whole
		}
		refuse(a, r, http.StatusInternalServerError, "something went wrong here; the log has it under request "+id)
	}
	d.logger.Debug("request", "request", id, "method", r.Method, "path", logged(r.URL.Path), "status", a.status, "duration", time.Since(started))
}

// logged is a path without what may be a token of a link: whoever read the log could
// use it. Those have at least 32 letters.
func logged(path string) string {
	parts := strings.Split(path, "/")
	for n, part := range parts {
		if len(part) >= 32 {
			parts[n] = "…"
		}
	}
	return strings.Join(parts, "/")
}

func requestID() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// answer remembers the status of a response.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Flush implements http.Flusher, for streams.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
