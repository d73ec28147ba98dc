package announce

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

// The words people read, whole, in both languages and both forms of address.
func TestGolden(t *testing.T) {
	loc := amsterdam(t)
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 23, hour, minute, 0, 0, loc) }
	vars := func(lang string) map[string]string {
		return map[string]string{
			"Name": "printer N2-04", "Where": half(lang, "Gebouw Noord, verdieping 2", "North building, floor 2"),
			"Ref": "HS-12", "Contact": half(lang, "Servicedesk, telefoon 1234", "Service desk, phone 1234"),
		}
	}
	cases := map[string]headstart.Wording{
		"investigating-unattended": {Phase: headstart.Investigating, Since: at(8, 12), NextUpdate: at(9, 15)},
		"investigating-attended":   {Phase: headstart.Investigating, Since: at(8, 12), NextUpdate: at(9, 15), Attended: true},
		"investigating-closed":     {Phase: headstart.Investigating, Since: at(8, 12), LookFrom: at(8, 0).AddDate(0, 0, 1), NextUpdate: at(8, 30).AddDate(0, 0, 1)},
		"resolved-by-itself":       {Phase: headstart.Solved, Since: at(8, 12), Ended: at(10, 21)},
		"resolved-by-person":       {Phase: headstart.Solved, Since: at(8, 12), Ended: at(10, 21), ByPerson: true},
	}
	// In the night in which clocks jump, from one day into the next.
	planned := headstart.Wording{Now: time.Date(2027, 3, 24, 9, 0, 0, 0, loc), Start: time.Date(2027, 3, 27, 22, 0, 0, 0, loc), End: time.Date(2027, 3, 28, 4, 0, 0, 0, loc)}
	for name, phase := range map[string]headstart.Phase{
		"work-announced": headstart.MaintenanceAnnounced, "work-started": headstart.MaintenanceStarted, "work-extended": headstart.MaintenanceExtended,
		"work-done": headstart.MaintenanceDone, "work-cancelled": headstart.MaintenanceCancelled,
	} {
		in := planned
		in.Phase, in.ByPerson = phase, phase == headstart.MaintenanceDone
		switch phase {
		case headstart.MaintenanceAnnounced, headstart.MaintenanceCancelled: // days ahead
		case headstart.MaintenanceExtended:
			in.Now, in.EndOld, in.End = planned.End, planned.End, planned.End.Add(90*time.Minute)
			in.NextUpdate = in.End
		default:
			in.Now = planned.Start
		}
		cases[name] = in
	}
	for name, in := range cases {
		for suffix, v := range map[string]voice{"nl": {"nl", "u"}, "nl-je": {"nl", "je"}, "en": {"en", "u"}} {
			t.Run(name+"-"+suffix, func(t *testing.T) {
				in := in // each voice has its own
				in.Kind, in.Effect, in.Lang, in.Vars = headstart.KindPrinter, "down", v.lang, vars(v.lang)
				switch {
				case !in.Now.IsZero():
					in.Vars["Ref"] = "HS-W7"
				case in.Phase == headstart.Solved:
					in.Now = at(10, 36)
				default:
					in.Now = at(8, 15)
				}
				golden(t, name+"-"+suffix, page(New(nil, v.address, nil).Compose(in)))
			})
		}
	}
}

// page lays a message out for review.
func page(c headstart.Composed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title:   %s\nsubject: %s\nshort:   %s\nphone:   %s\n", c.Text.Title, c.Text.Subject, c.Text.Short, c.Text.Phone)
	fmt.Fprintf(&b, "missing: %v\nhits:    %v\ntoolong: %t\n\n%s\n", c.Missing, c.Hits, c.TooLong, c.Text.Body)
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if it is meant, run go test ./announce -update and review:\n%s", file, diff)
	}
}
