package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// compose is what the test reads of docker-compose.yml.
type compose struct {
	Services map[string]struct {
		Build       string    `yaml:"build"`
		Command     []string  `yaml:"command"`
		Volumes     []string  `yaml:"volumes"`
		Ports       []string  `yaml:"ports"`
		Networks    []string  `yaml:"networks"`
		ReadOnly    bool      `yaml:"read_only"`
		Healthcheck yaml.Node `yaml:"healthcheck"`
	} `yaml:"services"`
	Volumes  map[string]any `yaml:"volumes"`
	Networks map[string]any `yaml:"networks"`
}

// TestComposeMountsValidConfigurations reads docker-compose.yml as an operator's
// machine would and has each mounted file judged by the program that will read
// it: headstart, promtool, amtool.
func TestComposeMountsValidConfigurations(t *testing.T) {
	c := readCompose(t)
	root := filepath.Join("..", "..")
	dir := t.TempDir()
	checked := map[string]bool{}
	for name, s := range c.Services {
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if !strings.HasPrefix(source, "./") {
				if _, ok := c.Volumes[source]; !ok {
					t.Errorf("service %s mounts volume %s, which the file does not declare", name, source)
				}
				continue
			}
			if !strings.HasSuffix(v, ":ro") {
				t.Errorf("service %s mounts %s writable; add :ro", name, source)
			}
			copyMounted(t, filepath.Join(root, source), dir)
			checked[filepath.Base(source)] = true
		}
	}
	for _, token := range []string{"tokens/headstart/ingest", "tokens/prometheus/ingest"} {
		file := filepath.Join(dir, token)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Repeat("a1", 32)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"headstart.yml", "catalog.yml", "prometheus.yml", "rules.yml", "alertmanager.yml"} {
		if !checked[want] {
			t.Errorf("no service mounts %s", want)
		}
	}

	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"--config", filepath.Join(dir, "headstart.yml"), "config", "check"}, &out, &errs); code != 0 {
		t.Errorf("headstart config check: exit code %d\n%s%s", code, &out, &errs)
	}
	for _, judge := range [][]string{
		{"promtool", "check", "config", filepath.Join(dir, "prometheus.yml")},
		{"promtool", "check", "rules", filepath.Join(dir, "rules.yml")},
		{"amtool", "check-config", filepath.Join(dir, "alertmanager.yml")},
	} {
		if b, err := exec.Command(judge[0], judge[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(judge, " "), err, b)
		}
	}
}

// TestComposeIsSafe holds what an operator would have to notice by himself: a
// Redis of our own that evicts nothing and survives a restart, ports on loopback
// only, and a service that runs without what it does not need.
func TestComposeIsSafe(t *testing.T) {
	c := readCompose(t)
	redis := strings.Join(c.Services["redis"].Command, " ")
	for _, want := range []string{"--appendonly yes", "--maxmemory-policy noeviction", "--maxmemory 512mb"} {
		if !strings.Contains(redis, want) {
			t.Errorf("redis runs %q, want %s in it", redis, want)
		}
	}
	if len(c.Services["redis"].Ports) > 0 || !slices.Equal(c.Services["redis"].Networks, []string{"store"}) {
		t.Error("redis is reachable by others; keep it on the network store, without ports")
	}
	for name, s := range c.Services {
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("service %s publishes %s to everybody; publish on 127.0.0.1", name, p)
			}
		}
		for _, n := range s.Networks {
			if _, ok := c.Networks[n]; !ok {
				t.Errorf("service %s is on network %s, which the file does not declare", name, n)
			}
		}
	}
	h := c.Services["headstart"]
	var health struct {
		Test []string `yaml:"test"`
	}
	if err := h.Healthcheck.Decode(&health); err != nil || len(health.Test) < 3 || health.Test[0] != "CMD" || health.Test[len(health.Test)-1] != "ready" {
		t.Errorf("the health check of headstart is %v (%v), want CMD headstart ... ready", health.Test, err)
	}
	if !h.ReadOnly || h.Build != "." {
		t.Errorf("headstart: read_only %t, build %q; want a read-only root and the Dockerfile here", h.ReadOnly, h.Build)
	}

	dockerfile, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CGO_ENABLED=0", "FROM scratch", "USER 65532", "ca-certificates.crt"} {
		if !strings.Contains(string(dockerfile), want) {
			t.Errorf("the Dockerfile lacks %q", want)
		}
	}
}

func readCompose(t *testing.T) compose {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// copyMounted copies a mounted file; paths of the containers' token volume lead
// into dir instead.
func copyMounted(t *testing.T, file, dir string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte("/tokens/"), []byte(dir+"/tokens/"))
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
