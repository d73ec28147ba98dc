package incidents

import (
	"fmt"
	"strings"
	"testing"

	"headstart"
)

// mutedBy is a story in which marie silenced an outage, and then hans, up to a line.
func mutedBy(t *testing.T, then string) (where []string) {
	t.Helper()
	p := playing(t, "", `08:00:00 silence S-1 until=12:00:00 by=marie comment=new_firmware instance=~(sw-n|prn-.*)
08:00:10 firing HostDown instance=sw-n
08:00:11 firing PrinterDown instance=prn-1
08:02:00 silence S-1 until=12:00:00 by=hans comment=new_firmware instance=~(sw-n|prn-.*)
`+then)
	for _, op := range p.rows(func(string) bool { return true }) {
		for _, name := range []string{"marie", "hans", "desk\"", "new firmware"} {
			if strings.Contains(string(op.Row.Val), name) {
				where = append(where, fmt.Sprintf("%s in %s", name, op.Table))
			}
		}
	}
	return where
}

// TestMutersFade covers rulings 17 and 35: who silenced an outage stands beside it while it
// lives and in its timeline for ninety days, in the line about the silence and in no other.
// After that it was the desk; why it was silenced stays, as a note does.
func TestMutersFade(t *testing.T) {
	over := `09:00:00 resolved HostDown instance=sw-n
09:00:01 resolved PrinterDown instance=prn-1
`
	count := func(then string) map[string]int {
		n := map[string]int{}
		for _, x := range mutedBy(t, then) {
			n[x]++
		}
		return n
	}
	live := count("08:30:00 tick")
	for _, table := range []string{headstart.TableIncidents, headstart.TableGroups, headstart.TableAnnouncements} {
		if live["hans in "+table] == 0 {
			t.Errorf("while it lives nothing in %s says who silenced it: %v", table, live)
		}
	}
	if live["marie in "+headstart.TableTimeline] != 1 || live["hans in "+headstart.TableTimeline] != 1 {
		t.Errorf("the timeline says %v, want each name once, where it was silenced", live)
	}
	for name, n := range count(over + "89+09:00:00 tick") {
		if table := strings.TrimPrefix(strings.TrimPrefix(name, "marie in "), "hans in "); table != name && table != headstart.TableTimeline && table != headstart.TableAudit {
			t.Errorf("it is over and %d rows say %s", n, name)
		}
	}
	late := count(over + "92+09:00:00 tick")
	for name := range late {
		if strings.HasPrefix(name, "marie") || strings.HasPrefix(name, "hans") {
			t.Errorf("after ninety days: %s", name)
		}
	}
	if late[`desk" in `+headstart.TableTimeline] == 0 || late["new firmware in "+headstart.TableTimeline] == 0 {
		t.Errorf("after ninety days nothing says that the desk silenced it, and why: %v", late)
	}
}
