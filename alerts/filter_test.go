package alerts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

func want(t *testing.T, s *stand, what string, lines ...string) {
	t.Helper()
	if lines == nil {
		lines = []string{}
	}
	if diff := cmp.Diff(lines, s.taken()); diff != "" {
		t.Errorf("%s: the log got (-want +got)\n%s", what, diff)
	}
}

func TestRepeatsAreNotWritten(t *testing.T) {
	s := newStand(t)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "first", "Down@prom-a:9090 firing")
	s.at(time.Minute)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "after a minute, the same")
	s.at(2 * time.Minute)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "after half the promise, the same", "refresh prom-a:9090 08:06:00")
	s.at(3 * time.Minute)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "a minute after the refresh")
}

func TestWhatMattersIsNoRepeat(t *testing.T) {
	for name, change := range map[string]func(a map[string]any){
		"another annotation": func(a map[string]any) { a["annotations"] = map[string]string{"summary": "worse"} },
		"another start":      func(a map[string]any) { a["startsAt"] = t0 },
		"another label":      func(a map[string]any) { a["labels"].(map[string]string)["severity"] = "page" },
		"resolved":           func(a map[string]any) { a["endsAt"] = t0.Add(time.Second) },
		"another origin":     func(a map[string]any) { a["generatorURL"] = "http://prom-b:9090/graph" },
		"a shorter promise":  func(a map[string]any) { a["endsAt"] = t0.Add(90 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.alerts(t, s.firing("Down", "prom-a:9090"))
			s.taken()
			s.at(time.Minute)
			a := s.firing("Down", "prom-a:9090")
			change(a)
			s.alerts(t, a)
			if got := s.taken(); len(got) != 1 || got[0][:5] != "Down@" {
				t.Errorf("the log got %q, want the alert whole", got)
			}
		})
	}
}

func TestAnotherPathOfTheSameGeneratorIsARepeat(t *testing.T) {
	s := newStand(t)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	s.taken()
	a := s.firing("Down", "prom-a:9090")
	a["generatorURL"] = "http://prom-a:9090/query"
	s.alerts(t, a)
	want(t, s, "same host, other path")
}

func TestResolvedIsWrittenOnce(t *testing.T) {
	s := newStand(t)
	a := s.firing("Down", "prom-a:9090")
	s.alerts(t, a)
	s.at(time.Minute)
	a["endsAt"] = t0.Add(50 * time.Second)
	s.alerts(t, a)
	s.at(2 * time.Minute)
	s.alerts(t, a)
	s.at(10 * time.Minute)
	s.alerts(t, a)
	want(t, s, "firing, then resolved three times", "Down@prom-a:9090 firing", "Down@prom-a:9090 resolved")
}

// Ruling 13: two Prometheus of an HA pair are two origins of one alert, each
// with a promise of its own, though they differ in the label replica.
func TestPairIsTwoOrigins(t *testing.T) {
	s := newStand(t)
	for range 2 {
		s.alerts(t, s.firing("Down", "prom-a:9090", "replica", "a"))
		s.alerts(t, s.firing("Down", "prom-b:9090", "replica", "b"))
	}
	records := s.records
	want(t, s, "the pair, twice", "Down@prom-a:9090 firing", "Down@prom-b:9090 firing")
	one, two := records[0].Lines[0].Alert, records[1].Lines[0].Alert
	if one.Fingerprint() != two.Fingerprint() || one.Labels["replica"] != "" {
		t.Errorf("labels %v and %v; want one alert without replica", one.Labels, two.Labels)
	}
	s.at(time.Minute)
	b := s.firing("Down", "prom-b:9090", "replica", "b")
	b["endsAt"] = t0.Add(30 * time.Second)
	s.alerts(t, b, s.firing("Down", "prom-a:9090", "replica", "a"))
	want(t, s, "split view: b says resolved, a still fires", "Down@prom-b:9090 resolved")
}

// The retry after a 503 is no repeat: nothing has it.
func TestRetryAfterRefusalIsWritten(t *testing.T) {
	for name, fail := range map[string]error{"full": headstart.ErrFull, "down": headstart.ErrDown, "anything": errors.New("dial: refused")} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			s.fail = fail
			w := s.post(t, "/api/v2/alerts", `[{"labels":{"alertname":"Down"}}]`)
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
				t.Fatalf("%d, Retry-After %q; want 503 and a time", w.Code, w.Header().Get("Retry-After"))
			}
			s.fail = nil
			if code := s.post(t, "/api/v2/alerts", `[{"labels":{"alertname":"Down"}}]`).Code; code != http.StatusOK {
				t.Fatalf("the retry: %d, want 200", code)
			}
			want(t, s, "the retry", "Down@api firing")
		})
	}
}

// Rulings 13 and 14 rest on it: what a failover lost comes back with the next
// re-send, though the view still shows it.
func TestNewIncarnationStartsAnew(t *testing.T) {
	s := newStand(t)
	a := s.firing("Down", "prom-a:9090")
	s.alerts(t, a)
	s.taken()
	s.show(t, headstart.AlertState{
		Labels: map[string]string{"alertname": "Down", "instance": "sw-n-2:9100"}, Annotations: map[string]string{"summary": "it is \"down\""},
		StartsAt: t0.Add(-time.Minute), UpdatedAt: t0, Firing: true, Origins: map[string]time.Time{"prom-a:9090": t0.Add(4 * time.Minute)},
	})
	s.incarnation = "two"
	s.alerts(t, a)
	want(t, s, "after the store became another", "Down@prom-a:9090 firing")
	s.alerts(t, a)
	want(t, s, "and once more")
}

func TestIncarnationThatChangesDuringAppendIsNotKept(t *testing.T) {
	s := newStand(t)
	inner := s.API.store
	s.API.store = func(ctx context.Context, a headstart.Append) (headstart.Offset, error) {
		off, err := inner(ctx, a)
		s.incarnation = "two" // the answer came, and then the server was another
		return off, err
	}
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "posted twice around a failover", "Down@prom-a:9090 firing", "Down@prom-a:9090 firing")
}

// N replicas do not write N times as much: one sees what the other wrote.
func TestReplicasShareTheView(t *testing.T) {
	s := newStand(t)
	state := headstart.AlertState{
		Labels: map[string]string{"alertname": "Down", "instance": "sw-n-2:9100"}, Annotations: map[string]string{"summary": "it is \"down\""},
		StartsAt: t0.Add(-time.Minute), UpdatedAt: t0, Firing: true, Origins: map[string]time.Time{"prom-a:9090": t0.Add(4 * time.Minute)},
	}
	s.show(t, state)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "another replica wrote it")

	s.at(2*time.Minute + time.Second)
	state.UpdatedAt, state.Origins = s.now, map[string]time.Time{"prom-a:9090": t0.Add(6 * time.Minute)}
	s.show(t, state)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "another replica refreshed it")

	other := s.firing("Down", "prom-b:9090")
	s.alerts(t, other)
	want(t, s, "an origin the view does not know", "Down@prom-b:9090 firing")
}

func TestEngineThinksItIsOver(t *testing.T) {
	s := newStand(t)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	s.taken()
	s.show(t, headstart.AlertState{
		Labels: map[string]string{"alertname": "Down", "instance": "sw-n-2:9100"}, StartsAt: t0.Add(-time.Minute), Expired: true, EndedAt: t0,
	})
	s.at(2*time.Minute + time.Second)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "a refresh would revive nothing", "Down@prom-a:9090 firing")
}

func TestLateRepeatIsWrittenWhole(t *testing.T) {
	for _, after := range []time.Duration{3*time.Minute + 45*time.Second, 10 * time.Minute} {
		s := newStand(t)
		s.alerts(t, s.firing("Down", "prom-a:9090"))
		s.taken()
		s.at(after)
		s.alerts(t, s.firing("Down", "prom-a:9090"))
		want(t, s, fmt.Sprint("silent for ", after), "Down@prom-a:9090 firing")
	}
}

// A live alert never runs out: whichever replica, there is a line that extends
// the promise before it ends, and there are few of them.
func TestPromiseIsAlwaysExtendedInTime(t *testing.T) {
	for _, every := range []time.Duration{time.Minute, 2 * time.Minute} {
		for _, early := range []time.Duration{0, time.Second, 2 * time.Second} { // posts come a little early or late
			s := newStand(t)
			var ends time.Time
			lines := 0
			for n := range int(2 * time.Hour / every) {
				s.at(time.Duration(n)*every - time.Duration(n%3)*early)
				if n > 0 && s.now.After(ends.Add(-30*time.Second)) {
					t.Fatalf("every %v, early by %v: at %v only %v of the promise are left", every, early, s.now, ends.Sub(s.now))
				}
				s.alerts(t, s.firing("Down", "prom-a:9090"))
				if got := s.taken(); len(got) > 0 {
					lines, ends = lines+len(got), s.now.Add(4*time.Minute)
				}
			}
			if lines > 61 {
				t.Errorf("every %v, early by %v: %d lines in two hours, want at most one in two minutes", every, early, lines)
			}
		}
	}
}

// Ruling 19: the watchdog is a sign of life, at most once a minute per origin;
// noise never reaches the log.
func TestWatchdogAndNoise(t *testing.T) {
	s := newStand(t)
	for i := range 7 {
		s.at(time.Duration(i) * 20 * time.Second)
		s.alerts(t, s.firing("Watchdog", "prom-a:9090", "severity", "none"), s.firing("InfoInhibitor", "prom-a:9090"), s.firing("Chatter", "prom-a:9090", "severity", "none"))
	}
	s.alerts(t, s.firing("Watchdog", "prom-b:9090"))
	want(t, s, "two minutes", "Watchdog@prom-a:9090 firing", "Watchdog@prom-a:9090 firing", "Watchdog@prom-a:9090 firing", "Watchdog@prom-b:9090 firing")
}

// Many senders at once, while the store fails now and then and becomes another
// one: whatever was answered 200 is in the log.
func TestConcurrentPosts(t *testing.T) {
	s := newStand(t)
	var wg sync.WaitGroup
	var accepted sync.Map
	for sender := range 8 {
		wg.Go(func() {
			for i := range 50 {
				if i%10 == sender {
					s.mu.Lock()
					s.fail = map[bool]error{true: headstart.ErrDown}[s.fail == nil]
					s.incarnation = fmt.Sprint(sender, i)
					s.mu.Unlock()
				}
				name := fmt.Sprint("Down", i%7, "-", sender)
				if s.alerts(t, s.firing(name, "prom-a:9090")) == http.StatusOK {
					accepted.Store(name+"@prom-a:9090 firing", true)
				}
			}
		})
	}
	wg.Wait()
	logged := map[string]bool{}
	for _, line := range s.taken() {
		logged[line] = true
	}
	accepted.Range(func(line, _ any) bool {
		if !logged[line.(string)] {
			t.Errorf("%s was answered 200 and is not in the log", line)
		}
		return true
	})
	if len(logged) == 0 {
		t.Error("nothing was accepted; the test shows nothing")
	}
}

func TestFilterForgets(t *testing.T) {
	s := newStand(t)
	s.alerts(t, s.firing("Down", "prom-a:9090"), s.firing("Watchdog", "prom-a:9090"))
	s.at(2 * time.Hour)
	s.alerts(t)
	if len(s.filter.known) != 0 || len(s.filter.watchdogs) != 0 {
		t.Errorf("two hours later it still knows %d alerts and %d watchdogs, want none", len(s.filter.known), len(s.filter.watchdogs))
	}
}

func TestBigPostsAreCut(t *testing.T) {
	s := newStand(t)
	var many []map[string]any
	for i := range 600 {
		many = append(many, s.firing(fmt.Sprint("Down", i), "prom-a:9090"))
	}
	s.alerts(t, many...)
	var sizes []int
	for _, r := range s.records {
		sizes = append(sizes, len(r.Lines))
	}
	if diff := cmp.Diff([]int{256, 256, 88}, sizes); diff != "" {
		t.Errorf("lines per record (-want +got)\n%s", diff)
	}
	if got := s.taken(); got[599] != "Down599@prom-a:9090 firing" {
		t.Errorf("the last is %q, want the order of the request", got[599])
	}
}

// TestResolveTakesThePromiseAlong: repeats that were not written promised more
// than the log holds, and whether a resolve came before the promise is what
// tells resolved from expired (ruling 14).
func TestResolveTakesThePromiseAlong(t *testing.T) {
	s := newStand(t)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "first", "Down@prom-a:9090 firing")
	s.at(time.Minute)
	s.alerts(t, s.firing("Down", "prom-a:9090"))
	want(t, s, "a repeat that promises until 08:05")
	s.at(4 * time.Minute)
	over := s.firing("Down", "prom-a:9090")
	over["endsAt"] = t0.Add(4 * time.Minute)
	s.alerts(t, over)
	want(t, s, "resolved at the very end of the first promise", "refresh prom-a:9090 08:05:00", "Down@prom-a:9090 resolved")
}
