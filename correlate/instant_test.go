package correlate

import (
	"testing"
	"time"
)

// TestInstants: what a time is as an instant, and back.
func TestInstants(t *testing.T) {
	for _, test := range []struct {
		name string
		in   time.Time
		want time.Time
	}{
		{"no time", time.Time{}, time.Time{}},
		{"the beginning of 1970", time.Unix(0, 0), time.Unix(0, 1)},
		{"before 1970", time.Unix(-1, 500), time.Unix(-1, 500)},
		{"now", time.Date(2026, 3, 2, 8, 0, 0, 1, time.UTC), time.Date(2026, 3, 2, 8, 0, 0, 1, time.UTC)},
	} {
		if got := instantOf(test.in).Time(); !got.Equal(test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if instantOf(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)) != forever || instantOf(time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)) != earliest {
		t.Error("what is too far does not stand still at the end")
	}
	if forever.Add(time.Hour) != forever || earliest.Add(-time.Hour) != earliest || forever.Sub(earliest) <= 0 {
		t.Error("reckoning runs over")
	}
}
