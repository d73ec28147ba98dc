package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"

	"headstart/credentials"
)

// caller makes the HTTP calls of one channel: through the egress dialer, no
// faster than its service takes them, and with errors that show no address.
type caller struct {
	name    string // what errors call the other side: slack, teams
	address string // the one it was made for
	client  *http.Client
	pace    pace
}

// maxReply bounds what is read of an answer, in bytes.
const maxReply = 1 << 20

// newCaller makes a caller for address, whose certificate it checks.
func newCaller(name, address string, cfg ChannelConfig, o ChannelOptions) (*caller, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("url cannot be read") // the parser's own words would show it
	}
	transport := o.Dialer.Transport()
	if cfg.ProxyURL != "" {
		proxy := httpproxy.Config{HTTPProxy: cfg.ProxyURL, HTTPSProxy: cfg.ProxyURL, NoProxy: cfg.NoProxy}
		through := proxy.ProxyFunc()
		transport.Proxy = func(r *http.Request) (*url.URL, error) { return through(r.URL) }
	}
	if transport.TLSClientConfig, err = credentials.TLS(u.Hostname(), cfg.CAFile); err != nil {
		return nil, err
	}
	return &caller{name: name, address: address, client: &http.Client{
		Transport: transport, Timeout: cfg.timeout(),
		// A redirect would carry the message to a place nobody configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// call sends a body and returns the answer's, whatever its status; err is nil
// only for a status in the 200s.
func (c *caller) call(ctx context.Context, method, address string, header map[string]string, body []byte) ([]byte, error) {
	if err := c.pace.wait(ctx); err != nil {
		return nil, err
	}
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { sent.Store(i.Err == nil) }})
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, permanentf("%s: the request cannot be made; correct url", c.name)
	}
	req.Header.Set("User-Agent", "headstart")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := c.client.Do(req)
	switch {
	case err != nil && sent.Load() && method != http.MethodGet:
		return nil, fmt.Errorf("%s: no answer, so the message may have arrived and be sent twice: %w", c.name, withoutURL(err))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", c.name, withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // read as far as it matters

	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if judged := judgeHTTP(c.name, resp, time.Now()); judged != nil {
		return reply, judged
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the answer broke off, so the message may have arrived and be sent twice: %w", c.name, withoutURL(err))
	}
	return reply, nil
}

// withoutURL takes the address out of an HTTP client's error: it may be a secret.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refused is an answer in the 400s that trying again does not change.
type refused struct {
	code int
	err  error
}

func (e *refused) Error() string { return e.err.Error() }

// judgeHTTP sorts an answer by its status; name is whose it is.
func judgeHTTP(name string, resp *http.Response, now time.Time) error {
	code := resp.StatusCode
	switch {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		return &RateLimited{After: retryAfter(resp.Header.Get("Retry-After"), now), Err: fmt.Errorf("%s: answered %d", name, code)}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
		return fmt.Errorf("%s: answered %d", name, code)
	case code >= 300 && code < 400:
		return permanentf("%s: answered %d, a redirect; configure the address it leads to", name, code)
	}
	return &Permanent{&refused{code, fmt.Errorf("%s: answered %d%s", name, code, refusalWords[code])}}
}

// refusalWords are the remedies of answers that mean the same everywhere.
var refusalWords = map[int]string{
	http.StatusUnauthorized:          "; its token or password is not accepted, so write a new one",
	http.StatusForbidden:             "; its account may not do this, so give it the right",
	http.StatusNotFound:              "; correct url, or make a new one if it was deleted",
	http.StatusGone:                  "; the place was closed, so make a new one and correct url",
	http.StatusRequestEntityTooLarge: "; the message is too large for it",
}

// statusOf is the status of a refusal; zero: err is none.
func statusOf(err error) int {
	if p, ok := errors.AsType[*Permanent](err); ok {
		if r, ok := errors.AsType[*refused](p.Err); ok {
			return r.code
		}
	}
	return 0
}

// retryAfter reads the header: seconds or a date (RFC 9110, section 10.2.3).
// Zero: it said nothing of use.
func retryAfter(v string, now time.Time) time.Duration {
	v = strings.TrimSpace(v)
	if s, err := strconv.ParseInt(v, 10, 32); err == nil {
		return max(0, time.Duration(s)*time.Second)
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// pace keeps calls apart. The zero pace does not.
type pace struct {
	gap time.Duration // between the beginnings of two calls

	mu   sync.Mutex // an abandoned call may still run
	next time.Time
}

// wait returns when the next call may begin, or ctx's error if it ends first.
func (p *pace) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	pause := max(0, p.next.Sub(now))
	p.next = now.Add(pause + p.gap)
	p.mu.Unlock()
	if pause == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}

// secretURL is the address of a channel: url, or what url_file holds. No error
// shows it.
func secretURL(cfg ChannelConfig) (string, error) {
	address := cfg.URL
	if cfg.URLFile != "" {
		var err error
		if address, err = credentials.Secret("url_file", cfg.URLFile); err != nil {
			return "", err
		}
	}
	if err := checkURL(address); err != nil {
		return "", fmt.Errorf("url %w", err)
	}
	return address, nil
}

// jsonHeader is of a body in JSON; UTF-8 is said because some services guess.
func jsonHeader(more ...string) map[string]string {
	h := map[string]string{"Content-Type": "application/json; charset=utf-8"}
	for i := 0; i+1 < len(more); i += 2 {
		h[more[i]] = more[i+1]
	}
	return h
}

// limit bounds one attempt, which may be several calls.
func (c *caller) limit() time.Duration { return c.client.Timeout }
