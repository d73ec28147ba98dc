package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"headstart"
	"headstart/credentials"
)

// Headers of an outgoing webhook (ruling 45). The signature is
// "sha256=" + hex(HMAC-SHA256(secret, id + "." + timestamp + "." + body)).
const (
	HeaderID        = "X-Headstart-Id"        // the idempotency key: the same on every retry
	HeaderTimestamp = "X-Headstart-Timestamp" // Unix seconds of this attempt
	HeaderSignature = "X-Headstart-Signature"
)

// webhook posts announcements to another program. It gets every update, silent
// ones too: programs are not disturbed by them.
type webhook struct {
	name   string
	url    string
	secret []byte
	caller *caller
}

// WebhookBody is what a webhook posts: what users are told, and never who works
// on it (ruling 35).
type WebhookBody struct {
	Version      int                       `json:"version"`          // 1
	ID           string                    `json:"id"`               // as HeaderID
	Incident     string                    `json:"incident"`         // HS-12, for people
	Window       string                    `json:"window,omitempty"` // of planned work, which has no incident
	Ref          string                    `json:"ref,omitempty"`    // HS-W7: what people call that work
	UID          string                    `json:"uid"`              // of the incident or the work, for programs
	Announcement string                    `json:"announcement"`
	Audience     string                    `json:"audience"`
	Update       int                       `json:"update"` // its number
	At           time.Time                 `json:"at"`
	Phase        headstart.Phase           `json:"phase"`
	Severity     string                    `json:"severity"`
	Silent       bool                      `json:"silent"` // no reason to disturb anyone
	Final        bool                      `json:"final"`
	Services     []string                  `json:"services"`
	Locations    []string                  `json:"locations"`
	SupportGroup string                    `json:"support_group"`
	StatusURL    string                    `json:"status_url"`
	Languages    []string                  `json:"languages"`
	Text         map[string]headstart.Text `json:"text"` // by language
}

func newWebhook(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	address, err := secretURL(cfg)
	if err != nil {
		return nil, err
	}
	secret, err := credentials.Secret("secret_file", cfg.SecretFile)
	if err != nil {
		return nil, err
	}
	if len(secret) < 16 {
		return nil, fmt.Errorf("secret_file: %s holds %d bytes; write at least 16 random ones", cfg.SecretFile, len(secret))
	}
	c, err := newCaller("webhook", address, cfg, o)
	if err != nil {
		return nil, err
	}
	return &webhook{name: cfg.Name, url: address, secret: []byte(secret), caller: c}, nil
}

// Name implements Channel.
func (w *webhook) Name() string { return w.name }

func (w *webhook) timeout() time.Duration { return w.caller.limit() }

// Caps implements Channel.
func (w *webhook) Caps() Caps { return webhookCaps }

// Post implements Channel.
func (w *webhook) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	if err := w.send(ctx, n); err != nil {
		return nil, err
	}
	return Handle(`{}`), nil // the receiver finds its own by uid and audience
}

// Update implements Channel.
func (w *webhook) Update(ctx context.Context, h Handle, n *headstart.Notice) (Handle, error) {
	return h, w.send(ctx, n)
}

// Reply implements Channel; a webhook has no thread, so it is never called.
func (w *webhook) Reply(ctx context.Context, _ Handle, n *headstart.Notice) error {
	return w.send(ctx, n)
}

func (w *webhook) send(ctx context.Context, n *headstart.Notice) error {
	body, err := json.Marshal(WebhookBody{
		Version: 1, ID: n.Key, Incident: string(n.Incident), Window: n.Window, Ref: n.Ref, UID: n.UID, Announcement: n.Announcement, Audience: n.Audience,
		Update: n.N, At: n.At, Phase: n.Phase, Severity: n.Severity, Silent: n.Silent, Final: n.Final,
		Services: list(n.Services), Locations: list(n.Locations), SupportGroup: n.SupportGroup, StatusURL: n.StatusURL,
		Languages: languages(n), Text: n.Text,
	})
	if err != nil {
		return &Permanent{err}
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	_, err = w.caller.call(ctx, http.MethodPost, w.url, map[string]string{
		"Content-Type": "application/json",
		HeaderID:       n.Key, HeaderTimestamp: stamp, HeaderSignature: Sign(w.secret, n.Key, stamp, body),
	}, body)
	return err
}

// Sign computes the signature header. A receiver compares it in constant time
// and refuses timestamps that are more than a few minutes old.
func Sign(secret []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// list makes an absent list an empty one, so that readers need not tell null from [].
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
