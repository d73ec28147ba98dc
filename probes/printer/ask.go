package printer

import (
	"context"
	"errors"
	"net"
	"time"

	"headstart"
	"headstart/probes/printer/ipp"
	"headstart/probes/printer/mib"
)

// answer is what came of one way.
type answer struct {
	way     Way
	reading reading // of ipp and snmp
	err     error
	fault   Fault // of err
	strange bool  // something answered that we could not ask
}

// confused reports whether an operator has something to mend: nothing that passes.
func (a *answer) confused() bool { return a.err != nil && a.strange }

// ask goes one way.
func (p *Printer) ask(ctx context.Context, w Way, out Network) answer {
	a := answer{way: w}
	switch w.Protocol {
	case "ipp":
		a.reading, a.err = p.askIPP(ctx, w.Address, out)
	case "snmp":
		a.reading, a.err = p.askSNMP(ctx, w.Address, out)
	default: // raw: that it listens is all there is to learn; to write would print
		var c net.Conn
		if c, a.err = out.Dial(ctx, "tcp", w.Address); a.err == nil {
			a.err = c.Close()
		}
	}
	if a.err != nil {
		a.fault = out.Explain(a.err)
		if a.strange = a.fault.Strange || strange(a.err); a.strange {
			a.fault = Fault{Words: clean(a.err.Error()), Strange: true}
		}
	}
	return a
}

// errNotPrinting is a device that speaks SNMP and has no printer in it.
var errNotPrinting = errors.New("it answers SNMP but says nothing of printing; check the address, or what its SNMP settings let others read")

func (p *Printer) askSNMP(ctx context.Context, address string, out Network) (reading, error) {
	rows, err := out.Walk(ctx, address, mib.Columns)
	if err != nil {
		return reading{}, err
	}
	a := mib.Read(rows)
	if !a.Known {
		return reading{}, errNotPrinting
	}
	return fromSNMP(a), nil
}

func (p *Printer) askIPP(ctx context.Context, address string, out Network) (reading, error) {
	a, err := ipp.Ask(ctx, ipp.Question{Dial: out.Dial, Address: address, Known: p.memory.reached().place})
	if err != nil {
		return reading{}, err
	}
	p.memory.reach(func(c *contact) { c.place = a.Place })
	return fromIPP(a), nil
}

// strange reports whether err, of this package or IPP, means that something answered.
func strange(err error) bool {
	for _, e := range []error{
		errNotPrinting, ipp.ErrNoIPP, ipp.ErrElsewhere, ipp.ErrRefused, ipp.ErrNoQueue,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// unheard judges a printer that told nothing. It is unreachable if no way led to
// it; where something answered, nothing is known of the printer.
func (p *Printer) unheard(answers []answer, now time.Time) Finding {
	words, silent, refused := "", true, true
	there, ours := false, false
	for _, a := range answers {
		if a.err == nil {
			there = true
			continue
		}
		if words != "" {
			words += ", "
		}
		words += a.way.Protocol + ": " + a.fault.Words
		there = there || a.strange
		ours = ours || a.fault.Ours
		silent = silent && a.fault.Silent
		refused = refused && !a.fault.Silent
	}
	switch {
	case ours:
		return Finding{Verdict: headstart.Unknown, Reason: words}
	case there:
		return Finding{Verdict: headstart.Unknown, Reason: orElse(words, "it listens, and nothing more was asked")}
	case !silent && !refused && !p.memory.reached().met:
		// One way refused, the other silent, and never any answer: it is switched on
		// and set up otherwise than we ask.
		return Finding{Verdict: headstart.Unknown, Reason: "it is there but tells nothing; check protocol and community (" + words + ")"}
	}
	list := []told{{rule: ruleOf(unreachable), effect: headstart.EffectIncident, detail: words}}
	f := p.finding(list, now, false)
	f.Silent = silent
	return f
}
