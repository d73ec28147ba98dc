package alerts

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRealPrometheus lets the real program post a firing rule several times:
// what it writes is read the fast way, the first post reaches the log, and its
// re-sends do not.
func TestRealPrometheus(t *testing.T) {
	s := newStand(t)
	s.API.now = time.Now
	bodies := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mux.ServeHTTP(w, r)
		bodies <- string(body)
	}))
	defer server.Close()
	startPrometheus(t, strings.TrimPrefix(server.URL, "http://"))

	for n := range 3 {
		select {
		case body := <-bodies:
			if _, ok := scanAlerts(body, &room{}); !ok {
				t.Errorf("post %d is not read the fast way: %s", n, body)
			}
		case <-time.After(60 * time.Second):
			t.Fatalf("%d posts within a minute, want 3", n)
		}
	}
	got := slices.DeleteFunc(s.taken(), func(line string) bool { return strings.HasPrefix(line, "refresh ") })
	if len(got) != 1 || !strings.HasPrefix(got[0], "SwitchDown@") || !strings.HasSuffix(got[0], " firing") {
		t.Errorf("the log got %q; want SwitchDown once, firing", got)
	}
}

// startPrometheus starts the real program with one rule that always fires and
// is sent again each second.
func startPrometheus(t *testing.T, alertmanager string) {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatalf("%v; install Debian's prometheus", err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"rules.yml": "groups: [{name: g, rules: [{alert: SwitchDown, expr: vector(1) < 2, labels: {instance: sw-n-2}, annotations: {summary: 'no \"reply\" <1>'}}]}]\n",
		"prometheus.yml": fmt.Sprintf("global: {evaluation_interval: 1s, external_labels: {replica: a}}\nrule_files: [rules.yml]\n"+
			"alerting: {alertmanagers: [{static_configs: [{targets: [%q]}]}]}\n", alertmanager),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address=127.0.0.1:0", "--rules.alert.resend-delay=1s")
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("prometheus said:\n%s", &log)
		}
	})
}
