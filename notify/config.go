package notify

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// Config is who is told, and how: the keys channels, receivers, route, templates
// and heartbeat of headstart.yml. The zero Config tells nobody.
type Config struct {
	Channels []ChannelConfig `yaml:"channels" json:"channels,omitempty"`

	// Receivers, Route, TimeIntervals, InhibitRules and Templates are Alertmanager's own
	// syntax, kept as written: its library reads them.
	Receivers     yaml.Node `yaml:"receivers" json:"-"`
	Route         yaml.Node `yaml:"route" json:"-"`
	TimeIntervals yaml.Node `yaml:"time_intervals" json:"-"`
	InhibitRules  yaml.Node `yaml:"inhibit_rules" json:"-"`
	Templates     []string  `yaml:"templates" json:"templates,omitempty"`

	// Heartbeat is whom we call while we work, so that somebody notices when we do not.
	Heartbeat []HeartbeatConfig `yaml:"heartbeat" json:"heartbeat,omitempty"`

	// Of an alertmanager.yml: where it lies, its intervals under the old key, and what
	// stands in it without effect.
	file          string
	muteIntervals yaml.Node
	without       []string
}

// ChannelConfig is one entry of channels.
type ChannelConfig struct {
	Name      string   `yaml:"name" json:"name"`                     // its name in pages, logs and metrics
	Type      string   `yaml:"type" json:"type"`                     // email, graph, slack, slack-webhook, teams, ntfy, mattermost, sms, servicenow-outage or webhook
	Audiences []string `yaml:"audiences" json:"audiences,omitempty"` // empty: all

	// Timeout of one attempt, from dialling to the last answer; zero: 30 s.
	Timeout model.Duration `yaml:"timeout" json:"timeout,omitempty"`

	// E-mail.
	Smarthost    string   `yaml:"smarthost" json:"smarthost,omitempty"` // host:port; port 465 speaks TLS from the start
	From         string   `yaml:"from" json:"from,omitempty"`
	To           []string `yaml:"to" json:"to,omitempty"`                   // one: the list's own address; more stay hidden from each other
	Subscribers  bool     `yaml:"subscribers" json:"subscribers,omitempty"` // mails who subscribed on the status page, instead of to
	Username     string   `yaml:"username" json:"username,omitempty"`
	PasswordFile string   `yaml:"password_file" json:"password_file,omitempty"`
	RequireTLS   *bool    `yaml:"require_tls" json:"require_tls,omitempty"` // absent: if the server offers it; with a username, always
	CAFile       string   `yaml:"ca_file" json:"ca_file,omitempty"`         // of the mail or web server; empty: the system's

	// What is posted to an address on the web. An address of a webhook is a secret.
	URL        string `yaml:"url" json:"-"`
	URLFile    string `yaml:"url_file" json:"url_file,omitempty"`       // instead of url
	SecretFile string `yaml:"secret_file" json:"secret_file,omitempty"` // of webhook, key of the signature, at least 16 bytes; of sms, what its templates call .Secret
	TokenFile  string `yaml:"token_file" json:"token_file,omitempty"`   // of slack, its bot; of ntfy, an access token
	ProxyURL   string `yaml:"proxy_url" json:"-"`                       // may hold a password
	NoProxy    string `yaml:"no_proxy" json:"no_proxy,omitempty"`       // hosts that are reached without it, with commas

	// An OAuth client, of graph and instead of a password of email.
	Tenant           string `yaml:"tenant" json:"tenant,omitempty"`       // Microsoft's directory it belongs to
	TokenURL         string `yaml:"token_url" json:"token_url,omitempty"` // where it gets tokens, if not from Microsoft's public cloud
	ClientID         string `yaml:"client_id" json:"client_id,omitempty"`
	ClientSecretFile string `yaml:"client_secret_file" json:"client_secret_file,omitempty"`
	Scope            string `yaml:"scope" json:"scope,omitempty"` // of email; empty: Exchange Online's

	// SMS: how the gateway is asked. url, the values of headers and body are
	// templates over an SMSRequest, and may hold a secret.
	Method  string            `yaml:"method" json:"method,omitempty"` // empty: POST
	Headers map[string]string `yaml:"headers" json:"-"`
	Body    string            `yaml:"body" json:"-"`

	// Items are the services that have outage records in ServiceNow, and the names of
	// their items in its CMDB.
	Items map[string]string `yaml:"items" json:"items,omitempty"`

	// Slack.
	Channel string `yaml:"channel" json:"channel,omitempty"` // its id, such as C0123456789
}

// DefaultConfig tells nobody.
func DefaultConfig() Config { return Config{} }

// Validate reports every mistake at once. Files are read when channels are built.
func (c Config) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for i, ch := range c.Channels {
		where := fmt.Sprintf("channels[%d]", i)
		switch {
		case ch.Name == "":
			errs = append(errs, fmt.Errorf("%s has no name; set name, it appears in logs and metrics", where))
		case seen[ch.Name]:
			errs = append(errs, fmt.Errorf("channels: the name %q is used twice; give each channel its own", ch.Name))
		default:
			where = "channel " + ch.Name
		}
		seen[ch.Name] = true
		errs = append(errs, ch.validate(where))
	}
	if n := c.subscribers(); len(n) > 1 {
		errs = append(errs, fmt.Errorf("channels: %s all have subscribers: true; keep it on one, or everybody gets every mail more than once", strings.Join(n, " and ")))
	}
	errs = append(errs, c.checkOperators())
	if _, err := c.Inhibits(); err != nil {
		errs = append(errs, err)
	}
	for i, b := range c.Heartbeat {
		errs = append(errs, b.validate(fmt.Sprintf("heartbeat[%d]", i)))
	}
	return errors.Join(errs...)
}

// checkOperators reads receivers, route and templates as serve will, each by itself, and
// pages nobody.
func (c Config) checkOperators() error {
	o := OperatorsConfig{Receivers: c.ReceiversYAML(), File: c.file, ExternalURL: "http://headstart.invalid"}
	_, templates := loadTemplates(c.Templates, o.ExternalURL)
	if templates == nil {
		o.Templates = c.Templates
	}
	_, receivers := LoadOperators(o, slog.New(slog.DiscardHandler), nil)
	return errors.Join(receivers, checkNames(c.RouteYAML(), c.ReceiverNames()), templates)
}

// subscribers names the channels that mail subscribers.
func (c Config) subscribers() (names []string) {
	for _, ch := range c.Channels {
		if ch.Subscribers {
			names = append(names, ch.Name)
		}
	}
	return names
}

// MailsSubscribers reports whether a channel mails subscribers.
func (c Config) MailsSubscribers() bool { return len(c.subscribers()) > 0 }

func (c ChannelConfig) validate(where string) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(where+": "+format, args...)) }
	if t := time.Duration(c.Timeout); t < 0 || t > 5*time.Minute {
		bad("timeout is %s; set one between 1s and 5m", c.Timeout)
	}
	k, known := kindOf(c.Type)
	switch {
	case c.Type == "":
		bad("type is missing; use one of %s", strings.Join(Types, " "))
	case !known:
		bad("unknown type %q; use one of %s", c.Type, strings.Join(Types, " "))
	default:
		k.check(c, bad)
		for _, key := range c.given() {
			if !slices.Contains(k.keys, key) {
				bad("%s is no key of a channel of type %s; remove it", key, c.Type)
			}
		}
	}
	return errors.Join(errs...)
}

// checkURL says what is wrong with the address of a webhook, without showing it.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Port() != "" && !headstart.ValidPort(u.Port(), 1) {
		return errors.New("is not an http or https address; write one such as https://hooks.example.org/headstart")
	}
	return nil
}

// RouteYAML is the operators' route as LogConfig keeps it, with the time intervals if
// there are any; empty without one.
func (c Config) RouteYAML() string {
	intervals, old := nodeText(c.TimeIntervals), nodeText(c.muteIntervals)
	if nodeText(c.Route) == "" || intervals == "" && old == "" {
		return nodeText(c.Route)
	}
	doc := map[string]any{"route": &c.Route}
	if intervals != "" {
		doc["time_intervals"] = &c.TimeIntervals
	}
	if old != "" {
		doc["mute_time_intervals"] = &c.muteIntervals
	}
	b, err := yaml.Marshal(doc)
	if err != nil {
		return "" // nodes that were read can be written
	}
	return string(b)
}

// File is the alertmanager.yml the receivers are from; empty: headstart.yml.
func (c Config) File() string { return c.file }

// Pages reports whether anything says how operators are paged.
func (c Config) Pages() bool {
	return nodeText(c.Receivers)+nodeText(c.Route)+nodeText(c.TimeIntervals)+nodeText(c.InhibitRules) != "" || len(c.Templates) > 0
}

// ReceiverList are the operators' receivers that say their name, in order.
func (c Config) ReceiverList() []headstart.Receiver {
	var list []struct {
		Name   string            `yaml:"name"`
		Labels map[string]string `yaml:"labels"`
	}
	if err := c.Receivers.Decode(&list); err != nil {
		return nil // LoadOperators says what is wrong with them
	}
	var out []headstart.Receiver
	for _, r := range list {
		labels := map[string]string{"name": r.Name}
		maps.Copy(labels, r.Labels)
		out = append(out, headstart.Receiver{Name: r.Name, Labels: labels})
	}
	return out
}

// ReceiverNames are those of the operators' receivers that say their name.
func (c Config) ReceiverNames() []string {
	var names []string
	for _, r := range c.ReceiverList() {
		names = append(names, r.Name)
	}
	return names
}

// ReceiversYAML is the operators' receivers, secrets included: never log it.
func (c Config) ReceiversYAML() string { return nodeText(c.Receivers) }

func nodeText(n yaml.Node) string {
	if n.IsZero() || n.Tag == "!!null" || (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && len(n.Content) == 0 {
		return ""
	}
	b, err := yaml.Marshal(&n)
	if err != nil {
		return "" // a node that was read can be written
	}
	return string(b)
}

// Infos is what decisions may know of the channels.
func Infos(c Config) []headstart.ChannelInfo {
	out := make([]headstart.ChannelInfo, 0, len(c.Channels))
	for _, ch := range c.Channels {
		k, _ := kindOf(ch.Type)
		caps := k.caps
		out = append(out, headstart.ChannelInfo{Name: ch.Name, Type: ch.Type, Audiences: ch.Audiences, Update: caps.Update, Reply: caps.Reply, Subscribers: ch.Subscribers})
	}
	return out
}

// ChannelOptions is what channels need beside their configuration.
type ChannelOptions struct {
	ExternalURL string // Message-IDs and List-Id carry its host
	Dialer      *headstart.Dialer
	Subscribers SubscriberList // of the channel that mails them; nil: it cannot

	// AckLink is where a colleague who reads a mail to the desk takes its incident up;
	// empty: nowhere. Nil: mails have no such link.
	AckLink func(*headstart.Notice) string
}

// Build makes the channels of a validated configuration and reads their secrets.
func Build(c Config, o ChannelOptions) ([]Channel, error) {
	var out []Channel
	var errs []error
	for _, cfg := range c.Channels {
		k, known := kindOf(cfg.Type)
		if !known {
			errs = append(errs, cfg.validate("channel "+cfg.Name))
			continue
		}
		ch, err := k.build(cfg, o)
		if err != nil {
			errs = append(errs, fmt.Errorf("channel %s: %w", cfg.Name, err))
			continue
		}
		out = append(out, ch)
	}
	return out, errors.Join(errs...)
}

func (c ChannelConfig) timeout() time.Duration {
	if c.Timeout == 0 {
		return 30 * time.Second
	}
	return time.Duration(c.Timeout)
}
