package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Finding is one thing found at a channel. An empty remedy is fine.
type Finding struct{ What, Remedy string }

// examineLimit bounds the look at one channel.
const examineLimit = 15 * time.Second

// Examine looks whether a channel can be used as far as that shows without a
// message to anybody.
func Examine(ctx context.Context, cfg ChannelConfig, o ChannelOptions) []Finding {
	ctx, cancel := context.WithTimeout(ctx, examineLimit)
	defer cancel()
	at := "channel " + cfg.Name + ": "
	built, err := Build(Config{Channels: []ChannelConfig{cfg}}, o)
	if err != nil {
		return []Finding{{err.Error(), "correct it; until then the service does not start"}}
	}
	c, ok := built[0].(interface {
		examine(context.Context) (string, error)
	})
	if !ok {
		return nil
	}
	fine, err := c.examine(ctx)
	if err == nil && fine == "" {
		return nil
	}
	if err != nil {
		return []Finding{{at + scrub(err.Error()), "until it answers, messages wait"}}
	}
	return []Finding{{What: at + fine}}
}

// examine asks who the bot is, and whether it may read the channel: what it
// cannot read it may post twice.
func (s *slack) examine(ctx context.Context) (string, error) {
	a, err := s.read(ctx, "auth.test", nil)
	if err != nil {
		return "", err
	}
	who := fmt.Sprintf("is the bot %s of %s", shorten(a.User, slackWords), shorten(a.URL, slackWords))
	_, err = s.read(ctx, "conversations.history", url.Values{"channel": {s.channel}, "limit": {"1"}})
	refusal, refused := errors.AsType[*slackRefusal](err)
	switch {
	case refused && refusal.word == "missing_scope":
		return who + "; without the scope channels:history (groups:history in a private channel) a message whose answer is lost is posted twice", nil
	case err != nil:
		return "", err
	}
	return who, nil
}

// examine fetches a token, if mail is sent with one.
func (e *email) examine(ctx context.Context) (string, error) {
	if e.tokens == nil {
		return "", nil
	}
	if _, err := e.tokens.token(ctx); err != nil {
		return "", err
	}
	return "there is a token for the mail server", nil
}

// examine connects, and no more: an address that takes messages takes nothing else.
func (p *poster) examine(ctx context.Context) (string, error) {
	if err := p.caller.reach(ctx, p.url); err != nil {
		return "", err
	}
	if p.hint != "" {
		return "its server takes connections; " + p.hint, nil
	}
	return "its server takes connections; whether the address is still valid only a message shows", nil
}

func (w *webhook) examine(ctx context.Context) (string, error) {
	return "its server takes connections", w.caller.reach(ctx, w.url)
}

// examine asks the server how it is (docs.ntfy.sh, health check).
func (t *ntfy) examine(ctx context.Context) (string, error) {
	reply, err := t.caller.call(ctx, http.MethodGet, t.server+"/v1/health", nil, nil)
	if err != nil {
		return "", err
	}
	var health struct {
		Healthy bool `json:"healthy"`
	}
	if json.Unmarshal(reply, &health) != nil || !health.Healthy {
		return "", errors.New("ntfy: the server does not say it is healthy; is url that of a topic?")
	}
	return "the server is healthy; from version 2.16 on an update takes the place of the message before it", nil
}

// reach connects to where address leads, or to the proxy before it, and sends nothing.
func (c *caller) reach(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("url cannot be read")
	}
	transport, ok := c.client.Transport.(*http.Transport)
	if !ok {
		return nil
	}
	if transport.Proxy != nil {
		proxy, err := transport.Proxy(&http.Request{URL: u})
		if err != nil {
			return errors.New("proxy_url cannot be used")
		}
		if proxy != nil {
			u = proxy
		}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := transport.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return conn.Close()
}
