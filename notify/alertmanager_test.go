package notify

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

func wantError(t *testing.T, text, want string) {
	t.Helper()
	if _, err := NewRouter(text); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want an error about %q", text, err, want)
	}
}

const existing = `
global: {resolve_timeout: 1m, smtp_smarthost: 'mail:25', smtp_from: a@b.nl, smtp_auth_password: hunter2}
templates: [words/*.tmpl]
route:
  receiver: all
  group_by: [job]
  routes: [{match_re: {team: 'net|lan'}, receiver: net, mute_time_intervals: [old]}]
mute_time_intervals: [{name: old, time_intervals: [{weekdays: [sunday]}]}]
inhibit_rules:
- {source_match: {severity: critical}, target_match_re: {severity: 'warn.*'}, equal: [instance, alertname]}
- {name: two, source_matchers: ['a!="b"'], target_matchers: ['c!~"d"']}
receivers: [{name: net, email_configs: [{to: n@b.nl}]}, {name: all, labels: {owner: desk}}]
event_recorder: {}
`

// An alertmanager.yml is taken over as it is, old keys and all.
func TestReadAlertmanager(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	if err := errors.Join(
		os.WriteFile(file, []byte(existing), 0o600),
		os.Mkdir(filepath.Join(dir, "words"), 0o700),
		os.WriteFile(filepath.Join(dir, "words", "ours.tmpl"), []byte(`{{ define "ours" }}{{ end }}`), 0o600), // a pattern that matches nothing is refused
	); err != nil {
		t.Fatal(err)
	}
	var c Config
	if err := c.ReadAlertmanager(file); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	got, err := c.Routing()
	if err != nil {
		t.Fatal(err)
	}
	want := Routing{
		File: file, Routes: 2, Receivers: []string{"all", "net"}, Intervals: []string{"old"}, Inhibit: 2,
		Superseded: []string{"group_by"}, Without: []string{"global.resolve_timeout", "event_recorder"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routing (-want +got):\n%s", diff)
	}
	rules, err := c.Inhibits()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]headstart.InhibitRule{
		{
			Source: []headstart.Matcher{{Name: "severity", Value: "critical", IsEqual: true}},
			Target: []headstart.Matcher{{Name: "severity", Value: "warn.*", IsEqual: true, IsRegex: true}}, Equal: []string{"alertname", "instance"},
		},
		{Name: "two", Source: []headstart.Matcher{{Name: "a", Value: "b"}}, Target: []headstart.Matcher{{Name: "c", Value: "d", IsRegex: true}}},
	}, rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if want := filepath.Join(filepath.Dir(file), "words/*.tmpl"); !slices.Equal(c.Templates, []string{want}) {
		t.Errorf("templates %q, want %q", c.Templates, want)
	}
	if strings.Contains(c.RouteYAML(), "hunter2") {
		t.Error("what decisions know of the file holds a secret")
	}
}

// What Alertmanager would refuse is refused, and no secret is in the words.
func TestReadAlertmanagerMistakes(t *testing.T) {
	dir := t.TempDir()
	for name, tc := range map[string]struct{ text, want string }{
		"no route":         {"receivers: []", "no route"},
		"unknown receiver": {"route: {receiver: a}\nreceivers: []", "a"},
		"unknown key":      {"route: {receiver: a}\nreceivers: [{name: a}]\nrecievers: []", "recievers"},
		"no YAML":          {"route: [", "yaml"},
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(file, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var c Config
		if err := c.ReadAlertmanager(file); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want an error about %q", name, err, tc.want)
		}
	}
	var c Config
	if err := c.ReadAlertmanager(filepath.Join(dir, "absent")); err == nil || !strings.Contains(err.Error(), "create the file") {
		t.Errorf("absent: %v, want the remedy", err)
	}
}

// FuzzAlertmanager: any file is an error, or a configuration that validates and routes.
func FuzzAlertmanager(f *testing.F) {
	f.Add(existing)
	f.Add("route: {receiver: a}\nreceivers: [{name: a}]\ninhibit_rules: [{equal: [a]}, null]")
	f.Add("route: {receiver: a, routes: [null]}\nreceivers: [{name: a}]")
	file := filepath.Join(f.TempDir(), "alertmanager.yml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var c Config
		if c.ReadAlertmanager(file) != nil || c.Validate() != nil {
			return
		}
		if _, err := c.Routing(); err != nil {
			t.Errorf("%q validates, but %v", text, err)
		}
	})
}
