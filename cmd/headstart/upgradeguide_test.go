package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// upgradeGuide is a section of docs/upgrade.md: the commands that stand under each word in
// bold, in the order of the page. Before the first such word it is "".
func upgradeGuide(t *testing.T, section string) map[string][]string {
	t.Helper()
	return guideOf(t, "../../docs/upgrade.md", "\n## "+section+"\n", "\n## ")
}

// guideOf is what stands in a page from one text to another, as upgradeGuide returns it.
func guideOf(t *testing.T, page, from, to string) map[string][]string {
	t.Helper()
	_, text, ok := strings.Cut(readAll(t, page), from)
	if !ok {
		t.Fatalf("%s has no section %q", page, from)
	}
	text, _, _ = strings.Cut(text, to)
	guide, step, commands := map[string][]string{}, "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch word, bold := strings.CutPrefix(line, "**"); {
		case line == "```":
			commands = !commands
		case commands:
			guide[step] = append(guide[step], line)
		case bold:
			step, _, _ = strings.Cut(word, "**")
		}
	}
	return guide
}

// operator does what docs/upgrade.md tells on one machine: the service manager, the
// package and the paths are the test's, the commands those of the page.
type operator struct {
	t      *testing.T
	guide  map[string][]string
	config string

	program     string // installed now
	next, older string // what the packages VERSION and OLDER hold

	runs *process
	all  []*process // that ever ran
}

// do runs every command of a step.
func (o *operator) do(step string) {
	o.t.Helper()
	if len(o.guide[step]) == 0 {
		o.t.Fatalf("docs/upgrade.md has no commands under %q", step)
	}
	data := filepath.Join(filepath.Dir(o.config), "data")
	for _, line := range o.guide[step] {
		words := strings.Fields(line)
		for n, w := range words {
			if rest, ok := strings.CutPrefix(w, "/var/lib/headstart"); ok {
				words[n] = data + rest
			}
			if w == "/etc/headstart/headstart.yml" {
				words[n] = o.config
			}
		}
		switch {
		case line == "systemctl stop headstart":
			o.stop()
		case line == "systemctl start headstart":
			o.start()
		case line == "apt install ./headstart_VERSION_amd64.deb":
			o.program = o.next
		case line == "apt install --allow-downgrades ./headstart_OLDER_amd64.deb":
			o.program = o.older
		case line == "until headstart ready --url http://127.0.0.1:8480; do sleep 1; done":
			waitFor(o.t, 30*time.Second, "headstart ready", func() bool {
				return exec.Command(o.program, "ready", "--url", o.runs.base, "--config", o.config).Run() == nil
			})
		case words[0] == "headstart":
			succeed(o.t, o.program, words[1:]...)
		case words[0] == "cp" || words[0] == "mv":
			succeed(o.t, words[0], words[1:]...)
		default:
			o.t.Fatalf("docs/upgrade.md has a command that this test cannot run: %s", line)
		}
	}
}

func (o *operator) start() {
	o.t.Helper()
	o.runs = launch(o.t, o.program, o.config)
	o.all = append(o.all, o.runs)
}

// stop ends the service; one that was killed has ended already.
func (o *operator) stop() {
	o.t.Helper()
	if o.runs.cmd.ProcessState == nil {
		o.runs.end()
	}
}
