package correlate

import (
	"slices"
	"testing"
)

// TestShort: a list says what it was last set to, and a copy says what it said then.
func TestShort(t *testing.T) {
	var x short[string]
	for _, want := range [][]string{nil, {"a"}, {"a", "b"}, {"b"}, nil, {"a", "b", "c"}, nil, {"d"}} {
		before, said := x.apart(), slices.Clone(x.list())
		x.set(append(x.list()[:0], want...))
		if got := x.list(); !slices.Equal(got, want) {
			t.Errorf("set to %q, it says %q", want, got)
		}
		if got := before.list(); !slices.Equal(got, said) {
			t.Errorf("a copy of %q says %q once that is %q", said, got, want)
		}
	}
}

// What is looked for is bounded; what was given stays as it is.
func TestSettingsAndHoldersAreBounded(t *testing.T) {
	of, from := settings{}, holders{}
	first, held := of.keep(setting{Check: "0"}), from.all([]string{"0"})
	for n := range 3 * mostSettings {
		of.keep(setting{Check: itoa(n)})
		from.of(itoa(n))
	}
	if len(of) > mostSettings || len(from) > mostHolders {
		t.Errorf("%d settings and %d holders are kept, want at most %d and %d", len(of), len(from), mostSettings, mostHolders)
	}
	if *first != (setting{Check: "0"}) || !slices.Equal(*held, []string{"0"}) {
		t.Errorf("whoever keeps them reads %+v and %q once others were asked for", *first, *held)
	}
}
