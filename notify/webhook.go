package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// Headers of an outgoing webhook (ruling 45). The signature is
// "sha256=" + hex(HMAC-SHA256(secret, id + "." + timestamp + "." + body)).
const (
	HeaderID        = "X-Headstart-Id"        // the idempotency key: the same on every retry
	HeaderTimestamp = "X-Headstart-Timestamp" // Unix seconds of this attempt
	HeaderSignature = "X-Headstart-Signature"
)

// webhook posts announcements to another program. It gets every update, silent
// ones too: programs are not disturbed by them.
type webhook struct {
	name   string
	url    string
	secret []byte
	client *http.Client
}

// WebhookBody is what a webhook posts: what users are told, and never who works
// on it (ruling 35).
type WebhookBody struct {
	Version      int                       `json:"version"`  // 1
	ID           string                    `json:"id"`       // as HeaderID
	Incident     string                    `json:"incident"` // HS-12, for people
	UID          string                    `json:"uid"`      // of the incident, for programs
	Announcement string                    `json:"announcement"`
	Audience     string                    `json:"audience"`
	Update       int                       `json:"update"` // its number
	At           time.Time                 `json:"at"`
	Phase        headstart.Phase           `json:"phase"`
	Severity     string                    `json:"severity"`
	Silent       bool                      `json:"silent"` // no reason to disturb anyone
	Final        bool                      `json:"final"`
	Services     []string                  `json:"services"`
	Locations    []string                  `json:"locations"`
	SupportGroup string                    `json:"support_group"`
	StatusURL    string                    `json:"status_url"`
	Languages    []string                  `json:"languages"`
	Text         map[string]headstart.Text `json:"text"` // by language
}

func newWebhook(cfg ChannelConfig, o ChannelOptions) (*webhook, error) {
	address := cfg.URL
	if cfg.URLFile != "" {
		var err error
		if address, err = readSecret("url_file", cfg.URLFile); err != nil {
			return nil, err
		}
	}
	if err := checkURL(address); err != nil {
		return nil, fmt.Errorf("url %w", err)
	}
	secret, err := readSecret("secret_file", cfg.SecretFile)
	if err != nil {
		return nil, err
	}
	if len(secret) < 16 {
		return nil, fmt.Errorf("secret_file: %s holds %d bytes; write at least 16 random ones", cfg.SecretFile, len(secret))
	}
	transport := o.Dialer.Transport()
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("url cannot be read") // the parser's own words would show it
	}
	if transport.TLSClientConfig, err = tlsConfig(u.Hostname(), cfg.CAFile); err != nil {
		return nil, err
	}
	return &webhook{
		name: cfg.Name, url: address, secret: []byte(secret),
		client: &http.Client{
			Transport: transport, Timeout: cfg.timeout(),
			// A redirect would carry the message, signed, to a place nobody configured.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Name implements Channel.
func (w *webhook) Name() string { return w.name }

func (w *webhook) timeout() time.Duration { return w.client.Timeout }

// Caps implements Channel.
func (w *webhook) Caps() Caps { return capsOf("webhook") }

// Post implements Channel.
func (w *webhook) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	if err := w.send(ctx, n); err != nil {
		return nil, err
	}
	return Handle(`{}`), nil // the receiver finds its own by uid and audience
}

// Update implements Channel.
func (w *webhook) Update(ctx context.Context, h Handle, n *headstart.Notice) (Handle, error) {
	return h, w.send(ctx, n)
}

// Reply implements Channel; a webhook has no thread, so it is never called.
func (w *webhook) Reply(ctx context.Context, _ Handle, n *headstart.Notice) error {
	return w.send(ctx, n)
}

func (w *webhook) send(ctx context.Context, n *headstart.Notice) error {
	body, err := json.Marshal(WebhookBody{
		Version: 1, ID: n.Key, Incident: string(n.Incident), UID: n.UID, Announcement: n.Announcement, Audience: n.Audience,
		Update: n.N, At: n.At, Phase: n.Phase, Severity: n.Severity, Silent: n.Silent, Final: n.Final,
		Services: list(n.Services), Locations: list(n.Locations), SupportGroup: n.SupportGroup, StatusURL: n.StatusURL,
		Languages: languages(n), Text: n.Text,
	})
	if err != nil {
		return &Permanent{err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return permanentf("webhook: the request cannot be made")
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "headstart")
	req.Header.Set(HeaderID, n.Key)
	req.Header.Set(HeaderTimestamp, stamp)
	req.Header.Set(HeaderSignature, Sign(w.secret, n.Key, stamp, body))
	resp, err := w.client.Do(req)
	if err != nil {
		return fmt.Errorf("webhook: %w", withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // its status is all that counts

	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	return judgeHTTP(resp, time.Now())
}

// Sign computes the signature header. A receiver compares it in constant time
// and refuses timestamps that are more than a few minutes old.
func Sign(secret []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// list makes an absent list an empty one, so that readers need not tell null from [].
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// withoutURL takes the address out of an HTTP client's error: it may be a secret.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// judgeHTTP sorts an answer by its status.
func judgeHTTP(resp *http.Response, now time.Time) error {
	code := resp.StatusCode
	switch {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		return &RateLimited{After: retryAfter(resp.Header.Get("Retry-After"), now), Err: fmt.Errorf("webhook: answered %d", code)}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
		return fmt.Errorf("webhook: answered %d", code)
	case code >= 300 && code < 400:
		return permanentf("webhook: answered %d, a redirect; configure the address it leads to", code)
	}
	return permanentf("webhook: answered %d", code)
}

// retryAfter reads the header: seconds or a date. Zero: it said nothing of use.
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
