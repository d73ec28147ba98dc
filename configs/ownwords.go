package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"headstart/announce"
)

// maxOwnFiles bounds the folder of announce.templates.
const maxOwnFiles = 100

// readOwnWords reads the lines of announce.templates and holds them to what ours
// are held to. All files together hold at most announce.MaxOwn.
func (c *Config) readOwnWords(d *document) Mistakes {
	name := c.Incidents.Announce.Templates
	if name == "" {
		return nil
	}
	files, err := ownFiles(name)
	if err != nil {
		if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
			err = pe.Err
		}
		text := fmt.Sprintf("announce.templates: %s: %v; name a YAML file, or a folder of them", name, err)
		return Mistakes{d.mistake(d.locate(text), "%s", text)}
	}
	var ms Mistakes
	var lines []announce.Line
	size := 0
	say := func(faults []announce.Fault) {
		for _, f := range faults {
			ms = append(ms, Mistake{File: f.File, Line: f.At, Text: f.Text})
		}
	}
	for _, file := range files {
		data, err := readAtMost(file, announce.MaxOwn+1)
		if err != nil {
			ms = append(ms, Mistake{File: file, Text: fmt.Sprintf("%v; make it readable, or remove it", err)})
			continue
		}
		if size += len(data); size > announce.MaxOwn && len(data) <= announce.MaxOwn {
			ms = append(ms, Mistake{File: file, Line: 1, Text: "with the files before it this is more than 64 KiB; keep only the lines that differ from ours"})
			continue
		}
		more, faults := announce.ParseLines(file, data)
		lines = append(lines, more...)
		say(faults)
	}
	say(announce.CheckLines(c.Catalog, c.Incidents.Announce.Address, lines))
	c.OwnWords = announce.Own(lines)
	return ms
}

// checkNames warns of names of the catalog that turn messages into drafts.
func (c *Config) checkNames() {
	w := announce.New(c.Catalog, c.Incidents.Announce.Address, c.OwnWords)
	c.Warnings = append(c.Warnings, w.CheckNames(c.Catalog)...)
}

// ownFiles are name, or the YAML files in the folder name, in order.
func ownFiles(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	entries, err := os.ReadDir(name) // in order
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yml" || ext == ".yaml") {
			files = append(files, filepath.Join(name, e.Name()))
		}
	}
	switch {
	case len(files) == 0:
		return nil, errors.New("no file there ends in .yml or .yaml")
	case len(files) > maxOwnFiles:
		return nil, fmt.Errorf("holds %d files, at most %d", len(files), maxOwnFiles)
	}
	return files, nil
}

func readAtMost(file string, n int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, n))
}
