package door

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"headstart"
)

// turnedAway remembers which programs were refused lately. Prometheus drops a batch that is
// refused and counts it where nobody looks, so it is said here as well: once an hour for
// each place it comes from, since it sends again all the time. The zero value is ready.
type turnedAway struct {
	mu   sync.Mutex
	said map[string]time.Time
}

const (
	sayAgain   = time.Hour
	mostPlaces = 1000 // remembered; beyond that all is said again
)

// news reports whether nothing was said of a place for an hour.
func (t *turnedAway) news(place string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, known := t.said[place]; known && now.Sub(last) < sayAgain {
		return false
	}
	if t.said == nil || len(t.said) >= mostPlaces {
		t.said = map[string]time.Time{}
	}
	t.said[place] = now
	return true
}

// noteRefusal says that a program is kept out by its credentials, and counts what it may
// have brought: alerts, tickets or checks. Of people it says nothing: they read why.
func (d *Door) noteRefusal(r *http.Request, v *visit, ingest bool) {
	if ingest && d.opts.Refused != nil {
		d.opts.Refused("credentials")
	}
	if !ingest && v.bad == nil || navigation(r) {
		return
	}
	why := "it sends no credentials that let it in here"
	if v.bad != nil {
		why = v.bad.Error()
	}
	from := network(v.from.addr)
	// By route, not by path: whoever makes up paths must not fill the log.
	if d.refused.news(from+" "+r.Pattern, d.now()) {
		d.logger.Warn("a program is refused; compare its credentials with auth.tokens and web_config_file", "from", from, "path", clip(r.URL.Path, 100), "err", why)
	}
}

// brings reports whether a route takes what programs send.
func brings(rt headstart.Route) bool { return rt.Scope == headstart.ScopeIngest }

// sends reports whether a request whose route is not known yet may bring something.
func sends(r *http.Request) bool {
	return r.Method == http.MethodPost && !strings.HasPrefix(r.URL.Path, "/login")
}
