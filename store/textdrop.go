package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// drop deletes the texts of keys from the files of all days, older versions too: a
// file that holds one is written anew without them and takes its place.
func (t *textFiles) drop(keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	gone := map[string]bool{}
	for _, k := range keys {
		gone[k] = true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	names, err := t.names()
	if err != nil {
		return fmt.Errorf("drop side texts: %w", err)
	}
	for _, name := range names {
		if err := t.dropFrom(name, gone); err != nil {
			return fmt.Errorf("drop side texts from %s: %w", filepath.Join(t.dir, name), err)
		}
	}
	return nil
}

func (t *textFiles) dropFrom(name string, gone map[string]bool) error {
	var rest bytes.Buffer
	dropped := false
	err := t.each(name, func(l textLine, line []byte) {
		if gone[l.Key] {
			dropped = true
			return
		}
		rest.Write(line)
	})
	if err != nil || !dropped {
		return err
	}
	if err := writeWhole(filepath.Join(t.dir, name), rest.Bytes()); err != nil {
		return err
	}
	day, kind, _ := strings.Cut(name, ".")
	maps.DeleteFunc(t.at, func(k textKey, p textPlace) bool { return k.kind == kind && (p.day == day || gone[k.key]) })
	return t.load(name) // where the others stand now
}

// find returns the keys of all texts that match, sorted.
func (t *textFiles) find(match func(string) bool) ([]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	names, err := t.names()
	if err != nil {
		return nil, fmt.Errorf("look through side texts: %w", err)
	}
	found := map[string]bool{}
	for _, name := range names {
		err := t.each(name, func(l textLine, _ []byte) {
			if match(l.Value) {
				found[l.Key] = true
			}
		})
		if err != nil {
			return nil, fmt.Errorf("look through side texts %s: %w", filepath.Join(t.dir, name), err)
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// each calls fn for every whole line of one file. A line that cannot be read has no
// key, and so no owner: it goes with its day.
func (t *textFiles) each(name string, fn func(l textLine, line []byte)) (err error) {
	f, err := os.Open(filepath.Join(t.dir, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var l textLine
		if json.Unmarshal(line, &l) == nil {
			fn(l, line)
		}
	}
}
