package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// sums is the file that `sha256sum --check` reads.
const sums = "SHA256SUMS"

// sum writes the checksums of everything made.
func (r *release) sum() error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, e := range entries {
		f, err := os.Open(filepath.Join(r.out, e.Name()))
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", h.Sum(nil), e.Name())
	}
	r.say("  %s", sums)
	return os.WriteFile(filepath.Join(r.out, sums), b.Bytes(), 0o644)
}

// makeTwice makes the release, then once more from a clone of the commit in another
// folder, and fails if a byte differs.
func (r *release) makeTwice(ctx context.Context) error {
	if err := r.settle(ctx); err != nil {
		return err
	}
	if changed, err := git(ctx, r.source, "status", "--porcelain", "--untracked-files=no"); err != nil || changed != "" {
		return errors.Join(err, errors.New("the sources differ from the commit, so the second release would be another one: commit first"))
	}
	if err := r.make(ctx); err != nil {
		return err
	}
	other, err := os.MkdirTemp("", "headstart-again-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(other)
	clone := filepath.Join(other, "elsewhere")
	if out, err := exec.CommandContext(ctx, "git", "clone", "--quiet", r.source, clone).CombinedOutput(); err != nil {
		return fmt.Errorf("git clone: %w\n%s", err, out)
	}
	second := *r
	second.source, second.out = clone, filepath.Join(other, "dist")
	if err := second.make(ctx); err != nil {
		return err
	}
	first, err := os.ReadFile(filepath.Join(r.out, sums))
	if err != nil {
		return err
	}
	then, err := os.ReadFile(filepath.Join(second.out, sums))
	if err != nil {
		return err
	}
	if !bytes.Equal(first, then) {
		return fmt.Errorf("the second release differs from the first:\n%s\n%s", first, then)
	}
	r.say("made twice, from two folders: the same bytes")
	return nil
}
