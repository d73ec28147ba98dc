package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The organisation's own lines are read from a folder beside the configuration,
// enter the log's configuration, and change its hash; where they lie does not.
func TestOwnWords(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func() (*Config, string) {
		cfg, err := Load(Source{File: filepath.Join(dir, "headstart.yml")})
		if err != nil {
			return nil, err.Error()
		}
		return cfg, ""
	}
	const head = "catalog: [catalog.yml]\nannounce: {address: je, templates: words}\n"
	write("headstart.yml", head)
	write("catalog.yml", "devices: [{id: sw-core, kind: switch, address: 10.1.1.1}]\n")
	write("words/a.yml", "kinds:\n  printer:\n    nl:\n      dont: \"Loop naar een andere printer.\"\n")
	write("words/b.yaml", "labels: {nl: {ref: \"Noem dit nummer\"}}\n")
	write("words/notes.txt", "not: [read")
	cfg, wrong := load()
	if wrong != "" {
		t.Fatal(wrong)
	}
	log := cfg.LogConfig("x")
	if got := log.OwnWords["kinds.printer.nl.dont"]; got != "Loop naar een andere printer." || len(log.OwnWords) != 2 {
		t.Errorf("the log holds %v, want both lines", log.OwnWords)
	}
	if strings.Contains(string(log.Announce), dir) {
		t.Errorf("the log holds where the files lie: %s", log.Announce)
	}
	write("words/b.yaml", "labels: {nl: {ref: \"Nummer\"}}\n")
	if cfg, _ = load(); cfg.LogConfig("x").Hash == log.Hash {
		t.Error("other words have the same hash; a start would not log them")
	}

	for name, tc := range map[string]struct{ file, text, want string }{
		"its line":      {"words/b.yaml", "kinds:\n  printer:\n    nl:\n      works: De switch doet het weer.\n", `words/b.yaml:4: kinds.printer.nl.works: "switch": a word of our trade, not of users; write instead: apparaat`},
		"a host":        {"words/b.yaml", "kinds: {printer: {nl: {works: Dank aan sw-core.}}}", `words/b.yaml:1: kinds.printer.nl.works: "sw-core" is an internal name`},
		"in two files":  {"words/b.yaml", "\nkinds: {printer: {nl: {dont: Wacht even.}}}", "words/b.yaml:2: kinds.printer.nl.dont: stands at " + dir + "/words/a.yml:4 already"},
		"too much":      {"words/b.yaml", "#" + strings.Repeat("x", 64<<10-10), "words/b.yaml:1: with the files before it this is more than 64 KiB"},
		"no such file":  {"headstart.yml", strings.Replace(head, "words", "worlds", 1), "headstart.yml:2: announce.templates: " + dir + "/worlds: no such file"},
		"no such form":  {"headstart.yml", strings.Replace(head, "je", "gij", 1), `headstart.yml:2: announce.address is "gij"; write u, or je`},
		"a bare folder": {"headstart.yml", strings.Replace(head, "words", "empty", 1), "no file there ends in .yml or .yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			write("empty/notes.txt", "")
			write("headstart.yml", head)
			write("words/b.yaml", "")
			write(tc.file, tc.text)
			if _, wrong := load(); !strings.Contains(wrong, tc.want) {
				t.Errorf("said %s\nwant %s", wrong, tc.want)
			}
		})
	}
}
