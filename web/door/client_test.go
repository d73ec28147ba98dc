package door

import (
	"net/http"
	"strings"
	"testing"

	"headstart"
)

// Handlers count by the address a trusted proxy saw, on both listeners, and by no
// other header (ruling 43).
func TestHandlersLearnTheCaller(t *testing.T) {
	got := ""
	d := testDoor(t, func(c *Config) { c.TrustedProxies = []string{"10.0.0.0/8"}; c.Publish.Listen = "127.0.0.1:8480" }, headstart.Route{
		Pattern: "GET /s/who", Scope: headstart.ScopeOpen, Public: true,
		Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = headstart.ClientFrom(r.Context()).String() }),
	})
	for name, h := range map[string]http.Handler{"desk": d.Desk(), "public": d.Public()} {
		for peer, want := range map[string]string{"10.0.0.5": "198.51.100.1", "127.0.0.1": "127.0.0.1"} {
			r := request("GET", "/s/who", from(peer))
			if peer != want {
				header("X-Forwarded-For", "203.0.113.9, 198.51.100.1")(r)
			}
			got = ""
			wantStatus(t, name, call(h, r), http.StatusOK)
			if got != want {
				t.Errorf("the %s listener calls the caller %q, want %s", name, got, want)
			}
		}
	}
}

// A link of a mail lets in whoever has it, so the log does not.
func TestTokensStayOutOfTheLog(t *testing.T) {
	for path, want := range map[string]string{
		"/s/nl/unsubscribe/" + strings.Repeat("A", 43):              "/s/nl/unsubscribe/…",
		"/s/zuid/link/" + strings.Repeat("b", 32) + "/nl/feed.atom": "/s/zuid/link/…/nl/feed.atom",
		"/api/v1/incidents/HS-12/explain":                           "/api/v1/incidents/HS-12/explain",
	} {
		if got := logged(path); got != want {
			t.Errorf("%s is logged as %s, want %s", path, got, want)
		}
	}
}
