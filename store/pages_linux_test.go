package store

import "testing"

// TestMappedMemory: what is in memory of files is read from where the kernel tells it.
func TestMappedMemory(t *testing.T) {
	for text, want := range map[string]int64{"351236 5210 1234 6000 0 90000 0\n": 1234, "351236 5210": 0, "": 0, "1 2 x 4": 0} {
		if got := mappedIn(text); got != want {
			t.Errorf("of %q %d pages are of files, want %d", text, got, want)
		}
	}
	if MappedMemory() <= 0 {
		t.Error("nothing of this program is in memory")
	}
}
