package snmp

import (
	"strings"
	"testing"

	"headstart"
)

func condition(t testing.TB, text string) *Condition {
	t.Helper()
	if text == "" {
		return nil
	}
	c, err := NewCondition(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A value is held to its conditions, down before warn; what is no number is not
// compared with one.
func TestValues(t *testing.T) {
	for name, c := range map[string]struct {
		value       any
		down, warn  string
		scale       float64
		want        headstart.Verdict
		says, shown string
	}{
		"well":               {int64(2), "!= 2", "", 0, headstart.OK, "battery is 2 V", ""},
		"down":               {int64(3), "!= 2", "", 0, headstart.Down, "battery is 3 V, down where != 2", "battery 3 V"},
		"warn":               {int64(45), "> 60", "> 40", 0, headstart.Warn, "battery is 45 V, warn where > 40", "battery 45 V"},
		"both":               {int64(70), "> 60", "> 40", 0, headstart.Down, "down where > 60", "battery 70 V"},
		"scaled":             {uint32(315), ">= 31.5", "", 0.1, headstart.Down, "battery is 31.5 V", "battery 31.5 V"},
		"a sensor's text":    {[]byte("31.5\n"), "", "< 32", 0, headstart.Warn, "battery is 31.5 V", "battery 31.5 V"},
		"just a value":       {int64(3), "3", "", 0, headstart.Down, "down where == 3", "battery 3 V"},
		"a word":             {[]byte("on battery"), "== on battery", "", 0, headstart.Down, "battery is on battery, down", "battery on battery"},
		"another word":       {[]byte("online"), "== on battery", "", 0, headstart.OK, "battery is online", ""},
		"a pattern":          {[]byte("FAN 2 failed"), "=~ (?i)fail", "", 0, headstart.Down, "where =~ (?i)fail", "battery FAN 2 failed"},
		"not a pattern":      {[]byte("all fine"), "", "!~ ^ok", 0, headstart.Warn, "where !~ ^ok", "battery all fine"},
		"a pattern, numbers": {int64(4), "=~ ^(4|5)$", "", 0, headstart.Down, "", "battery 4 V"},
		"no number":          {[]byte("n/a"), "> 3", "", 0, headstart.Unknown, `battery: "n/a" is no number`, "battery"},
		"measured only":      {int64(3), "", "", 0, headstart.OK, "battery is 3 V", ""},
		"less":               {int64(3), "<= 3", "", 0, headstart.Down, "", "battery 3 V"},
		"not there":          {nil, "> 3", "", 0, headstart.Unknown, "the device has no such value; check its OID", "battery"},
	} {
		v := &Value{Name: "battery", OID: "1.3.6.1", Unit: "V", Down: condition(t, c.down), Warn: condition(t, c.warn), Scale: c.scale}
		list, _ := v.judge(&sight{values: map[string]any{v.OID: c.value}}, counted{}, map[string]counted{})
		f := Finding{Verdict: verdict(list), Reason: reason(list, 0), Conditions: conditions(list)}
		shown := ""
		if len(f.Conditions) > 0 {
			shown = f.Conditions[0].Detail
		}
		if f.Verdict != c.want || !strings.Contains(f.Reason, c.says) || shown != c.shown {
			t.Errorf("%s: %s %q %q, want %s %q %q", name, f.Verdict, f.Reason, shown, c.want, c.says, c.shown)
		}
	}
}

// A counter is judged by its increase; until that is known, nothing is said that
// could end an outage.
func TestRateOfAValue(t *testing.T) {
	v := Value{Name: "drops", OID: "1.3.6.1", Rate: true, Down: condition(t, "> 10")}
	d := &Device{Values: []Value{v}}
	var p past
	for i, c := range []struct {
		seconds int
		value   any
		up      uint32
		want    headstart.Verdict
	}{
		{0, uint32(100), 0, headstart.Unknown},
		{60, uint32(160), 0, headstart.OK},
		{62, uint32(160), 0, headstart.OK},
		{120, uint32(160 + 60*11), 0, headstart.Down},
		{180, uint32(0), 0, headstart.Unknown}, // it began anew
		{240, uint32(0), 0, headstart.OK},
		{300, uint32(9000), 7, headstart.Unknown}, // the device was restarted
		{360, []byte("9000"), 6007, headstart.Unknown},
	} {
		s := glimpse(c.seconds, nil)
		s.links, s.values = nil, map[string]any{v.OID: c.value}
		if c.up != 0 {
			s.up = c.up
		}
		var list []told
		if list, _, p = d.judge(s, p); verdict(list) != c.want {
			t.Errorf("look %d: %s %s, want %s", i, verdict(list), reason(list, 0), c.want)
		}
	}
	harmless := Value{Name: "drops", OID: "1.3.6.1", Rate: true, Warn: condition(t, "> 10")}
	list, _ := harmless.judge(&sight{moment: moment{at: start}, values: map[string]any{v.OID: uint32(7)}}, counted{}, map[string]counted{})
	if verdict(list) != headstart.OK {
		t.Errorf("a rate that can be no outage: %s at first sight", verdict(list))
	}
}

func TestMistakesInConditions(t *testing.T) {
	for text, want := range map[string]string{
		">":       "is no condition; write a sign and a value",
		"":        "is no condition",
		"> warm":  `compares with "warm", which is no number`,
		"=~ (":    "missing closing )",
		"< = NaN": "is no number",
	} {
		if _, err := NewCondition(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := NewPattern("  "); err == nil {
		t.Error("an empty interface is taken")
	}
}

// Whatever stands in the tables, there is a verdict, and a reason that fits a line.
func FuzzJudge(f *testing.F) {
	f.Add([]byte("Te1/1/1"), int64(2), uint32(7), uint64(1<<63), "> 3")
	f.Add([]byte{0, 0xff, '\n'}, int64(-1), uint32(1<<32-1), uint64(0), "=~ .*")
	f.Fuzz(func(t *testing.T, text []byte, number int64, short uint32, long uint64, compared string) {
		d := &Device{Limits: DefaultLimits, Values: []Value{{Name: "v", OID: "1.3.6.1", Rate: long%2 == 0}}}
		if c, err := NewCondition(compared); err == nil {
			d.Values[0].Down = c
		}
		values := []any{text, number, short, long, float64(number), "1.3", nil}
		var p past
		for turn := range values {
			columns := map[string]any{}
			for i, c := range append(append(append([]string{}, oldColumns...), newColumns...), narrow...) {
				columns[c] = values[(i*turn+turn)%len(values)]
			}
			s := glimpse(turn*60, columns)
			s.up, s.values["1.3.6.1"] = short*uint32(turn), values[turn]
			var list []told
			if list, _, p = d.judge(s, p); len(reason(list, 1)) > 2000 {
				t.Errorf("a reason of %d bytes", len(reason(list, 1)))
			}
			for _, c := range conditions(list) {
				if strings.ContainsAny(c.Detail, "\n\x00\x1b") {
					t.Errorf("%q is not one line", c.Detail)
				}
			}
		}
	})
}
