package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config is what the pages need of headstart.yml.
type Config struct {
	Language    string  `yaml:"language" json:"language"`         // nl or en: of whoever chose none
	Timezone    string  `yaml:"timezone" json:"timezone"`         // IANA name
	ExternalURL string  `yaml:"external_url" json:"external_url"` // where people reach the desk
	Contact     string  `yaml:"contact" json:"contact"`           // of the helpdesk, on every page
	Publish     Publish `yaml:"publish" json:"publish"`
}

// Publish is the public status page (CONTRACT section 2, publish).
type Publish struct {
	Enabled bool `yaml:"enabled" json:"enabled"`

	// Listen is a listener of its own for the status page; empty: the desk's.
	Listen string `yaml:"listen" json:"listen,omitempty"`

	// ExternalURL is where readers reach the status page; empty: external_url.
	// Links are made from it, never from a request's Host.
	ExternalURL string `yaml:"external_url" json:"external_url,omitempty"`

	Pages []Page `yaml:"pages" json:"pages,omitempty"` // none: one page of everything
}

// Page is one public status page.
type Page struct {
	ID        string   `yaml:"id" json:"id"` // part of the path; empty: /s/ itself
	Title     string   `yaml:"title" json:"title,omitempty"`
	Access    string   `yaml:"access" json:"access,omitempty"`       // open network oidc link; empty: open
	Locations []string `yaml:"locations" json:"locations,omitempty"` // empty: all
	Services  []string `yaml:"services" json:"services,omitempty"`   // empty: all
	Languages []string `yaml:"languages" json:"languages,omitempty"` // the first is the page's; empty: nl, en
	Contact   string   `yaml:"contact" json:"contact,omitempty"`     // empty: the general one
}

// DefaultConfig is Dutch, in Amsterdam, with the status page on.
func DefaultConfig() Config {
	return Config{
		Language: "nl", Timezone: "Europe/Amsterdam", ExternalURL: "http://127.0.0.1:8480",
		Publish: Publish{Enabled: true},
	}
}

// Validate reports every mistake at once.
func (c *Config) Validate() error {
	var errs []error
	if c.Language != "nl" && c.Language != "en" {
		errs = append(errs, fmt.Errorf("language is %q; write nl or en", c.Language))
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" {
		errs = append(errs, fmt.Errorf("timezone is %q; write an IANA name such as Europe/Amsterdam", c.Timezone))
	}
	errs = append(errs, absolute("external_url", c.ExternalURL, true))
	return errors.Join(append(errs, c.Publish.Validate())...)
}

// Validate reports every mistake at once.
func (p *Publish) Validate() error {
	errs := []error{absolute("publish.external_url", p.ExternalURL, false)}
	seen := map[string]bool{}
	for i, page := range p.Pages {
		at := fmt.Sprintf("publish.pages[%d]", i)
		if seen[page.ID] {
			errs = append(errs, fmt.Errorf("%s.id %q stands twice; give each page its own", at, page.ID))
		}
		seen[page.ID] = true
		errs = append(errs, page.validate(at)...)
	}
	return errors.Join(errs...)
}

func (p *Page) validate(at string) (errs []error) {
	if !validPageID(p.ID) {
		errs = append(errs, fmt.Errorf("%s.id is %q; write lower-case letters, digits and dashes, and not nl, en or static", at, p.ID))
	}
	if !slices.Contains([]string{"", "open", "network", "oidc", "link"}, p.Access) {
		errs = append(errs, fmt.Errorf("%s.access is %q; write open, network, oidc or link", at, p.Access))
	}
	for _, l := range p.Languages {
		if l != "nl" && l != "en" {
			errs = append(errs, fmt.Errorf("%s.languages holds %q; write nl or en", at, l))
		}
	}
	return errs
}

// validPageID keeps ids apart from the other names below /s/.
func validPageID(id string) bool {
	if id == "nl" || id == "en" || id == "static" || len(id) > 64 {
		return false
	}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func absolute(key, s string, required bool) error {
	if s == "" && !required {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("%s is %q; write the whole address, such as https://storingen.example.org", key, s)
	}
	return nil
}

// pages returns the pages to publish with every gap filled in.
func (c *Config) pages() []Page {
	if !c.Publish.Enabled {
		return nil
	}
	pages := slices.Clone(c.Publish.Pages)
	if len(pages) == 0 {
		pages = []Page{{}}
	}
	for i := range pages {
		if len(pages[i].Languages) == 0 {
			pages[i].Languages = []string{"nl", "en"}
			if c.Language == "en" {
				pages[i].Languages = []string{"en", "nl"}
			}
		}
		if pages[i].Contact == "" {
			pages[i].Contact = c.Contact
		}
	}
	return pages
}

// publicURL is where the status pages are reached, without a slash at the end.
func (c *Config) publicURL() string {
	if c.Publish.ExternalURL != "" {
		return strings.TrimRight(c.Publish.ExternalURL, "/")
	}
	return strings.TrimRight(c.ExternalURL, "/")
}
