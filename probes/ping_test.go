package probes

import (
	"context"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/probes/icmp"
)

func TestPingPrintsWhatPingPrints(t *testing.T) {
	var out strings.Builder
	r, err := Ping(t.Context(), "127.0.0.1", 1, &out)
	if err != nil {
		t.Fatal(err)
	}
	if r.Sent != 1 || r.Received != 1 {
		t.Errorf("got %+v", r)
	}
	want := regexp.MustCompile(`^PING 127\.0\.0\.1 \(127\.0\.0\.1\): 24 data bytes
\d+ bytes from 127\.0\.0\.1: icmp_seq=0 ttl=\d+ time=[0-9.]+ ms

--- 127\.0\.0\.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss
rtt min/avg/max = [0-9.]+ ms/[0-9.]+ ms/[0-9.]+ ms
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("printed:\n%s", out.String())
	}
}

func TestPingOfNobodyIsDown(t *testing.T) {
	var out strings.Builder
	PingResult{Sent: 3}.write(&out, "a")
	if want := "3 packets transmitted, 0 received, 100% packet loss"; !strings.Contains(out.String(), want) || strings.Contains(out.String(), "rtt") {
		t.Errorf("printed:\n%s", out.String())
	}
}

func TestPingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	if _, err := Ping(ctx, "127.0.0.1", 100, &strings.Builder{}); err != nil {
		t.Error(err)
	}
	if time.Since(start) > 5*time.Second {
		t.Error("a ping of 100 went on after its context had ended")
	}
	if _, err := Ping(t.Context(), "127.0.0.1", 0, &strings.Builder{}); err == nil {
		t.Error("a count of 0 is accepted")
	}
	if _, err := Ping(t.Context(), "no-such-host.invalid", 1, &strings.Builder{}); err == nil {
		t.Error("a name that does not exist is pinged")
	}
}

func TestJudgePing(t *testing.T) {
	ms := time.Millisecond
	for name, tc := range map[string]struct {
		r       icmp.Result
		verdict headstart.Verdict
		reason  string
		silent  bool
	}{
		"all back":         {icmp.Result{Sent: 3, Received: 3, Min: ms, Avg: 2 * ms}, headstart.OK, "round trip min 1.0 ms avg 2.0 ms", false},
		"one lost":         {icmp.Result{Sent: 3, Received: 2, Min: ms, Avg: 2 * ms}, headstart.OK, "1 of 3 lost, round trip min 1.0 ms avg 2.0 ms", false},
		"most lost":        {icmp.Result{Sent: 3, Received: 1, Min: ms, Avg: ms}, headstart.Warn, "2 of 3 lost, round trip min 1.0 ms avg 1.0 ms", false},
		"silence":          {icmp.Result{Sent: 3}, headstart.Down, "no reply to 3 of 3", true},
		"a router says so": {icmp.Result{Sent: 1, Router: netip.MustParseAddr("10.0.0.1"), Code: 1}, headstart.Down, "unreachable, says router 10.0.0.1", false},
	} {
		f := judgePing(tc.r)
		if f.verdict != tc.verdict || f.reason != tc.reason || f.silent != tc.silent {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// Three echoes and the wait for the last fit into the timeout, however short.
func TestEchoesFitTheTimeout(t *testing.T) {
	for _, timeout := range []time.Duration{100 * time.Millisecond, 500 * time.Millisecond, 5 * time.Second} {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		e := echoes(ctx, false)
		if all := time.Duration(e.Count-1)*e.Gap + e.Wait; e.Count != 3 || e.Wait <= 0 || all >= timeout {
			t.Errorf("%v: %+v", timeout, e)
		}
		if e := echoes(ctx, true); e.Count != 1 {
			t.Errorf("an ask sends %d echoes, want one (ruling 21)", e.Count)
		}
		cancel()
	}
}

func TestJudgeCertificate(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		kind string
		days int
		want headstart.Verdict
	}{
		"far away":                {"tls", 31, headstart.OK},
		"a line in the report":    {"tls", 30, headstart.Warn},
		"about to break":          {"tls", 3, headstart.Down},
		"people can still use it": {"http", 3, headstart.Warn},
	} {
		f := finding{verdict: headstart.OK, certExpiry: now.AddDate(0, 0, tc.days)}
		f.judgeCertificate(tc.kind, now)
		if f.verdict != tc.want || (f.verdict == headstart.OK) != (len(f.conditions) == 0) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// A ping that never had its turn to send says nothing about the host.
func TestPingWithoutItsTurnIsUnknown(t *testing.T) {
	f := newFleet(t, Options{Config: config(t, `probes: [{name: a, kind: icmp, target: 127.0.0.1}]`)})
	slow := icmp.New(icmp.Options{Rate: 1, Burst: 1})
	defer func() {
		if err := slow.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := slow.Ping(t.Context(), netip.MustParseAddr("127.0.0.1"), icmp.Echoes{Count: 1}); err != nil {
		t.Fatal(err) // takes the one echo of this second
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	n := &network{guard: &guard{dialer: &headstart.Dialer{}, literal: map[netip.Addr]bool{netip.MustParseAddr("127.0.0.1"): true}}, ping: slow}
	if found := n.icmp(ctx, &f.jobs[0].spec, false); found.verdict != headstart.Unknown || !strings.Contains(found.reason, "no turn to send") {
		t.Errorf("got %+v", found)
	}
}
