package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart"
	"headstart/store"
	"headstart/store/redistest"
)

// TestReplicasLogOnce runs three replicas on one Redis. Two Prometheus, as every
// Prometheus does, send what fires to all of them at once, again and again; other alerts
// they send to one replica only. Of an alert that three are told of, the log gets at most
// a tenth more than of one that one is told of.
func TestReplicasLogOnce(t *testing.T) {
	t.Parallel()
	const (
		each   = 40
		rounds = 6
		pace   = time.Second // of Prometheus: a minute, of which it promises four
	)
	program, redis := build(t), redistest.Start(t, "--maxmemory-policy", "noeviction")
	config := func() string {
		return prepare(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}\n", redis.Addr))
	}
	first := launch(t, program, config())
	all := []*process{first, launch(t, program, config()), launch(t, program, config(), "--role", "ingest")}
	began := time.Now()
	for round := range rounds {
		waitFor(t, 30*time.Second, "the next minute", func() bool { return time.Since(began) > time.Duration(round)*pace })
		var wg sync.WaitGroup
		send := func(to *process, body string) {
			wg.Go(func() {
				if status, answer, err := post(to.base+"/api/v2/alerts", body); err != nil || status != http.StatusOK {
					t.Errorf("%s answers %d %s %v", to.base, status, answer, err)
				}
			})
		}
		for _, prometheus := range []string{"prom-a", "prom-b"} {
			ends := time.Now().Add(4 * pace)
			for _, p := range all {
				send(p, firingFrom(prometheus, "toall", each, began, ends))
			}
			send(first, firingFrom(prometheus, "toone", each, began, ends))
		}
		wg.Wait()
	}
	told := toldOf(t, redis)
	ratio := float64(told["toall"]) / float64(told["toone"])
	t.Logf("lines of the log for %d alerts of two Prometheus in %d rounds: %d told to one replica, %d told to three: %.2f x", each, rounds, told["toone"], told["toall"], ratio)
	if least := 2 * each * 2; told["toone"] < least || told["toall"] < least {
		t.Errorf("the log has %v lines; each alert of each origin is written once and refreshed once at least", told)
	}
	if ratio > 1.1 {
		t.Errorf("three replicas write %.2f times as much as one, want 1.1 at most", ratio)
	}
	for _, p := range all {
		p.end()
	}
}

// firingFrom is what a Prometheus sends of n alerts whose names begin alike.
func firingFrom(prometheus, name string, n int, since, ends time.Time) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"labels":{"alertname":"%s-%d","instance":"host-%d.example.org:9100","severity":"warning"},"annotations":{"summary":"it is slow"},"startsAt":%q,"endsAt":%q,"generatorURL":"http://%s:9090/graph?g0.expr=up"}`,
			name, i, i, since.UTC().Format(time.RFC3339Nano), ends.UTC().Format(time.RFC3339Nano), prometheus)
	}
	return "[" + strings.Join(out, ",") + "]"
}

// toldOf counts what the log says of alerts, by the beginning of their names.
func toldOf(t *testing.T, redis *redistest.Server) map[string]int {
	t.Helper()
	st, err := store.OpenRedis(t.Context(), store.RedisOptions{Addresses: []string{redis.Addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	told, names := map[string]int{}, map[string]string{}
	for at := (headstart.Offset{}); ; {
		entries, err := st.Read(t.Context(), at, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return told
		}
		for _, e := range entries {
			rec, err := headstart.DecodeRecord(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range rec.Lines {
				if a := l.Alert; a != nil {
					name, _, _ := strings.Cut(a.Labels["alertname"], "-")
					names[a.Fingerprint()] = name
					told[name]++
				}
				for _, r := range l.Refresh {
					told[names[r.Fingerprint]]++
				}
			}
		}
		at = entries[len(entries)-1].Off
	}
}
