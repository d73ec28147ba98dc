package configs

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"headstart/correlate"
)

// TestExampleNamesEveryRule: who tunes correlation finds each of its keys in the
// example, and the keys of alerts that other parts read.
func TestExampleNamesEveryRule(t *testing.T) {
	var example struct{ Correlation, Alerts map[string]any }
	if err := yaml.Unmarshal([]byte(Example), &example); err != nil {
		t.Fatal(err)
	}
	b, err := yaml.Marshal(correlate.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := yaml.Unmarshal(b, &keys); err != nil {
		t.Fatal(err)
	}
	for key := range keys {
		if _, ok := example.Correlation[key]; !ok {
			t.Errorf("the example lacks correlation.%s", key)
		}
	}
	if _, ok := example.Alerts["reconcile"]; !ok {
		t.Error("the example lacks alerts.reconcile")
	}
}
