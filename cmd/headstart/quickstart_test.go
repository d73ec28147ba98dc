package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// quickstart is a copy of what `make run` starts with, at an address of its own and
// with more probes at the end of its list; it returns the configuration.
func quickstart(t *testing.T, more string) (config, address string) {
	t.Helper()
	dir, address := t.TempDir(), freePort(t)
	files, err := filepath.Glob("../../configs/quickstart*.yml")
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files of the quick start, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "127.0.0.1:8480", address)
		text = strings.Replace(text, "probe_allow:", strings.ReplaceAll(more, "DIR", dir)+"probe_allow:", 1)
		text = strings.Replace(text, "data_dir: data", "data_dir: "+filepath.Join(dir, "data"), 1)
		write(t, filepath.Join(dir, filepath.Base(f)), text)
	}
	return filepath.Join(dir, "quickstart.yml"), address
}

// outcome runs program to its end and returns its exit code and what it printed.
func outcome(t *testing.T, program string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, errs strings.Builder
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// TestCheckOnTheQuickstart runs the program itself on what a newcomer starts with, in
// each of the four ways it can end. How long it takes is a row of make bench.
func TestCheckOnTheQuickstart(t *testing.T) {
	t.Parallel()
	program := build(t)
	config, address := quickstart(t, "")

	code, out, errs := outcome(t, program, "--config", config, "check", "headstart")
	if want := "1 checked: 1 down\n\nStatuspagina – Hier\n  down  headstart  http  http://" + address + "/-/healthy  connection refused\n"; code != 2 || out != want || errs != "" {
		t.Errorf("before the service runs: exit code %d\n%s%swant 2 and\n%s", code, out, errs, want)
	}

	serve := exec.Command(program, "serve", "--config", config)
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait() })
	waitFor(t, 30*time.Second, "the quick start to be ready", func() bool { return get("http://"+address+"/-/ready", nil) == nil })
	code, out, errs = outcome(t, program, "--config", config, "check", "headstart")
	if want := "1 checked: 1 ok\n\nStatuspagina – Hier\n  ok  headstart  http  http://" + address + "/-/healthy  HTTP status 200 OK\n"; code != 0 || out != want || errs != "" {
		t.Errorf("while it runs: exit code %d\n%s%swant 0 and\n%s", code, out, errs, want)
	}
	// Whether this machine has a gateway and a resolver that answer is its own affair;
	// each is told, and the exit code is that of the worst.
	code, out, _ = outcome(t, program, "--config", config, "check", "--output", "json")
	var report struct {
		Results []headstart.CheckResult   `json:"results"`
		Summary map[headstart.Verdict]int `json:"summary"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := 0
	for _, v := range []struct {
		verdict headstart.Verdict
		code    int
	}{{headstart.Down, 2}, {headstart.Unknown, 3}, {headstart.Warn, 1}} {
		if want == 0 && report.Summary[v.verdict] > 0 {
			want = v.code
		}
	}
	if code != want || len(report.Results) == 0 {
		t.Errorf("all of it: exit code %d, want %d of\n%s", code, want, out)
	}

	plugin := "  - {name: plugin, kind: exec, command: [DIR/plugin]}\nexec_dirs: [DIR]\n"
	for name, c := range map[string]struct {
		script string
		code   int
		out    string
	}{
		"a warning":       {"echo 'disk 91 % full'; exit 1", 1, "1 checked: 1 warn\n\n(no service, no location)\n  warn  plugin  exec    disk 91 % full\n"},
		"nothing learned": {"echo 'no route'; exit 3", 3, "1 checked: 1 unknown\n\n(no service, no location)\n  unknown  plugin  exec    no route\n"},
	} {
		config, _ := quickstart(t, plugin)
		dir := filepath.Dir(config)
		if err := os.WriteFile(filepath.Join(dir, "plugin"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		code, out, errs := outcome(t, program, "--config", config, "check", "plugin")
		if out := strings.ReplaceAll(out, dir, "DIR"); code != c.code || out != c.out {
			t.Errorf("%s: exit code %d\n%s%swant %d and\n%s", name, code, out, errs, c.code, c.out)
		}
	}

	wrong, _ := quickstart(t, "  - {name: x, kind: htttp, target: x}\n")
	code, out, errs = outcome(t, program, "--config", wrong, "check")
	if code != 3 || out != "" || !strings.Contains(errs, `quickstart.yml:16: probe x: kind "htttp" is unknown; did you mean "http"?`) {
		t.Errorf("a wrong configuration: exit code %d\n%s%s\nwant 3, the place and the remedy", code, out, errs)
	}
}
