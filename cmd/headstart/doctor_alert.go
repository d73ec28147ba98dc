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

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"

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
		began:  time.Now().Add(-2 * clocksApart), wait: testAlertWait, pause: 200 * time.Millisecond,
	}
}

// clocksApart is how far the clock of this machine may be from that of who takes the alert.
// It is said to end that long before now: an end that is still to come there would be one
// more word that it fires, and who only falls silent has repaired nothing.
const clocksApart = 30 * time.Second

// fires and ends are the alert as Prometheus posts it while it fires, and once it does not.
func (a *testAlert) fires() []byte { return a.body(time.Now().Add(5 * time.Minute)) }
func (a *testAlert) ends() []byte  { return a.body(a.began.Add(clocksApart)) }

// testOrigin is whose word the alert is: by it the service knows that who ends it is who
// held it, also where it learned of it from an Alertmanager.
const testOrigin = "headstart-doctor.invalid"

// body is the alert until ends.
func (a *testAlert) body(ends time.Time) []byte {
	b, _ := json.Marshal([]map[string]any{{ // strings and times: it can be written
		"labels": a.labels, "generatorURL": "http://" + testOrigin, "startsAt": a.began.UTC(), "endsAt": ends.UTC(),
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
			found = append(found, newTestAlert().throughPeer(ctx, peer, cfg.Correlation.Hold, c)...)
		}
		return found
	}
}

// throughUs proves the way from ingest to the operators' receivers.
func (a *testAlert) throughUs(ctx context.Context, cfg *configs.Config, c *client) []finding {
	before, err := c.metrics(ctx)
	if err == nil {
		_, _, err = c.call(ctx, http.MethodPost, "/api/v2/alerts", a.fires())
	}
	if err != nil {
		return []finding{{"test alert: the service does not take it: " + err.Error(), "give doctor a token with scopes ingest and read by --token-file"}}
	}
	found := a.paged(ctx, cfg, c, before)
	if _, _, err := c.call(context.WithoutCancel(ctx), http.MethodPost, "/api/v2/alerts", a.ends()); err != nil {
		return append(found, finding{"test alert: the service does not take its end: " + err.Error(), "resolve its incident by hand; silence resolves nothing"})
	}
	return append(found, finding{what: fmt.Sprintf("test alert: ended; its incident is resolved %s later (correlation.hold)", cfg.Correlation.Hold)})
}

// paged waits until the alert has paged those that the route leads to.
func (a *testAlert) paged(ctx context.Context, cfg *configs.Config, c *client, before map[string]*dto.MetricFamily) []finding {
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
func (a *testAlert) throughPeer(ctx context.Context, peer alerts.Peer, hold model.Duration, c *client) []finding {
	name := "test alert at " + peer.URL + ": "
	router, own, err := routesOf(ctx, peer)
	if err == nil {
		err = a.post(ctx, peer, a.fires())
	}
	if err != nil {
		return []finding{{name + err.Error(), "correct alerts.reconcile, or let this machine reach it"}}
	}
	found := a.passed(ctx, name, router, own, c)
	if err := a.post(context.WithoutCancel(ctx), peer, a.ends()); err != nil {
		return append(found, finding{name + "it does not take its end: " + err.Error(), "it forgets the alert in five minutes; resolve its incident here by hand if it stays"})
	}
	if _, _, err := c.call(context.WithoutCancel(ctx), http.MethodPost, "/api/v2/alerts", a.ends()); err != nil {
		return append(found, finding{name + "the service does not take its end: " + err.Error(), "resolve its incident by hand; silence resolves nothing"})
	}
	return append(found, finding{what: fmt.Sprintf(name+"ended; its incident here is resolved %s later, or, where a webhook brought it, once that Alertmanager says so, after its group_interval", hold)})
}

// passed looks whom the alert reaches from there, and waits until it is here.
func (a *testAlert) passed(ctx context.Context, name string, router *notify.Router, own map[string]bool, c *client) []finding {
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
func (a *testAlert) post(ctx context.Context, peer alerts.Peer, body []byte) error {
	client, err := peer.Client(anyDialer())
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(peer.URL, "/")+"/api/v2/alerts", bytes.NewReader(body))
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
