package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// tokens are those of an OAuth client that acts for itself (RFC 6749, section
// 4.4), fetched anew before one ends.
type tokens struct {
	config clientcredentials.Config
	caller *caller

	mu   sync.Mutex // an abandoned call may still run
	held *oauth2.Token
}

// newTokens reads the client's secret; scope is what its tokens are for; empty: none is named.
func newTokens(cfg ChannelConfig, o ChannelOptions, scope string) (*tokens, error) {
	secret, err := readSecret("client_secret_file", cfg.ClientSecretFile)
	if err != nil {
		return nil, err
	}
	address := cfg.TokenURL
	if address == "" {
		address = "https://login.microsoftonline.com/" + url.PathEscape(cfg.Tenant) + "/oauth2/v2.0/token"
	}
	c, err := newCaller("the token's address", address, cfg, o)
	if err != nil {
		return nil, fmt.Errorf("token_url: %w", err)
	}
	t := &tokens{caller: c, config: clientcredentials.Config{ClientID: cfg.ClientID, ClientSecret: secret, TokenURL: address, AuthStyle: oauth2.AuthStyleInParams}}
	if scope != "" {
		t.config.Scopes = []string{scope}
	}
	return t, nil
}

// token returns one that is good for a while.
func (t *tokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held.Valid() {
		return t.held.AccessToken, nil
	}
	held, err := t.config.Token(context.WithValue(ctx, oauth2.HTTPClient, t.caller.client))
	if err != nil {
		return "", t.judge(err)
	}
	t.held = held
	return held.AccessToken, nil
}

// forget lets the next token be a new one: the one held was refused.
func (t *tokens) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = nil
}

// judge sorts what went wrong. A refusal is tried again, since a person can undo
// it; its sentences are not shown: they name tenants and hold ids.
func (t *tokens) judge(err error) error {
	refusal, answered := errors.AsType[*oauth2.RetrieveError](err)
	if !answered {
		return fmt.Errorf("%s: %w", t.caller.name, withoutURL(err))
	}
	judged := judgeHTTP(t.caller.name, refusal.Response, time.Now())
	if _, permanent := errors.AsType[*Permanent](judged); !permanent {
		return judged
	}
	return fmt.Errorf("%s answered %d %s; correct client_id, client_secret_file and tenant, or make a new secret if it has ended",
		t.caller.name, refusal.Response.StatusCode, shorten(refusal.ErrorCode, 40))
}

// bearer is the header of a call with t's token.
func (t *tokens) bearer(ctx context.Context, header map[string]string) (map[string]string, error) {
	token, err := t.token(ctx)
	if err != nil {
		return nil, err
	}
	header["Authorization"] = "Bearer " + token
	return header, nil
}

// call makes a call with a token, and once more with a new one if that was refused.
func (t *tokens) call(ctx context.Context, c *caller, method, address string, header map[string]string, body []byte) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		h, err := t.bearer(ctx, header)
		if err != nil {
			return nil, err
		}
		reply, err := c.call(ctx, method, address, h, body)
		if statusOf(err) != http.StatusUnauthorized || attempt > 0 {
			return reply, err
		}
		t.forget()
	}
}
