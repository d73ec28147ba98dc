package tickets

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"headstart/tickets/systems"
)

// Config is the `tickets:` block without `matching`, which is correlation's.
type Config struct {
	Sources []Source `yaml:"sources" json:"sources"`
}

// DefaultConfig returns a Config without sources.
func DefaultConfig() Config { return Config{} }

// The types of source beside those of package systems, and how a webhook proves who it is.
const (
	TypeWebhook = "webhook"
	TypeCSV     = "csv"

	AuthBearer = "bearer" // a token of auth.tokens with the scope ingest
	AuthHMAC   = "hmac"   // a signature over the body, with the secret in token_file
)

// Source is one ticket system.
type Source struct {
	Name string `yaml:"name" json:"name"` // its name in links, metrics and paths
	Type string `yaml:"type" json:"type"` // webhook, csv, imap, graph, rt, servicenow, freshdesk, freshservice, topdesk, jira, zammad, glpi or znuny

	// Settings are the keys of a ticket system we speak with. Of them TokenFile also
	// belongs to a webhook: the secret of hmac, or a bearer token for this source
	// alone (see Bearers); without it any token with the scope ingest will do.
	systems.Settings `yaml:",inline"`

	// Auth is of a webhook: bearer or hmac; empty is bearer.
	Auth string `yaml:"auth" json:"auth,omitempty"`

	// Dir is the folder of a csv source. Columns maps a heading of the files to a
	// key of a ticket; headings that are keys themselves need no entry.
	Dir     string            `yaml:"dir" json:"dir,omitempty"`
	Columns map[string]string `yaml:"columns" json:"columns,omitempty"`

	// Timezone is of times written without one; empty: the one its system writes
	// (systems.ZoneOf), else Europe/Amsterdam.
	Timezone string `yaml:"timezone" json:"timezone,omitempty"`

	// Shared are the ids of requesters who call for others: a reception, a lab.
	Shared []string `yaml:"shared" json:"-"`
}

func (s Source) zone() string {
	if s.Timezone == "" {
		return systems.ZoneOf(s.Type)
	}
	return s.Timezone
}

// Systems are the sources we speak with, in the order of the configuration.
func (c Config) Systems() []Source {
	var out []Source
	for _, s := range c.Sources {
		if slices.Contains(systems.Types(), s.Type) {
			out = append(out, s)
		}
	}
	return out
}

// Bearers returns, by source, the files of the tokens that senders show as Bearer.
// The door must know each under the source's name, with the scope ingest: tokens
// are its business, and this package never sees one.
func (c Config) Bearers() map[string]string {
	out := map[string]string{}
	for _, s := range c.Sources {
		if s.Type == TypeWebhook && s.Auth != AuthHMAC && s.TokenFile != "" {
			out[s.Name] = s.TokenFile
		}
	}
	return out
}

// Under is how the path begins that the token of a source of Bearers opens.
func Under(source string) string { return hooksPath + source }

// hooksPath is what the paths of hooks begin with.
const hooksPath = "/hooks/tickets/"

// unread are types of system whose interface tells nothing of tickets; naming one is
// no misspelling.
var unread = []string{"osticket"}

// otherNames are what people may call a mailbox.
var otherNames = []string{"mailbox", "email", "mail", "imaps", "exchange", "o365", "m365"}

// sourceName is short and safe in a path and in a key.
var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

// Validate reports every mistake.
func (c Config) Validate() error {
	var errs []error
	names := map[string]bool{}
	for i, s := range c.Sources {
		at := fmt.Sprintf("tickets.sources[%d]", i)
		switch {
		case !sourceName.MatchString(s.Name):
			errs = append(errs, fmt.Errorf("%s.name is %q; write a short name of small letters, digits and dashes, such as portal", at, s.Name))
		case names[s.Name]:
			errs = append(errs, fmt.Errorf("%s.name is %q as that of a source above; every source needs its own", at, s.Name))
		}
		names[s.Name] = true
		errs = append(errs, s.validate(at))
	}
	return errors.Join(errs...)
}

func (s Source) validate(at string) error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(at+format, args...)) }
	switch {
	case s.Type == TypeWebhook:
		s.validateWebhook(add)
	case s.Type == TypeCSV:
		s.validateCSV(add)
	case slices.Contains(systems.Types(), s.Type):
		if s.Auth != "" || s.Dir != "" || len(s.Columns) > 0 {
			add(" has auth, dir or columns, which belong to webhook and csv; take them out")
		}
		for _, err := range flat(s.Settings.Validate(s.Type)) {
			add("%w", err)
		}
	case slices.Contains(unread, s.Type):
		add(".type is %q, which lets nobody read its tickets; have it copy its mail to a mailbox (type: imap), send its tickets as JSON (type: webhook) or write them to a folder (type: csv)", s.Type)
		return errors.Join(errs...)
	case slices.Contains(otherNames, s.Type):
		add(".type is %q; write imap for a mailbox on any mail server, or graph for one at Microsoft 365", s.Type)
		return errors.Join(errs...)
	default:
		add(".type is %q; write webhook, csv, or one of %s", s.Type, strings.Join(systems.Types(), " "))
	}
	if _, err := time.LoadLocation(s.zone()); err != nil {
		add(".timezone is %q; write a name such as Europe/Amsterdam", s.Timezone)
	}
	return errors.Join(errs...)
}

// flat takes joined errors apart, so that each is said with its place.
func flat(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, flat(e)...)
	}
	return out
}

// onlyRead refuses the keys of systems on a source that is only read.
func (s Source) onlyRead(add func(string, ...any)) {
	rest := s.Settings
	rest.TokenFile = ""
	if !reflect.DeepEqual(rest, systems.Settings{}) {
		add(" has url, write or other keys of a ticket system we speak with; a source of type %s is only read, take them out", s.Type)
	}
}

func (s Source) validateWebhook(add func(string, ...any)) {
	s.onlyRead(add)
	switch s.Auth {
	case "", AuthBearer:
	case AuthHMAC:
		if s.TokenFile == "" {
			add(".auth is hmac and token_file is missing; name the file with the secret")
		}
	default:
		add(".auth is %q; write bearer or hmac", s.Auth)
	}
	if s.Dir != "" || len(s.Columns) > 0 {
		add(" has dir or columns, which belong to type csv; take them out")
	}
}

func (s Source) validateCSV(add func(string, ...any)) {
	s.onlyRead(add)
	if s.Dir == "" {
		add(".dir is missing; name the folder the files are written to")
	}
	if s.Dir != "" && filepath.Clean(s.Dir) == "/" {
		add(".dir is /; name a folder of its own")
	}
	if s.Auth != "" || s.TokenFile != "" {
		add(" has auth or token_file, which belong to type webhook; take them out")
	}
	for _, heading := range slices.Sorted(maps.Keys(s.Columns)) {
		if key := s.Columns[heading]; !slices.Contains(columnKeys, key) {
			add(".columns: %q maps to %q, which is no key of a ticket; use one of %s", heading, key, strings.Join(columnKeys, " "))
		}
	}
}

// Retention is how long the text of tickets is kept, in whole days rounded up.
type Retention struct {
	Text   model.Duration `yaml:"text" json:"text"`     // of bodies
	Titles model.Duration `yaml:"titles" json:"titles"` // of tickets, and notes of the desk once they are over
}

// DefaultRetention returns the defaults of CONTRACT section 2.
func DefaultRetention() Retention {
	return Retention{Text: model.Duration(24 * time.Hour), Titles: model.Duration(30 * 24 * time.Hour)}
}

// Validate reports every mistake.
func (r Retention) Validate() error {
	var errs []error
	if r.Text <= 0 {
		errs = append(errs, fmt.Errorf("retention.text is %s; set a positive duration such as 24h", r.Text))
	}
	if r.Titles <= 0 {
		errs = append(errs, fmt.Errorf("retention.titles is %s; set a positive duration such as 30d", r.Titles))
	}
	return errors.Join(errs...)
}

// until is the last day on which a text of age zero at now is kept.
func until(now time.Time, keep model.Duration) time.Time {
	days := (time.Duration(keep) + 24*time.Hour - 1) / (24 * time.Hour)
	return now.Add(days * 24 * time.Hour)
}
