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
	"time"

	"github.com/klauspost/compress/zstd"

	"headstart"
)

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
			if err := yieldArchive(name, yield); err != nil {
				if !errors.Is(err, errEnough) {
					yield(headstart.FileLine{}, err)
				}
				return
			}
		}
	}
}

// yieldArchive yields the lines of one file, until errEnough.
func yieldArchive(name string, yield func(headstart.FileLine, error) bool) error {
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
	return err
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
