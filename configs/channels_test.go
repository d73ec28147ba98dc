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
