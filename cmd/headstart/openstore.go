package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/config"

	"headstart"
	"headstart/configs"
	"headstart/credentials"
	"headstart/store"
)

// openStore opens the store cfg names.
func openStore(ctx context.Context, cfg *configs.Config, logger *slog.Logger, reg prometheus.Registerer) (store.Store, error) {
	if cfg.Store.Mode == "embedded" {
		return openEmbedded(cfg, logger, reg)
	}
	return openRedis(ctx, cfg.Store, logger, reg)
}

// openEmbedded opens the store that belongs to one process at a time.
func openEmbedded(cfg *configs.Config, logger *slog.Logger, reg prometheus.Registerer) (store.Store, error) {
	st, err := store.OpenBolt(boltFile(cfg), store.BoltOptions{MaxBytes: int64(cfg.Store.MaxBytes), Logger: logger, Registerer: reg})
	switch {
	case err == nil:
		return st, nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EROFS):
		return nil, fmt.Errorf("%w; set data_dir to a folder that this user may write", err)
	}
	return nil, err // not st: a nil *Bolt in a Store would not be nil
}

// openRedis opens the store that many replicas share.
func openRedis(ctx context.Context, s configs.Store, logger *slog.Logger, reg prometheus.Registerer) (store.Store, error) {
	o := store.RedisOptions{
		Addresses: s.Addresses, Cluster: s.Mode == "cluster", Master: s.Master, Username: s.Username, DB: s.DB, Prefix: s.Prefix,
		MinReplicas: s.MinReplicas, Logger: logger, Registerer: reg,
	}
	if s.PasswordFile != "" {
		password, err := credentials.Secret("store.password_file", s.PasswordFile)
		if err != nil {
			return nil, err
		}
		o.Password = password
	}
	if s.Secured() {
		t, err := config.NewTLSConfig(&s.TLS)
		if err != nil {
			return nil, fmt.Errorf("store.tls: %w", err)
		}
		o.TLS = t
	}
	st, err := store.OpenRedis(ctx, o)
	switch {
	case err == nil:
		return st, nil
	case errors.Is(err, headstart.ErrDown):
		return nil, fmt.Errorf("%w; start it, let this machine reach it, or correct store.addresses", err)
	case errors.Is(err, headstart.ErrRefused): // it says what to do
		return nil, err
	}
	return nil, fmt.Errorf("%w; look whether store.mode (%s) is what runs at store.addresses", err, s.Mode)
}

// boltFile is the file of the embedded store.
func boltFile(cfg *configs.Config) string { return filepath.Join(cfg.DataDir, "headstart.db") }
