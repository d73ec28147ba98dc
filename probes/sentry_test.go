package probes

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// campus is a fleet whose network can be cut, in the current bubble.
type campus struct {
	*Fleet
	log  *logbook
	cut  atomic.Bool // no target out there answers
	mute atomic.Bool // then none can even be asked: the kernel knows no way
	dead atomic.Bool // nor does any witness
	down atomic.Int64
	stop func()
}

// startCampus runs n probes of other machines and one of this one, one a minute each.
// Of those out there the first down do not work.
func startCampus(t *testing.T, n int) *campus {
	t.Helper()
	var text strings.Builder
	text.WriteString("probe_anchors: [10.9.9.9]\nprobes:\n  - {name: own, kind: icmp, target: 127.0.0.1}\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {name: p%02d, kind: icmp, target: 10.1.0.%d}\n", i, i+1)
	}
	c := &campus{log: newLogbook()}
	c.Fleet = newFleet(t, Options{Config: config(t, text.String()), Append: c.log.Append})
	c.fake()
	return c
}

// fake replaces the network of the fleet.
func (c *campus) fake() {
	c.probe = func(ctx context.Context, s *spec, _ bool) finding {
		n, err := fmt.Sscanf(s.name, "p%d", new(int))
		broken := false
		if n == 1 && err == nil {
			var i int64
			_, _ = fmt.Sscanf(s.name, "p%d", &i)
			broken = i < c.down.Load()
		}
		if s.self || !c.cut.Load() && !broken {
			return finding{verdict: headstart.OK}
		}
		if c.mute.Load() {
			return finding{verdict: headstart.Unknown, reason: "network is unreachable"}
		}
		<-ctx.Done() // silence
		return finding{verdict: headstart.Down, reason: "no reply", silent: true}
	}
	c.sentry.look = func(ctx context.Context, _ []witness) glance {
		if c.dead.Load() {
			select {
			case <-time.After(witnessWait):
			case <-ctx.Done():
			}
			return glance{asked: true}
		}
		return glance{heard: true, asked: true}
	}
}

func (c *campus) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	c.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// pull cuts this machine off, plug ends that.
func (c *campus) pull() { c.cut.Store(true); c.dead.Store(true) }
func (c *campus) plug() { c.cut.Store(false); c.dead.Store(false) }

// since are the checks appended after the first n, without the prober's name.
func (c *campus) since(n int) []string { return words(c.log.all()[n:]) }

func (c *campus) verdicts() map[headstart.Verdict]int {
	count := map[headstart.Verdict]int{}
	for _, r := range c.Results() {
		count[r.Verdict]++
	}
	return count
}

// The uplink of this machine is pulled: one check says so, nothing else is told, and
// everything but what needs no network is Unknown. Back: all green within one
// interval, again with one check.
func TestOwnOutageIsOneCheck(t *testing.T) {
	t.Run("silence", func(t *testing.T) { ownOutage(t, false) })
	t.Run("no route", func(t *testing.T) { ownOutage(t, true) })
}

func ownOutage(t *testing.T, mute bool) {
	synctest.Test(t, func(t *testing.T) {
		c := startCampus(t, 40)
		c.mute.Store(mute)
		c.run(t)
		time.Sleep(3 * time.Minute)
		before := len(c.log.all())
		if diff := cmp.Diff(map[headstart.Verdict]int{headstart.OK: 41}, c.verdicts()); diff != "" {
			t.Fatalf("before (-want +got):\n%s", diff)
		}
		pulled := time.Now()
		c.pull()
		time.Sleep(90 * time.Second)
		if diff := cmp.Diff([]string{"prober-isolated down"}, c.since(before)); diff != "" {
			t.Fatalf("told (-want +got):\n%s", diff)
		}
		told := c.log.all()[before]
		if at := told.ObservedAt.Sub(pulled); at < 0 || at > 10*time.Second || !strings.Contains(told.Reason, "10.9.9.9") || told.Kind != "" || told.Asset != "" {
			t.Errorf("told %+v, %v after the cable was pulled; want the first failure, and who does not answer", told, at)
		}
		if diff := cmp.Diff(map[headstart.Verdict]int{headstart.OK: 1, headstart.Unknown: 40}, c.verdicts()); diff != "" {
			t.Errorf("isolated (-want +got):\n%s", diff)
		}
		time.Sleep(8 * time.Hour)
		if got := c.since(before); len(got) != 1 {
			t.Errorf("after a night told %v, want no more", got)
		}

		c.plug()
		time.Sleep(lookAgain + 2*witnessWait + time.Minute)
		if diff := cmp.Diff(map[headstart.Verdict]int{headstart.OK: 41}, c.verdicts()); diff != "" {
			t.Errorf("one interval after it is back (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"prober-isolated down", "prober-isolated ok"}, c.since(before)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		time.Sleep(10 * time.Minute)
		c.stop()
		if got := c.since(before); len(got) != 2 {
			t.Errorf("told %v", got)
		}
	})
}

// As long as our gateway answers it is not us, however much fails: all is told, and
// at once.
func TestOthersOutageIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCampus(t, 40)
		c.run(t)
		time.Sleep(3 * time.Minute)
		before := len(c.log.all())
		c.cut.Store(true)
		time.Sleep(100 * time.Second)
		c.stop()
		got := c.since(before)
		if len(got) != 40 || slices.ContainsFunc(got, func(s string) bool { return !strings.HasSuffix(s, " down") }) {
			t.Errorf("told %v, want 40 down", got)
		}
	})
}

// A gateway that is silent while few others fail says nothing about us: those are
// told, a little later. And nothing is told of what was over before it left.
func TestFewFailuresAreHeldBackAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCampus(t, 40)
		c.run(t)
		time.Sleep(3 * time.Minute)
		before := len(c.log.all())
		c.down.Store(5)
		c.dead.Store(true)
		time.Sleep(100*time.Second + holdMost)
		got := c.since(before)
		slices.Sort(got)
		if diff := cmp.Diff([]string{"p00 down", "p01 down", "p02 down", "p03 down", "p04 down"}, got); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		c.stop()
	})
	synctest.Test(t, func(t *testing.T) {
		c := startCampus(t, 40)
		f := c.Fleet
		l := newLoop(f)
		l.sentry = f.sentry
		j := f.byID["p00"]
		f.sentry.met = true
		down := &run{job: j, found: finding{verdict: headstart.Down, at: time.Now()}}
		j.judge.confirmed = headstart.Down
		l.tell(down, judge{confirmed: headstart.OK})
		l.tell(&run{job: j, found: finding{verdict: headstart.OK, at: time.Now()}}, j.judge)
		l.looked(t.Context(), glance{heard: true, asked: true})
		if _, checks := f.journal.peek(); len(checks) != 1 || checks[0].Probe != headstart.ProberIsolated || checks[0].Verdict != headstart.OK {
			t.Errorf("told %v, want only that we look", words(checks))
		}
	})
}

// Witnesses that never answered, be it that a firewall forbids it, hold nothing back
// for long. But if nothing out there has ever answered either, it is us: the machine
// was started with its cable out.
func TestWitnessesThatNeverAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCampus(t, 40)
		c.dead.Store(true)
		c.run(t)
		time.Sleep(3 * time.Minute)
		before := len(c.log.all())
		c.cut.Store(true)
		time.Sleep(2 * time.Minute)
		c.stop()
		if got := c.since(before); len(got) != 40 {
			t.Errorf("told %d, want 40 down: %v", len(got), got)
		}
	})
	for _, n := range []int{4, 40} { // of a small fleet, all
		synctest.Test(t, func(t *testing.T) {
			c := startCampus(t, n)
			c.pull()
			c.run(t)
			time.Sleep(5 * time.Minute)
			got := c.since(0)
			slices.Sort(got)
			if diff := cmp.Diff([]string{"own ok", "prober-isolated down"}, got); diff != "" {
				t.Errorf("%d probes, started without a network (-want +got):\n%s", n, diff)
			}
			c.stop()
		})
	}
}

// An answer to an ask that we were cut off for is Unknown, and there is one.
func TestAskedWhileIsolated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		c := &campus{log: log}
		c.Fleet = newFleet(t, Options{Config: config(t, "probe_anchors: [10.9.9.9]\nprobes: [{name: p00, kind: icmp, target: 10.1.0.1, asset: srv-print}, {name: p01, kind: icmp, target: 10.1.0.2}, {name: p02, kind: icmp, target: 10.1.0.3}]"), Catalog: catalog(), Append: log.Append})
		c.fake()
		c.run(t)
		time.Sleep(2 * time.Minute)
		before := len(log.all())
		c.pull()
		c.Ask(headstart.Ask{Asset: "srv-print"}) // it will wait for the witnesses
		time.Sleep(90 * time.Second)
		c.Ask(headstart.Ask{Asset: "srv-print"})
		time.Sleep(10 * time.Second)
		c.stop()
		got := c.since(before)
		if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != "p00 unknown asked" && s != "p00 down asked" })); n != 2 || slices.Contains(got[len(got)-1:], "p00 down asked") {
			t.Errorf("told %v, want two answers, the last of them unknown", got)
		}
	})
}

// A reload does not end an isolation, nor tell of it again.
func TestReloadWhileIsolated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCampus(t, 40)
		c.run(t)
		time.Sleep(3 * time.Minute)
		c.pull()
		time.Sleep(2 * time.Minute)
		before := len(c.log.all())
		c.stop()
		f, err := New(Options{Config: c.options.Config, Append: c.log.Append, Previous: c.Fleet})
		if err != nil {
			t.Fatal(err)
		}
		c.Fleet = f
		c.fake()
		c.run(t)
		time.Sleep(10 * time.Minute)
		if got := c.since(before); len(got) != 0 {
			t.Errorf("after the reload told %v", got)
		}
		c.plug()
		time.Sleep(2 * time.Minute)
		c.stop()
		if diff := cmp.Diff([]string{"prober-isolated ok"}, c.since(before)); diff != "" {
			t.Errorf("back (-want +got):\n%s", diff)
		}
	})
}

// Probes of long intervals look soon after we are back.
func TestLongIntervalsLookSoonAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSentry([]witness{{host: "10.9.9.9"}}, nil)
		s.isolated = true
		f := newFleet(t, Options{Config: config(t, `probes: [{name: a, kind: icmp, target: 10.1.0.1, interval: 24h}]`)})
		l := newLoop(f)
		l.sentry = s
		now := time.Now()
		l.schedule(f.jobs, now)
		slot := f.jobs[0].slot
		l.recover(now)
		if j := f.jobs[0]; j.due.Sub(now) > time.Minute || !j.slot.Equal(slot) {
			t.Errorf("due in %v; want within a minute, and the slot of its phase kept", j.due.Sub(now))
		}
	})
}

// Witnesses on real sockets: a host that answers, a port that refuses, nobody.
func TestLookAtWitnesses(t *testing.T) {
	f := newFleet(t, Options{Config: config(t, "probe_anchors: [10.9.9.9]\nprobes: []")})
	n := &network{ping: f.ping, guard: &guard{dialer: &headstart.Dialer{}, literal: map[netip.Addr]bool{
		netip.MustParseAddr("127.0.0.1"): true, netip.MustParseAddr("127.255.255.255"): true,
	}}}
	closed := netip.MustParseAddrPort(closedPort(t))
	for name, tc := range map[string]struct {
		list []witness
		want glance
	}{
		"it answers":         {[]witness{{host: "127.0.0.1"}}, glance{heard: true, asked: true}},
		"it refuses":         {[]witness{{"127.0.0.1", closed.Port()}}, glance{heard: true, asked: true}},
		"one is enough":      {[]witness{{host: "127.255.255.255"}, {"127.0.0.1", closed.Port()}}, glance{heard: true, asked: true}},
		"nobody is there":    {[]witness{{host: "127.255.255.255"}}, glance{asked: true}},
		"nobody to be asked": {nil, glance{}},
	} {
		if got := n.look(t.Context(), tc.list); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestReadWitness(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "10.0.0.1:53": "10.0.0.1:53", "[2001:db8::1]:53": "[2001:db8::1]:53", "2001:db8::1": "2001:db8::1", "dns.example": "dns.example",
	} {
		if w, err := readWitness(text); err != nil || w.String() != want {
			t.Errorf("%s: %v, %v; want %s", text, w, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "is no host", "http://a.example/": "is no host", "127.0.0.1:53": "this machine itself", "localhost": "this machine itself", "LocalHost.:53": "this machine itself", "::1": "this machine itself", "a.example:0": "no usable port", "a.example:x": "no usable port",
	} {
		if _, err := readWitness(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want that it %s", text, err, want)
		}
	}
}
