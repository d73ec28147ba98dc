// Package nagios runs monitoring plugins as Nagios and its heirs do.
//
// A plugin is a program of the operator's: it is never reached through a shell,
// gets a small environment, must lie where nobody else can write, and ends, with
// whatever it started, when its time is over. What it prints is data: bounded,
// and read by the plugin guidelines of the Monitoring Plugins project
// (https://www.monitoring-plugins.org/doc/guidelines.html).
package nagios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"headstart"
)

// Result is what one run said.
type Result struct {
	Verdict  headstart.Verdict
	Text     string // the first line before "|", at most 200 bytes
	Perfdata []Datum
	Silent   bool // it was ended because its time was over
}

// most bounds what is kept of a plugin's output; what comes after is thrown away.
const most = 64 << 10

// Run starts argv and waits for it until ctx ends. Exit codes 0 to 3 are OK,
// Warn, Down and Unknown; any other way to end is Unknown, because a plugin that
// breaks says nothing of what it was to check.
func Run(ctx context.Context, argv []string) Result {
	var out head
	// The program was judged by Trusted when the configuration was read.
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "LANG=C.UTF-8"}
	cmd.Dir = "/"
	cmd.Stdout = &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // a child that left the group may hold the pipe
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left running in its group
	}
	if ctx.Err() != nil {
		return Result{Verdict: headstart.Unknown, Text: "the plugin did not end in time", Silent: true}
	}
	return judge(out.kept.Bytes(), err)
}

func judge(out []byte, err error) Result {
	r := Read(out)
	var exit *exec.ExitError
	code := 0
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
	case errors.As(err, &exit):
		code = exit.ExitCode()
	default:
		return Result{Verdict: headstart.Unknown, Text: fmt.Sprintf("the plugin could not be started: %v", err)}
	}
	switch code {
	case 0:
		r.Verdict = headstart.OK
	case 1:
		r.Verdict = headstart.Warn
	case 2:
		r.Verdict = headstart.Down
	case 3:
		r.Verdict = headstart.Unknown
	case -1:
		r.Verdict, r.Text = headstart.Unknown, "the plugin was killed: "+exit.String()
	default:
		r.Verdict = headstart.Unknown
		r.Text = fmt.Sprintf("exit code %d is none of 0 to 3: %s", code, r.Text)
	}
	if r.Text == "" {
		r.Text = "the plugin printed nothing"
	}
	return r
}

// Read takes text and performance data from what a plugin printed.
func Read(out []byte) Result {
	first, rest, _ := strings.Cut(string(out), "\n")
	text, perf, _ := strings.Cut(first, "|")
	// Further performance data stands after a second "|", behind the long text.
	if _, more, found := strings.Cut(rest, "|"); found {
		perf += " " + strings.ReplaceAll(more, "\n", " ")
	}
	return Result{Text: plain(text), Perfdata: perfdata(perf)}
}

// plain makes one line that a page or a log can show of what a program printed.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > 200 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// head keeps the first bytes written to it and takes the rest in silence: a
// plugin that prints a gigabyte must neither fill memory nor be blocked. It is no
// bytes.Buffer itself: io.Copy would use that one's ReadFrom, which keeps all.
type head struct{ kept bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	if room := most - h.kept.Len(); room > 0 {
		h.kept.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
