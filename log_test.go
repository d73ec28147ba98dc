package headstart

import (
	"encoding/json"
	"testing"
)

func TestCursorOrder(t *testing.T) {
	ordered := []Cursor{
		{}, {Part: 1}, {Off: Offset{Ms: 1}}, {Off: Offset{Ms: 1}, Part: 7}, {Off: Offset{Ms: 1, Seq: 1}}, {Off: Offset{Ms: 10}}, {Off: Offset{Ms: 10, Seq: 12}},
	}
	for i, c := range ordered {
		for j, d := range ordered {
			got := c.Compare(d)
			if (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s compared with %s gives %d", c, d, got)
			}
		}
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Cursor
		if err := json.Unmarshal(data, &back); err != nil || back != c {
			t.Errorf("%s came back as %s: %v", c, back, err)
		}
	}
}

// What is accepted is written back to something that means the same.
func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"0-0/0", "1795295378324-193/3", "1-2", "-1-2/3", "1-2/4294967296", "+1-2/3", "01-2/3", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCursor(s)
		if err != nil {
			return
		}
		back, err := ParseCursor(c.String())
		if err != nil || back != c {
			t.Fatalf("%q gives %s, which gives %s: %v", s, c, back, err)
		}
	})
}
