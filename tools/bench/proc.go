package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of processor time in /proc, the same on every
// Linux (USER_HZ).
const ticksPerSecond = 100

// cpu is the processor time the server has used, in seconds.
func (s *server) cpu() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid()))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.name, err)
	}
	return parseStat(string(b))
}

// parseStat returns the seconds of processor time, user and system, of the text
// of /proc/PID/stat. The name in it may hold spaces and parentheses.
func parseStat(text string) (float64, error) {
	_, text, ok := cutLast(text, ")")
	fields := strings.Fields(text)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat is %q; expected 15 fields or more", text)
	}
	var ticks uint64
	for _, f := range fields[11:13] { // utime and stime, the 14th and 15th of all
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/PID/stat: %w", err)
		}
		ticks += n
	}
	return float64(ticks) / ticksPerSecond, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// rss is the memory the server has resident, in bytes.
func (s *server) rss() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid()))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.name, err)
	}
	return parseStatus(string(b))
}

// parseStatus returns VmRSS of the text of /proc/PID/status, in bytes.
func parseStatus(text string) (float64, error) {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "VmRSS:")
		if !ok {
			continue
		}
		kB, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/PID/status: %w", err)
		}
		return float64(kB) * 1024, nil
	}
	return 0, fmt.Errorf("/proc/PID/status has no VmRSS")
}

// settleTimeout is how long we wait for a server to become calm.
const settleTimeout = 30 * time.Second

// settle returns once the server has nothing left to do: what it does after its
// answers is part of the price, and must not disturb the next figure. It is
// calm when it rests three times in a row: once may mean that others had the
// processors. One that does not rest is left at it, and we say so.
func (l *lab) settle(ctx context.Context, s *server) error {
	return l.settleWithin(ctx, s, settleTimeout)
}

// settleWithin is settle for a server that may have more to do.
func (l *lab) settleWithin(ctx context.Context, s *server, timeout time.Duration) error {
	const window, rest = 250 * time.Millisecond, 0.015 // seconds of processor time in a window
	deadline := time.Now().Add(timeout)
	before, err := s.cpu()
	for calm := 0; err == nil && calm < 3; {
		if time.Now().After(deadline) {
			l.say("%s is busy %s after its last answer; what follows shares the processors with it", s.name, timeout)
			return nil
		}
		if err := pause(ctx, window); err != nil {
			return err
		}
		var now float64
		now, err = s.cpu()
		if calm++; now-before > rest {
			calm = 0
		}
		before = now
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
