package notify

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// Config is who is told, and how: the keys channels, receivers, route and
// templates of headstart.yml. The zero Config tells nobody.
type Config struct {
	Channels []ChannelConfig `yaml:"channels" json:"channels,omitempty"`

	// Receivers, Route and Templates are Alertmanager's own syntax, kept as
	// written: its library reads them.
	Receivers yaml.Node `yaml:"receivers" json:"-"`
	Route     yaml.Node `yaml:"route" json:"-"`
	Templates []string  `yaml:"templates" json:"templates,omitempty"`
}

// ChannelConfig is one entry of channels.
type ChannelConfig struct {
	Name      string   `yaml:"name" json:"name"`
	Type      string   `yaml:"type" json:"type"`                     // email or webhook
	Audiences []string `yaml:"audiences" json:"audiences,omitempty"` // empty: all

	// Timeout of one attempt, from dialling to the last answer; zero: 30 s.
	Timeout model.Duration `yaml:"timeout" json:"timeout,omitempty"`

	// E-mail.
	Smarthost    string   `yaml:"smarthost" json:"smarthost,omitempty"` // host:port; port 465 speaks TLS from the start
	From         string   `yaml:"from" json:"from,omitempty"`
	To           []string `yaml:"to" json:"to,omitempty"` // one: the list's own address; more stay hidden from each other
	Username     string   `yaml:"username" json:"username,omitempty"`
	PasswordFile string   `yaml:"password_file" json:"password_file,omitempty"`
	RequireTLS   *bool    `yaml:"require_tls" json:"require_tls,omitempty"` // absent: if the server offers it; with a username, always
	CAFile       string   `yaml:"ca_file" json:"ca_file,omitempty"`         // of the mail or web server; empty: the system's

	// Webhook.
	URL        string `yaml:"url" json:"-"`                             // may hold a secret
	URLFile    string `yaml:"url_file" json:"url_file,omitempty"`       // instead of url
	SecretFile string `yaml:"secret_file" json:"secret_file,omitempty"` // key of the signature, at least 16 bytes
}

// DefaultConfig tells nobody.
func DefaultConfig() Config { return Config{} }

// laterTypes are channel types of the contract that this version cannot send to.
var laterTypes = map[string]bool{
	"slack": true, "slack-webhook": true, "graph": true, "teams": true, "ntfy": true, "mattermost": true, "sms": true, "servicenow-outage": true,
}

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
	if _, err := NewRouter(c.RouteYAML()); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c ChannelConfig) validate(where string) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(where+": "+format, args...)) }
	if t := time.Duration(c.Timeout); t < 0 || t > 5*time.Minute {
		bad("timeout is %s; set one between 1s and 5m", c.Timeout)
	}
	switch {
	case c.Type == "email":
		c.validateEmail(bad)
	case c.Type == "webhook":
		c.validateWebhook(bad)
	case laterTypes[c.Type]:
		bad("type %s is not supported by this version; use email or webhook", c.Type)
	case c.Type == "":
		bad("type is missing; use email or webhook")
	default:
		bad("unknown type %q; use email or webhook", c.Type)
	}
	return errors.Join(errs...)
}

func (c ChannelConfig) validateEmail(bad func(string, ...any)) {
	if host, port, err := net.SplitHostPort(c.Smarthost); err != nil || host == "" || port == "" {
		bad("smarthost is %q; write host:port, such as mail.example.org:25", c.Smarthost)
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		bad("from is %q; write one address, such as storing@example.org", c.From)
	}
	if len(c.To) == 0 {
		bad("to is empty; name the address of the list that reaches your users")
	}
	for _, to := range c.To {
		if _, err := mail.ParseAddress(to); err != nil {
			bad("%q in to is not an address; write one such as medewerkers@example.org", to)
		}
	}
	if (c.Username == "") != (c.PasswordFile == "") {
		bad("username and password_file belong together; set both or neither")
	}
	if c.URL+c.URLFile+c.SecretFile != "" {
		bad("url, url_file and secret_file are keys of a webhook; remove them")
	}
}

func (c ChannelConfig) validateWebhook(bad func(string, ...any)) {
	if (c.URL == "") == (c.URLFile == "") {
		bad("set one of url and url_file")
	}
	if c.URL != "" {
		if err := checkURL(c.URL); err != nil {
			bad("url %s", err)
		}
	}
	if c.SecretFile == "" {
		bad("secret_file is missing; messages are signed, so name a file with at least 16 random bytes (ruling 45)")
	}
	if c.Smarthost+c.From+c.Username+c.PasswordFile != "" || len(c.To) > 0 || c.RequireTLS != nil {
		bad("smarthost, from, to, username, password_file and require_tls are keys of an email channel; remove them")
	}
}

// checkURL says what is wrong with the address of a webhook, without showing it.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("is not an http or https address; write one such as https://hooks.example.org/headstart")
	}
	return nil
}

// RouteYAML is the operators' route as LogConfig keeps it; empty without one.
func (c Config) RouteYAML() string { return nodeText(c.Route) }

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
		caps := capsOf(ch.Type)
		out = append(out, headstart.ChannelInfo{Name: ch.Name, Type: ch.Type, Audiences: ch.Audiences, Update: caps.Update, Reply: caps.Reply})
	}
	return out
}

func capsOf(channelType string) Caps {
	switch channelType {
	case "email":
		return Caps{Reply: true}
	case "webhook":
		return Caps{Update: true, Silent: true}
	}
	return Caps{}
}

// ChannelOptions is what channels need beside their configuration.
type ChannelOptions struct {
	ExternalURL string // Message-IDs and List-Id carry its host
	Dialer      *headstart.Dialer
}

// Build makes the channels of a validated configuration and reads their secrets.
func Build(c Config, o ChannelOptions) ([]Channel, error) {
	var out []Channel
	var errs []error
	for _, cfg := range c.Channels {
		var ch Channel
		var err error
		switch cfg.Type {
		case "email":
			ch, err = newEmail(cfg, o)
		case "webhook":
			ch, err = newWebhook(cfg, o)
		default:
			err = cfg.validate("channel " + cfg.Name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("channel %s: %w", cfg.Name, err))
			continue
		}
		out = append(out, ch)
	}
	return out, errors.Join(errs...)
}

// readSecret reads a secret from its file; errors name the file, never what is in it.
func readSecret(key, file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", fmt.Errorf("%s: %s is empty; write the secret into it", key, file)
	}
	return s, nil
}

func (c ChannelConfig) timeout() time.Duration {
	if c.Timeout == 0 {
		return 30 * time.Second
	}
	return time.Duration(c.Timeout)
}
