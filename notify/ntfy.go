package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"headstart"
	"headstart/credentials"
)

// ntfy tells users on their phones through an ntfy server (docs.ntfy.sh,
// publish). All messages of one announcement carry one sequence id: from server
// 2.16 on a later one takes the place of the one before, so a repeat is no second
// message. An older server says nothing of it and would show each anew.
type ntfy struct {
	name   string
	server string // without a slash at the end
	topic  string
	header map[string]string
	caller *caller
}

// ntfyHandle finds a message again.
type ntfyHandle struct {
	Sequence string `json:"sequence"`
	Replaces bool   `json:"replaces"` // the server knows sequences
}

// ntfyMessage is what is published as JSON to the root of a server.
type ntfyMessage struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Priority int      `json:"priority"` // 1 without any sound to 5
	Tags     []string `json:"tags,omitempty"`
	Click    string   `json:"click,omitempty"`
	Sequence string   `json:"sequence_id"`
}

const (
	ntfyMost  = 3900 // bytes; over 4,096 a server makes a file of the message
	ntfyTitle = 200  // runes; a phone shows less
)

var ntfyName = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

// ntfyTopic parts the address of a topic into server and topic. Errors do not
// show it: who knows a topic can read it.
func ntfyTopic(address string) (server, topic string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", errors.New("cannot be read")
	}
	at := strings.LastIndex(u.Path, "/")
	if at < 0 || !ntfyName.MatchString(u.Path[at+1:]) || u.RawQuery != "" {
		return "", "", errors.New("names no topic; write server and topic, such as https://ntfy.example.org/storingen")
	}
	topic, u.Path = u.Path[at+1:], u.Path[:at]
	return strings.TrimRight(u.String(), "/"), topic, nil
}

func newNtfy(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	address, err := secretURL(cfg)
	if err != nil {
		return nil, err
	}
	t := &ntfy{name: cfg.Name, header: jsonHeader()}
	if t.server, t.topic, err = ntfyTopic(address); err != nil {
		return nil, errors.New("url " + err.Error())
	}
	switch {
	case cfg.TokenFile != "":
		token, err := credentials.Secret("token_file", cfg.TokenFile)
		if err != nil {
			return nil, err
		}
		t.header["Authorization"] = "Bearer " + token
	case cfg.Username != "":
		password, err := credentials.Secret("password_file", cfg.PasswordFile)
		if err != nil {
			return nil, err
		}
		t.header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(cfg.Username+":"+password))
	}
	t.caller, err = newCaller("ntfy", t.server, cfg, o)
	return t, err
}

// Name implements Channel.
func (t *ntfy) Name() string { return t.name }

func (t *ntfy) timeout() time.Duration { return t.caller.limit() }

// Caps implements Channel.
func (t *ntfy) Caps() Caps { return ntfyCaps }

// Post implements Channel.
func (t *ntfy) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	return t.publish(ctx, n)
}

// Update implements Channel: the message before gives way, with a sound only if
// people are to be notified. A server that would show a second one hears of loud
// updates only.
func (t *ntfy) Update(ctx context.Context, h Handle, n *headstart.Notice) (Handle, error) {
	var at ntfyHandle
	if err := json.Unmarshal(h, &at); err != nil {
		return nil, ErrGone
	}
	if n.Silent && !at.Replaces {
		return h, nil
	}
	return t.publish(ctx, n)
}

// Reply implements Channel; there are no threads, so it is never called.
func (t *ntfy) Reply(ctx context.Context, _ Handle, n *headstart.Notice) error {
	_, err := t.publish(ctx, n)
	return err
}

func (t *ntfy) publish(ctx context.Context, n *headstart.Notice) (Handle, error) {
	l := letterOf(n).within(ntfyMost, func(l letter) int { return len(ntfyText(l)) })
	m := ntfyMessage{
		Topic: t.topic, Title: noMentions(shorten(l.title(), ntfyTitle)), Message: ntfyText(l), Click: l.URL,
		Priority: ntfyPriority(n), Tags: ntfyTags(n), Sequence: ntfySequence(n),
	}
	body, err := json.Marshal(m)
	if err != nil {
		return nil, &Permanent{err}
	}
	reply, err := t.caller.call(ctx, http.MethodPost, t.server+"/", t.header, body)
	if err != nil {
		return nil, err
	}
	got, err := readNtfy(reply)
	if err != nil {
		return nil, err
	}
	return json.Marshal(ntfyHandle{Sequence: m.Sequence, Replaces: got == m.Sequence})
}

// readNtfy returns the sequence id that a server read; one before 2.16 has none.
func readNtfy(reply []byte) (string, error) {
	var got struct {
		ID       string `json:"id"`
		Sequence string `json:"sequence_id"`
	}
	if err := json.Unmarshal(reply, &got); err != nil || got.ID == "" {
		return "", errors.New("ntfy: the answer is not a server's; is url that of a topic?")
	}
	return got.Sequence, nil
}

// ntfySequence names an announcement in letters a sequence id may have.
func ntfySequence(n *headstart.Notice) string {
	sum := sha256.Sum256([]byte(n.UID + "/" + n.Audience))
	return "hs-" + hex.EncodeToString(sum[:10])
}

// ntfyPriority is 1, without sound, for silent updates, 4 for what is critical
// and begins, else the usual 3.
func ntfyPriority(n *headstart.Notice) int {
	switch {
	case n.Silent:
		return 1
	case n.Severity == "critical" && !n.Final:
		return 4
	}
	return 3
}

// ntfyTags become the picture before the title.
func ntfyTags(n *headstart.Notice) []string {
	switch p := n.Phase; {
	case p == headstart.Solved || p == headstart.MaintenanceDone:
		return []string{"white_check_mark"}
	case p.Final(): // withdrawn or cancelled
		return nil
	case p == headstart.MaintenanceAnnounced || p == headstart.MaintenanceStarted || p == headstart.MaintenanceExtended:
		return []string{"wrench"}
	}
	return []string{"warning"}
}

// ntfyText is the message: plain, since a server is not asked to read Markdown.
// The first title stands above it.
func ntfyText(l letter) string {
	var b strings.Builder
	for i, part := range l.Parts {
		if i > 0 {
			b.WriteString("\n\n" + part.Text.Title + "\n")
		}
		for j, line := range part.Text.Lines {
			if j > 0 {
				b.WriteString("\n")
			}
			if line.Label != "" {
				b.WriteString(line.Label + "\n")
			}
			b.WriteString(line.Text)
		}
	}
	return strings.TrimSpace(b.String())
}
