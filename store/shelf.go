package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// shelfFiles keeps shelves as files of JSON lines, 256 a shelf by the hash of the
// key. Every change writes one of them anew: a database would keep what was taken off
// in pages it has freed, and one file for all would be written whole each time.
type shelfFiles struct {
	dir string
	mu  sync.Mutex
}

type shelfLine struct {
	Key   string `json:"k"`
	Value []byte `json:"v"`
}

func openShelfFiles(dir string) (*shelfFiles, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	left, err := filepath.Glob(filepath.Join(dir, unfinished))
	if err != nil {
		return nil, err
	}
	for _, name := range left { // of a crash: what they were to replace is still there
		if err := os.Remove(name); err != nil {
			return nil, err
		}
	}
	return &shelfFiles{dir: dir}, nil
}

// file is where key of a shelf stands.
func (s *shelfFiles) file(shelf, key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.dir, shelf+"."+hex.EncodeToString(sum[:1]))
}

func (s *shelfFiles) get(shelf, key string) ([]byte, error) {
	if err := checkShelf(shelf, key); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, err := readShelf(s.file(shelf, key))
	return rows[key], err
}

func (s *shelfFiles) swap(shelf, key string, before, after []byte) (bool, error) {
	if err := checkShelf(shelf, key); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.file(shelf, key)
	rows, err := readShelf(name)
	if err != nil {
		return false, err
	}
	if now, there := rows[key]; there != (before != nil) || !bytes.Equal(now, before) {
		return false, nil
	}
	if after == nil {
		delete(rows, key)
	} else {
		rows[key] = after
	}
	if err := writeShelf(name, rows); err != nil {
		return false, fmt.Errorf("shelf %s: %w", name, err)
	}
	return true, nil
}

func (s *shelfFiles) scan(shelf string, fn func(string, []byte) error) error {
	if err := checkShelf(shelf, "any"); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(s.dir, shelf+".*"))
	if err != nil {
		return err
	}
	for _, name := range names {
		s.mu.Lock() // for each file: whoever writes meanwhile need not wait for all of them
		rows, err := readShelf(name)
		s.mu.Unlock()
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(rows)) {
			if err := fn(key, rows[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readShelf reads one file; one that is not there is empty.
func readShelf(name string) (rows map[string][]byte, err error) {
	rows = map[string][]byte{}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return rows, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return rows, nil
		}
		var l shelfLine
		if err == nil {
			err = json.Unmarshal(line, &l)
		}
		if err != nil {
			return nil, fmt.Errorf("shelf %s is damaged: %w; put back a copy of it, or remove it and lose what it held", name, err)
		}
		rows[l.Key] = l.Value
	}
}

func writeShelf(name string, rows map[string][]byte) error {
	if len(rows) == 0 {
		return errors.Join(os.Remove(name), syncDir(filepath.Dir(name)))
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf) // ends each value with a line feed
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if err := enc.Encode(shelfLine{key, rows[key]}); err != nil {
			return err
		}
	}
	return writeWhole(name, buf.Bytes())
}

// checkShelf holds names that are files and keys of Redis to a few letters.
func checkShelf(shelf, key string) error {
	if !textKind.MatchString(shelf) {
		return fmt.Errorf("%q cannot be the name of a shelf; use lower-case letters", shelf)
	}
	if key == "" || strings.ContainsAny(key, "\n\x00") {
		return fmt.Errorf("shelf %s: %q cannot be a key", shelf, key)
	}
	return nil
}
