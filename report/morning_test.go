package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"headstart"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

// state is a View under construction.
type state struct {
	t    testing.TB
	zone *time.Location
	rows []headstart.FeedOp
}

func newState(t testing.TB) *state {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return &state{t: t, zone: zone}
}

func (s *state) at(v string) time.Time {
	s.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", v, s.zone)
	if err != nil {
		s.t.Fatal(err)
	}
	return at
}

func (s *state) ptr(v string) *time.Time { at := s.at(v); return &at }

func (s *state) put(table, key string, row any) {
	s.t.Helper()
	b, err := json.Marshal(row)
	if err != nil {
		s.t.Fatal(err)
	}
	s.rows = append(s.rows, headstart.FeedOp{Table: table, Row: headstart.Row{Key: key, Val: b}})
}

// input is what a report of the state at a time is made of.
func (s *state) input(now, language string) Input {
	s.t.Helper()
	v := headstart.NewView()
	off := headstart.Offset{Ms: uint64(s.at(now).UnixMilli())}
	if err := v.Reset(headstart.Cursor{Off: off}, off, s.rows); err != nil {
		s.t.Fatal(err)
	}
	return Input{View: v, Now: s.at(now), Zone: s.zone, Lang: language}
}

// report makes the report of the state at a time.
func (s *state) report(now, language string, change ...func(*Input)) *Morning {
	s.t.Helper()
	in := s.input(now, language)
	for _, c := range change {
		c(&in)
	}
	return NewMorning(in)
}

func (s *state) catalog(cal *headstart.Calendar) {
	s.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Calendar: cal, Catalog: &headstart.Catalog{
		Organisation: "Voorbeeld College",
		Locations:    []headstart.Location{{ID: "noord", Name: headstart.Names{"nl": "Gebouw Noord", "en": "North building"}}},
		Services: []headstart.Service{
			{ID: "wifi", Name: headstart.Names{"nl": "Wifi", "en": "Wifi"}}, {ID: "hr", Name: headstart.Names{"": "HR"}, Confidential: true},
		},
		Devices: []headstart.Device{{ID: "nrd-sw-02", Name: headstart.Names{"": "NRD-SW-02"}}, {ID: "hr-01", Confidential: true}},
	}})
}

// badMonday is a weekend with everything in it.
func badMonday(t *testing.T) *state {
	s := newState(t)
	s.catalog(&headstart.Calendar{})
	lead := int64(480)
	s.put(headstart.TableIncidents, "HS-1042", headstart.Incident{
		V: 1, ID: "HS-1042", Seq: 1042, State: headstart.Open, Priority: "P1", Title: headstart.Names{"nl": "Wifi en internet werken niet", "en": "Wifi and internet do not work"},
		Cause:     headstart.Cause{Asset: "nrd-sw-02", Kind: headstart.CauseObserved, Reason: "antwoordt niet"},
		StartedAt: s.at("2026-11-23 07:41"), AnnouncedAt: s.ptr("2026-11-23 07:44"), NextUpdateBy: s.ptr("2026-11-23 08:30"),
		Group: 7, Services: []string{"wifi"}, Locations: []string{"noord"}, People: 180, Owner: "joris", RecurrenceOf: "HS-1021",
		Alerts: headstart.AlertCounts{Total: 39, Firing: 39}, Tickets: headstart.TicketCounts{Linked: 9, Suggested: 3},
	})
	s.put(headstart.TableIncidents, "HS-1043", headstart.Incident{
		V: 1, ID: "HS-1043", Seq: 1043, State: headstart.Open, Priority: "P3", StartedAt: s.at("2026-11-23 07:58"), People: 34,
		Title: headstart.Names{"nl": "Roosterplanner is langzaam en deze titel is zo lang dat hij nooit op een regel past", "en": "Timetable is slow"}, Alerts: headstart.AlertCounts{Total: 1}, Tickets: headstart.TicketCounts{Linked: 1},
	})
	s.put(headstart.TableIncidents, "HS-1039", headstart.Incident{
		V: 1, ID: "HS-1039", Seq: 1039, Group: 5, State: headstart.Closed, Priority: "P3", StartedAt: s.at("2026-11-21 23:40"), ResolvedAt: s.ptr("2026-11-22 00:31"), CloseReason: "resolved",
		Title: headstart.Names{"nl": "Mail kwam later aan", "en": "Mail arrived late"}, Tickets: headstart.TicketCounts{Linked: 2, LeftOut: 1}, LeadSeconds: &lead,
	})
	s.put(headstart.TableIncidents, "HS-1030", headstart.Incident{
		V: 1, ID: "HS-1030", Seq: 1030, State: headstart.Closed, StartedAt: s.at("2026-11-19 09:00"), ResolvedAt: s.ptr("2026-11-19 10:00"), Title: headstart.Names{"": "voor het venster"},
	})
	s.put(headstart.TableIncidents, "HS-1044", headstart.Incident{
		V: 1, ID: "HS-1044", Seq: 1044, State: headstart.Open, Priority: "P1", Confidential: true, Title: headstart.Names{"": "GEHEIM"}, StartedAt: s.at("2026-11-23 07:00"),
	})
	s.put(headstart.TableAnnouncements, "a.noord", headstart.Announcement{
		V: 1, ID: "a.noord", Incident: "HS-1042", Audience: "noord", State: headstart.AnnouncementPublished, NextUpdateBy: s.ptr("2026-11-23 08:30"), People: 180,
		Updates: []headstart.Update{{N: 1, At: s.at("2026-11-23 07:44"), Text: map[string]headstart.Text{"nl": {Title: "Wifi en internet werken niet"}, "en": {Title: "Wifi and internet do not work"}}}},
		Draft:   &headstart.Update{N: 2, Text: map[string]headstart.Text{"nl": {Title: "Stand van zaken"}, "en": {Title: "Progress"}}, Why: []string{"een medewerker schreef deze tekst"}},
	})
	s.put(headstart.TableAnnouncements, "b.x", headstart.Announcement{
		V: 1, ID: "b.x", Incident: "HS-1044", Audience: "x", Confidential: true, State: headstart.AnnouncementPublished, Updates: []headstart.Update{{Text: map[string]headstart.Text{"nl": {Title: "GEHEIM"}}}},
	})
	ticket := func(id, priority, at string, links ...headstart.Link) {
		s.put(headstart.TableTickets, "rt/"+id, headstart.TicketState{V: 1, Ticket: headstart.Ticket{Source: "rt", ID: id, Priority: priority, CreatedAt: s.at(at), Requester: headstart.Requester{Location: "noord"}}, Links: links})
	}
	ticket("M-20618", "P1", "2026-11-22 22:47")
	ticket("M-20633", "P2", "2026-11-23 07:49", headstart.Link{Incident: "HS-1042", Group: 7, Score: .8, Band: headstart.BandSuggest})
	ticket("M-20577", "P3", "2026-11-19 11:00")
	ticket("M-20500", "P3", "2026-11-21 23:50", headstart.Link{Incident: "HS-1039", Group: 5, Verdict: "linked"})
	s.put(headstart.TableMaintenance, "W-312", headstart.MaintenanceWindow{ID: "W-312", Services: []string{"wifi"}, StartsAt: s.at("2026-11-23 12:15"), EndsAt: s.at("2026-11-23 12:45"), Summary: headstart.Names{"nl": "Wifi gebouw Noord werkt niet", "en": "No wifi in the North building"}})
	s.put(headstart.TableMaintenance, "W-400", headstart.MaintenanceWindow{ID: "W-400", Services: []string{"wifi"}, StartsAt: s.at("2026-11-25 12:15"), EndsAt: s.at("2026-11-25 12:45")})
	s.put(headstart.TableDesk, "1", headstart.DeskNote{V: 1, ID: "1", Kind: "handover", By: "daan", At: s.at("2026-11-20 17:25"), Text: "Reserveverdeler ligt in kast K3, sleutel bij de balie. Bij herhaling leverancier bellen, zaak 88-4120."})
	s.put(headstart.TableDesk, "2", headstart.DeskNote{V: 1, ID: "2", Kind: "todo", By: "daan", At: s.at("2026-11-20 17:26"), Text: "WT-220 bestellen", For: "samira", Due: s.at("2026-11-23 11:30")})
	s.put(headstart.TableDesk, "3", headstart.DeskNote{V: 1, ID: "3", Kind: "todo", By: "daan", At: s.at("2026-11-20 17:27"), Text: "al gedaan", Done: s.at("2026-11-20 18:00")})
	s.put(headstart.TableDesk, "4", headstart.DeskNote{V: 1, ID: "4", Kind: "notice", By: "daan", At: s.at("2026-11-19 12:00"), Text: "verlopen", Until: s.at("2026-11-20 12:00")})
	return s
}

func checks(s *state) func(*Input) {
	return func(in *Input) {
		in.URL = "https://desk.example.org"
		in.Checks = []headstart.CheckResult{
			{Probe: "mail", Service: "mail", Verdict: headstart.OK, At: s.at("2026-11-23 07:59")},
			{Probe: "core", Asset: "nrd-sw-02", Verdict: headstart.Down, Reason: "antwoordt niet", At: s.at("2026-11-23 07:58")},
			{Probe: "hr", Asset: "hr-01", Verdict: headstart.Down, Reason: "GEHEIM", At: s.at("2026-11-23 07:58")},
			{Probe: "vpn", Target: "vpn.example.org", Verdict: headstart.Unknown, Reason: "not checked yet", At: s.at("2026-11-23 07:55")},
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with go test ./report -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if it is right, run go test ./report -update:\n%s", path, diff)
	}
}

func TestMorningTexts(t *testing.T) {
	quiet := func(s *state) { s.catalog(&headstart.Calendar{}) }
	cases := map[string]struct {
		state func(*state)
		now   string
		lang  string
		level Level
	}{
		"monday-nl":  {now: "2026-11-23 08:00", lang: "nl", level: Urgent},
		"monday-en":  {now: "2026-11-23 08:00", lang: "en", level: Urgent},
		"tuesday-nl": {state: quiet, now: "2026-11-24 08:00", lang: "nl", level: Quiet},
		"tuesday-en": {state: quiet, now: "2026-11-24 08:00", lang: "en", level: Quiet},
		// The clocks go back in the night of 25 October 2026: Friday 17:30 to Monday
		// 08:00 is 63 h 30 min, one hour more than on any other weekend.
		"dst-nl": {state: quiet, now: "2026-10-26 08:00", lang: "nl", level: Quiet},
		"dst-en": {state: quiet, now: "2026-10-26 08:00", lang: "en", level: Quiet},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := badMonday(t)
			var change []func(*Input)
			if c.state != nil {
				s = newState(t)
				c.state(s)
			} else {
				change = append(change, checks(s))
			}
			m := s.report(c.now, c.lang, change...)
			if m.Level != c.level {
				t.Errorf("level %d, want %d", m.Level, c.level)
			}
			out := m.Text(80, false)
			golden(t, name, out)
			html, err := m.HTML()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".html", string(html))
			if again := s.report(c.now, c.lang, change...).Text(80, false); again != out {
				t.Error("the same state and the same now gave other bytes")
			}
			for _, width := range []int{40, 60, 80, 120} {
				if clock := m.say.Clock(m.At); !strings.Contains(strings.SplitN(m.Text(width, false), m.Window()[:6], 2)[0], clock) {
					t.Errorf("width %d: the title has lost its time %s", width, clock)
				}
				for n, line := range strings.Split(m.Text(width, false), "\n") {
					if len([]rune(line)) > width {
						t.Errorf("width %d: line %d has %d columns: %q", width, n+1, len([]rune(line)), line)
					}
				}
			}
			for _, r := range m.Text(80, true) {
				if r > unicode.MaxASCII {
					t.Fatalf("--ascii printed %q", r)
				}
			}
		})
	}
}

// ASCII has no sign for a cut: three dots stand for it, within the width.
func TestMorningCutInASCII(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	s.put(headstart.TableIncidents, "HS-1", headstart.Incident{
		V: 1, ID: "HS-1", Seq: 1, State: headstart.Open, Priority: "P3", StartedAt: s.at("2026-11-24 07:00"),
		Title: headstart.Names{"": strings.Repeat("lange titel ", 20)}, Owner: strings.Repeat("jo…", 9),
	})
	m := s.report("2026-11-24 08:00", "nl", func(in *Input) { in.URL = "https://desk.example.org/" + strings.Repeat("…", 30) })
	for _, width := range []int{40, 60, 80} {
		out := m.Text(width, true)
		if !strings.Contains(out, "HS-1  lange") || !strings.Contains(out, "jo...jo...") {
			t.Errorf("width %d: title or owner is missing:\n%s", width, out)
		}
		for n, line := range strings.Split(out, "\n") {
			if len(line) > width {
				t.Errorf("width %d: line %d has %d columns: %q", width, n+1, len(line), line)
			}
			if strings.Contains(line, "HS-1  lange") && !strings.Contains(line, "...") {
				t.Errorf("width %d: the title is cut without three dots: %q", width, line)
			}
		}
	}
}

// Counts of one and of many are said in words that fit.
func TestMorningCounts(t *testing.T) {
	for name, c := range map[string]struct {
		lang                   string
		alerts, linked, people int
		folded, sentence       string
	}{
		"one nl":  {"nl", 1, 1, 1, "1 signaal → 1 storing · 1 melding gekoppeld, 0 mogelijk", "Er loopt nu 1 storing, ± 1 mens."},
		"many nl": {"nl", 4, 2, 9, "4 signalen → 1 storing · 2 meldingen gekoppeld, 0 mogelijk", "Er loopt nu 1 storing, ± 9 mensen."},
		"one en":  {"en", 1, 1, 1, "1 alert → 1 incident · 1 ticket linked, 0 possible", "1 incident is running, ± 1 person."},
		"many en": {"en", 4, 2, 9, "4 alerts → 1 incident · 2 tickets linked, 0 possible", "1 incident is running, ± 9 people."},
	} {
		t.Run(name, func(t *testing.T) {
			s := newState(t)
			s.catalog(nil)
			s.put(headstart.TableIncidents, "HS-1", headstart.Incident{
				V: 1, ID: "HS-1", Seq: 1, State: headstart.Open, Priority: "P3", StartedAt: s.at("2026-11-24 07:00"), People: c.people, Owner: "joris",
				Alerts: headstart.AlertCounts{Total: c.alerts}, Tickets: headstart.TicketCounts{Linked: c.linked},
			})
			m := s.report("2026-11-24 08:00", c.lang)
			if m.Sentence != c.sentence {
				t.Errorf("the sentence is %q, want %q", m.Sentence, c.sentence)
			}
			html, err := m.HTML()
			if err != nil {
				t.Fatal(err)
			}
			for form, out := range map[string]string{"text": m.Text(80, false), "html": string(html)} {
				if !strings.Contains(out, c.folded) {
					t.Errorf("the %s lacks %q:\n%s", form, c.folded, out)
				}
			}
		})
	}
}

// Ruling 30: confidential incidents, messages and checks appear in no form.
func TestMorningHidesTheConfidential(t *testing.T) {
	s := badMonday(t)
	m := s.report("2026-11-23 08:00", "nl", checks(s))
	b, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	html, err := m.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for form, out := range map[string]string{"text": m.Text(80, false), "json": string(b), "html": string(html)} {
		for _, secret := range []string{"GEHEIM", "HS-1044", "hr-01"} {
			if strings.Contains(out, secret) {
				t.Errorf("%s holds %s", form, secret)
			}
		}
	}
}

func TestMorningWindow(t *testing.T) {
	cal := &headstart.Calendar{Holidays: []headstart.Holiday{{From: "2026-04-03"}, {From: "2026-04-06"}}} // Good Friday, Easter Monday
	for name, c := range map[string]struct{ now, want string }{
		"a weekday begins the evening before":            {"2026-11-24 08:00", "2026-11-23 17:30"},
		"Monday begins on Friday":                        {"2026-11-23 08:00", "2026-11-20 17:30"},
		"after Easter it begins on Thursday":             {"2026-04-07 08:00", "2026-04-02 17:30"},
		"over the night the clocks go back":              {"2026-10-26 08:00", "2026-10-23 17:30"},
		"over the night the clocks go forward":           {"2026-03-30 08:00", "2026-03-27 17:30"},
		"in the evening it begins where the day ended":   {"2026-11-23 18:00", "2026-11-23 17:30"},
		"on a holiday it begins on the last day of work": {"2026-04-06 09:00", "2026-04-02 17:30"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newState(t)
			s.catalog(cal)
			if got := s.report(c.now, "nl").Since; !got.Equal(s.at(c.want)) {
				t.Errorf("window begins %s, want %s", got, c.want)
			}
		})
	}
}

func TestMorningLevel(t *testing.T) {
	incident := func(priority string) func(*state) {
		return func(s *state) {
			s.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", Seq: 1, State: headstart.Open, Priority: priority, StartedAt: s.at("2026-11-24 07:00")})
		}
	}
	ticket := func(t headstart.Ticket) func(*state) {
		return func(s *state) {
			t.Source, t.ID, t.CreatedAt = "rt", "1", s.at("2026-11-24 06:00")
			s.put(headstart.TableTickets, "rt/1", headstart.TicketState{V: 1, Ticket: t})
		}
	}
	todo := func(due string) func(*state) {
		return func(s *state) {
			s.put(headstart.TableDesk, "1", headstart.DeskNote{V: 1, ID: "1", Kind: "todo", Due: s.at(due)})
		}
	}
	for name, c := range map[string]struct {
		state func(*state)
		want  Level
	}{
		"nothing":                            {func(*state) {}, Quiet},
		"a P2 runs":                          {incident("P2"), Urgent},
		"a P3 runs":                          {incident("P3"), Attention},
		"an urgent ticket waits":             {ticket(headstart.Ticket{Priority: "P1"}), Urgent},
		"an urgent ticket of a monitor":      {ticket(headstart.Ticket{Priority: "P1", Channel: "monitoring"}), Quiet},
		"an urgent ticket that was answered": {ticket(headstart.Ticket{Priority: "P1", FirstResponseAt: time.Unix(1, 0)}), Quiet},
		"an urgent ticket that was solved":   {ticket(headstart.Ticket{Priority: "P1", Status: "closed"}), Quiet},
		"an ordinary ticket":                 {ticket(headstart.Ticket{Priority: "P3"}), Quiet},
		"a task due today":                   {todo("2026-11-24 16:00"), Attention},
		"a task due tomorrow":                {todo("2026-11-25 16:00"), Quiet},
	} {
		t.Run(name, func(t *testing.T) {
			s := newState(t)
			s.catalog(nil)
			c.state(s)
			if got := s.report("2026-11-24 08:00", "nl").Level; got != c.want {
				t.Errorf("level %d, want %d", got, c.want)
			}
		})
	}
}

func TestMorningJSON(t *testing.T) {
	s := badMonday(t)
	b, err := s.report("2026-11-23 08:00", "nl", checks(s)).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Level   int
		Running []struct{ ID, Owner string }
		Tickets struct{ Unlinked int }
	}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&out); err != nil {
		t.Fatal(err)
	}
	if out.Level != 2 || len(out.Running) != 2 || out.Running[0].ID != "HS-1042" || out.Tickets.Unlinked != 3 {
		t.Errorf("got %+v", out)
	}
	quiet := newState(t)
	quiet.catalog(nil)
	b, err = quiet.report("2026-11-24 08:00", "nl").JSON()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, ": null") && !strings.Contains(line, `"oldest"`) && !strings.Contains(line, `"new_since"`) {
			t.Errorf("an empty list is null: %s", line)
		}
	}
}

// Text from outside is data (ruling 45): it neither colours a terminal, nor
// turns a line round, nor runs in a page.
func TestMorningHostileText(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	evil := "<script>alert(1)</script>\x1b[31m\u202Erood\n\"><img src=x onerror=alert(1)>" + strings.Repeat("w", 10_000)
	s.put(headstart.TableIncidents, "HS-1", headstart.Incident{V: 1, ID: "HS-1", Seq: 1, State: headstart.Open, Priority: "P3", Title: headstart.Names{"": evil}, Owner: evil, Cause: headstart.Cause{Asset: evil, Reason: evil}})
	s.put(headstart.TableDesk, "1", headstart.DeskNote{V: 1, ID: "1", Kind: "handover", By: evil, Text: evil})
	m := s.report("2026-11-24 08:00", "nl")
	out := m.Text(80, false)
	if strings.ContainsAny(out, "\x1b\u202e") {
		t.Error("the text holds control characters")
	}
	for line := range strings.SplitSeq(out, "\n") {
		if len([]rune(line)) > 80 {
			t.Errorf("a line of %d columns", len([]rune(line)))
		}
	}
	html, err := m.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(html), "<script") || strings.Contains(string(html), "<img") {
		t.Error("hostile text runs in the page")
	}
}
