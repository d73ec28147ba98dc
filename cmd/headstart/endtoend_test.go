package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/notify/smtptest"
	"headstart/store/redistest"
)

// mailTo adds a mail channel of the test's server to a configuration.
func mailTo(sink *smtptest.Sink) string {
	return fmt.Sprintf(`channels:
  - {name: mail-all, type: email, smarthost: %q, from: servicedesk@voorbeeld.example, to: [iedereen@voorbeeld.example]}
`, sink.Addr)
}

// TestEndToEnd lets a switch and the printer behind it fail in a real Prometheus
// and follows what people get to see, to the closing message. It runs on both
// stores, with alerts straight from Prometheus and through a real Alertmanager.
func TestEndToEnd(t *testing.T) {
	t.Parallel()
	stores := map[string]func(t *testing.T) string{
		"embedded": func(*testing.T) string { return "" },
		"redis": func(t *testing.T) string {
			s := redistest.Start(t, "--maxmemory-policy", "noeviction")
			return fmt.Sprintf("store: {mode: redis, addresses: [%q]}\n", s.Addr)
		},
	}
	paths := map[string]func(t *testing.T, d *devices, r *running){
		"prometheus": func(t *testing.T, d *devices, r *running) {
			startPrometheus(t, d, strings.TrimPrefix(r.base, "http://"))
		},
		"alertmanager": func(t *testing.T, d *devices, r *running) {
			startPrometheus(t, d, startAlertmanager(t, r.base+"/hooks/alertmanager"))
		},
	}
	for storeName, storeOf := range stores {
		for pathName, path := range paths {
			t.Run(storeName+"/"+pathName, func(t *testing.T) {
				t.Parallel()
				sink := smtptest.Start(t)
				r := start(t, prepare(t, storeOf(t)+mailTo(sink)))
				d := startDevices(t, "sw-n-2", "prn-n2-04", "prn-z1-01")
				path(t, d, r)
				followOutage(t, r, d, sink)
			})
		}
	}
}

func followOutage(t *testing.T, r *running, d *devices, sink *smtptest.Sink) {
	// A user was first: her ticket stands before any alert.
	status, answer := r.post("/hooks/tickets/portal", fmt.Sprintf(
		`{"ticket":{"id":"T-101","title":"Printer doet het niet","body":"Ik kan niet meer afdrukken in gebouw Noord.","requester":{"id":"samira@voorbeeld.example","location":"noord"},"channel":"mail","created_at":%q}}`,
		time.Now().UTC().Format(time.RFC3339)))
	if status/100 != 2 {
		t.Fatalf("ticket refused: %d %s", status, answer)
	}
	d.set(false, "sw-n-2", "prn-n2-04")

	mails := sink.Wait(1, 60*time.Second)
	if len(mails) != 1 {
		t.Fatalf("%d mails, want the announcement", len(mails))
	}
	first := mails[0]
	if !strings.HasPrefix(first.Subject, "Printen lukt niet") || !strings.Contains(first.Text, "U kunt niet printen.") || !strings.Contains(first.Text, "Gebouw Noord") {
		t.Errorf("the mail says %q:\n%s", first.Subject, first.Text)
	}
	for _, secret := range []string{"sw-n-2", "10.1.", "HostDown", "samira"} {
		if strings.Contains(string(first.Raw), secret) {
			t.Errorf("the mail names %s, which users must not read", secret)
		}
	}

	is := r.incidents()
	if len(is) != 1 {
		t.Fatalf("%d incidents, want exactly one", len(is))
	}
	i := is[0]
	if i.Cause.Asset != "sw-n-2" || i.Cause.Kind != headstart.CauseObserved || i.Alerts.Total != 2 {
		t.Errorf("cause %+v with %d members, want the switch, observed, with the printer behind it", i.Cause, i.Alerts.Total)
	}
	if i.Tickets.Suggested != 1 || i.Tickets.Linked != 0 || i.LeadSeconds != nil {
		t.Errorf("tickets %+v lead %v, want one suggestion and no head start before a person links it", i.Tickets, i.LeadSeconds)
	}
	if page := r.page("/s/nl/"); !strings.Contains(page, "Printen lukt niet") || strings.Contains(page, "sw-n-2") {
		t.Error("the status page does not say that printing fails, or names the switch")
	}
	if board := r.page("/"); !strings.Contains(board, string(i.ID)) || !strings.Contains(board, "sw-n-2") {
		t.Error("the board does not show the incident with its cause")
	}

	toldAlike(t, r)
	mailedAlike(t, &first, &i.Announcements[0], "mail-all")

	if code, out := r.cli("incidents", "link", string(i.ID), "portal/T-101"); code != 0 {
		t.Fatalf("link: exit %d: %s", code, out)
	}
	if i = r.incidents()[0]; i.Tickets.Linked != 1 || i.LeadSeconds == nil || *i.LeadSeconds >= 0 {
		t.Errorf("tickets %+v lead %v, want a linked ticket and a negative head start", i.Tickets, i.LeadSeconds)
	}

	d.set(true, "sw-n-2", "prn-n2-04")
	mails = sink.Wait(2, 60*time.Second)
	if len(mails) != 2 {
		t.Fatalf("%d mails, want the announcement and its end; %s", len(mails), r.story())
	}
	last := mails[1]
	if !strings.Contains(last.Text, "Onze controles zijn weer goed.") || !strings.Contains(last.Text, "Het probleem duurde van") {
		t.Errorf("the closing mail says:\n%s", last.Text)
	}
	if got, want := last.Get("In-Reply-To"), first.Get("Message-Id"); got == "" || got != want {
		t.Errorf("the closing mail answers %q, want the thread of %q", got, want)
	}
	waitFor(t, 5*time.Second, "the closing summary on the page", func() bool {
		i = r.incidents()[0]
		a := i.Announcements[0]
		return i.State == headstart.Resolved && a.State == headstart.AnnouncementFinal
	})
	code, out := r.cli("morning", "--format", "json")
	if code < 0 || code > 2 || !strings.Contains(out, string(i.ID)) {
		t.Errorf("morning: exit %d, want the incident listed:\n%s", code, out)
	}
	time.Sleep(2 * time.Second) // nothing may follow
	if n := len(sink.Mails()); n != 2 {
		t.Errorf("%d mails in the end, want 2: one message per outage", n)
	}
	if n := len(r.incidents()); n != 1 {
		t.Errorf("%d incidents in the end, want 1", n)
	}
	replayed(t, r)
}

// replayed stops the service, exports its log, and replays it twice: the hash of
// all decisions is the live run's (ruling 2, DESIGN principle 1).
func replayed(t *testing.T, r *running) {
	t.Helper()
	r.stop()
	file := filepath.Join(r.dir, "log.jsonl")
	var hashes [2]string
	code, out := r.cli("store", "export", "--raw")
	if code != 0 {
		t.Fatalf("store export: exit %d: %s", code, out)
	}
	write(t, file, out)
	for n := range hashes {
		code, out := r.cli("replay", file, "--output", "json")
		if code != 0 {
			t.Fatalf("replay: exit %d: %s", code, tail(out, 2000))
		}
		var result struct {
			Decisions    uint64 `json:"decisions"`
			DecisionHash string `json:"decision_hash"`
		}
		if err := json.Unmarshal([]byte(out), &result); err != nil {
			t.Fatal(err)
		}
		if result.Decisions == 0 {
			t.Fatal("the replay decided nothing")
		}
		hashes[n] = fmt.Sprintf("%s after %d", result.DecisionHash, result.Decisions)
	}
	live := liveHash(t, r.config)
	if hashes[0] != live || hashes[1] != live {
		raw, _ := os.ReadFile(file)
		t.Errorf("replays give %v, the live run %s; log:\n%s", hashes, live, tail(string(raw), 3000))
	}
}
