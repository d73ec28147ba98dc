package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

func is(name, value string) headstart.Matcher {
	return headstart.Matcher{Name: name, Value: value, IsEqual: true}
}

func like(name, value string) headstart.Matcher {
	return headstart.Matcher{Name: name, Value: value, IsEqual: true, IsRegex: true}
}

// severe mutes warnings of what has something critical, and what is not well known by
// InfoInhibitor.
var severe = []headstart.InhibitRule{
	{Source: []headstart.Matcher{is("severity", "critical")}, Target: []headstart.Matcher{like("severity", "warning|critical")}, Equal: []string{"alertname", "instance"}},
	{Source: []headstart.Matcher{is("alertname", "InfoInhibitor")}, Target: []headstart.Matcher{is("severity", "info")}, Equal: []string{"namespace"}},
	{Source: []headstart.Matcher{is("mutes", "all")}, Target: []headstart.Matcher{is("site", "lab")}},
}

func withRules(at time.Time, rules []headstart.InhibitRule) headstart.Event {
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Config: &headstart.LogConfig{Engine: 1, Catalog: campus(), Inhibit: rules}}}
}

func says(at time.Time, fires bool, labels ...string) headstart.Event {
	a := &headstart.Alert{Source: "hook", Labels: map[string]string{}, StartsAt: at}
	for n := 0; n+1 < len(labels); n += 2 {
		a.Labels[labels[n]] = labels[n+1]
	}
	if !fires {
		a.StartsAt, a.EndsAt = time.Time{}, at
	}
	return headstart.Event{At: at, Received: at, Line: headstart.Line{Alert: a}}
}

// inhibitedByHand says from the rules alone whether an alert that fires is muted.
func inhibitedByHand(s *State, a *alert, rules []headstart.InhibitRule) bool {
	side := func(ms []headstart.Matcher, labels map[string]string) bool {
		return !slices.ContainsFunc(ms, func(m headstart.Matcher) bool { return !silenceMatchers([]headstart.Matcher{m}).all(labels) })
	}
	for _, r := range rules {
		if !side(r.Target, a.labels()) {
			continue
		}
		for _, b := range s.alerts {
			same := !slices.ContainsFunc(r.Equal, func(name string) bool { return a.labels()[name] != b.labels()[name] })
			if b.Firing && same && side(r.Source, b.labels()) && !(side(r.Source, a.labels()) && side(r.Target, b.labels())) {
				return true
			}
		}
	}
	return false
}

func inhibitedHere(a *alert) bool { return slices.ContainsFunc(a.silenced(), ofRule) }

// A rule mutes while its source fires, whichever came first, and no longer (ruling 17).
func TestInhibit(t *testing.T) {
	p := newPlayer(t, true)
	at := func(n int) time.Time { return day.Add(time.Duration(n) * time.Second) }
	warning := []string{"alertname", "DiskFull", "instance", "acc-11", "severity", "warning"}
	critical := []string{"alertname", "DiskFull", "instance", "acc-11", "severity", "critical"}
	muted := func(labels []string) bool {
		a := p.s.alerts[says(day, true, labels...).Alert.Fingerprint()]
		return a != nil && inhibitedHere(a)
	}
	p.apply(withRules(day, severe))
	p.apply(says(at(1), true, warning...))
	if muted(warning) {
		t.Fatal("the warning is muted before anything else fires")
	}
	p.apply(says(at(2), true, critical...))
	p.fireUntil(at(3))
	if !muted(warning) || muted(critical) {
		t.Fatalf("muted: warning %t, critical %t; want only the warning, for both sides of a rule never mute themselves", muted(warning), muted(critical))
	}
	p.apply(says(at(4), false, critical...))
	p.fireUntil(at(5))
	if muted(warning) {
		t.Error("the warning is still muted after the source ended")
	}
	p.apply(says(at(6), true, critical...))
	p.apply(withRules(at(7), nil))
	p.fireUntil(at(8))
	if muted(warning) || len(p.s.silences) > 0 {
		t.Errorf("without rules the warning is muted: %t, and %d silences stand", muted(warning), len(p.s.silences))
	}
	p.compareLoaded()
}

// What is ignored and inhibits is kept for that, and is no failure: kube-prometheus'
// InfoInhibitor is such a one.
func TestIgnoredInhibits(t *testing.T) {
	p := newPlayer(t, true)
	info := []string{"alertname", "Throttled", "severity", "info", "namespace", "shop"}
	p.apply(withRules(day, severe))
	p.apply(says(day.Add(time.Second), true, "alertname", "InfoInhibitor", "severity", "none", "namespace", "shop"))
	p.apply(says(day.Add(2*time.Second), true, info...))
	if a := p.s.alerts[says(day, true, info...).Alert.Fingerprint()]; !inhibitedHere(a) {
		t.Error("the info alert is heard; want it inhibited")
	}
	if len(p.s.problems) != 1 {
		t.Errorf("%d problems, want that of the info alert alone", len(p.s.problems))
	}
	p.apply(says(day.Add(3*time.Second), false, "alertname", "InfoInhibitor", "severity", "none", "namespace", "shop"))
	p.fireUntil(day.Add(4 * time.Second))
	if a := p.s.alerts[says(day, true, info...).Alert.Fingerprint()]; inhibitedHere(a) {
		t.Error("the info alert is muted after what inhibited it ended")
	}
	p.compareLoaded()
}

// After any sequence of alerts and changes of the rules the alerts that are muted are
// those the rules say, a state loaded from its rows goes on the same, and parts of a long
// walk leave nothing out.
func TestInhibitAlways(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newPlayer(rt, false)
		rules := severe
		at := day
		p.apply(withRules(at, rules))
		for range rapid.IntRange(1, 30).Draw(rt, "events") {
			at = at.Add(time.Second)
			if rapid.IntRange(0, 19).Draw(rt, "what") == 0 {
				rules = severe[:rapid.IntRange(0, len(severe)).Draw(rt, "rules")]
				p.apply(withRules(at, rules))
				continue
			}
			pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, name) }
			p.apply(says(at, rapid.Bool().Draw(rt, "fires"), "alertname", pick("alertname", "DiskFull", "InfoInhibitor"),
				"instance", pick("instance", "acc-11", "acc-12"), "severity", pick("severity", "critical", "warning", "info"),
				"namespace", pick("namespace", "shop", ""), "site", pick("site", "lab", "noord"), "mutes", pick("mutes", "all", "", "")))
		}
		p.fireUntil(at.Add(time.Millisecond))
		p.compareLoaded()
		for _, a := range p.s.alerts {
			if want := inhibitedByHand(p.s, a, rules); a.Firing && inhibitedHere(a) != want {
				rt.Fatalf("%v is muted by %v; by the rules: %t", a.labels(), a.silenced(), want)
			}
		}
	})
}

// One source mutes five hundred, in units no larger than the others (ruling 1).
func TestInhibitMany(t *testing.T) {
	p := newPlayer(t, false)
	p.big = true
	p.apply(withRules(day, severe))
	for n := range 500 {
		p.apply(says(day.Add(time.Second), true, "alertname", fmt.Sprint("Alert", n), "site", "lab"))
	}
	p.apply(says(day.Add(2*time.Second), true, "alertname", "LabOff", "mutes", "all"))
	p.fireUntil(day.Add(3 * time.Second))
	muted := 0
	for _, a := range p.s.alerts {
		if inhibitedHere(a) {
			muted++
		}
	}
	if muted != 500 {
		t.Errorf("%d of 500 are muted", muted)
	}
	p.apply(withRules(day.Add(4*time.Second), nil))
	p.fireUntil(day.Add(5 * time.Second))
	for _, a := range p.s.alerts {
		if inhibitedHere(a) {
			t.Fatalf("%v is muted without a rule", a.labels())
		}
	}
	p.compareLoaded()
}

// TestUnknownAssetWaitsForItsInhibitor: an alert of no known asset pages at once, unless a
// rule may mute it: then it waits as others do, for what inhibits it may come just after
// it, and Alertmanager's group would have waited too (ruling 16).
func TestUnknownAssetWaitsForItsInhibitor(t *testing.T) {
	at := func(n int) time.Time { return day.Add(time.Duration(n) * time.Second) }
	rules := []headstart.InhibitRule{{Source: []headstart.Matcher{is("severity", "critical")}, Target: []headstart.Matcher{is("severity", "warning")}, Equal: []string{"instance"}}}
	for name, c := range map[string]struct {
		rules    []headstart.InhibitRule
		severity string
		inhibits bool // something that does comes two seconds later
		opens    int  // seconds until a group of the alert is open and heard; zero: never
	}{
		"no rules":              {nil, "warning", true, 1},
		"no rule may mute it":   {rules, "info", true, 1},
		"nothing inhibits it":   {rules, "warning", false, 61},
		"something inhibits it": {rules, "warning", true, 0},
		"it is what inhibits":   {rules, "critical", false, 1},
	} {
		p := newPlayer(t, true)
		p.apply(withRules(at(0), c.rules))
		alert := says(at(1), true, "alertname", "PodCrash", "instance", "pod-1", "severity", c.severity)
		p.apply(alert)
		if c.inhibits {
			p.apply(says(at(3), true, "alertname", "PodGone", "instance", "pod-1", "severity", "critical"))
		}
		fp, heard := alert.Alert.Fingerprint(), 0
		for n := 3; n <= 70 && heard == 0; n++ {
			p.apply(headstart.Event{At: at(n), Received: at(n)})
			a := p.s.alerts[fp]
			if g := p.s.live(p.s.problems[a.Problem].Group); g != nil && !inhibitedHere(a) {
				heard = int(g.OpenedAt.Sub(day) / time.Second)
			}
		}
		if heard != c.opens {
			t.Errorf("%s: it is heard after %d s, want %d", name, heard, c.opens)
		}
	}
}
