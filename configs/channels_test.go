package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is shown of channels holds no address and no template: either may be a secret.
func TestShowHidesChannels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "headstart.yml")
	text := `channels:
  - {name: chat, type: slack-webhook, url: "https://hooks.example.org/geheim", proxy_url: "http://u:geheim@proxy.example.org"}
  - name: sms
    type: sms
    to: ["+31612345678"]
    url: https://sms.example.org/?key=geheim
    headers: {X-Key: geheim}
    body: '{"key": "geheim", "text": {{json .Text}}}'
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(Source{File: file})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := cfg.Show()
	if err != nil || strings.Contains(shown, "geheim") || !strings.Contains(shown, "X-Key: <secret>") || !strings.Contains(shown, "+31612345678") {
		t.Errorf("%v; want names and numbers, and no secret:\n%s", err, shown)
	}
}

// An announcement mailed to the helpdesk would open a ticket: such an address is refused,
// whatever its case and name, wherever the ticket system's settings tell it.
func TestChannelsMailNoQueue(t *testing.T) {
	for name, tc := range map[string]struct {
		to    string
		wrong string // part of what is said; empty: nothing
	}{
		"everybody":         {"iedereen@example.org", ""},
		"a listed address":  {"Servicedesk@Example.org", "channels[mail].to holds servicedesk@example.org, whose mail becomes a ticket of tickets.sources[rt]"},
		"a mailbox":         {"Postvak <hulp@example.org>", "tickets.sources[box]"},
		"a number of a sms": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range []string{"token", "password"} {
				if err := os.WriteFile(filepath.Join(dir, f), []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			text := `tickets:
  sources:
    - {name: rt, type: rt, url: "https://rt.example.org", token_file: token, addresses: [servicedesk@example.org]}
    - {name: box, type: imap, url: "imaps://mail.example.org", username: hulp@example.org, password_file: password}
channels:
  - {name: sms, type: sms, url: "https://sms.example.org", to: ["+31612345678"], body: "{}"}
`
			if tc.to != "" {
				text += `  - {name: mail, type: email, smarthost: "mail.example.org:25", from: storing@example.org, to: ["` + tc.to + `"]}
`
			}
			file := filepath.Join(dir, "headstart.yml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(Source{File: file})
			if tc.wrong == "" && err != nil || tc.wrong != "" && (err == nil || !strings.Contains(err.Error(), tc.wrong)) {
				t.Errorf("%v; want %q", err, tc.wrong)
			}
		})
	}
}

// A service that the catalog lacks has no outage to record; a name that users should not
// meet, or that no text message holds, is warned of before it turns a message into a draft.
func TestNamesAndItemsAreChecked(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"catalog.yml": "services: [{id: print, name: Printen, kind: printer}, {id: erp, name: ERP server, kind: application}]\n",
		"secret":      "a secret of twenty bytes",
		"headstart.yml": `catalog: [catalog.yml]
channels: [{name: cmdb, type: servicenow-outage, url: "https://example.service-now.com", username: u, password_file: secret, items: {print: Printing, mial: Mail}}]
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "headstart.yml")
	if _, err := Load(Source{File: file}); err == nil || !strings.Contains(err.Error(), `channels[cmdb].items names "mial", which is no service`) || strings.Contains(err.Error(), `"print"`) {
		t.Errorf("%v; want mial named", err)
	}
	if err := os.WriteFile(file, []byte("catalog: [catalog.yml]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(Source{File: file})
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(cfg.Warnings, "\n"); !strings.Contains(all, `service erp is called "ERP server": "server" is`) || strings.Contains(all, "print") {
		t.Errorf("warnings %q; want the name of erp alone", cfg.Warnings)
	}
}
