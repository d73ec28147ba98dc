package systems

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// authorize makes requests carry the credentials that are set: an OAuth client
// (RFC 6749 section 4.4, tokens from tokenPath), a name and password as Basic, or
// a token in header; without a header's name it is a Bearer token.
func (o *opened) authorize(tokenPath, header string) error {
	switch {
	case o.ClientID != "" && o.ClientSecretFile != "":
		secret, err := readSecret("client_secret_file", o.ClientSecretFile)
		if err != nil {
			return err
		}
		o.client.use(&oauth{client: o.client, id: o.ClientID, secret: secret, url: o.client.base + tokenPath})
	case o.Username != "" && o.PasswordFile != "":
		password, err := readSecret("password_file", o.PasswordFile)
		if err != nil {
			return err
		}
		o.client.sign = func(r *http.Request) error { r.SetBasicAuth(o.Username, password); return nil }
	default:
		secret := o.secret
		o.client.sign = func(r *http.Request) error {
			if header == "" {
				r.Header.Set("Authorization", "Bearer "+secret)
			} else {
				r.Header.Set(header, secret)
			}
			return nil
		}
	}
	return nil
}

// oauth fetches tokens with a client's own credentials, anew before one ends.
type oauth struct {
	client     *client
	id, secret string
	url        string
	scope      string // empty: none is named

	mu    sync.Mutex
	held  string
	until time.Time
}

// use makes calls carry tokens of a.
func (c *client) use(a *oauth) {
	c.sign = a.sign
	c.judge = func(status int, _ []byte) error {
		if status == http.StatusUnauthorized {
			a.forget() // it may be good by its time, and be taken back
		}
		return nil
	}
}

// tokenMargin is how long before its end a token is renewed.
const tokenMargin = 5 * time.Minute

func (a *oauth) sign(r *http.Request) error {
	token, err := a.token(r.Context())
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// token returns one that is good for a while.
func (a *oauth) token(ctx context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Now().After(a.until) {
		if err := a.fetch(ctx); err != nil {
			return "", err
		}
	}
	return a.held, nil
}

// forget lets the next token be a new one: the one held was refused.
func (a *oauth) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.until = time.Time{}
}

func (a *oauth) fetch(ctx context.Context) error {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}}
	if a.scope != "" {
		form.Set("scope", a.scope)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "headstart")
	resp, err := a.client.http.Do(req)
	if err != nil {
		return fmt.Errorf("fetch a token: %w", withoutAddress(err))
	}
	defer func() { _ = resp.Body.Close() }() // read below
	var got struct {
		Token   string      `json:"access_token"`
		Expires json.Number `json:"expires_in"` // some write it as a string
		Codes   []int       `json:"error_codes"`
	}
	err = json.NewDecoder(http.MaxBytesReader(nil, resp.Body, 64<<10)).Decode(&got)
	if resp.StatusCode != http.StatusOK {
		return tokenRefused(resp, got.Codes)
	}
	if err != nil || got.Token == "" {
		return fmt.Errorf("%w: the token's address sent no token", ErrMalformed)
	}
	lasts, err := got.Expires.Int64()
	if err != nil || lasts < 0 || lasts > 1<<20 {
		lasts = 0 // fetched anew each time
	}
	a.held, a.until = got.Token, time.Now().Add(time.Duration(lasts)*time.Second-tokenMargin)
	return nil
}

// tokenRefused tells a refusal from a bad moment. codes are Microsoft's numbers of
// what is wrong: its sentences name tenants.
func tokenRefused(resp *http.Response, codes []int) error {
	s := resp.StatusCode
	switch {
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		return &RateLimited{retryAfter(resp.Header, time.Now())}
	case s >= 500:
		return fmt.Errorf("the token's address answered %d", s)
	}
	err := fmt.Errorf("%w: the token's address answered %d", ErrAuth, s)
	for _, c := range codes {
		if means, ok := entraCodes[c]; ok {
			return fmt.Errorf("%w: AADSTS%d, %s", err, c, means)
		}
	}
	return err
}

// entraCodes are refusals that have a remedy of their own (Microsoft Entra
// authentication error codes).
var entraCodes = map[int]string{
	7000222: "the client secret has ended; make a new one and write it to client_secret_file",
	7000215: "the client secret is wrong; client_secret_file wants the secret's value, not its id",
	700016:  "no such application in this tenant; correct client_id or tenant",
	90002:   "no such tenant; correct tenant",
	65001:   "no consent; let an administrator consent to the application's permissions",
}
