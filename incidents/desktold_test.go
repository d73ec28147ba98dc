package incidents

import (
	"strings"
	"testing"
	"unsafe"
)

// TestIncidentsAreSmall: a hundred thousand that are over stay in memory; beyond 1536 bytes
// the next size is 1792.
func TestIncidentsAreSmall(t *testing.T) {
	if got := unsafe.Sizeof(incident{}); got > 1536 {
		t.Errorf("an incident takes %d bytes, want at most 1536", got)
	}
}

// TestDeskToldNothing: that somebody looked what the desk was told leaves no word in a row.
func TestDeskToldNothing(t *testing.T) {
	i, b := &incident{}, &book{dirty: newDirty()}
	before := string(b.appendRow(nil, i))
	_ = i.X.desk()
	if after := string(b.appendRow(nil, i)); after != before {
		t.Errorf("the row was %s, and is %s", before, after)
	}
	i.X.desk().N = 1
	if row := string(b.appendRow(nil, i)); !strings.Contains(row, `"desk":{"n":1}`) {
		t.Errorf("what the desk was told is not in %s", row)
	}
}
