package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headstart"
	"headstart/probes"
	"headstart/store"
	"headstart/store/redistest"
)

// Who comes or goes moves its own probes and no others, and the shares are alike.
func TestRendezvous(t *testing.T) {
	three := []string{"a", "b", "c"}
	share, moved := map[string]int{}, 0
	for n := range 3000 {
		probe := "ping@prn-" + strconv.Itoa(n)
		var owners []string
		for _, r := range three {
			if owns(three, r, probe) {
				owners = append(owners, r)
			}
		}
		if len(owners) != 1 {
			t.Fatalf("%s has the owners %v", probe, owners)
		}
		share[owners[0]]++
		if without := []string{"a", "b"}; owners[0] != "c" && !owns(without, owners[0], probe) {
			moved++
		}
	}
	for r, n := range share {
		if n < 850 || n > 1150 {
			t.Errorf("%s has %d of 3000 probes", r, n)
		}
	}
	if moved > 0 {
		t.Errorf("%d probes moved between two that stayed", moved)
	}
	if owns([]string{"a"}, "listener", "ping") {
		t.Error("one that only listens owns a probe")
	}
}

// slowStore answers who is present after a while.
type slowStore struct {
	store.Store
	takes time.Duration
}

func (s *slowStore) Attend(context.Context, string, time.Duration) ([]string, error) {
	time.Sleep(s.takes)
	return []string{"us"}, nil
}

// A replica that the store did not hear of for as long as it counts as alive tells anew
// what it finds, also when it asked in time and the question took long.
func TestSharingAnew(t *testing.T) {
	for name, c := range map[string]struct {
		pause, takes time.Duration
		anew         bool
	}{
		"in time":                {meetEvery, time.Second, false},
		"asked too late":         {attendFor + time.Second, 0, true},
		"asked in time, in vain": {4 * time.Second, 3 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said bytes.Buffer
				st := &slowStore{}
				s := &sharing{
					name: "us", attend: attendFor, store: st, fleet: &probes.Fleet{}, leading: func() bool { return false },
					logger: slog.New(slog.NewTextHandler(&said, nil)),
				}
				s.meet(t.Context())
				time.Sleep(c.pause)
				st.takes = c.takes
				s.meet(t.Context())
				if anew := strings.Count(said.String(), "probes are shared") == 2; anew != c.anew {
					t.Errorf("shared anew: %v, want %v", anew, c.anew)
				}
			})
		})
	}
}

// meeting is where replicas meet; nobody vanishes unseen.
type meeting struct {
	store.Store
	mu    sync.Mutex
	lives map[string]bool
}

func (m *meeting) Attend(_ context.Context, name string, ttl time.Duration) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lives[name] = true; ttl == 0 {
		delete(m.lives, name)
	}
	return slices.Sorted(maps.Keys(m.lives)), nil
}

func (m *meeting) Say(context.Context, string, []byte) error    { return nil }
func (m *meeting) Said(context.Context, string) ([]byte, error) { return nil, nil }

// assigned is a fleet that knows what it was given, and whether it is isolated.
type assigned struct {
	mu       sync.Mutex
	mine     func(string) bool
	isolated bool
}

func (a *assigned) Assign(mine func(string) bool, _ bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mine = mine
}

func (a *assigned) Tell() ([]byte, error) { return nil, nil }
func (a *assigned) Hear([]byte) error     { return nil }

func (a *assigned) Isolated() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.isolated
}

func (a *assigned) isolate(is bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.isolated = is
}

// has is how many of the probes it runs.
func (a *assigned) has(all []string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, probe := range all {
		if a.mine(probe) {
			n++
		}
	}
	return n
}

// A replica that is isolated gives its share to those that are not, within two meetings, and
// has it back as soon once it is not; where all are, each keeps its own. It is not gone
// meanwhile: nobody says for it that it is cut off no longer.
func TestIsolatedReplicaGivesItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		st := &meeting{lives: map[string]bool{}}
		view := problemView(t, headstart.Problem{Key: "prober//b", State: headstart.ProblemOpen})
		var a, b assigned
		var all []string
		for n := range 100 {
			all = append(all, "ping@prn-"+strconv.Itoa(n))
		}
		var running sync.WaitGroup
		fleets := map[string]*assigned{"a": &a, "b": &b}
		for _, name := range []string{"b", "a"} { // who leads looks who is there only after b has come
			s := &sharing{
				name: name, attend: attendFor, store: st, fleet: fleets[name], logger: slog.New(slog.DiscardHandler), view: view,
				leading: func() bool { return name == "a" },
				append: func(context.Context, headstart.Append) (headstart.Offset, error) {
					t.Error("one that is isolated and lives is said to be gone")
					return headstart.Offset{}, nil
				},
			}
			running.Go(func() { _ = s.run(ctx) })
			synctest.Wait()
		}
		shared := func(when string, ofA, ofB bool) {
			t.Helper()
			time.Sleep(2*meetEvery + time.Millisecond)
			synctest.Wait()
			hasA, hasB := a.has(all), b.has(all)
			if hasA+hasB != len(all) || hasA > 0 != ofA || hasB > 0 != ofB {
				t.Errorf("%s they have %d and %d of %d probes", when, hasA, hasB, len(all))
			}
		}
		shared("at first", true, true)
		b.isolate(true)
		shared("when b is isolated", true, false)
		time.Sleep(2 * tellEvery) // the leader looks who is gone
		a.isolate(true)
		shared("when both are", true, true)
		b.isolate(false)
		shared("when b is no longer", false, true)
		a.isolate(false)
		shared("in the end", true, true)
		stop()
		running.Wait()
		if len(st.lives) > 0 {
			t.Errorf("%v still count as alive", st.lives)
		}
	})
}

// The leader says of a replica that was cut off and is gone that it is so no longer, and
// of one that lives nothing.
func TestGoneReplicaIsNotIsolated(t *testing.T) {
	view := problemView(t, []headstart.Problem{
		{Key: "prober//gone", State: headstart.ProblemOpen},
		{Key: "prober//prober", State: headstart.ProblemOpen},
		{Key: "prober//us", State: headstart.ProblemOpen},
		{Key: "prober", State: headstart.ProblemOpen},
		{Key: "prober//back", State: headstart.ProblemHealthy},
		{Key: "prober/site", State: headstart.ProblemOpen},
		{Key: "prober//x", State: headstart.ProblemOpen, Asset: "prober"},
	}...)
	var told []string
	leads := false
	s := &sharing{
		name: "us", attend: attendFor, store: &slowStore{}, fleet: &probes.Fleet{}, logger: slog.New(slog.DiscardHandler), view: view,
		leading: func() bool { return leads },
		append: func(_ context.Context, a headstart.Append) (headstart.Offset, error) {
			rec, err := headstart.DecodeRecord(a.Data)
			for _, l := range rec.Lines {
				if c := l.Check; c.IsIsolation() && c.Verdict == headstart.OK && c.Agent == "" {
					told = append(told, c.Prober())
				}
			}
			return headstart.Offset{}, err
		},
	}
	s.meet(t.Context())
	if told != nil {
		t.Errorf("one that does not lead speaks for %v", told)
	}
	leads = true
	s.meet(t.Context())
	if want := []string{"", "/gone", "/prober"}; !slices.Equal(told, want) {
		t.Errorf("the leader speaks for %q, want %q", told, want)
	}
}

// problemView shows problems.
func problemView(t *testing.T, problems ...headstart.Problem) *headstart.View {
	t.Helper()
	view := headstart.NewView()
	var rows []headstart.FeedOp
	for _, p := range problems {
		p.V = 1
		val, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, headstart.FeedOp{Table: headstart.TableProblems, Row: headstart.Row{Key: string(p.Key), Val: val}})
	}
	if err := view.Reset(headstart.Cursor{}, headstart.Offset{}, rows); err != nil {
		t.Fatal(err)
	}
	return view
}

// visits are requests of probes by the name of the probe.
type visits struct {
	*httptest.Server
	mu sync.Mutex
	at map[string][]time.Time
}

func startVisits(t *testing.T) *visits {
	v := &visits{at: map[string][]time.Time{}}
	v.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.at[r.URL.Path] = append(v.at[r.URL.Path], time.Now())
	}))
	t.Cleanup(v.Close)
	return v
}

// since returns how often each was visited after a time.
func (v *visits) since(at time.Time) map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	counts := map[string]int{}
	for name, times := range v.at {
		n, _ := slices.BinarySearchFunc(times, at, time.Time.Compare)
		counts[name] = len(times) - n
	}
	return counts
}

// widest is the longest time between two visits of one probe after a time.
func (v *visits) widest(since time.Time) (gap time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, times := range v.at {
		last := since
		for _, at := range times {
			if at.After(since) {
				gap, last = max(gap, at.Sub(last)), at
			}
		}
		gap = max(gap, time.Since(last))
	}
	return gap
}

// TestReplicasShareProbes runs the program three times on one Redis: all, probe and
// ingest. The first two divide 40 probes, each of which runs once an interval; the third
// probes nothing, takes alerts, and shows what the others found. One is cut off from the
// store, and then killed: each time the other has all probes within the time a silent
// replica counts as alive.
func TestReplicasShareProbes(t *testing.T) {
	t.Parallel()
	program, seen := build(t), startVisits(t)
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	first := launch(t, program, replicaConfig(t, redis.Addr, seen.URL))
	front := redistest.StartProxy(t, redis.Addr)
	second := launch(t, program, replicaConfig(t, front.Addr, seen.URL), "--role", "probe")
	third := launch(t, program, replicaConfig(t, redis.Addr, seen.URL), "--role", "ingest")
	if strings.Contains(first.errs.String(), "hash-key is not that") || !strings.Contains(second.errs.String(), "hash-key is not that") {
		t.Error("the second has a key of its own and does not say so, or the first complains")
	}
	runs := func(p *process) float64 {
		return metric(p.base, p.token, `headstart_probe_runs_total{kind="http",verdict="ok"}`)
	}
	waitFor(t, 30*time.Second, "both to know of the other", func() bool {
		return knows(first, 2) && knows(second, 2) && runs(first) > 0 && runs(second) > 0
	})

	began := time.Now()
	waitFor(t, 30*time.Second, "six intervals", func() bool { return time.Since(began) > 6*time.Second })
	for name, n := range seen.since(began) { // each slot once; one may fall on the edge
		if n < 5 || n > 7 {
			t.Errorf("%s was visited %d times in 6 intervals", name, n)
		}
	}
	if n := runs(third); n > 0 {
		t.Errorf("a replica that only takes alerts probed %v times", n)
	}
	if status, _, err := post(third.base+"/api/v2/alerts", `[{"labels":{"alertname":"HostDown","device":"sw-n-2"}}]`); err != nil || status != http.StatusOK {
		t.Errorf("the replica for alerts answers %d %v", status, err)
	}
	waitFor(t, 30*time.Second, "the incident on the page of every replica", func() bool {
		return !slices.ContainsFunc([]*process{first, second, third}, func(p *process) bool {
			var list struct {
				Incidents []struct{} `json:"incidents"`
			}
			return get(p.base+"/api/v1/incidents", &list) != nil || len(list.Incidents) != 1
		})
	})
	waitFor(t, 30*time.Second, "the runs of the others on the page of the third", func() bool {
		var found struct {
			Checks []struct {
				Verdict string `json:"verdict"`
			} `json:"checks"`
		}
		if get(third.base+"/api/v1/checks", &found) != nil {
			return false
		}
		known := 0
		for _, c := range found.Checks {
			if c.Verdict == "ok" {
				known++
			}
		}
		return known == 40
	})

	silent := time.Now()
	front.Hold()
	waitFor(t, 30*time.Second, "the first to have all probes of one that the store does not hear", func() bool { return knows(first, 1) })
	t.Logf("the first had the share of one cut off from the store after %s", time.Since(silent).Round(100*time.Millisecond))
	if gap := time.Since(silent); gap > attendFor+2*meetEvery+time.Second {
		t.Errorf("it took %s", gap)
	}
	front.Release()
	waitFor(t, 30*time.Second, "both to share again", func() bool { return knows(first, 2) && knows(second, 2) })

	before := runs(first)
	killed := time.Now()
	second.kill()
	waitFor(t, 30*time.Second, "the first to have all probes", func() bool {
		for _, n := range seen.since(killed.Add(time.Second)) { // what it had begun is over
			if n == 0 {
				return false
			}
		}
		return true
	})
	t.Logf("after the kill all 40 probes ran again within %s; the longest gap of one was %s", time.Since(killed).Round(100*time.Millisecond), seen.widest(killed).Round(100*time.Millisecond))
	if gap := seen.widest(killed); gap > attendFor+2*meetEvery+time.Second {
		t.Errorf("a probe did not run for %s after its replica was killed", gap)
	}
	if after := runs(first); after <= before {
		t.Errorf("the first ran %v probes before and %v after", before, after)
	}
	third.end()
	first.end()
}

// knows reports whether the last thing p said of the replicas names so many.
func knows(p *process, replicas int) bool {
	said := p.errs.String()
	_, line, _ := strings.Cut(said[max(0, strings.LastIndex(said, "probes are shared")):], "subject=")
	line, _, _ = strings.Cut(line, "\n")
	return len(strings.Fields(line)) == replicas
}

func replicaConfig(t *testing.T, redis, target string) string {
	t.Helper()
	var list strings.Builder
	for n := range 40 {
		fmt.Fprintf(&list, "  - {name: p%d, kind: http, target: \"%s/p%d\", interval: 1s}\n", n, target, n)
	}
	config := prepare(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}\nprobe_allow: [127.0.0.1/32]\nprobes:\n%s", redis, list.String()))
	return config
}
