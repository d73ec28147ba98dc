package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	outages    = 400 // unrelated ones, each told to an audience of its own
	outagePace = 25 * time.Millisecond
	places     = 2 * outages
)

// tell measures how long a message that is due takes to its channel: from the deadline
// that made it due, so the tick that lets it pass counts too, until the channel is
// called. Forty outages a second begin, for ten seconds.
func (l *lab) tell(ctx context.Context) error {
	for _, c := range []struct{ name, store string }{
		{"Redis", fmt.Sprintf("{mode: redis, addresses: [%s]}", l.baseline.addr)},
		{"embedded", "{mode: embedded}"},
	} {
		l.say("messages due until their channel is called, %s", c.name)
		late, ticks, err := l.told(ctx, c.name, c.store)
		if err != nil {
			return err
		}
		l.rows = append(l.rows,
			absolute("due until the channel is called, half of them, "+c.name, millis, quantile(late, .5), none),
			absolute("due until the channel is called, p99, "+c.name, millis, quantile(late, .99), below(.1)),
			absolute("deadline to tick, p99, "+c.name, millis, ticks, below(.05)),
		)
	}
	return nil
}

// told lets outages begin and returns how late each was told, and the p99 of how late the
// log let a deadline pass, in seconds.
func (l *lab) told(ctx context.Context, name, store string) (late []float64, ticks float64, err error) {
	calls := make(chan float64, 4*outages)
	channel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		var m struct {
			Update int       `json:"update"`
			At     time.Time `json:"at"`
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if m.Update == 0 {
			calls <- now.Sub(m.At).Seconds()
		}
	}))
	defer channel.Close()
	s, err := l.start(ctx, "headstart "+name, func(dir, addr string) ([]string, error) {
		return l.teller(dir, addr, store, channel.URL)
	}, serves)
	if err != nil {
		return nil, 0, err
	}
	defer s.stop()
	ends := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	next := time.NewTicker(outagePace)
	defer next.Stop()
	for i := range outages {
		<-next.C
		if err := postOne(ctx, s, fmt.Appendf(nil, `[{"labels":{"alertname":"HostDown","device":"host-%05d"},"endsAt":%q}]`, i, ends)); err != nil {
			return nil, 0, err
		}
	}
	most := time.After(30 * time.Second)
	for len(late) < outages {
		select {
		case d := <-calls:
			late = append(late, d)
		case <-most:
			return nil, 0, fmt.Errorf("%s told %d of %d outages within 30 s:\n%s", name, len(late), outages, s.tail())
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
	text, err := get(ctx, "http://"+s.addr+"/metrics")
	if err != nil {
		return nil, 0, err
	}
	ticks, err = histogramQuantile(string(text), "headstart_deadline_delay_seconds", .99)
	return late, ticks, err
}

// teller configures a service that tells each outage at once, to a webhook.
func (l *lab) teller(dir, addr, store, channel string) ([]string, error) {
	var cat catalog
	for i := range places {
		place, service := fmt.Sprintf("place-%04d", i), fmt.Sprintf("service-%04d", i) // shared, they would be one outage
		cat.Locations = append(cat.Locations, thing{ID: place, Name: map[string]string{"nl": fmt.Sprintf("Gebouw %d", i)}})
		cat.Services = append(cat.Services, thing{ID: service, Name: map[string]string{"nl": fmt.Sprintf("Dienst %d", i)}})
		cat.Devices = append(cat.Devices, thing{ID: fmt.Sprintf("host-%05d", i), Location: place, Services: []string{service}, People: 20})
	}
	assets, err := json.Marshal(cat)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "headstart.yml")
	for name, text := range map[string]string{
		filepath.Join(dir, "catalog.yml"): string(assets),
		filepath.Join(dir, "secret"):      "a secret of twenty bytes",
		file: fmt.Sprintf(`listen: %s
data_dir: %s
catalog: [catalog.yml]
store: %s
correlation: {settle: 1s, settle_probed: 1s, storm: {causes: 10000}, group: {assets: 10000}}
announce:
  {after: {P1: 0s, default: 0s}, evidence: 1, push: {mode: auto, min_people: 2, budget: 0}, quiet: {from: "00:00", to: "00:00", closed_days: false}}
channels: [{name: hook, type: webhook, url: %q, secret_file: secret}]
`, addr, filepath.Join(dir, "data"), store, channel),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return []string{l.headstart, "serve", "--config", file}, nil
}

// quantile is the value that a share of values is at most; it leaves them as they are.
func quantile(values []float64, share float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return s[min(len(s)-1, int(share*float64(len(s))))]
}
