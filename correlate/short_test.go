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

// TestMembersShareHowTheyJoined: a member says its asset and rule, whether its problem's key
// begins with the asset or not; of those that do, all that joined by a rule share that.
func TestMembersShareHowTheyJoined(t *testing.T) {
	from := joinings{}
	a, b := from.member("sw-1/Down", "sw-1", "G-01", 1), from.member("sw-2/Down", "sw-2", "G-01", 2)
	odd, none := from.member("alert:0a", "sw-3", "G-01", 3), from.member("alert:0b", "", "G-02", 4)
	for _, c := range []struct {
		m           member
		asset, rule string
	}{{a, "sw-1", "G-01"}, {b, "sw-2", "G-01"}, {odd, "sw-3", "G-01"}, {none, "", "G-02"}} {
		if c.m.Asset() != c.asset || c.m.Rule() != c.rule {
			t.Errorf("%s: asset %q by rule %q, want %q by %q", c.m.Problem, c.m.Asset(), c.m.Rule(), c.asset, c.rule)
		}
	}
	if a.how != b.how || a.how == odd.how || len(from) != 2 {
		t.Errorf("%d ways to join are kept, want those by two rules", len(from))
	}
	odd.Left = 5
	if from.again(&odd, "G-09", 6); odd.Asset() != "sw-3" || odd.Rule() != "G-09" || odd.Joined != 6 || odd.Left != 0 {
		t.Errorf("who joined again is %+v", odd)
	}
}
