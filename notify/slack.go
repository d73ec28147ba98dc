package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"headstart"
	"headstart/credentials"
)

// slack tells users in a Slack channel, as a bot: one message per announcement,
// edited in place at every update, and an answer in its thread when people are
// to be notified.
//
// Every message carries its key as metadata. An attempt whose answer was lost is
// looked for in the channel before it is repeated, if the bot may read there.
type slack struct {
	name    string
	base    string // of the API, without a slash at the end
	channel string
	header  map[string]string
	caller  *caller
}

// slackHandle finds a message again.
type slackHandle struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"` // its id within the channel
}

const (
	slackAPI = "https://slack.com/api"

	// slackGap is between two calls: chat.postMessage takes one a second and
	// channel, chat.update (tier 3) some fifty a minute (docs.slack.dev, rate limits).
	slackGap = 1200 * time.Millisecond
)

func newSlack(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	base := strings.TrimRight(cfg.URL, "/")
	if base == "" {
		base = slackAPI
	}
	token, err := credentials.Secret("token_file", cfg.TokenFile)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(token, "xoxb-") {
		return nil, fmt.Errorf("token_file: %s holds no bot token; write the one that begins with xoxb-", cfg.TokenFile)
	}
	c, err := newCaller("slack", base, cfg, o)
	if err != nil {
		return nil, err
	}
	c.pace.gap = slackGap
	return &slack{name: cfg.Name, base: base, channel: cfg.Channel, header: jsonHeader("Authorization", "Bearer "+token), caller: c}, nil
}

// Name implements Channel.
func (s *slack) Name() string { return s.name }

func (s *slack) timeout() time.Duration { return s.caller.limit() + 5*slackGap }

// Caps implements Channel.
func (s *slack) Caps() Caps { return slackCaps }

// Post implements Channel.
func (s *slack) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	h, err := s.say(ctx, n, "")
	if err != nil {
		return nil, err
	}
	return json.Marshal(h)
}

// Update implements Channel.
func (s *slack) Update(ctx context.Context, h Handle, n *headstart.Notice) (Handle, error) {
	at, err := readSlackHandle(h)
	if err != nil {
		return nil, err
	}
	m := slackMessageOf(n)
	m.Channel, m.TS = at.Channel, at.TS
	_, err = s.call(ctx, "chat.update", m)
	return nil, err
}

// Reply implements Channel.
func (s *slack) Reply(ctx context.Context, h Handle, n *headstart.Notice) error {
	at, err := readSlackHandle(h)
	if err != nil {
		return err
	}
	_, err = s.say(ctx, n, at.TS)
	return err
}

// readSlackHandle counts a handle that cannot be read as a message that is gone.
func readSlackHandle(h Handle) (slackHandle, error) {
	var at slackHandle
	if err := json.Unmarshal(h, &at); err != nil || at.Channel == "" || at.TS == "" {
		return at, ErrGone
	}
	return at, nil
}

// say posts n, under the message thread unless that is empty. What an earlier
// attempt has posted is not posted again.
func (s *slack) say(ctx context.Context, n *headstart.Notice, thread string) (slackHandle, error) {
	if n.Attempt > 0 {
		h, found, err := s.find(ctx, n, thread)
		if err != nil || found {
			return h, err
		}
	}
	m := slackMessageOf(n)
	m.Channel, m.Thread = s.channel, thread
	m.Metadata = &slackMetadata{Type: slackEvent, Payload: slackPayload{Key: n.Key}}
	a, err := s.call(ctx, "chat.postMessage", m)
	if err != nil {
		return slackHandle{}, err
	}
	h := slackHandle{a.Channel, a.TS}
	if h.Channel == "" || h.TS == "" {
		return h, errors.New("slack: took the message and did not say which it is")
	}
	return h, nil
}

// find looks for a message with n's key. A bot without the right to read finds
// nothing: the message may then be there twice, which is better than not at all.
func (s *slack) find(ctx context.Context, n *headstart.Notice, thread string) (slackHandle, bool, error) {
	const pages = 3
	method := "conversations.history"
	q := url.Values{
		"channel": {s.channel}, "include_all_metadata": {"true"}, "limit": {"200"},
		"oldest": {strconv.FormatInt(n.At.Add(-time.Minute).Unix(), 10)}, // its clock is not ours
	}
	if thread != "" {
		method = "conversations.replies"
		q.Set("ts", thread)
	}
	for range pages {
		a, err := s.read(ctx, method, q)
		if err != nil {
			_, refused := errors.AsType[*slackRefusal](err)
			if _, limited := errors.AsType[*RateLimited](err); !refused || limited {
				return slackHandle{}, false, err
			}
			return slackHandle{}, false, nil
		}
		if ts := a.bearing(n.Key); ts != "" {
			return slackHandle{s.channel, ts}, true, nil
		}
		if a.Next.Cursor == "" {
			break
		}
		q.Set("cursor", a.Next.Cursor)
	}
	return slackHandle{}, false, nil
}

func (s *slack) call(ctx context.Context, method string, m slackMessage) (slackAnswer, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return slackAnswer{}, &Permanent{err}
	}
	reply, err := s.caller.call(ctx, http.MethodPost, s.base+"/"+method, s.header, body)
	if err != nil {
		return slackAnswer{}, err
	}
	return readSlack(method, reply)
}

func (s *slack) read(ctx context.Context, method string, q url.Values) (slackAnswer, error) {
	reply, err := s.caller.call(ctx, http.MethodGet, s.base+"/"+method+"?"+q.Encode(), map[string]string{"Authorization": s.header["Authorization"]}, nil)
	if err != nil {
		return slackAnswer{}, err
	}
	return readSlack(method, reply)
}
