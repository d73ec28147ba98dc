package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"headstart"
)

// rechained is the file in the folder of an archive that says, while files are
// written anew, which hash became which: a crash in between must not look as if
// somebody else had changed the archive.
const rechained = ".rechained"

// Erase writes the files that say something of e anew without it, and those after
// them, since each names the hash of the one before it. Where the chain was broken
// before, it stays broken: Verify goes on saying so.
func (a *Archive) Erase(e *Erasure) (done Erased, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	names, err := a.names()
	if err != nil {
		return done, err
	}
	for _, name := range names { // whose tickets they are may be said later than what they say
		_, _, err := readArchive(name, func(line []byte) error {
			l, err := headstart.DecodeFileLine(line)
			e.learn(&l)
			return err
		})
		if err != nil {
			return done, err
		}
	}
	became, err := a.journal()
	if err != nil {
		return done, err
	}
	for _, name := range names {
		lines, renewed, err := a.eraseFrom(name, e, became)
		if err != nil {
			return done, err
		}
		done.Lines += lines
		if renewed {
			done.Files++
		}
	}
	if len(became) == 0 {
		return done, nil
	}
	if err := os.Remove(filepath.Join(a.dir, rechained)); err != nil {
		return done, fmt.Errorf("archive: %w", err)
	}
	return done, syncDir(a.dir)
}

// eraseFrom writes one file anew if it says something of e, or follows one that
// became another.
func (a *Archive) eraseFrom(name string, e *Erasure, became map[string]string) (erased int, renewed bool, err error) {
	var lines [][]byte
	h, sum, err := readArchive(name, func(line []byte) error {
		out, changed, err := e.clean(line)
		if changed {
			erased++
		}
		lines = append(lines, bytes.Clone(out))
		return err
	})
	if err != nil {
		return 0, false, err
	}
	prev, follows := became[h.Prev]
	if erased == 0 && !follows {
		return 0, false, nil
	}
	if follows {
		h.Prev = prev
	}
	data, err := compressLines(h, lines)
	if err != nil {
		return 0, false, fmt.Errorf("archive %s: %w", name, err)
	}
	hash := sha256.Sum256(data)
	became[sum] = "sha256:" + hex.EncodeToString(hash[:])
	if err := a.note(became); err != nil {
		return 0, false, err
	}
	if err := writeWhole(name, data); err != nil {
		return 0, false, fmt.Errorf("archive: %w", boltErr(err))
	}
	return erased, true, nil
}

// journal reads which hash became which before a crash; nothing if there was none.
func (a *Archive) journal() (map[string]string, error) {
	became := map[string]string{}
	b, err := os.ReadFile(filepath.Join(a.dir, rechained))
	if errors.Is(err, fs.ErrNotExist) {
		return became, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &became)
	}
	if err != nil {
		return nil, fmt.Errorf("archive: %s: %w", rechained, err)
	}
	return became, nil
}

func (a *Archive) note(became map[string]string) error {
	b, err := json.Marshal(became)
	if err == nil {
		err = writeWhole(filepath.Join(a.dir, rechained), b)
	}
	if err != nil {
		return fmt.Errorf("archive: %w", boltErr(err))
	}
	return nil
}

// compressLines is a file of the archive: a header, and lines that are JSON already.
func compressLines(h archiveHeader, lines [][]byte) ([]byte, error) {
	var buf bytes.Buffer
	z, err := zstd.NewWriter(&buf, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	for _, line := range append([][]byte{head}, lines...) {
		if _, err := z.Write(append(line, '\n')); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
