package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLicences: each part of the program is passed on with its licence, and one without a
// licence stops the release.
func TestLicences(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "headstart")
	if out, err := exec.Command("go", "-C", "../..", "build", "-o", program, "./cmd/headstart").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r := &release{source: "../.."}
	if err := r.licences(t.Context(), program, filepath.Join(dir, "licences.txt")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "licences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"github.com/prometheus/client_golang v", ": Apache-2.0", "github.com/redis/go-redis/v9 v", "github.com/spf13/viper v", ": MIT\n", ": BSD-3-Clause\n", "htmx: 0BSD", "Go, its runtime and standard library go1"} {
		if !strings.Contains(string(text), says) {
			t.Errorf("the licences do not say %q", says)
		}
	}
	empty := part{Path: "example.org/unknown", Dir: t.TempDir()}
	if err := empty.write(nil); err == nil || !strings.Contains(err.Error(), "example.org/unknown") {
		t.Errorf("a part without a licence: %v; want an error that names it", err)
	}
	if got := licenceOf("You may use this on Sundays."); got != "" {
		t.Errorf("an unknown licence counts as %s", got)
	}
}
