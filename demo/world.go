package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
)

// World is the state of the organisation's devices, and its mouth: what is true of them
// reaches the service as alerts of a Prometheus and as checks of a site agent, what people
// notice as tickets. It is used by one goroutine; Answer may run beside it.
type World struct {
	clock   *Clock
	rand    *rand.Rand
	base    string // of the service, http://127.0.0.1:8480
	token   string // of the site agent
	client  *http.Client
	devices map[string]Device

	firing  map[string]*firing // by asset
	watched *watched
	tickets int
}

// firing is one alert that holds.
type firing struct {
	name     string
	since    time.Time
	resolved time.Time // zero: it still holds
}

// NewWorld returns an organisation in which all is well.
func NewWorld(clock *Clock, base, token string, seed uint64) *World {
	w := &World{
		clock: clock, rand: rand.New(rand.NewPCG(seed, 0)), base: strings.TrimRight(base, "/"), token: token, //nolint:gosec // a story, no secret
		client: &http.Client{Timeout: 10 * time.Second}, devices: map[string]Device{}, firing: map[string]*firing{}, watched: newWatched(),
	}
	for _, d := range Devices() {
		w.devices[d.ID] = d
	}
	return w
}

// Of returns the ids of the devices of kinds at a place, in the order of the catalog.
// Floor -1 is the whole building; place "" is all of them.
func (w *World) Of(place string, floor int, kinds ...string) (ids []string) {
	for _, d := range Devices() {
		if slices.Contains(kinds, d.Kind) && (place == "" || d.Location == place) && (floor < 0 || d.Floor == floor) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// Fail makes devices fall silent. A printer is missed by the site agent, everything else
// by Prometheus.
func (w *World) Fail(ctx context.Context, ids ...string) error {
	return w.change(ctx, ids, func(id string) {
		if w.devices[id].Kind == "printer" {
			w.watched.set(id, headstart.Down, "no reply to 3 of 3", headstart.Condition{Name: "unreachable", Effect: headstart.EffectIncident})
			return
		}
		w.firing[id] = &firing{name: alertOf(w.devices[id].Kind), since: w.clock.Now()}
	})
}

// Mend makes devices, and checks of services, well again.
func (w *World) Mend(ctx context.Context, ids ...string) error {
	return w.change(ctx, ids, func(id string) {
		if f := w.firing[id]; f != nil && f.resolved.IsZero() {
			f.resolved = w.clock.Now()
		}
		w.watched.set(id, headstart.OK, "")
	})
}

// Lacks makes the end-to-end check of a service fail, or says what a printer lacks.
func (w *World) Lacks(ctx context.Context, id string, v headstart.Verdict, reason string, conditions ...headstart.Condition) error {
	return w.change(ctx, []string{id}, func(id string) { w.watched.set(id, v, reason, conditions...) })
}

func (w *World) change(ctx context.Context, ids []string, do func(id string)) error {
	for _, id := range ids {
		do(id)
	}
	if err := w.Alerts(ctx); err != nil {
		return err
	}
	return w.Checks(ctx)
}

func alertOf(kind string) string {
	switch kind {
	case "accesspoint":
		return "AccessPointDown"
	case "router":
		return "LinkDown"
	default:
		return "HostDown"
	}
}

// promised is for how long an alert is said to hold: four times as long as it takes until
// it is said again, as Prometheus does.
const promised = 4 * time.Minute

// Alerts sends every alert that holds, and those that are over, as Prometheus does each minute.
func (w *World) Alerts(ctx context.Context) error {
	now := w.clock.Now()
	list := []map[string]any{{
		"labels": map[string]string{"alertname": "Watchdog"}, "startsAt": stamp(now), "endsAt": stamp(now.Add(promised)), "generatorURL": generator,
	}}
	for _, id := range slices.Sorted(maps.Keys(w.firing)) {
		f, ends := w.firing[id], now.Add(promised)
		if !f.resolved.IsZero() {
			ends = f.resolved
			delete(w.firing, id)
		}
		list = append(list, map[string]any{
			"labels":      map[string]string{"alertname": f.name, "device": id, "severity": "critical"},
			"annotations": map[string]string{"summary": id + " does not answer"},
			"startsAt":    stamp(f.since), "endsAt": stamp(ends), "generatorURL": generator,
		})
	}
	return w.post(ctx, "/api/v2/alerts", list, "")
}

const generator = "http://prometheus.voorbeeld.example/graph"

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Plan announces work on an asset, which begins now.
func (w *World) Plan(ctx context.Context, id, asset string, lasts time.Duration, summary headstart.Names) error {
	now := w.clock.Now()
	return w.post(ctx, "/api/v1/maintenance", map[string]any{
		"id": id, "assets": []string{asset}, "starts_at": stamp(now), "ends_at": stamp(now.Add(lasts)), "owner": "joris", "summary": summary,
	}, "")
}

// Command does what a person at the desk does to an incident, or with a note.
func (w *World) Command(ctx context.Context, path string, body map[string]any) error {
	if body == nil {
		body = map[string]any{}
	}
	return w.post(ctx, "/api/v1/"+path, body, "")
}

// post sends one request. An answer that is no success is an error with its first words.
func (w *World) post(ctx context.Context, path string, body any, token string) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s: %.300s", path, res.Status, said)
	}
	return nil
}
