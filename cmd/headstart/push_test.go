package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// A job pushes through the door with its own token and with nothing else, what it
// said outlives the service (rulings 37 and 39), and a Prometheus on this machine
// may have /probe ask what the configuration names, and no more (ruling 40).
func TestPushAndProbeThroughTheDoor(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	token := filepath.Join(t.TempDir(), "backup-token")
	write(t, token, "a-token-of-its-own\n")
	config := prepare(t, `probes:
  - {name: backup, kind: push, token_file: `+token+`, interval: 24h}
  - {name: web, kind: http, target: `+web.URL+`, interval: 1h}
`)
	r := start(t, config)
	push := func(bearer string) int {
		req, err := http.NewRequest(http.MethodPost, r.base+"/push/backup?status=warn", strings.NewReader("12 GB, traag"))
		if err != nil {
			t.Fatal(err)
		}
		if bearer != "" {
			req.Header.Set("Authorization", "Bearer "+bearer)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	for bearer, want := range map[string]int{"": 403, "a-token-of-another": 401, "a-token-of-its-own": 200} {
		if got := push(bearer); got != want {
			t.Errorf("a push with %q got %d, want %d", bearer, got, want)
		}
	}
	for target, want := range map[string]int{web.URL: 200, "http://169.254.169.254": 403} {
		res, err := http.Get(r.base + "/probe?module=http_2xx&target=" + url.QueryEscape(target))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("/probe of %s got %d, want %d", target, res.StatusCode, want)
		}
	}
	r.stop()

	r = start(t, config)
	var backup headstart.CheckResult
	waitFor(t, time.Minute, "the push to be judged after the restart", func() bool {
		var list struct {
			Checks []headstart.CheckResult `json:"checks"`
		}
		r.get("/api/v1/checks", &list)
		for _, c := range list.Checks {
			if c.Probe == "backup" {
				backup = c
			}
		}
		return !backup.At.IsZero()
	})
	if backup.Verdict != headstart.Warn || backup.Reason != "12 GB, traag" {
		t.Errorf("after a restart the job is %s, %q", backup.Verdict, backup.Reason)
	}
}
