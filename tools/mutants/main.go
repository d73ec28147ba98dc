// Command mutants breaks the decision code in one small way at a time and runs
// its tests: a mutant that no test kills is a rule nobody holds.
//
// The mutants are those of list.txt. Nothing in the tree is touched: the broken
// file is laid over the build (`go test -overlay`). The exit code is 0 only if
// every mutant still applies, compiles and is killed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"sync"
	"time"
)

func main() {
	root := flag.String("root", "..", "`folder` of the module whose code is broken")
	file := flag.String("list", "mutants/list.txt", "the `file` that lists the mutants")
	only := flag.String("only", "", "run only mutants whose name matches this `expression`")
	workers := flag.Int("workers", runtime.NumCPU(), "mutants tested at the same time")
	timeout := flag.Duration("timeout", 10*time.Minute, "a mutant whose tests take longer is killed by it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *root, *file, *only, *workers, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, root, file, only string, workers int, timeout time.Duration) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	all, err := readList(file)
	if err != nil {
		return err
	}
	var chosen []mutant
	for _, m := range all {
		if match.MatchString(m.Name) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return errors.New("no mutant is chosen; -only matches none")
	}
	started := time.Now()
	if err := sound(ctx, root, chosen); err != nil {
		return err
	}
	alive := 0
	testAll(ctx, root, chosen, max(workers, 1), timeout, func(done int, m mutant, v verdict) {
		if !v.killed {
			alive++
		}
		fmt.Fprintf(out, "%3d/%d %-10s %5.1f s  %-52s %s\n", done, len(chosen), v.word(), v.took.Seconds(), m.Name, v.detail)
	})
	fmt.Fprintf(out, "\n%d mutants, %d killed, %d not, in %.0f s\n", len(chosen), len(chosen)-alive, alive, time.Since(started).Seconds())
	if alive > 0 {
		return errors.New("not every mutant was killed: write the test that a survivor lacks")
	}
	return nil
}

// testAll tests the mutants, several at a time, and tells of each as it is done,
// one after the other.
func testAll(ctx context.Context, root string, mutants []mutant, workers int, timeout time.Duration, tell func(done int, m mutant, v verdict)) {
	next := make(chan mutant)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range workers {
		wg.Go(func() {
			for m := range next {
				v := test(ctx, root, m, timeout)
				mu.Lock()
				done++
				tell(done, m, v)
				mu.Unlock()
			}
		})
	}
	for _, m := range mutants {
		next <- m
	}
	close(next)
	wg.Wait()
}
