package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/notify/smtptest"
)

// The whole way with real servers: an outage is announced by mail and webhook
// and paged, and the end of it lands in the same mail thread, before the engine
// has told the sender what it posted.
func TestDelivery(t *testing.T) {
	sink, s := smtptest.Start(t), startServices(t)
	var hooks []WebhookBody
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b WebhookBody
		if err := json.NewDecoder(r.Body).Decode(&b); err != nil {
			t.Error(err)
		}
		hooks = append(hooks, b) // one call at a time: a channel has one worker
	}))
	defer hook.Close()
	channels, err := Build(Config{Channels: []ChannelConfig{
		{Name: "mail-all", Type: "email", Smarthost: sink.Addr, From: "storing@example.org", To: []string{"noord@example.org"}},
		{Name: "portal", Type: "webhook", URL: hook.URL, SecretFile: secretFile(t, hookSecret)},
	}}, ChannelOptions{ExternalURL: "https://headstart.example.org", Dialer: local()})
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine()
	e.lag = 200 * time.Millisecond
	for n, phase := range []headstart.Phase{headstart.Investigating, headstart.Identified, headstart.Solved} {
		for _, channel := range []string{"mail-all", "portal"} {
			m := *notice(n+1, phase)
			m.Channel, m.Silent, m.At = channel, phase == headstart.Identified, time.Now()
			m.Key = fmt.Sprintf("9f2c/noord/%d/%s", n+1, channel)
			e.owe(m)
		}
	}
	page := *pageNotice("opened")
	page.At = time.Now()
	e.owe(page)

	wake := make(chan struct{})
	sender, err := NewSender(Options{
		Outbox: e, Append: e.Append, Channels: channels, Operators: loadOperators(t, fmt.Sprintf(threeWays, s.url, sink.Addr)), Wake: wake,
		Now: func(context.Context) (time.Time, error) { return time.Now(), nil }, Leading: func() bool { return true }, Dead: func() int { return 0 },
		Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewPedanticRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- sender.Run(ctx) }()
	deadline := time.Now().Add(20 * time.Second)
	for e.left() > 0 && time.Now().Before(deadline) {
		select {
		case wake <- struct{}{}:
		case <-time.After(50 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if n := e.left(); n > 0 {
		t.Fatalf("%d messages are still owed: %q", n, e.outcomes())
	}
	var thread []string
	for _, m := range sink.Mails() {
		if m.To[0] == "noord@example.org" {
			thread = append(thread, m.Get("Message-ID")+" after "+m.Get("In-Reply-To"))
		}
	}
	const root = "<9f2c.f5e9334d.0@headstart.example.org>"
	if len(thread) != 2 || thread[0] != root+" after " || thread[1] != "<9f2c.f5e9334d.3@headstart.example.org> after "+root {
		t.Errorf("mails %q, want the first and the last in one thread and none for the silent update", thread)
	}
	if len(hooks) != 3 && len(hooks) != 2 { // the silent one may be superseded before it is sent
		t.Errorf("%d webhooks, want the first, the last and perhaps the one between", len(hooks))
	}
	if len(s.got("/slack-s3cret")) != 1 || len(s.got("/hook-s3cret")) != 1 {
		t.Error("the operators were not paged once each")
	}
}
