package systems

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"headstart/credentials"
)

// mailAddressForm is what an address of a mailbox looks like; it stands in paths.
var mailAddressForm = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$`)

// tenantForm is a directory's id or one of its domains; it stands in a path.
var tenantForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,190}$`)

// validateMail reports every mistake of the keys that only mailboxes have.
func (s Settings) validateMail(t string, k kind) error {
	if !k.mail {
		if s.Tenant != "" || s.TokenURL != "" || s.Mailbox != "" || len(s.Domains) > 0 || s.AuthservID != "" || s.ForbiddenMailbox != "" {
			return errors.New(" has tenant, token_url, mailbox, domains, authserv_id or forbidden_mailbox, which belong to imap and graph; take them out")
		}
		return nil
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if s.TokenFile != "" || s.HookSecretFile != "" || s.CreateIn != "" || len(s.Fields) > 0 || len(s.Priorities) > 0 || len(s.Channels) > 0 {
		bad(" has token_file, hook_secret_file, create_in, fields, priorities or channels, which no mailbox has; take them out")
	}
	if address := mailAddress(s); !mailAddressForm.MatchString(address) && (s.Mailbox != "" || s.ClientID != "") {
		bad(".mailbox is %q; write the address of the mailbox, such as servicedesk@example.org", s.Mailbox)
	}
	for _, d := range s.Domains {
		if !tenantForm.MatchString(d) {
			bad(".domains: %q is no domain; write one such as example.org", d)
		}
	}
	return errors.Join(append(errs, s.validateTenant(), s.validateGraph(t))...)
}

// validateGraph looks at the keys in which the two ways to a mailbox differ.
func (s Settings) validateGraph(t string) error {
	switch {
	case t == "graph" && s.AuthservID != "":
		return errors.New(".authserv_id is not needed with graph: Exchange says itself who is of your organisation; take it out")
	case t == "graph" && s.Write.PublicReply != "" && len(s.Domains) == 0:
		return errors.New(".write.public_reply is on, and only people of domains are answered; set domains, such as [example.org]")
	case s.ForbiddenMailbox == "":
		return nil
	case t != "graph", !mailAddressForm.MatchString(s.ForbiddenMailbox), strings.EqualFold(s.ForbiddenMailbox, s.Mailbox):
		return fmt.Errorf(".forbidden_mailbox is %q; write, with graph, the address of a mailbox that must not be read", s.ForbiddenMailbox)
	}
	return nil
}

// validateTenant looks at where an application gets its tokens.
func (s Settings) validateTenant() error {
	if s.ClientID == "" {
		return nil
	}
	if s.TokenURL == "" {
		if !tenantForm.MatchString(s.Tenant) {
			return fmt.Errorf(".tenant is %q; write the directory's id, or a domain such as example.onmicrosoft.com", s.Tenant)
		}
		return nil
	}
	// The client secret is sent there: in the clear only to this machine.
	u, err := url.Parse(s.TokenURL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopbackName(u.Hostname())) {
		return errors.New(".token_url is no https address; write one such as https://login.microsoftonline.us/TENANT/oauth2/v2.0/token")
	}
	return nil
}

func loopbackName(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// tokenURL is where tokens come from: Microsoft's public cloud unless told otherwise.
func (s Settings) tokenURL() string {
	if s.TokenURL != "" {
		return s.TokenURL
	}
	return credentials.EntraURL(s.Tenant)
}
