package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// alone are the commands that need no service, no network and no time: where documents
// have them, they are run. Those of docs/start.md are run by TestDemo and TestStranger,
// replay by TestDocumentedScenario; what is left needs a running service, a network or a
// person, and is parsed.
var alone = []string{
	"headstart config check", "headstart config show", "headstart config test-mapping", "headstart completion",
	"headstart import csv", "headstart import uptime-kuma", "headstart import nagios", "headstart what-if", "headstart version",
}

// TestDocumentedCommandsRun runs what can be run safely, in a folder that has the files
// it names.
func TestDocumentedCommandsRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	printers := ""
	for _, p := range documents(t) {
		if p.path == "docs/discover.md" {
			printers = regexp.MustCompile(`(?s)\$ cat printers.csv\n(.*?)\$`).FindStringSubmatch(p.text)[1]
		}
	}
	for name, text := range map[string]string{
		"headstart.yml":    "data_dir: data\n",
		"catalog.yml":      "devices: [{id: core-a, kind: router}, {id: core-b, kind: router}, {id: sw-1, kind: switch, depends_on: [[core-a, core-b]]}]\n",
		"alertmanager.yml": "route: {receiver: operators}\nreceivers: [{name: operators}]\n",
		"alerts.json":      `[{"labels": {"alertname": "HostDown", "instance": "core-a:9100"}}]`,
		"printers.csv":     printers,
		"Uptime_Kuma_Backup.json": `{"version": "1.23.11", "notificationList": [], "monitorList": [
			{"id": 1, "name": "Printserver", "type": "ping", "hostname": "192.0.2.10", "active": true, "interval": 60, "maxretries": 2, "tags": []}]}`,
		"nagios.cfg":  "cfg_file=objects.cfg\n",
		"objects.cfg": "define host{\n host_name sw-core\n address 192.0.2.1\n}\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	ran := map[string]int{}
	for _, p := range documents(t) {
		if p.path == "CHANGELOG.md" {
			continue // tells of what was
		}
		for _, line := range commandLines(p) {
			cmd, args, err := find(line.words)
			if err != nil || !slices.Contains(alone, cmd.CommandPath()) || cmd.ValidateArgs(args) != nil {
				continue
			}
			words, want := runnable(dir, cmd.CommandPath(), line.words)
			ran[cmd.CommandPath()]++
			input := readText(t, filepath.Join(dir, "alerts.json"))
			if code, out, errs := reading(t, input, words...); code != want {
				t.Errorf("%s: headstart %s: exit code %d, want %d\n%s%s", line.where, strings.Join(words, " "), code, want, out, errs)
			}
		}
	}
	for _, path := range alone[:len(alone)-1] {
		if ran[path] == 0 {
			t.Errorf("no document shows how %s is called; take it off the list", path)
		}
	}
}

// runnable lets a line name the files of dir, and says with which code it ends.
func runnable(dir, path string, line []string) (words []string, want int) {
	words = []string{"--config", filepath.Join(dir, "headstart.yml")}
	for n, w := range line {
		switch ext := filepath.Ext(w); {
		case w == "--config", n > 0 && line[n-1] == "--config":
		case slices.Contains([]string{".yml", ".csv", ".json", ".cfg"}, ext):
			words = append(words, filepath.Join(dir, filepath.Base(w)))
		default:
			w, _, _ = strings.Cut(w, "|")
			words = append(words, w)
		}
	}
	if strings.HasPrefix(path, "headstart import ") {
		words = append(words, "--out", filepath.Join(dir, filepath.Base(path)))
	}
	if path == "headstart import csv" {
		return words, 1 // a row of the list is wrong, as the page shows
	}
	return words, 0
}
