package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"headstart"
	"headstart/report/column"
)

// badDay is 500 incidents and 10,000 tickets with the words of somebody who means harm.
func badDay(t testing.TB) *state {
	s := newState(t)
	s.catalog(nil)
	evil := `<script>alert(1)</script>"><img src=x> [x](https://evil.example) @all <!channel> ` + strings.Repeat("w", 300)
	for n := range 500 {
		id := fmt.Sprintf("HS-%d", n+1)
		s.put(headstart.TableIncidents, id, headstart.Incident{
			V: 1, ID: headstart.IncidentID(id), Seq: n + 1, State: headstart.Open, Priority: "P2", Title: headstart.Names{"": evil}, StartedAt: s.at("2026-11-24 03:00"), OpenedAt: s.at("2026-11-24 03:00"),
		})
	}
	for n := range 10_000 {
		id := fmt.Sprintf("M-%d", n)
		s.put(headstart.TableTickets, "rt/"+id, headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, Priority: "P1", CreatedAt: s.at("2026-11-24 04:00"), WaitingOn: "us", Requester: headstart.Requester{Location: "noord"}}})
	}
	return s
}

// TestLargestMorning: with 500 incidents and 10,000 tickets every form stays small, in 80
// columns, and page one at 25 lines; hostile text runs nowhere.
func TestLargestMorning(t *testing.T) {
	s := badDay(t)
	m := s.report("2026-11-24 08:00", "nl", func(in *Input) { in.URL = "https://desk.example.org" })
	text := m.Text(80, false)
	one, _, _ := strings.Cut(text, "\n\n")
	if n := strings.Count(one, "\n") + 1; n > pageOne {
		t.Errorf("page one has %d lines", n)
	}
	for line := range strings.Lines(text) {
		if column.Count(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("%q is wider than 80 columns", line)
		}
	}
	mail, err := m.Mail()
	if err != nil {
		t.Fatal(err)
	}
	card, err := m.Card()
	if err != nil {
		t.Fatal(err)
	}
	if len(mail) >= mailMost || len(card) >= cardMost || !json.Valid(card) {
		t.Errorf("the mail has %d bytes, the card %d, valid %v", len(mail), len(card), json.Valid(card))
	}
	if !strings.Contains(mail, "en nog 490") {
		t.Error("the mail does not say how much it leaves out")
	}
	for _, bad := range []string{"<script", "<img", "http-equiv"} {
		if strings.Contains(mail, bad) {
			t.Errorf("the mail holds %q", bad)
		}
	}
	markdown := m.Markdown()
	for _, bad := range []string{"](https://evil", "@all", "<!channel>", "<script"} {
		if strings.Contains(strings.ReplaceAll(markdown, `\<`, ""), bad) {
			t.Errorf("the Markdown holds %q unescaped", bad)
		}
	}
	if len(markdown) > 200_000 {
		t.Errorf("the Markdown has %d bytes", len(markdown))
	}
}

// BenchmarkMorning is what a look at the page costs on such a day, the page included.
func BenchmarkMorning(b *testing.B) {
	in := badDay(b).input("2026-11-24 08:00", "nl")
	for b.Loop() {
		if _, err := NewMorning(in).Fragment(false); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSilentSource: what a source that is too old feeds is unknown, and nothing is called
// well; the sentence names it, and the level asks for attention.
func TestSilentSource(t *testing.T) {
	for name, c := range map[string]struct {
		source Source
		say    string
		level  Level
	}{
		"fresh":           {Source{Name: "rt", Feed: FeedTickets, Interval: 60e9}, "De rest is goed", Quiet},
		"tickets too old": {Source{Name: "rt", Feed: FeedTickets, Interval: 60e9}, "onbekend hoeveel nieuw", Attention},
		"checks too old":  {Source{Feed: FeedChecks, Interval: 60e9}, "stand van de controles onbekend", Attention},
		"printers":        {Source{Feed: FeedPrinters, Interval: 60e9}, "Stand van de printers onbekend", Attention},
		"speaks at will":  {Source{Name: "hook", Feed: FeedTickets}, "De rest is goed", Quiet},
	} {
		s := newState(t)
		s.catalog(nil)
		c.source.At = s.at("2026-11-24 07:00")
		if name == "fresh" {
			c.source.At = s.at("2026-11-24 07:58")
		}
		m := s.report("2026-11-24 08:00", "nl", func(in *Input) {
			in.Sources = []Source{c.source}
			in.Checks = []headstart.CheckResult{{Probe: "p", Service: "wifi", Verdict: headstart.OK, At: s.at("2026-11-24 07:59")}}
		})
		text := m.Text(120, false)
		if m.Level != c.level || !strings.Contains(text, c.say) {
			t.Errorf("%s: level %d, want %d and %q in\n%s", name, m.Level, c.level, c.say, text)
		}
		if incomplete := strings.Contains(text, "Cijfers onvolledig"); incomplete != (c.level == Attention) {
			t.Errorf("%s: incomplete is said %v", name, incomplete)
		}
	}
}

// A check that says nothing is not well: the sentence does not say that all else is.
func TestUnknownIsNotWell(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	m := s.report("2026-11-24 08:00", "nl", func(in *Input) {
		in.Checks = []headstart.CheckResult{{Probe: "p", Service: "wifi", Verdict: headstart.Unknown, At: s.at("2026-11-24 07:59")}}
	})
	if text := m.Text(120, false); strings.Contains(text, "De rest is goed") || !strings.Contains(text, "Van 1 controle is niets bekend.") {
		t.Errorf("one check is unknown, and the report says\n%s", text)
	}
}

// TestWalk: the round goes by the weights of the places, then by floor; what can wait
// joins a stop on its floor; nobody walks to a printer that is off because of a switch.
func TestWalk(t *testing.T) {
	s := newState(t)
	one, two := 1, 2
	dev := func(id, at string, floor *int) headstart.Device {
		return headstart.Device{ID: id, Kind: "printer", Location: at, Floor: floor}
	}
	s.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Catalog: &headstart.Catalog{
		Locations: []headstart.Location{{ID: "noord", Walk: 20}, {ID: "zuid", Walk: 10}, {ID: "los"}},
		Devices:   []headstart.Device{dev("a", "los", nil), dev("b", "noord", &two), dev("c", "noord", &one), dev("d", "zuid", &one), dev("e", "noord", &two), dev("f", "zuid", &two), dev("g", "noord", &one)},
		Parts:     []headstart.Part{{ID: "TN-1", Fits: []string{"b"}, Stock: 2}, {ID: "WT-1", Fits: []string{"b", "e"}}},
	}})
	s.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", Seq: 1, Group: 3, State: headstart.Open, Cause: headstart.Cause{Asset: "sw"}})
	s.put(headstart.TableMembers, "3/1", headstart.Member{V: 1, N: 1, Problem: "g/ipp", Asset: "g"})
	s.put(headstart.TableProblems, "g/ipp", headstart.Problem{V: 1, Key: "g/ipp", Asset: "g", Group: 3, State: headstart.ProblemOpen})
	is := func(asset string, names ...string) headstart.CheckResult {
		r := headstart.CheckResult{Probe: "p", Kind: "printer", Asset: asset, Verdict: headstart.Warn}
		for _, n := range names {
			r.Conditions = append(r.Conditions, headstart.Condition{Name: n, Detail: map[string]string{"toner-low": "Black TN-1"}[n]})
		}
		return r
	}
	low := is("f", "toner-low")
	low.Values = []headstart.Measurement{{Name: "Black", Value: 4, Unit: "%"}}
	m := s.report("2026-11-24 08:00", "nl", func(in *Input) {
		in.Checks = []headstart.CheckResult{is("a", "jam"), is("b", "toner-low"), is("c", "tray-low"), is("d", "paper-empty"), is("e", "waste-full"), low, is("g", "offline")}
	})
	var got []string
	for _, stop := range m.Walk.Stops {
		name := stop.Asset
		if stop.Soon {
			name += "+"
		}
		got = append(got, name)
	}
	if want := "d f b+ e a"; strings.Join(got, " ") != want {
		t.Errorf("the walk is %v, want %s", got, want)
	}
	if len(m.Walk.CanWait) != 1 || !strings.HasPrefix(m.Walk.CanWait[0], "c ") || m.Walk.Paper != 1 {
		t.Errorf("can wait: %v, paper for %d; want c, and 1", m.Walk.CanWait, m.Walk.Paper)
	}
	if take := m.Walk.Take; len(take) != 2 || take[0] != (Take{"TN-1", 1, 2}) || take[1] != (Take{"WT-1", 1, 0}) {
		t.Errorf("take along %+v; want one TN-1 of 2 and one WT-1 of none", take)
	}
	if !strings.Contains(m.Text(80, false), "WT-1 bestellen") {
		t.Error("stock 0 is no task")
	}
}

// TestConfig: what the configuration says of sending is checked, and planned.
func TestConfig(t *testing.T) {
	good := Config{At: "08:00", Standup: "08:25", To: []string{"mail-desk"}}
	if err := good.Validate(); err != nil || good.Plan() == nil || DefaultConfig().Plan() != nil {
		t.Errorf("%v; want a plan, and none by default", err)
	}
	for _, bad := range []Config{{At: "8"}, {At: "08:00", Standup: "08:00"}, {To: []string{"a", "a"}}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
