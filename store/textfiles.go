package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"headstart"
)

// textFiles keeps side texts as one file for each day and kind, "2026-11-22.title",
// a JSON line a text (ruling 7). A file goes whole when its day is past: a
// database would keep the deleted bytes in pages it has freed.
type textFiles struct {
	dir    string
	noSync bool

	mu sync.Mutex
	at map[textKey]textPlace
}

type textKey struct{ kind, key string }

// textPlace is where the newest text of a key stands.
type textPlace struct {
	day  string
	off  int64
	size int
}

type textLine struct {
	Key   string `json:"k"`
	Value string `json:"v"`
}

func openTextFiles(dir string, noSync bool) (*textFiles, error) {
	t := &textFiles{dir: dir, noSync: noSync, at: map[textKey]textPlace{}}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	names, err := t.names()
	if err != nil {
		return nil, err
	}
	left, err := filepath.Glob(filepath.Join(dir, unfinished))
	if err != nil {
		return nil, err
	}
	for _, name := range left { // of a crash while texts were dropped: what they were to replace is still there
		if err := os.Remove(name); err != nil {
			return nil, err
		}
	}
	for _, name := range names { // by day: a later day holds the newer text
		if err := t.load(name); err != nil {
			return nil, fmt.Errorf("side texts %s: %w", filepath.Join(dir, name), err)
		}
	}
	return t, nil
}

// names returns the files of the folder that are ours, by day.
func (t *textFiles) names() ([]string, error) {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		day, kind, _ := strings.Cut(e.Name(), ".")
		if _, err := time.Parse(time.DateOnly, day); err == nil && textKind.MatchString(kind) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// load reads the index of one file and cuts off a line a crash left half.
func (t *textFiles) load(name string) (err error) {
	f, err := os.OpenFile(filepath.Join(t.dir, name), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	day, kind, _ := strings.Cut(name, ".")
	r := bufio.NewReader(f)
	off := int64(0)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil { // end of the file
			return f.Truncate(off)
		}
		var l textLine
		if json.Unmarshal(line, &l) == nil {
			t.place(textKey{kind, l.Key}, textPlace{day, off, len(line)})
		}
		off += int64(len(line))
	}
}

// write appends texts to the files of their days. They are on disk when it
// returns nil.
func (t *textFiles) write(texts []headstart.SideText) error {
	if len(texts) == 0 {
		return nil
	}
	files := map[string][]headstart.SideText{}
	for _, x := range texts {
		if err := checkText(x); err != nil {
			return err
		}
		name := textDay(x.Until) + "." + x.Kind
		files[name] = append(files[name], x)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, texts := range files {
		if err := t.extend(name, texts); err != nil {
			return fmt.Errorf("side texts %s: %w", filepath.Join(t.dir, name), err)
		}
	}
	return nil
}

func (t *textFiles) extend(name string, texts []headstart.SideText) (err error) {
	f, err := os.OpenFile(filepath.Join(t.dir, name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	day, kind, _ := strings.Cut(name, ".")
	places := map[textKey]textPlace{}
	var buf bytes.Buffer
	for _, x := range texts {
		line, err := json.Marshal(textLine{x.Key, string(x.Value)})
		if err != nil {
			return err
		}
		places[textKey{kind, x.Key}] = textPlace{day, fi.Size() + int64(buf.Len()), len(line) + 1}
		buf.Write(append(line, '\n'))
	}
	if _, err := f.Write(buf.Bytes()); err != nil {
		return errors.Join(err, ignoreInvalid(f.Truncate(fi.Size()))) // leave no half line before the next
	}
	if !t.noSync {
		if err := f.Sync(); err != nil {
			return err
		}
		if fi.Size() == 0 {
			if err := syncDir(t.dir); err != nil {
				return err
			}
		}
	}
	for k, p := range places {
		t.place(k, p)
	}
	return nil
}

// place notes where the text of k stands. The text kept longest is the newest:
// retention does not change from one version of a ticket to the next.
func (t *textFiles) place(k textKey, p textPlace) {
	if t.at[k].day <= p.day {
		t.at[k] = p
	}
}

// ignoreInvalid drops the error of cutting what cannot be cut, such as a device.
func ignoreInvalid(err error) error {
	if errors.Is(err, os.ErrInvalid) {
		return nil
	}
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return nil
	}
	return err
}

func (t *textFiles) read(kind string, keys []string) (map[string]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	byDay := map[string][]textPlace{}
	for _, k := range keys {
		if p, ok := t.at[textKey{kind, k}]; ok {
			byDay[p.day] = append(byDay[p.day], p)
		}
	}
	found := map[string]string{}
	for day, places := range byDay {
		if err := readPlaces(filepath.Join(t.dir, day+"."+kind), places, found); err != nil {
			return nil, fmt.Errorf("side texts: %w", err)
		}
	}
	return found, nil
}

func readPlaces(name string, places []textPlace, found map[string]string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, p := range places {
		line := make([]byte, p.size)
		if _, err := f.ReadAt(line, p.off); err != nil {
			return err
		}
		var l textLine
		if err := json.Unmarshal(line, &l); err != nil {
			return fmt.Errorf("%s at byte %d: %w", name, p.off, err)
		}
		found[l.Key] = l.Value
	}
	return nil
}

// sweep deletes the files of days before now's.
func (t *textFiles) sweep(now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	names, err := t.names()
	if err != nil {
		return fmt.Errorf("sweep side texts: %w", err)
	}
	today := textDay(now)
	var errs []error
	for _, name := range names {
		day, kind, _ := strings.Cut(name, ".")
		if day >= today {
			continue
		}
		if err := os.Remove(filepath.Join(t.dir, name)); err != nil {
			errs = append(errs, err)
			continue
		}
		for k, p := range t.at {
			if k.kind == kind && p.day == day {
				delete(t.at, k)
			}
		}
	}
	return errors.Join(errs...)
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
