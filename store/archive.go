package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"headstart"
)

// Archive keeps what was trimmed from the log (ruling 8): files of JSON lines in
// the file form, compressed with zstd, each naming the hash of the one before
// it and the record it follows. A file is written whole, synced and then named, so a
// crash leaves none half. Only the leader may write.
//
// Replicas may share one folder: a file that is there is never replaced by another
// leader's, which may only find out late that it leads no more. If each has a folder of
// its own, the files of all, put together, are the archive.
type Archive struct {
	dir string
	mu  sync.Mutex
}

// archiveHeader is the first line of a file.
type archiveHeader struct {
	Archive int              `json:"archive"` // 1
	Engine  int              `json:"engine"`  // replay is byte for byte for this version of the rules
	From    headstart.Offset `json:"from"`
	To      headstart.Offset `json:"to"`
	Records int              `json:"records"`

	// After is the record of the log that From follows; zero: the log's beginning, or
	// not known (files of before this was written).
	After headstart.Offset `json:"after,omitzero"`
	Prev  string           `json:"prev,omitempty"` // hash of the file before; empty: the first
}

const (
	archiveExt = ".jsonl.zst"

	// maxArchiveLine bounds one line on reading: eight times the largest request
	// body, since one record may be one line.
	maxArchiveLine = 64 << 20
)

// OpenArchive opens or creates the archive in dir.
func OpenArchive(dir string) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, unfinished))
	if err != nil {
		return nil, fmt.Errorf("open archive %s: %w", dir, err)
	}
	for _, name := range left { // of a crash: the log still has what they held
		if err := removeLeft(name); err != nil {
			return nil, fmt.Errorf("open archive %s: %w", dir, err)
		}
	}
	return &Archive{dir: dir}, nil
}

// leftAfter is how old a file that is not named yet must be to be of a crash: in a
// shared folder another replica may be writing it.
const leftAfter = time.Hour

func removeLeft(name string) error {
	info, err := os.Stat(name)
	if err == nil && time.Since(info.ModTime()) > leftAfter {
		err = os.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it has its name now, or another replica was here before us
	}
	return err
}

// Add writes entries, which follow after and one another in the log, as one file. It is
// durable when Add returns nil; then, and only then, may they be trimmed.
func (a *Archive) Add(after headstart.Offset, entries []headstart.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	last, prev, err := a.end()
	if err != nil {
		return err
	}
	from, to := entries[0].Off, entries[len(entries)-1].Off
	if !last.Before(from) {
		return fmt.Errorf("archive %s: it ends at %s, cannot add from %s; is another leader writing to it?", a.dir, last, from)
	}
	data, err := encodeArchive(archiveHeader{
		Archive: 1, Engine: headstart.EngineVersion, From: from, To: to, Records: len(entries), After: after, Prev: prev,
	}, entries)
	if err != nil {
		return err
	}
	name := filepath.Join(a.dir, fmt.Sprintf("%016d-%08d%s", from.Ms, from.Seq, archiveExt))
	err = writeNew(name, data)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("archive %s: it is there already; is another leader writing to it?", name)
	}
	if err != nil {
		return fmt.Errorf("archive: %w", boltErr(err))
	}
	return nil
}

func encodeArchive(h archiveHeader, entries []headstart.Entry) ([]byte, error) {
	var buf bytes.Buffer
	z, err := zstd.NewWriter(&buf, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	enc := json.NewEncoder(z)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(h); err != nil {
		return nil, err
	}
	for _, e := range entries {
		lines, err := fileLines(e)
		if err != nil {
			return nil, fmt.Errorf("archive record %s: %w", e.Off, err)
		}
		for _, l := range lines {
			if err := enc.Encode(l); err != nil {
				return nil, err
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// unfinished is how files are called that writeWhole has not named yet.
const unfinished = ".new-*"

// writeWhole makes the file name appear with all of data, on disk, or not at all.
func writeWhole(name string, data []byte) error { return writeFile(name, data, os.Rename) }

// writeNew is writeWhole where nothing may be replaced: fs.ErrExist. A file system that
// knows no hard links leaves a moment between the look and the rename.
func writeNew(name string, data []byte) error {
	return writeFile(name, data, func(unnamed, name string) error {
		err := os.Link(unnamed, name)
		if err == nil {
			return os.Remove(unnamed)
		}
		if _, there := os.Lstat(name); there == nil {
			return fs.ErrExist
		}
		return os.Rename(unnamed, name)
	})
}

func writeFile(name string, data []byte, give func(unnamed, name string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), unfinished)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = give(f.Name(), name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

// fileLines renders one record of the log as lines of a file. Neither ticket text,
// whatever a writer may have put there (ruling 7), nor what was forgotten has a place
// in it.
func fileLines(e headstart.Entry) ([]headstart.FileLine, error) {
	rec, err := headstart.DecodeRecord(e.Data)
	if err != nil {
		return nil, err
	}
	events := rec.Events(e.Off)
	lines := make([]headstart.FileLine, len(events))
	for i, ev := range events {
		l := headstart.FileLine{At: ev.At, Line: ev.Line}
		if ev.Kind() != "tick" && !ev.Received.Equal(ev.At) {
			l.Received = ev.Received
		}
		if l.Ticket != nil {
			l.Ticket.Title, l.Ticket.Body = "", ""
		}
		if c := l.Command; c != nil && c.Forget != nil { // what was forgotten is not named for longer than it takes
			c.Forget = &headstart.Forget{Marks: c.Forget.Marks}
		}
		lines[i] = l
	}
	return lines, nil
}
