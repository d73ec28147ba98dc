package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
)

// TestDemo plays the night, a failing switch and its end at an hour a second, on the real
// service: the first outage and its message, the tickets, the end and the report are all
// the product's own, and nothing is left when it stops.
func TestDemo(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, errs, done := &lines{}, &lines{}, make(chan int, 1)
	listen := freePort(t)
	go func() {
		done <- execute(ctx, []string{"demo", "--lang", "en", "--scenario", "floor-switch", "--speed", "3600", "--listen", listen}, out, errs)
	}()
	base := "http://" + listen
	reads := func(what, words string) {
		t.Helper()
		waitFor(t, 60*time.Second, what, func() bool { return strings.Contains(out.String(), words) })
	}
	defer func() {
		if t.Failed() {
			t.Logf("%s\n%s", out, errs)
		}
	}()
	reads("the night", "Done in")
	reads("the first outage", "NEW INCIDENT HS-3")
	reads("its message", "MESSAGE HS-3")
	reads("what was sent", "SENT to ")
	reads("the late cause", "Only now monitoring reports the switch itself")
	reads("tickets that look like it", "HS-3: tickets that look like it: 3")
	reads("its end", "HS-3 is over")
	// At the usual speed a minute of it is a second: an outage within 30 s, its message within 60.
	for words, latest := range map[string]string{"NEW INCIDENT HS-3": "08:20:00", "MESSAGE HS-3": "08:50:00", "SENT to ": "08:50:00"} {
		before, _, _ := strings.Cut(out.String(), words)
		if at := before[strings.LastIndex(before, "\n")+1:][:8]; at > latest {
			t.Errorf("%s at %s, later than %s", words, at, latest)
		}
	}

	var list struct {
		Incidents []headstart.Incident `json:"incidents"`
		Items     []headstart.Incident `json:"items"`
	}
	if err := get(base+"/api/v1/incidents", &list); err != nil {
		t.Fatal(err)
	}
	all := append(list.Incidents, list.Items...)
	if len(all) != 3 {
		t.Errorf("%d incidents, want the night's two and one for the whole floor", len(all))
	}
	for _, i := range all {
		if i.ID == "HS-3" && (!strings.HasPrefix(i.Cause.Asset, "sw-") || i.Alerts.Total < 8) {
			t.Errorf("HS-3 has cause %q and %d failing things; want the switch and what hangs on it", i.Cause.Asset, i.Alerts.Total)
		}
	}
	for path, words := range map[string]string{
		"/demo": "Messages sent", "/": "Demonstration: an invented organisation.", "/morning": "HS-2", "/api/v1/morning?format=text&lang=en": "Access pass does not open",
	} {
		if status, body := fetch(t, base+path+map[bool]string{true: "", false: "?lang=en"}[strings.Contains(path, "?")]); status != http.StatusOK || !strings.Contains(body, words) {
			t.Errorf("%s: %d, without %q", path, status, words)
		}
	}
	for _, part := range []string{"helpdesk", "announcements"} {
		for _, line := range documentedCommands(t, part) {
			words := strings.Fields(strings.ReplaceAll(line, "127.0.0.1:8480", listen))
			code, stdout, stderr := command(t, words[1:]...)
			if urgent := words[1] == "morning" && code <= 2; code != 0 && !urgent || stderr != "" {
				t.Errorf("docs/start.md: %s: exit code %d\n%s%s", line, code, stdout, stderr)
			}
		}
	}

	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if !strings.Contains(out.String(), "is removed.") {
		t.Error("it does not say that it has removed what it made")
	}
	if left, _ := filepath.Glob(filepath.Join(temporary, "headstart-demo-*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// fetch returns a page whatever its status.
func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestDemoRefuses what would let others in, or play nothing.
func TestDemoRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"an address others reach":      {[]string{"--listen", "0.0.0.0:8480"}, "since whoever reaches a demonstration may do everything"},
		"a name instead of an address": {[]string{"--listen", "localhost:8480"}, "write an address of this machine"},
		"no speed":                     {[]string{"--speed", "0"}, "--speed is 0; write a number from 1 to 3600"},
		"a language there is not":      {[]string{"--lang", "de"}, "write nl or en"},
		"a scenario there is not":      {[]string{"--scenario", "fire"}, "write floor-switch, toner"},
		"a load on somebody else":      {[]string{"--rate", "5", "--url", "https://example.com"}, "a load is for a service of your own"},
		"a load without an end":        {[]string{"--rate", "5", "--for", "100h"}, "write a duration from 1s to 1h"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs lines
			if code := execute(t.Context(), append([]string{"demo"}, c.args...), &out, &errs); code != 2 || !strings.Contains(errs.String(), c.want) {
				t.Errorf("exit code %d: %s\nwant 2 and %q", code, errs.String(), c.want)
			}
		})
	}
}

// TestDemoLoads: --rate sends alerts to a running service, which takes them, and
// resolves them at the end.
func TestDemoLoads(t *testing.T) {
	t.Parallel()
	r := start(t, prepare(t, ""))
	var out, errs lines
	if code := execute(t.Context(), []string{"demo", "--rate", "640", "--for", "400ms", "--url", r.base}, &out, &errs); code != 0 || !strings.Contains(out.String(), " 0 refused; answered in ") {
		t.Fatalf("exit code %d: %s%s", code, out.String(), errs.String())
	}
	waitFor(t, 20*time.Second, "every alert of the load to be over", func() bool {
		var alerts []json.RawMessage
		r.get("/api/v2/alerts", &alerts)
		return len(alerts) == 0
	})
}
