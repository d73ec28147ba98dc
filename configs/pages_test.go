package configs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// Messages link to where readers reach the status pages, not to the desk, and to no page
// that a reader could not open by its address alone.
func TestMessagesLinkToThePages(t *testing.T) {
	for name, tc := range map[string]struct {
		publish string
		want    []headstart.StatusPage
	}{
		"its own address":    {`{external_url: "https://storing.example.org/"}`, []headstart.StatusPage{{URL: "https://storing.example.org/s/"}}},
		"the desk's address": {`{}`, []headstart.StatusPage{{URL: "https://desk.example.org/s/"}}},
		"not published":      {`{enabled: false}`, nil},
		"several": {`{pages: [{id: geheim, access: link}, {id: noord, locations: [noord]}, {id: rest, services: [print]}]}`, []headstart.StatusPage{
			{URL: "https://desk.example.org/s/noord/", Locations: []string{"noord"}}, {URL: "https://desk.example.org/s/rest/", Services: []string{"print"}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{
				"catalog.yml":   "locations: [{id: noord, name: Noord}]\nservices: [{id: print, name: Printen}]\n",
				"headstart.yml": "external_url: https://desk.example.org\ncatalog: [catalog.yml]\npublish: " + tc.publish + "\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cfg, err := Load(Source{File: filepath.Join(dir, "headstart.yml")})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, cfg.LogConfig("x").Pages); diff != "" {
				t.Errorf("pages (-want +got)\n%s", diff)
			}
		})
	}
}
