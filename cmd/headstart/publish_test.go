package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"headstart/web/public"
)

func TestLinksToPages(t *testing.T) {
	file := configured(t, map[string]string{"headstart.yml": `data_dir: DIR
publish:
  external_url: https://storingen.example.org
  pages: [{id: ""}, {id: bestuur, access: link}, {id: intern, access: network, networks: [10.0.0.0/8]}, {id: beheer, access: oidc}]
`})
	run := func(code int, says string, args ...string) string {
		t.Helper()
		got, stdout, stderr := command(t, append([]string{"--config", file}, args...)...)
		if got != code || !strings.Contains(stdout+stderr, says) {
			t.Fatalf("%v: %d\n%s%s\nwant %d and %q", args, got, stdout, stderr, code, says)
		}
		return stdout
	}
	link := regexp.MustCompile(`https://storingen\.example\.org/s/bestuur/link/([\w-]{32})/`).FindStringSubmatch(run(0, "works until 20", "publish", "link", "bestuur", "--for", "90d"))
	if link == nil {
		t.Fatal("no address is printed")
	}
	opens := func() bool {
		return public.OpenLinks(filepath.Dir(file)).Opens("bestuur", link[1], time.Now().Add(89*24*time.Hour))
	}
	if !opens() {
		t.Error("the link does not open the page")
	}
	run(0, "every link to /s/bestuur/", "publish", "revoke", "bestuur")
	if opens() {
		t.Error("a revoked link opens the page")
	}
	run(1, "has access network", "publish", "link", "intern")
	run(1, "has access open", "publish", "link")
	run(1, `no page "elders"`, "publish", "link", "elders")
	run(1, `--for is "ever"`, "publish", "link", "bestuur", "--for", "ever")
	run(0, "has access oidc and there is no auth.oidc", "config", "check")
}
