package notify

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"headstart"
)

const goodConfig = `
channels:
- {name: mail-all, type: email, smarthost: "mail.example.org:25", from: storing@example.org, to: [noord@example.org], audiences: [noord]}
- {name: portal, type: webhook, url: "https://portal.example.org/hook", secret_file: /run/secrets/hook, timeout: 10s}
receivers:
- name: net-team
  webhook_configs: [{url: "https://pager.example.org/x"}]
route: {receiver: net-team}
`

func readConfig(t *testing.T, text string) Config {
	t.Helper()
	var c Config
	dec := yaml.NewDecoder(strings.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfig(t *testing.T) {
	c := readConfig(t, goodConfig)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	want := []headstart.ChannelInfo{
		{Name: "mail-all", Type: "email", Audiences: []string{"noord"}, Reply: true},
		{Name: "portal", Type: "webhook", Update: true},
	}
	if diff := cmp.Diff(want, Infos(c)); diff != "" {
		t.Errorf("infos (-want +got):\n%s", diff)
	}
	if got := c.RouteYAML(); !strings.Contains(got, "net-team") {
		t.Errorf("route %q", got)
	}
	if got := c.ReceiversYAML(); !strings.Contains(got, "pager.example.org") {
		t.Errorf("receivers %q", got)
	}
	for _, text := range []string{"receivers: []\nroute: {}\n", "receivers:\nroute:\n", "channels: []\n"} {
		if c := readConfig(t, text); c.RouteYAML() != "" || c.ReceiversYAML() != "" || c.Validate() != nil {
			t.Errorf("%q: route %q, receivers %q, %v; want nobody told and no error", text, c.RouteYAML(), c.ReceiversYAML(), c.Validate())
		}
	}
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("the default is wrong: %v", err)
	}
}

// Every mistake is reported at once, with its place and its remedy.
func TestConfigMistakes(t *testing.T) {
	c := readConfig(t, `
channels:
- {type: email, smarthost: mail, from: x, to: [], username: u}
- {name: a, type: webhook, timeout: 1h}
- {name: a, type: webhook, url: "ftp://h/t0ken", secret_file: f, to: [b@example.org]}
- {name: b, type: telegram}
- {name: c, type: pigeon}
- {name: d}
- {name: e, type: email, smarthost: "h:25", from: a@b.nl, to: [nobody], url: "https://h"}
route: {receivr: x}
`)
	err := c.Validate()
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, want := range []string{
		"channels[0] has no name; set name", `smarthost is "mail"; write host:port`, `from is "x"`, "to is empty; name the address", "username and password_file belong together",
		"channel a: timeout is 1h", "channel a: set one of url and url_file", "secret_file is missing; messages are signed",
		`the name "a" is used twice`, "url is not an http or https address", ": to is no key of a channel of type webhook; remove it",
		`channel b: unknown type "telegram"; use one of email graph slack`, `channel c: unknown type "pigeon"`, "channel d: type is missing",
		`channel e: "nobody" in to is not an address`, "channel e: url is no key of a channel of type email; remove it", "route:",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the errors lack %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "t0ken") {
		t.Errorf("the errors show an address that may be a secret:\n%v", err)
	}
}

// Secrets are read when channels are built; a missing one names its file.
func TestBuild(t *testing.T) {
	c := readConfig(t, goodConfig)
	if _, err := Build(c, ChannelOptions{Dialer: local()}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "channel portal: secret_file") {
		t.Errorf("%v, want the missing file named", err)
	}
	c.Channels[1].SecretFile = secretFile(t, "short")
	if _, err := Build(c, ChannelOptions{Dialer: local()}); err == nil || !strings.Contains(err.Error(), "at least 16") || strings.Contains(err.Error(), "short") {
		t.Errorf("%v, want the weak secret refused and not shown", err)
	}
	c.Channels[1].SecretFile = secretFile(t, hookSecret)
	built, err := Build(c, ChannelOptions{Dialer: local()})
	if err != nil || len(built) != 2 {
		t.Fatalf("%d channels, %v", len(built), err)
	}
	for i, ch := range built {
		info := Infos(c)[i]
		if ch.Name() != info.Name || ch.Caps().Update != info.Update || ch.Caps().Reply != info.Reply {
			t.Errorf("channel %s can %+v, decisions are told %+v", ch.Name(), ch.Caps(), info)
		}
	}
}
