package door

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"headstart"
	"headstart/web/door/issuer"
)

// OIDC lets people log in at an OpenID Connect issuer, such as Entra ID or Keycloak.
type OIDC struct {
	// Issuer is the URL exactly as the issuer calls itself, with or without a slash at
	// its end. It is first asked when somebody logs in.
	Issuer   string `yaml:"issuer" json:"issuer"`
	ClientID string `yaml:"client_id" json:"client_id"` // the id the issuer gave this desk

	// ClientSecretFile is read at each log-in; empty: a public client, which PKCE alone
	// protects.
	ClientSecretFile string `yaml:"client_secret_file" json:"client_secret_file,omitempty"`

	Scopes      []string `yaml:"scopes" json:"scopes,omitempty"`             // beside openid; none: profile and email
	GroupsClaim string   `yaml:"groups_claim" json:"groups_claim,omitempty"` // a claim, or a path such as realm_access.roles; empty: groups
	NameClaim   string   `yaml:"name_claim" json:"name_claim,omitempty"`     // of the log-in name; empty: preferred_username, else email

	Roles map[string]string `yaml:"roles" json:"roles,omitempty"` // group to role; nobody else has access

	// Locations binds the people of a group to locations, as auth.users[].locations does.
	Locations map[string][]string `yaml:"locations" json:"locations,omitempty"`

	CAFile   string `yaml:"ca_file" json:"ca_file,omitempty"`   // empty: the system's
	ProxyURL string `yaml:"proxy_url" json:"-"`                 // empty: none; may hold a password
	NoProxy  string `yaml:"no_proxy" json:"no_proxy,omitempty"` // hosts that are reached without proxy_url, with commas
}

func (o *OIDC) mapping() mapping { return mapping{o.Roles, o.Locations} }

func (o *OIDC) validate() error {
	var errs []error
	if err := issuer.CheckURL(o.Issuer); err != nil {
		errs = append(errs, fmt.Errorf("auth.oidc.issuer: %w", err))
	}
	if o.ClientID == "" {
		errs = append(errs, errors.New("auth.oidc.client_id is empty; register this desk at the issuer and write the id it gives"))
	}
	if o.ClientSecretFile != "" {
		if _, err := o.secret(); err != nil {
			errs = append(errs, fmt.Errorf("auth.oidc.%w", err))
		}
	}
	if slices.Contains(o.Scopes, "") {
		errs = append(errs, errors.New("auth.oidc.scopes holds an empty name; write scopes such as profile"))
	}
	if len(o.Roles) == 0 {
		errs = append(errs, errors.New("auth.oidc.roles is empty, so nobody gets in; map a group to viewer, desk, approver or admin"))
	}
	errs = append(errs, o.mapping().validate("auth.oidc", false))
	if u, err := url.Parse(o.ProxyURL); o.ProxyURL != "" && (err != nil || u.Host == "") {
		errs = append(errs, errors.New("auth.oidc.proxy_url is no URL; write one such as http://proxy.example:3128"))
	}
	if o.NoProxy != "" && o.ProxyURL == "" {
		errs = append(errs, errors.New("auth.oidc.no_proxy stands without proxy_url; set both, or neither"))
	}
	if _, err := issuer.NewHTTP(issuer.HTTPOptions{Dialer: &headstart.Dialer{}, CAFile: o.CAFile}); err != nil {
		errs = append(errs, fmt.Errorf("auth.oidc.ca_file: %w", err))
	}
	return errors.Join(errs...)
}

func (o *OIDC) secret() (string, error) {
	if o.ClientSecretFile == "" {
		return "", nil
	}
	return secret("", o.ClientSecretFile, "client_secret")
}

// newIssuer makes the client of c, or keeps the one before it when nothing of it
// changed: what the issuer said of itself stays known through a reload.
func (d *Door) newIssuer(c *OIDC) (*issuer.Client, error) {
	if c == nil {
		return nil, nil
	}
	if before := d.guard.Load(); before != nil && before.issuer != nil && reflect.DeepEqual(before.cfg.Auth.OIDC, c) {
		return before.issuer, nil
	}
	dialer := d.opts.Dialer
	if dialer == nil {
		dialer = &headstart.Dialer{}
	}
	client, err := issuer.NewHTTP(issuer.HTTPOptions{Dialer: dialer, CAFile: c.CAFile, ProxyURL: c.ProxyURL, NoProxy: c.NoProxy})
	if err != nil {
		return nil, fmt.Errorf("auth.oidc: %w", err)
	}
	scopes := c.Scopes
	if len(scopes) == 0 {
		scopes = []string{"profile", "email"}
	}
	return issuer.New(issuer.Options{
		Issuer: c.Issuer, ClientID: c.ClientID, Secret: c.secret, HTTP: client,
		Scopes: scopes, GroupsClaim: c.GroupsClaim, NameClaim: c.NameClaim, Now: d.now,
	}), nil
}

// oidcUser begins the user of a session that an issuer vouches for; its subject follows.
const oidcUser = "oidc:"

// byIssuer is the person of a session as the mapping has him now.
func (g *guard) byIssuer(s session) (headstart.Identity, bool) {
	o := g.cfg.Auth.OIDC
	if o == nil || g.taken(s.Name) {
		return headstart.Identity{}, false
	}
	return o.mapping().identity(s.Name, o.mapping().keys(s.Name, s.Groups, false)), true
}

// taken reports whether name is that of an account of ours, in whatever case: a person
// of the issuer must not stand in timelines as somebody else.
func (g *guard) taken(name string) bool {
	for user := range g.users {
		if strings.EqualFold(user, name) {
			return true
		}
	}
	return slices.ContainsFunc(g.tokens, func(t grant) bool { return strings.EqualFold(t.id.Name, name) })
}
