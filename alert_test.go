package headstart

import (
	"math/rand/v2"
	"testing"

	"github.com/prometheus/common/model"
)

// The same alert posted by us and by Prometheus is one alert, so both compute the
// same fingerprint.
func TestFingerprintIsPrometheus(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "a", "ab", "b", "instance", "prn-1:9100", "caf\u00e9", "\xff", "\x00"}
	for range 5_000 {
		a, set := Alert{Labels: map[string]string{}}, model.LabelSet{}
		for range rnd.IntN(20) {
			k, v := words[rnd.IntN(len(words))]+words[rnd.IntN(len(words))], words[rnd.IntN(len(words))]
			a.Labels[k] = v
		}
		for k, v := range a.Labels {
			if v != "" {
				set[model.LabelName(k)] = model.LabelValue(v)
			}
		}
		if got, want := a.Fingerprint(), set.Fingerprint().String(); got != want {
			t.Fatalf("labels %v have fingerprint %s; Prometheus computes %s", a.Labels, got, want)
		}
	}
}

// What is no address is refused without an error made, and nothing else is.
func TestCanonicalHost(t *testing.T) {
	for in, want := range map[string]string{
		"prn-1:9100": "prn-1", "PRN-1.example.": "prn-1.example", "10.0.0.7:9100": "10.0.0.7", "010.0.0.7": "010.0.0.7",
		"[fd00:0::1]:9100": "fd00::1", "FD00::1": "fd00::1", "::ffff:10.0.0.7": "10.0.0.7", "fe80::1%eth0": "fe80::1",
		"host1.9": "host1.9", "": "", " rt ": "rt",
	} {
		if got := CanonicalHost(in); got != want {
			t.Errorf("CanonicalHost(%q) is %q, want %q", in, got, want)
		}
	}
}
