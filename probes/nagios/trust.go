package nagios

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Trusted reports why argv may not be run, or nil (ruling 44): the program must
// be an absolute path that lies, after links are followed, under one of dirs, and
// neither it nor a folder above it may be writable by group or others.
func Trusted(argv, dirs []string) error {
	if len(argv) == 0 {
		return errors.New("command is empty; write a list: program first, then one entry per argument")
	}
	program := argv[0]
	if !filepath.IsAbs(program) {
		return fmt.Errorf("command %q is no absolute path; write the whole path, under one of exec_dirs", program)
	}
	for _, arg := range argv {
		if strings.ContainsRune(arg, 0) {
			return errors.New("an argument of command holds a NUL; remove it")
		}
	}
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return fmt.Errorf("command: %w; install the plugin or correct the path", err)
	}
	if !slices.ContainsFunc(dirs, func(dir string) bool { return under(real, dir) }) {
		return fmt.Errorf("%s lies under none of exec_dirs (%s); add its folder there or move it", real, strings.Join(dirs, ", "))
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return fmt.Errorf("command: %w", err)
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return fmt.Errorf("%s is no program that can be run; chmod +x it", real)
	}
	return guarded(real)
}

// guarded reports whether others than their owners can write to path or to a
// folder above it.
func guarded(path string) error {
	for {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("command: %w", err)
		}
		sticky := info.IsDir() && info.Mode()&os.ModeSticky != 0 // others can add there, not replace
		if info.Mode().Perm()&0o022 != 0 && !sticky {
			return fmt.Errorf("%s can be written by others than its owner; chmod go-w it", path)
		}
		if path == filepath.Dir(path) {
			return nil
		}
		path = filepath.Dir(path)
	}
}

// under reports whether path lies in dir or below, links followed.
func under(path, dir string) bool {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(real, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
