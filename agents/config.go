package agents

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	httpconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

// Site is one entry of agents: a site agent that may report here.
type Site struct {
	// Name is part of the names of the agent's probes: ping@NAME.
	Name string `yaml:"name" json:"name"`

	// Asset is the device of the catalog the agent runs on. What that depends on says
	// whose fault it is when the agent falls silent.
	Asset string `yaml:"asset" json:"asset"`

	TokenFile string `yaml:"token_file" json:"token_file"` // its token, as Bearer; of no other agent

	// SilentAfter is how long the agent may give no sign of life before it counts as
	// silent; it gives one every 30 s. Zero: 90s.
	SilentAfter model.Duration `yaml:"silent_after" json:"silent_after,omitempty"`
}

// Sites is the list agents.
type Sites []Site

const (
	heartbeat    = 30 * time.Second // how often an agent gives a sign of life at least
	defaultQuiet = 3 * heartbeat
)

func (s *Site) silentAfter() time.Duration {
	if s.SilentAfter == 0 {
		return defaultQuiet
	}
	return time.Duration(s.SilentAfter)
}

var siteName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// Validate reports every mistake that can be seen without the catalog.
func (list Sites) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for i, s := range list {
		where := fmt.Sprintf("agents[%d]", i)
		if s.Name != "" {
			where = "agents[" + s.Name + "]"
		}
		bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(where+": "+format, args...)) }
		if !siteName.MatchString(s.Name) {
			bad("name is %q; use lower-case letters, digits, dots and dashes, such as noord", s.Name)
		} else if seen[s.Name] {
			bad("the name is used twice; rename one of the two")
		}
		seen[s.Name] = true
		if s.Asset == "" {
			bad("asset is missing; name the device of the catalog the agent runs on, so that its silence can be told from a broken line")
		}
		if s.TokenFile == "" {
			bad("token_file is missing; name a file with a token of this agent's own")
		}
		if d := s.silentAfter(); d < 2*heartbeat || d > 24*time.Hour {
			bad("silent_after is %s; set 1m to 1d: an agent gives a sign of life every 30s", s.SilentAfter)
		}
	}
	return errors.Join(errs...)
}

// Bearers returns the files of the agents' tokens, each by the name of the identity it
// stands for. They need the scope ingest.
func (list Sites) Bearers() map[string]string {
	out := map[string]string{}
	for _, s := range list {
		out[identity(s.Name)] = s.TokenFile
	}
	return out
}

// identity is whom an agent's token stands for.
func identity(name string) string { return "agent/" + name }

// Under is how the paths begin that the token of an identity of Bearers opens.
func Under(name string) string {
	return "/api/v1/agents/" + strings.TrimPrefix(name, identity("")) + "/"
}

// Upstream is where a site agent reports to.
type Upstream struct {
	URL       string `yaml:"url" json:"url"`                         // the headstart that decides, without a path
	Agent     string `yaml:"agent" json:"agent,omitempty"`           // our name there, one of its agents
	TokenFile string `yaml:"token_file" json:"token_file,omitempty"` // file with the token the upstream knows this agent by

	CAFile   string `yaml:"ca_file" json:"ca_file,omitempty"`     // empty: the system's
	CertFile string `yaml:"cert_file" json:"cert_file,omitempty"` // certificate this agent shows, for mutual TLS
	KeyFile  string `yaml:"key_file" json:"key_file,omitempty"`   // its key
	ProxyURL string `yaml:"proxy_url" json:"-"`                   // empty: none, whatever the environment says
	NoProxy  string `yaml:"no_proxy" json:"no_proxy,omitempty"`   // hosts that are reached without proxy_url, with commas

	// InsecureHTTP lets the token travel where others can read it.
	InsecureHTTP bool `yaml:"insecure_http" json:"insecure_http,omitempty"`
}

// Validate reports every mistake; an Upstream without URL is none.
func (u *Upstream) Validate() error {
	if u.URL == "" {
		return nil
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	at, err := url.Parse(u.URL)
	switch {
	case err != nil, at.Scheme != "http" && at.Scheme != "https", at.Host == "", at.User != nil, strings.Trim(at.Path, "/") != "", at.RawQuery != "":
		bad("upstream.url is %q; write the address of the other headstart, such as https://headstart.example", u.URL)
	case at.Scheme == "http" && !u.InsecureHTTP && !loopback(at.Hostname()):
		bad("upstream.url is %s, so the token travels in the clear; write https://, or set upstream.insecure_http: true", u.URL)
	}
	if !siteName.MatchString(u.Agent) {
		bad("upstream.agent is %q; write the name that the upstream has for this agent under agents", u.Agent)
	}
	if u.TokenFile == "" {
		bad("upstream.token_file is missing; name the file with this agent's token")
	}
	if (u.CertFile == "") != (u.KeyFile == "") {
		bad("upstream.cert_file and key_file belong together; set both, or neither")
	}
	if p, err := url.Parse(u.ProxyURL); u.ProxyURL != "" && (err != nil || p.Host == "") {
		bad("upstream.proxy_url is no URL; write one such as http://proxy.example:3128")
	}
	if u.NoProxy != "" && u.ProxyURL == "" {
		bad("upstream.no_proxy stands without proxy_url; set both, or neither")
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}

// client is how the upstream is reached.
func (u *Upstream) client() (httpconfig.HTTPClientConfig, error) {
	c := httpconfig.DefaultHTTPClientConfig
	c.FollowRedirects = false // the token goes nowhere else
	c.EnableHTTP2 = false     // a connection for each: one that died in silence takes no other along
	c.TLSConfig = httpconfig.TLSConfig{CAFile: u.CAFile, CertFile: u.CertFile, KeyFile: u.KeyFile}
	c.Authorization = &httpconfig.Authorization{Type: "Bearer", CredentialsFile: u.TokenFile}
	if u.ProxyURL != "" {
		p, err := url.Parse(u.ProxyURL)
		if err != nil {
			return c, errors.New("upstream.proxy_url is no URL") // not the URL: it may hold a password
		}
		c.ProxyURL, c.NoProxy = httpconfig.URL{URL: p}, u.NoProxy
	}
	return c, c.Validate()
}
