package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart/store/redistest"
)

// TestOverload floods a service that may take little memory with alerts it has never seen,
// from many senders at once. It turns away what it cannot hold, with 503 and counted by
// reason, and takes no more memory than it may; what it said yes to is in its log. Meanwhile
// pages answer, people act, and an alert that ends does so. With more memory it goes on.
func TestOverload(t *testing.T) {
	t.Parallel()
	const limit = 64 << 20
	program, hook := build(t), startHook(t)
	config := prepareLoaded(t, "store: {mode: embedded}", hook.URL)
	cmd := exec.CommandContext(context.Background(), program, "serve", "--config", config)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMEMLIMIT=%d", limit))
	p := launchAs(t, cmd, config)
	if log := p.errs.String(); !strings.Contains(log, "memory is limited") || !strings.Contains(log, "64 MiB, by GOMEMLIMIT") {
		t.Errorf("the start does not say how much memory it may take:\n%s", log)
	}
	refused := func(reason string) float64 {
		return metric(p.base, p.token, fmt.Sprintf("headstart_ingest_rejected_total{reason=%q}", reason))
	}

	began := time.Now()
	f := &flood{client: &http.Client{Timeout: 20 * time.Second}, acked: map[string]bool{}}
	ctx, stop := context.WithCancel(t.Context()) // no flood ends by itself: what is to go first goes in it
	defer stop()
	var senders sync.WaitGroup
	for w := range 16 {
		senders.Go(func() { f.run(ctx, p.base, w) })
	}
	most, slowest := 0.0, time.Duration(0)
	// Which of the two turns away first the machine decides: with memory short for everything
	// there may never be too much on its way at once (which package door tests by itself).
	enough := func() bool {
		memory, busy := refused("memory"), refused("busy")
		return memory > 0 && (busy > 0 || time.Since(began) > 10*time.Second)
	}
	for !enough() {
		if time.Since(began) > time.Minute {
			t.Fatal("nothing was turned away for lack of memory")
		}
		asked := time.Now()
		for _, path := range []string{"/-/ready", "/s/nl/"} {
			if err := get(p.base+path, nil); err != nil {
				t.Errorf("in the flood %s: %v", path, err)
			}
		}
		slowest = max(slowest, time.Since(asked))
		most = max(most, ownMemory(t, p))
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second)
	most = max(most, ownMemory(t, p))
	waitFor(t, 20*time.Second, "alerts that fire to end, however often they have to say so", func() bool { return f.end(t, p.base) == http.StatusOK })
	stop()
	senders.Wait()

	if most > 1.5*limit {
		t.Errorf("it took %.0f MB of memory of its own, and may take %d", most/1e6, limit/1_000_000)
	}
	t.Logf("%s: %d alerts taken, %d requests turned away; at most %.0f MB of its own; two pages took %s at most", time.Since(began), len(f.acked), f.refused, most/1e6, slowest)
	p.end()

	inLog := logged(t, config)
	for n := range f.acked {
		if !inLog[n] {
			t.Fatalf("alert %s was acknowledged and is not in the log", n)
		}
	}
	p = launch(t, program, config)
	if code := f.post(t.Context(), p.base, f.batch("later", 1)); code != http.StatusOK {
		t.Errorf("with memory enough an alert is answered %d", code)
	}
	p.end()
}

// TestFloodOnSlowStore floods a service whose Redis is 200 ms away. What finds no room is
// turned away, with 503 and when to come again, and takes no memory; an alert that ends and
// what a person does go before the flood; what was acknowledged is in the log.
func TestFloodOnSlowStore(t *testing.T) {
	t.Parallel()
	const limit, senders = 64 << 20, 100 // an eighth of them fills the room for what is under way
	program, hook := build(t), startHook(t)
	redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
	front := redistest.StartProxy(t, redis.Addr)
	config := prepareLoaded(t, fmt.Sprintf("store: {mode: redis, addresses: [%q]}", front.Addr), hook.URL)
	cmd := exec.CommandContext(context.Background(), program, "serve", "--config", config)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMEMLIMIT=%d", limit))
	p := launchAs(t, cmd, config)
	f := &flood{client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}, acked: map[string]bool{}, size: 3, summary: 12_000, patience: 200 * time.Millisecond}
	waitFor(t, 20*time.Second, "alerts to be taken before the flood", func() bool {
		f.first = f.batch("first", 10)
		return f.post(t.Context(), p.base, f.first) == http.StatusOK
	})
	waitFor(t, 20*time.Second, "an incident of them", func() bool { return p.note("HS-1") == http.StatusOK })

	front.Delay(200 * time.Millisecond)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var flooding sync.WaitGroup
	for w := range senders {
		flooding.Go(func() { f.run(ctx, p.base, w) })
	}
	most := 0.0
	waitFor(t, 40*time.Second, "some to be turned away", func() bool {
		most = max(most, ownMemory(t, p))
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.refused > 20 && len(f.acked) > 100
	})
	waitFor(t, 30*time.Second, "what a person does to be taken in the flood", func() bool { return p.note("HS-1")/100 == 2 })
	waitFor(t, 30*time.Second, "alerts that fire to end in the flood", func() bool { return f.end(t, p.base) == http.StatusOK })
	most = max(most, ownMemory(t, p))
	stop()
	flooding.Wait()
	front.Delay(0)

	if f.unsaid > 0 {
		t.Errorf("%d requests were turned away and not told when to come again", f.unsaid)
	}
	if most > 1.5*limit {
		t.Errorf("it took %.0f MB of memory of its own, and may take %d", most/1e6, limit/1_000_000)
	}
	waitFor(t, 30*time.Second, "it to work as before", func() bool { return f.post(t.Context(), p.base, f.batch("later", 1)) == http.StatusOK })
	p.finish()
	inLog := logged(t, config)
	for n := range f.acked {
		if !inLog[n] {
			t.Fatalf("alert %s was acknowledged and is not in the log", n)
		}
	}
	t.Logf("%d alerts taken, %d requests turned away; at most %.0f MB of its own", len(f.acked), f.refused, most/1e6)
}

// flood are senders of alerts that nobody has seen before.
type flood struct {
	client *http.Client

	mu      sync.Mutex
	acked   map[string]bool // what the labels n of acknowledged alerts say
	first   []map[string]any
	refused int
	unsaid  int // refused, and not told when to come again
	size    int // of a batch; zero: 200
	summary int // letters of each; zero: 3,000

	patience time.Duration // of a sender that was turned away
}

// run sends as sender w until ctx ends.
func (f *flood) run(ctx context.Context, base string, w int) {
	for n := 0; ctx.Err() == nil; n++ {
		batch := f.batch(fmt.Sprintf("%d-%d", w, n), cmp.Or(f.size, 200))
		code := f.post(ctx, base, batch)
		f.mu.Lock()
		refused := code != http.StatusOK
		if refused {
			f.refused++
		} else {
			if f.first == nil {
				f.first = batch
			}
			for _, a := range batch {
				f.acked[a["labels"].(map[string]string)["n"]] = true
			}
		}
		f.mu.Unlock()
		if refused {
			time.Sleep(f.patience)
		}
	}
}

// end says that the first of what was acknowledged ended.
func (f *flood) end(t *testing.T, base string) int {
	f.mu.Lock()
	batch := f.first[:10]
	f.mu.Unlock()
	for _, a := range batch {
		a["endsAt"] = time.Now().UTC().Format(time.RFC3339)
	}
	return f.post(t.Context(), base, batch)
}

func (f *flood) batch(name string, size int) (batch []map[string]any) {
	for k := range size {
		batch = append(batch, map[string]any{
			"labels":      map[string]string{"alertname": "PaperJam", "device": fmt.Sprintf("prn-%d-0", k%crashSwitches), "n": fmt.Sprintf("%s-%d", name, k)},
			"annotations": map[string]string{"summary": strings.Repeat("x", cmp.Or(f.summary, 3000))},
			"startsAt":    time.Now().Add(-time.Minute).UTC().Format(time.RFC3339),
			"endsAt":      time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
		})
	}
	return batch
}

// post returns the status; zero: there was no answer.
func (f *flood) post(ctx context.Context, base string, batch []map[string]any) int {
	body, err := json.Marshal(batch)
	if err != nil {
		return 0
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/v2/alerts", bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := f.client.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "" {
		f.mu.Lock()
		f.unsaid++
		f.mu.Unlock()
	}
	return res.StatusCode
}

// ownMemory is how many bytes a process holds that are of no file.
func ownMemory(t *testing.T, p *process) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes * 1024
}
