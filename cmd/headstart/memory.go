package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

const (
	// ofCgroup is the share of a container's memory that the program's own may become. The
	// rest is for what the kernel counts there too: pages of files, sockets.
	ofCgroup = .85

	// memoryLeast is what the program should have: the state of a small organisation, and
	// one large request.
	memoryLeast = 96 << 20
)

// limitMemory holds the garbage collector to what this process may take, and returns that in
// bytes; zero: nothing bounds it. GOMEMLIMIT says so first, then the limit of the control
// group, which systemd and containers set and which kills whoever exceeds it.
func limitMemory(root fs.FS, logger *slog.Logger) int64 {
	limit, by := debug.SetMemoryLimit(-1), "GOMEMLIMIT"
	if limit == math.MaxInt64 {
		most := cgroupMemory(root)
		if most == 0 || os.Getenv("GOMEMLIMIT") != "" { // off
			return 0
		}
		limit, by = int64(float64(most)*ofCgroup), "memory.max of its control group"
		debug.SetMemoryLimit(limit)
	}
	logger.Info("memory is limited", "subject", fmt.Sprintf("%d MiB, by %s", limit>>20, by))
	if limit < memoryLeast {
		logger.Warn("memory is short: a storm will be turned away; give the process more", "subject", fmt.Sprintf("%d MiB of %d, by %s", limit>>20, memoryLeast>>20, by))
	}
	return limit
}

// cgroupMemory is the least that a control group around this process may take, in bytes;
// zero: none has a limit, or this system has no such groups. It reads version 2, and 1.
func cgroupMemory(root fs.FS) int64 {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	least := int64(0)
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		group := path.Clean("/" + parts[2])
		switch {
		case parts[1] == "memory":
			least = lesser(least, leastAround(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		case parts[0] == "0":
			least = lesser(least, leastAround(root, "sys/fs/cgroup", group, "memory.max"))
		}
	}
	return least
}

// leastAround is the least limit of a group and of those it lies in; zero: none has one.
func leastAround(root fs.FS, base, group, file string) int64 {
	least := limitIn(root, path.Join(base, group, file))
	for group != "/" {
		group = path.Dir(group)
		least = lesser(least, limitIn(root, path.Join(base, group, file)))
	}
	return least
}

// lesser is the lower of two limits, of which zero is none.
func lesser(a, b int64) int64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// limitIn is the limit that a file holds; zero: none, which version 1 writes as a number
// close to the largest.
func limitIn(root fs.FS, name string) int64 {
	const unlimited = 1 << 60
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n >= unlimited {
		return 0
	}
	return n
}

// liveMemory is how many bytes the last collection found in use.
func liveMemory() int64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}
