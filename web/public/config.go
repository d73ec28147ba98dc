package public

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Config is the key publish of headstart.yml.
type Config struct {
	Enabled bool `yaml:"enabled" json:"enabled"` // no: there is no status page

	// Listen gives the pages a listener of their own; empty: the desk's.
	Listen string `yaml:"listen" json:"listen,omitempty"`

	// ExternalURL is where readers reach the pages; empty: external_url. Links are
	// made from it, never from a request's Host.
	ExternalURL string `yaml:"external_url" json:"external_url,omitempty"`

	// EmbedOrigins are the sites, such as https://portal.example.org, that may show
	// banner.html in a frame; none: nobody may.
	EmbedOrigins []string `yaml:"embed_origins" json:"embed_origins,omitempty"`

	// StaticDir is a folder that gets a copy of every open page as files, for a web
	// server elsewhere; empty: none.
	StaticDir string `yaml:"static_dir" json:"static_dir,omitempty"`

	// TicketURL is where "Ik heb een ander probleem" leads: a portal, or mailto:.
	// Empty: the page says how to reach the helpdesk, in the words of contact.
	TicketURL string `yaml:"ticket_url" json:"ticket_url,omitempty"`

	SubscribeDomains []string `yaml:"subscribe_domains" json:"subscribe_domains,omitempty"` // domains of mail addresses that may subscribe; none: the form is not there
	Pages            []Page   `yaml:"pages" json:"pages,omitempty"`                         // none: one page of everything
}

// Page is one status page.
type Page struct {
	ID        string   `yaml:"id" json:"id"`                         // part of the path; empty: the page at /s/
	Title     string   `yaml:"title" json:"title,omitempty"`         // its heading; empty: the name of the organisation
	Access    string   `yaml:"access" json:"access,omitempty"`       // open network oidc link; empty: open
	Networks  []string `yaml:"networks" json:"networks,omitempty"`   // of access network; empty: those of the catalog's locations
	Locations []string `yaml:"locations" json:"locations,omitempty"` // empty: all
	Services  []string `yaml:"services" json:"services,omitempty"`   // empty: all
	Languages []string `yaml:"languages" json:"languages,omitempty"` // the first is the page's; empty: both
	Contact   string   `yaml:"contact" json:"contact,omitempty"`     // empty: the general one
}

// DefaultConfig has the status page on, on the desk's listener.
func DefaultConfig() Config { return Config{Enabled: true} }

// Validate reports every mistake, each with its key and remedy. Listen is the
// listener's to judge.
func (c *Config) Validate() error {
	errs := []error{absolute(c.ExternalURL), c.validTicketURL()}
	for i, o := range c.EmbedOrigins {
		if !isOrigin(o) {
			errs = append(errs, fmt.Errorf("publish.embed_origins[%d] is %q; write scheme and host alone, such as https://portal.example.org", i, o))
		}
	}
	seen := map[string]bool{}
	for i, page := range c.Pages {
		key := fmt.Sprintf("publish.pages[%d]", i)
		if seen[page.ID] {
			errs = append(errs, fmt.Errorf("%s.id %q stands twice; give each page its own", key, page.ID))
		}
		seen[page.ID] = true
		errs = append(errs, page.validate(key))
	}
	return errors.Join(errs...)
}

func (p *Page) validate(key string) error {
	var errs []error
	if !validID(p.ID) {
		errs = append(errs, fmt.Errorf("%s.id is %q; use lower-case letters, digits and dashes, and not nl, en, api, link, static, subscribe, unsubscribe or confirm", key, p.ID))
	}
	if !slices.Contains([]string{"", "open", "network", "oidc", "link"}, p.Access) {
		errs = append(errs, fmt.Errorf("%s.access is %q; write open, network, oidc or link", key, p.Access))
	}
	for _, n := range p.Networks {
		if _, ok := prefix(n); !ok {
			errs = append(errs, fmt.Errorf("%s.networks holds %q; write a network such as 10.1.0.0/16", key, n))
		}
	}
	if len(p.Networks) > 0 && p.Access != accessNetwork {
		errs = append(errs, fmt.Errorf("%s.networks has no effect with access %q; write access: network, or leave it out", key, cmp.Or(p.Access, accessOpen)))
	}
	for _, l := range p.Languages {
		if l != "nl" && l != "en" {
			errs = append(errs, fmt.Errorf("%s.languages holds %q; write nl or en", key, l))
		}
	}
	return errors.Join(errs...)
}

// validID keeps ids of pages apart from the other names below /s/. What a page
// offers is a name with a dot, or twelve hexadecimal digits.
func validID(id string) bool {
	reserved := []string{"nl", "en", "api", "link", "static", "subscribe", "unsubscribe", "confirm"}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && len(id) <= 64 && !slices.Contains(reserved, id) && !isID(id)
}

// isOrigin reports whether s is an origin as browsers compare them. What else could
// stand in a list of frame-ancestors, such as a semicolon, would change the policy.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && s == u.Scheme+"://"+u.Host &&
		strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789-.:[]") == ""
}

func absolute(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("publish.external_url is %q; write a URL such as https://storing.example.nl", s)
	}
	return nil
}

func (c *Config) validTicketURL() error {
	u, err := url.Parse(c.TicketURL)
	if c.TicketURL == "" || (err == nil && (u.Scheme == "mailto" || ((u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil))) {
		return nil
	}
	return fmt.Errorf("publish.ticket_url is %q; write the whole address, such as https://portal.example.org/nieuw or mailto:servicedesk@example.org", c.TicketURL)
}

// Published returns the pages to publish with every gap filled in.
func (c *Config) Published(language, contact string) []Page {
	if !c.Enabled {
		return nil
	}
	pages := slices.Clone(c.Pages)
	if len(pages) == 0 {
		pages = []Page{{}}
	}
	for i := range pages {
		if len(pages[i].Languages) == 0 {
			pages[i].Languages = []string{"nl", "en"}
			if language == "en" {
				pages[i].Languages = []string{"en", "nl"}
			}
		}
		if pages[i].Contact == "" {
			pages[i].Contact = contact
		}
		if pages[i].Access == "" {
			pages[i].Access = "open"
		}
	}
	return pages
}
