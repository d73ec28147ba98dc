package systems

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"headstart"
	"headstart/credentials"
)

// Settings are the keys of a source of a type that this package speaks with.
type Settings struct {
	URL string `yaml:"url" json:"url,omitempty"` // address of the system

	// Of the integration user: a token, or a name and a password, or an OAuth
	// client. Which of them a type takes its documentation says.
	TokenFile        string `yaml:"token_file" json:"token_file,omitempty"`
	Username         string `yaml:"username" json:"username,omitempty"`
	PasswordFile     string `yaml:"password_file" json:"password_file,omitempty"`
	ClientID         string `yaml:"client_id" json:"client_id,omitempty"`
	ClientSecretFile string `yaml:"client_secret_file" json:"client_secret_file,omitempty"`
	AppTokenFile     string `yaml:"app_token_file" json:"app_token_file,omitempty"` // of GLPI: names the program, as the token does the user
	Tenant           string `yaml:"tenant" json:"tenant,omitempty"`                 // Microsoft's directory the OAuth client belongs to
	TokenURL         string `yaml:"token_url" json:"token_url,omitempty"`           // where it gets tokens, if not from Microsoft's public cloud
	SecretExpires    string `yaml:"secret_expires" json:"secret_expires,omitempty"` // day on which the secret ends, 2027-01-31; doctor warns

	// HookSecretFile holds the secret hooks are signed with; without it a hook
	// needs a token with the scope ingest.
	HookSecretFile string `yaml:"hook_secret_file" json:"hook_secret_file,omitempty"`

	CAFile   string `yaml:"ca_file" json:"ca_file,omitempty"`   // authorities its certificate is checked with; empty: the system's
	ProxyURL string `yaml:"proxy_url" json:"-"`                 // may hold a password
	NoProxy  string `yaml:"no_proxy" json:"no_proxy,omitempty"` // hosts that are reached without proxy_url, with commas

	// Queues are the queues, groups or projects that are read; empty: all our user
	// sees. CreateIn is where tickets are made.
	Queues   []string `yaml:"queues" json:"queues,omitempty"`
	CreateIn string   `yaml:"create_in" json:"create_in,omitempty"`

	// Addresses are those whose mail becomes a ticket, where the system does not tell
	// them itself: no channel may mail announcements there.
	Addresses []string `yaml:"addresses" json:"addresses,omitempty"`

	// Of a mailbox only. Mailbox is its address. Senders below Domains are our own
	// people once our mail server vouches for them: in the lines it signs with
	// AuthservID (RFC 8601), or as Exchange does for its own organisation.
	Mailbox    string   `yaml:"mailbox" json:"mailbox,omitempty"`
	Domains    []string `yaml:"domains" json:"domains,omitempty"`
	AuthservID string   `yaml:"authserv_id" json:"authserv_id,omitempty"`

	// ForbiddenMailbox is of graph: the address of a mailbox that doctor tries to read
	// and must not be able to.
	ForbiddenMailbox string `yaml:"forbidden_mailbox" json:"forbidden_mailbox,omitempty"`

	// Fields maps a key of a ticket to the system's name of the field that holds it.
	// The others map words of the system to ours; what is not named keeps its
	// default, and a status nobody knows means open.
	Fields     map[string]string `yaml:"fields" json:"fields,omitempty"`
	Statuses   map[string]string `yaml:"statuses" json:"statuses,omitempty"`     // to new open waiting resolved closed
	Priorities map[string]string `yaml:"priorities" json:"priorities,omitempty"` // to P1 to P4
	Channels   map[string]string `yaml:"channels" json:"channels,omitempty"`     // to phone mail chat portal walk_in monitoring

	Write Write `yaml:"write" json:"write"`
}

// Write switches what is written back (ruling 33).
type Write struct {
	Note        *Switch `yaml:"note" json:"note,omitempty"`       // absent: on
	Link        *Switch `yaml:"link" json:"link,omitempty"`       // absent: on
	PublicReply Switch  `yaml:"public_reply" json:"public_reply"` // answer who reported it, in the ticket
	Create      Switch  `yaml:"create" json:"create"`             // ticket or problem; on: ticket
	Outage      Switch  `yaml:"outage" json:"outage"`             // record an outage of what fails
	Question    Switch  `yaml:"question" json:"question"`         // ask at the end whether it works again
}

// Notes reports whether notes are written.
func (w Write) Notes() bool { return w.Note == nil || *w.Note != "" }

// Links reports whether tickets are linked.
func (w Write) Links() bool { return w.Link == nil || *w.Link != "" }

// Makes is what is made of an incident: ticket, problem, or nothing.
func (w Write) Makes() string {
	if w.Create == "on" {
		return "ticket"
	}
	return string(w.Create)
}

// Switch is on, a word, or empty for off.
type Switch string

// UnmarshalYAML reads on, off and the like, or a word.
func (s *Switch) UnmarshalYAML(n *yaml.Node) error {
	switch strings.ToLower(n.Value) {
	case "off", "false", "no":
		*s = ""
	case "on", "true", "yes":
		*s = "on"
	default:
		*s = Switch(n.Value)
	}
	if n.Kind != yaml.ScalarNode {
		return errors.New("write on or off")
	}
	return nil
}

// MarshalJSON writes an empty switch as off.
func (s Switch) MarshalJSON() ([]byte, error) {
	if s == "" {
		s = "off"
	}
	return []byte(`"` + strings.Map(plainRune, string(s)) + `"`), nil
}

// MarshalYAML writes an empty switch as off.
func (s Switch) MarshalYAML() (any, error) {
	if s == "" {
		return "off", nil
	}
	return string(s), nil
}

func plainRune(r rune) rune {
	if r < ' ' || r > '~' || r == '"' || r == '\\' {
		return -1
	}
	return r
}

// kind is what a type of system needs and how it is opened.
type kind struct {
	caps   Caps
	makes  []string // what write.create may be beside off
	secret string   // token, basic, either, mailbox (password or OAuth) or oauth
	mail   bool     // a mailbox: the keys that only mailboxes have are known
	hosted string   // where the vendor runs it, as an example of url
	fields []string
	words  words  // defaults
	zone   string // of times written without one, unless timezone says; empty: Europe/Amsterdam
	app    bool   // it may ask for app_token_file
	open   func(*opened) (System, error)
}

// words are maps from a system's words to ours.
type words struct{ statuses, priorities, channels map[string]string }

// kinds are the systems by type.
var kinds = map[string]kind{
	"freshdesk":    freshdeskKind,
	"freshservice": freshserviceKind,
	"glpi":         glpiKind,
	"graph":        graphKind,
	"imap":         imapKind,
	"jira":         jiraKind,
	"rt":           rtKind,
	"servicenow":   snowKind,
	"topdesk":      topdeskKind,
	"zammad":       zammadKind,
	"znuny":        znunyKind,
}

// Types are the types of system this package speaks with, sorted.
func Types() []string { return slices.Sorted(maps.Keys(kinds)) }

// CapsOf is what systems of type t can do.
func CapsOf(t string) Caps { return kinds[t].caps }

// ZoneOf is the time zone that systems of type t write times in that name none,
// unless somebody changed it there.
func ZoneOf(t string) string { return cmp.Or(kinds[t].zone, "Europe/Amsterdam") }

// Validate reports every mistake of the settings of a source of type t.
func (s Settings) Validate(t string) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	k, ok := kinds[t]
	if !ok {
		return fmt.Errorf(".type is %q; write one of %s", t, strings.Join(Types(), " "))
	}
	if u, err := url.Parse(s.URL); err != nil || u.Host == "" || !slices.Contains(k.schemes(), u.Scheme) || u.User != nil || u.RawQuery != "" {
		bad(".url is no plain %s address; write one such as %s", strings.Join(k.schemes(), " or "), k.hosted)
	}
	if u, err := url.Parse(s.ProxyURL); s.ProxyURL != "" && (err != nil || u.Host == "") {
		bad(".proxy_url is no address; write one such as http://proxy.example:3128")
	}
	if _, err := time.Parse(time.DateOnly, s.SecretExpires); s.SecretExpires != "" && err != nil {
		bad(".secret_expires is %q; write a day such as 2027-01-31", s.SecretExpires)
	}
	for _, a := range s.Addresses {
		if !mailAddressForm.MatchString(a) {
			bad(".addresses: %q is no address; write one such as servicedesk@example.org", a)
		}
	}
	if s.AppTokenFile != "" && !k.app {
		bad(".app_token_file is set, and only glpi has one; take it out")
	}
	errs = append(errs, s.validateSecret(k), s.validateMail(t, k), s.validateMaps(k), s.validateWrite(t, k))
	return errors.Join(errs...)
}

// schemes are those of url.
func (k kind) schemes() []string {
	if strings.HasPrefix(k.hosted, "imap") {
		return []string{"imaps", "imap"}
	}
	return []string{"http", "https"}
}

func (s Settings) validateSecret(k kind) error {
	token, basic, oauth := s.TokenFile != "", s.Username != "" && s.PasswordFile != "", s.ClientID != "" && s.ClientSecretFile != ""
	switch k.secret {
	case "token":
		if !token {
			return errors.New(".token_file is missing; name the file with the integration user's token")
		}
	case "basic":
		if !basic {
			return errors.New(".username and password_file are missing; name the integration user and the file with its password")
		}
	case "mailbox":
		if basic == oauth {
			return errors.New(" needs either username and password_file, or mailbox, tenant, client_id and client_secret_file")
		}
	case "oauth":
		if !oauth {
			return errors.New(".client_id and client_secret_file are missing; name the app registration and the file with its secret")
		}
	default:
		if !token && !basic && !oauth {
			return errors.New(" has no credentials; set token_file, or username and password_file, or client_id and client_secret_file")
		}
	}
	return nil
}

func (s Settings) validateMaps(k kind) error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(s.Fields)) {
		if !slices.Contains(k.fields, key) {
			errs = append(errs, fmt.Errorf(".fields: %q is no key of a ticket that can be mapped here; use one of %s", key, strings.Join(k.fields, " ")))
		}
	}
	for _, m := range []struct {
		key     string
		m       map[string]string
		allowed []string
	}{
		{"statuses", s.Statuses, []string{"new", "open", "waiting", "waiting_supplier", "resolved", "closed"}},
		{"priorities", s.Priorities, []string{"P1", "P2", "P3", "P4"}},
		{"channels", s.Channels, []string{"phone", "mail", "chat", "portal", "walk_in", "monitoring"}},
	} {
		for _, native := range slices.Sorted(maps.Keys(m.m)) {
			if !slices.Contains(m.allowed, m.m[native]) {
				errs = append(errs, fmt.Errorf(".%s: %q maps to %q; use one of %s", m.key, native, m.m[native], strings.Join(m.allowed, " ")))
			}
		}
	}
	return errors.Join(errs...)
}

func (s Settings) validateWrite(t string, k kind) error {
	var errs []error
	word := func(key string, v Switch, allowed ...Switch) {
		if v != "" && v != "on" && !slices.Contains(allowed, v) {
			errs = append(errs, fmt.Errorf(".write.%s is %q; write on or off", key, string(v)))
		}
	}
	for _, w := range []struct {
		key string
		s   *Switch
	}{{"note", s.Write.Note}, {"link", s.Write.Link}} {
		if w.s != nil {
			word(w.key, *w.s)
		}
	}
	word("public_reply", s.Write.PublicReply)
	if s.Write.PublicReply != "" && !k.caps.Reply {
		errs = append(errs, fmt.Errorf(".write.public_reply is on, and type %s sends no mail; take it out", t))
	}
	word("question", s.Write.Question)
	if s.Write.Question != "" && !k.caps.Reply {
		errs = append(errs, fmt.Errorf(".write.question is on, and %s lets nobody be answered; take it out", t))
	}
	word("outage", s.Write.Outage)
	word("create", s.Write.Create, "ticket", "problem")
	if m := s.Write.Makes(); m != "" && !slices.Contains(k.makes, m) {
		errs = append(errs, fmt.Errorf(".write.create is %s, which cannot be made in %s; write %s", m, t, strings.Join(append(slices.Clone(k.makes), "off"), " or ")))
	}
	if s.Write.Outage != "" && !k.caps.Outage {
		errs = append(errs, fmt.Errorf(".write.outage is on, and %s has no outage records; take it out", t))
	}
	return errors.Join(errs...)
}

// Options are what a system needs beside its settings.
type Options struct {
	Dialer *headstart.Dialer

	// Requester turns the system's own id of a person into a keyed hash, and says
	// whether they call for others.
	Requester func(native string) (hash string, shared bool)

	Zone *time.Location // of times written without one; nil: UTC
}

// opened is what a connector is made of.
type opened struct {
	Settings
	Options
	client *client
	secret string // token, password or client secret
	hook   []byte
	words  words
}

// Open connects nothing yet; it reads the secrets of a validated source.
func Open(t string, s Settings, o Options) (System, error) {
	k, ok := kinds[t]
	if !ok {
		return nil, fmt.Errorf("type %q: %w", t, ErrUnsupported)
	}
	c, err := newClient(s, o.Dialer)
	if err != nil {
		return nil, err
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	p := &opened{Settings: s, Options: o, client: c, words: k.words.with(s)}
	for _, f := range []struct{ key, file string }{{"token_file", s.TokenFile}, {"password_file", s.PasswordFile}, {"client_secret_file", s.ClientSecretFile}} {
		if f.file == "" || p.secret != "" {
			continue
		}
		if p.secret, err = credentials.Secret(f.key, f.file); err != nil {
			return nil, err
		}
	}
	if s.HookSecretFile != "" {
		secret, err := credentials.Secret("hook_secret_file", s.HookSecretFile)
		if err != nil {
			return nil, err
		}
		if len(secret) < 16 {
			return nil, fmt.Errorf("hook_secret_file: the secret in %s is shorter than 16 characters; make a longer one", s.HookSecretFile)
		}
		p.hook = []byte(secret)
	}
	return k.open(p)
}
