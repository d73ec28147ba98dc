package announce

import (
	"slices"
	"testing"

	"headstart"
)

// TestFields: an editor offers what a message prints, and of that only what a person may
// write; every place for a text of one's own is among it.
func TestFields(t *testing.T) {
	w := New(nil, "u", nil)
	for phase, slot := range map[headstart.Phase]string{
		headstart.Investigating: "Where", headstart.Progress: "Progress", headstart.WorkaroundFound: "Workaround", headstart.Solved: "Cause", headstart.ETAChanged: "Reason",
	} {
		got := w.Fields(phase)
		if !slices.Contains(got, slot) {
			t.Errorf("%s has %v, want %s among them", phase, got, slot)
		}
		for _, name := range got {
			if !headstart.TypedName(name) {
				t.Errorf("%s offers %s, which nobody may write", phase, name)
			}
		}
	}
	if got := w.Fields("no phase"); got != nil {
		t.Errorf("an unknown phase has %v", got)
	}
}
