// Package printer asks printers and print queues over IPP and SNMP whether people
// can print, and says of both the same set of conditions.
//
// Printers lie: "warning" is their normal state, a tray for single sheets counts as
// empty, what sleeps calls itself offline. So a condition is an incident only if the
// printer itself says that it has stopped, or that what is wrong is critical;
// everything else is a line for the morning report.
package printer

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"headstart"
	"headstart/probes/printer/mib"
)

// Printer is one printer, or one print queue. Its methods are safe for concurrent
// use.
type Printer struct {
	// Ways are the protocols to ask, the preferred one first. All are asked, and
	// what answers counts.
	Ways []Way

	// Parts are the spare parts of the catalog that fit.
	Parts []string

	// Counts reports whether a printer that does not print is an incident at that
	// moment: somebody is there to print, or the engine knows that nobody is. Nil:
	// always.
	Counts func(at time.Time) bool

	memory memory
}

// Way is one protocol, at one address.
type Way struct {
	Protocol string // ipp, snmp, raw
	Address  string // HOST:PORT; of ipp, a URL
}

// Network is how to reach a printer.
type Network struct {
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Walk reads columns of tables over SNMP. Only ways of that protocol need it.
	Walk func(ctx context.Context, address string, columns []string) (mib.Rows, error)

	// Explain says what an error of the network means.
	Explain func(error) Fault
}

// Fault is an error of the network in words.
type Fault struct {
	Words   string
	Silent  bool // nobody answered in time
	Ours    bool // this machine could not ask
	Strange bool // something answered that we could not ask
}

// Finding is what asking a printer led to.
type Finding struct {
	Verdict    headstart.Verdict
	Reason     string
	Conditions []headstart.Condition
	Silent     bool // nothing answered in time
	Values     []headstart.Measurement

	// Held is what counts on schedule while a hold time runs, or while nobody is
	// there to print; nil: the finding itself.
	Held *Finding
}

// Ask asks the printer once, every way at the same time.
func (p *Printer) Ask(ctx context.Context, out Network) Finding {
	answers := make([]answer, len(p.Ways))
	var asking sync.WaitGroup
	for i, w := range p.Ways {
		asking.Go(func() { answers[i] = p.ask(ctx, w, out) })
	}
	asking.Wait()
	now := time.Now()
	var readings []reading
	for _, a := range answers {
		if a.err == nil && a.reading.source != "" {
			readings = append(readings, a.reading)
		}
	}
	if len(readings) == 0 {
		return p.unheard(answers, now)
	}
	f := p.heard(readings, now)
	for _, a := range answers {
		if a.confused() {
			f.note(a.fault.Words)
		}
	}
	return f
}

// note adds what an operator should mend to the reason.
func (f *Finding) note(words string) {
	f.Reason += "; " + words
	if f.Held != nil {
		f.Held.Reason += "; " + words
	}
}

// heard judges a printer that answered.
func (p *Printer) heard(readings []reading, now time.Time) Finding {
	p.memory.reach(func(c *contact) { c.met = true })
	p.memory.leaveUnused(readings, now)
	queued := 0
	for _, r := range readings {
		queued = max(queued, r.queued)
	}
	list := judge(readings)
	supplies, pages := consumed(readings)
	days := p.memory.daysLeft(supplies, pages, now)
	p.orders(list, supplies, days)
	if queued > 0 && verdict(list) == headstart.Down {
		list[0].detail = strings.TrimPrefix(list[0].detail+fmt.Sprintf(", %d jobs waiting", queued), ", ")
	}
	f := p.finding(list, now, queued > 0)
	f.Values = measurements(supplies, pages, days)
	if f.Held != nil {
		f.Held.Values = f.Values
	}
	return f
}

// finding is list as found, and as held back.
func (p *Printer) finding(list []told, now time.Time, wanted bool) Finding {
	counts := wanted || p.Counts == nil || p.Counts(now)
	held, unsure := p.memory.hold(list, now, counts)
	f := Finding{Verdict: verdict(list), Reason: reason(list), Conditions: conditions(list)}
	h := Finding{Verdict: verdict(held), Reason: reason(held), Conditions: conditions(held)}
	if unsure && h.Verdict != headstart.Down {
		// A new process has not seen this printer print. To call it working now would
		// end an incident that an earlier process opened.
		h.Verdict = headstart.Unknown
		h.Reason += "; not known yet how long"
	}
	if h.Verdict != f.Verdict {
		f.Held = &h
	}
	return f
}
