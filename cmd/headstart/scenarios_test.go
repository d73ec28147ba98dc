package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"golang.org/x/tools/txtar"

	"headstart"
	"headstart/correlate"
	"headstart/correlate/scenario"
)

// liveScenarios are scenarios whose every event can come over HTTP, and by how
// much their time is compressed: each then takes about half a minute.
var liveScenarios = map[string]int{
	"01-symptoms-first":          9,
	"04-ha-split-view":           20,
	"05-prometheus-restarts":     12,
	"08-recovery-wave":           30,
	"09-partial-recovery":        55,
	"12-late-cause-settle-0":     12,
	"13b-both-uplinks":           55,
	"14a-cause-flaps":            40,
	"42a-unmonitored-switch":     45,
	"95-one-member-not-silenced": 80,
}

// TestScenariosLive plays scenarios against the real service: what is posted over
// HTTP as time passes gives the decisions that a replay of the file gives, and a
// replay of the log the service kept gives its very hash.
func TestScenariosLive(t *testing.T) {
	t.Parallel()
	plays := map[string]*livePlay{}
	for name, factor := range liveScenarios {
		plays[name] = prepareLive(t, name, factor)
	}
	var wg sync.WaitGroup
	for _, p := range plays {
		wg.Go(p.run)
	}
	wg.Wait()
	for name, p := range plays {
		t.Run(name, func(t *testing.T) {
			diff := p.compare(t)
			for range 2 {
				if diff == "" || p.late < tooLate {
					break
				}
				t.Logf("the machine was busy: an event was %s late; once more, half as fast", p.late)
				p = prepareLive(t, name, max(1, p.factor/2))
				p.run()
				diff = p.compare(t)
			}
			if diff != "" {
				t.Errorf("live it is decided otherwise than in the file (-file +live), its latest event %s late:\n%s", p.late, diff)
			}
		})
	}
}

// livePlay is one scenario on one service.
type livePlay struct {
	*running
	story  *scenario.Scenario
	factor int
	path   map[string]string // fingerprint: where its alert is posted to
	ids    map[string]string // silence of the scenario: its real id
	began  time.Time
	late   time.Duration // how much later than planned an event was taken, at most
	err    error
}

// tooLate is seconds of a scenario: what comes that late may meet another decision.
const tooLate = 100 * time.Millisecond

func prepareLive(t *testing.T, name string, factor int) *livePlay {
	t.Helper()
	file := filepath.Join("..", "..", "correlate", "testdata", name+".txtar")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	story, err := scenario.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	cfg := correlate.DefaultConfig()
	if raw := story.Config.Correlation; raw != nil {
		if err := json.Unmarshal(raw, &cfg); err != nil {
			t.Fatal(err)
		}
	}
	compress(reflect.ValueOf(&cfg).Elem(), factor)
	scaled, err := json.Marshal(cfg) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range txtar.Parse(data).Files {
		if f.Name == "catalog" {
			write(t, filepath.Join(dir, "catalog.yml"), string(f.Data))
		}
	}
	config := filepath.Join(dir, "headstart.yml")
	write(t, config, fmt.Sprintf("listen: 127.0.0.1:0\ndata_dir: %s\ncatalog: [catalog.yml]\ncorrelation: %s\n", filepath.Join(dir, "data"), scaled))
	p := &livePlay{running: start(t, config), story: story, factor: factor, path: map[string]string{}, ids: map[string]string{}}
	for _, x := range story.Steps {
		// An alert that names no end while it fires comes from a webhook, and so
		// does its resolve.
		if a := x.Alert; a != nil && (a.EndsAt.IsZero() || p.path[a.Fingerprint()] == "") {
			p.path[a.Fingerprint()] = "/api/v2/alerts"
			if a.EndsAt.IsZero() {
				p.path[a.Fingerprint()] = "/hooks/alertmanager"
			}
		}
	}
	return p
}

// compress divides every duration within v.
func compress(v reflect.Value, factor int) {
	switch {
	case v.Type() == reflect.TypeFor[model.Duration]():
		v.SetInt(v.Int() / int64(factor))
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			compress(field, factor)
		}
	case v.Kind() == reflect.Slice:
		for n := range v.Len() {
			compress(v.Index(n), factor)
		}
	}
}

// live is when something of the scenario happens in this run.
func (p *livePlay) live(at time.Time) time.Time {
	return p.began.Add(at.Sub(p.story.Steps[0].At) / time.Duration(p.factor))
}

func (p *livePlay) end() time.Time { return p.live(p.story.Steps[len(p.story.Steps)-1].At) }

// run posts each event at its time. It runs beside others, so it keeps its error.
func (p *livePlay) run() {
	p.began = time.Now().Add(100 * time.Millisecond)
	for i := range p.story.Steps {
		x := &p.story.Steps[i]
		time.Sleep(time.Until(p.live(x.At)))
		if p.err = p.happens(x); p.err != nil {
			return
		}
		p.late = max(p.late, time.Since(p.live(x.At)))
	}
}

func (p *livePlay) happens(x *scenario.Step) error {
	switch {
	case x.Alert != nil:
		return p.deliver(x.At, x.Alert)
	case x.Silence != nil:
		return p.silence(x.Silence)
	case x.Line.Kind() == "tick":
		return nil // the engine looks at the clock by itself
	}
	return fmt.Errorf("%s cannot be posted; choose another scenario", x.Line.Kind())
}

// deliver posts an alert as Prometheus or Alertmanager does.
func (p *livePlay) deliver(at time.Time, a *headstart.Alert) error {
	now := time.Now().UTC()
	starts, ends := p.live(a.StartsAt).UTC(), time.Time{}
	switch {
	case a.EndsAt.IsZero():
	case a.EndsAt.After(at):
		ends = now.Add(a.EndsAt.Sub(at) / time.Duration(p.factor))
	default:
		ends = now.Add(-time.Millisecond)
	}
	status := "firing"
	if !ends.IsZero() && ends.Before(now) {
		status, starts = "resolved", time.Time{} // the file names no start of an end
	}
	one := map[string]any{"status": status, "labels": a.Labels, "annotations": map[string]string{}, "startsAt": starts, "endsAt": ends, "generatorURL": a.GeneratorURL}
	path := p.path[a.Fingerprint()]
	if path == "/hooks/alertmanager" {
		return p.call("POST", path, map[string]any{"version": "4", "alerts": []any{one}}, nil)
	}
	delete(one, "status")
	return p.call("POST", path, []any{one}, nil)
}

func (p *livePlay) silence(s *headstart.Silence) error {
	if s.Deleted {
		return p.call("DELETE", "/api/v2/silence/"+p.ids[s.ID], nil, nil)
	}
	var answer struct{ SilenceID string }
	body := map[string]any{
		"matchers": s.Matchers, "createdBy": s.CreatedBy, "comment": s.Comment, "startsAt": p.live(s.StartsAt).UTC(), "endsAt": p.live(s.EndsAt).UTC(),
	}
	err := p.call("POST", "/api/v2/silences", body, &answer)
	p.ids[s.ID] = answer.SilenceID
	return err
}

func (p *livePlay) call(method, path string, body, into any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s %s %w", method, path, res.Status, answer, err)
	}
	if into != nil {
		return json.Unmarshal(answer, into)
	}
	return nil
}

// compare stops the service and holds its decisions against both replays. It returns how
// they differ from those of the file.
func (p *livePlay) compare(t *testing.T) string {
	t.Helper()
	if p.err != nil {
		t.Fatal(p.err)
	}
	waitFor(t, 10*time.Second, "the engine to reach the end", func() bool { return time.Now().After(p.end()) && get(p.base+"/-/ready?for=engine", nil) == nil })
	p.stop()
	hash := liveHash(t, p.config)
	code, log := p.cli("store", "export", "--raw")
	if code != 0 {
		t.Fatalf("store export: exit %d: %s", code, tail(log, 1000))
	}
	var lines []headstart.FileLine
	for line := range strings.Lines(log) {
		l, err := headstart.DecodeFileLine([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	live, err := fold(lines, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if again := fmt.Sprintf("%s after %d", live.DecisionHash, live.Decisions); again != hash {
		t.Errorf("the service decided %s, a replay of its log %s", hash, again)
	}
	told := p.story.Lines()
	want, err := fold(told, told[len(told)-1].At)
	if err != nil {
		t.Fatal(err)
	}
	return cmp.Diff(decided(want.state.changes, time.Time{}), decided(live.state.changes, p.end()))
}

// decided lists what was decided of each group, times aside; what came after
// until is left out.
func decided(changes []headstart.Change, until time.Time) map[headstart.GroupID][]string {
	out := map[headstart.GroupID][]string{}
	for i := range changes {
		c := &changes[i]
		if c.Rule == "C-01" || !until.IsZero() && c.At.After(until) {
			continue
		}
		out[c.Group] = append(out[c.Group], strings.Join([]string{string(c.Kind), c.Rule, c.Outcome, c.Subject}, " "))
	}
	return out
}
