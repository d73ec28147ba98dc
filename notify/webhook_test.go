package notify

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

func secretFile(t *testing.T, secret string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const hookSecret = "0123456789abcdef0123456789abcdef"

func hookTo(t *testing.T, url string, d *headstart.Dialer) *webhook {
	t.Helper()
	cfg := ChannelConfig{Name: "hook", Type: "webhook", URL: url, SecretFile: secretFile(t, hookSecret)}
	if err := (Config{Channels: []ChannelConfig{cfg}}).Validate(); err != nil {
		t.Fatal(err)
	}
	w, err := newWebhook(cfg, ChannelOptions{Dialer: d})
	if err != nil {
		t.Fatal(err)
	}
	return w.(*webhook)
}

// A webhook is signed over id, timestamp and body, and names the support group,
// never the owner (rulings 35 and 45).
func TestWebhookSigned(t *testing.T) {
	var got WebhookBody
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		want := Sign([]byte(hookSecret), r.Header.Get(HeaderID), r.Header.Get(HeaderTimestamp), body)
		if !hmac.Equal([]byte(want), []byte(r.Header.Get(HeaderSignature))) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&got); err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), "owner") {
			t.Errorf("the body names an owner: %s", body)
		}
	}))
	defer srv.Close()
	n := notice(1, headstart.Investigating)
	if _, err := hookTo(t, srv.URL, local()).Post(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if got.ID != n.Key || got.UID != "9f2c" || got.SupportGroup != "netwerk" || got.Text["nl"].Title != "Kopiëren lukt niet" || got.StatusURL == "" {
		t.Errorf("the receiver read %+v", got)
	}
}

// An answer decides: 429 waits as long as it says, 5xx is tried again, other
// 4xx and redirects are given up.
func TestWebhookAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		code      int
		header    string
		permanent bool
		after     time.Duration // of RateLimited; -1: not limited
	}{
		"429 with seconds": {429, "120", false, 2 * time.Minute},
		"429 with nothing": {429, "", false, 0},
		"429 with noise":   {429, "soon", false, 0},
		"503 with seconds": {503, "7", false, 7 * time.Second},
		"500":              {500, "", false, -1},
		"408":              {408, "", false, -1},
		"404":              {404, "", true, -1},
		"redirect":         {302, "", true, -1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.Header().Set("Retry-After", tc.header)
				w.WriteHeader(tc.code)
			}))
			defer srv.Close()
			_, err := hookTo(t, srv.URL, local()).Post(t.Context(), notice(1, headstart.Investigating))
			var p *Permanent
			if err == nil || errors.As(err, &p) != tc.permanent {
				t.Fatalf("%v; want an error, permanent %t", err, tc.permanent)
			}
			after := time.Duration(-1)
			if limited, ok := errors.AsType[*RateLimited](err); ok {
				after = limited.After
			}
			if after != tc.after {
				t.Errorf("wait %s, want %s", after, tc.after)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "": 0, "-5": 0, "soon": 0,
		"Mon, 23 Nov 2026 08:01:30 GMT": 90 * time.Second, "Mon, 23 Nov 2026 07:00:00 GMT": 0,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("Retry-After %q: %s, want %s", in, got, want)
		}
	}
}

// A webhook reaches neither the metadata service of a cloud nor a place it is
// redirected to, and errors do not show its address (ruling 40).
func TestWebhookStaysOut(t *testing.T) {
	hook := hookTo(t, "http://169.254.169.254/latest/t0ken", &headstart.Dialer{})
	if _, err := hook.Post(t.Context(), notice(1, headstart.Investigating)); err == nil || !strings.Contains(err.Error(), "internal address") || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("posting to 169.254.169.254: %v, want a refusal of the address that does not show the path", err)
	}
	reached := false
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusTemporaryRedirect))
	defer outer.Close()
	if _, err := hookTo(t, outer.URL, local()).Post(t.Context(), notice(1, headstart.Investigating)); err == nil || reached {
		t.Errorf("redirected: %v, reached %t; want an error and not reached", err, reached)
	}
}
