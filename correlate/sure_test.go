package correlate

import (
	"testing"

	"headstart"
)

// Near certainty no score can be a tenth ahead of another; there the doubt counts.
func TestAhead(t *testing.T) {
	for _, x := range []struct {
		first, second float64
		want          bool
	}{
		{.92, .82, true},
		{.92, .83, false},
		{.99, .92, true},
		{.99, .925, false},
		{.98, .96, false},
		{1, .9999, true},
		{1, 1, false},
		{.9, .1, true},
	} {
		if got := ahead(x.first, x.second); got != x.want {
			t.Errorf("%v is ahead of %v: %v, want %v", x.first, x.second, got, x.want)
		}
	}
}

func TestBrokenness(t *testing.T) {
	for name, x := range map[string]struct {
		cues   map[string]int
		length int
		want   float64
	}{
		"no complaint":              {nil, 5, 0},
		"one in few words":          {map[string]int{"malfunction": 1}, 4, .75},
		"one in many words":         {map[string]int{"malfunction": 1}, 60, .5},
		"one that says hardly what": {map[string]int{"malfunction": 1, "vague": 1}, 4, .5},
		"two":                       {map[string]int{"malfunction": 2}, 60, 1},
		"many, some of them vague":  {map[string]int{"malfunction": 5, "vague": 2}, 60, 1},
	} {
		if got := brokenness(&headstart.Evidence{Cues: x.cues, Length: x.length}); got != x.want {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}
