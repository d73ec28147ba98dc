package nagios

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// plugin writes a program into a folder nobody else can write to.
func plugin(t *testing.T, script string) (path, dir string) {
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

func TestExitCodes(t *testing.T) {
	for _, x := range []struct {
		script  string
		verdict headstart.Verdict
		text    string
	}{
		{"echo 'DISK OK - 40% used | /=40%;80;90;0;100'; exit 0", headstart.OK, "DISK OK - 40% used"},
		{"echo 'LOAD WARNING'; exit 1", headstart.Warn, "LOAD WARNING"},
		{"echo 'HTTP CRITICAL: refused'; exit 2", headstart.Down, "HTTP CRITICAL: refused"},
		{"echo 'could not resolve'; exit 3", headstart.Unknown, "could not resolve"},
		{"echo 'odd'; exit 77", headstart.Unknown, "exit code 77 is none of 0 to 3: odd"},
		{"exit 0", headstart.OK, "the plugin printed nothing"},
		{"kill -TERM $$", headstart.Unknown, "the plugin was killed: signal: terminated"},
		{`printf 'a\001\033[31mred\377\n'; exit 2`, headstart.Down, "a [31mred"},
		{`printf 'a\302\23331mred\n'; exit 2`, headstart.Down, "a 31mred"}, // CSI in one character
	} {
		path, _ := plugin(t, x.script)
		if r := Run(t.Context(), []string{path}); r.Verdict != x.verdict || r.Text != x.text {
			t.Errorf("%s: %s %q, want %s %q", x.script, r.Verdict, r.Text, x.verdict, x.text)
		}
	}
}

// A plugin that forks, floods or never ends is bounded in time and memory, and
// leaves nothing of its group behind.
func TestHostilePlugins(t *testing.T) {
	for name, script := range map[string]string{
		"never ends": "sleep 60",
		"forks":      "sleep 61 & sleep 62 & wait",
		"floods":     "yes 'a line that goes on and on'",
		"ignores":    "trap '' TERM INT; while :; do sleep 1; done",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := plugin(t, script)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			started := time.Now()
			r := Run(ctx, []string{path})
			if r.Verdict != headstart.Unknown || !r.Silent || time.Since(started) > 10*time.Second {
				t.Errorf("%+v after %s", r, time.Since(started))
			}
		})
	}
}

// What a plugin leaves running in its group ends with it.
func TestNothingIsLeftRunning(t *testing.T) {
	path, dir := plugin(t, `sleep 300 >/dev/null 2>&1 & echo $! > "$1"; echo fine`)
	note := filepath.Join(dir, "pid")
	if r := Run(t.Context(), []string{path, note}); r.Verdict != headstart.OK {
		t.Fatalf("%+v", r)
	}
	b, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	stat := fmt.Sprintf("/proc/%s/stat", strings.TrimSpace(string(b)))
	for range 100 {
		if s, err := os.ReadFile(stat); err != nil || strings.Contains(string(s), ") Z ") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("process %s still runs", b)
}

// Ruling 44: no shell, and nothing of our own environment.
func TestPlainArgumentsAndEnvironment(t *testing.T) {
	t.Setenv("HEADSTART_SECRET", "hunter2")
	path, _ := plugin(t, `echo "$#:$1:${HEADSTART_SECRET:-none}"`)
	if r := Run(t.Context(), []string{path, "$(id); a b"}); r.Text != "1:$(id); a b:none" {
		t.Errorf("printed %q", r.Text)
	}
}

// A gigabyte is neither kept nor does it hold the plugin up.
func TestOutputIsBounded(t *testing.T) {
	path, _ := plugin(t, "head -c 1000000000 /dev/zero; echo; exit 1")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := Run(t.Context(), []string{path})
	runtime.ReadMemStats(&after)
	if r.Verdict != headstart.Warn || len(r.Text) > 200 {
		t.Errorf("%s, %d bytes", r.Verdict, len(r.Text))
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d MB were allocated", grown>>20)
	}
}

func TestPerfdata(t *testing.T) {
	r := Read([]byte("OK | time=0.021s;;;0;10 'C:\\ used'=40%;80;90 size=12B broken 'it''s'=3\nlong text\n| more=7c;1\nlast=-1.5e1ms\n"))
	want := []Datum{{"time", 0.021, "s"}, {`C:\ used`, 40, "%"}, {"size", 12, "B"}, {"it's", 3, ""}, {"more", 7, "c"}, {"last", -15, "ms"}}
	if diff := cmp.Diff(want, r.Perfdata); diff != "" {
		t.Error(diff)
	}
}

// Ruling 44: absolute, under exec_dirs after links are followed, not writable by
// others, file and folders alike.
func TestTrusted(t *testing.T) {
	path, dir := plugin(t, "exit 0")
	elsewhere, _ := plugin(t, "exit 0")
	link := filepath.Join(dir, "link")
	open := filepath.Join(dir, "open")
	plain := filepath.Join(dir, "plain")
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Fatal(err)
	}
	for file, mode := range map[string]os.FileMode{open: 0o777, plain: 0o644} {
		if err := os.WriteFile(file, nil, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := Trusted([]string{path, "-H", "x"}, []string{"/nowhere", dir}); err != nil {
		t.Errorf("refused: %v", err)
	}
	for argv0, want := range map[string]string{
		"":                            "no absolute path",
		"check_it":                    "no absolute path",
		filepath.Join(dir, "missing"): "install the plugin",
		elsewhere:                     "none of exec_dirs",
		link:                          "none of exec_dirs",
		dir:                           "no program",
		plain:                         "chmod +x",
		open:                          "chmod go-w",
		filepath.Join(dir, "..", filepath.Base(filepath.Dir(elsewhere)), "check_it"): "none of exec_dirs",
	} {
		if err := Trusted([]string{argv0}, []string{dir}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", argv0, err, want)
		}
	}
	if err := Trusted(nil, []string{dir}); err == nil {
		t.Error("an empty command is accepted")
	}
	if err := Trusted([]string{path, "a\x00b"}, []string{dir}); err == nil {
		t.Error("a NUL is accepted")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("OK | 'a b'=1%;2;3 c=4s\nx|d=5"))
	f.Add([]byte("|'"))
	f.Fuzz(func(t *testing.T, out []byte) {
		r := Read(out)
		if len(r.Text) > 200 || len(r.Perfdata) > mostData || strings.ContainsAny(r.Text, "\n\x00") {
			t.Errorf("%+v", r)
		}
		for _, d := range r.Perfdata {
			if d.Label == "" || math.IsNaN(d.Value) || math.IsInf(d.Value, 0) {
				t.Errorf("%+v out of %q", d, out)
			}
		}
	})
}
