package correlate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"headstart"
)

func TestDefaultsAreValid(t *testing.T) {
	for _, err := range []error{DefaultConfig().Validate(), DefaultPlacing().Validate(), DefaultMatching().Validate()} {
		if err != nil {
			t.Error(err)
		}
	}
}

// The configuration travels through YAML into the log as JSON and back.
func TestConfigSurvivesTheLog(t *testing.T) {
	c := DefaultConfig()
	err := yaml.Unmarshal([]byte("{settle: 0s, flap: {quiet: 1d}, suspect: {share: 0.4}, recurrence: [{count: 4, within: 7d}]}"), &c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	back := DefaultConfig()
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if time.Duration(back.Flap.Quiet) != 24*time.Hour || back.Settle != 0 || time.Duration(back.Hold) != 2*time.Minute {
		t.Errorf("got %+v", back)
	}
}

func TestConfigMistakesAreAllSaid(t *testing.T) {
	c := DefaultConfig()
	c.Settle, c.Hold, c.Stale = -1, -1, 0
	c.Flap.Changes, c.Suspect.Share, c.Group.Assets, c.Storm.Causes, c.Surge.Alpha, c.Surge.Reporters = 1, 2, 1, 1, 1, 0
	c.Recurrence = []Recurrence{{}}
	err := c.Validate()
	if err == nil {
		t.Fatal("no mistake found")
	}
	for _, key := range []string{
		"correlation.settle is", "correlation.hold is", "correlation.stale is", "flap.changes", "suspect.share", "group.assets",
		"storm.causes", "surge.alpha", "surge.reporters", "recurrence[0].count", "recurrence[0].within",
	} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("error lacks %s:\n%v", key, err)
		}
	}
	for line := range strings.Lines(err.Error()) {
		if !strings.Contains(line, "; set ") {
			t.Errorf("no remedy in %q", line)
		}
	}
}

func TestMatchingMistakes(t *testing.T) {
	for want, m := range map[string]Matching{
		`mode is "yes"; write suggest or auto`: {Mode: "yes", Auto: .9, Suggest: .3},
		"below suggest":                        {Mode: "auto", Auto: .2, Suggest: .3},
		"suggest is 0":                         {Mode: "auto", Auto: .2},
		"auto is 1":                            {Mode: "auto", Auto: 1, Suggest: .3},
	} {
		if err := m.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one that says %q", m, err, want)
		}
	}
}

// A config line that cannot be read leaves everything as it was, and says so.
func TestConfigLineRefused(t *testing.T) {
	p := newPlayer(t, true)
	p.apply(configEvent(day, campus(), `{"settle":"30s"}`))
	p.apply(configEvent(day.Add(time.Minute), &headstart.Catalog{}, `{"settle":"soon"}`))
	last := p.all[len(p.all)-1]
	if last.Rule != "C-01" || last.Outcome != "refused" || !strings.Contains(last.Fact("why"), "correlation") {
		t.Errorf("decided %+v, want a refusal that names correlation", last)
	}
	if got := time.Duration(p.s.cfg.Settle); got != 30*time.Second {
		t.Errorf("settle is %s, want the 30s from before", got)
	}
}

// New edges hold from the config line on; members keep their reason.
func TestCatalogEditedDuringAnOutage(t *testing.T) {
	catalog := func(up string) *headstart.Catalog {
		d := headstart.Device{ID: "prn-1"}
		if up != "" {
			d.DependsOn = headstart.Dependencies{{up}}
		}
		e := d
		e.ID = "prn-2"
		return &headstart.Catalog{Devices: []headstart.Device{{ID: "sw-1"}, d, e}}
	}
	p := newPlayer(t, true)
	at := day
	p.apply(configEvent(at, catalog(""), `{"settle":"0s"}`))
	for _, id := range []string{"sw-1", "prn-1"} {
		at = at.Add(time.Minute)
		p.apply(alertOf(id, "prom-a", at, at, at.Add(time.Hour)))
	}
	p.apply(configEvent(at, catalog("sw-1"), `{"settle":"0s"}`))
	at = at.Add(time.Minute)
	p.apply(alertOf("prn-2", "prom-a", at, at, at.Add(time.Hour)))

	want := []string{"prn-1/DeviceDown open prn-1[]", "prn-2/DeviceDown open sw-1[]", "sw-1/DeviceDown open sw-1[]"}
	if diff := cmp.Diff(want, failures(p.s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
