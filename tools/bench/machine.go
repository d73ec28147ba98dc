package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine is where and with what a run took place.
type machine struct {
	at                  time.Time
	took                time.Duration
	processor, kernel   string
	memory              string
	loadBefore          string // of one, five and fifteen minutes
	loadAfter           string
	headstart, peer     string // versions
	redis, goVersion    string
	processors, clients int
}

// describe asks the machine and the programs who they are.
func (l *lab) describe(ctx context.Context) (*machine, error) {
	m := &machine{at: l.began, processors: runtime.NumCPU(), clients: connections, goVersion: runtime.Version(), loadBefore: load()}
	m.processor = field1("/proc/cpuinfo", "model name")
	m.memory = field1("/proc/meminfo", "MemTotal")
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.kernel = strings.TrimSpace(string(b))
	}
	for _, v := range []struct {
		to   *string
		argv []string
	}{
		{&m.headstart, []string{l.headstart, "version"}},
		{&m.peer, []string{l.alertmanager, "--version"}},
		{&m.redis, []string{"redis-server", "--version"}},
	} {
		said, err := output(ctx, "", v.argv[0], v.argv[1:]...)
		if err != nil {
			return nil, err
		}
		*v.to, _, _ = strings.Cut(said, "\n")
	}
	return m, nil
}

func (m *machine) end(took time.Duration) { m.took, m.loadAfter = took.Round(time.Second), load() }

// load is the load average of 1, 5 and 15 minutes.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:3], " ")
}

// field1 is the value of the first line `key: value` of a file.
func field1(file, key string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func (m *machine) summary() string {
	return fmt.Sprintf("%d processors, load %s before and %s after, %s", m.processors, m.loadBefore, m.loadAfter, m.took)
}
