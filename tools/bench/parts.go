package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// redis starts a Redis as the runbook asks for, but for the rewrite of the file,
// which nothing starts by itself here: it would fall into one of the figures.
func (l *lab) redis(ctx context.Context, name string, more ...string) (*server, error) {
	args := func(dir, addr string) ([]string, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		return append([]string{
			"redis-server", "--bind", host, "--port", port, "--dir", dir, "--save", "",
			"--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0",
			"--maxmemory", "2gb", "--maxmemory-policy", "noeviction",
		}, more...), nil
	}
	return l.start(ctx, name, args, func(ctx context.Context, addr string) error {
		_, err := redisCLI(ctx, addr, "PING")
		return err
	})
}

// redisCLI runs one command.
func redisCLI(ctx context.Context, addr string, args ...string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	said, err := output(ctx, "", "redis-cli", append([]string{"-e", "-h", host, "-p", port}, args...)...)
	if err != nil {
		return "", fmt.Errorf("redis-cli %s: %w", strings.Join(args, " "), err)
	}
	return said, nil
}

// service starts headstart, which knows the usual campus, with a store block of
// its configuration.
func (l *lab) service(ctx context.Context, name, store string) (*server, error) {
	return l.serviceOf(ctx, name, store, usual)
}

// serviceOf is service for another campus. It settles in a second, so that this work is
// counted with the alerts that cause it and not, a minute later, with others.
func (l *lab) serviceOf(ctx context.Context, name, store string, of campus) (*server, error) {
	args := func(dir, addr string) ([]string, error) {
		file := filepath.Join(dir, "headstart.yml")
		body := fmt.Sprintf("listen: %s\ndata_dir: %s\ncatalog: [catalog.yml]\ncorrelation: {settle: 1s}\nstore: %s\n", addr, filepath.Join(dir, "data"), store)
		assets, err := json.Marshal(of.catalog())
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, "catalog.yml"), assets, 0o600); err != nil {
			return nil, err
		}
		return []string{l.headstart, "serve", "--config", file}, os.WriteFile(file, []byte(body), 0o600)
	}
	return l.start(ctx, name, args, serves)
}

// peer starts Alertmanager alone, with a receiver that delivers nothing.
func (l *lab) peer(ctx context.Context) (*server, error) {
	args := func(dir, addr string) ([]string, error) {
		file := filepath.Join(dir, "alertmanager.yml")
		return []string{
			l.alertmanager, "--config.file", file, "--storage.path", filepath.Join(dir, "data"),
			"--web.listen-address", addr, "--cluster.listen-address", "",
		}, os.WriteFile(file, []byte("route: {receiver: none}\nreceivers: [{name: none}]\n"), 0o600)
	}
	return l.start(ctx, "Alertmanager", args, serves)
}
