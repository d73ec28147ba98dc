package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"

	"headstart/configs"
	"headstart/store"
)

// tellOtherKey says so if the replica that started before this one hashes with another
// key: tickets of one requester would be strangers to each other, and nothing else would
// show it. The store keeps a mark of the key, from which nobody gets the key.
func tellOtherKey(ctx context.Context, cfg *configs.Config, st store.Store, logger *slog.Logger) error {
	if cfg.Store.Mode == "embedded" {
		return nil // nobody else has it open
	}
	key, err := secretKey(cfg)
	if err != nil {
		return err
	}
	before, err := st.ShelfGet(ctx, "replicas", "hash-key")
	if err != nil {
		return fmt.Errorf("compare hash-key with the other replicas': %w", err)
	}
	mark := markOf(key)
	if bytes.Equal(before, mark) {
		return nil
	}
	if before != nil {
		logger.Error("hash-key is not that of the replica that started before; copy one of them to all data_dirs and restart, else tickets of one person are strangers",
			"component", "replicas", "subject", filepath.Join(cfg.DataDir, "hash-key"))
	}
	_, err = st.ShelfSwap(ctx, "replicas", "hash-key", before, mark) // whoever was quicker has told
	return err
}

func markOf(key []byte) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte("which key the replicas hash with")) // never fails
	return h.Sum(nil)[:8]
}
