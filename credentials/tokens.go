package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// OAuthClient is a program that asks for tokens with credentials of its own (RFC 6749,
// section 4.4).
type OAuthClient struct {
	ID, Secret string
	URL        string       // where tokens are had; see EntraURL
	Scope      string       // what they are for; empty: none is named
	HTTP       *http.Client // its transport dials through the egress dialer; nil is a programmer's error
}

// EntraURL is where Microsoft's public cloud gives tokens for a tenant.
func EntraURL(tenant string) string {
	return "https://login.microsoftonline.com/" + url.PathEscape(tenant) + "/oauth2/v2.0/token"
}

// Tokens holds a client's token, and fetches another before it ends. It may be used by
// several goroutines: a call that was given up may still run.
type Tokens struct {
	config clientcredentials.Config
	client *http.Client

	mu   sync.Mutex
	held *oauth2.Token
}

// NewTokens fetches nothing yet.
func NewTokens(c OAuthClient) *Tokens {
	t := &Tokens{
		config: clientcredentials.Config{ClientID: c.ID, ClientSecret: c.Secret, TokenURL: c.URL, AuthStyle: oauth2.AuthStyleInParams},
		client: &http.Client{Transport: named{c.HTTP.Transport}, CheckRedirect: c.HTTP.CheckRedirect, Timeout: c.HTTP.Timeout},
	}
	if c.Scope != "" {
		t.config.Scopes = []string{c.Scope}
	}
	return t
}

// margin is how long before its end a token is renewed: one that is taken for a turn of
// calls, or for a session of mail, must be good for all of it.
const margin = 5 * time.Minute

// Token returns one that is good for a while. Its error is a *Refused, ErrNoToken, or of
// the connection.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held != nil && (t.held.Expiry.IsZero() || time.Until(t.held.Expiry) > margin) {
		return t.held.AccessToken, nil
	}
	held, err := t.config.Token(context.WithValue(ctx, oauth2.HTTPClient, t.client))
	if err != nil {
		return "", tokenError(err)
	}
	t.held = held
	return held.AccessToken, nil
}

// Forget lets the next token be a new one: the one held was refused. It may be good by its
// time, and have been taken back.
func (t *Tokens) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = nil
}

// ErrNoToken is an answer that is neither a token nor a refusal.
var ErrNoToken = errors.New("the token's address sent no token")

// Refused is a refusal to give a token.
type Refused struct {
	Response *http.Response // its body was read and is closed
	Code     string         // of RFC 6749, section 5.2, such as invalid_client; empty: none
	entra    []int          // numbers of Microsoft Entra; its sentences name tenants
}

// Error implements error; it has a remedy where Entra's number has one of its own.
func (r *Refused) Error() string {
	s := fmt.Sprintf("the token's address answered %d", r.Response.StatusCode)
	for _, n := range r.entra {
		if remedy, ok := entraRemedies[n]; ok {
			return fmt.Sprintf("%s: AADSTS%d, %s", s, n, remedy)
		}
	}
	return s
}

// entraRemedies are of Microsoft Entra's authentication error codes.
var entraRemedies = map[int]string{
	7000222: "the client secret has ended; make a new one and write it to client_secret_file",
	7000215: "the client secret is wrong; client_secret_file wants the secret's value, not its id",
	700016:  "no such application in this tenant; correct client_id or tenant",
	90002:   "no such tenant; correct tenant",
	65001:   "no consent; let an administrator consent to the application's permissions",
}

// tokenError leaves of the library's errors what may be shown.
func tokenError(err error) error {
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		var body struct {
			Numbers []int `json:"error_codes"`
		}
		_ = json.Unmarshal(r.Body, &body) // others than Entra send none
		return &Refused{r.Response, r.ErrorCode, body.Numbers}
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("fetch a token: %w", u.Err)
	}
	return ErrNoToken
}

// named says whose requests these are, which the library does not.
type named struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "headstart")
	return n.RoundTripper.RoundTrip(r)
}
