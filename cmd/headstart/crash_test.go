package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart/store/redistest"
)

// crashes is how often the service is killed, a quarter as often its store; make
// long asks for more.
var crashes = flag.Int("crashes", 12, "kills of the service in TestCrashLoop")

// TestCrashLoop kills the service 12 times and redis-server 3 times (see -crashes)
// with kill -9 under load; behind Sentinels a quarter as often, and there the replica takes
// over. Nothing acknowledged may be lost (I1), the state must be the fold
// of the log (I2), every notification the log implies is sent or pending, none
// that it does not imply is sent (I5), and duplicates carry the same id (I6).
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	program := build(t)
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		crashLoop(t, program, *crashes, "store: {mode: embedded}", nil)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		redis := redistest.Start(t, "--maxmemory-policy", "noeviction")
		crashLoop(t, program, *crashes, fmt.Sprintf("store: {mode: redis, addresses: [%q]}", redis.Addr), func(meanwhile func()) {
			redis.Kill()
			meanwhile()
			redis.Restart(t)
		})
	})
	t.Run("sentinel", func(t *testing.T) {
		t.Parallel()
		w := redistest.StartWatched(t, "--maxmemory-policy", "noeviction")
		// Service and server die within one second, so only what a replica has is safe.
		kept := fmt.Sprintf("store: {mode: sentinel, master: %s, addresses: [%q, %q, %q], min_replicas: 1}", w.Name, w.Addrs()[0], w.Addrs()[1], w.Addrs()[2])
		crashLoop(t, program, max(3, *crashes/4), kept, func(meanwhile func()) {
			primary, other := w.Primary(t)
			primary.Kill()
			meanwhile()
			waitFor(t, 60*time.Second, "the Sentinels to promote the replica", func() bool { now, _ := w.Primary(t); return now == other })
			primary.Restart(t) // as whose replica, the Sentinels tell it
			back := time.Now()
			waitFor(t, 2*time.Minute, "it to follow the one that was promoted", func() bool {
				info, err := primary.CLI("INFO", "replication")
				if time.Since(back) > 20*time.Second && err == nil && strings.Contains(info, "role:master") {
					// Once in some hundred times they do not. What is tested is the service, so
					// that it is told as an operator would tell it.
					host, port, _ := strings.Cut(other.Addr, ":")
					_, _ = primary.CLI("REPLICAOF", host, port)
				}
				return err == nil && strings.Contains(info, "role:slave") && strings.Contains(info, "master_link_status:up")
			})
		})
	})
}

// crashLoop kills the service times times, and every fourth time the store first, if
// killStore is not nil: that calls meanwhile while the store is gone.
func crashLoop(t *testing.T, program string, times int, kept string, killStore func(meanwhile func())) {
	storeCrashes := 0
	// Every other life is long enough for something to settle, and to take over the lease
	// of the one killed before, which in Redis lives on for three seconds and in the file
	// ends when it is opened again. It must be killed while it decides.
	longer := 1200 * time.Millisecond
	if killStore != nil {
		longer = 3 * time.Second
	}
	hook := startHook(t)
	config := prepareLoaded(t, kept, hook.URL)
	load := newLoad()
	for n := range times {
		life := 300*time.Millisecond + time.Duration(rand.IntN(500))*time.Millisecond
		if n%2 == 1 {
			life += longer
		}
		p := launch(t, program, config)
		load.run(t, p.base, life)
		if killStore != nil && n%4 == 0 {
			storeCrashes++
			killStore(func() { load.run(t, p.base, 100*time.Millisecond) }) // refused, or it is durable
		}
		p.kill()
	}

	p := launch(t, program, config)
	p.finish()

	after := judge(t, config, load.acked, hook)
	if most := times + storeCrashes; after.duplicates > most*4 { // one in flight for each of the sender's workers
		t.Errorf("%d duplicate notifications for %d kills", after.duplicates, most)
	}
	t.Logf("%d kills of the service, %d of the store: %d alerts acknowledged, %d refused; %d incidents, %d notifications, %d duplicates",
		times, storeCrashes, len(load.acked), load.refused, len(after.incidents), after.implied, after.duplicates)
}

// ourProgram is the program of now, made once for all tests that run it; TestMain removes it.
var ourProgram struct {
	once sync.Once
	dir  string
	out  []byte
	err  error
}

// build returns the program of now.
func build(t testing.TB) string {
	t.Helper()
	ourProgram.once.Do(func() {
		if ourProgram.dir, ourProgram.err = os.MkdirTemp("", "headstart-test-"); ourProgram.err == nil {
			ourProgram.out, ourProgram.err = exec.Command("go", "build", "-o", ourProgram.dir, ".").CombinedOutput()
		}
	})
	if ourProgram.err != nil {
		t.Fatalf("go build: %v\n%s", ourProgram.err, ourProgram.out)
	}
	return filepath.Join(ourProgram.dir, "headstart")
}

// crashSwitches is how many buildings, each with a switch and two printers behind it,
// the organisation of the crash test has.
const crashSwitches = 120

func prepareCrash(t *testing.T, redis *redistest.Server, hook string) (config string) {
	kept := "store: {mode: embedded}"
	if redis != nil {
		kept = fmt.Sprintf("store: {mode: redis, addresses: [%q]}", redis.Addr)
	}
	return prepareLoaded(t, kept, hook)
}

// prepareLoaded writes the configuration of an organisation under load, whose store is
// kept as kept says and whose notifications go to hook.
func prepareLoaded(t *testing.T, kept, hook string) (config string) {
	t.Helper()
	dir := t.TempDir()
	var cat strings.Builder
	cat.WriteString("services: [{id: print, name: Printen, kind: printer}]\nlocations:\n")
	for k := range crashSwitches {
		fmt.Fprintf(&cat, "  - {id: gebouw-%d, name: Gebouw %d}\n", k, k)
	}
	cat.WriteString("devices:\n")
	for k := range crashSwitches {
		fmt.Fprintf(&cat, "  - {id: sw-%d, kind: switch, location: gebouw-%d}\n", k, k)
		for n := range 2 {
			fmt.Fprintf(&cat, "  - {id: prn-%d-%d, kind: printer, name: P%d%d, location: gebouw-%d, services: [print], depends_on: [sw-%d], people: 10}\n", k, n, k, n, k, k)
		}
	}
	write(t, filepath.Join(dir, "catalog.yml"), cat.String())
	write(t, filepath.Join(dir, "secret"), "a secret of twenty bytes")
	config = filepath.Join(dir, "headstart.yml")
	write(t, config, fmt.Sprintf(`listen: 127.0.0.1:0
data_dir: %s
catalog: [catalog.yml]
%s
correlation: {settle: 1s, settle_probed: 1s, hold: 2s, recover: 3s}
announce:
  after: {P1: 0s, default: 0s}
  push: {mode: auto, min_people: 2, budget: 0}
  quiet: {from: "00:00", to: "00:00", closed_days: false}
tickets: {sources: [{name: portal, type: webhook}]}
channels:
  - {name: hook, type: webhook, url: %q, secret_file: secret}
`, filepath.Join(dir, "data"), kept, hook))
	return config
}

// hook records what a signed webhook is sent.
type hook struct {
	*httptest.Server
	mu  sync.Mutex
	got map[string]int
}

func startHook(t *testing.T) *hook {
	h := &hook{got: map[string]int{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.got[r.Header.Get("X-Headstart-Id")]++
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ids() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string]int{}
	maps.Copy(out, h.got)
	return out
}

// load posts alerts and remembers which were acknowledged.
type load struct {
	client  *http.Client
	next    int
	from    int // the first building it tells of
	of      int // how many; zero: all
	acked   map[string]bool
	refused int
}

func newLoad() *load {
	return &load{client: &http.Client{Timeout: 5 * time.Second}, acked: map[string]bool{}}
}

// run posts batches for d.
func (l *load) run(t *testing.T, base string, d time.Duration) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		names, body := l.batch(t)
		if !l.post(base, body) {
			l.refused++
			continue
		}
		for _, n := range names {
			l.acked[n] = true
		}
	}
}

// batch is the next switch with a printer behind it, and further alerts of things
// already known; names are what the labels n of its alerts say.
func (l *load) batch(t *testing.T) (names []string, body []byte) {
	t.Helper()
	k := l.from + l.next/4%cmp.Or(l.of, crashSwitches)
	var batch []map[string]any
	add := func(alert, device string) {
		n := fmt.Sprintf("%d-%d", l.next, len(batch))
		if l.from > 0 { // another load tells of the buildings before
			n = fmt.Sprintf("%d-%s", l.from, n)
		}
		names = append(names, n)
		batch = append(batch, map[string]any{
			"labels": map[string]string{"alertname": alert, "device": device, "n": n},
			"endsAt": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
		})
	}
	add("HostDown", fmt.Sprintf("sw-%d", k))
	add("PrinterOffline", fmt.Sprintf("prn-%d-0", k))
	for n := range 6 {
		add("PaperJam", fmt.Sprintf("prn-%d-%d", k, n%2))
	}
	l.next++
	body, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	return names, body
}

// post sends a batch and reports whether it was acknowledged.
func (l *load) post(base string, body []byte) bool {
	res, err := l.client.Post(base+"/api/v2/alerts", "application/json", bytes.NewReader(body))
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// process is the program running as one of its own.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	base  string
	token string
	errs  *lines
}

// finish waits until everything is decided and sent, and ends the program.
func (p *process) finish() {
	t := p.t
	t.Helper()
	// A command is answered once everything before it in the log is decided.
	waitFor(t, 120*time.Second, "the engine to catch up", func() bool { return p.note("HS-1") == http.StatusOK })
	time.Sleep(3 * time.Second) // what settles last
	waitFor(t, 60*time.Second, "the outbox to drain", func() bool { return metric(p.base, p.token, "headstart_outbox_pending") == 0 })
	p.end()
}

// launch starts the program and waits until it takes alerts.
func launch(t *testing.T, program, config string, flags ...string) *process {
	t.Helper()
	return launchAs(t, exec.CommandContext(context.Background(), program, append([]string{"serve", "--config", config}, flags...)...), config)
}

// launchAs is launch with a command that may be more than the program and its flags.
func launchAs(t *testing.T, cmd *exec.Cmd, config string) *process {
	t.Helper()
	out := &lines{}
	p := &process{t: t, cmd: cmd, errs: &lines{}}
	p.cmd.Stdout, p.cmd.Stderr = out, p.errs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("service %d:\n%s", p.cmd.Process.Pid, tail(p.errs.String(), 1500))
		}
	})
	waitFor(t, 20*time.Second, "the service to listen", func() bool {
		_, rest, ok := strings.Cut(out.String(), "listening address=")
		address, _, whole := strings.Cut(rest, "\n")
		p.base = "http://" + address
		return ok && whole
	})
	waitFor(t, 20*time.Second, "the service to take alerts", func() bool { return get(p.base+"/-/ready?for=ingest", nil) == nil })
	token, err := os.ReadFile(filepath.Join(filepath.Dir(config), "data", "admin-token"))
	if err != nil {
		t.Fatal(err)
	}
	p.token = strings.TrimSpace(string(token))
	return p
}

// note writes into the timeline of an incident and returns the status: 202 while
// the engine has not come that far.
func (p *process) note(incident string) int {
	req, err := http.NewRequest(http.MethodPost, p.base+"/api/v1/incidents/"+incident+"/note", strings.NewReader(`{"text":"caught up"}`))
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// end stops the program as a service manager does.
func (p *process) end() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(os.Interrupt)
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("the service did not stop cleanly: %v\n%s", err, tail(p.errs.String(), 2000))
	}
}

// metric reads one unlabelled metric; -1 if it is not there.
func metric(base, token, name string) float64 {
	req, err := http.NewRequest(http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return -1
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return -1
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(res.Body)
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			var v float64
			if _, err := fmt.Sscan(rest, &v); err == nil {
				return v
			}
		}
	}
	return -1
}
