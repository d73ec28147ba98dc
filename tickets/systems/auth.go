package systems

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"headstart/credentials"
)

// authorize makes requests carry the credentials that are set: an OAuth client
// (RFC 6749 section 4.4, tokens from tokenPath), a name and password as Basic, or
// a token in header; without a header's name it is a Bearer token.
func (o *opened) authorize(tokenPath, header string) error {
	switch {
	case o.ClientID != "" && o.ClientSecretFile != "":
		secret, err := credentials.Secret("client_secret_file", o.ClientSecretFile)
		if err != nil {
			return err
		}
		o.client.use(o.client.oauthClient(o.ClientID, secret, o.client.base+tokenPath, ""))
	case o.Username != "" && o.PasswordFile != "":
		password, err := credentials.Secret("password_file", o.PasswordFile)
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

// use makes calls carry tokens of a.
func (c *client) use(a *oauth) {
	c.sign = a.sign
	c.judge = func(status int, _ []byte) error {
		if status == http.StatusUnauthorized {
			a.tokens.Forget()
		}
		return nil
	}
}

// oauth signs with tokens of the client that the settings name.
type oauth struct{ tokens *credentials.Tokens }

// oauthClient fetches its tokens over c.
func (c *client) oauthClient(id, secret, url, scope string) *oauth {
	return &oauth{credentials.NewTokens(credentials.OAuthClient{ID: id, Secret: secret, URL: url, Scope: scope, HTTP: c.http})}
}

func (a *oauth) sign(r *http.Request) error {
	token, err := a.token(r.Context())
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// token returns one that is good for a while, or tells a refusal from a bad moment.
func (a *oauth) token(ctx context.Context) (string, error) {
	token, err := a.tokens.Token(ctx)
	refusal, refused := errors.AsType[*credentials.Refused](err)
	switch {
	case err == nil:
		return token, nil
	case errors.Is(err, credentials.ErrNoToken):
		return "", fmt.Errorf("%w: %w", ErrMalformed, err)
	case !refused:
		return "", err
	}
	header := refusal.Response.Header
	switch s := refusal.Response.StatusCode; {
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && header.Get("Retry-After") != "":
		return "", &RateLimited{retryAfter(header, time.Now())}
	case s >= http.StatusInternalServerError:
		return "", refusal
	}
	return "", fmt.Errorf("%w: %w", ErrAuth, refusal)
}
