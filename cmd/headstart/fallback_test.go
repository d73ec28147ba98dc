package main

import (
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestReloadThatCannotRun: a configuration without a mistake may still not run, as
// when its port is taken; the one before comes back, and the process stays.
func TestReloadThatCannotRun(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	was := settings(r.dir, "")
	now := strings.Replace(was, "127.0.0.1:0", taken.Addr().String(), 1)
	if now == was {
		t.Fatal("the settings name no port to take")
	}
	write(t, filepath.Join(r.dir, "headstart.yml"), now)
	if status, answer := r.reload(); status != http.StatusOK {
		t.Fatalf("reload: %d %s", status, answer)
	}
	waitFor(t, 20*time.Second, "the old configuration to come back", func() bool {
		return strings.Contains(r.stderr.String(), "the old one comes back") && get(r.base+"/-/ready", nil) == nil
	})
	if got := metric(r.base, r.token, "headstart_config_last_reload_successful"); got != 0 {
		t.Errorf("headstart_config_last_reload_successful is %v", got)
	}
}
