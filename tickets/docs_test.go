package tickets

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"headstart/tickets/systems"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestDocumentedSources: what docs/tickets shows of each system is a source that
// config check finds nothing wrong with, and no system is without a page.
func TestDocumentedSources(t *testing.T) {
	pages, err := filepath.Glob("../docs/tickets/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range yamlBlock.FindAllSubmatch(b, -1) {
			text := block[1]
			if !bytes.Contains(text, []byte("type:")) {
				continue // a part of a source
			}
			if bytes.HasPrefix(text, []byte("- name:")) {
				text = []byte("tickets:\n  sources:\n    " + strings.ReplaceAll(string(text), "\n", "\n    "))
			}
			var in struct {
				Tickets Config `yaml:"tickets"`
			}
			dec := yaml.NewDecoder(bytes.NewReader(text))
			dec.KnownFields(true)
			if err := dec.Decode(&in); err != nil {
				t.Errorf("%s: %v", page, err)
			}
			if err := in.Tickets.Validate(); err != nil {
				t.Errorf("%s: %v", page, err)
			}
			for _, s := range in.Tickets.Sources {
				shown = append(shown, s.Type)
			}
		}
	}
	for _, kind := range systems.Types() {
		if !slices.Contains(shown, kind) {
			t.Errorf("no page shows a source of type %s", kind)
		}
	}
}

// TestZoneOfASource: times without a zone are of the organisation, unless the system
// keeps another by itself.
func TestZoneOfASource(t *testing.T) {
	for want, s := range map[string]Source{"UTC": {Type: "znuny"}, "Europe/Amsterdam": {Type: "glpi"}, "Europe/Brussels": {Type: "znuny", Timezone: "Europe/Brussels"}} {
		if got := s.zone(); got != want {
			t.Errorf("%s: %s, want %s", s.Type, got, want)
		}
	}
}

// TestAppToken: only GLPI has one.
func TestAppToken(t *testing.T) {
	s := systems.Settings{URL: "https://desk.example", TokenFile: "t", AppTokenFile: "a"}
	if err := s.Validate("glpi"); err != nil {
		t.Error(err)
	}
	if err := s.Validate("zammad"); err == nil || !strings.Contains(err.Error(), "app_token_file") {
		t.Errorf("zammad with app_token_file: %v", err)
	}
}
