package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// TestRedisRestoreDrill (ruling 11) does what docs/runbook.md tells, command by command, on
// a real Redis: a copy is made while everything runs, work goes on, and the copy is put
// back. The service is held: what was told after the copy, or was still owed in it, is
// told to nobody again, numbers jump, and a person releases it.
func TestRedisRestoreDrill(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	var closed atomic.Bool
	hook := startHook(t)
	door := httpDoor(t, hook, &closed)
	config := prepare(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}\nchannels: [{name: hook, type: webhook, url: %q, secret_file: secret}]\n", redis.Addr, door))
	write(t, filepath.Join(filepath.Dir(config), "secret"), strings.Repeat("k", 32))
	d := newDrill(t, redis, config)

	closed.Store(true) // the copy owes a message that leaves later
	d.do("systemctl start headstart")
	now := time.Now()
	d.r.opens(sent("prom-a", "HostDown", "sw-n-2", now, now.Add(time.Hour)), sent("prom-a", "PrinterOffline", "prn-n2-04", now, now.Add(time.Hour)))
	waitFor(t, 30*time.Second, "a message to be owed", func() bool { return redisCount(t, redis, "HLEN", "hs:{0}:outbox") > 0 })
	d.step("copy")

	closed.Store(false)
	d.r.alert(sent("prom-a", "PrinterOffline", "prn-z1-01", now, now.Add(time.Hour)))
	waitFor(t, 30*time.Second, "a second incident, and the message to arrive", func() bool { return len(d.r.incidents()) == 2 && len(hook.ids()) > 0 })
	// The clock of the log goes on by two minutes, without anybody waiting for them.
	later := strconv.FormatInt(time.Now().Add(2*time.Minute).UnixMilli(), 10)
	if out, err := redis.CLI("XADD", "hs:{0}:log", later+"-0", "d", string(headstart.NewRecord(time.Now()).Encode())); err != nil {
		t.Fatal(out, err)
	}
	waitFor(t, 30*time.Second, "it to be decided", func() bool {
		out, err := redis.CLI("HGET", "hs:{0}:meta", "cursor")
		ms, _, _ := strings.Cut(out, "-")
		return err == nil && ms >= later // what comes in this millisecond is later too; both have as many digits
	})
	told := hook.ids()

	d.step("restore")
	waitFor(t, 20*time.Second, "the log to say so", func() bool {
		return strings.Contains(d.r.stderr.String(), "the store is an older copy of itself, so nothing is pushed to users")
	})
	waitFor(t, 20*time.Second, "the board to say so", func() bool { return strings.Contains(d.r.page("/"), "oudere kopie") })
	if is := d.r.incidents(); len(is) != 1 || is[0].ID != "HS-1" {
		t.Errorf("after the restore there are %d incidents, want the one of the copy", len(is))
	}
	now = time.Now()
	d.r.alert(sent("prom-a", "PrinterOffline", "prn-z1-01", now, now.Add(time.Hour)))
	waitFor(t, 30*time.Second, "the incident that the copy does not know, and its message to wait", func() bool {
		is := d.r.incidents()
		return len(is) == 2 && len(is[1].Announcements) > 0 && is[1].Announcements[0].Draft != nil
	})
	if is := d.r.incidents(); is[1].ID != "HS-1002" {
		t.Errorf("it is %s, want HS-1002", is[1].ID)
	}
	for id, n := range hook.ids() {
		if n != told[id] {
			t.Errorf("%s was told %d times before the restore and %d after it", id, told[id], n)
		}
	}
	d.step("release")
	waitFor(t, 20*time.Second, "the board to forget it", func() bool { return !strings.Contains(d.r.page("/"), "oudere kopie") })
	d.r.stop()
	d.do("systemctl start headstart")
	if strings.Contains(d.r.stderr.String(), "older copy") {
		t.Error("the start after that is held again")
	}
}

// drill does what the runbook tells on one machine: the service manager and the paths are
// the test's, the commands those of the page.
type drill struct {
	t      *testing.T
	redis  *redistest.Server
	config string
	guide  map[string][]string
	paths  *strings.Replacer
	env    []string
	r      *running
}

func newDrill(t *testing.T, redis *redistest.Server, config string) *drill {
	t.Helper()
	dir := t.TempDir()
	host, port, _ := net.SplitHostPort(redis.Addr)
	conf := filepath.Join(dir, "redis.conf")
	write(t, conf, fmt.Sprintf("bind %s\nport %s\ndir %s\nsave \"\"\nappendonly yes\nmaxmemory-policy noeviction\n", host, port, redis.Dir))
	real, err := exec.LookPath("redis-cli")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "redis-cli"), fmt.Sprintf("#!/bin/sh\nexec %s -h %s -p %s \"$@\"\n", real, host, port))
	if err := os.Chmod(filepath.Join(dir, "redis-cli"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = redis.CLI("SHUTDOWN", "NOSAVE") }) // one that a step left behind
	return &drill{
		t: t, redis: redis, config: config, guide: guideOf(t, "../../docs/runbook.md", "\n### A copy of Redis, and back\n", "\nA user with no more"),
		paths: strings.NewReplacer("/var/lib/redis", redis.Dir, "/backup", dir, "/etc/redis/redis.conf", conf, "sleep 1", "sleep 0.1"),
		env:   append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH")),
	}
}

// step does every command of a step.
func (d *drill) step(name string) {
	d.t.Helper()
	if len(d.guide[name]) == 0 {
		d.t.Fatalf("docs/runbook.md has no commands under %q", name)
	}
	for _, line := range d.guide[name] {
		d.do(line)
	}
}

func (d *drill) do(line string) {
	d.t.Helper()
	switch line {
	case "systemctl stop headstart":
		d.r.stop()
	case "systemctl start headstart":
		d.r = start(d.t, d.config)
	case "systemctl stop redis-server":
		d.redis.Kill()
	case "systemctl start redis-server":
		d.redis.Restart(d.t)
	case "headstart store release":
		if code, out := d.r.cli("store", "release", "--url", d.r.base); code != 0 {
			d.t.Fatalf("%s ends with %d: %s", line, code, out)
		}
	default:
		ctx, cancel := context.WithTimeout(d.t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "sh", "-c", d.paths.Replace(line))
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr, cmd.Env = &out, &out, d.env
		if err := cmd.Run(); err != nil {
			d.t.Fatalf("%s: %v\n%s", line, err, out.String())
		}
	}
}

func redisCount(t *testing.T, s *redistest.Server, args ...string) int {
	t.Helper()
	out, err := s.CLI(args...)
	if err != nil {
		t.Fatal(out, err)
	}
	n, err := strconv.Atoi(out)
	if err != nil {
		t.Fatalf("%v says %q", args, out)
	}
	return n
}

// httpDoor is the address of h; while closed is true nothing gets through.
func httpDoor(t *testing.T, h *hook, closed *atomic.Bool) string {
	t.Helper()
	inside := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if closed.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		inside.ServeHTTP(w, r)
	})
	return h.URL
}
