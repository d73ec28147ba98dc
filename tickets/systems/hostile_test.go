package systems

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostileSettings open a connector of any type on url.
func hostileSettings(t *testing.T, kind, url string) Settings {
	if kind == "graph" {
		return Settings{
			URL: url, Mailbox: boxName, ClientID: "app", ClientSecretFile: secretFile(t, "a-token-nobody-may-see"), TokenURL: url + "/token",
		}
	}
	return Settings{
		URL: url, TokenFile: secretFile(t, "a-token-nobody-may-see"), Username: "robot", PasswordFile: secretFile(t, "a-token-nobody-may-see"),
		CreateIn: "IT", Queues: []string{"IT"},
	}
}

// overHTTP are the types whose first call over HTTP is met by whatever is hostile.
func overHTTP() []string {
	return slices.DeleteFunc(Types(), func(t string) bool { return t == "imap" || t == "graph" })
}

// inSession are the systems that log in first, met by what is hostile after it.
var inSession = []string{"session glpi", "session znuny", "session graph"}

// afterLogin opens sessions and leaves the rest to h.
func afterLogin(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path.Base(r.URL.Path) {
		case "initSession", "SessionCreate":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"session_token":"s","SessionID":"s"}`))
		case "token":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"access_token":"a-token-nobody-may-see","expires_in":3600}`))
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// TestHostileAnswers: whatever a system, or a proxy before it, answers, each
// connector fails with the right error; no error holds the secret or the answer.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	header := func(status int, kv ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for i := 0; i+1 < len(kv); i += 2 {
				w.Header().Set(kv[i], kv[i+1])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"secret":"planted-word"}`))
		}
	}
	body := func(kind, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(text))
		}
	}
	limited := func(after time.Duration) func(error) bool {
		return func(err error) bool {
			var l *RateLimited
			return errors.As(err, &l) && l.After == after
		}
	}
	is := func(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }
	again := func(err error) bool { return err != nil && !Permanent(err) && !errors.Is(err, ErrAuth) }
	for name, test := range map[string]struct {
		h    http.HandlerFunc
		want func(error) bool
	}{
		"401":                   {header(401), is(ErrAuth)},
		"302 to a log-in":       {header(302, "Location", "/login"), is(ErrAuth)},
		"403":                   {header(403), is(ErrForbidden)},
		"410":                   {header(410), is(ErrNotFound)},
		"429 with seconds":      {header(429, "Retry-After", "90"), limited(90 * time.Second)},
		"429 with a date":       {header(429, "Date", "Mon, 23 Nov 2026 08:00:00 GMT", "Retry-After", "Mon, 23 Nov 2026 08:02:00 GMT"), limited(2 * time.Minute)},
		"429 with nothing":      {header(429), limited(time.Minute)},
		"429 with nonsense":     {header(429, "Retry-After", "-NaN"), limited(time.Minute)},
		"429 for a year":        {header(429, "Retry-After", "31536000"), limited(time.Hour)},
		"503 with Retry-After":  {header(503, "Retry-After", "5"), limited(5 * time.Second)},
		"500":                   {header(500), again},
		"502":                   {header(502), again},
		"400":                   {header(400), is(ErrRefused)},
		"a page with 200":       {body("text/html", "<html>planted-word</html>"), is(ErrMalformed)},
		"a page called JSON":    {body("application/json", " <!doctype html>planted-word"), is(ErrMalformed)},
		"JSON cut short":        {body("application/json", `{"planted-word":[{"id":`), is(ErrMalformed)},
		"another shape":         {body("application/json", `"planted-word"`), is(ErrMalformed)},
		"not UTF-8":             {body("application/json", "{\"planted-word\":\"\xff\xfe\"}"), is(ErrMalformed)},
		"larger than the bound": {body("application/json", strings.Repeat(" ", maxAnswer+1)), is(ErrMalformed)},
		"shorter than promised": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{}`))
		}, again},
	} {
		t.Run(name, func(t *testing.T) {
			server, session := httptest.NewServer(test.h), httptest.NewServer(afterLogin(test.h))
			defer server.Close()
			defer session.Close()
			for _, kind := range append(overHTTP(), inSession...) {
				base := server.URL
				if rest, ok := strings.CutPrefix(kind, "session "); ok {
					kind, base = rest, session.URL
				}
				s := mustOpen(t, kind, hostileSettings(t, kind, base))
				_, err := s.Changes(t.Context(), Cursor{Since: time.Now()}.Begin(time.Now(), time.Minute))
				if !test.want(err) {
					t.Errorf("%s: %v", kind, err)
					continue
				}
				for _, secret := range []string{"a-token-nobody-may-see", "planted-word"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%s: the error shows %q: %v", kind, secret, err)
					}
				}
				if rep, err := s.Check(t.Context()); err == nil && len(rep.Lacks) == 0 {
					t.Errorf("%s: Check finds nothing wrong", kind)
				}
			}
		})
	}
}

// TestNothingListens: an address that nobody answers, or that is not allowed, is
// worth another attempt and shows no secret.
func TestNothingListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for _, kind := range append(overHTTP(), "graph") {
		_, err := mustOpen(t, kind, hostileSettings(t, kind, server.URL)).Get(t.Context(), "1")
		if err == nil || Permanent(err) || strings.Contains(err.Error(), "nobody-may-see") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestQuota: we take at most a quarter of what an account may ask, and less when
// others have used it up.
func TestQuota(t *testing.T) {
	q := quota{limit: "X-Ratelimit-Total", left: "X-Ratelimit-Remaining"}
	h := http.Header{"X-Ratelimit-Total": {"40"}, "X-Ratelimit-Remaining": {"39"}}
	now := time.Now()
	calls := 0
	for ; q.wait() == nil && calls < 100; calls++ {
		q.note(h, now)
	}
	if calls != 10 {
		t.Errorf("%d calls of a limit of 40 in a minute, want 10", calls)
	}
	other := quota{limit: "X-Ratelimit-Total", left: "X-Ratelimit-Remaining"}
	h.Set("X-Ratelimit-Remaining", "3")
	other.note(h, now)
	var limited *RateLimited
	if err := other.wait(); !errors.As(err, &limited) || limited.After <= 0 || limited.After > time.Minute {
		t.Errorf("with 3 of 40 left: %v, want to wait for the minute to end", err)
	}
}
