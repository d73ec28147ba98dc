package discover

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// File is one file to be written for review.
type File struct {
	Name string // in the folder
	Data []byte
}

// seal ends the first line of a file of ours: the checksum of what follows it tells
// whether somebody edited the file since.
const seal = "# Written by headstart for review; checksum "

// mostFile bounds what is read back of a file that is there already.
const mostFile = 64 << 20

// Write writes files to a folder, all or none: a file that was edited since it was
// written, or that is not ours, is left alone and is an error.
func Write(folder string, files []File) error {
	for _, f := range files {
		if err := MayWrite(folder, f.Name); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("write what was found: %w; name another folder with --out", err)
	}
	for _, f := range files {
		if err := replace(folder, f); err != nil {
			return fmt.Errorf("write what was found: %w; name another folder with --out", err)
		}
	}
	return nil
}

// MayWrite reports whether Write may write the files of those names.
func MayWrite(folder string, names ...string) error {
	for _, n := range names {
		if err := free(filepath.Join(folder, n)); err != nil {
			return err
		}
	}
	return nil
}

// free reports whether a file may be written: it is not there, or as we left it.
func free(file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at what was written before: %w; name another folder with --out", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err != nil {
		return fmt.Errorf("look at what was written before: %w; name another folder with --out", err)
	}
	first, rest, _ := strings.Cut(string(data), "\n")
	sum, ours := strings.CutPrefix(first, seal)
	switch {
	case !ours:
		return fmt.Errorf("%s is there and was not written for review; name another folder with --out", file)
	case sum != checksum([]byte(rest)):
		return fmt.Errorf("%s was edited since it was written; move it away, or name another folder with --out", file)
	}
	return nil
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// replace writes one file whole: a reader sees the old one or the new one.
func replace(folder string, f File) error {
	tmp, err := os.CreateTemp(folder, "."+f.Name+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(seal + checksum(f.Data) + "\n" + string(f.Data))
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(folder, f.Name))
}
