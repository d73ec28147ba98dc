package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"headstart"
)

// agenda serves a calendar others keep; its events can be changed.
type agenda struct {
	*httptest.Server
	events atomic.Pointer[string]
}

func startAgenda(t *testing.T) *agenda {
	t.Helper()
	a := &agenda{}
	a.set("")
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/calendar")
		fmt.Fprintf(w, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%sEND:VCALENDAR\r\n", *a.events.Load())
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *agenda) set(events string) { a.events.Store(&events) }

// vevent is an event from start for an hour.
func vevent(uid, summary, organiser string, start time.Time) string {
	const layout = "20060102T150405Z"
	return fmt.Sprintf("BEGIN:VEVENT\r\nUID:%s\r\nSUMMARY:%s\r\nORGANIZER;CN=X:mailto:%s\r\nDTSTART:%s\r\nDTEND:%s\r\nEND:VEVENT\r\n",
		uid, summary, organiser, start.UTC().Format(layout), start.UTC().Add(time.Hour).Format(layout))
}

// windows returns what the service knows of planned work, by its summary.
func (r *running) windows() map[string]headstart.MaintenanceWindow {
	var list struct {
		Maintenance []headstart.MaintenanceWindow `json:"maintenance"`
	}
	if err := get(r.base+"/api/v1/maintenance", &list); err != nil {
		return nil // between two generations
	}
	out := map[string]headstart.MaintenanceWindow{}
	for _, w := range list.Maintenance {
		out[w.Summary.In("nl")] = w
	}
	return out
}

// said counts the maintenance lines of the log by the id of their window. The
// service must be stopped.
func (r *running) said() map[string]int {
	r.t.Helper()
	code, out := r.cli("store", "export", "--raw")
	if code != 0 {
		r.t.Fatalf("store export: exit %d\n%s", code, out)
	}
	count := map[string]int{}
	for s := bufio.NewScanner(strings.NewReader(out)); s.Scan(); {
		var l headstart.Line
		if err := json.Unmarshal(s.Bytes(), &l); err == nil && l.Maintenance != nil {
			count[l.Maintenance.ID]++
		}
	}
	return count
}

// TestMaintenanceComesFromFourPlaces plans work in the configuration, by the API,
// by the command line and in a calendar of others (ruling 44). Each is said once
// in the log, whatever restarts; the calendar's counts once a person says so.
func TestMaintenanceComesFromFourPlaces(t *testing.T) {
	t.Parallel()
	cal := startAgenda(t)
	soon := time.Now().Add(3 * time.Hour).Truncate(time.Second)
	cal.set(vevent("1", "Printen vervangen", "extern@example.net", soon) +
		vevent("2", "Switch SW-N-2 vervangen", "joris@example.org", soon) +
		vevent("3", "Taart", "joris@example.org", soon))
	once := fmt.Sprintf(`{id: W-1, assets: [prn-z1-01], starts_at: %s, ends_at: %s, summary: "eenmalig", owner: joris}`,
		time.Now().Add(-time.Minute).Format(time.RFC3339), time.Now().Add(time.Hour).Format(time.RFC3339))
	plan := func(windows string) string {
		return fmt.Sprintf("maintenance:\n  windows: [%s]\n  ical: [{url: %s/werk.ics, trusted: [Joris@example.org]}]\n", windows, cal.URL)
	}
	weekly := `{id: W-2, services: [print], every: {weekdays: [sunday], times: [{start_time: "02:00", end_time: "03:00"}]}, summary: "elke week"}`
	config := prepare(t, plan(once+", "+weekly))
	r := start(t, config)
	waitFor(t, 20*time.Second, "the windows of configuration and calendar", func() bool { return len(r.windows()) >= 5 })
	got := r.windows()
	if w := got["eenmalig"]; w.ID != "W-1" || w.Source != "config" || w.Proposed || w.Owner != "joris" {
		t.Errorf("W-1 is %+v", w)
	}
	if w := got["elke week"]; !strings.HasPrefix(w.ID, "W-2@") || w.EndsAt.Sub(w.StartsAt) != time.Hour {
		t.Errorf("the weekly window is %+v, want W-2@ and its day, for an hour", w)
	}
	proposal := got["Printen vervangen"]
	if !proposal.Proposed || fmt.Sprint(proposal.Services) != "[print]" {
		t.Errorf("the calendar's event is %+v, want a proposal about print", proposal)
	}
	if w := got["Switch SW-N-2 vervangen"]; w.Proposed || fmt.Sprint(w.Assets) != "[sw-n-2]" {
		t.Errorf("the trusted organiser's event is %+v, want it to count for sw-n-2", w)
	}
	if w := got["Taart"]; !w.Proposed || !w.Empty() {
		t.Errorf("the event that names nothing is %+v, want a proposal that covers nothing", w)
	}

	code, out := r.cli("maintenance", "add", "--locations", "zuid", "--from", soon.Format("2006-01-02 15:04"), "--for", "1h", "--summary", "nl:met de hand")
	if code != 0 || !strings.HasPrefix(out, "W-") {
		t.Fatalf("maintenance add: exit %d, %s", code, out)
	}
	byHand := strings.TrimSpace(out)
	r.tellsOfWork(byHand, soon)
	body := fmt.Sprintf(`{"services":["print"],"starts_at":%q,"ends_at":%q,"summary":"via de API"}`, soon.Format(time.RFC3339), soon.Add(time.Hour).Format(time.RFC3339))
	bearer := map[string]string{"Authorization": "Bearer " + r.token, "Content-Type": "application/json"}
	if status, answer := r.try(attack{method: "POST", path: "/api/v1/maintenance", header: bearer, body: body}); status != http.StatusCreated {
		t.Fatalf("POST maintenance: %d %s", status, answer)
	}
	if code, out := r.cli("maintenance", "approve", proposal.ID); code != 0 {
		t.Fatalf("approve %s: exit %d, %s", proposal.ID, code, out)
	}
	if code, out := r.cli("maintenance", "approve", got["Taart"].ID); code != 1 || !strings.Contains(out, "names nothing") {
		t.Errorf("approving what covers nothing: exit %d, %s", code, out)
	}
	if code, out := r.cli("maintenance", "end", got["eenmalig"].ID); code != 0 {
		t.Fatalf("end W-1: exit %d, %s", code, out)
	}
	if code, out := r.cli("maintenance", "end", "W-1"); code != 1 || !strings.Contains(out, "over") {
		t.Errorf("ending it twice: exit %d, %s", code, out)
	}
	if code, out := r.cli("maintenance", "list"); code != 0 || strings.Contains(out, "eenmalig") || !strings.Contains(out, "met de hand") || !strings.Contains(out, "nothing known") {
		t.Errorf("maintenance list: exit %d\n%s", code, out)
	}
	r.stop()

	r = start(t, config)
	time.Sleep(3 * time.Second) // a round, and the calendar read again: both find nothing new
	r.stop()
	approved := got["Printen vervangen"].ID
	for id, n := range r.said() {
		want := map[string]int{"W-1": 2, approved: 2, byHand: 2}[id]
		if n != max(want, 1) {
			t.Errorf("the log says %s %d times, want %d", id, n, max(want, 1))
		}
	}

	// What is no longer planned is cancelled; what moved is a proposal again.
	cal.set(vevent("1", "Printen vervangen", "extern@example.net", soon.Add(time.Hour)) + vevent("3", "Taart", "joris@example.org", soon))
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, strings.Replace(string(text), ", "+weekly, "", 1))
	r = start(t, config)
	waitFor(t, 20*time.Second, "the plans to be followed", func() bool {
		w := r.windows()
		return w["elke week"].Cancelled && w["Switch SW-N-2 vervangen"].Cancelled && w["Printen vervangen"].Proposed && w["Printen vervangen"].StartsAt.Equal(soon.Add(time.Hour))
	})
	if w := r.windows(); w["eenmalig"].EndsAt.After(time.Now()) || w["eenmalig"].By == "" || w["met de hand"].Cancelled || w["via de API"].Cancelled {
		t.Errorf("what people decided did not stay: %+v", w)
	}
}

// tellsOfWork tells users of planned work by the command line and moves it: the page
// that stands names the new time at once.
func (r *running) tellsOfWork(id string, soon time.Time) {
	r.t.Helper()
	if code, out := r.cli("maintenance", "list"); code != 0 || !strings.Contains(out, "announced waits") {
		r.t.Errorf("maintenance list: exit %d; it does not say that a message waits:\n%s", code, out)
	}
	if code, out := r.cli("maintenance", "announce", id, "--text", "Wij vervangen de switches."); code != 0 || out != id+"\n" {
		r.t.Fatalf("maintenance announce: exit %d, %s", code, out)
	}
	if code, out := r.cli("maintenance", "announce", id, "--phase", "done"); code != 1 || !strings.Contains(out, "is not over") {
		r.t.Errorf("work that has not begun is done: exit %d, %s", code, out)
	}
	if code, out := r.cli("maintenance", "move", id, "--until", soon.Add(2*time.Hour).Format("2006-01-02 15:04")); code != 0 {
		r.t.Fatalf("maintenance move: exit %d, %s", code, out)
	}
	var list struct{ Announcements []headstart.Announcement }
	if err := get(r.base+"/api/v1/announcements?state=published", &list); err != nil || len(list.Announcements) != 1 {
		r.t.Fatalf("published: %d, %v; want the work alone", len(list.Announcements), err)
	}
	a := list.Announcements[0]
	text := a.Last().Text["nl"].Body
	if a.Window != id || len(a.Updates) != 2 || !a.Last().Corrects || !strings.Contains(text, soon.Add(2*time.Hour).Format("15:04")) || !strings.Contains(text, "Wij vervangen de switches.") {
		r.t.Errorf("users read of %s in %d updates:\n%s", a.Window, len(a.Updates), text)
	}
	if code, out := r.cli("maintenance", "list"); code != 0 || !strings.Contains(out, a.Number+" announced") {
		r.t.Errorf("maintenance list: exit %d, want %s announced:\n%s", code, a.Number, out)
	}
}

// TestNothingOpensInsidePlannedWork: a device that fails inside planned work
// opens no incident, survives a restart on the list of the page, and opens one
// when the work ends and it still fails (M-06).
func TestNothingOpensInsidePlannedWork(t *testing.T) {
	t.Parallel()
	config := prepare(t, fmt.Sprintf("maintenance: {windows: [{id: W-1, assets: [sw-n-2], starts_at: %s, ends_at: %s, owner: joris, summary: {nl: Switch vervangen}}]}\n",
		time.Now().Add(-time.Minute).Format(time.RFC3339), time.Now().Add(time.Hour).Format(time.RFC3339)))
	r := start(t, config)
	waitFor(t, 20*time.Second, "the window", func() bool { return len(r.windows()) == 1 })
	if status := r.alert(
		sent("prom-a", "HostDown", "sw-n-2", time.Now(), time.Now().Add(time.Hour)),
		sent("prom-a", "PrinterOffline", "prn-n2-04", time.Now(), time.Now().Add(time.Hour)),
	); status != http.StatusOK {
		t.Fatalf("alerts: %d", status)
	}
	page := func() string {
		_, rest, _ := strings.Cut(r.page("/maintenance?lang=en"), "Fails and waits for the end")
		line, _, _ := strings.Cut(rest, "</p>")
		return line
	}
	waitFor(t, 20*time.Second, "both on the page", func() bool { return strings.Contains(page(), "sw-n-2") && strings.Contains(page(), "N2-04") })
	r.stop()
	r = start(t, config)
	if line := page(); !strings.Contains(line, "sw-n-2") || len(r.incidents()) != 0 {
		t.Fatalf("after a restart the page says %q, incidents %d; want both held and none open", line, len(r.incidents()))
	}
	if code, out := r.cli("maintenance", "end", "W-1"); code != 0 {
		t.Fatalf("maintenance end: exit %d, %s", code, out)
	}
	waitFor(t, 20*time.Second, "the incident of what still fails", func() bool { return len(r.incidents()) == 1 && r.only().Alerts.Firing == 2 })
	if i := r.only(); i.Cause.Asset != "sw-n-2" || !strings.Contains(fmt.Sprint(i.Tags), "maintenance-overrun") {
		t.Errorf("the incident is of %s with tags %v, want sw-n-2 and maintenance-overrun", i.Cause.Asset, i.Tags)
	}
}

// TestMaintenanceAddReadsOnce: what the configuration warns of is said once.
func TestMaintenanceAddReadsOnce(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"W-7"}`))
	}))
	t.Cleanup(service.Close)
	t.Setenv("HEADSTART_NO_SUCH_KEY", "1")
	file := configured(t, map[string]string{"headstart.yml": "data_dir: DIR\n"})
	code, stdout, stderr := command(t, "--config", file, "maintenance", "add", "--url", service.URL, "--assets", "sw-1", "--for", "90m")
	if code != 0 || stdout != "W-7\n" {
		t.Errorf("exit %d, %q, want the id of the window", code, stdout)
	}
	if n := strings.Count(stderr, "HEADSTART_NO_SUCH_KEY"); n != 1 {
		t.Errorf("the warning is said %d times, want once:\n%s", n, stderr)
	}
}
