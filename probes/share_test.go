package probes

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
)

func all(string) bool  { return true }
func none(string) bool { return false }

// replica is a fleet that shares with others.
type replica struct {
	*Fleet
	script *script
	stop   func()
}

// startShared runs a fleet that has nothing yet, over a network and a log it shares.
func startShared(t *testing.T, probes string, s *script, log *logbook) *replica {
	t.Helper()
	f := newFleet(t, Options{Config: config(t, probes), Catalog: catalog(), Append: log.Append, Replica: "a"})
	f.probe = s.probe
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return &replica{f, s, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}}
}

// Two fleets have the same slots, and each probe runs in each of them once, wherever it
// is, also when one hands all of its probes over; started at another time, too.
func TestFleetsShareTheirSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var entries []string
		for n := range 20 {
			entries = append(entries, fmt.Sprintf("{name: p%d, kind: http, target: \"http://127.0.0.9/%d\", interval: 1m}", n, n))
		}
		probes := "probes: [" + strings.Join(entries, ", ") + "]"
		s, log := &script{takes: time.Millisecond}, newLogbook()
		a := startShared(t, probes, s, log)
		synctest.Wait()
		time.Sleep(17 * time.Second)
		b := startShared(t, probes, s, log)
		time.Sleep(3 * time.Minute)
		if len(s.runs) > 0 {
			t.Fatalf("%d probes ran that nobody was given", len(s.runs))
		}
		even := func(id string) bool { return (id[len(id)-1]-'0')%2 == 0 }
		a.Assign(even, false)
		b.Assign(func(id string) bool { return !even(id) }, false)
		time.Sleep(5 * time.Minute)
		a.Assign(none, false)
		b.Assign(all, false)
		time.Sleep(5 * time.Minute)
		a.stop()
		b.stop()
		if len(s.runs) != 20 {
			t.Fatalf("%d of 20 probes ran", len(s.runs))
		}
		for id := range s.runs {
			if gaps := s.gaps(id, 10); len(s.runs[id]) != 10 || slices.ContainsFunc(gaps, func(d time.Duration) bool { return d != time.Minute }) {
				t.Errorf("%s ran %d times in 10 minutes, after %v; want each minute once", id, len(s.runs[id]), gaps)
			}
		}
	})
}

// What a fleet gives away it forgets: given back, it tells again what it finds, since
// another one may have told otherwise meanwhile. With anew it does so for what it keeps.
func TestWhatComesBackIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const probes = "probes: [{name: a, kind: icmp, asset: sw-1, interval: 1m, fails: 1}]"
		log := newLogbook()
		works, fails := &script{}, &script{verdict: func(string, int) headstart.Verdict { return headstart.Down }}
		a, b := startShared(t, probes, works, log), startShared(t, probes, fails, log)
		synctest.Wait()
		a.Assign(all, false)
		time.Sleep(3 * time.Minute)
		a.Assign(none, false)
		b.Assign(all, false)
		time.Sleep(3 * time.Minute)
		b.Assign(none, false)
		a.Assign(all, false)
		time.Sleep(3 * time.Minute)
		a.Assign(all, true)
		time.Sleep(3 * time.Minute)
		a.stop()
		b.stop()
		if got := strings.Join(words(log.all()), ", "); got != "a ok, a down, a ok, a ok" {
			t.Errorf("appended: %s", got)
		}
	})
}

// An ask reaches every replica; the one that has the probe answers.
func TestOneReplicaAnswersAnAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const probes = "probes: [{name: a, kind: icmp, asset: sw-1, interval: 24h}]"
		s, log := &script{}, newLogbook()
		a, b := startShared(t, probes, s, log), startShared(t, probes, s, log)
		synctest.Wait()
		a.Assign(none, false)
		b.Assign(all, false)
		synctest.Wait()
		a.Ask(headstart.Ask{Asset: "sw-1"})
		b.Ask(headstart.Ask{Asset: "sw-1"})
		time.Sleep(3 * time.Second)
		a.stop()
		b.stop()
		if got := words(log.all()); len(got) != 1 || got[0] != "a ok asked" {
			t.Errorf("appended: %v", got)
		}
	})
}

// Pages show what another replica found, and a job that pushed to one has pushed to all.
func TestReplicasTellEachOther(t *testing.T) {
	const probes = "probes: [{name: a, kind: icmp, asset: sw-1}, {name: nightly, kind: push, service: intranet}]"
	a := newFleet(t, Options{Config: config(t, probes), Catalog: catalog(), Replica: "a"})
	b := newFleet(t, Options{Config: config(t, probes), Catalog: catalog(), Replica: "b"})
	at := time.Now().Add(-time.Minute).UTC()
	a.jobs[0].away = false
	a.keep(a.jobs[0], finding{verdict: headstart.Down, reason: "no reply", at: at, took: time.Second})
	if err := a.pushes.keep("nightly", pushed{At: at, Verdict: headstart.OK, Text: "12 GB"}); err != nil {
		t.Fatal(err)
	}
	said, err := a.Tell()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Hear(said); err != nil {
		t.Fatal(err)
	}
	if got := b.Results()[0]; got.Verdict != headstart.Down || got.Reason != "no reply" || !got.At.Equal(at) || got.DurationSeconds != 1 {
		t.Errorf("the other replica shows %+v", got)
	}
	if p, ok := b.pushes.last("nightly"); !ok || p.Text != "12 GB" {
		t.Errorf("the other replica knows the push as %+v, %v", p, ok)
	}
	b.pushes.merge(map[string]pushed{"nightly": {At: at.Add(-time.Hour), Verdict: headstart.Down}}, time.Now())
	if p, _ := b.pushes.last("nightly"); p.Verdict != headstart.OK {
		t.Error("an older push took the place of a newer one")
	}
	for name, bad := range map[string][]byte{"empty": nil, "not gzip": []byte("{}"), "another version": gzipped(t, `{"v":2}`), "not JSON": gzipped(t, `{"v":1,"runs":[]}`)} {
		if err := b.Hear(bad); err == nil {
			t.Errorf("%s: heard without an error", name)
		}
	}
}

func gzipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a replica says, what is taken from it are verdicts there are.
func FuzzTold(f *testing.F) {
	f.Add(gzipped(f, `{"v":1,"runs":{"a":{"verdict":"ok","at":"2026-11-23T08:00:00Z"}},"pushes":{"b":{"at":"2026-11-23T08:00:00Z","verdict":"down"}}}`))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, data []byte) {
		say, err := decodeTold(data)
		if err != nil {
			return
		}
		for id, r := range say.Runs {
			if !slices.Contains([]headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown}, r.Verdict) {
				t.Errorf("%s: %q", id, r.Verdict)
			}
		}
	})
}

// Replicas that are cut off say so each in its own name, and again if the others may have
// thought them gone; what they find carries the name too.
func TestReplicaTellsOfItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		c := &campus{log: log}
		c.Fleet = newFleet(t, Options{Config: config(t, "probe_anchors: [10.9.9.9]\nprobes: [{name: p00, kind: icmp, target: 10.1.0.1, asset: srv-print}, {name: p01, kind: icmp, target: 10.1.0.2, asset: srv-print}, {name: p02, kind: icmp, target: 10.1.0.3, asset: srv-print}]"), Catalog: catalog(), Append: log.Append, Replica: "a"})
		c.fake()
		c.Assign(func(string) bool { return true }, false)
		c.run(t)
		time.Sleep(2 * time.Minute)
		c.pull()
		time.Sleep(2 * time.Minute)
		count := func() (n int) {
			for _, check := range log.all() {
				if check.Replica != "a" || check.Agent != "" {
					t.Errorf("the check of %s is of replica %q, agent %q", check.Probe, check.Replica, check.Agent)
				}
				if check.IsIsolation() && check.Verdict == headstart.Down {
					n++
				}
			}
			return n
		}
		if n := count(); n != 1 {
			t.Errorf("it says %d times that it is cut off, want once", n)
		}
		c.Assign(func(string) bool { return true }, true)
		time.Sleep(time.Second)
		if n := count(); n != 2 {
			t.Errorf("after it may have been thought gone it has said %d times that it is cut off, want twice", n)
		}
		c.stop()
	})
}

// A replica that is cut off says so to who shares out the probes. What it gave away then, and
// gets back once a witness answers again, it tells anew.
func TestIsolatedReplicaGetsItsShareBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		c := &campus{log: log}
		c.Fleet = newFleet(t, Options{Config: config(t, "probe_anchors: [10.9.9.9]\nprobes: [{name: p00, kind: icmp, target: 10.1.0.1, asset: srv-print}, {name: p01, kind: icmp, target: 10.1.0.2, asset: srv-print}, {name: p02, kind: icmp, target: 10.1.0.3, asset: srv-print}]"), Catalog: catalog(), Append: log.Append, Replica: "a"})
		c.fake()
		c.Assign(all, false)
		c.run(t)
		time.Sleep(2 * time.Minute)
		if c.Isolated() {
			t.Error("it is isolated while all is well")
		}
		c.pull()
		time.Sleep(2 * time.Minute)
		if !c.Isolated() {
			t.Fatal("it is cut off and not isolated")
		}
		c.Assign(none, false)
		time.Sleep(time.Minute)
		c.plug()
		time.Sleep(time.Minute)
		if c.Isolated() {
			t.Fatal("a witness answers and it is isolated still; it has no probes that would tell")
		}
		told := len(log.all())
		c.Assign(all, false)
		time.Sleep(2 * time.Minute)
		found := map[string]int{}
		for _, check := range log.all()[told:] {
			found[check.Probe]++
		}
		for _, id := range []string{"p00", "p01", "p02"} {
			if found[id+"/srv-print"]+found[id] != 1 {
				t.Errorf("given back, it tells %v; want each probe once", found)
			}
		}
		c.stop()
	})
}
