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
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"headstart"
)

// Archive keeps what was trimmed from the log (ruling 8): files of JSON lines in
// the file form, compressed with zstd, each naming the hash of the one before
// it. A file is written whole, synced and then named, so a crash leaves none
// half. Only the leader may write.
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
	Prev    string           `json:"prev,omitempty"` // hash of the file before; empty: the first
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
	left, err := filepath.Glob(filepath.Join(dir, ".new-*"))
	if err != nil {
		return nil, fmt.Errorf("open archive %s: %w", dir, err)
	}
	for _, name := range left { // of a crash: the log still has what they held
		if err := os.Remove(name); err != nil {
			return nil, fmt.Errorf("open archive %s: %w", dir, err)
		}
	}
	return &Archive{dir: dir}, nil
}

// Add writes entries, which follow one another in the log, as one file. It is
// durable when Add returns nil; then, and only then, may they be trimmed.
func (a *Archive) Add(entries []headstart.Entry) error {
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
		Archive: 1, Engine: headstart.EngineVersion, From: from, To: to, Records: len(entries), Prev: prev,
	}, entries)
	if err != nil {
		return err
	}
	name := filepath.Join(a.dir, fmt.Sprintf("%016d-%08d%s", from.Ms, from.Seq, archiveExt))
	if err := writeWhole(name, data); err != nil {
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

// writeWhole makes the file name appear with all of data, on disk, or not at all.
func writeWhole(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
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
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

// fileLines renders one record of the log as lines of a file. Ticket text has
// no place in it, whatever a writer may have put there (ruling 7).
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
		lines[i] = l
	}
	return lines, nil
}

// Last is the newest offset archived; zero if nothing is.
func (a *Archive) Last() (headstart.Offset, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	last, _, err := a.end()
	return last, err
}

// end returns where the newest file ends, and its hash.
func (a *Archive) end() (headstart.Offset, string, error) {
	names, err := a.names()
	if err != nil || len(names) == 0 {
		return headstart.Offset{}, "", err
	}
	h, sum, err := readArchive(names[len(names)-1], nil)
	return h.To, sum, err
}

// names returns the files, oldest first: their names begin with padded offsets.
func (a *Archive) names() ([]string, error) {
	names, err := filepath.Glob(filepath.Join(a.dir, "*"+archiveExt))
	slices.Sort(names)
	return names, err
}

// Lines yields everything archived, oldest first. An error ends it.
func (a *Archive) Lines() iter.Seq2[headstart.FileLine, error] {
	return func(yield func(headstart.FileLine, error) bool) {
		names, err := a.names()
		if err != nil {
			yield(headstart.FileLine{}, err)
			return
		}
		for _, name := range names {
			_, _, err := readArchive(name, func(line []byte) error {
				l, err := headstart.DecodeFileLine(line)
				if err != nil {
					return err
				}
				if !yield(l, nil) {
					return errEnough
				}
				return nil
			})
			if errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				yield(headstart.FileLine{}, err)
				return
			}
		}
	}
}

var errEnough = errors.New("the reader has enough")

// readArchive reads one file: its header, its hash, and each line after the
// header to fn unless that is nil.
func readArchive(name string, fn func(line []byte) error) (h archiveHeader, sum string, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return h, "", fmt.Errorf("archive: %w", err)
	}
	hash := sha256.Sum256(data)
	if err := decodeArchive(bytes.NewReader(data), &h, fn); err != nil {
		return h, "", fmt.Errorf("archive %s: %w", name, err)
	}
	return h, "sha256:" + hex.EncodeToString(hash[:]), nil
}

func decodeArchive(r io.Reader, h *archiveHeader, fn func(line []byte) error) error {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(4*maxArchiveLine))
	if err != nil {
		return err
	}
	defer z.Close()
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, maxArchiveLine)
	if !sc.Scan() {
		return errors.Join(errors.New("no header; the file is empty or damaged"), sc.Err())
	}
	if err := json.Unmarshal(sc.Bytes(), h); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if h.Archive != 1 {
		return fmt.Errorf("header says version %d, this program reads 1", h.Archive)
	}
	for fn != nil && sc.Scan() {
		if err := fn(sc.Bytes()); err != nil {
			return err
		}
	}
	return sc.Err()
}

// Verify reads every file and follows the chain of hashes; it returns in words
// what is wrong. Files that were pruned leave no gap: the chain begins at the
// oldest that is there.
func (a *Archive) Verify() (found []string, err error) {
	names, err := a.names()
	if err != nil {
		return nil, err
	}
	prev := ""
	for i, name := range names {
		h, sum, err := readArchive(name, func(line []byte) error {
			_, err := headstart.DecodeFileLine(line)
			return err
		})
		switch {
		case err != nil:
			found = append(found, err.Error())
		case i > 0 && h.Prev != prev:
			found = append(found, fmt.Sprintf("archive %s does not follow the file before it: one was changed, or is missing", name))
		}
		prev = sum
	}
	return found, nil
}

// Prune deletes the files that hold nothing younger than before.
func (a *Archive) Prune(before time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	names, err := a.names()
	if err != nil {
		return err
	}
	var errs []error
	for i := 0; i+1 < len(names); i++ { // the newest stays: the chain goes on from it
		next, _, _ := strings.Cut(filepath.Base(names[i+1]), "-")
		ms, err := headstart.ParseOffset(strings.TrimLeft(next, "0") + "-0")
		if err != nil || !ms.At().Before(before) {
			break
		}
		errs = append(errs, os.Remove(names[i]))
	}
	return errors.Join(errs...)
}
