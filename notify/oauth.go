package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"headstart/credentials"
)

// tokens are those of an OAuth client, with errors that say whether to try again.
type tokens struct {
	*credentials.Tokens
	name string // what errors call the other side
}

// newTokens reads the client's secret; scope is what its tokens are for; empty: none is named.
func newTokens(cfg ChannelConfig, o ChannelOptions, scope string) (*tokens, error) {
	secret, err := credentials.Secret("client_secret_file", cfg.ClientSecretFile)
	if err != nil {
		return nil, err
	}
	address := cfg.TokenURL
	if address == "" {
		address = credentials.EntraURL(cfg.Tenant)
	}
	c, err := newCaller("the token's address", address, cfg, o)
	if err != nil {
		return nil, fmt.Errorf("token_url: %w", err)
	}
	return &tokens{name: c.name, Tokens: credentials.NewTokens(credentials.OAuthClient{
		ID: cfg.ClientID, Secret: secret, URL: address, Scope: scope, HTTP: c.client,
	})}, nil
}

// token returns one that is good for a while.
func (t *tokens) token(ctx context.Context) (string, error) {
	token, err := t.Token(ctx)
	if err != nil {
		return "", t.judge(err)
	}
	return token, nil
}

// judge sorts what went wrong. A refusal is tried again, since a person can undo it.
func (t *tokens) judge(err error) error {
	refusal, refused := errors.AsType[*credentials.Refused](err)
	if !refused {
		return err
	}
	judged := judgeHTTP(t.name, refusal.Response, time.Now())
	if _, permanent := errors.AsType[*Permanent](judged); !permanent && judged != nil {
		return judged
	}
	return fmt.Errorf("%s answered %d %s; correct client_id, client_secret_file and tenant, or make a new secret if it has ended",
		t.name, refusal.Response.StatusCode, shorten(refusal.Code, 40))
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
		t.Forget()
	}
}
