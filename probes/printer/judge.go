package printer

import (
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// told is a condition with what it would be by itself, before hold times and
// hours: incident if people cannot print because of it.
type told struct {
	rule
	effect headstart.Effect
	detail string
}

// judge turns readings of one printer, those asked for first coming first, into its
// conditions, the worst first. What either protocol proves counts: IPP knows the
// queue, SNMP the device.
func judge(readings []reading) []told {
	down := slices.ContainsFunc(readings, func(r reading) bool { return r.down })
	found := map[string]*told{}
	for _, r := range readings {
		for _, s := range slices.Concat(r.signs, r.traySigns(), r.supplySigns()) {
			add(found, s, s.stops(down, readings))
		}
	}
	if down && !explained(found) {
		add(found, sign{condition: stopped}, true)
	}
	var list []told
	for _, r := range rules {
		if t := found[r.name]; t != nil {
			list = append(list, *t)
		}
	}
	return list
}

// add takes a sign in. Several signs of one condition are one, with every detail.
func add(found map[string]*told, s sign, stops bool) {
	t := found[s.condition]
	if t == nil {
		t = &told{rule: ruleOf(s.condition)}
		t.effect = t.otherwise
		found[s.condition] = t
	}
	if stops {
		t.effect = headstart.EffectIncident
	}
	if s.detail == "" || len(t.detail) > mostDetail || strings.Contains(t.detail, s.detail) {
		return
	}
	if t.detail != "" {
		t.detail += ", "
	}
	t.detail += s.detail
}

// mostDetail is how long a detail may be before no more is added to it.
const mostDetail = 160

// stops reports whether nobody can print because of s.
func (s sign) stops(down bool, readings []reading) bool {
	if s.condition == offline {
		// Printers call themselves offline while their display says ready: IPP, where
		// it answers, has the last word on that.
		for _, r := range readings {
			if r.source == overIPP {
				return r.down
			}
		}
	}
	return s.weight == byItself || s.weight == ifDown && down
}

// explained reports whether a condition says why the printer has stopped.
func explained(found map[string]*told) bool {
	for name, t := range found {
		if t.effect == headstart.EffectIncident || name == offline {
			return true
		}
	}
	return false
}

// traySigns are the main trays that are empty. The printer goes on with the others.
func (r *reading) traySigns() []sign {
	var signs []sign
	for _, t := range r.trays {
		if t.empty() {
			signs = append(signs, sign{condition: trayEmpty, detail: fmt.Sprintf("%s: 0/%d", orElse(t.name, "tray"), t.most)})
		}
	}
	return signs
}

// supplySigns are the supplies that are low, and where the printer says so without
// saying which, the lowest.
func (r *reading) supplySigns() []sign {
	var signs []sign
	lowest, least := -1, 0.0
	for i, s := range r.supply {
		if c := s.low(); c != "" {
			signs = append(signs, sign{condition: c, detail: s.words()})
		}
		if left, ok := s.percent(); ok && s.kind == ink && (lowest < 0 || left < least) {
			lowest, least = i, left
		}
	}
	says := slices.ContainsFunc(r.signs, func(s sign) bool { return s.condition == tonerLow })
	if says && lowest >= 0 && least > lowPercent {
		signs = append(signs, sign{condition: tonerLow, detail: r.supply[lowest].words()})
	}
	return signs
}

// verdict is the worst of conditions.
func verdict(list []told) headstart.Verdict {
	v := headstart.OK
	for _, t := range list {
		switch {
		case t.effect == headstart.EffectIncident:
			return headstart.Down
		case t.effect == headstart.EffectReport:
			v = headstart.Warn
		}
	}
	return v
}

// reason says conditions in words: those that count, or all if none does.
func reason(list []told) string {
	var parts []string
	for _, t := range list {
		if t.effect == headstart.EffectNone && verdict(list) != headstart.OK {
			continue
		}
		words := t.words
		if t.detail != "" {
			words += " (" + t.detail + ")"
		}
		parts = append(parts, words)
	}
	if len(parts) == 0 {
		return "ready"
	}
	return strings.Join(parts, ", ")
}

func conditions(list []told) []headstart.Condition {
	var out []headstart.Condition
	for _, t := range list {
		out = append(out, headstart.Condition{Name: t.name, Effect: t.effect, Detail: t.detail})
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
