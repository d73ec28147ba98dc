package web

import (
	"testing"

	"headstart"
	"headstart/lang"
)

// A line of the board says what is wrong, not only where: details have the word of
// their condition before them.
func TestSmallWord(t *testing.T) {
	for want, c := range map[string]headstart.Condition{
		"poort uitgezet: Te1/1/1 (uplink noord)": {Name: "interface-disabled", Effect: headstart.EffectReport, Detail: "Te1/1/1 (uplink noord)"},
		"lade leeg: Tray 4: 0/550":               {Name: "tray-empty", Effect: headstart.EffectReport, Detail: "Tray 4: 0/550"},
		"poort vol":                              {Name: "interface-busy", Effect: headstart.EffectReport},
		"asleep-or-so":                           {Name: "asleep-or-so", Effect: headstart.EffectReport},
	} {
		r := headstart.CheckResult{Conditions: []headstart.Condition{{Name: "x", Effect: headstart.EffectNone, Detail: "not this"}, c}}
		if got := smallWord(r, lang.New("nl", nil)); got != want {
			t.Errorf("%s: %q, want %q", c.Name, got, want)
		}
	}
}
