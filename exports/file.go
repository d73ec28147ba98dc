package exports

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// file is one that is being written: under its name with .part behind it, until it is
// whole and on disk.
type file struct {
	dir, name string
	f         *os.File
	w         *bufio.Writer
	lines     *json.Encoder // into w
	kept      bool
}

const (
	ending     = ".jsonl"
	unfinished = ".part"
	staleFrom  = 24 * time.Hour // a .part as old as that is nobody's any more
	mostNames  = 1000
)

// create begins a file of a kind. Its name says when; a name that is taken gets a number.
func create(dir, kind string, now time.Time) (*file, error) {
	sweep(dir, kind)
	base := kind + "-" + now.UTC().Format("2006-01-02T150405Z")
	for n := 1; n <= mostNames; n++ {
		name := base + ending
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", base, n, ending)
		}
		// Only one process can make the .part. It looks for the whole file after that:
		// whoever made one had the .part until it was there.
		f, err := os.OpenFile(filepath.Join(dir, name+unfinished), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, remedied(err)
		}
		out := &file{dir: dir, name: name, f: f, w: bufio.NewWriter(f)}
		out.lines = json.NewEncoder(out.w)
		out.lines.SetEscapeHTML(false) // so that r&d@example.org stands there as it is
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			out.discard()
			continue
		}
		return out, nil
	}
	return nil, fmt.Errorf("%s: %d files are named %s already; move them elsewhere", dir, mostNames, base)
}

// write adds a line.
func (f *file) write(row any) error { return remedied(f.lines.Encode(row)) }

// keep makes the file whole: on disk with all its lines first, then under its name, and
// the name on disk.
func (f *file) keep() error {
	err := f.w.Flush()
	if err == nil {
		err = f.f.Sync()
	}
	if err == nil {
		err = f.f.Close()
	}
	if err == nil {
		err = os.Rename(f.part(), filepath.Join(f.dir, f.name))
	}
	if err != nil {
		return remedied(err)
	}
	f.kept = true
	return remedied(syncFolder(f.dir))
}

// discard drops a file that was not kept.
func (f *file) discard() {
	if f.kept {
		return
	}
	_ = f.f.Close()
	_ = os.Remove(f.part())
}

func (f *file) part() string { return filepath.Join(f.dir, f.name+unfinished) }

// sweep removes what killed writers of a kind left: their lines were never said to be
// written.
func sweep(dir, kind string) {
	files, _ := os.ReadDir(dir) // who cannot read it finds nothing to remove
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), kind+"-") || !strings.HasSuffix(f.Name(), ending+unfinished) {
			continue
		}
		if info, err := f.Info(); err == nil && time.Since(info.ModTime()) > staleFrom {
			_ = os.Remove(filepath.Join(dir, f.Name()))
		}
	}
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// Examine reports what keeps files from being written into dir, with the remedy behind
// the semicolon. It makes no folder: one that is missing may be a disk that is away.
func Examine(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder; name another as retention.export_dir", dir)
	}
	if err != nil {
		return remedied(err)
	}
	f, err := os.CreateTemp(dir, ".headstart-*")
	if err != nil {
		return remedied(err)
	}
	_, err = f.Write(make([]byte, 4096)) // a disk that is full lets files be made
	return remedied(errors.Join(err, f.Close(), os.Remove(f.Name())))
}

// remedied says what to do about an error of the file system, whose text names the place.
func remedied(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w; make or mount the folder, headstart does not", err)
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; let the user that runs headstart write there (with systemd: ReadWritePaths)", err)
	}
	return fmt.Errorf("%w; is the disk full, or away?", err)
}
