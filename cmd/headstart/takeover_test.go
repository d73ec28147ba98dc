package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"headstart/store/redistest"
)

// takeovers is how often the leader is taken away in TestTakeover; make long asks for more.
var takeovers = flag.Int("takeovers", 2, "how often TestTakeover takes the leader away")

// leaseAndPoll is how long nobody leads at most: the lease of the one that died, and the
// pause between two questions for it. What comes on top is loading the state.
const leaseAndPoll = 3250 * time.Millisecond

// TestTakeover takes the leader of two replicas away under load: killed; stopped for
// ten seconds, after which it goes on in the belief that it leads; told to end, as a pod
// that is evicted. The other takes over within its lease, and at once from one that ends;
// nothing accepted is lost, and nothing stale is ever sent (I1, I2, I4, I5). Now and then
// redis-server is killed as well.
func TestTakeover(t *testing.T) {
	t.Parallel()
	program := build(t)
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	hook := startHook(t)
	var both [2]*process
	var config [2]string
	for n := range both {
		config[n] = prepareCrash(t, redis, hook.URL)
		if n > 0 {
			shareKeys(t, config[0], config[n])
		}
		both[n] = launch(t, program, config[n])
	}
	s := startStream(t)
	var taken, handed []time.Duration // from one that was killed or stopped; from one that ended
	rounds := max(*takeovers, len(waysToGo))
	for n := range rounds {
		s.to(both[0].base, both[1].base)
		time.Sleep(300*time.Millisecond + time.Duration(rand.IntN(1200))*time.Millisecond)
		at := leaderOf(both[:])
		if at < 0 {
			t.Fatalf("round %d: nobody leads", n)
		}
		leader, other := both[at], both[1-at]
		seen := len(ledSince(other))
		s.to(other.base)
		gone, how := time.Now(), waysToGo[n%len(waysToGo)]
		switch how {
		case goesStopped:
			if err := leader.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = leader.cmd.Process.Signal(syscall.SIGCONT) }() // a stopped one cannot be ended
		case goesEnded:
			leader.end()
		case goesKilled:
			leader.kill()
			if n%12 == 6 {
				redis.Kill()
				redis.Restart(t)
			}
		}
		waitFor(t, 2*time.Minute, "the other to lead", func() bool { return len(ledSince(other)) > seen })
		took := ledSince(other)[seen].Sub(gone).Round(time.Millisecond)
		if how == goesEnded {
			handed = append(handed, took)
		} else {
			taken = append(taken, took)
		}
		if how != goesStopped {
			both[at] = launch(t, program, config[at])
			continue
		}
		time.Sleep(time.Until(gone.Add(10 * time.Second)))
		if err := leader.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		waitFor(t, 30*time.Second, "the one that was stopped to learn it", func() bool {
			return metric(leader.base, leader.token, "headstart_leader") == 0 && metric(other.base, other.token, "headstart_leader") == 1
		})
	}
	s.stop()
	both[1].end()
	both[0].finish()
	after := judge(t, config[0], s.acked, hook)
	once(t, after.incidents)
	s.report(t, after, rounds)
	t.Logf("taken from one that was killed or stopped: %s (lease and poll %s)", inWords(taken), leaseAndPoll)
	t.Logf("handed over by one that ended: %s", inWords(handed))
}

// waysToGo are how a leader goes, by turns.
var waysToGo = []wayToGo{goesKilled, goesStopped, goesEnded}

type wayToGo int

const (
	goesKilled  wayToGo = iota // kill -9
	goesStopped                // SIGSTOP
	goesEnded                  // as a service manager ends it, and a pod's eviction
)

// inWords says how long took were, in words.
func inWords(took []time.Duration) string {
	slices.Sort(took)
	return fmt.Sprintf("%d, median %s, slowest %s; %s", len(took), took[len(took)/2], took[len(took)-1], histogram(took))
}

// commitCommand is what only the command of a commit contains: keys that go to no other
// script in this order.
const commitCommand = "hs:{0}:outbox:due\r\n$11\r\nhs:{0}:feed"

// TestLeaseLostInCommit freezes the leader's line in the middle of a commit: on the way to
// the server, and the next time on the way back, when the server has done it. Another
// replica takes over; then the line thaws. A commit that arrives late is fenced (I4), one
// that was done is not done again, and nothing is lost or told that the log does not imply
// (I1, I2, I5).
func TestLeaseLostInCommit(t *testing.T) {
	t.Parallel()
	program := build(t)
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	hook := startHook(t)
	var both [2]*process
	var fronts [2]*redistest.Proxy
	var config [2]string
	for n := range both {
		fronts[n] = redistest.StartProxy(t, redis.Addr)
		config[n] = prepareLoaded(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}", fronts[n].Addr), hook.URL)
		if n > 0 {
			shareKeys(t, config[0], config[n])
		}
		both[n] = launch(t, program, config[n])
	}
	s := startStreamOf(t, 0, 0, 40*time.Millisecond)
	for n := range *takeovers {
		s.to(both[0].base, both[1].base)
		waitFor(t, 30*time.Second, "one to lead", func() bool { return leaderOf(both[:]) >= 0 })
		at := leaderOf(both[:])
		leader, other := both[at], both[1-at]
		seen, refused := len(ledSince(other)), lateRefused(t, redis)
		caught := fronts[at].Snare(commitCommand, n%2 == 1)
		select {
		case <-caught:
		case <-time.After(30 * time.Second):
			t.Fatalf("round %d: the leader did not commit anything", n)
		}
		s.to(other.base)
		waitFor(t, time.Minute, "the other to lead", func() bool { return len(ledSince(other)) > seen })
		fronts[at].Release()
		waitFor(t, 30*time.Second, "the one that was frozen to learn it", func() bool {
			return metric(leader.base, leader.token, "headstart_leader") == 0 && metric(other.base, other.token, "headstart_leader") == 1
		})
		if n%2 == 0 {
			waitFor(t, 30*time.Second, "the server to refuse what arrived late", func() bool { return lateRefused(t, redis) > refused })
		}
	}
	s.stop()
	both[1].end()
	both[0].finish()
	after := judge(t, config[0], s.acked, hook)
	once(t, after.incidents)
	s.report(t, after, *takeovers)
}

// leaderOf is which of them leads; -1: none.
func leaderOf(all []*process) int {
	return slices.IndexFunc(all, func(p *process) bool { return metric(p.base, p.token, "headstart_leader") == 1 })
}

// lateRefused is how many commands the server refused because another leads.
func lateRefused(t *testing.T, redis *redistest.Server) (n int) {
	t.Helper()
	said, err := redis.CLI("INFO", "errorstats")
	if err != nil {
		t.Fatal(err)
	}
	if _, count, found := strings.Cut(said, "errorstat_FENCED:count="); found {
		_, _ = fmt.Sscan(count, &n) // the server wrote it
	}
	return n
}

var ledLine = regexp.MustCompile(`(?m)^time=(\S+) .*msg=leading `)

// ledSince is when p began to lead, each time.
func ledSince(p *process) (at []time.Time) {
	for _, m := range ledLine.FindAllStringSubmatch(p.errs.String(), -1) {
		if when, err := time.Parse(time.RFC3339Nano, m[1]); err == nil {
			at = append(at, when)
		}
	}
	return at
}

// histogram counts took by half seconds.
func histogram(took []time.Duration) string {
	var out strings.Builder
	for upper, n := 500*time.Millisecond, 0; n < len(took); upper += 500 * time.Millisecond {
		before := n
		for n < len(took) && took[n] <= upper {
			n++
		}
		if n > before {
			_, _ = fmt.Fprintf(&out, "<= %s: %d  ", upper, n-before)
		}
	}
	return strings.TrimSpace(out.String())
}
