package nagioscfg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Collect reads object files: each path is one, or a folder of them, or a main
// configuration file (nagios.cfg, icinga.cfg) whose cfg_file and cfg_dir name them.
// A path in it that is not there is looked for beside it too, since people copy
// configurations elsewhere. resource.cfg is never opened: it holds passwords.
func Collect(paths []string) (Files, error) {
	c := &collector{seen: map[string]bool{}, left: mostBytes, Files: Files{Unit: 60}}
	for _, path := range paths {
		c.base = filepath.Dir(path)
		info, err := os.Stat(path)
		if err != nil {
			return Files{}, fmt.Errorf("%w; correct the name", err)
		}
		if info.IsDir() {
			c.base = path
			err = c.folder(path)
		} else {
			err = c.file(path)
		}
		if err != nil {
			return Files{}, err
		}
	}
	if len(c.Sources) == 0 {
		return Files{}, errors.New("there is no file of objects; name one, a folder of them, or nagios.cfg")
	}
	return c.Files, nil
}

// Files are object files, and what the main configuration file says of them.
type Files struct {
	Sources  []Source
	Mistakes []Mistake
	Unit     int // of intervals, in seconds: interval_length
}

type collector struct {
	base string // what names are relative to
	seen map[string]bool
	left int64 // bytes
	Files
}

// name is what people find a file by.
func (c *collector) name(path string) string {
	if rel, err := filepath.Rel(c.base, path); err == nil && !strings.HasPrefix(rel, "..") {
		path = rel
	}
	return filepath.ToSlash(path)
}

// file reads one file, and what it names. resource.cfg also lies in folders that are
// read whole, where it would end the import of all who may not read it.
func (c *collector) file(path string) error {
	if filepath.Base(path) == "resource.cfg" {
		return nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		if c.seen[real] {
			return nil
		}
		c.seen[real] = true
	}
	if len(c.Sources) == mostFiles {
		return fmt.Errorf("there are more than %d files; import a part of them", mostFiles)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w; make it readable", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, c.left+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if c.left -= int64(len(data)); c.left < 0 {
		return fmt.Errorf("the files are larger than %d MiB together; import a part of them", mostBytes>>20)
	}
	s := Source{Name: c.name(path), Data: data}
	if n := unitOf(data); n > 0 {
		c.Unit = n
	}
	named := namedIn(data)
	if len(named) == 0 || bytes.Contains(data, []byte("define")) {
		c.Sources = append(c.Sources, s)
	}
	for _, n := range named {
		if err := c.follow(s, path, n); err != nil {
			return err
		}
	}
	return nil
}

var unit = regexp.MustCompile(`(?m)^\s*interval_length\s*=\s*(\d{1,5})\s*$`)

// unitOf returns interval_length; zero if the file does not set it.
func unitOf(data []byte) int {
	m := unit.FindSubmatch(data)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1])) // five digits
	return n
}

// named is a line that names a file or a folder.
type named struct {
	line   int
	folder bool
	path   string
}

func namedIn(data []byte) []named {
	var out []named
	number := 0
	for text := range bytes.SplitSeq(data, []byte("\n")) {
		number++
		key, value, ok := strings.Cut(string(text), "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !ok || value == "" || len(value) > 4096 || len(out) == mostFiles:
		case key == "cfg_file", key == "include_file":
			out = append(out, named{number, false, value})
		case key == "cfg_dir", key == "include_dir":
			out = append(out, named{number, true, value})
		}
	}
	return out
}

// follow reads what a line names, or says that it is not there.
func (c *collector) follow(s Source, from string, n named) error {
	path, ok := beside(filepath.Dir(from), n.path)
	if !ok {
		c.Mistakes = append(c.Mistakes, Mistake{fmt.Sprintf("%s:%d", s.Name, n.line), fmt.Sprintf("%s is not there; copy it beside this file, or name it on the command line", shown(n.path))})
		return nil
	}
	if n.folder {
		return c.folder(path)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { // a pipe would never end
		c.Mistakes = append(c.Mistakes, Mistake{fmt.Sprintf("%s:%d", s.Name, n.line), fmt.Sprintf("%s is no file; name one, or a folder with cfg_dir", shown(n.path))})
		return nil
	}
	return c.file(path)
}

// beside finds a path as it is written, or the longest end of it in folder.
func beside(folder, path string) (string, bool) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
		_, err := os.Stat(path)
		return path, err == nil
	}
	if _, err := os.Stat(path); err == nil {
		return path, true
	}
	for rest := strings.TrimPrefix(filepath.ToSlash(filepath.Clean(path)), "/"); rest != ""; {
		if at := filepath.Join(folder, rest); filepath.IsLocal(rest) {
			if _, err := os.Stat(at); err == nil {
				return at, true
			}
		}
		_, after, more := strings.Cut(rest, "/")
		if !more {
			break
		}
		rest = after
	}
	return "", false
}

// folder reads the *.cfg of a folder and of those inside it, by name. Links to folders
// are not followed, and what many lines name is walked once.
func (c *collector) folder(path string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		if real += "/"; c.seen[real] {
			return nil
		}
		c.seen[real] = true
	}
	var files []string
	err := filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("%w; make it readable", err)
		case d.IsDir() && strings.Count(filepath.ToSlash(strings.TrimPrefix(at, path)), "/") > mostFolders:
			return fmt.Errorf("%s lies more than %d folders deep; import a part of them", at, mostFolders)
		case d.IsDir() || !strings.HasSuffix(at, ".cfg"):
			return nil
		case len(files) == mostFiles:
			return fmt.Errorf("there are more than %d files; import a part of them", mostFiles)
		}
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
			files = append(files, at)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(files)
	for _, f := range files {
		if err := c.file(f); err != nil {
			return err
		}
	}
	return nil
}
