package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"headstart/notify/smtptest"
)

// TestKillBetweenSendAndAcknowledge kills the service with kill -9 when a mail server and a
// webhook have a message and have not said so yet: nobody can know then whether it was
// sent. It must arrive, at most twice, and the second under the name of the first, by
// which a mail program or a receiver shows one.
func TestKillBetweenSendAndAcknowledge(t *testing.T) {
	t.Parallel()
	program := build(t)
	sink := smtptest.Start(t)
	holds, arrived := make(chan struct{}), make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- r.Header.Get("X-Headstart-Id")
		select {
		case <-holds:
		case <-r.Context().Done():
		}
	}))
	defer hook.Close()
	config := prepareCrash(t, nil, hook.URL)
	b, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, string(b)+fmt.Sprintf("  - {name: mail, type: email, smarthost: %q, from: storing@example.org, to: [iedereen@example.org]}\n", sink.Addr))

	sink.Delay(5 * time.Second)
	p := launch(t, program, config)
	status, answer, err := post(p.base+"/api/v2/alerts", fmt.Sprintf(`[{"labels":{"alertname":"HostDown","device":"sw-0"},"endsAt":%[1]q},{"labels":{"alertname":"PrinterOffline","device":"prn-0-0"},"endsAt":%[1]q}]`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339)))
	if err != nil || status != http.StatusOK {
		t.Fatalf("alerts: %d %s %v", status, answer, err)
	}
	var ids []string
	select {
	case id := <-arrived:
		ids = append(ids, id)
	case <-time.After(time.Minute):
		t.Fatal("the webhook got nothing")
	}
	if got := sink.Wait(1, time.Minute); len(got) != 1 {
		t.Fatalf("%d mails arrived before the kill, want 1", len(got))
	}
	p.kill()
	close(holds)
	sink.Delay(0)

	p = launch(t, program, config)
	mails := sink.Wait(2, time.Minute)
	select {
	case id := <-arrived:
		ids = append(ids, id)
	case <-time.After(time.Minute):
	}
	waitFor(t, time.Minute, "the outbox to drain", func() bool { return metric(p.base, p.token, "headstart_outbox_pending") == 0 })
	p.end()
	for len(arrived) > 0 {
		ids = append(ids, <-arrived)
	}
	names := map[string]int{}
	for _, m := range sink.Mails() {
		names[m.Get("Message-Id")]++
	}
	if len(mails) != 2 || len(sink.Mails()) != 2 || len(names) != 1 || names[""] > 0 {
		t.Errorf("mails by Message-ID: %v; want one name, twice: once before the kill and once after", names)
	}
	if len(ids) != 2 || ids[0] != ids[1] || !strings.HasSuffix(ids[0], "/hook") {
		t.Errorf("the webhook got %q; want one name, twice", ids)
	}
}
