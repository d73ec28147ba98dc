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

// TestMorningRecurringKnown: beside a cause that keeps coming back stands the known error
// that its incident was said to be, else the one that names the cause; never one that the
// reader may not know of or that is out of use.
func TestMorningRecurringKnown(t *testing.T) {
	s := newState(t)
	s.catalog(nil)
	for n, known := range []string{"KE-2", ""} { // the latest has no answer yet
		i := headstart.Incident{
			V: 1, ID: headstart.IncidentID("HS-" + string(rune('1'+n))), Seq: n + 1, State: headstart.Closed, KnownError: known,
			Title: headstart.Names{"": "Wifi"}, OpenedAt: s.at("2026-11-22 09:00"), StartedAt: s.at("2026-11-22 09:00"),
			Cause:            headstart.Cause{Asset: "nrd-sw-02", Kind: headstart.CauseObserved},
			ProblemCandidate: &headstart.ProblemCandidate{Count: 3, Days: 7},
		}
		s.put(headstart.TableIncidents, string(i.ID), i)
	}
	record := func(id string, change func(*headstart.KnownRecord)) {
		k := headstart.KnownRecord{V: 1, Own: true, KnownError: headstart.KnownError{ID: id, Workaround: headstart.Names{"nl": "doe " + id}}}
		change(&k)
		s.put(headstart.TableKnown, id, k)
	}
	names := func(k *headstart.KnownRecord) { k.Assets = []string{"nrd-sw-02"} }
	steps := []struct {
		what   string
		change func()
		want   string
	}{
		{"nothing written down", func() {}, ""},
		{"two name the cause", func() { record("KE-10", names); record("KE-9", names) }, "KE-9"},
		{"an incident was said to be another", func() { record("KE-2", func(*headstart.KnownRecord) {}) }, "KE-2"},
		{"that one is confidential", func() { record("KE-2", func(k *headstart.KnownRecord) { k.Confidential = true }) }, "KE-9"},
		{"the next is out of use", func() {
			record("KE-9", func(k *headstart.KnownRecord) { names(k); k.RetiredAt = s.ptr("2026-11-22 10:00") })
		}, "KE-10"},
	}
	for _, step := range steps {
		step.change()
		m := s.report("2026-11-23 08:00", "nl")
		if len(m.Recurring) != 1 || m.Recurring[0].KnownError != step.want {
			t.Fatalf("%s: listed are %+v, want one with %q", step.what, m.Recurring, step.want)
		}
		if shown := strings.Contains(m.Text(100, false), "Bekende fout "+step.want+": doe "+step.want); shown != (step.want != "") {
			t.Errorf("%s: shown is %t in\n%s", step.what, shown, m.Text(100, false))
		}
	}
}
