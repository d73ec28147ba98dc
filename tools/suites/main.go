// Command suites runs every test of the module, suite by suite, and says what
// ran: seconds, passed, failed and skipped of each, and one closing line.
//
// A suite is a folder with its subfolders. A skipped test counts as failed: a
// suite that quietly leaves out its real part proves nothing. The exit code is
// 0 only if everything passed.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	count := flag.Int("count", 1, "run each test this many times")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *count, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// round is a set of packages tested by one `go test`. Rounds run after each
// other: pure code may share the processors, what kills processes and measures
// time may not.
type round struct {
	folders []string // first element of the package's folder, "." is the root; empty: whatever no other round names
	race    bool     // a race build is 3 to 5 times slower: only where no other process is waited for
	only    string   // names of tests, as of -run; empty: all. Such a round is beside the one that has them all
	first   []string // of these, the longest, in this order: what is started last is waited for with the processors idle
	alone   bool     // one package at a time, many of its tests beside each other: they wait for processes
	timeout time.Duration
}

// The root, correlate, announce, report, lang and chart start no goroutine, in their tests
// neither, and some of them try the most by far: only make long looks for races in them, as
// in the lives of incidents that run no engine.
var rounds = []round{
	{folders: []string{"incidents"}, race: true, only: "^TestEngine", timeout: 9 * time.Minute},
	{folders: []string{"alerts", "tickets", "agents"}, first: []string{"tickets"}, race: true, timeout: 9 * time.Minute},
	{first: []string{"web", "correlate", "probes", "store"}, timeout: 9 * time.Minute},
	{folders: []string{"cmd"}, alone: true, timeout: 9 * time.Minute},
}

func run(ctx context.Context, count int, out io.Writer) error {
	started := time.Now()
	folder, remove := inMemory()
	defer remove()
	packages, err := list(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-15s %8s %7s %7s %7s\n", "suite", "seconds", "passed", "failed", "skipped")
	var total tally
	for i, r := range rounds {
		members := r.members(packages, rounds[:i], rounds[i+1:])
		if len(members) == 0 {
			continue
		}
		suites, err := r.run(ctx, members, count, folder)
		if err != nil {
			return err
		}
		for _, s := range suites {
			s.print(out)
			total.add(s.tally)
		}
	}
	fmt.Fprintf(out, "\n%d passed, %d failed, %d skipped in %.0f s\n", total.passed, total.failed, total.skipped, time.Since(started).Seconds())
	if total.failed+total.skipped > 0 {
		return errors.New("not all tests passed; a skipped test counts as failed")
	}
	return nil
}

// list returns the packages of the module above this one.
func list(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "./...")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	return strings.Fields(string(b)), nil
}

// suiteOf names the suite of a package: headstart/tickets/evidence is tickets.
func suiteOf(pkg string) string {
	_, folder, ok := strings.Cut(pkg, "/")
	if !ok {
		return "."
	}
	folder, _, _ = strings.Cut(folder, "/")
	return folder
}

// members returns the packages of r, given the rounds around it.
func (r round) members(packages []string, around ...[]round) []string {
	elsewhere := map[string]bool{}
	for _, rs := range around {
		for _, other := range rs {
			for _, f := range other.folders {
				elsewhere[f] = elsewhere[f] || other.only == ""
			}
		}
	}
	mine := map[string]bool{}
	for _, f := range r.folders {
		mine[f] = true
	}
	var out []string
	for _, p := range packages {
		if s := suiteOf(p); mine[s] || len(r.folders) == 0 && !elsewhere[s] {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(r.place(a), r.place(b)) })
	return out
}

// place is where a package stands in its round: those of first, then the others.
func (r round) place(pkg string) int {
	if n := slices.Index(r.first, suiteOf(pkg)); n >= 0 {
		return n
	}
	return len(r.first)
}

// run tests packages and returns one suite per folder, in the order the first
// package of each was listed. What tests write is below folder; empty: where it always is.
func (r round) run(ctx context.Context, packages []string, count int, folder string) ([]*suite, error) {
	args := []string{"test", "-json", "-timeout", r.timeout.String(), fmt.Sprintf("-count=%d", count)}
	if r.race {
		args = append(args, "-race")
	}
	if r.alone {
		args = append(args, "-p=1", "-parallel=8")
	}
	if folder != "" { // of the tests alone: what go itself makes is large
		args = append(args, "-exec=env -u GOTMPDIR TMPDIR="+folder)
	}
	if r.only != "" {
		args = append(args, "-run="+r.only, "-vet=off") // the round that has them all vets them
	}
	cmd := exec.CommandContext(ctx, "go", append(args, packages...)...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("go test: %w", err)
	}
	suites, err := read(pipe, packages)
	for _, s := range suites {
		if r.only != "" {
			s.name += ", race"
		}
	}
	var exit *exec.ExitError
	if werr := cmd.Wait(); err == nil && werr != nil && !errors.As(werr, &exit) {
		err = werr
	}
	return suites, err
}
