package main

import (
	"context"
	"io/fs"
	"log/slog"
	"math"
	"runtime/debug"
	"testing"
	"testing/fstest"
	"time"

	"headstart"
	"headstart/alerts"
)

// stillHead is a store's cursor as a test moves it.
type stillHead struct{ at headstart.Cursor }

func (h *stillHead) Head(context.Context) (headstart.Cursor, error) { return h.at, nil }

// TestBacklogCounts: what is accepted and not decided counts as memory, until it is decided
// or nobody decides.
func TestBacklogCounts(t *testing.T) {
	head, now, at := &stillHead{}, time.Now(), headstart.Offset{}
	s := &strain{limit: 100, live: func() int64 { return 30 }, store: head, waited: func(context.Context) (time.Duration, error) { return 0, nil }}
	said := true
	accept := s.counting(func(context.Context, headstart.Append) (headstart.Offset, error) {
		if at.Ms += 600; said {
			return at, nil
		}
		return headstart.Offset{}, nil
	})
	take := func(bytes int) {
		if _, err := accept(t.Context(), headstart.Append{Data: make([]byte, bytes)}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(when string, strain alerts.Strain) {
		t.Helper()
		if is := s.is(); is != strain {
			t.Errorf("%s it is under strain for %q, want %q", when, is, strain)
		}
	}
	head.at.Off = headstart.Offset{Ms: 1}
	s.look(t.Context(), now)
	take(10)
	first := at
	take(10)
	want("with 20 bytes owed", "")
	said = false
	take(10)
	said = true
	want("with what others had said", "")
	take(1)
	want("with 21 bytes owed", alerts.StrainMemory)
	head.at.Off = first
	s.look(t.Context(), now)
	want("with the first of them decided", "")
	take(10)
	want("with as much again", alerts.StrainMemory)
	s.look(t.Context(), now.Add(time.Minute))
	want("while nobody decides", "")
	head.at.Off = at
	s.look(t.Context(), now.Add(time.Minute))
	want("with all decided", "")
	if n := s.owed.size(); n != 0 || len(s.owed.seconds) != 0 {
		t.Errorf("%d bytes in %d seconds are owed; all is decided", n, len(s.owed.seconds))
	}
}

func TestStrain(t *testing.T) {
	live, waited, head, now := int64(10), time.Duration(0), &stillHead{}, time.Now()
	s := &strain{limit: 100, live: func() int64 { return live }, store: head, waited: func(context.Context) (time.Duration, error) { return waited, nil }}
	look := func(decides bool) alerts.Strain {
		if now = now.Add(time.Minute); decides {
			head.at.Part++
		}
		s.look(t.Context(), now)
		return s.is()
	}
	if is := look(true); is != "" || s.choked() {
		t.Errorf("at rest it is under strain for %q", is)
	}
	live = 71
	if is := look(true); is != alerts.StrainMemory || s.choked() {
		t.Errorf("with 71 of 100 bytes in use: %q, choked %v", is, s.choked())
	}
	live = 91
	if !s.choked() {
		t.Error("with 91 of 100 bytes in use it still reads what comes")
	}
	live = 10
	if is := look(true); is != "" {
		t.Errorf("with memory again it is under strain for %q", is)
	}
	for _, step := range []struct {
		waited  time.Duration
		decides bool
		want    alerts.Strain
		what    string
	}{
		{90 * time.Second, true, "", "somewhat behind"},
		{3 * time.Minute, true, alerts.StrainLag, "far behind"},
		{90 * time.Second, true, alerts.StrainLag, "nearer"},
		{3 * time.Minute, false, "", "nobody decides: nothing is gained by turning alerts away"},
		{3 * time.Minute, true, alerts.StrainLag, "somebody decides again"},
		{30 * time.Second, true, "", "nearly up to date"},
	} {
		waited = step.waited
		if is := look(step.decides); is != step.want {
			t.Errorf("%s: %q, want %q", step.what, is, step.want)
		}
	}
	s.limit, live = 0, math.MaxInt64
	if s.is() != "" || s.choked() {
		t.Error("without a limit it is under strain")
	}
}

func TestCgroupMemory(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, tt := range map[string]struct {
		root fstest.MapFS
		want int64
	}{
		"no such groups": {fstest.MapFS{}, 0},
		"no limit":       {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n")}, 0},
		"a container":    {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("268435456\n")}, 256 << 20},
		"a service": {fstest.MapFS{
			"proc/self/cgroup": file("0::/system.slice/headstart.service\n"),
			"sys/fs/cgroup/system.slice/headstart.service/memory.max":     file("536870912\n"),
			"sys/fs/cgroup/system.slice/memory.max":                       file("max\n"),
			"sys/fs/cgroup/system.slice/headstart.service/sub/memory.max": file("1\n"),
		}, 512 << 20},
		"a tighter group around it": {fstest.MapFS{
			"proc/self/cgroup":                  file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max":      file("536870912\n"),
			"sys/fs/cgroup/a/memory.max":        file("268435456\n"),
			"sys/fs/cgroup/memory/memory.limit": file("1\n"),
		}, 256 << 20},
		"version 1": {fstest.MapFS{
			"proc/self/cgroup": file("11:cpu,cpuacct:/x\n4:memory:/docker/1\n1:name=systemd:/\n"),
			"sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": file("134217728\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":          file("9223372036854771712\n"),
		}, 128 << 20},
		"rubbish": {fstest.MapFS{"proc/self/cgroup": file("x\n0::\n:::\n"), "sys/fs/cgroup/memory.max": file("-1 lots\n")}, 0},
	} {
		if got := cgroupMemory(tt.root); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

func TestLimitMemory(t *testing.T) { // of this process: beside no other test
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	t.Setenv("GOMEMLIMIT", "")
	root := fs.FS(fstest.MapFS{"proc/self/cgroup": {Data: []byte("0::/\n")}, "sys/fs/cgroup/memory.max": {Data: []byte("107374182400\n")}})
	if got := limitMemory(root, slog.New(slog.DiscardHandler)); got != debug.SetMemoryLimit(-1) || got != 85<<30 {
		t.Errorf("in a container of 100 GiB the limit is %d, and the collector's %d", got, debug.SetMemoryLimit(-1))
	}
	debug.SetMemoryLimit(200 << 30)
	if got := limitMemory(root, slog.New(slog.DiscardHandler)); got != 200<<30 {
		t.Errorf("GOMEMLIMIT says 200 GiB, and the limit is %d", got)
	}
	debug.SetMemoryLimit(math.MaxInt64)
	t.Setenv("GOMEMLIMIT", "off")
	if got := limitMemory(root, slog.New(slog.DiscardHandler)); got != 0 || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		t.Errorf("with GOMEMLIMIT=off the limit is %d", got)
	}
}
