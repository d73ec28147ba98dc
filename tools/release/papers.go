package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// paper is a file that comes beside the program.
type paper struct {
	at      string // where a Debian package puts it
	inside  string // its place in the archive, empty: not there
	source  string // the file
	setting bool   // the operator's own from the first installation on
}

// shells and where Debian looks for their completion of headstart.
var shells = [][2]string{
	{"bash", "/usr/share/bash-completion/completions/headstart"},
	{"zsh", "/usr/share/zsh/vendor-completions/_headstart"},
	{"fish", "/usr/share/fish/vendor_completions.d/headstart.fish"},
}

// papers lists what comes beside the program, and makes what the program says of
// itself: manual pages and completions.
func (r *release) papers(ctx context.Context, program, dir string) ([]paper, error) {
	list := []paper{
		{at: "/usr/lib/systemd/system/headstart.service", inside: "systemd/headstart.service", source: filepath.Join(r.source, "configs/systemd/headstart.service")},
		{at: "/etc/headstart/headstart.yml", source: filepath.Join(r.source, "configs/systemd/headstart.yml"), setting: true},
		{at: "/usr/share/doc/headstart/examples/headstart.yml", inside: "example.yml", source: filepath.Join(r.source, "configs/example.yml")},
		{at: "/usr/share/doc/headstart/README.md", inside: "README.md", source: filepath.Join(r.source, "README.md")},
		{at: "/usr/share/doc/headstart/CHANGELOG.md", inside: "CHANGELOG.md", source: filepath.Join(r.source, "CHANGELOG.md")},
		{at: "/usr/share/doc/headstart/copyright", inside: "LICENSE", source: filepath.Join(r.source, "LICENSE")},
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	others := filepath.Join(dir, "licences.txt")
	if err := r.licences(ctx, program, others); err != nil {
		return nil, err
	}
	list = append(list, paper{at: "/usr/share/doc/headstart/licences.txt", inside: "licences.txt", source: others})
	for _, s := range shells {
		text, err := said(ctx, program, "completion", s[0])
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, s[0])
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return nil, err
		}
		list = append(list, paper{at: s[1], inside: "completion/" + filepath.Base(s[1]), source: file})
	}
	pages := filepath.Join(dir, "man")
	if _, err := said(ctx, program, "manual", "--date", r.day.Format(time.DateOnly), pages); err != nil {
		return nil, err
	}
	err := filepath.WalkDir(pages, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if err := squeeze(path); err != nil {
			return err
		}
		name := entry.Name() + ".gz" // Debian policy 12.1
		list = append(list, paper{at: "/usr/share/man/man1/" + name, inside: "man/" + name, source: path + ".gz"})
		return nil
	})
	slices.SortFunc(list, func(a, b paper) int { return strings.Compare(a.at, b.at) })
	return list, err
}

// squeeze writes path.gz beside path, with neither name nor time in it.
func squeeze(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path+".gz", b.Bytes(), 0o644)
}

// said returns what the program prints.
func said(ctx context.Context, program string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("headstart %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return out, nil
}
