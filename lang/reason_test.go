package lang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReason(t *testing.T) {
	for text, want := range map[string]struct{ nl, en string }{
		"not checked yet":                                       {"nog niet gecontroleerd", "not checked yet"},
		"no answer within 2s":                                   {"geen antwoord binnen 2s", "no answer within 2s"},
		"no reply to 3 of 3":                                    {"geen antwoord op 3 van 3", "no reply to 3 of 3"},
		"1 of 3 lost, round trip min 0.3 ms avg 2.0 ms":         {"1 van 3 kwijt, heen en terug minstens 0.3 ms, gemiddeld 2.0 ms", "1 of 3 lost, round trip min 0.3 ms avg 2.0 ms"},
		"the certificate expires in 1 days, on 2026-11-24":      {"het certificaat verloopt over 1 dag, op 2026-11-24", "the certificate expires in 1 day, on 2026-11-24"},
		"the certificate expires in 9 days, on 2026-12-02":      {"het certificaat verloopt over 9 dagen, op 2026-12-02", "the certificate expires in 9 days, on 2026-12-02"},
		"the name {n} does not exist":                           {"de naam {n} bestaat niet", "the name {n} does not exist"},
		"1 interface in order":                                  {"1 poort in orde", "1 interface in order"},
		"12 interfaces in order":                                {"12 poorten in orde", "12 interfaces in order"},
		"Te1/1/1 (uplink noord) is down since 2026-11-23 07:58": {"Te1/1/1 (uplink noord) ligt eruit sinds 2026-11-23 07:58", "Te1/1/1 (uplink noord) is down since 2026-11-23 07:58"},
		"Te1/1/1 is down; Te1/1/2 is down":                      {"Te1/1/1 ligt eruit; Te1/1/2 ligt eruit", "Te1/1/1 is down; Te1/1/2 is down"},
		"no paper (Tray 2, 0 of 550), toner or ink low (Black 4 %); not known yet how long": {"geen papier (Tray 2, 0 of 550), toner of inkt bijna op (Black 4 %); nog niet bekend hoe lang", "no paper (Tray 2, 0 of 550), toner or ink low (Black 4 %); not known yet how long"},
		"does not answer (ipp: connection refused, snmp: no answer within 5s)":              {"antwoordt niet (ipp: verbinding geweigerd, snmp: geen antwoord binnen 5s)", "does not answer (ipp: connection refused, snmp: no answer within 5s)"},
		"no paper, says who":  {"no paper, says who", "no paper, says who"},
		"does not answer (((": {"does not answer (((", "does not answer ((("},
		"no answer within 5s; if it answers to ping, check the community, and who may ask": {"geen antwoord binnen 5s; antwoordt het wel op ping, kijk dan naar de community en wie er mag vragen", "no answer within 5s; if it answers to ping, check the community, and who may ask"},
		"antwoordt niet":         {"antwoordt niet", "antwoordt niet"},
		"toner: not checked yet": {"toner: not checked yet", "toner: not checked yet"},
		"":                       {"", ""},
	} {
		if got := New("nl", nil).Reason(text); got != want.nl {
			t.Errorf("%q is %q in Dutch, want %q", text, got, want.nl)
		}
		if got := New("en", nil).Reason(text); got != want.en {
			t.Errorf("%q is %q in English, want %q", text, got, want.en)
		}
	}
}

// A reason that the probes word anew would stay English for Dutch readers.
func TestReasonsAreWhatProbesSay(t *testing.T) {
	var source strings.Builder
	for _, glob := range []string{"../probes/*.go", "../probes/blackbox/*.go", "../probes/snmp/*.go", "../probes/printer/*.go"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", glob, len(files), err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f) //nolint:gosec // our own sources
			if err != nil {
				t.Fatal(err)
			}
			source.Write(b)
		}
	}
	for key, text := range catalogue["en"] {
		if !strings.HasPrefix(key, "reason.") || strings.HasSuffix(key, ".one") {
			continue
		}
		for _, words := range variable.Split(text, -1) {
			if !strings.Contains(source.String(), strings.TrimPrefix(words, " ms")) { // a unit, written with its number
				t.Errorf("%s: no probe says %q", key, words)
			}
		}
	}
}
