package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The days of calendar.ical are read at the start and enter the log among the holidays;
// neither the log nor what people are shown holds the address, which may be a secret.
// A start without the address goes on with its copy, and doctor says how old that is.
func TestClosedDaysOfACalendar(t *testing.T) {
	t.Parallel()
	const feed = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:k\r\nDTSTART;VALUE=DATE:20200427\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Koningsdag\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(feed)) }))
	defer srv.Close()
	config := prepare(t, "calendar: {ical: \""+srv.URL+"/s3cr3t.ics\"}\n")
	doctor := func(want string) {
		t.Helper()
		if _, out, _ := command(t, "--config", config, "doctor"); !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, out)
		}
	}
	doctor("MIND  calendar.ical: was never read")

	r := start(t, config)
	waitFor(t, patience, "the days to be decided with", func() bool {
		req, err := http.NewRequest(http.MethodGet, r.base+"/settings", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false // it begins anew
		}
		defer func() { _ = res.Body.Close() }()
		settings, err := io.ReadAll(res.Body)
		return err == nil && strings.Contains(string(settings), "Koningsdag")
	})
	day := time.Now().Format("2006") + "-04-27"
	said := func() string { _, log := r.cli("store", "export", "--raw"); return log }
	r.stop()
	if log := said(); !strings.Contains(log, `"from":"`+day+`","name":"Koningsdag"`) || strings.Contains(log+r.stderr.String(), "s3cr3t") {
		t.Errorf("the log lacks %s, or somebody reads the address:\n%s", day, tail(log, 3000))
	}
	if _, shown := r.cli("config", "show"); !strings.Contains(shown, day) || strings.Contains(shown, "s3cr3t") {
		t.Errorf("config show lacks %s, or shows the address:\n%s", day, shown)
	}
	doctor("ok    calendar.ical: 4 closed periods")

	srv.Close()
	old := time.Now().AddDate(0, 0, -9)
	if err := os.Chtimes(filepath.Join(r.dir, "data", "closed.ics"), old, old); err != nil {
		t.Fatal(err)
	}
	again := start(t, config)
	waitFor(t, patience, "the address to be missed", func() bool {
		return strings.Contains(again.stderr.String(), "closed days not read, those it said last hold")
	})
	again.stop()
	hashes := map[string]bool{}
	for _, hash := range regexp.MustCompile(`"hash":"sha256:\w+"`).FindAllString(said(), -1) {
		hashes[hash] = true
	}
	if len(hashes) != 2 {
		t.Errorf("the log holds %d configurations, want that without the days and that with them, which the copy says again", len(hashes))
	}
	doctor("calendar.ical: 4 closed periods, last read " + old.Format(time.DateOnly))
}
