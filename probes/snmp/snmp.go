// Package snmp asks switches, and whatever else speaks SNMP, which of their links are
// up and what their numbers are.
//
// A link is down only if somebody watches it, it is switched on and it does not
// carry: an access port without a link is a desk without a computer. A device that
// says nothing is one host down; of its links nothing is known.
package snmp

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"

	"headstart"
	"headstart/probes/snmp/session"
)

// Device is one device to ask. Its methods are safe for concurrent use.
type Device struct {
	Agent *session.Agent

	// Watched are the links that count; the others are not looked at.
	Watched []Pattern
	Limits  Limits

	Values []Value // numbers and texts that are judged

	Zone *time.Location // of the times in reasons; nil: UTC

	memory memory
}

// Bounds of one talk: a stack of switches has hundreds of interfaces.
const (
	MostRows    = 4096
	MostPackets = 1000
	mostLinks   = 128 // watched at one device
)

// Limits are what a link may do before it is a line in the morning report. Zero: no
// limit.
type Limits struct {
	Load             float64 // percent of its speed, the busier direction
	Errors, Discards float64 // packets a second, both directions
	Speed            float64 // Mbit/s it must run at
}

// DefaultLimits are far from what a healthy link shows.
var DefaultLimits = Limits{Load: 90, Errors: 1, Discards: 100}

// Fault is an error of the network in words.
type Fault struct {
	Verdict headstart.Verdict // Down, or Unknown if the fault is on this machine
	Words   string
	Silent  bool // nobody answered in time
}

// Finding is what asking a device led to.
type Finding struct {
	Verdict    headstart.Verdict
	Reason     string
	Conditions []headstart.Condition
	Silent     bool // nobody answered in time
	Values     []headstart.Measurement
}

// Ask asks the device once. explain says what an error of the network means.
func (d *Device) Ask(ctx context.Context, access session.Access, explain func(error) Fault) Finding {
	before := d.memory.recall()
	var s sight
	err := d.Agent.Talk(ctx, access, func(t *session.Session) (err error) {
		s, err = d.look(t, before, time.Now())
		return err
	})
	if err == nil && s.mute {
		err = errMute
	}
	if err != nil {
		return d.unheard(err, before, explain)
	}
	list, values, after := d.judge(&s, before)
	d.memory.keep(after)
	return Finding{Verdict: verdict(list), Reason: reason(list, len(s.links)), Conditions: conditions(list), Values: values}
}

// errMute is a device that answers and keeps its interfaces to itself.
var errMute = errors.New("it answers SNMP but says nothing of interfaces; check what its SNMP settings let others read")

// unheard judges a device that told nothing. Nobody but silence itself proves that
// the device is gone.
func (d *Device) unheard(err error, before past, explain func(error) Fault) Finding {
	switch {
	case session.Strange(err), errors.Is(err, errMute):
		return Finding{Verdict: headstart.Unknown, Reason: session.Line(err.Error())}
	case errors.Is(err, syscall.ECONNREFUSED):
		return Finding{Verdict: headstart.Unknown, Reason: "no SNMP listens there; turn it on at the device, or correct the port"}
	}
	f := explain(err)
	if f.Verdict != headstart.Down {
		return Finding{Verdict: f.Verdict, Reason: f.Words, Silent: f.Silent}
	}
	out := Finding{Verdict: headstart.Down, Reason: f.Words, Silent: f.Silent}
	if f.Silent && !before.met {
		out.Reason += "; if it answers to ping, check the community, and who may ask"
	}
	out.Conditions = []headstart.Condition{{Name: unreachable, Effect: headstart.EffectIncident, Detail: f.Words}}
	if names := before.names(); len(names) > 0 {
		out.Conditions = append(out.Conditions, headstart.Condition{
			Name: linkUnknown, Effect: headstart.EffectNone, Detail: some(names, ", "),
		})
	}
	return out
}

// The names of conditions.
const (
	unreachable     = "unreachable"
	linkDown        = "interface-down"
	linkMissing     = "interface-missing"
	linkUnknown     = "interface-unknown"
	linkDisabled    = "interface-disabled"
	linkSlow        = "interface-slow"
	linkBusy        = "interface-busy"
	linkErrors      = "interface-errors"
	linkDiscards    = "interface-discards"
	linkInterrupted = "interface-interrupted"
	restarted       = "restarted"
	valueWrong      = "value"
	valueUnknown    = "value-unknown"
)

// told is one thing the device told.
type told struct {
	name    string
	verdict headstart.Verdict
	detail  string // of the condition
	words   string // of the reason; empty: the reason leaves it out
}

// effects are what verdicts mean for the people who depend on the device.
var effects = map[headstart.Verdict]headstart.Effect{
	headstart.Down: headstart.EffectIncident, headstart.Warn: headstart.EffectReport,
	headstart.Unknown: headstart.EffectNone, headstart.OK: headstart.EffectNone,
}

// worst is the order in which things are told; what is down is known, so it outranks
// what is not.
var worst = []headstart.Verdict{headstart.Down, headstart.Unknown, headstart.Warn, headstart.OK}

func verdict(list []told) headstart.Verdict {
	for _, v := range worst {
		for _, t := range list {
			if t.verdict == v {
				return v
			}
		}
	}
	return headstart.OK
}

func conditions(list []told) []headstart.Condition {
	var out []headstart.Condition
	for _, v := range worst {
		for _, t := range list {
			if t.verdict == v && t.name != "" {
				out = append(out, headstart.Condition{Name: t.name, Effect: effects[v], Detail: t.detail})
			}
		}
	}
	return out
}

// reason says what is worst, and where all is well, what was looked at.
func reason(list []told, links int) string {
	v := verdict(list)
	var words []string
	for _, t := range list {
		if t.verdict == v && t.words != "" {
			words = append(words, t.words)
		}
	}
	if v == headstart.OK && links > 0 {
		words = append([]string{plural(links, " interface in order", " interfaces in order")}, words...)
	}
	return some(words, "; ")
}

// some joins the first of list: nobody reads more than a few.
func some(list []string, sep string) string {
	const most = 4
	if len(list) <= most {
		return strings.Join(list, sep)
	}
	return strings.Join(list[:most], sep) + sep + plural(len(list)-most, " more", " more")
}
