package correlate

import (
	"encoding/json"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"headstart"
)

// An alert is inhibited while another fires, by the rules of the configuration. What one
// rule mutes for one set of values of its equal labels is one inhibition, kept as a
// silence of its own: it begins with the first alert that inhibits, and ends with the last.

// inhibitRule is an InhibitRule made ready for use.
type inhibitRule struct {
	headstart.InhibitRule
	source, target matchers
	seed           string // what the ids of its inhibitions are made of
}

// inhibition is what one rule mutes for one set of equal values.
type inhibition struct {
	id      string
	rule    *inhibitRule
	values  []string            // of the rule's equal labels
	sources map[string]bool     // by fingerprint: those that fire; true if the target side matches them too
	targets map[string]struct{} // what fires and the target side matches
}

// inhibitor knows who inhibits whom. It follows from the rules and the alerts that fire.
type inhibitor struct {
	rules []*inhibitRule
	of    map[string]*inhibition // by id
}

// newInhibitor reads rules. One that cannot be read mutes nothing: too little is the
// safe mistake.
func newInhibitor(rules []headstart.InhibitRule) inhibitor {
	x := inhibitor{of: map[string]*inhibition{}}
	for _, r := range rules {
		source, target := silenceMatchers(r.Source), silenceMatchers(r.Target)
		if len(source) != len(r.Source) || len(target) != len(r.Target) {
			continue
		}
		seed, _ := json.Marshal(r) // strings and booleans
		x.rules = append(x.rules, &inhibitRule{InhibitRule: r, source: source, target: target, seed: string(seed)})
	}
	return x
}

// every reports whether all matchers match; unlike those of a silence, a side of a rule
// without any matches every alert.
func (ms matchers) every(labels map[string]string) bool { return len(ms) == 0 || ms.all(labels) }

// find returns the inhibition of r that labels belong to; nil: there is none, unless it is
// to be made.
func (x *inhibitor) find(r *inhibitRule, labels map[string]string, create bool) *inhibition {
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.seed))
	values := make([]string, len(r.Equal))
	for n, name := range r.Equal {
		values[n] = labels[name]
		_, _ = h.Write([]byte{0xff})
		_, _ = h.Write([]byte(values[n]))
	}
	id := headstart.InhibitionID(ruleID + strconv.FormatUint(h.Sum64(), 16))
	i := x.of[id]
	if i == nil && create {
		i = &inhibition{id: id, rule: r, values: values, sources: map[string]bool{}, targets: map[string]struct{}{}}
		x.of[id] = i
	}
	return i
}

// ruleID begins what an inhibition of ours is called; those of an Alertmanager are called
// by the fingerprint they mute.
const ruleID = "by/"

// covers reports whether i mutes an alert: what both sides match is muted only by what
// the target side does not match, so nothing mutes itself.
func (i *inhibition) covers(labels map[string]string) bool {
	if !i.rule.target.every(labels) || !slices.EqualFunc(i.rule.Equal, i.values, func(name, value string) bool { return labels[name] == value }) {
		return false
	}
	return i.strong() || len(i.sources) > 0 && !i.rule.source.every(labels)
}

// strong reports whether something inhibits that the target side does not match.
func (i *inhibition) strong() bool {
	for _, both := range i.sources {
		if !both {
			return true
		}
	}
	return false
}

// power is what a change of the sources can change.
func (i *inhibition) power() int {
	switch {
	case len(i.sources) == 0:
		return 0
	case i.strong():
		return 2
	}
	return 1
}

// inhibit takes it that a fires, or no longer does.
func (s *State) inhibit(a *alert, fires bool) {
	for _, r := range s.inhibitor.rules {
		labels := s.labels(a)
		source, target := r.source.every(labels), r.target.every(labels)
		if !source && !target {
			continue
		}
		i := s.inhibitor.find(r, labels, fires)
		if i == nil {
			continue
		}
		before := i.power()
		if i.note(a.Fingerprint, source, target, fires); i.power() != before || s.spokenFor(i) {
			s.renewInhibition(i.id)
		}
		s.inhibitor.drop(i)
	}
}

// note counts an alert in, or out.
func (i *inhibition) note(fp string, source, target, fires bool) {
	if !fires {
		delete(i.sources, fp)
		delete(i.targets, fp)
		return
	}
	if source {
		i.sources[fp] = target
	}
	if target {
		i.targets[fp] = struct{}{}
	}
}

// drop forgets an inhibition that nothing belongs to.
func (x *inhibitor) drop(i *inhibition) {
	if len(i.sources)+len(i.targets) == 0 {
		delete(x.of, i.id)
	}
}

// spokenFor reports whether the alert that is shown to inhibit no longer does.
func (s *State) spokenFor(i *inhibition) bool {
	m := s.silences[i.id]
	if m == nil || len(m.Inhibitors) == 0 {
		return false
	}
	_, still := i.sources[m.Inhibitors[0]]
	return !still
}

// renewInhibition brings the silence of an inhibition in line with who inhibits, and has
// the alerts it mutes looked at.
func (s *State) renewInhibition(id string) {
	i, m := s.inhibitor.of[id], s.silences[id]
	switch {
	case i != nil && len(i.sources) > 0:
		if m == nil {
			m = newSilence(headstart.Silence{ID: id, Matchers: i.matchers(), StartsAt: s.now.Time()})
			s.silences[id] = m
		}
		m.EndsAt, m.Inhibitors, m.UpdatedAt = time.Time{}, []string{i.speaker()}, s.now.Time()
	case m != nil:
		m.EndsAt = s.now.Time()
	default:
		return
	}
	m.todo = nil
	s.mark(headstart.TableSilences, id)
	s.at(s.now, muteTimer, id, "")
}

// speaker is the alert that is shown to inhibit: one that mutes all, if there is any.
func (i *inhibition) speaker() string {
	strong := i.strong()
	for _, fp := range slices.Sorted(maps.Keys(i.sources)) {
		if !strong || !i.sources[fp] {
			return fp
		}
	}
	return ""
}

// matchers tell people what is muted.
func (i *inhibition) matchers() []headstart.Matcher {
	out := slices.Clone(i.rule.Target)
	for n, name := range i.rule.Equal {
		out = append(out, headstart.Matcher{Name: name, Value: i.values[n], IsEqual: true})
	}
	return out
}

// inhibitions returns the ids of those that mute a, sorted.
func (s *State) inhibitions(a *alert) []string {
	var ids []string
	for _, r := range s.inhibitor.rules {
		labels := s.labels(a)
		if i := s.inhibitor.find(r, labels, false); i != nil && s.silences[i.id] != nil && i.covers(labels) {
			ids = append(ids, i.id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// targets are the alerts that an inhibition may mute.
func (s *State) targets(i *inhibition) map[string]*alert {
	out := make(map[string]*alert, len(i.targets))
	for fp := range i.targets {
		out[fp] = s.alerts[fp]
	}
	return out
}

// inhibitAnew makes the index, of the rules in force and what fires.
func (s *State) inhibitAnew() {
	if s.inhibitor = newInhibitor(s.rules()); len(s.inhibitor.rules) == 0 {
		return
	}
	for fp, a := range s.alerts {
		if !a.Firing {
			continue
		}
		labels := s.labels(a)
		for _, r := range s.inhibitor.rules {
			source, target := r.source.every(labels), r.target.every(labels)
			if source || target {
				s.inhibitor.find(r, labels, true).note(fp, source, target, true)
			}
		}
	}
}

func (s *State) rules() []headstart.InhibitRule {
	if s.raw == nil {
		return nil
	}
	return s.raw.Inhibit
}

// sameRules reports whether the rules of two configurations mute alike.
func sameRules(x, y *headstart.LogConfig) bool {
	var of [2]string
	for n, c := range []*headstart.LogConfig{x, y} {
		if c != nil && len(c.Inhibit) > 0 {
			text, _ := json.Marshal(c.Inhibit) // strings and booleans
			of[n] = string(text)
		}
	}
	return of[0] == of[1]
}

// allInhibitions is the subject of the timer that follows a change of the rules.
var allInhibitions = headstart.InhibitionID(ruleID)

// inhibitPart is how many inhibitions one unit renews (ruling 1): each costs a row and a timer.
const inhibitPart = 40

// renewInhibitions renews those beyond from, of the rules there were and those there are.
func (s *State) renewInhibitions(from string) {
	ids := map[string]struct{}{}
	for id := range s.silences {
		if ofRule(id) {
			ids[id] = struct{}{}
		}
	}
	for id, i := range s.inhibitor.of {
		if len(i.sources) > 0 {
			ids[id] = struct{}{}
		}
	}
	n := 0
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if id <= from {
			continue
		}
		if n == inhibitPart {
			s.at(s.now, muteTimer, allInhibitions, from)
			return
		}
		s.renewInhibition(id)
		from = id
		n++
	}
}

// ofRule reports whether id is of an inhibition of ours.
func ofRule(id string) bool { return strings.HasPrefix(headstart.Inhibited(id), ruleID) }

// mutes reports whether an alert with labels may be muted by others.
func (x *inhibitor) mutes(labels map[string]string) bool {
	return slices.ContainsFunc(x.rules, func(r *inhibitRule) bool { return r.target.every(labels) })
}

// inhibits reports whether an alert with labels mutes others.
func (x *inhibitor) inhibits(labels map[string]string) bool {
	return slices.ContainsFunc(x.rules, func(r *inhibitRule) bool { return r.source.every(labels) })
}
