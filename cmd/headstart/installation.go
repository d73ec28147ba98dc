package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/store"
)

// claim ties the store to this data_dir: the id of the first start is kept on
// both sides, and a store of another installation is refused (ruling 12).
func claim(ctx context.Context, cfg *configs.Config, st store.Store) error {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	name := filepath.Join(cfg.DataDir, "installation")
	ours, err := readIfThere(name)
	if err != nil {
		return err
	}
	theirs, err := st.Installation(ctx)
	if err != nil {
		return fmt.Errorf("read the installation's id: %w", err)
	}
	if ours == theirs {
		return nil
	}
	if ours != "" {
		return fmt.Errorf("%w: the store belongs to installation %s, data_dir to %s; use another store.prefix or store.db, or remove %s if this machine is to join it",
			headstart.ErrRefused, theirs, ours, name)
	}
	return os.WriteFile(name, []byte(theirs+"\n"), 0o600)
}

// knownSince is since when this installation watches: when claim wrote its id,
// at the first start. Without that file nothing is known before now.
func knownSince(cfg *configs.Config) time.Time {
	info, err := os.Stat(filepath.Join(cfg.DataDir, "installation"))
	if err != nil {
		return time.Now()
	}
	return info.ModTime()
}

// archiveDir is where trimmed records go.
func archiveDir(cfg *configs.Config) string {
	if cfg.Archive.Dir != "" {
		return cfg.Archive.Dir
	}
	return filepath.Join(cfg.DataDir, "archive")
}

// readIfThere returns the trimmed content of a file; empty when the name is
// empty or nothing is there.
func readIfThere(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// sameStore reports whether two configurations keep everything in one place.
func sameStore(a, b *configs.Config) bool {
	return a.DataDir == b.DataDir && reflect.DeepEqual(a.Store, b.Store)
}

// secretKey is what requesters and words of tickets are hashed with: random,
// made at the first start, and the same on every replica of an installation.
func secretKey(cfg *configs.Config) ([]byte, error) {
	name := filepath.Join(cfg.DataDir, "hash-key")
	key, err := os.ReadFile(name)
	if err == nil && len(key) == 32 {
		return key, nil
	}
	if err == nil {
		return nil, fmt.Errorf("%s has %d bytes, want 32; put back the file of the other replicas, or remove it to start with new hashes", name, len(key))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key = make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if err := os.WriteFile(name, key, 0o600); err != nil {
		return nil, fmt.Errorf("make the key tickets are hashed with: %w", err)
	}
	return key, nil
}
