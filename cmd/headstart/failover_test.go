package main

import (
	"flag"
	"fmt"
	"net"
	"testing"
	"time"

	"headstart/store/redistest"
)

// failovers is how often the store's server dies in TestFailoverLoop; make long asks
// for more.
var failovers = flag.Int("failovers", 1, "failovers of the store in TestFailoverLoop")

// TestFailoverLoop kills the store's primary again and again under load, each time when
// its replica has not heard the last moments, and lets the replica take over. Nothing
// acknowledged may be lost, the state must be the fold of the log, and every notification
// the log implies is sent and no other (I1, I2, I5).
func TestFailoverLoop(t *testing.T) {
	t.Parallel()
	program := build(t)
	primary := redistest.Start(t, "--maxmemory-policy", "noeviction")
	front := redistest.StartProxy(t, primary.Addr)
	hook := startHook(t)
	config := prepareLoaded(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}", front.Addr), hook.URL)
	load := newLoad()
	p := launch(t, program, config)
	for range *failovers {
		between := redistest.StartProxy(t, primary.Addr)
		host, port, _ := net.SplitHostPort(between.Addr)
		replica := redistest.Start(t, "--maxmemory-policy", "noeviction", "--replicaof", host+" "+port)
		replica.InStep(t)
		load.run(t, p.base, 2*time.Second)

		between.Hold()
		load.run(t, p.base, 150*time.Millisecond) // what only the primary ever has
		primary.Kill()
		between.Cut()
		between.Release()
		if out, err := replica.CLI("REPLICAOF", "NO", "ONE"); err != nil {
			t.Fatal(out, err)
		}
		front.Switch(replica.Addr)
		primary = replica
		load.run(t, p.base, 2*time.Second)
	}
	replayed := metric(p.base, p.token, "headstart_replayed_total")
	p.finish()
	after := judge(t, config, load.acked, hook)
	if replayed == 0 {
		t.Error("no failover lost anything; the test proves nothing")
	}
	if after.duplicates > *failovers*4 { // one in flight for each of the sender's workers
		t.Errorf("%d duplicate notifications for %d failovers", after.duplicates, *failovers)
	}
	t.Logf("%d failovers: %d alerts acknowledged, %d refused, %v records put back; %d notifications, %d duplicates",
		*failovers, len(load.acked), load.refused, replayed, after.implied, after.duplicates)
}

// TestSentinelFailover kills the primary that Sentinels watch under load, as often as one
// server can take over from the other: the service finds the promoted one by itself.
func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	program := build(t)
	w := redistest.StartWatched(t, "--maxmemory-policy", "noeviction")
	hook := startHook(t)
	config := prepareLoaded(t, fmt.Sprintf("store: {mode: sentinel, master: %s, addresses: [%q, %q, %q]}", w.Name, w.Addrs()[0], w.Addrs()[1], w.Addrs()[2]), hook.URL)
	load := newLoad()
	p := launch(t, program, config)
	load.run(t, p.base, 4*time.Second)
	primary, _ := w.Primary(t)
	primary.Kill()
	died := time.Now()
	var back time.Duration
	waitFor(t, 60*time.Second, "alerts to be taken again", func() bool {
		before := len(load.acked)
		load.run(t, p.base, 50*time.Millisecond)
		back = time.Since(died)
		return len(load.acked) > before
	})
	load.run(t, p.base, 3*time.Second)
	p.finish()
	after := judge(t, config, load.acked, hook)
	if after.duplicates > 4 {
		t.Errorf("%d duplicate notifications for one failover", after.duplicates)
	}
	t.Logf("alerts were taken again %s after the primary died (down-after %s): %d acknowledged, %d refused; %d notifications, %d duplicates",
		back.Round(10*time.Millisecond), redistest.DownAfter, len(load.acked), load.refused, after.implied, after.duplicates)
}
