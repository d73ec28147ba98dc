package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// ruleFile is what operators load into Prometheus.
const ruleFile = "../../configs/prometheus/headstart.rules.yml"

// alertRule is one alert of it.
type alertRule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alertRules(t *testing.T) (rules []alertRule) {
	t.Helper()
	b, err := os.ReadFile(ruleFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct{ Rules []alertRule }
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		rules = append(rules, g.Rules...)
	}
	return rules
}

// TestRulesFire lets promtool judge each alert in what it is for and in what is next to
// it, and wants none left out.
func TestRulesFire(t *testing.T) {
	t.Parallel()
	tests := strings.TrimSuffix(ruleFile, ".yml") + ".test.yml"
	if out, err := exec.CommandContext(t.Context(), "promtool", "test", "rules", tests).CombinedOutput(); err != nil {
		t.Errorf("promtool test rules: %v\n%s", err, out)
	}
	b, err := os.ReadFile(tests)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range alertRules(t) {
		if fires := regexp.MustCompile(`alertname: ` + r.Alert + `,?\s+exp_alerts:\s+(\[\{|-)`); !fires.Match(b) {
			t.Errorf("no test lets %s fire", r.Alert)
		}
	}
}

// TestRulesAreInTheRunbook: who is woken by one of our alerts finds what to do, and the
// runbook has no section about an alert that nobody sends.
func TestRulesAreInTheRunbook(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(b), "\n## Alerts about headstart itself\n")
	if !found {
		t.Fatal("docs/runbook.md has no part about the alerts")
	}
	var written, sent []string
	for _, m := range regexp.MustCompile(`(?m)^### (\w+)\n\n(\S)`).FindAllStringSubmatch(part, -1) {
		written = append(written, m[1])
	}
	for _, r := range alertRules(t) {
		sent = append(sent, r.Alert)
		if r.Annotations["summary"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s has no summary or no severity", r.Alert)
		}
		if want := "docs/runbook.md#" + strings.ToLower(r.Alert); r.Alert != "Watchdog" && r.Annotations["runbook"] != want {
			t.Errorf("%s leads to %q, want %s", r.Alert, r.Annotations["runbook"], want)
		}
	}
	slices.Sort(written)
	slices.Sort(sent)
	if !slices.Equal(written, sent) {
		t.Errorf("the runbook has sections about\n%q\nthe rules send\n%q", written, sent)
	}
}

// A rule that names another job than doctor looks for, or other labels than the route
// that doctor walks, would prove nothing.
func TestHeadstartDownIsWhatDoctorLooksFor(t *testing.T) {
	t.Parallel()
	for _, r := range alertRules(t) {
		if r.Alert != "HeadstartDown" {
			continue
		}
		want := headstartDown()
		if r.Labels["severity"] != want["severity"] || !strings.Contains(r.Expr, `{job="`+want["job"]+`"}`) || r.Alert != want["alertname"] {
			t.Errorf("the rule is %+v, doctor looks for %v", r, want)
		}
		return
	}
	t.Error("there is no rule HeadstartDown")
}
