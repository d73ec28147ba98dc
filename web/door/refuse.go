package door

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// refuse answers a request that does not reach its handler, in the shape its
// callers read: problem+json (RFC 9457) on /api/v1, Alertmanager's on /api/v2, a page
// for a person, text elsewhere.
func refuse(w http.ResponseWriter, r *http.Request, status int, detail string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/v2/"):
		writeJSON(w, "application/json", status, map[string]any{"code": status, "message": detail})
	case strings.HasPrefix(r.URL.Path, "/api/"):
		writeJSON(w, "application/problem+json", status, map[string]any{
			"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
			"request_id": h.Get("X-Request-Id"),
		})
	default:
		if page, made := refusedPage(r, status, detail); made && navigation(r) {
			h.Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write(page) // the reader left
			return
		}
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, detail)
	}
}

func writeJSON(w http.ResponseWriter, kind string, status int, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller went away: nothing to do
}

// unauthorized asks for a log-in: a person is taken to the page, a program told how.
func unauthorized(w http.ResponseWriter, r *http.Request, web *webConfig, detail string) {
	if navigation(r) && len(web.users) == 0 {
		next := "/"
		if r.Method == http.MethodGet {
			next = r.URL.RequestURI()
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/login?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		return
	}
	w.Header().Add("WWW-Authenticate", `Bearer realm="headstart"`)
	if len(web.users) > 0 {
		w.Header().Add("WWW-Authenticate", `Basic realm="headstart", charset="UTF-8"`)
	}
	refuse(w, r, http.StatusUnauthorized, detail)
}

// navigation reports whether a browser is on its way to a page, and not one that shows a
// page already and asks for a part of it.
func navigation(r *http.Request) bool {
	for _, prefix := range []string{"/api/", "/hooks/", "/push/", "/-/", "/metrics", "/probe"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return false
		}
	}
	return r.Header.Get("Authorization") == "" && r.Header.Get("HX-Request") == "" && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// wait answers 429.
func wait(w http.ResponseWriter, r *http.Request, d time.Duration) {
	w.Header().Set("Retry-After", seconds(d))
	refuse(w, r, http.StatusTooManyRequests, "too many failed attempts; try again in "+seconds(d)+" s")
}

func seconds(d time.Duration) string { return fmt.Sprint(int(math.Ceil(d.Seconds()))) }
