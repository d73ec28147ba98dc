package main

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"headstart"
	"headstart/configs"
	"headstart/report"
)

// nights is a log that a test writes, and what the probes saw last.
type nights struct {
	t     *testing.T
	zone  *time.Location
	lines []headstart.FileLine
	last  map[string]headstart.CheckResult
}

// newNight begins a log at a time, with the organisation of the example report.
func newNight(t *testing.T, at string, holidays ...headstart.Holiday) *nights {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	n := &nights{t: t, zone: zone, last: map[string]headstart.CheckResult{}}
	ground, second, third := 0, 2, 3
	names := func(nl, en string) headstart.Names { return headstart.Names{"nl": nl, "en": en} }
	n.line(at, headstart.Line{Config: &headstart.LogConfig{
		Engine: headstart.EngineVersion, Language: "nl", Timezone: "Europe/Amsterdam", Calendar: &headstart.Calendar{Holidays: holidays},
		Desk: &headstart.Desk{Duty: []headstart.Duty{
			{Name: "samira", Hours: headstart.Hours{"monday": "07:30-12:30", "tuesday": "07:30-17:30", "thursday": "07:30-17:30"}, Substitute: "joris"}, {Name: "joris", Hours: headstart.Hours{"monday": "07:30-17:30", "wednesday": "07:30-17:30", "friday": "07:30-17:30"}},
		}},
		Catalog: &headstart.Catalog{
			Organisation: "Voorbeeld College",
			Locations: []headstart.Location{
				{ID: "noord", Name: names("Gebouw Noord", "North building"), Walk: 20}, {ID: "zuid", Name: names("Gebouw Zuid", "South building"), Walk: 10},
			},
			Departments: []headstart.Department{{ID: "fin", Name: names("Financiën", "Finance"), Locations: []string{"noord"}, Uses: []string{"wifi", "print", "mail"}, People: 180}},
			Services: []headstart.Service{
				{ID: "wifi", Name: names("Wifi", "Wifi"), Kind: headstart.KindNetwork, DependsOn: headstart.Dependencies{{"nrd-sw-02"}}, Locations: []string{"noord"}, Criticality: headstart.High},
				{ID: "mail", Name: names("Mail", "Mail"), Kind: headstart.KindMail},
				{ID: "print", Name: names("Printen", "Printing"), Kind: headstart.KindPrinter},
				{ID: "hr", Name: names("GEHEIM", "GEHEIM"), Confidential: true},
			},
			Devices: []headstart.Device{
				{ID: "nrd-sw-02", Kind: "switch", Name: names("NRD-SW-02", "NRD-SW-02"), Location: "noord", Services: []string{"wifi"}, People: 180, Expires: "2026-12-12"},
				{ID: "z1-01", Kind: "printer", Name: names("Z1-01", "Z1-01"), Location: "zuid", Floor: &ground, Services: []string{"print"}, People: 12},
				{ID: "n2-04", Kind: "printer", Name: names("N2-04", "N2-04"), Location: "noord", Floor: &second, Services: []string{"print"}, People: 25},
				{ID: "n3-02", Kind: "printer", Name: names("N3-02", "N3-02"), Location: "noord", Floor: &third, Services: []string{"print"}, People: 20},
			},
			Parts:       []headstart.Part{{ID: "TN-2420", Fits: []string{"z1-01"}, Stock: 3}, {ID: "WT-220", Fits: []string{"n3-02"}}},
			KnownErrors: []headstart.KnownError{{ID: "KE-7", Services: []string{"print"}, ReviewBy: "2026-11-01", SupplierCase: "88-4120"}},
		},
	}})
	return n
}

func (n *nights) at(s string) time.Time {
	n.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, n.zone)
	if err != nil {
		n.t.Fatal(err)
	}
	return at
}

func (n *nights) line(at string, l headstart.Line) {
	n.t.Helper()
	n.lines = append(n.lines, headstart.FileLine{At: n.at(at), Line: l})
}

// check is a confirmed change of a probe, or the same as before when same says so.
func (n *nights) check(at, probe, kind, asset, service string, verdict headstart.Verdict, reason string, conditions ...headstart.Condition) {
	n.t.Helper()
	location := map[string]string{"nrd-sw-02": "noord", "n2-04": "noord", "n3-02": "noord", "z1-01": "zuid"}[asset]
	n.line(at, headstart.Line{Check: &headstart.Check{
		Probe: probe, Kind: kind, Asset: asset, Service: service, Location: location, Verdict: verdict, Reason: reason, Conditions: conditions, ObservedAt: n.at(at),
	}})
	n.last[probe+"/"+asset] = headstart.CheckResult{
		Probe: probe, Kind: kind, Asset: asset, Service: service, Location: location, Verdict: verdict, Reason: reason, Conditions: conditions, At: n.at(at),
	}
}

func (n *nights) ticket(at string, t headstart.Ticket) {
	n.t.Helper()
	t.Source, t.CreatedAt, t.UpdatedAt = "rt", n.at(at), n.at(at)
	n.line(at, headstart.Line{Ticket: &t})
}

func (n *nights) command(at string, c headstart.Command) {
	n.t.Helper()
	c.ID = at + c.Do + c.Ref
	n.line(at, headstart.Line{Command: &c})
}

func (n *nights) well(at string) {
	n.t.Helper()
	n.check(at, "core", "icmp", "nrd-sw-02", "", headstart.OK, "")
	n.check(at, "mail", "smtp", "", "mail", headstart.OK, "")
}

// morning replays the log up to a time and makes the report of then.
func (n *nights) morning(at string, ask headstart.ReportAsk) *report.Morning {
	n.t.Helper()
	slices.SortStableFunc(n.lines, func(a, b headstart.FileLine) int { return a.At.Compare(b.At) })
	p, err := fold(slices.Clone(n.lines), n.at(at))
	if err != nil {
		n.t.Fatal(err)
	}
	cfg := configs.Default()
	cfg.Timezone, cfg.Calendar, cfg.Door.ExternalURL = "Europe/Amsterdam", *n.lines[0].Config.Calendar, "https://desk.example.org"
	m := &mornings{
		cfg: &cfg, view: p.View, key: []byte("0123456789abcdef"),
		checks: func() []headstart.CheckResult {
			var out []headstart.CheckResult
			for _, r := range n.last {
				if !r.At.After(n.at(at)) {
					r.At = n.at(at).Add(-9 * time.Second)
					out = append(out, r)
				}
			}
			slices.SortFunc(out, func(a, b headstart.CheckResult) int {
				return cmp.Or(cmp.Compare(a.Probe, b.Probe), cmp.Compare(a.Asset, b.Asset))
			})
			return out
		},
	}
	m.heard = func() []report.Source {
		heard := []report.Source{{Name: "rt", Feed: report.FeedTickets, At: n.at(at).Add(-2 * time.Minute), Interval: time.Minute}}
		return append(heard, checkSources(m.checks(), nil)...)
	}
	ask.At = n.at(at)
	return m.report(context.Background(), &ask)
}

// badWeekend is Friday evening to Monday morning with everything in it.
func badWeekend(t *testing.T) *nights {
	n := newNight(t, "2026-11-20 16:00")
	n.well("2026-11-20 16:01")
	n.command("2026-11-20 17:25", headstart.Command{By: "daan", Do: "handover", Ref: "k3", Text: "Reserveverdeler ligt in kast K3, sleutel bij de balie."})
	n.command("2026-11-19 11:00", headstart.Command{By: "daan", Do: "todo", Ref: "order", Text: "Kabels bestellen", For: "samira", Due: n.at("2026-11-23 11:30")})
	n.lines[len(n.lines)-1].At = n.at("2026-11-20 16:02")
	n.check("2026-11-21 02:10", "mail", "smtp", "", "mail", headstart.Down, "no answer")
	n.ticket("2026-11-21 02:20", headstart.Ticket{ID: "M-20500", Title: "Mail doet het niet GEHEIME-TITEL", Body: "ik krijg geen mail", Priority: "P3", Requester: headstart.Requester{ID: "a", Location: "noord"}})
	n.check("2026-11-21 02:40", "mail", "smtp", "", "mail", headstart.OK, "")
	n.ticket("2026-11-22 22:47", headstart.Ticket{ID: "M-20618", Title: "Directie kan niet in begroting", Priority: "P1", Requester: headstart.Requester{ID: "b", Location: "zuid"}})
	n.ticket("2026-11-19 11:00", headstart.Ticket{ID: "M-20577", Title: "Muis kapot", Priority: "P4", WaitingOn: "us", Requester: headstart.Requester{ID: "c"}})
	n.lines[len(n.lines)-1].At = n.at("2026-11-20 16:03")
	n.line("2026-11-20 16:04", headstart.Line{Maintenance: &headstart.MaintenanceWindow{ID: "W-312", Services: []string{"wifi"}, Locations: []string{"noord"}, StartsAt: n.at("2026-11-23 12:15"), EndsAt: n.at("2026-11-23 12:45"), Owner: "joris", Summary: headstart.Names{"nl": "Wifi Noord werkt niet (update)", "en": "No wifi in North (update)"}}})
	n.check("2026-11-23 06:12", "printers", "printer", "n2-04", "print", headstart.Warn, "no paper", headstart.Condition{Name: "paper-empty", Effect: headstart.EffectReport, Detail: "38 in de rij"})
	n.check("2026-11-23 06:12", "printers", "printer", "n3-02", "print", headstart.Warn, "waste", headstart.Condition{Name: "waste-full", Effect: headstart.EffectReport})
	n.check("2026-11-23 06:12", "printers", "printer", "z1-01", "print", headstart.Warn, "toner", headstart.Condition{Name: "toner-low", Effect: headstart.EffectReport, Detail: "Black 9 %"})
	n.check("2026-11-23 07:41", "core", "icmp", "nrd-sw-02", "", headstart.Down, "no reply to 3 of 3")
	n.ticket("2026-11-23 07:49", headstart.Ticket{ID: "M-20633", Title: "Wifi werkt niet in Noord", Body: "geen internet", Priority: "P2", Requester: headstart.Requester{ID: "d", Department: "fin", Location: "noord"}})
	n.ticket("2026-11-23 07:52", headstart.Ticket{ID: "M-20634", Title: "Wifi Noord ligt eruit", Body: "wifi doet het niet", Priority: "P3", Requester: headstart.Requester{ID: "e", Department: "fin", Location: "noord"}})
	n.command("2026-11-23 07:50", headstart.Command{By: "piet", Do: "open", Ref: "x", Title: "GEHEIM dossier", Services: []string{"hr"}, Severity: "critical"})
	return n
}

// TestMorningsFromTheLog: the mornings that ui.md section 8 and issue 7 name, each made by
// the engine from a log; run with -update to accept a change.
func TestMorningsFromTheLog(t *testing.T) {
	t.Parallel()
	summer := headstart.Holiday{From: "2026-07-18", To: "2026-08-30", Name: "Zomervakantie", Locations: []string{"noord"}}
	holiday := func(t *testing.T) *nights {
		n := newNight(t, "2026-07-17 16:00", summer)
		n.well("2026-07-17 16:01")
		n.check("2026-07-18 09:00", "printers", "printer", "n2-04", "print", headstart.Down, "does not answer", headstart.Condition{Name: "unreachable", Effect: headstart.EffectIncident})
		n.check("2026-07-18 09:00", "printers", "printer", "z1-01", "print", headstart.Warn, "no paper", headstart.Condition{Name: "paper-empty", Effect: headstart.EffectReport})
		return n
	}
	quiet := func(from string, holidays ...headstart.Holiday) func(*testing.T) *nights {
		return func(t *testing.T) *nights {
			n := newNight(t, from, holidays...)
			n.well(from)
			return n
		}
	}
	for _, c := range []struct {
		name, at string
		night    func(*testing.T) *nights
		ask      headstart.ReportAsk
		seen     string // when samira last read
		want     []string
		level    report.Level
	}{
		{name: "quiet-tuesday", at: "2026-11-24 08:00", night: quiet("2026-11-23 09:00"), want: []string{"Sinds maandag 23 november 2026 17:30 uur (14 uur en 30 minuten)"}},
		{name: "bad-monday", at: "2026-11-23 08:00", night: badWeekend, want: []string{"62 uur en 30 minuten", "HS-2", "M-20618", "WT-220 bestellen", "N2-04", "W-312"}, level: report.Urgent},
		{name: "bad-monday-en", at: "2026-11-23 08:00", night: badWeekend, ask: headstart.ReportAsk{Lang: "en"}, want: []string{"62 hours and 30 minutes", "NOBODY"}, level: report.Urgent},
		{name: "standup", at: "2026-11-23 08:25", night: badWeekend, ask: headstart.ReportAsk{Edition: headstart.EditionStandup}, want: []string{"nieuw sinds 08:00"}, level: report.Urgent},
		{name: "mid-outage", at: "2026-11-23 10:12", night: badWeekend, want: []string{"NU BEZIG"}, level: report.Urgent},
		{name: "easter", at: "2026-04-07 08:00", night: quiet("2026-04-02 09:00", headstart.Holiday{From: "2026-04-03", Name: "Goede Vrijdag"}, headstart.Holiday{From: "2026-04-06", Name: "Paasmaandag"}), want: []string{"Sinds donderdag 2 april 2026 17:30 uur (110 uur en 30 minuten)"}},
		{name: "dst-spring", at: "2026-03-30 08:00", night: quiet("2026-03-27 09:00"), want: []string{"Sinds vrijdag 27 maart 2026 17:30 uur (61 uur en 30 minuten)"}},
		{name: "dst-autumn", at: "2026-10-26 08:00", night: quiet("2026-10-23 09:00"), want: []string{"Sinds vrijdag 23 oktober 2026 17:30 uur (63 uur en 30 minuten)"}},
		{name: "summer-first-day", at: "2026-07-20 08:00", night: holiday, want: []string{"gesloten t/m 30 augustus, 1 printer uit", "Z1-01"}, level: report.Attention},
		{name: "summer-last-day", at: "2026-08-30 08:00", night: holiday, want: []string{"gesloten t/m 30 augustus", "NIEMAND heeft nu dienst"}, level: report.Attention},
		{name: "part-timer", at: "2026-11-24 08:00", night: badWeekend, seen: "2026-11-19 17:00", want: []string{"Sinds donderdag 19 november 2026 17:00 uur", "u keek"}, level: report.Urgent},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := c.night(t)
			if c.seen != "" {
				c.ask.Since, c.ask.Mark, c.ask.Seen = n.at(c.seen), n.at(c.seen), true
			}
			m := n.morning(c.at, c.ask)
			text := m.Text(80, false)
			if again := n.morning(c.at, c.ask).Text(80, false); again != text {
				t.Errorf("the same log and time give other bytes:\n%s", gocmp.Diff(text, again))
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing", want)
				}
			}
			if m.Level != c.level {
				t.Errorf("level %d, want %d", m.Level, c.level)
			}
			looksRight(t, m, text)
			goldenMorning(t, c.name, text)
		})
	}
}

// looksRight holds what every report promises, whatever is in it.
func looksRight(t *testing.T, m *report.Morning, text string) {
	t.Helper()
	for n, line := range strings.Split(text, "\n") {
		if got := len([]rune(line)); got > 80 {
			t.Errorf("line %d has %d columns", n+1, got)
		}
	}
	one, _, _ := strings.Cut(text, "\n\n")
	if got := strings.Count(one, "\n") + 1; got > 25 {
		t.Errorf("page one has %d lines, want at most 25", got)
	}
	mail, err := m.Mail()
	if err != nil {
		t.Fatal(err)
	}
	if len(mail) > 100_000 || strings.Contains(mail, "<img") || strings.Contains(mail, "<script") {
		t.Errorf("the mail has %d bytes, or loads something", len(mail))
	}
	for _, hidden := range []string{"GEHEIM", "GEHEIME-TITEL", "Directie"} {
		for form, said := range map[string]string{"text": text, "mail": mail, "markdown": m.Markdown()} {
			if strings.Contains(said, hidden) {
				t.Errorf("the %s holds %q", form, hidden)
			}
		}
	}
}

func goldenMorning(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "mornings", name+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if it is right, run go test ./cmd/headstart -run TestMorningsFromTheLog -update:\n%s", path, diff)
	}
}
