package systems

import (
	"strings"
	"testing"
)

// TestMailboxSettings: each mistake is named with what to write instead.
func TestMailboxSettings(t *testing.T) {
	good := map[string]Settings{
		"imap":  {URL: "imaps://mail.example.org", Username: "desk", PasswordFile: "p"},
		"graph": {URL: "https://graph.microsoft.com", Mailbox: boxName, Tenant: "example.onmicrosoft.com", ClientID: "app", ClientSecretFile: "s"},
	}
	for kind, s := range good {
		if err := s.Validate(kind); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	reply := Switch("on")
	for name, test := range map[string]struct {
		kind   string
		change func(*Settings)
		want   string
	}{
		"a web address":           {"imap", func(s *Settings) { s.URL = "https://mail.example.org" }, "imaps://imap.example"},
		"POP":                     {"imap", func(s *Settings) { s.URL = "pop3s://mail.example.org" }, ".url"},
		"both ways to log in":     {"imap", func(s *Settings) { s.ClientID, s.ClientSecretFile = "app", "s" }, "either username"},
		"no way to log in":        {"imap", func(s *Settings) { s.PasswordFile = "" }, "either username"},
		"no address of the box":   {"imap", func(s *Settings) { s.Mailbox = "desk" }, ".mailbox"},
		"replies over IMAP":       {"imap", func(s *Settings) { s.Write.PublicReply = reply }, "sends no mail"},
		"a forbidden box by IMAP": {"imap", func(s *Settings) { s.ForbiddenMailbox = boxName }, ".forbidden_mailbox"},
		"a token":                 {"imap", func(s *Settings) { s.TokenFile = "t" }, "no mailbox has"},
		"a domain that is none":   {"imap", func(s *Settings) { s.Domains = []string{"@example.org"} }, ".domains"},
		"no tenant":               {"graph", func(s *Settings) { s.Tenant = "" }, ".tenant"},
		"a tenant with a path":    {"graph", func(s *Settings) { s.Tenant = "a/../b" }, ".tenant"},
		"a path as an address":    {"graph", func(s *Settings) { s.Mailbox = "../x@example.org" }, ".mailbox"},
		"tokens in the clear":     {"graph", func(s *Settings) { s.TokenURL = "http://login.example/token" }, ".token_url"},
		"a name like loopback":    {"graph", func(s *Settings) { s.TokenURL = "http://127.0.0.1.evil.example/token" }, ".token_url"},
		"its own box forbidden":   {"graph", func(s *Settings) { s.ForbiddenMailbox = boxName }, ".forbidden_mailbox"},
		"whose word counts":       {"graph", func(s *Settings) { s.AuthservID = "mx.example.org" }, ".authserv_id"},
		"no secret":               {"graph", func(s *Settings) { s.ClientSecretFile = "" }, "client_secret_file"},
	} {
		s := good[test.kind]
		test.change(&s)
		if err := s.Validate(test.kind); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want a mistake that names %q", name, err, test.want)
		}
	}
	other := Settings{URL: "https://zammad.example", TokenFile: "t", Mailbox: boxName}
	if err := other.Validate("zammad"); err == nil || !strings.Contains(err.Error(), "belong to imap and graph") {
		t.Errorf("a mailbox of another system: %v", err)
	}
}
