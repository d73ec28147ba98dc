package printer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// start is a Monday, in working hours.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func after(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// onSchedule is what counts of f.
func onSchedule(f Finding) Finding {
	if f.Held != nil {
		return *f.Held
	}
	return f
}

var (
	prints  = reading{source: "SNMP"}
	jammed  = reading{source: "SNMP", down: true, signs: []sign{{jam, ifDown, ""}}}
	noPaper = reading{source: "SNMP", down: true, signs: []sign{{paperEmpty, ifDown, ""}}}
	waited  = reading{source: overIPP, down: true, queued: 3, signs: []sign{{jam, ifDown, ""}}}
)

// Every condition counts only when it has lasted as long as its rule says; until
// then it is a line, and asked for it is told as it is.
func TestHoldTimes(t *testing.T) {
	for condition, minutes := range map[string]int{
		stopped: 5, offline: 10, jam: 10, doorOpen: 15, paperEmpty: 15, tonerEmpty: 10, wasteFull: 10, partMissing: 10,
		outputFull: 15, partWorn: 5, service: 30,
	} {
		p := &Printer{}
		p.heard([]reading{prints}, start)
		fails := reading{source: "SNMP", down: true, signs: []sign{{condition, ifDown, ""}}}
		early := func(at int) {
			f := p.heard([]reading{fails}, after(at))
			if f.Verdict != headstart.Down {
				t.Errorf("%s: asked for it is %s, want down", condition, f.Verdict)
			}
			if v := onSchedule(f).Verdict; v != headstart.Warn {
				t.Errorf("%s: after %d minutes %s, want warn", condition, at-1, v)
			}
		}
		early(1)
		early(minutes)
		if f := p.heard([]reading{fails}, after(minutes+1)); f.Held != nil || f.Verdict != headstart.Down {
			t.Errorf("%s: after %d minutes %s, want down", condition, minutes, onSchedule(f).Verdict)
		}
	}
}

// What goes away in between begins anew.
func TestHoldIsUnbroken(t *testing.T) {
	p := &Printer{}
	for at, r := range []reading{prints, jammed, jammed, jammed, prints, jammed} {
		p.heard([]reading{r}, after(at*3))
	}
	if f := onSchedule(p.heard([]reading{jammed}, after(20))); f.Verdict != headstart.Warn {
		t.Errorf("five minutes after the last answer: %s, want warn", f.Verdict)
	}
}

// A jammed printer that somebody switches off is one outage; it ends when it
// prints.
func TestOutageGoesOn(t *testing.T) {
	p := &Printer{}
	p.heard([]reading{prints}, start)
	p.heard([]reading{jammed}, after(1))
	if f := onSchedule(p.heard([]reading{jammed}, after(12))); f.Verdict != headstart.Down {
		t.Fatalf("a jam of eleven minutes is %s", f.Verdict)
	}
	silent := []answer{{way: Way{Protocol: "snmp"}, err: errNotPrinting, fault: Fault{Words: "silent", Silent: true}}}
	if f := onSchedule(p.unheard(silent, after(14))); f.Verdict != headstart.Down || f.Conditions[0].Name != unreachable {
		t.Errorf("switched off: %s %v, want down", f.Verdict, f.Conditions)
	}
	if f := onSchedule(p.heard([]reading{noPaper}, after(16))); f.Verdict != headstart.Down {
		t.Errorf("on again without paper: %s, want down", f.Verdict)
	}
	if f := p.heard([]reading{prints}, after(18)); f.Verdict != headstart.OK {
		t.Errorf("prints: %s, want ok", f.Verdict)
	}
	if f := onSchedule(p.heard([]reading{jammed}, after(20))); f.Verdict != headstart.Warn {
		t.Errorf("a new jam: %s, want warn", f.Verdict)
	}
}

// A process that has never seen the printer print neither opens nor ends an
// incident before it knows; a reload is no new process.
func TestRestartAndReload(t *testing.T) {
	p := &Printer{}
	if f := onSchedule(p.heard([]reading{jammed}, start)); f.Verdict != headstart.Unknown {
		t.Errorf("at first sight: %s, want unknown", f.Verdict)
	}
	next := &Printer{}
	next.Adopt(p)
	if f := onSchedule(next.heard([]reading{jammed}, after(10))); f.Verdict != headstart.Down {
		t.Errorf("ten minutes on, after a reload: %s, want down", f.Verdict)
	}
}

// A printer that is asked at another port after a reload is not looked for at the
// old one.
func TestReloadWithAnotherPort(t *testing.T) {
	ways := []Way{{"ipp", "ipp://10.0.0.9:8631"}}
	p := &Printer{Ways: ways}
	p.memory.reach(func(c *contact) { c.place.URL = "http://10.0.0.9:8631/ipp/print" })
	for next, want := range map[*Printer]string{
		{Ways: slices.Clone(ways)}:                   "http://10.0.0.9:8631/ipp/print",
		{Ways: []Way{{"ipp", "ipp://10.0.0.9:631"}}}: "",
	} {
		next.Adopt(p)
		if got := next.memory.reached().place.URL; got != want {
			t.Errorf("%v is asked at %q, want %q", next.Ways, got, want)
		}
	}
}

// Nobody is there to print at night: what begins then is a line until they come,
// unless jobs wait. What began by day does not end with the day.
func TestOfficeHours(t *testing.T) {
	open := false
	p := &Printer{Counts: func(time.Time) bool { return open }}
	p.heard([]reading{prints}, start)
	p.heard([]reading{jammed}, after(1))
	if f := onSchedule(p.heard([]reading{jammed}, after(600))); f.Verdict != headstart.Warn {
		t.Errorf("at night: %s, want warn", f.Verdict)
	}
	f := p.heard([]reading{waited}, after(601))
	if f.Held != nil || f.Verdict != headstart.Down || f.Conditions[0].Detail != "3 jobs waiting" {
		t.Errorf("at night, with jobs: %+v", onSchedule(f))
	}

	p = &Printer{Counts: func(time.Time) bool { return open }}
	p.heard([]reading{prints}, start)
	p.heard([]reading{jammed}, after(1))
	open = true
	if f := onSchedule(p.heard([]reading{jammed}, after(700))); f.Verdict != headstart.Down {
		t.Errorf("in the morning: %s, want down", f.Verdict)
	}
	open = false
	if f := onSchedule(p.heard([]reading{jammed}, after(800))); f.Verdict != headstart.Down {
		t.Errorf("after hours: %s, want down", f.Verdict)
	}
}

// A tray that nobody has filled for a week is not in use.
func TestUnusedTray(t *testing.T) {
	p := &Printer{}
	r := func() []reading {
		return []reading{{source: "SNMP", trays: []tray{{"Tray 1", 550, 20}, {"Tray 4", 550, 0}}}}
	}
	if f := p.heard(r(), start); f.Verdict != headstart.Warn {
		t.Errorf("empty: %s, want warn", f.Verdict)
	}
	if f := p.heard(r(), start.Add(7*24*time.Hour+time.Minute)); f.Verdict != headstart.OK {
		t.Errorf("empty for a week: %s %s, want ok", f.Verdict, f.Reason)
	}
}

// One lost answer of the protocol that tells of trays and pages forgets neither.
func TestOneAnswerMissing(t *testing.T) {
	p := &Printer{}
	r := func(level, pages int) []reading {
		return []reading{{
			source: "SNMP", pages: pages, trays: []tray{{"Tray 4", 550, 0}},
			supply: []supply{newSupply("Black Toner", 3, 19, 100, level)},
		}}
	}
	p.heard(r(20, 1000), start)
	p.heard([]reading{{source: overIPP}}, start.Add(24*time.Hour))
	if f := p.heard(r(18, 1200), start.Add(48*time.Hour)); len(f.Values) != 3 {
		t.Errorf("two days later: %+v, want level, days left and pages", f.Values)
	}
	f := p.heard(r(18, 1200), start.Add(7*24*time.Hour+time.Minute))
	if f.Verdict != headstart.OK {
		t.Errorf("empty for a week: %s %s, want ok", f.Verdict, f.Reason)
	}
	p.heard([]reading{{source: "SNMP", trays: []tray{{"Tray 4", 550, 10}}}}, start.Add(8*24*time.Hour))
	if f := p.heard(r(18, 1200), start.Add(9*24*time.Hour)); f.Verdict != headstart.Warn {
		t.Errorf("filled and empty again: %s %s, want warn", f.Verdict, f.Reason)
	}
}

// Levels, pages, and after a day the days that are left at the pace of pages; a new
// cartridge begins anew.
func TestDaysLeft(t *testing.T) {
	p := &Printer{Parts: []string{"TN-2420"}}
	r := func(level, pages int) []reading {
		return []reading{{source: "SNMP", pages: pages, supply: []supply{
			newSupply("Black Toner", 3, 19, 100, level), newSupply("Drum", 9, unitImpressions, 20000, 10000), newSupply("Waste", 4, 19, 100, 100),
		}}}
	}
	values := func(f Finding) (list []string) {
		for _, v := range f.Values {
			list = append(list, fmt.Sprintf("%s %g %s", v.Name, v.Value, v.Unit))
		}
		return list
	}
	f := p.heard(r(20, 1000), start)
	if diff := cmp.Diff([]string{"Black Toner 20 %", "Drum 50 %", "pages 1000 pages"}, values(f)); diff != "" {
		t.Errorf("first reading (-want +got):\n%s", diff)
	}
	p.heard(r(18, 1100), start.Add(6*time.Hour))
	f = p.heard(r(8, 2200), start.Add(48*time.Hour))
	// 12 % in 1200 pages: 8 % are 800 pages, at 600 a day; the drum has 10,000 left.
	want := []string{"Black Toner 8 %", "Black Toner days left 1.3333333333333333 d", "Drum 50 %", "Drum days left 16.666666666666668 d", "pages 2200 pages"}
	if diff := cmp.Diff(want, values(f)); diff != "" {
		t.Errorf("two days later (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"toner-low report Black Toner 8 %, about 1 days, part TN-2420"}, lines(f.Conditions)); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
	if f = p.heard(r(100, 2300), start.Add(72*time.Hour)); len(values(f)) != 4 {
		t.Errorf("a new cartridge: %v, want no days left of it", values(f))
	}
}

// A part is named by the supply that holds its number, or if there is no choice.
func TestPartNames(t *testing.T) {
	two := []supply{newSupply("Black CF400X", 3, 19, 100, 5), newSupply("Cyan CF401X", 3, 19, 100, 50)}
	for want, p := range map[string]*Printer{"CF400X": {Parts: []string{"CF401X", "CF400X"}}, "": {Parts: []string{"OTHER"}}} {
		if got := p.partFor(two[0], two); got != want {
			t.Errorf("part %q, want %q", got, want)
		}
	}
}

// Serial numbers are no part of a supply's name.
func TestSupplyNames(t *testing.T) {
	for name, want := range map[string]string{
		"Black Toner Cartridge S/N:CRUM-15102812345": "Black Toner Cartridge", "Fuser S/N:": "Fuser",
		"Black Toner, PN 006R01509;SN48C1F9": "Black Toner, PN 006R01509", "": "supply", "Toner (Cyan)": "Toner (Cyan)",
	} {
		if got := shortened(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
