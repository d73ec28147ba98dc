package agents

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// The upstream is known by ca_file, told its token as Bearer, and no proxy of the
// environment is asked (ruling 46); a new token counts from the next post on, a redirect
// is not followed, and no fault names the token.
func TestClient(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	dir := t.TempDir()
	var bearer []string
	elsewhere := false
	mux := http.NewServeMux()
	for _, r := range newHub(&memlog{}).Routes() {
		mux.Handle(r.Pattern, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			bearer = append(bearer, req.Header.Get("Authorization"))
			if elsewhere {
				http.Redirect(w, req, "https://127.0.0.1:1/", http.StatusTemporaryRedirect)
				return
			}
			r.Handler.ServeHTTP(w, req.WithContext(headstart.WithIdentity(req.Context(), headstart.Identity{Name: identity("noord")})))
		}))
	}
	up := httptest.NewTLSServer(mux)
	defer up.Close()
	ca, token := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "token")
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: up.Certificate().Raw})))
	put(token, "secret-one\n")
	dialer := &headstart.Dialer{Allow: func(ap netip.AddrPort) bool { return ap.Addr().IsLoopback() }}
	open := func(u Upstream) *Courier {
		t.Helper()
		if err := u.Validate(); err != nil {
			t.Fatal(err)
		}
		c, err := NewCourier(CourierOptions{Upstream: u, Spool: newSpool(t, "s"), Results: func() []headstart.CheckResult { return nil }, Dialer: dialer})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}

	if err := open(Upstream{URL: up.URL, Agent: "noord", TokenFile: token}).bring(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an upstream nobody vouches for: %v", err)
	}
	c := open(Upstream{URL: up.URL + "/", Agent: "noord", TokenFile: token, CAFile: ca})
	if err := c.bring(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	put(token, "secret-two")
	if err := c.bring(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if len(bearer) != 2 || bearer[0] != "Bearer secret-one" || bearer[1] != "Bearer secret-two" {
		t.Errorf("the upstream was shown %q", bearer)
	}
	elsewhere = true
	err := c.bring(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "upstream.url") || strings.Contains(err.Error(), "secret") {
		t.Errorf("a redirect: %v; want it named, with the remedy", err)
	}
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	if err := c.bring(t.Context(), nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("no token: %v", err)
	}
}

var someDay = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// Metrics are named as Prometheus wants them, on both sides.
func TestMetricNames(t *testing.T) {
	reg := prometheus.NewRegistry()
	h := NewHub(HubOptions{Sites: Sites{{Name: "noord", Asset: "a"}}, Registerer: reg})
	h.sites["noord"].seen(h.sites["noord"].lastHeard(someDay), &Post{SentAt: someDay})
	if _, err := NewCourier(CourierOptions{
		Upstream: Upstream{URL: "https://up.example", Agent: "noord", TokenFile: "t"}, Spool: newSpool(t, "s"), Dialer: &headstart.Dialer{}, Registerer: reg,
	}); err != nil {
		t.Fatal(err)
	}
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", err, problems)
	}
	if n, err := testutil.GatherAndCount(reg, "headstart_agent_up", "headstart_agent_last_seen_timestamp_seconds", "headstart_agent_spooled", "headstart_agent_clock_ahead_seconds", "headstart_spool_entries"); err != nil || n != 5 {
		t.Errorf("%d metrics, %v", n, err)
	}
}
