package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"headstart"
)

// poster tells users through an address that takes a message and gives nothing
// back to find it by: an incoming webhook of Slack, Mattermost or Teams. Every
// loud update is a message of its own; silent ones are not sent.
type poster struct {
	name   string
	url    string
	caller *caller
	write  func(*headstart.Notice) (any, error)
	judge  func(reply []byte) error // nil: the status says it all
	hint   string                   // for doctor

	present func(headstart.Report) any // the morning report; nil: it cannot be shown
}

func newPoster(cfg ChannelConfig, o ChannelOptions, gap time.Duration) (*poster, error) {
	address, err := secretURL(cfg)
	if err != nil {
		return nil, err
	}
	c, err := newCaller(cfg.Type, address, cfg, o)
	if err != nil {
		return nil, err
	}
	c.pace.gap = gap
	return &poster{name: cfg.Name, url: address, caller: c}, nil
}

// newSlackWebhook posts to an incoming webhook of Slack, one message a second.
func newSlackWebhook(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	p, err := newPoster(cfg, o, time.Second)
	if err != nil {
		return nil, err
	}
	p.write = func(n *headstart.Notice) (any, error) { return slackMessageOf(n), nil }
	p.present = func(r headstart.Report) any { return slackReport{Text: slackMarkup(r.Markdown)} }
	p.judge = func(reply []byte) error {
		if word := strings.TrimSpace(string(reply)); word != "ok" {
			return permanentf("slack-webhook: did not answer ok; is url that of an incoming webhook?")
		}
		return nil
	}
	return p, nil
}

// Name implements Channel.
func (p *poster) Name() string { return p.name }

func (p *poster) timeout() time.Duration { return p.caller.limit() }

// Caps implements Channel.
func (p *poster) Caps() Caps { return postCaps }

// Post implements Channel.
func (p *poster) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	m, err := p.write(n)
	if err != nil {
		return nil, &Permanent{err}
	}
	body, err := json.Marshal(m)
	if err != nil {
		return nil, &Permanent{err}
	}
	reply, err := p.caller.call(ctx, http.MethodPost, p.url, jsonHeader(), body)
	if err == nil && p.judge != nil {
		err = p.judge(reply)
	}
	if err != nil {
		return nil, err
	}
	return Handle(`{}`), nil
}

// Update implements Channel; nothing posted can be edited, so it is never called.
func (p *poster) Update(_ context.Context, h Handle, _ *headstart.Notice) (Handle, error) {
	return h, nil
}

// Reply implements Channel; nothing posted can be answered, so it is never called.
func (p *poster) Reply(ctx context.Context, _ Handle, n *headstart.Notice) error {
	_, err := p.Post(ctx, n)
	return err
}
