package door

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	commoncfg "github.com/prometheus/common/config"

	"headstart"
)

// Config holds the keys of the configuration that say who may come in and how.
type Config struct {
	// Listen is the address of the desk: pages, API, ingest, metrics.
	Listen string `yaml:"listen" json:"listen"`

	// ExternalURL is how people reach the desk; not written: at listen. Links are made
	// from it, never from the Host header.
	ExternalURL string `yaml:"external_url" json:"external_url"`

	// WebConfigFile is a file in exporter-toolkit's format: TLS, client CA and
	// basic auth. It is read again whenever it changes.
	WebConfigFile string `yaml:"web_config_file" json:"web_config_file"`

	// InsecureHTTP allows plain HTTP on an address others can reach.
	InsecureHTTP bool `yaml:"insecure_http" json:"insecure_http"`

	// TrustedProxies are the CIDRs whose forwarding headers are believed.
	TrustedProxies []string `yaml:"trusted_proxies" json:"trusted_proxies,omitempty"`
	ClientIPHeader string   `yaml:"client_ip_header" json:"client_ip_header"` // the header in which they tell whom they speak for

	Auth    Auth    `yaml:"auth" json:"auth"`
	Publish Publish `yaml:"-" json:"-"` // of the key publish, which package web/public reads
}

// Auth says who may do what. Without it nobody logs in: loopback may read, deliver
// alerts and probe, everything else needs the admin token (ruling 37).
type Auth struct {
	Users  []User  `yaml:"users" json:"users,omitempty"`
	Tokens []Token `yaml:"tokens" json:"tokens,omitempty"`
	Proxy  *Proxy  `yaml:"proxy" json:"proxy,omitempty"`
	OIDC   *OIDC   `yaml:"oidc" json:"oidc,omitempty"`
}

// Configured reports whether anything says who may come in.
func (a *Auth) Configured() bool {
	return len(a.Users) > 0 || len(a.Tokens) > 0 || a.Proxy != nil || a.OIDC != nil
}

// User is a person who logs in with a name and a password.
type User struct {
	Name string `yaml:"name" json:"name"` // login name

	// Password is a password or its argon2id hash ($argon2id$v=19$...).
	Password     commoncfg.Secret `yaml:"password" json:"password,omitempty"`
	PasswordFile string           `yaml:"password_file" json:"password_file,omitempty"` // instead of password

	Role      string   `yaml:"role" json:"role"`                     // viewer desk approver admin
	Locations []string `yaml:"locations" json:"locations,omitempty"` // empty: all
}

// Token lets a program in, as Bearer or as the password of Basic.
type Token struct {
	Name      string            `yaml:"name" json:"name"`                       // its name in the audit log
	Token     commoncfg.Secret  `yaml:"token" json:"token,omitempty"`           // the token itself
	TokenFile string            `yaml:"token_file" json:"token_file,omitempty"` // instead of token
	Scopes    []headstart.Scope `yaml:"scopes" json:"scopes"`                   // read write ingest probe admin

	// Under, of a sender that has one thing to say, is how the paths begin that the
	// token opens; empty: all that its scopes do.
	Under string `yaml:"-" json:"-"`
}

// Proxy trusts a reverse proxy that has logged the user in itself.
type Proxy struct {
	Header       string            `yaml:"header" json:"header"`                         // that holds the login name
	GroupsHeader string            `yaml:"groups_header" json:"groups_header,omitempty"` // that holds the groups, with commas
	From         []string          `yaml:"from" json:"from"`                             // CIDRs; anybody else's header is taken off
	Roles        map[string]string `yaml:"roles" json:"roles,omitempty"`                 // group, or user:NAME, to role; nobody else has access

	// Locations binds the people of a group, or user:NAME, to locations, as
	// auth.users[].locations does.
	Locations map[string][]string `yaml:"locations" json:"locations,omitempty"`
}

func (p *Proxy) mapping() mapping { return mapping{p.Roles, p.Locations} }

// Publish is where the public pages are served.
type Publish struct {
	Enabled bool

	// Listen gives the pages a listener of their own; empty: on the desk's.
	Listen      string
	ExternalURL string // empty: the desk's
}

// DefaultConfig returns the defaults of CONTRACT section 2.
func DefaultConfig() Config {
	return Config{
		Listen:         "127.0.0.1:8480",
		ExternalURL:    "http://127.0.0.1:8480",
		ClientIPHeader: "X-Forwarded-For",
		Publish:        Publish{Enabled: true},
	}
}

// OwnURL is what external_url is unless it is written down: the address that the desk
// listens at, as a browser on this machine finds it.
func (c *Config) OwnURL() string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil || port == "0" || !headstart.ValidPort(port, 1) {
		return DefaultConfig().ExternalURL // checked elsewhere, or chosen by the system
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if c.WebConfigFile != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// SetDirectory makes relative file names start at dir.
func (c *Config) SetDirectory(dir string) {
	c.WebConfigFile = commoncfg.JoinDir(dir, c.WebConfigFile)
	for i := range c.Auth.Users {
		c.Auth.Users[i].PasswordFile = commoncfg.JoinDir(dir, c.Auth.Users[i].PasswordFile)
	}
	for i := range c.Auth.Tokens {
		c.Auth.Tokens[i].TokenFile = commoncfg.JoinDir(dir, c.Auth.Tokens[i].TokenFile)
	}
	if o := c.Auth.OIDC; o != nil {
		o.ClientSecretFile, o.CAFile = commoncfg.JoinDir(dir, o.ClientSecretFile), commoncfg.JoinDir(dir, o.CAFile)
	}
}

// Validate reports every mistake, each with its key and remedy. It reads the
// files the keys name.
func (c *Config) Validate() error {
	var errs []error
	errs = append(errs, checkListen("listen", c.Listen), checkURL("external_url", c.ExternalURL, true))
	if _, err := prefixes("trusted_proxies", c.TrustedProxies); err != nil {
		errs = append(errs, err)
	}
	if c.ClientIPHeader == "" || strings.ContainsAny(c.ClientIPHeader, " :\t\r\n") {
		errs = append(errs, fmt.Errorf("client_ip_header is %q; write the name of a header such as X-Forwarded-For", c.ClientIPHeader))
	}
	tls := false
	if c.WebConfigFile != "" {
		f, err := readWebConfig(c.WebConfigFile)
		if err != nil {
			errs = append(errs, fmt.Errorf("web_config_file: %w", err))
		} else {
			tls = f.tls != nil
		}
	}
	errs = append(errs, c.checkPlain("listen", c.Listen, tls), c.Auth.validate())
	if c.Publish.Listen != "" {
		errs = append(errs, checkListen("publish.listen", c.Publish.Listen))
		errs = append(errs, c.checkPlain("publish.listen", c.Publish.Listen, tls))
	}
	return errors.Join(errs...)
}

// checkPlain holds ruling 38: no plain HTTP where others can listen in, unless
// somebody wrote down that he wants it.
func (c *Config) checkPlain(key, address string, tls bool) error {
	if tls || c.InsecureHTTP || len(c.TrustedProxies) > 0 || loopbackAddress(address) {
		return nil
	}
	if checkListen(key, address) != nil { // said already
		return nil
	}
	return fmt.Errorf("%s is %s, which others can reach, without TLS; name a certificate in web_config_file, "+
		"or the proxy in front in trusted_proxies, or set insecure_http: true", key, address)
}

func checkListen(key, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil || !headstart.ValidPort(port, 0) {
		return fmt.Errorf("%s is %q; write address:port such as 127.0.0.1:8480 or [::]:8480", key, address)
	}
	return nil
}

func checkURL(key, s string, root bool) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() != "" && !headstart.ValidPort(u.Port(), 1) {
		return fmt.Errorf("%s is %q; write a URL such as https://storing.example.nl", key, s)
	}
	if root && strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("%s is %q with a path; headstart serves at the root of a host, give it a host name of its own", key, s)
	}
	return nil
}

// prefixes reads CIDRs; a bare address stands for itself.
func prefixes(key string, list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	var errs []error
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				errs = append(errs, fmt.Errorf("%s holds %q; write a network such as 10.0.0.5/32", key, s))
				continue
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, errors.Join(errs...)
}

// loopbackAddress reports whether only this machine can reach address.
func loopbackAddress(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
