package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// part is one thing that is shown.
type part struct {
	name    string // in lower case, of letters, digits and dashes: also that of its file
	shows   string // in a few words
	lane    lane
	command string                       // of sh, in the root of the module; SCRATCH in it is a folder that is removed at the end
	figures func(output string) []string // what to keep of what it printed; nil: what its tests logged
}

// lane is what a part does with the processors.
type lane int

const (
	busy  lane = iota // uses all there are
	waits             // starts processes and mostly waits
	alone             // measures: nothing may run beside it
)

// result is what became of a part.
type result struct {
	part
	commit  string // that was tested
	at      time.Time
	took    time.Duration
	figures []string
	err     error
}

// grace is how long a part may take to end its processes when it is interrupted.
const grace = 20 * time.Second

// run runs p and keeps what it prints.
func (l *lab) run(ctx context.Context, p part) result {
	r := result{part: p, commit: l.commit, at: time.Now()}
	l.say("begin  %s: %s", p.name, p.shows)
	file := filepath.Join(l.logs, p.name+".log")
	r.err = l.shell(ctx, p.command, file)
	r.took = time.Since(r.at)
	output, err := os.ReadFile(file)
	if err != nil && r.err == nil {
		r.err = err
	}
	keep := p.figures
	if keep == nil {
		keep = logged
	}
	r.figures = keep(string(output))
	if r.err != nil {
		r.figures = lastLines(string(output), 3)
		l.say("FAILED %s after %.1f min: %v; see %s", p.name, r.took.Minutes(), r.err, file)
		return r
	}
	l.say("passed %s in %.1f min", p.name, r.took.Minutes())
	for _, f := range r.figures {
		l.say("         %s", f)
	}
	return r
}

// shell runs the command with its output in file. An interrupt reaches all processes of
// the command, so that tests stop the servers they started.
func (l *lab) shell(ctx context.Context, command, file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.CommandContext(ctx, "sh", "-ec", command)
	cmd.Dir = l.root
	cmd.Env = append(os.Environ(), "SCRATCH="+l.scratch)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
	return cmd.Run()
}

// logged returns what tests logged: "    soak_test.go:65: 30m0s, …" gives what stands
// behind the place.
func logged(output string) []string {
	var out []string
	for line := range strings.Lines(output) {
		line, indented := strings.CutPrefix(line, "    ")
		place, text, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if indented && ok && strings.Contains(place, "_test.go:") && !strings.Contains(place, " ") && !strings.HasPrefix(text, "=== ") {
			out = append(out, text)
		}
	}
	return out
}

// lastLine returns the last line that says something.
func lastLine(output string) []string { return lastLines(output, 1) }

// lastLines returns the last lines of the output, n at most.
func lastLines(output string, n int) []string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return lines[max(len(lines)-n, 0):]
}

// packages counts those that passed, of what `go test` prints.
func packages(output string) []string {
	n := strings.Count("\n"+output, "\nok ")
	return []string{fmt.Sprintf("%d packages", n)}
}

// fuzzed counts the targets and the inputs that `make fuzz` tried.
func fuzzed(output string) []string {
	targets, inputs, last := 0, 0, 0
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, ".") && strings.Contains(line, " Fuzz") { // "./alerts FuzzPost"
			targets++
			inputs, last = inputs+last, 0
		}
		if _, after, ok := strings.Cut(line, ", execs: "); ok {
			_, _ = fmt.Sscan(after, &last) // of a target so far: the last line has them all
		}
	}
	return []string{fmt.Sprintf("%d targets, %d inputs", targets, inputs+last)}
}
