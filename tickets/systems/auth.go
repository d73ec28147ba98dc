package systems

import (
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
		o.client.sign = (&oauth{client: o.client, id: o.ClientID, secret: secret, path: tokenPath}).sign
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
	client           *client
	id, secret, path string

	mu    sync.Mutex
	token string
	until time.Time
}

// tokenMargin is how long before its end a token is renewed.
const tokenMargin = 5 * time.Minute

func (a *oauth) sign(r *http.Request) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Now().After(a.until) {
		if err := a.fetch(r); err != nil {
			return err
		}
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	return nil
}

func (a *oauth) fetch(r *http.Request) error {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.id}, "client_secret": {a.secret}}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, a.client.base+a.path, strings.NewReader(form.Encode()))
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
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: the token's address answered %d", ErrAuth, resp.StatusCode)
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, resp.Body, 64<<10)).Decode(&got); err != nil || got.Token == "" {
		return fmt.Errorf("%w: the token's address sent no token", ErrMalformed)
	}
	lasts, err := got.Expires.Int64()
	if err != nil || lasts < 0 || lasts > 1<<20 {
		lasts = 0 // fetched anew each time
	}
	a.token, a.until = got.Token, time.Now().Add(time.Duration(lasts)*time.Second-tokenMargin)
	return nil
}
