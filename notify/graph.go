package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// graphAPI is Microsoft's public cloud; national clouds have others.
const graphAPI = "https://graph.microsoft.com"

// graphGap keeps below the 30 mails a minute that Exchange Online takes of one
// mailbox (learn.microsoft.com, Exchange Online limits).
const graphGap = 2 * time.Second

// newGraph sends mail from a mailbox of Microsoft 365 by Graph, version 1.0. It
// is the same mail as over SMTP, as MIME: only so it keeps our headers and ids
// (learn.microsoft.com, user: sendMail).
func newGraph(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	base := strings.TrimRight(cfg.URL, "/")
	if base == "" {
		base = graphAPI
	}
	from, err := mailbox(cfg.From)
	if err != nil {
		return nil, err
	}
	g := &graph{url: base + "/v1.0/users/" + url.PathEscape(from) + "/sendMail"}
	if g.caller, err = newCaller("graph", base, cfg, o); err != nil {
		return nil, err
	}
	g.caller.pace.gap = graphGap
	if g.tokens, err = newTokens(cfg, o, base+"/.default"); err != nil {
		return nil, err
	}
	g.email = email{cfg: cfg, host: mailHost(o.ExternalURL), hand: g.hand}
	if cfg.Subscribers {
		return g.channel(o), nil
	}
	return g, nil
}

// graph is an email channel that hands its mails to Graph.
type graph struct {
	email
	url    string
	caller *caller
	tokens *tokens
}

// hand gives one mail to Graph, which answers 202 when it has taken it.
func (g *graph) hand(ctx context.Context, m *mail.Msg) error {
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return &Permanent{err}
	}
	body := base64.StdEncoding.EncodeToString(raw.Bytes())
	_, err := g.tokens.call(ctx, g.caller, http.MethodPost, g.url, map[string]string{"Content-Type": "text/plain"}, []byte(body))
	switch statusOf(err) {
	case http.StatusUnauthorized, http.StatusForbidden:
		// A person can undo it, so it waits.
		return errors.New("graph: may not send from this mailbox; give the application Mail.Send, consented by an administrator, and access to the mailbox")
	case http.StatusNotFound:
		return errors.New("graph: there is no such mailbox; correct from")
	}
	return err
}

// examine fetches a token, which needs client, secret and tenant to be right.
func (g *graph) examine(ctx context.Context) (string, error) {
	if _, err := g.tokens.token(ctx); err != nil {
		return "", err
	}
	return "Microsoft gives a token; whether it may send from " + g.cfg.From + " only a message shows", nil
}
