package configs

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// What docs/sites.md shows of the two sides is a configuration that loads.
func TestDocumentedSites(t *testing.T) {
	page, err := os.ReadFile("../docs/sites.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d blocks of YAML, want the upstream's two files and the site's one", len(blocks))
	}
	for side, block := range map[string][]byte{"upstream": blocks[0][1], "site": blocks[2][1]} {
		dir := t.TempDir()
		for name, text := range map[string][]byte{"headstart.yml": block, "catalog.yml": blocks[1][1], "noord-token": []byte("x")} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cfg, err := Load(Source{File: filepath.Join(dir, "headstart.yml")})
		if err != nil {
			t.Errorf("%s: %v", side, err)
			continue
		}
		if agent, up := len(cfg.Agents) == 1, cfg.Upstream.URL != ""; agent == up {
			t.Errorf("%s: names an agent: %t, an upstream: %t; want one of the two", side, agent, up)
		}
	}
}
