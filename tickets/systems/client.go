package systems

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/config"

	"headstart"
)

// maxAnswer bounds an answer, in bytes; callTimeout a call with its answer.
const (
	maxAnswer   = 16 << 20
	callTimeout = 30 * time.Second
)

// client makes the calls of one system.
type client struct {
	base  string // without a slash at the end
	http  *http.Client
	sign  func(*http.Request) error // adds the credentials
	judge func(status int, body []byte) error
	quota quota
}

func newClient(s Settings, dialer *headstart.Dialer) (*client, error) {
	c := config.DefaultHTTPClientConfig
	c.FollowRedirects = false // to a page to log in, as a rule
	c.TLSConfig.CAFile = s.CAFile
	if s.ProxyURL != "" {
		u, err := url.Parse(s.ProxyURL)
		if err != nil {
			return nil, errors.New("proxy_url is no address")
		}
		c.ProxyURL = config.URL{URL: u}
		c.NoProxy = s.NoProxy
	}
	hc, err := config.NewClientFromConfig(c, "tickets", config.WithDialContextFunc(dialer.DialContext), config.WithIdleConnTimeout(2*time.Minute))
	if err != nil {
		return nil, err
	}
	return &client{base: strings.TrimRight(s.URL, "/"), http: hc}, nil
}

// call is one request. In is sent as JSON unless it is nil; form is sent as a form,
// and text as plain text.
type call struct {
	method string
	path   string
	query  url.Values
	in     any
	form   url.Values
	text   string
	header map[string]string
	ok     []int // statuses that are no error; empty: 200 to 299
}

// answer is what came back: a status that is fine, and its body.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do makes a call and sorts its answer. No error holds anything of the answer's
// body: it may be a ticket.
func (c *client) do(ctx context.Context, k call) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := c.quota.wait(); err != nil {
		return nil, err
	}
	req, err := c.request(ctx, k)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", k.method, place(k.path), withoutAddress(err))
	}
	defer func() { _ = resp.Body.Close() }() // it was read as far as it matters
	c.quota.note(resp.Header, time.Now())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = fmt.Errorf("%w: larger than %d MiB", ErrMalformed, maxAnswer>>20)
	}
	if err == nil {
		err = c.sort(k, resp, body)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", k.method, place(k.path), err)
	}
	return &answer{resp.StatusCode, resp.Header, body}, nil
}

func (c *client) request(ctx context.Context, k call) (*http.Request, error) {
	u := c.base + k.path
	if len(k.query) > 0 {
		u += "?" + k.query.Encode()
	}
	var body io.Reader
	kind := ""
	switch {
	case k.form != nil:
		body, kind = strings.NewReader(k.form.Encode()), "application/x-www-form-urlencoded"
	case k.text != "":
		body, kind = strings.NewReader(k.text), "text/plain"
	case k.in != nil:
		b, err := json.Marshal(k.in)
		if err != nil {
			return nil, err
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, k.method, u, body)
	if err != nil {
		return nil, errors.New("the address is none; correct url")
	}
	req.Header.Set("User-Agent", "headstart")
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for key, v := range k.header {
		req.Header.Set(key, v)
	}
	if c.sign != nil {
		if err := c.sign(req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// sort tells answers apart by status, and JSON from pages.
func (c *client) sort(k call, resp *http.Response, body []byte) error {
	s := resp.StatusCode
	if slices.Contains(k.ok, s) {
		return nil
	}
	if c.judge != nil {
		if err := c.judge(s, body); err != nil {
			return err
		}
	}
	switch {
	case s >= 200 && s < 300:
		return wellFormed(resp.Header, body)
	case s == http.StatusUnauthorized:
		return ErrAuth
	case s >= 300 && s < 400:
		return fmt.Errorf("%w: answered %d, a redirect; is url the address of the API, and are the credentials right?", ErrAuth, s)
	case s == http.StatusForbidden:
		return ErrForbidden
	case s == http.StatusNotFound, s == http.StatusGone:
		return ErrNotFound
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		return &RateLimited{retryAfter(resp.Header, time.Now())}
	case s >= 500, s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusConflict:
		return fmt.Errorf("answered %d", s)
	}
	return fmt.Errorf("%w: answered %d", ErrRefused, s)
}

// wellFormed refuses a page with status 200, as proxies and log-ins send.
func wellFormed(h http.Header, body []byte) error {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	if strings.Contains(kind, "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return fmt.Errorf("%w: a page, not JSON; is url right, and does a proxy ask to log in?", ErrMalformed)
	}
	if !utf8.Valid(body) {
		return fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	return nil
}

// into reads the body as JSON.
func (a *answer) into(v any) error {
	if err := json.Unmarshal(a.body, v); err != nil {
		return fmt.Errorf("%w: %s", ErrMalformed, unquoted(err))
	}
	return nil
}

// unquoted says what was wrong without quoting a value.
func unquoted(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return "key " + wrong.Field + " does not fit"
	}
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("no JSON from byte %d on", bad.Offset)
	}
	return "a value does not fit"
}

// place is a path for messages, with ids taken out.
func place(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) > 24 || p != "" && digits(p) == p {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// withoutAddress takes the address out of an HTTP client's error: it may name a
// ticket.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// skew is the server's clock minus ours, from the header Date.
func (a *answer) skew(now time.Time) time.Duration {
	at, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return 0
	}
	return at.Sub(now).Round(time.Second)
}

// get is the call most connectors make most.
func (c *client) get(ctx context.Context, path string, q url.Values) (*answer, error) {
	return c.do(ctx, call{method: http.MethodGet, path: path, query: q})
}

// read gets what stands at a path into out.
func (c *client) read(ctx context.Context, path string, q url.Values, out any) error {
	a, err := c.get(ctx, path, q)
	if err != nil {
		return err
	}
	return a.into(out)
}

// send makes a call with a body and reads the answer, if out is not nil.
func (c *client) send(ctx context.Context, method, path string, in, out any) (*answer, error) {
	a, err := c.do(ctx, call{method: method, path: path, in: in})
	if err != nil || out == nil {
		return a, err
	}
	return a, a.into(out)
}
