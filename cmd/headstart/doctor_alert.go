package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"headstart/alerts"
	"headstart/configs"
	"headstart/notify"
)

// testAlertWait is how long each way of a test alert may take: Alertmanager's usual
// group_wait of 30 s, and some.
const testAlertWait = time.Minute

// testAlert is one alert that says it is a test, sent the ways real ones go.
type testAlert struct {
	labels map[string]string
	began  time.Time
	wait   time.Duration
	pause  time.Duration // between two looks
}

func newTestAlert() *testAlert {
	return &testAlert{
		labels: map[string]string{"alertname": "HeadstartTest", "severity": "critical", "doctor": strings.ToLower(rand.Text()[:8])},
		began:  time.Now(), wait: testAlertWait, pause: 200 * time.Millisecond,
	}
}

// body is the alert as Prometheus posts it, until ends.
func (a *testAlert) body(ends time.Time) []byte {
	b, _ := json.Marshal([]map[string]any{{ // strings and times: it can be written
		"labels": a.labels, "startsAt": a.began.UTC(), "endsAt": ends.UTC(),
		"annotations": map[string]string{"summary": "TEST by headstart doctor: this is not an outage, nothing needs to be done."},
	}})
	return b
}

// filter finds the alert in an answer of GET /api/v2/alerts.
func (a *testAlert) filter() string {
	return "/api/v2/alerts?filter=" + url.QueryEscape(`doctor="`+a.labels["doctor"]+`"`)
}

// until looks again and again whether done holds.
func (a *testAlert) until(ctx context.Context, done func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, a.wait)
	defer cancel()
	for !done() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(a.pause):
		}
	}
	return true
}

// lookTestAlert sends a test alert to the service and waits for the pages it owes, and
// another to each Alertmanager of alerts.reconcile, to see whom it tells.
func lookTestAlert(service *clientFlags) func(context.Context, *configs.Config) []finding {
	return func(ctx context.Context, cfg *configs.Config) []finding {
		c, err := service.client(cfg)
		if err != nil || !alive(ctx, service, cfg) {
			return nil // lookService says so
		}
		found := newTestAlert().throughUs(ctx, cfg, c)
		for _, peer := range cfg.Alerts.Reconcile {
			found = append(found, newTestAlert().throughPeer(ctx, peer, c)...)
		}
		return found
	}
}

// throughUs proves the way from ingest to the operators' receivers.
func (a *testAlert) throughUs(ctx context.Context, cfg *configs.Config, c *client) []finding {
	before, err := c.metrics(ctx)
	if err == nil {
		_, _, err = c.call(ctx, http.MethodPost, "/api/v2/alerts", a.body(time.Now().Add(5*time.Minute)))
	}
	if err != nil {
		return []finding{{"test alert: the service does not take it: " + err.Error(), "give doctor a token with scopes ingest and read by --token-file"}}
	}
	defer func() {
		_, _, _ = c.call(context.WithoutCancel(ctx), http.MethodPost, "/api/v2/alerts", a.body(time.Now())) // otherwise it ends in five minutes
	}()
	router, err := notify.NewRouter(cfg.Notify.RouteYAML())
	if err != nil {
		return []finding{{"test alert: " + err.Error(), "correct route"}}
	}
	receivers, resting := router.Receivers(a.labels, time.Now())
	switch {
	case len(receivers) == 0 && resting:
		return []finding{{what: "test alert: the service took it; it pages nobody now, since time_intervals hold its receivers back"}}
	case len(receivers) == 0:
		return []finding{{what: "test alert: the service took it; it pages nobody, since receivers are not set"}}
	}
	waiting := slices.Clone(receivers)
	a.until(ctx, func() bool {
		now, err := c.metrics(ctx)
		if err == nil {
			waiting = slices.DeleteFunc(waiting, func(name string) bool {
				sent := map[string]string{"channel": "receiver/" + name, "outcome": "sent"}
				const metric = "headstart_notifications_total"
				return total(now[metric], sent) > total(before[metric], sent)
			})
		}
		return len(waiting) == 0
	})
	if len(waiting) > 0 {
		return []finding{{
			fmt.Sprintf("test alert: %s was not paged within %s", strings.Join(waiting, ", "), a.wait),
			"see the page Channels or `headstart channels dead`; a mute interval or a silence holds pages back too",
		}}
	}
	return []finding{{what: "test alert: taken, decided, and sent to " + strings.Join(receivers, ", ") + "; look whether it arrived"}}
}

// throughPeer proves whom an Alertmanager tells of an alert, and that its webhook
// reaches us if it has one.
func (a *testAlert) throughPeer(ctx context.Context, peer alerts.Peer, c *client) []finding {
	name := "test alert at " + peer.URL + ": "
	router, own, err := routesOf(ctx, peer)
	if err == nil {
		err = a.post(ctx, peer, time.Now().Add(5*time.Minute))
	}
	if err != nil {
		return []finding{{name + err.Error(), "correct alerts.reconcile, or let this machine reach it"}}
	}
	defer func() { _ = a.post(context.WithoutCancel(ctx), peer, time.Now()) }()
	receivers, _ := router.Receivers(a.labels, time.Now())
	alone := slices.DeleteFunc(slices.Clone(receivers), func(r string) bool { return !own[r] })
	if len(alone) == 0 {
		return []finding{{name + "it reaches nobody but headstart", "give critical alerts a route to a receiver of its own there"}}
	}
	found := []finding{{what: name + "goes to " + strings.Join(alone, ", ") + "; look whether it arrived"}}
	// Here it comes by the webhook, or because the service asks that Alertmanager itself.
	if !a.until(ctx, func() bool { return a.here(ctx, c) }) {
		return append(found, finding{name + "it did not reach us within " + a.wait.String(), "look at the service's log and at that Alertmanager's: one of them says why"})
	}
	return append(found, finding{what: name + "reached us from there"})
}

// here reports whether the service shows the alert.
func (a *testAlert) here(ctx context.Context, c *client) bool {
	b, err := c.get(ctx, a.filter())
	var shown []json.RawMessage
	return err == nil && json.Unmarshal(b, &shown) == nil && len(shown) > 0
}

// post sends the alert to an Alertmanager.
func (a *testAlert) post(ctx context.Context, peer alerts.Peer, ends time.Time) error {
	client, err := peer.Client(anyDialer())
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(peer.URL, "/")+"/api/v2/alerts", bytes.NewReader(a.body(ends)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 200))
		return errors.New("it answers " + res.Status + " " + string(text))
	}
	return nil
}
