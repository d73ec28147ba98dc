package configs

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// block is a block of YAML in a page.
type block struct {
	page string
	line int
	text string
}

// file is what the block calls itself in its first line: "catalog.yml" of
// "# catalog.yml of the upstream"; empty: it does not.
func (b block) file() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.SplitN(b.text, "\n", 2)[0], "# "), " ")
	if strings.HasPrefix(b.text, "# ") && strings.HasSuffix(name, ".yml") {
		return name
	}
	return ""
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// pagesOfDocs are README.md and every page below docs.
func pagesOfDocs(t *testing.T) []string {
	t.Helper()
	pages := []string{"../README.md"}
	for _, pattern := range []string{"../docs/*.md", "../docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	return pages
}

var fence = regexp.MustCompile("(?ms)^( *)```yaml\n(.*?)^ *```$")

func blocksOf(t *testing.T, page string) (out []block) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range fence.FindAllStringSubmatchIndex(string(text), -1) {
		indent, body := string(text[at[2]:at[3]]), string(text[at[4]:at[5]])
		if indent != "" {
			body = regexp.MustCompile(`(?m)^`+indent).ReplaceAllString(body, "")
		}
		out = append(out, block{page, 1 + strings.Count(string(text[:at[0]]), "\n"), body})
	}
	return out
}

// What the blocks name and do not show themselves: a part of a file stands in a file that
// has the rest.
const (
	restOfCatalog = `organisation: Voorbeeld College
locations: [{id: noord, name: Gebouw Noord, networks: [10.1.0.0/16]}]
services: [{id: print, name: Printen}, {id: mail, name: Mail}, {id: erp, name: ERP}]
devices: [{id: sw-core, kind: switch, location: noord, address: 192.0.2.2}, {id: ups-1, kind: ups, location: noord, address: 192.0.2.3}, {id: rtr-noord, kind: router, location: noord, address: 192.0.2.1}, {id: srv-noord, kind: server, location: noord, address: 192.0.2.4}, {id: prn-noord-1, kind: printer, location: noord, address: 192.0.2.20}]
`
	restOfSettings = `channels: [{name: desk-chat, type: slack-webhook, url_file: rest.url, audiences: [desk]}]
receivers: [{name: werkplek}, {name: net-team}]
route: {receiver: werkplek}
desk: {duty: [{name: samira}, {name: joris}]}
`
)

// TestBlocksOfDocsLoad loads every block of YAML that a page shows of our own files, as
// the program would: what is only a part, within a file that has the rest.
func TestBlocksOfDocsLoad(t *testing.T) {
	t.Parallel()
	loaded := 0
	for _, page := range pagesOfDocs(t) {
		blocks := blocksOf(t, page)
		for _, b := range blocks {
			settings, ours := settingsOf(t, b)
			if !ours {
				continue
			}
			loaded++
			dir := t.TempDir()
			for _, other := range blocks { // a catalog or words of the same page
				if name := other.file(); name != "" && name != "headstart.yml" && settings != "" {
					put(t, filepath.Join(dir, name), other.text)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "catalog.yml")); err != nil {
				put(t, filepath.Join(dir, "catalog.yml"), restOfCatalog)
			}
			file := filepath.Join(dir, "headstart.yml")
			put(t, file, withFiles(t, dir, settings))
			if _, err := Load(Source{File: file}); err != nil {
				t.Errorf("%s is not what the program takes: %s", b, strings.ReplaceAll(err.Error(), dir+"/", ""))
			}
		}
	}
	if loaded < 40 {
		t.Errorf("%d blocks found; does the pattern of this test still fit the pages?", loaded)
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// settingsOf makes a headstart.yml of a block; ours: it is for us to read, and not of
// Prometheus, Alertmanager or init.
func settingsOf(t *testing.T, b block) (settings string, ours bool) {
	t.Helper()
	switch b.file() {
	case "prometheus.yml", "alertmanager.yml", "answers.yml": // judged by cmd/headstart
		return "", false
	case "", "headstart.yml":
	case "catalog.yml":
		return "{}\n", true
	default: // words: read with the block of the page that names them
		return "", false
	}
	text := b.text
	switch {
	case strings.HasPrefix(text, "alerting:"): // prometheus.yml
		return "", false
	case strings.HasPrefix(text, "- name:"):
		text = "tickets:\n  sources:\n" + indented(text, "    ")
	case strings.HasPrefix(text, "write:"):
		text = "tickets:\n  sources:\n    - name: rt\n      type: rt\n      url: https://rt.example\n      token_file: rt.token\n" + indented(text, "      ")
	}
	var keys map[string]any
	if err := yaml.Unmarshal([]byte(text), &keys); err != nil {
		t.Errorf("%s: %v", b, err)
	}
	for line := range strings.Lines(restOfSettings) {
		if key, _, _ := strings.Cut(line, ":"); !slices.Contains(slices.Collect(maps.Keys(keys)), key) {
			text += line
		}
	}
	return text, true
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

var named = regexp.MustCompile(`(\w+_file): *("?)([\w./-]+)`)

// withFiles makes the files a text names, and lets it name those.
func withFiles(t *testing.T, dir, text string) string {
	t.Helper()
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		secret := "xoxb-" + strings.Repeat("a1", 32) // as one of Slack begins
		if strings.HasSuffix(m[1], "url_file") {
			secret = "https://hooks.example.org/" + secret
		}
		put(t, filepath.Join(dir, filepath.Base(m[3])), secret+"\n")
	}
	const plugins = "/usr/lib/nagios/plugins"
	for _, m := range regexp.MustCompile(plugins+`/(\w+)`).FindAllStringSubmatch(text, -1) {
		put(t, filepath.Join(dir, "plugins", m[1]), "#!/bin/sh\n")
		if err := os.Chmod(filepath.Join(dir, "plugins", m[1]), 0o755); err != nil { //nolint:gosec // it is a program
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, plugins, filepath.Join(dir, "plugins")) + "exec_dirs: [" + filepath.Join(dir, "plugins") + "]\n"
	}
	return named.ReplaceAllStringFunc(text, func(s string) string {
		m := named.FindStringSubmatch(s)
		return m[1] + ": " + m[2] + filepath.Base(m[3])
	})
}

var dotted = regexp.MustCompile("`([a-z_]+(?:\\.[a-z_]+)+)(?:\\[\\])?(?:: [^`]*)?`")

// TestKeysInDocsExist: a key that a sentence names, such as announce.push.mode, is on the
// page of keys.
func TestKeysInDocsExist(t *testing.T) {
	t.Parallel()
	known := keysOnPage(t)
	aFile := regexp.MustCompile(`\.(yml|json|ics|md|txt|csv|cfg)$`)
	figures := map[string]bool{"alerts.total": true, "tickets.left_out": true} // parts of /api/v1/kpis
	var sections []string
	for key := range known {
		first, _, _ := strings.Cut(key, ".")
		sections = append(sections, first)
	}
	found := 0
	for _, page := range pagesOfDocs(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range dotted.FindAllStringSubmatch(string(text), -1) {
			first, _, _ := strings.Cut(m[1], ".")
			if !slices.Contains(sections, first) || aFile.MatchString(m[1]) || figures[m[1]] || strings.HasSuffix(page, "walk.md") {
				continue // walk.md names functions
			}
			found++
			above := m[1][:strings.LastIndex(m[1], ".")]
			if !known[m[1]] && !known[above+".*"] {
				t.Errorf("%s names the key %s, which docs/configuration.md does not have", page, m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("%d keys found; does the pattern of this test still fit the pages?", found)
	}
}

// keysOnPage are the keys of docs/configuration.md as sentences name them, and what
// holds them.
func keysOnPage(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(keyPage)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*)").FindAllStringSubmatch(string(text), -1) {
		key := strings.ReplaceAll(strings.ReplaceAll(m[1], "[]", ""), ".*", "")
		if strings.HasPrefix(m[2], "mapping of text") {
			out[key+".*"] = true
		}
		for ; key != ""; key = key[:max(strings.LastIndex(key, "."), 0)] {
			out[key] = true
		}
	}
	return out
}

// TestKeysOfEnvironment: the page says which keys a variable can set; the program sets
// those.
func TestKeysOfEnvironment(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(keyPage)
	if err != nil {
		t.Fatal(err)
	}
	ours, _, _ := strings.Cut(string(text), "\n# ")
	var plain []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`\\[*]+)` \\| (text|number|whole number|duration|size|yes or no) ").FindAllStringSubmatch(ours, -1) {
		if !strings.HasPrefix(m[1], "auth.") { // what is behind a pointer is not there to be set
			plain = append(plain, m[1])
		}
	}
	slices.Sort(plain)
	set := slices.DeleteFunc(scalarKeys(reflect.TypeFor[Config](), ""), func(key string) bool { return strings.HasPrefix(key, "store.tls.") })
	if !slices.Equal(plain, set) {
		t.Errorf("the page promises variables for\n%q\nthe program knows\n%q", plain, set)
	}
}
