package probes

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart"
)

func writePlugin(t *testing.T, script string) (path, dir string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "check_it")
	// Forked meanwhile by another test, a child would hold it open for writing, and it
	// could not be started: "text file busy" (golang.org/issue/22315).
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path, dir
}

// A plugin per asset: its address is one argument, its measurements are kept,
// its exit code is the verdict.
func TestPluginPerAsset(t *testing.T) {
	path, dir := writePlugin(t, `echo "$1 answers $2|rta=0.4ms;10;20"; exit 1`)
	c := Config{ExecDirs: []string{dir}, Probes: []Probe{{Name: "plug", Kind: "exec", Assets: &Assets{Kind: "server"}, Command: []string{path, "$address", "a $asset b"}}}}
	cat := &headstart.Catalog{Devices: []headstart.Device{{ID: "srv", Kind: "server", Address: "10.0.0.7"}}}
	f, err := New(Options{Config: c, Catalog: cat})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := f.CheckNow(t.Context(), Filter{}, nil)
	if len(r) != 1 || r[0].Verdict != headstart.Warn || r[0].Reason != "10.0.0.7 answers a $asset b" {
		t.Fatalf("results %+v", r)
	}
	if v := r[0].Values; len(v) != 1 || v[0] != (headstart.Measurement{Name: "rta", Value: 0.4, Unit: "ms"}) {
		t.Errorf("values %+v", v)
	}
}

// A plugin whose time was over has heard nothing, which an ask tries once more.
func TestSlowPluginIsSilence(t *testing.T) {
	path, dir := writePlugin(t, "sleep 60")
	p := Probe{Name: "plug", Kind: "exec", Command: []string{path}}
	ask, err := runPlugin(p, &Config{ExecDirs: []string{dir}}, &spec{asking: &asking{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if f := ask(ctx, nil, true); f.verdict != headstart.Unknown || !f.silent {
		t.Errorf("%+v, want unknown and silent", f)
	}
}

// Ruling 44: a value of the catalog is never an option, and a program outside
// exec_dirs is refused when the configuration is read.
func TestPluginRefusals(t *testing.T) {
	path, dir := writePlugin(t, "exit 0")
	cat := &headstart.Catalog{Devices: []headstart.Device{{ID: "srv", Kind: "server", Address: "-v"}, {ID: "mute", Kind: "none"}}}
	for want, p := range map[string]Probe{
		"may not begin with a dash": {Asset: "srv", Command: []string{path, "$address"}},
		"there is none":             {Asset: "srv", Command: []string{path, "$location"}},
		"none of exec_dirs":         {Asset: "srv", Command: []string{"/bin/ls"}},
		"command is empty":          {Asset: "srv"},
		"has no key query":          {Asset: "srv", Command: []string{path}, Query: "x"},
		"has no key module":         {Asset: "srv", Command: []string{path}, Module: "http_2xx"},
	} {
		p.Name, p.Kind = "plug", "exec"
		err := Config{ExecDirs: []string{dir}, Probes: []Probe{p}}.Check(cat)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := (Config{ExecDirs: []string{dir}, Probes: []Probe{{Name: "plug", Kind: "exec", Command: []string{path}}}}).Check(cat); err != nil {
		t.Errorf("a plugin without a target is refused: %v", err)
	}
	if err := (Config{Probes: []Probe{{Name: "a", Kind: "icmp", Target: "h", Command: []string{path}}}}).Check(cat); err == nil || !strings.Contains(err.Error(), "icmp has no key command") {
		t.Errorf("icmp with a command: %v", err)
	}
}
