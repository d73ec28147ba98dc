// Package issuer asks an OpenID Connect issuer who somebody is: the authorization code
// flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC 7636).
//
// It keeps nothing of an attempt: the caller holds it until the browser comes back. The
// issuer is first asked when somebody wants to log in, so that a service starts while
// the issuer is down; what it answers is bounded in time and size.
package issuer

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// again is how long what the issuer says of itself serves before it is asked anew.
	again = time.Hour

	// rest is how long a failure to reach it is remembered, so that a queue of people does
	// not wait for each other's time-outs.
	rest = 3 * time.Second

	// skew is how far the issuer's clock may be ahead or behind: a token may be over for so
	// long. For "not before" go-oidc allows five minutes of its own, of which this takes one.
	skew = time.Minute
)

// Options are what a Client needs; all but Scopes, the claims and Now are required.
type Options struct {
	Issuer   string // exactly as its tokens name it
	ClientID string
	Secret   func() (string, error) // read at each log-in; "" for a public client
	HTTP     *http.Client           // NewHTTP makes one

	Scopes      []string // beside openid
	GroupsClaim string   // a claim, or a path such as realm_access.roles; empty: groups
	NameClaim   string   // empty: preferred_username, else email, else sub

	Now func() time.Time // nil: time.Now
}

// Client logs in at one issuer. Make one with New.
type Client struct {
	o     Options
	turn  chan struct{} // one discovery at a time
	known *known
}

// known is what the issuer said of itself, or why it could not be asked.
type known struct {
	provider *oidc.Provider
	end      string // end_session_endpoint; empty: none
	until    time.Time
	err      error
}

// New returns a Client; it asks nobody anything yet.
func New(o Options) *Client {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{o: o, turn: make(chan struct{}, 1)}
}

// Host is the issuer's host name, for people to recognise.
func (c *Client) Host() string {
	u, err := url.Parse(c.o.Issuer)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Attempt is one log-in under way. Who holds it and the code of the issuer can finish it,
// so it must reach nobody but the browser that began.
type Attempt struct {
	State, Nonce, Verifier string
}

// UnreachableError says that the issuer could not be asked; trying again may help.
type UnreachableError struct{ err error }

// Error implements error.
func (e *UnreachableError) Error() string { return "ask the issuer: " + e.err.Error() }

// Unwrap lets errors.Is look inside.
func (e *UnreachableError) Unwrap() error { return e.err }

// Begin returns an attempt and where the browser goes with it. redirect is where the
// issuer sends it back.
func (c *Client) Begin(ctx context.Context, redirect string) (Attempt, string, error) {
	p, err := c.discover(ctx)
	if err != nil {
		return Attempt{}, "", err
	}
	a := Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return a, c.oauth(p.provider, redirect, "").AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// Finish exchanges the code that the browser brought back and says who it is. An error
// that is no UnreachableError means that what came back is not to be believed; no error
// holds a token or a code.
func (c *Client) Finish(ctx context.Context, redirect string, a Attempt, code string) (Person, error) {
	p, err := c.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	secret, err := c.o.Secret()
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, c.o.HTTP)
	tok, err := c.oauth(p.provider, redirect, secret).Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Person{}, exchangeError(err)
	}
	raw, ok := tok.Extra("id_token").(string)
	if !ok {
		return Person{}, errors.New("the issuer answered without an id_token; the client must be one of OpenID Connect")
	}
	claims, err := c.verify(ctx, p.provider, raw, a.Nonce)
	if err != nil {
		return Person{}, err
	}
	who := c.person(claims)
	if !who.HasGroups && p.provider.UserInfoEndpoint() != "" { // some issuers tell them there alone
		if more, ok := c.userInfo(ctx, p.provider, tok, who.Subject); ok {
			who.Groups, who.HasGroups = groups(more, c.o.GroupsClaim)
		}
	}
	return who, nil
}

// EndSession returns where a person ends the session at the issuer too, and is then
// sent to back; empty: the issuer offers none, or was never asked.
func (c *Client) EndSession(ctx context.Context, back string) string {
	p, err := c.discover(ctx)
	if err != nil || p.end == "" {
		return ""
	}
	u, err := url.Parse(p.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", c.o.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

func (c *Client) oauth(p *oidc.Provider, redirect, secret string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: c.o.ClientID, ClientSecret: secret, Endpoint: p.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, c.o.Scopes...),
	}
}

// verify holds the token to OpenID Connect Core 1.0, section 3.1.3.7: signature by a key
// of the issuer and never a secret or none, issuer, audience, authorized party, expiry,
// nonce.
func (c *Client) verify(ctx context.Context, p *oidc.Provider, raw, nonce string) (map[string]json.RawMessage, error) {
	tok, err := p.Verifier(&oidc.Config{ClientID: c.o.ClientID, Now: func() time.Time { return c.o.Now().Add(-skew) }}).Verify(ctx, raw)
	if err != nil {
		return nil, errors.New("verify the id_token: " + clip(err.Error(), 300)) // it may quote what the keys' address answers
	}
	if tok.Nonce == "" || tok.Nonce != nonce {
		return nil, errors.New("verify the id_token: its nonce is not the one of this log-in")
	}
	claims := map[string]json.RawMessage{}
	if err := tok.Claims(&claims); err != nil {
		return nil, fmt.Errorf("read the id_token: %w", err)
	}
	azp := text(claims["azp"])
	switch {
	case tok.Subject == "" || len(tok.Subject) > 255:
		return nil, errors.New("verify the id_token: its subject is empty or longer than 255 characters")
	case azp != "" && azp != c.o.ClientID, len(tok.Audience) > 1 && azp == "":
		return nil, errors.New("verify the id_token: it was made for another client")
	case tok.IssuedAt.After(c.o.Now().Add(5 * skew)):
		return nil, errors.New("verify the id_token: it is from the future; compare the clocks")
	}
	return claims, nil
}

// userInfo reads more claims of the same person.
func (c *Client) userInfo(ctx context.Context, p *oidc.Provider, tok *oauth2.Token, subject string) (map[string]json.RawMessage, bool) {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(tok))
	if err != nil || info.Subject != subject { // section 5.3.2: a swapped answer
		return nil, false
	}
	claims := map[string]json.RawMessage{}
	return claims, info.Claims(&claims) == nil
}

// discover returns what the issuer says of itself, asking it when that is old.
func (c *Client) discover(ctx context.Context) (*known, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, &UnreachableError{ctx.Err()}
	}
	if k := c.known; k != nil && c.o.Now().Before(k.until) {
		if k.err != nil {
			return nil, &UnreachableError{k.err}
		}
		return k, nil
	}
	// Not the caller's context: he may leave while others wait for the answer.
	k, err := c.ask(oidc.ClientContext(context.WithoutCancel(ctx), c.o.HTTP))
	switch {
	case err == nil:
		k.until = c.o.Now().Add(again)
	case c.known != nil && c.known.err == nil:
		k = c.known // what it said an hour ago is likelier right than nothing
		k.until = c.o.Now().Add(rest)
	default:
		c.known = &known{err: err, until: c.o.Now().Add(rest)}
		return nil, &UnreachableError{err}
	}
	c.known = k
	return k, nil
}

func (c *Client) ask(ctx context.Context) (*known, error) {
	p, err := oidc.NewProvider(ctx, c.o.Issuer)
	if err != nil {
		return nil, errors.New(clip(err.Error(), 300))
	}
	var also struct {
		Keys string `json:"jwks_uri"`
		End  string `json:"end_session_endpoint"`
	}
	if err := p.Claims(&also); err != nil {
		return nil, err
	}
	for _, e := range []struct {
		name, at string
		optional bool
	}{
		{"authorization_endpoint", p.Endpoint().AuthURL, false},
		{"token_endpoint", p.Endpoint().TokenURL, false},
		{"jwks_uri", also.Keys, false},                    // who answers there signs tokens
		{"userinfo_endpoint", p.UserInfoEndpoint(), true}, // the access token goes there
	} {
		if err := CheckURL(e.at); err != nil && !(e.optional && e.at == "") {
			return nil, fmt.Errorf("the issuer's %s: %w", e.name, err)
		}
	}
	if CheckURL(also.End) != nil {
		also.End = ""
	}
	return &known{provider: p, end: also.End}, nil
}

// exchangeError leaves out what the issuer wrote, but for the code of RFC 6749: its
// words may hold what must not be in a log.
func exchangeError(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		known := []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
		switch {
		case e.Response != nil && e.Response.StatusCode >= 500:
			return &UnreachableError{fmt.Errorf("its token endpoint answers %d", e.Response.StatusCode)}
		case slices.Contains(known, e.ErrorCode):
			return errors.New("exchange the code: the issuer answers " + e.ErrorCode)
		}
		return errors.New("exchange the code: the issuer refuses it")
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return &UnreachableError{e.Err}
	}
	return errors.New("exchange the code: the answer is not one of a token endpoint")
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}
