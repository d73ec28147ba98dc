package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"headstart/store/redistest"
)

// redisState brings a state about; undo ends it. Each begins with a service that works.
type redisState func(t *testing.T, s *stateBench) (undo func())

// redisStates are the rows of the table in docs/runbook.md, by their first words.
var redisStates = map[string]redisState{
	"Redis is gone": func(t *testing.T, s *stateBench) func() {
		s.redis.Kill()
		return func() { s.redis.Restart(t) }
	},
	"Redis hangs": func(_ *testing.T, s *stateBench) func() { s.front.Hold(); return s.front.Release },
	"Redis cannot answer yet": func(t *testing.T, s *stateBench) func() {
		s.cli("CONFIG", "SET", "busy-reply-threshold", "20")
		done := make(chan struct{})
		go func() { defer close(done); _, _ = s.redis.CLI("EVAL", "while true do end", "0") }() // says that it was killed
		waitFor(t, 10*time.Second, "the server to be busy", func() bool { return strings.HasPrefix(s.say("PING"), "BUSY") })
		return func() { s.cli("SCRIPT", "KILL"); <-done }
	},
	"Redis is full": func(_ *testing.T, s *stateBench) func() {
		used := regexp.MustCompile(`used_memory:(\d+)`).FindStringSubmatch(s.say("INFO", "memory"))
		s.cli("CONFIG", "SET", "maxmemory", used[1])
		return func() { s.cli("CONFIG", "SET", "maxmemory", "0") }
	},
	"Redis cannot write to its disk": func(t *testing.T, s *stateBench) func() {
		file := filepath.Join(s.redis.Dir, "dump.rdb")
		if err := os.Mkdir(file, 0o700); err != nil {
			t.Fatal(err)
		}
		s.cli("CONFIG", "SET", "save", "3600 1")
		s.cli("BGSAVE")
		waitFor(t, 10*time.Second, "the snapshot to fail", func() bool { return strings.Contains(s.say("INFO", "persistence"), "rdb_last_bgsave_status:err") })
		return func() {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			s.cli("CONFIG", "SET", "save", "")
			s.cli("BGSAVE")
		}
	},
	"Redis is a replica now": func(_ *testing.T, s *stateBench) func() {
		s.cli("REPLICAOF", "127.0.0.1", "1")
		return func() { s.cli("REPLICAOF", "NO", "ONE") }
	},
	"Redis asks for replicas": func(_ *testing.T, s *stateBench) func() {
		s.cli("CONFIG", "SET", "min-replicas-to-write", "1")
		return func() { s.cli("CONFIG", "SET", "min-replicas-to-write", "0") }
	},
	"the user lost its rights": func(_ *testing.T, s *stateBench) func() {
		s.cli("ACL", "SETUSER", "default", "-eval", "-evalsha")
		return func() { s.cli("ACL", "SETUSER", "default", "+eval", "+evalsha") }
	},
	"Redis evicts": func(_ *testing.T, s *stateBench) func() {
		s.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
		return func() { s.cli("CONFIG", "SET", "maxmemory-policy", "noeviction") }
	},
	"the append-only file": func(_ *testing.T, s *stateBench) func() {
		s.cli("CONFIG", "SET", "appendonly", "no")
		return func() { s.cli("CONFIG", "SET", "appendonly", "yes") }
	},
	"the replica is gone": func(t *testing.T, s *stateBench) func() {
		s.attach(t)
		waitFor(t, 20*time.Second, "the store to remember it", func() bool { return s.say("HEXISTS", "hs:{0}:meta", "replica") == "1" })
		s.replica.Kill()
		return func() { s.cli("HDEL", "hs:{0}:meta", "replica") }
	},
	"a replica took over": func(t *testing.T, s *stateBench) func() {
		s.attach(t)
		s.between.Hold()
		if status := s.r.alert(sent("prom-a", "PrinterOffline", "prn-n2-04", time.Now(), time.Now().Add(time.Hour))); status != http.StatusOK {
			t.Errorf("an alert is answered %d", status)
		}
		s.redis.Kill()
		s.between.Cut()
		s.between.Release()
		s.redis = s.replica
		s.cli("REPLICAOF", "NO", "ONE")
		s.front.Switch(s.redis.Addr)
		return func() {}
	},
}

// stateBench is a service on a Redis that gets into states.
type stateBench struct {
	t              *testing.T
	r              *running
	redis, replica *redistest.Server
	front, between *redistest.Proxy
}

func (s *stateBench) say(args ...string) string {
	out, err := s.redis.CLI(args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *stateBench) cli(args ...string) {
	s.t.Helper()
	if out := s.say(args...); strings.HasPrefix(out, "ERR") {
		s.t.Fatalf("%v: %s", args, out)
	}
}

// attach gives the server a replica that is in step.
func (s *stateBench) attach(t *testing.T) {
	s.between = redistest.StartProxy(t, s.redis.Addr)
	host, port, _ := net.SplitHostPort(s.between.Addr)
	s.replica = redistest.Start(t, "--maxmemory-policy", "noeviction", "--replicaof", host+" "+port)
	s.replica.InStep(t)
}

// TestRedisStates brings about each state of the table "States of Redis" in docs/runbook.md
// and looks for every sign that the table gives; after each the service works again.
func TestRedisStates(t *testing.T) {
	t.Parallel()
	s := &stateBench{t: t, redis: redistest.Start(t, "--maxmemory-policy", "noeviction")}
	s.front = redistest.StartProxy(t, s.redis.Addr)
	s.r = start(t, prepare(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}\n", s.front.Addr)))
	_, table, found := strings.Cut(readAll(t, "../../docs/runbook.md"), "\n### States of Redis\n")
	table, _, whole := strings.Cut(table, "\n### ")
	if !found || !whole {
		t.Fatal("docs/runbook.md has no table of states")
	}
	seen := map[string]bool{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if len(cells) != 4 || strings.HasPrefix(line, "| state") {
			continue
		}
		name := ""
		for words := range redisStates {
			if strings.HasPrefix(strings.TrimPrefix(cells[0], "| "), words) {
				name = words
			}
		}
		if name == "" {
			t.Errorf("no test brings this state about: %s", cells[0])
			continue
		}
		seen[name] = true
		s.works(name)
		undo := redisStates[name](t, s)
		for _, sign := range regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(cells[1], -1) {
			s.shows(name, sign[1])
		}
		undo()
	}
	s.works("everything")
	for name := range redisStates {
		if !seen[name] {
			t.Errorf("docs/runbook.md does not list the state %q", name)
		}
	}
}

func (s *stateBench) works(before string) {
	s.t.Helper()
	waitFor(s.t, 20*time.Second, "the service to work before: "+before, func() bool { return get(s.r.base+"/-/ready?for=ingest", nil) == nil })
}

// shows waits for a sign as the runbook writes it: how an alert is answered, a question
// about readiness that is answered no, a metric with a value or any but zero, or a line of
// the log.
func (s *stateBench) shows(state, sign string) {
	s.t.Helper()
	waitFor(s.t, 20*time.Second, state+": "+sign, func() bool {
		if line, quoted := strings.CutPrefix(sign, `"`); quoted {
			return strings.Contains(s.r.stderr.String(), strings.TrimSuffix(line, `"`))
		}
		if strings.HasPrefix(sign, "/-/ready") {
			return get(s.r.base+sign, nil) != nil
		}
		if status, err := strconv.Atoi(sign); err == nil {
			now := time.Now()
			return s.r.alert(sent("prom-a", "HostDown", "sw-n-2", now, now.Add(time.Duration(now.UnixNano()%1000)*time.Minute))) == status
		}
		name, value, exact := strings.Cut(sign, " ")
		if !strings.HasPrefix(name, "headstart_") {
			s.t.Fatalf("the runbook gives a sign that nobody can look for: %s", sign)
		}
		got := metric(s.r.base, s.r.token, name)
		if !exact {
			return got > 0
		}
		want, err := strconv.ParseFloat(value, 64)
		return err == nil && got == want
	})
}
