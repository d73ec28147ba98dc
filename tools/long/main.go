// Command long runs what takes too long for every push and says what each part of it
// showed: what was measured and counted, beside the minutes it took.
//
// Two lanes run beside each other: parts that keep the processors busy, and parts that
// start processes, end them and wait for what becomes of it. Parts that measure come
// first, with nothing beside them. What a part printed is kept in a file. The exit code
// is 0 only if every part that ran passed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	root := flag.String("root", "..", "`folder` of the module that is tested")
	only := flag.String("only", "", "run only parts whose name matches this `expression`")
	document := flag.String("write", "", "put what each part that ran showed into this `file` of Markdown; what others showed before stays in it")
	logs := flag.String("logs", "", "existing `folder` for what each part prints; empty: a new one, which is named")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *root, *only, *document, *logs); err != nil {
		fmt.Fprintln(os.Stderr, "long:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, only, document, logs string) error {
	chosen, err := choose(parts, only)
	if err != nil {
		return err
	}
	l, err := newLab(ctx, root, logs)
	if err != nil {
		return err
	}
	defer l.clear()
	fmt.Printf("%d parts; what they print goes into %s\n", len(chosen), l.logs)
	results := l.runAll(ctx, chosen)
	if document != "" {
		if err := write(document, results); err != nil {
			return err
		}
	}
	failed := 0
	for _, r := range results {
		if r.err != nil {
			failed++
		}
	}
	fmt.Printf("\n%d parts, %d passed, %d failed, in %.0f min\n", len(results), len(results)-failed, failed, time.Since(l.began).Minutes())
	if failed > 0 {
		return errors.New("not every part passed")
	}
	return ctx.Err()
}

// choose returns the parts whose name matches the expression.
func choose(all []part, only string) ([]part, error) {
	match, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	var chosen []part
	for _, p := range all {
		if match.MatchString(p.name) {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("-only matches no part; parts are named in long/parts.go")
	}
	return chosen, nil
}

// lab is where parts run.
type lab struct {
	root    string
	logs    string // folder of what parts print
	scratch string // folder for what parts make, removed at the end
	commit  string // that is tested
	began   time.Time
	mu      sync.Mutex // one line is printed at a time
}

func newLab(ctx context.Context, root, logs string) (*lab, error) {
	describe := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty")
	describe.Dir = root
	commit, err := describe.Output()
	if err != nil {
		return nil, fmt.Errorf("git describe in %s: %w", root, err)
	}
	if logs == "" {
		if logs, err = os.MkdirTemp("", "headstart-long-logs-"); err != nil {
			return nil, err
		}
	}
	if logs, err = filepath.Abs(logs); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "headstart-long-")
	if err != nil {
		return nil, err
	}
	return &lab{root: root, logs: logs, scratch: scratch, commit: strings.TrimSpace(string(commit)), began: time.Now()}, nil
}

func (l *lab) clear() { _ = os.RemoveAll(l.scratch) }

// runAll runs the parts lane by lane and returns what became of them, in their order.
// A part that fails holds up no other; one that was interrupted is not among them.
func (l *lab) runAll(ctx context.Context, chosen []part) []result {
	results := make([]result, len(chosen))
	in := func(lane lane) {
		for i, p := range chosen {
			if p.lane != lane || ctx.Err() != nil {
				continue
			}
			if r := l.run(ctx, p); ctx.Err() == nil {
				results[i] = r
			}
		}
	}
	in(alone)
	var both sync.WaitGroup
	both.Go(func() { in(busy) })
	both.Go(func() { in(waits) })
	both.Wait()
	return slices.DeleteFunc(results, func(r result) bool { return r.name == "" })
}

// say prints a line, with the minutes since the beginning.
func (l *lab) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Printf("%5.1f min  %s\n", time.Since(l.began).Minutes(), fmt.Sprintf(format, args...))
}
