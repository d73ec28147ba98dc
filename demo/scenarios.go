package demo

import (
	"context"
	"fmt"
	"time"

	"headstart"
)

// step is one thing that happens, so long after its scenario began.
type step struct {
	after time.Duration
	say   headstart.Names // what a narrator says of it; nil: nothing
	do    func(context.Context) error
}

// Scenario is one outage, from its first sign to its end.
type Scenario struct {
	Name  string
	Title headstart.Names
	steps func(w *World, language string) []step
}

// gap is from the beginning of one scenario to that of the next, in the order of Scenarios.
const gap = 55 * time.Minute

// Scenarios are all of them, in the order in which they are played.
func Scenarios() []Scenario {
	return []Scenario{
		{"floor-switch", both("De switch van een verdieping valt uit", "The switch of a floor fails"), floorSwitch},
		{"toner", both("Een printer raakt zonder toner", "A printer runs out of toner"), toner},
		{"print-server", both("De printserver stopt", "The print server stops"), printServer},
		{"overrun", both("Gepland werk loopt uit", "Planned work overruns"), overrun},
		{"internet", both("De internetlijn valt weg", "The internet line is cut"), internet},
		{"storm", both("De kern van het netwerk valt uit: alles tegelijk", "The core of the network fails: everything at once"), storm},
	}
}

// fails staggers devices: monitoring never sees all of an outage in one moment.
func (w *World) fails(after, between time.Duration, ids ...string) (steps []step) {
	for n, id := range ids {
		steps = append(steps, step{after: after + time.Duration(n)*between, do: func(ctx context.Context) error { return w.Fail(ctx, id) }})
	}
	return steps
}

func (w *World) mends(after time.Duration, say headstart.Names, ids ...string) step {
	return step{after: after, say: say, do: func(ctx context.Context) error { return w.Mend(ctx, ids...) }}
}

func (w *World) writes(after time.Duration, language string, r report) step {
	return step{after: after, do: func(ctx context.Context) error { return w.write(ctx, language, r) }, say: both(
		fmt.Sprintf("Iemand schrijft de servicedesk: “%s”", r.title["nl"]), fmt.Sprintf("Somebody writes to the desk: “%s”", r.title["en"]))}
}

// floorSwitch: printers and access points of a floor fall silent first; the switch they
// hang on is missed minutes later, after the first ticket.
func floorSwitch(w *World, language string) []step {
	b := buildings[w.rand.IntN(2)*2] // a building with teachers
	floor := 1 + w.rand.IntN(2)
	sw, place := fmt.Sprintf("sw-%s-%d", b.letter, floor), b.name
	printers, points := w.Of(b.id, floor, "printer"), w.Of(b.id, floor, "accesspoint")
	steps := []step{{say: both(
		fmt.Sprintf("In %s valt op verdieping %d een switch uit. Dat ziet nog niemand.", place, floor),
		fmt.Sprintf("In %s the switch of floor %d fails. Nobody sees that yet.", place, floor))}}
	steps = append(steps, w.fails(20*time.Second, 10*time.Second, printers...)...)
	steps = append(steps, w.fails(50*time.Second, 15*time.Second, points...)...)
	return append(
		steps,
		w.writes(7*time.Minute, language, cannotPrint(b.id, place, "docenten")),
		step{
			after: 8 * time.Minute, do: func(ctx context.Context) error { return w.Fail(ctx, sw) },
			say: both("Nu pas meldt de monitoring ook de switch zelf: de oorzaak komt na de gevolgen.", "Only now monitoring reports the switch itself: the cause comes after its symptoms."),
		},
		w.writes(10*time.Minute, language, noWifi(b.id, place, "docenten")),
		w.writes(12*time.Minute, language, cannotPrint(b.id, place, "balie")),
		w.mends(24*time.Minute, both("De switch is vervangen; alles antwoordt weer.", "The switch was replaced; everything answers again."), append(append(printers, points...), sw)...),
	)
}

// toner: a warning first, a line of the report; empty is an incident of one printer, which
// nobody is mailed about.
func toner(w *World, language string) []step {
	printers := []string{"prn-z1-02", "prn-z1-03"}
	id := printers[w.rand.IntN(len(printers))]
	name := w.devices[id].Name
	return []step{
		{
			say: both("Printer "+name+" heeft bijna geen toner meer: een regel in het ochtendrapport, geen storing.", "Printer "+name+" is low on toner: a line in the morning report, no outage."),
			do: func(ctx context.Context) error {
				return w.Lacks(ctx, id, headstart.Warn, "toner or ink low (Black 4 %)", headstart.Condition{Name: "toner-low", Effect: headstart.EffectReport, Detail: "Black 4 %"})
			},
		},
		{
			after: 12 * time.Minute, say: both("De toner is op.", "It is out of toner."),
			do: func(ctx context.Context) error {
				return w.Lacks(ctx, id, headstart.Down, "toner or ink empty (Black 0 %)", headstart.Condition{Name: "toner-empty", Effect: headstart.EffectIncident, Detail: "Black 0 %"})
			},
		},
		w.writes(18*time.Minute, language, report{
			title:    both("Printer "+name+" geeft lege vellen", "Printer "+name+" gives blank pages"),
			body:     both("Op "+name+" in Zuid komt niets op papier.", "Nothing comes out on paper from "+name+" in Zuid."),
			location: "zuid", department: "balie",
		}),
		w.mends(27*time.Minute, both("Joris verwisselt de toner.", "Joris changes the toner."), id),
	}
}

// printServer: users notice before anything is measured to be down.
func printServer(w *World, language string) []step {
	return []step{
		{say: both("De printserver loopt vast. De printers zelf zijn goed.", "The print server hangs. The printers themselves are fine.")},
		w.writes(30*time.Second, language, cannotPrint("midden", "het hoofdgebouw", "fin")),
		{after: 90 * time.Second, do: func(ctx context.Context) error {
			return w.Lacks(ctx, "print", headstart.Down, "HTTP status 503 Service Unavailable")
		}},
		w.writes(3*time.Minute, language, cannotPrint("zuid", "Gebouw Zuid", "docenten")),
		{
			after: 4 * time.Minute, do: func(ctx context.Context) error { return w.Fail(ctx, "srv-print01") },
			say: both("Prometheus mist de printserver.", "Prometheus misses the print server."),
		},
		w.writes(6*time.Minute, language, cannotPrint("noord", "Gebouw Noord", "docenten")),
		w.mends(21*time.Minute, both("De printserver is herstart.", "The print server was restarted."), "srv-print01", "print"),
	}
}

// overrun: what fails inside planned work is no incident; what still fails after it is one.
func overrun(w *World, _ string) []step {
	floor := w.rand.IntN(floors)
	sw := fmt.Sprintf("sw-m-%d", floor)
	behind := append(w.Of("midden", floor, "accesspoint"), w.Of("midden", floor, "printer")...)
	return []step{
		{
			say: both("Joris begint aan gepland werk: een switch in het hoofdgebouw, tien minuten.", "Joris begins planned work: a switch in the main building, ten minutes."),
			do: func(ctx context.Context) error {
				return w.Plan(ctx, "W-demo", sw, 10*time.Minute, both("Nieuwe software op een switch in het hoofdgebouw", "New software on a switch in the main building"))
			},
		},
		{after: 2 * time.Minute, do: func(ctx context.Context) error { return w.Fail(ctx, append([]string{sw}, behind...)...) }},
		{after: 10 * time.Minute, say: both("De tien minuten zijn om, en het werk is niet klaar.", "The ten minutes are over, and the work is not done.")},
		w.mends(23*time.Minute, both("Het werk is alsnog gelukt.", "The work has succeeded after all."), append(behind, sw)...),
	}
}

// internet: services that need the line fail first, then the line itself is missed.
func internet(w *World, language string) []step {
	lacks := func(after time.Duration, service, reason string) step {
		return step{after: after, do: func(ctx context.Context) error { return w.Lacks(ctx, service, headstart.Down, reason) }}
	}
	return []step{
		{say: both("Buiten het gebouw graaft iemand door de glasvezel.", "Outside somebody digs through the fibre.")},
		lacks(20*time.Second, "elo", "no answer within 10s"),
		lacks(40*time.Second, "mail", "no answer within 10s"),
		lacks(60*time.Second, "internet", "no answer within 10s"),
		w.writes(2*time.Minute, language, noCourses("noord", "docenten")),
		{
			after: 3 * time.Minute, do: func(ctx context.Context) error { return w.Fail(ctx, "line-isp") },
			say: both("De lijn zelf wordt gemeld.", "The line itself is reported."),
		},
		w.writes(4*time.Minute, language, noMail("zuid", "docenten")),
		w.writes(5*time.Minute, language, noCourses("zuid", "docenten")),
		w.mends(26*time.Minute, both("De leverancier heeft de lijn hersteld.", "The supplier has repaired the line."), "line-isp", "internet", "mail", "elo"),
	}
}

// storm: nearly every device is reported within a minute and a half. It is one outage.
func storm(w *World, language string) []step {
	all := w.Of("", -1, "printer", "accesspoint", "switch", "server")
	steps := []step{{say: both(
		fmt.Sprintf("De kernswitch valt uit: %d apparaten zwijgen binnen anderhalve minuut.", len(all)),
		fmt.Sprintf("The core switch fails: %d devices fall silent within a minute and a half.", len(all)))}}
	w.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	const batches = 8
	size := (len(all) + batches - 1) / batches
	for n := 0; n*size < len(all); n++ {
		part := all[n*size : min((n+1)*size, len(all))]
		steps = append(steps, step{after: time.Duration(n) * 11 * time.Second, do: func(ctx context.Context) error { return w.Fail(ctx, part...) }})
	}
	return append(
		steps,
		w.writes(3*time.Minute, language, noWifi("noord", "Gebouw Noord", "docenten")),
		w.writes(4*time.Minute, language, cannotPrint("zuid", "Gebouw Zuid", "docenten")),
		w.writes(5*time.Minute, language, report{
			title: both("Niets werkt meer", "Nothing works any more"), body: both("Geen netwerk in het hoofdgebouw, dus ook geen boekhouding.", "No network in the main building, so no bookkeeping either."),
			location: "midden", department: "fin", urgent: true,
		}),
		w.mends(25*time.Minute, both("De kernswitch draait weer.", "The core switch runs again."), all...),
	)
}
