package alerts

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestConfigTellsEveryMistake(t *testing.T) {
	var c Config
	err := yaml.Unmarshal([]byte(`
drop_labels: [replica, alertname]
watchdog: ['alertname=~"("']
ignore: ['', 'severity=~".*"', 'severity="none"']
reconcile: [{url: "alertmanager:9093"}, {url: "http://am:9093", http_config: {bearer_token: x}}]
`), &c)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Validate().Error()
	for _, want := range []string{
		`alerts.drop_labels[1] is "alertname"`, `alerts.watchdog[0]: `, `alerts.ignore[0] is ""`, `alerts.ignore[1] is "severity=~\".*\""`, `alerts.reconcile[0].url is "alertmanager:9093"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the mistakes are\n%s\nwant also %s", got, want)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 5 {
		t.Errorf("%d mistakes, want 5:\n%s", n, got)
	}
}

// A peer's http_config is read as strictly as Prometheus reads it.
func TestReconcileConfig(t *testing.T) {
	c := usual()
	c.Reconcile = []Peer{{URL: "https://am:9093/prefix/", HTTPConfig: map[string]any{
		"basic_auth": map[string]any{"username": "headstart", "password_file": "/etc/headstart/am"}, "tls_config": map[string]any{"server_name": "am"},
	}}}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	for key, wrong := range map[string]map[string]any{
		"basic_aut": {"basic_aut": map[string]any{}}, "at most one": {"bearer_token": "x", "basic_auth": map[string]any{"username": "x"}},
	} {
		c.Reconcile[0].HTTPConfig = wrong
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "alerts.reconcile[0].http_config: ") || !strings.Contains(err.Error(), key) {
			t.Errorf("%v is judged %v, want a mistake of alerts.reconcile[0].http_config that names %s", wrong, err, key)
		}
	}
}

func TestReloadKeepsTheOldOnAMistake(t *testing.T) {
	s := newStand(t)
	c := usual()
	c.Ignore = []string{"odd"}
	if s.Reload(c) == nil {
		t.Error("a matcher that cannot be read was taken")
	}
	s.alerts(t, s.firing("InfoInhibitor", "p"))
	want(t, s, "still ignored")
	c.Ignore = nil
	if err := s.Reload(c); err != nil {
		t.Fatal(err)
	}
	s.alerts(t, s.firing("InfoInhibitor", "p"))
	want(t, s, "no longer ignored", "InfoInhibitor@p firing")
}
