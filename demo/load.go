package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Load sends alerts at a steady rate, in batches as Prometheus does, from the
// organisation's devices and as many more as it takes. All of it is resolved at the end.
type Load struct {
	URL   string // of the service
	Token string // empty: none is sent
	Rate  int    // alerts a second
	For   time.Duration
}

// LoadReport is how a load went.
type LoadReport struct {
	Sent           int // alerts
	Taken, Refused int // requests
	Why            string
	Took           time.Duration

	Median, P99, Slowest time.Duration
}

// batch is how many alerts Prometheus sends at once at most (--alertmanager.notification-queue's max batch is 256).
const batch = 64

// Run sends until the time is over or ctx ends. Requests that fail are counted, not
// retried; only a service that never answers is an error.
func (l Load) Run(ctx context.Context) (LoadReport, error) {
	var r LoadReport
	var times []time.Duration
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	began := time.Now()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for time.Since(began) < l.For {
		due := time.Duration(float64(r.Sent) / float64(l.Rate) * float64(time.Second))
		pause.Reset(max(0, due-time.Since(began)))
		select {
		case <-ctx.Done():
			return r.done(times, began)
		case <-pause.C:
		}
		n := min(batch, max(1, l.Rate/10))
		sent := time.Now()
		if err := l.send(ctx, client, r.Sent, n, sent.Add(promised)); err != nil {
			r.Refused, r.Why = r.Refused+1, err.Error()
		} else {
			r.Taken++
			times = append(times, time.Since(sent))
		}
		r.Sent += n
	}
	if err := l.resolve(ctx, client, r.Sent); err != nil {
		return r, fmt.Errorf("resolve what was sent: %w", err)
	}
	return r.done(times, began)
}

// circle is how many devices there are: what comes after is a repeat, as most alerts are.
const circle = 512

func (l Load) resolve(ctx context.Context, client *http.Client, sent int) error {
	for from := 0; from < min(sent, circle); from += batch {
		if err := l.send(ctx, client, from, min(batch, min(sent, circle)-from), time.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (l Load) send(ctx context.Context, client *http.Client, from, n int, ends time.Time) error {
	list := make([]map[string]any, n)
	for i := range list {
		list[i] = map[string]any{
			"labels":   map[string]string{"alertname": "LoadTest", "instance": fmt.Sprintf("load-%03d", (from+i)%circle), "job": "load", "severity": "info"},
			"startsAt": stamp(ends.Add(-2 * promised)), "endsAt": stamp(ends), "generatorURL": generator,
		}
	}
	body, err := json.Marshal(list)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(l.URL, "/")+"/api/v2/alerts", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if l.Token != "" {
		req.Header.Set("Authorization", "Bearer "+l.Token)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<12))
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %.200s", res.Status, said)
	}
	return nil
}

func (r LoadReport) done(times []time.Duration, began time.Time) (LoadReport, error) {
	r.Took = time.Since(began)
	if len(times) == 0 {
		if r.Why != "" {
			return r, fmt.Errorf("no request was taken: %s", r.Why)
		}
		return r, nil
	}
	slices.Sort(times)
	r.Median, r.P99, r.Slowest = times[len(times)/2], times[len(times)*99/100], times[len(times)-1]
	return r, nil
}
