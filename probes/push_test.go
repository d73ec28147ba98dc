package probes

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

const nightly = `
probes:
  - {name: backup, kind: push, token_file: /secret, asset: sw-1, interval: 24h}
  - {name: sync, kind: push, interval: 10m, timeout: 2m}
  - {name: ping, kind: tcp, target: "127.0.0.1:1"}
`

// pushAs calls the route of the fleet as who.
func pushAs(f *Fleet, who headstart.Identity, path, body string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	for _, r := range f.Routes() {
		mux.Handle(r.Pattern, r.Handler)
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r.WithContext(headstart.WithIdentity(r.Context(), who)))
	return w
}

// A job with a token of its own is pushed with that one only, and says no more
// than what it may (rulings 37 and 39).
func TestPushIsBoundToItsToken(t *testing.T) {
	f := newFleet(t, Options{Config: config(t, nightly), Catalog: catalog()})
	for _, r := range f.Routes() {
		if strings.HasPrefix(r.Pattern, "POST /push/") && r.Scope != headstart.ScopeIngest {
			t.Errorf("%s has scope %s", r.Pattern, r.Scope)
		}
	}
	ingest := []headstart.Scope{headstart.ScopeIngest}
	backup := headstart.Identity{Name: "push/backup", Scopes: ingest}
	anybody := headstart.Identity{Name: "prometheus", Scopes: ingest}
	admin := headstart.Identity{Name: "admin", Scopes: []headstart.Scope{headstart.ScopeAdmin}}
	for name, tc := range map[string]struct {
		who        headstart.Identity
		path, body string
		status     int
	}{
		"its own token":        {backup, "/push/backup", "12 GB", 200},
		"an administrator":     {admin, "/push/backup", "", 200},
		"another ingest token": {anybody, "/push/backup", "", 403},
		"nobody, on loopback":  {headstart.Identity{Scopes: ingest}, "/push/backup", "", 403},
		"a job for another":    {backup, "/push/sync", "", 403},
		"any ingest token":     {anybody, "/push/sync", "", 200},
		"a warning":            {anybody, "/push/sync?status=warn", "", 200},
		"no such status":       {anybody, "/push/sync?status=bad", "", 400},
		"no such probe":        {anybody, "/push/nothing", "", 404},
		"not a push":           {anybody, "/push/ping", "", 404},
		"too much to say":      {anybody, "/push/sync", strings.Repeat("x", mostPushed+1), 413},
	} {
		if w := pushAs(f, tc.who, tc.path, tc.body); w.Code != tc.status {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, tc.status)
		}
	}
	if diff := cmp.Diff(map[string]string{"push/backup": "/secret"}, config(t, nightly).Bearers()); diff != "" {
		t.Errorf("tokens for the door (-want +got):\n%s", diff)
	}
}

// What a push means depends on its age, and right after a start on nobody having
// listened.
func TestPushGrowsOld(t *testing.T) {
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	s := &spec{asking: &asking{name: "backup", expected: 24 * time.Hour, timeout: time.Hour}, target: "/push/backup"}
	for name, tc := range map[string]struct {
		last   *pushed
		up     time.Duration // this process
		age    time.Duration
		want   headstart.Verdict
		reason string
	}{
		"never":            {nil, 100 * time.Hour, 0, headstart.Unknown, "no push yet; the job calls POST /push/backup"},
		"just now":         {&pushed{Verdict: headstart.OK}, 0, 0, headstart.OK, "the job ran"},
		"with words":       {&pushed{Verdict: headstart.OK, Text: "12 GB"}, 0, time.Hour, headstart.OK, "12 GB"},
		"it warns":         {&pushed{Verdict: headstart.Warn}, 0, time.Hour, headstart.Warn, "the job warns"},
		"it failed":        {&pushed{Verdict: headstart.Down, Text: "disk full"}, 0, time.Hour, headstart.Down, "disk full"},
		"in its grace":     {&pushed{Verdict: headstart.OK}, 100 * time.Hour, 25 * time.Hour, headstart.OK, "the job ran"},
		"overdue":          {&pushed{Verdict: headstart.OK}, 100 * time.Hour, 26 * time.Hour, headstart.Down, "no push for 26 h; expected every 24 h"},
		"overdue at start": {&pushed{Verdict: headstart.OK}, 59 * time.Minute, 26 * time.Hour, headstart.Unknown, "no push for 26 h, but nobody listened until 59 min ago"},
		"and after that":   {&pushed{Verdict: headstart.OK}, time.Hour, 80 * time.Hour, headstart.Down, "no push for 3 days; expected every 24 h"},
		"a clock set back": {&pushed{Verdict: headstart.OK}, 0, -5 * time.Hour, headstart.OK, "the job ran"},
	} {
		b := &pushbook{opened: start.Add(-tc.up), jobs: map[string]pushed{}}
		if tc.last != nil {
			tc.last.At = start.Add(-tc.age)
			b.jobs["backup"] = *tc.last
		}
		if f := b.find(s, start); f.verdict != tc.want || f.reason != tc.reason {
			t.Errorf("%s: %s, %q; want %s, %q", name, f.verdict, f.reason, tc.want, tc.reason)
		}
	}
}

// A day in the life of a job: it runs, it stops, it runs again. Each change is one
// line of the log, soon after it is one, and the silence of a job is no answer to
// an ask about its host (ruling 21).
func TestPushIsJudgedByTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook()
		f, err := New(Options{Config: config(t, nightly[:strings.Index(nightly, "  - {name: ping")]), Catalog: catalog(), Append: log.Append})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		admin := headstart.Identity{Scopes: []headstart.Scope{headstart.ScopeAdmin}}
		for range 3 {
			pushAs(f, admin, "/push/sync", "")
			time.Sleep(10 * time.Minute)
		}
		time.Sleep(2*time.Minute + 2*lookEvery)
		pushAs(f, admin, "/push/sync?status=down", "geen\nschijf")
		time.Sleep(2 * lookEvery)
		pushAs(f, admin, "/push/sync", "weer goed")
		time.Sleep(3 * lookEvery)
		f.Ask(headstart.Ask{Asset: "sw-1"})
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range log.all() {
			got = append(got, c.Probe+" "+string(c.Verdict)+" "+c.Reason)
		}
		want := []string{
			"backup unknown no push yet; the job calls POST /push/backup",
			"sync ok the job ran",
			"sync down no push for 12 min; expected every 10 min",
			"sync ok weer goed",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

// A push outlives the process; a file that was damaged forgets, and one that
// cannot be written is told to the sender.
func TestPushOutlivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pushes.json")
	fresh := func() *Fleet {
		return newFleet(t, Options{Config: config(t, nightly), Catalog: catalog(), PushFile: file})
	}
	anybody := headstart.Identity{Scopes: []headstart.Scope{headstart.ScopeIngest}}
	f := fresh()
	if w := pushAs(f, anybody, "/push/sync?status=warn", "traag"); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	sync := Filter{Names: []string{"sync"}}
	verdict := func(f *Fleet) string {
		r := f.CheckNow(t.Context(), sync, nil)[0]
		return string(r.Verdict) + " " + r.Reason
	}
	if got := verdict(fresh()); got != "warn traag" {
		t.Errorf("after a restart: %s", got)
	}
	if got := verdict(newFleet(t, Options{Config: config(t, nightly), Catalog: catalog(), Previous: f})); got != "warn traag" {
		t.Errorf("after a reload: %s", got)
	}
	if err := os.WriteFile(file, []byte(`{"sync":{`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := verdict(fresh()); !strings.HasPrefix(got, "unknown no push yet") {
		t.Errorf("after damage: %s", got)
	}
	file = filepath.Join(t.TempDir(), "gone", "pushes.json")
	broken := fresh()
	if w := pushAs(broken, anybody, "/push/sync", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("a push that is not stored got %d", w.Code)
	}
	if got := verdict(broken); got != "ok the job ran" {
		t.Errorf("what is not stored is forgotten at once: %s", got)
	}
}

func FuzzPushes(f *testing.F) {
	f.Add([]byte(`{"sync":{"at":"2026-11-22T08:00:00Z","verdict":"ok"}}`))
	f.Add([]byte(`{"sync":{"verdict":"unknown"}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		jobs, err := decodePushes(data)
		if err != nil {
			return
		}
		b := &pushbook{jobs: jobs}
		for name := range jobs {
			if got := b.find(&spec{asking: &asking{name: name, expected: time.Hour}}, time.Now()); got.reason == "" || got.verdict == "" {
				t.Errorf("%q found %+v", name, got)
			}
		}
	})
}
