package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/store"
)

// recordConfig appends the configuration as a line of the log when it is not
// the one the engine decides with already: decisions know only the log. It returns
// the hash, which covers the version of the rules: a new version is a line too.
func recordConfig(ctx context.Context, st store.Store, cfg *configs.Config) (hash string, err error) {
	id, err := st.Installation(ctx)
	if err != nil {
		return "", fmt.Errorf("read the installation's id: %w", err)
	}
	c := cfg.LogConfig(id)
	last, err := st.Get(ctx, headstart.TableConfig, "current")
	if err != nil {
		return "", fmt.Errorf("read the configuration in force: %w", err)
	}
	head, err := st.Head(ctx)
	if err != nil {
		return "", fmt.Errorf("read how far the engine is: %w", err)
	}
	waiting, err := st.Read(ctx, head.Off, 1, 0)
	if err != nil {
		return "", fmt.Errorf("read what waits for the engine: %w", err)
	}
	// What waits may hold another configuration, of a reload a moment ago.
	if len(waiting) == 0 && bytes.Contains(last, []byte(c.Hash)) {
		return c.Hash, nil
	}
	rec := headstart.NewRecord(time.Now(), headstart.Line{Config: &c})
	if _, err := st.Append(ctx, []headstart.Append{{Data: rec.Encode()}}); err != nil {
		return "", fmt.Errorf("record the configuration: %w", err)
	}
	return c.Hash, nil
}

// owner names this process in the lease, the version of its rules and the hash of
// its configuration: two that differ decide differently (ruling 8).
func owner(rules string) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s:%d engine=%d rules=%s", host, os.Getpid(), headstart.EngineVersion, rules)
}

// silence is after how long an idle engine with a Redis store appends a tick, so
// that it notices a promoted server (ruling 4). One file has no such thing.
func silence(cfg *configs.Config) time.Duration {
	if cfg.Store.Mode == "embedded" {
		return 0
	}
	return 5 * time.Second
}
