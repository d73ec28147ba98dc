package mib

import (
	"iter"
	"testing"
)

// odd is a device that says the same odd thing wherever it is asked.
type odd struct{ value any }

func (o odd) Column(string) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) { yield("1", o.value) }
}

// Values of another type than theirs are as if they were not there.
func TestWrongTypes(t *testing.T) {
	for _, value := range []any{nil, 1.5, "1.3.6.1"} {
		a := Read(odd{value})
		if a.DeviceStatus != Absent || a.Pages != Absent || a.Supplies[0].Level != Absent || a.Supplies[0].Name != "" || a.Errors.Has(0) {
			t.Errorf("%v: read %+v", value, a)
		}
	}
	if a := Read(odd{uint64(1<<64 - 1)}); a.Pages < 0 {
		t.Errorf("a counter at its end became %d pages", a.Pages)
	}
}

// Whatever stands in the tables, reading them ends, and adds nothing.
func FuzzRead(f *testing.F) {
	f.Add([]byte{0x44, 0}, int64(-3), "1.3.6.1.2.1.25.3.1.5")
	f.Fuzz(func(t *testing.T, text []byte, number int64, oid string) {
		for _, value := range []any{text, number, uint64(number), oid} {
			if a := Read(odd{value}); len(a.Supplies) > 1 || len(a.Alerts) > 1 || len(a.Trays) > 1 {
				t.Errorf("of one row came %d supplies, %d alerts, %d trays", len(a.Supplies), len(a.Alerts), len(a.Trays))
			}
		}
	})
}
