package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/web/door"
)

// listener is the public listener of a bad Monday, with the desk behind the same door.
func listener(t *testing.T) (base string, wait func(time.Duration), answers func() []headstart.Confirm) {
	t.Helper()
	w := badMonday(t)
	pages, wait, answers := readers(w)
	config := door.DefaultConfig()
	config.Publish.Enabled, config.Publish.Listen = true, "127.0.0.1:0"
	d, err := door.New(door.Options{Config: config, DataDir: t.TempDir()}, append(w.site().Routes(), pages.Routes()...))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(d.Public())
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL, wait, answers
}

// send makes one request and follows nothing.
func send(t *testing.T, method, address, body string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

// Ruling 41: nothing of the desk answers on the public listener, whatever cookie comes
// along, and no answer repeats the Host it was asked by.
func TestThePublicListenerHasTheDeskNowhere(t *testing.T) {
	base, _, _ := listener(t)
	for _, path := range []string{"/i/HS-1042", "/tickets", "/announcements", "/maintenance", "/morning", "/new", "/events", "/login", "/metrics", "/api/v1/incidents", "/api/v2/alerts", "/static/app.css", "/-/reload"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			res, body := send(t, method, base+path, "", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "headstart_session", Value: "x"}) })
			if res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s answers %d: %.80s", method, path, res.StatusCode, body)
			}
		}
	}
	res, body := send(t, http.MethodGet, base+"/s/nl/", "", func(r *http.Request) { r.Host = "kwaad.example" })
	if res.StatusCode != http.StatusMisdirectedRequest || strings.Contains(body, "HS-1042") {
		t.Errorf("asked by another name it answers %d", res.StatusCode)
	}
	res, body = send(t, http.MethodGet, base+"/s/nl/", "", nil)
	if res.StatusCode != 200 || len(res.Cookies()) > 0 || strings.Contains(body, strings.TrimPrefix(base, "http://")) {
		t.Errorf("the page answers %d, sets %v, or holds its own address", res.StatusCode, res.Cookies())
	}
}

// What people may send cannot be sent for them by another site's page, nor at length.
func TestAnswersComeFromThePageItself(t *testing.T) {
	base, wait, answers := listener(t)
	res, _ := send(t, http.MethodGet, base+wifiMessage, "", nil)
	if len(res.Cookies()) != 1 {
		t.Fatalf("the page sets %v", res.Cookies())
	}
	cookie := res.Cookies()[0]
	wait(3 * time.Second)
	form := url.Values{"answer": {"have"}}.Encode()
	for name, c := range map[string]struct {
		body   string
		change func(*http.Request)
		want   int
	}{
		"from another site's page": {form, func(r *http.Request) { r.Header.Set("Origin", "https://kwaad.example") }, http.StatusForbidden},
		"as a browser marks it":    {form, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		"from no page at all":      {form, func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"at length":                {"answer=" + strings.Repeat("x", 1<<20), nil, http.StatusRequestEntityTooLarge},
		"with a forged client":     {form, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.1.0.1") }, http.StatusMisdirectedRequest},
	} {
		res, _ := send(t, http.MethodPost, base+wifiMessage+"confirm", c.body, func(r *http.Request) {
			r.AddCookie(cookie)
			if c.change != nil {
				c.change(r)
			}
		})
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.want)
		}
	}
	if got := answers(); len(got) != 0 {
		t.Fatalf("counted %+v", got)
	}
	res, _ = send(t, http.MethodPost, base+wifiMessage+"confirm", form, func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Origin", base)
	})
	if got := answers(); res.StatusCode != http.StatusSeeOther || len(got) != 1 {
		t.Errorf("from the page itself: %d, counted %d", res.StatusCode, len(got))
	}
}
