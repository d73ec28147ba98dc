package printer

import (
	"time"

	"headstart"
)

// The names of conditions (CONTRACT, section 6).
const (
	unreachable     = "unreachable"
	offline         = "offline"
	stopped         = "stopped"
	jam             = "jam"
	doorOpen        = "door-open"
	paperEmpty      = "paper-empty"
	trayEmpty       = "tray-empty"
	trayLow         = "tray-low"
	tonerEmpty      = "toner-empty"
	tonerLow        = "toner-low"
	wasteFull       = "waste-full"
	wasteAlmostFull = "waste-almost-full"
	partMissing     = "part-missing"
	outputFull      = "output-full"
	partWorn        = "part-worn"
	service         = "service"
	maintenance     = "maintenance"
	asleep          = "asleep"
)

// rule is what a condition means.
type rule struct {
	name  string
	words string // for people, in English as all reasons

	// hold is how long the condition must have been there before it can be an
	// incident; what people mend in passing is none.
	hold time.Duration

	// otherwise is what the condition is where it keeps nobody from printing.
	otherwise headstart.Effect
}

// rules are all conditions, the worst first: the order in which they are told.
var rules = []rule{
	{unreachable, "does not answer", 5 * time.Minute, headstart.EffectReport},
	{stopped, "stopped", 5 * time.Minute, headstart.EffectReport},
	{offline, "offline", 10 * time.Minute, headstart.EffectReport},
	{jam, "paper jam", 10 * time.Minute, headstart.EffectReport},
	{doorOpen, "door or cover open", 15 * time.Minute, headstart.EffectReport},
	{paperEmpty, "no paper", 15 * time.Minute, headstart.EffectReport},
	{tonerEmpty, "toner or ink empty", 10 * time.Minute, headstart.EffectReport},
	{wasteFull, "waste container full", 10 * time.Minute, headstart.EffectReport},
	{partMissing, "part or tray missing", 10 * time.Minute, headstart.EffectReport},
	{service, "needs service", 30 * time.Minute, headstart.EffectReport},
	// A worn part that stops the printer is believed as soon as any other stop is.
	{partWorn, "part worn out", 5 * time.Minute, headstart.EffectReport},
	{outputFull, "output full", 15 * time.Minute, headstart.EffectNone},
	{trayEmpty, "tray empty", 0, headstart.EffectReport},
	{trayLow, "low on paper", 0, headstart.EffectReport},
	{tonerLow, "toner or ink low", 0, headstart.EffectReport},
	{wasteAlmostFull, "waste container almost full", 0, headstart.EffectReport},
	{maintenance, "maintenance overdue", 0, headstart.EffectReport},
	{asleep, "asleep", 0, headstart.EffectNone},
}

func ruleOf(name string) rule {
	for _, r := range rules {
		if r.name == name {
			return r
		}
	}
	panic("printer: unknown condition " + name) // a programmer's error
}

// weight is what a sign of a condition proves.
type weight int

const (
	never    weight = iota // it keeps nobody from printing
	ifDown                 // it does if the printer says that it has stopped
	byItself               // it does
)

// sign is one thing a printer says of itself that points to a condition.
type sign struct {
	condition string
	weight    weight
	detail    string
}

// meaning is what a code or a keyword points to.
type meaning struct {
	condition string
	weight    weight
	critical  weight // where the printer calls it critical
}

// reading is what one printer says of itself, whichever way it was asked.
type reading struct {
	source string // IPP or SNMP
	down   bool   // it says that it has stopped
	queued int    // jobs that wait; zero if it does not say
	signs  []sign
	trays  []tray
	supply []supply
	pages  int // printed in its life; zero if it does not say
}

func (r *reading) add(condition string, w weight, detail string) {
	r.signs = append(r.signs, sign{condition, w, detail})
}
