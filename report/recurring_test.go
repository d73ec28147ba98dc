package report

import (
	"strings"
	"testing"

	"headstart"
)

// TestMorningRecurring: a cause that keeps coming back is listed once, by its latest
// incident, for a month; in Dutch and English, on the page and in the text.
func TestMorningRecurring(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	for n, opened := range []string{"2026-09-01 09:00", "2026-11-18 09:00", "2026-11-22 09:00"} {
		i := headstart.Incident{
			V: 1, Seq: n + 1, State: headstart.Closed, Title: headstart.Names{"": "Wifi"}, OpenedAt: s.at(opened), StartedAt: s.at(opened),
			Cause:            headstart.Cause{Asset: "nrd-sw-02", Kind: headstart.CauseObserved},
			ProblemCandidate: &headstart.ProblemCandidate{Count: n + 2, Days: 7},
		}
		i.ID = headstart.IncidentID("HS-" + string(rune('1'+n)))
		s.put(headstart.TableIncidents, string(i.ID), i)
	}
	for language, want := range map[string]string{
		"nl": "NRD-SW-02: 4 keer de oorzaak in 7 dagen",
		"en": "NRD-SW-02: the cause 4 times in 7 days",
	} {
		m := s.report("2026-11-23 08:00", language)
		if len(m.Recurring) != 1 || m.Recurring[0].ID != "HS-3" {
			t.Fatalf("listed are %+v, want HS-3 alone", m.Recurring)
		}
		page, err := m.HTML()
		if err != nil {
			t.Fatal(err)
		}
		for form, text := range map[string]string{"text": m.Text(100, false), "page": string(page)} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s lacks %q", form, want)
			}
		}
	}
	if later := s.report("2027-01-10 08:00", "nl"); len(later.Recurring) != 0 {
		t.Errorf("a month later still listed: %+v", later.Recurring)
	}
}
