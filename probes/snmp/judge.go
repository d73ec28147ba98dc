package snmp

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/probes/snmp/session"
)

// Values of ifAdminStatus and ifOperStatus (RFC 2863).
const (
	isUp           = 1
	isDown         = 2
	inTest         = 3
	notPresent     = 6
	lowerLayerDown = 7
)

// judge says what s means after before, and what to remember.
func (d *Device) judge(s *sight, before past) (list []told, values []headstart.Measurement, after past) {
	after = past{moment: s.moment, met: true, roster: s.roster, history: map[string]history{}, values: map[string]counted{}}
	if s.jumped {
		list = append(list, told{name: restarted, verdict: headstart.OK, detail: d.clock(s.at.Add(-time.Duration(s.up) * 10 * time.Millisecond))})
	}
	for _, l := range s.links {
		h, seen := before.history[l.name]
		if s.jumped || !h.gone.IsZero() || !seen {
			h = history{fastest: h.fastest, fast: h.fast}
		}
		more, rates, next := d.judgeLink(s, l, h)
		list, values, after.history[l.name] = append(list, more...), append(values, rates...), next
	}
	list = append(list, d.judgeGone(s, before, after.history)...)
	for _, v := range d.Values {
		t, m := v.judge(s, before.values[v.OID], after.values)
		list, values = append(list, t...), append(values, m...)
	}
	return list, values, after
}

// judgeLink judges one link after h, and says what to remember of it.
func (d *Device) judgeLink(s *sight, l link, h history) ([]told, []headstart.Measurement, history) {
	admin, _ := s.value(l, ifAdminStatus).(int64)
	oper, known := s.value(l, ifOperStatus).(int64)
	changed, _ := s.value(l, ifLastChange).(uint32)
	alias := session.Text(s.value(l, ifAlias))
	name := titled(l.name, alias)
	next := history{alias: alias, by: l.by, exact: l.exact, up: oper == isUp, changed: changed, fastest: h.fastest, fast: h.fast}
	at, dated := s.since(changed)
	detail := name
	if dated {
		detail += ", " + d.clock(at)
	}
	said := func(now, then string) string {
		if dated {
			return name + then + d.clock(at)
		}
		return name + now
	}
	one := func(t told) ([]told, []headstart.Measurement, history) { return []told{t}, nil, next }
	switch {
	case !known:
		return one(told{linkUnknown, headstart.Unknown, name, name + " does not tell its state"})
	case admin == isDown:
		return one(told{linkDisabled, headstart.Warn, detail, said(" is switched off at the device", " is switched off at the device since ")})
	case admin == inTest, oper == inTest:
		return one(told{linkUnknown, headstart.Warn, name, name + " is being tested"})
	case oper == isDown:
		return one(told{linkDown, headstart.Down, detail, said(" is down", " is down since ")})
	case oper == lowerLayerDown:
		return one(told{linkDown, headstart.Down, detail, said(" is down with what it stands on", " is down with what it stands on since ")})
	case oper == notPresent:
		return one(told{linkMissing, headstart.Warn, name, name + " has no module"})
	}
	// Dormant waits for traffic, unknown is what virtual links say: they may well carry.
	var list []told
	if h.up && h.changed != 0 && changed != h.changed {
		list = append(list, told{name: linkInterrupted, verdict: headstart.OK, detail: detail})
	}
	next.counts = s.count(l)
	next.rates = next.since(h)
	return append(list, d.judgeRates(name, &next, s.at)...), next.rates.measurements(l.name), next
}

// judgeRates holds a link that carries to its limits.
func (d *Device) judgeRates(name string, h *history, now time.Time) []told {
	r := h.rates
	var list []told
	line := func(condition, format string, args ...any) {
		text := name + " " + fmt.Sprintf(format, args...)
		list = append(list, told{condition, headstart.Warn, text, text})
	}
	if wants := max(d.Limits.Speed, h.fastestUntil(r.speed, now)); r.speed > 0 && r.speed < wants {
		line(linkSlow, "%s of %s Mbit/s", number(r.speed), number(wants))
	}
	if limit := d.Limits.Load; limit > 0 && r.load() >= limit {
		line(linkBusy, "%s %%", number(r.load()))
	}
	if limit := d.Limits.Errors; limit > 0 && r.errors >= limit {
		line(linkErrors, "%s/s", number(r.errors))
	}
	if limit := d.Limits.Discards; limit > 0 && r.discards >= limit {
		line(linkDiscards, "%s/s", number(r.discards))
	}
	return list
}

// forgetGone is how long it is told that an interface no name stood for is gone.
const forgetGone = 24 * time.Hour

// judgeGone tells of what was watched and is no longer there, and of what never was.
// An interface that somebody named and that the device no longer has carries nothing;
// one that only fitted a pattern may have been taken away.
func (d *Device) judgeGone(s *sight, before past, after map[string]history) []told {
	var list []told
	missed := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(before.history)) {
		h := before.history[name]
		_, here := after[name]
		if here || s.forgets(name, h) {
			continue
		}
		if h.gone.IsZero() {
			h.gone = s.at
		}
		after[name] = history{gone: h.gone, by: h.by, exact: h.exact, alias: h.alias}
		for _, text := range h.by {
			missed[text] = true
		}
		t := told{linkMissing, headstart.Warn, titled(name, h.alias), titled(name, h.alias) + " is gone from the device"}
		if h.exact {
			t.verdict = headstart.Down
		}
		list = append(list, t)
	}
	return append(list, s.unfound(missed)...)
}

// forgets reports whether a link that is not watched now is no longer worth a word: it
// is still there under its name, nobody read the names to their end, or a day has
// passed.
func (s *sight) forgets(name string, h history) bool {
	if h.gone.IsZero() {
		return s.names == nil || s.names[name]
	}
	return s.names[name] || !h.exact && s.at.Sub(h.gone) > forgetGone
}

// unfound tells of what somebody wrote to be watched, and is not; of missed it was
// told already.
func (s *sight) unfound(missed map[string]bool) []told {
	var list []told
	for _, text := range s.absent {
		if !missed[text] {
			list = append(list, told{linkUnknown, headstart.Unknown, text, "no interface is called " + text + "; write its name as the device shows it"})
		}
	}
	if s.left > 0 {
		words := fmt.Sprintf("%d of %d interfaces are watched, which is the most; write fewer", mostLinks, mostLinks+s.left)
		list = append(list, told{linkUnknown, headstart.Warn, words, words})
	}
	return list
}

// since is when the state of a link began; ok is false if the device does not know.
func (s *sight) since(changed uint32) (at time.Time, ok bool) {
	if !s.timed || changed == 0 { // zero: before it was started
		return time.Time{}, false
	}
	ago := time.Duration(s.up-changed) * 10 * time.Millisecond
	const nonsense = 400 * 24 * time.Hour // a change in the future comes out as long ago
	return s.at.Add(-ago), ago < nonsense
}

// clock is a time as people read it.
func (d *Device) clock(t time.Time) string {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// titled is a link as people know it: alias is what somebody wrote at the device.
func titled(name, alias string) string {
	if alias == "" || strings.EqualFold(alias, name) {
		return name
	}
	return name + " (" + alias + ")"
}
