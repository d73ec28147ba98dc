package report

import (
	"fmt"
	"strings"
	"testing"

	"headstart"
)

// closedNorth is a Monday in the holidays: the building is closed, its printers are
// off, and so is one that nobody may read of.
func closedNorth(t *testing.T, printers int) *state {
	s := newState(t)
	c := &headstart.Catalog{
		Organisation: "Voorbeeld College",
		Locations:    []headstart.Location{{ID: "noord", Name: headstart.Names{"nl": "Noord", "en": "North"}}},
		Devices:      []headstart.Device{{ID: "geheim", Kind: "printer", Location: "noord", Confidential: true}},
	}
	off := func(asset, check, by string) {
		key := asset + "/" + check
		s.put(headstart.TableProblems, key, headstart.Problem{
			V: 1, Key: headstart.ProblemKey(key), Asset: asset, Check: check, State: headstart.ProblemSuppressed,
			Suppressed: &headstart.Suppression{By: by, Since: s.at("2026-12-21 18:00"), Until: s.at("2027-01-04 00:00")},
		})
	}
	for n := range printers {
		id := fmt.Sprintf("prn-%02d", n+1)
		c.Devices = append(c.Devices, headstart.Device{ID: id, Kind: "printer", Location: "noord"})
		off(id, "ipp", "closed:Kerstvakantie")
	}
	off("prn-01", "snmp", "closed:Kerstvakantie") // the same printer, asked in another way
	off("prn-99", "ipp", "W-1")                   // planned work has its own line
	off("geheim", "ipp", "closed:Kerstvakantie")
	s.put(headstart.TableConfig, "current", headstart.LogConfig{Engine: 1, Catalog: c})
	return s
}

// TestClosedIsOneLine covers ruling 23: 31 printers off in a closed building are
// one line, not a line each, and nothing that asks for attention.
func TestClosedIsOneLine(t *testing.T) {
	down := func(in *Input) {
		in.Checks = []headstart.CheckResult{{Probe: "printers", Asset: "prn-07", Verdict: headstart.Down}, {Probe: "printers", Asset: "prn-98", Verdict: headstart.OK}}
	}
	for language, want := range map[string]string{
		"nl": "Noord gesloten t/m 3 januari, 31 printers uit",
		"en": "North closed up to and including 3 January, 31 printers off",
	} {
		m := closedNorth(t, 31).report("2026-12-28 08:00", language, down)
		if len(m.Closed) != 1 || m.Closed[0].Line != want {
			t.Errorf("%s: closed says %+v, want the line %q", language, m.Closed, want)
		}
		if text := m.Text(80, false); strings.Count(text, want) != 1 || strings.Contains(text, "prn-") {
			t.Errorf("%s: want %q once and no printer by name in\n%s", language, want, text)
		}
		html, err := m.HTML()
		if err != nil || !strings.Contains(string(html), want) {
			t.Errorf("%s: the page lacks %q (%v)", language, want, err)
		}
		if m.Level != Quiet || m.Checks.NotOK != 0 || m.Checks.OK != 1 {
			t.Errorf("%s: level %d, %d checks not well; printers of a closed building ask for nothing", language, m.Level, m.Checks.NotOK)
		}
	}
	one := closedNorth(t, 1).report("2026-12-28 08:00", "nl")
	if want := "Noord gesloten t/m 3 januari, 1 printer uit"; len(one.Closed) != 1 || one.Closed[0].Line != want {
		t.Errorf("one printer: %+v, want %q", one.Closed, want)
	}
}

// TestUnstableIsNoOutage covers F-04: what came and went is listed under its own
// heading, not under what was out.
func TestUnstableIsNoOutage(t *testing.T) {
	s := newState(t)
	s.put(headstart.TableIncidents, "HS-1", headstart.Incident{
		V: 1, ID: "HS-1", Seq: 1, State: headstart.Resolved, Priority: "P4", Title: headstart.Names{"nl": "Printer N2-04"}, Tags: []string{"unstable"},
		StartedAt: s.at("2026-11-22 08:00"), ResolvedAt: s.ptr("2026-11-22 09:15"),
	})
	s.put(headstart.TableIncidents, "HS-2", headstart.Incident{
		V: 1, ID: "HS-2", Seq: 2, State: headstart.Open, Priority: "P4", Title: headstart.Names{"nl": "Printer N2-05"}, Tags: []string{"unstable"},
		StartedAt: s.at("2026-11-23 07:00"),
	})
	m := s.report("2026-11-23 08:00", "nl")
	if len(m.Solved) != 0 || len(m.Unstable) != 1 || m.Unstable[0].ID != "HS-1" {
		t.Errorf("solved %v, unstable %v; want HS-1 under unstable only", m.Solved, m.Unstable)
	}
	if len(m.Running) != 1 || !strings.HasSuffix(m.Running[0].State, ", instabiel") {
		t.Errorf("running says %+v, want that HS-2 is unstable", m.Running)
	}
	if text := m.Text(80, false); !strings.Contains(text, "GING OP EN NEER") {
		t.Errorf("no heading for what came and went in\n%s", text)
	}
}
