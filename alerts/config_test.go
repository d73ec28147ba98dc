package alerts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func TestConfigIsValidAndHonoured(t *testing.T) {
	c := usual()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if got := c.NotHonoured(); got != nil {
		t.Errorf("not honoured: %v, want nothing", got)
	}
	c.Reconcile = []Peer{{URL: "http://am:9093"}}
	if diff := cmp.Diff([]string{"alerts.reconcile"}, c.NotHonoured()); diff != "" {
		t.Errorf("not honoured (-want +got)\n%s", diff)
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
