package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestEveryPartNamesATest looks each name of a test up that a part runs: `go test -run`
// of a name that is gone passes and shows nothing.
func TestEveryPartNamesATest(t *testing.T) {
	named := regexp.MustCompile(`-run '\^\(?(Test[\w|]+)\)?\$'.* \./([\w/]+)`)
	seen := 0
	for _, p := range parts {
		m := named.FindStringSubmatch(p.command)
		if m == nil {
			if strings.Contains(p.command, "-run") {
				t.Errorf("%s: %s; write -run '^TestName$' and the folder", p.name, p.command)
			}
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", "..", m[2], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		var code strings.Builder
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(b)
		}
		for _, name := range strings.Split(m[1], "|") {
			seen++
			if !strings.Contains(code.String(), "func "+name+"(") {
				t.Errorf("%s: no %s in %s", p.name, name, m[2])
			}
		}
	}
	if seen < 15 {
		t.Errorf("%d tests are named, the parts name more", seen)
	}
}

// TestLanes runs parts of each kind: those that are alone first, a failing one holds up
// no other, and each keeps what it printed.
func TestLanes(t *testing.T) {
	l := &lab{root: t.TempDir(), logs: t.TempDir(), scratch: t.TempDir(), commit: "c0ffee", began: time.Now()}
	results := l.runAll(context.Background(), []part{
		{name: "fails", lane: busy, command: "echo 1; echo 2; echo; echo 'no good'; exit 3"},
		{name: "looks", lane: waits, command: `cat first; echo "    a_test.go:7: as the first left it: $SCRATCH"`},
		{name: "first", lane: alone, command: "touch first"},
	})
	if !slices.Equal(results[0].figures, []string{"2", "", "no good"}) || results[0].err == nil {
		t.Errorf("the failing part: %v, %v", results[0].figures, results[0].err)
	}
	if want := "as the first left it: " + l.scratch; results[1].err != nil || !slices.Equal(results[1].figures, []string{want}) {
		t.Errorf("the part behind the one that is alone: %q, %v; want %q", results[1].figures, results[1].err, want)
	}
}

// TestInterrupt ends what a part started, and says nothing of it.
func TestInterrupt(t *testing.T) {
	l := &lab{root: t.TempDir(), logs: t.TempDir(), began: time.Now()}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan []result)
	go func() {
		done <- l.runAll(ctx, []part{
			{name: "endless", command: `trap 'echo ended > ended; exit 1' INT; echo > began; sleep 600 & wait`},
			{name: "next", command: "true"},
		})
	}()
	began, ended := filepath.Join(l.root, "began"), filepath.Join(l.root, "ended")
	for _, err := os.Stat(began); err != nil; _, err = os.Stat(began) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if r := <-done; len(r) > 0 {
		t.Errorf("%v; want nothing of a part that was interrupted, nor of the next", r)
	}
	if _, err := os.Stat(ended); err != nil {
		t.Errorf("the part was not told: %v", err)
	}
}

func TestDocumentKeepsOtherRows(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	ran := func(name, figure string, err error) result {
		return result{part: part{name: name, shows: "what"}, commit: "c0ffee", at: at, took: 90 * time.Second, figures: []string{figure}, err: err}
	}
	first := document("", []result{ran("soak", "a | b\nc", nil), ran("fuzz", "3 targets", nil), ran("gone", "", nil)})
	second := document(first, []result{ran("fuzz", "4 targets", errors.New("exit status 1"))})
	want := preamble +
		"| soak | what | c0ffee | 2026-11-23 09:30 | 1.5 | passed | a \\| b c |\n" +
		"| fuzz | what | c0ffee | 2026-11-23 09:30 | 1.5 | **failed** | 4 targets |\n"
	if second != want {
		t.Errorf("got %s, want %s", second, want)
	}
}

func TestFigures(t *testing.T) {
	output := `=== RUN   TestCrashLoop
    crash_test.go:112: 50 kills: 30184 alerts
    --- PASS: TestCrashLoop/sentinel (244.57s)
./alerts FuzzPost
fuzz: elapsed: 3s, execs: 100 (33/sec), new interesting: 1 (total: 2)
fuzz: elapsed: 6s, execs: 250 (50/sec), new interesting: 1 (total: 2)
./web/door FuzzSealed
fuzz: elapsed: 3s, execs: 7 (2/sec), new interesting: 1 (total: 2)
ok  	headstart/alerts	6.2s
ok  	headstart/web/door	6.2s
`
	for _, c := range []struct {
		what func(string) []string
		want string
	}{
		{logged, "50 kills: 30184 alerts"},
		{fuzzed, "2 targets, 257 inputs"},
		{packages, "2 packages"},
		{lastLine, "ok  \theadstart/web/door\t6.2s"},
	} {
		if got := strings.Join(c.what(output), "; "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
