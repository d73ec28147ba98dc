package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many requests are under way at a time: enough for each
// server to have something to do while one of its answers travels.
const connections = 8

var client = &http.Client{
	Timeout:   10 * time.Second, // as Prometheus
	Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true},
}

// shape is what the alerts of a load look like.
type shape struct {
	of     campus // whose hosts they are about
	labels int    // of each alert
	batch  int    // alerts of a request
}

// asMeasured is the shape of DESIGN's ingest rows.
var asMeasured = shape{of: usual, labels: 15, batch: 64}

// inOne is s with another number of alerts in a request.
func (s shape) inOne(batch int) shape {
	s.batch = batch
	return s
}

// bodies are the requests for alerts first to first+n-1, as Prometheus writes
// them. Marshalling them is not part of any figure.
func (s shape) bodies(first, n int, start, end time.Time) ([][]byte, error) {
	var out [][]byte
	for from := first; from < first+n; from += s.batch {
		var batch []wireAlert
		for i := from; i < min(from+s.batch, first+n); i++ {
			batch = append(batch, s.alert(i, start, end))
		}
		b, err := json.Marshal(batch)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

type wireAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
}

// names of the labels beyond the first five, with values as they occur.
var further = [][2]string{
	{"site", "utrecht-noord"},
	{"environment", "production"},
	{"team", "netwerk"},
	{"cluster", "core-01"},
	{"region", "nl-midden"},
	{"device_model", "catalyst-9300-48p"},
	{"rack", "r12-u40"},
	{"owner", "ict-beheer"},
	{"service_tier", "tier-2"},
	{"prometheus", "monitoring/prom-main"},
}

func (s shape) alert(i int, start, end time.Time) wireAlert {
	host := s.of.host(i)
	labels := map[string]string{
		"alertname": s.of.check(i), "instance": host + ":9100", "job": "snmp",
		"severity": [...]string{"warning", "critical"}[i%2], "interface": fmt.Sprintf("Gi1/0/%d", i%48),
	}
	for _, l := range further[:s.labels-len(labels)] {
		labels[l[0]] = l[1]
	}
	return wireAlert{
		Labels: labels,
		Annotations: map[string]string{
			"summary":     host + " drops packets",
			"description": "More than 1 % of the packets on this port had errors during the last 5 minutes.",
		},
		StartsAt: start, EndsAt: end, GeneratorURL: generator,
	}
}

const generator = "http://prometheus.example.org:9090/graph?g0.expr=rate%28ifInErrors%5B5m%5D%29+%3E+1&g0.tab=1"

// outage tells a server that the core is down, which all later alerts follow
// from: one incident takes them all, however many there are.
func (l *lab) outage(ctx context.Context, to *server) error {
	now := time.Now()
	body, err := json.Marshal([]wireAlert{{
		Labels:   map[string]string{"alertname": "HostDown", "instance": "core:9100", "severity": "critical"},
		StartsAt: now.Add(-time.Minute), EndsAt: now.Add(time.Hour), GeneratorURL: generator,
	}})
	if err == nil {
		err = postOne(ctx, to, body)
	}
	if err == nil {
		err = l.settle(ctx, to)
	}
	return err
}

// pass is how one server took a series of requests.
type pass struct {
	alerts int
	took   time.Duration
	p99    time.Duration // of a request
	cpu    float64       // seconds the server used until its last answer
}

func (p pass) rate() float64 { return float64(p.alerts) / p.took.Seconds() }

// post sends the bodies of n alerts; an answer other than 200 ends the run,
// since a figure that counts refusals is none.
func post(ctx context.Context, to *server, bodies [][]byte, n int) (pass, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	before, err := to.cpu()
	if err != nil {
		return pass{}, err
	}
	var next atomic.Int64
	took := make([]time.Duration, len(bodies))
	began := time.Now()
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for k := next.Add(1) - 1; k < int64(len(bodies)) && ctx.Err() == nil; k = next.Add(1) - 1 {
				t := time.Now()
				if err := postOne(ctx, to, bodies[k]); err != nil {
					cancel(err)
					return
				}
				took[k] = time.Since(t)
			}
		})
	}
	workers.Wait()
	total := time.Since(began)
	after, err := to.cpu()
	if err := errors.Join(context.Cause(ctx), err); err != nil {
		return pass{}, err
	}
	slices.Sort(took)
	return pass{alerts: n, took: total, p99: took[(len(took)-1)*99/100], cpu: after - before}, nil
}

func postOne(ctx context.Context, to *server, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+to.addr+"/api/v2/alerts", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", to.name, err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", to.name, res.Status, said)
	}
	return err
}
