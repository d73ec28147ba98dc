package snmp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headstart"
)

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// glimpse is what a switch tells of Te1/1/1, seconds after start, with columns over
// those of a link that is up at 1 Gbit/s.
func glimpse(seconds int, columns map[string]any) *sight {
	s := &sight{
		moment: moment{at: start.Add(time.Duration(seconds) * time.Second), up: uint32(5000 + seconds*100), timed: true},
		roster: roster{links: []link{{index: "101", name: "Te1/1/1", by: []string{"Te1/1/1"}, exact: true}}, read: start},
		values: map[string]any{},
	}
	for column, value := range map[string]any{
		ifName: []byte("Te1/1/1"), ifAdminStatus: int64(1), ifOperStatus: int64(1), ifHighSpeed: uint32(1000), ifLastChange: uint32(100),
	} {
		s.values[column+".101"] = value
	}
	for column, value := range columns {
		if column == upTime {
			s.up = value.(uint32)
			continue
		}
		s.values[column+".101"] = value
	}
	return s
}

// look2 judges two glimpses, a minute apart, and returns what the second one found.
func look2(d *Device, first, second map[string]any) (found string, values []headstart.Measurement) {
	a, b := glimpse(0, first), glimpse(60, second)
	_, _, before := d.judge(a, past{})
	_, b.jumped = before.until(b.moment)
	list, values, _ := d.judge(b, before)
	return line(Finding{Verdict: verdict(list), Conditions: conditions(list)}), values
}

// The first look is a baseline; then a counter counts, past its end too, and one that
// jumped or began anew does not.
func TestRates(t *testing.T) {
	for name, c := range map[string]struct {
		first, second map[string]any
		want          string
	}{
		"quiet":               {map[string]any{ifInErrors: uint32(7)}, map[string]any{ifInErrors: uint32(7)}, "ok"},
		"errors":              {map[string]any{ifInErrors: uint32(7), ifOutErrors: uint32(0)}, map[string]any{ifInErrors: uint32(7 + 600), ifOutErrors: uint32(60)}, "warn; interface-errors report Te1/1/1 11/s"},
		"few errors":          {map[string]any{ifInErrors: uint32(7)}, map[string]any{ifInErrors: uint32(7 + 59)}, "ok"},
		"errors past the end": {map[string]any{ifInErrors: uint32(1<<32 - 100)}, map[string]any{ifInErrors: uint32(200)}, "warn; interface-errors report Te1/1/1 5/s"},
		"errors gone back":    {map[string]any{ifInErrors: uint32(5000)}, map[string]any{ifInErrors: uint32(0)}, "ok"},
		"more than the wire":  {map[string]any{ifInErrors: uint32(3 << 30)}, map[string]any{ifInErrors: uint32(0)}, "ok"},
		"counters jumped":     {map[string]any{ifInErrors: uint32(7), ifDiscontinued: uint32(0)}, map[string]any{ifInErrors: uint32(6000), ifDiscontinued: uint32(900)}, "ok"},
		"restarted":           {map[string]any{ifInErrors: uint32(7)}, map[string]any{ifInErrors: uint32(6000), upTime: uint32(300)}, "ok; restarted none 2026-11-23 08:00"},
		"the clock wrapped":   {map[string]any{ifInErrors: uint32(0), upTime: uint32(1<<32 - 1000)}, map[string]any{ifInErrors: uint32(600), upTime: uint32(5000)}, "warn; interface-errors report Te1/1/1 10/s"},
		"discards":            {map[string]any{ifOutDiscards: uint32(0)}, map[string]any{ifOutDiscards: uint32(6060)}, "warn; interface-discards report Te1/1/1 101/s"},
		"busy":                {map[string]any{ifHCInOctets: uint64(1 << 40)}, map[string]any{ifHCInOctets: uint64(1<<40 + 950*1e6/8*60)}, "warn; interface-busy report Te1/1/1 95 %"},
		"busy past the end":   {map[string]any{ifHCOutOctets: uint64(1<<64 - 1000)}, map[string]any{ifHCOutOctets: uint64(910*1e6/8*60 - 1000)}, "warn; interface-busy report Te1/1/1 91 %"},
		"busy, 32 bits, slow": {map[string]any{ifHighSpeed: uint32(100), ifInOctets: uint32(1<<32 - 100)}, map[string]any{ifHighSpeed: uint32(100), ifInOctets: uint32(95*1e6/8*60 - 100)}, "warn; interface-busy report Te1/1/1 95 %"},
		"32 bits, fast":       {map[string]any{ifInOctets: uint32(0)}, map[string]any{ifInOctets: uint32(4e9)}, "ok"},
		"faster than it is":   {map[string]any{ifHCInOctets: uint64(0)}, map[string]any{ifHCInOctets: uint64(1 << 60)}, "ok"},
		"it fell back":        {nil, map[string]any{ifHighSpeed: uint32(100)}, "warn; interface-slow report Te1/1/1 100 of 1000 Mbit/s"},
		"a counter too wide":  {map[string]any{ifInErrors: uint32(7)}, map[string]any{ifInErrors: []byte("many")}, "ok"},
		"a moment's break":    {nil, map[string]any{ifLastChange: uint32(9000)}, "ok; interface-interrupted none Te1/1/1, 2026-11-23 08:00"},
	} {
		if got, _ := look2(&Device{Limits: DefaultLimits}, c.first, c.second); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A limit of zero is none, and a speed may be asked for.
func TestLimits(t *testing.T) {
	first, second := map[string]any{ifInErrors: uint32(0), ifOutDiscards: uint32(0)}, map[string]any{ifInErrors: uint32(9e5), ifOutDiscards: uint32(9e5)}
	if got, _ := look2(&Device{}, first, second); got != "ok" {
		t.Errorf("without limits: %s", got)
	}
	got, _ := look2(&Device{Limits: Limits{Speed: 10000}}, nil, nil)
	if want := "warn; interface-slow report Te1/1/1 1000 of 10000 Mbit/s"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What was measured is there for people, whether or not it is a fault.
func TestMeasurements(t *testing.T) {
	_, values := look2(&Device{}, map[string]any{ifHCInOctets: uint64(0), ifHCOutOctets: uint64(0), ifInErrors: uint32(0)},
		map[string]any{ifHCInOctets: uint64(7.5e6), ifHCOutOctets: uint64(750), ifInErrors: uint32(30)})
	var got strings.Builder
	for _, v := range values {
		fmt.Fprintf(&got, "%s %v %s, ", v.Name, v.Value, v.Unit)
	}
	if want := "Te1/1/1 in 1e+06 bit/s, Te1/1/1 out 100 bit/s, Te1/1/1 errors 0.5 /s, "; got.String() != want {
		t.Errorf("got %s\nwant %s", got.String(), want)
	}
}

// A look that comes too early changes nothing: many switches bring their counters up
// to date every few seconds only.
func TestTooEarly(t *testing.T) {
	d := &Device{Limits: DefaultLimits}
	_, _, p := d.judge(glimpse(0, map[string]any{ifInErrors: uint32(0)}), past{})
	_, _, p = d.judge(glimpse(60, map[string]any{ifInErrors: uint32(600)}), p)
	list, _, p := d.judge(glimpse(62, map[string]any{ifInErrors: uint32(600)}), p)
	if verdict(list) != headstart.Warn {
		t.Errorf("2 s later: %s, want what was measured before", verdict(list))
	}
	if list, _, _ = d.judge(glimpse(70, map[string]any{ifInErrors: uint32(610)}), p); len(list) != 1 || !strings.Contains(list[0].detail, " 1/s") {
		t.Errorf("10 s later: %v, want one error a second", list)
	}
}

// A link that fell back is told of for a day; then it is how the link is.
func TestSlowForADay(t *testing.T) {
	d := &Device{Limits: DefaultLimits}
	slow := map[string]any{ifHighSpeed: uint32(100)}
	_, _, p := d.judge(glimpse(0, nil), past{})
	for _, c := range []struct {
		hours int
		want  headstart.Verdict
	}{{1, headstart.Warn}, {23, headstart.Warn}, {25, headstart.OK}, {26, headstart.OK}} {
		var list []told
		list, _, p = d.judge(glimpse(c.hours*3600, slow), p)
		if got := verdict(list); got != c.want {
			t.Errorf("after %d hours: %s, want %s", c.hours, got, c.want)
		}
	}
}

// An interface of a pattern that is gone is told of for a day, one with a name until
// it is back.
func TestGoneForADay(t *testing.T) {
	for exact, want := range map[bool]headstart.Verdict{true: headstart.Down, false: headstart.OK} {
		d := &Device{}
		first := glimpse(0, nil)
		first.links[0].exact = exact
		_, _, p := d.judge(first, past{})
		var list []told
		for _, hours := range []int{1, 24, 26} {
			s := glimpse(hours*3600, nil)
			s.links, s.names = nil, map[string]bool{"Gi1": true}
			list, _, p = d.judge(s, p)
		}
		if got := verdict(list); got != want {
			t.Errorf("exact %v, after more than a day: %s, want %s", exact, got, want)
		}
	}
}

// What was not read to its end is not gone.
func TestCutTableProvesNothing(t *testing.T) {
	d := &Device{}
	_, _, p := d.judge(glimpse(0, nil), past{})
	s := glimpse(60, nil)
	s.links, s.names, s.absent = nil, nil, []string{"Te1/1/1"}
	if list, _, _ := d.judge(s, p); verdict(list) != headstart.Unknown {
		t.Errorf("%s, want unknown", verdict(list))
	}
}

// Since when a link is down is told only where the device knows.
func TestSince(t *testing.T) {
	for name, c := range map[string]struct {
		up, changed uint32
		timed       bool
		want        time.Duration // ago; zero: not known
	}{
		"an hour ago":         {720000, 360000, true, time.Hour},
		"before it started":   {720000, 0, true, 0},
		"no clock":            {0, 360000, false, 0},
		"before the wrap":     {100, 1<<32 - 900, true, 10 * time.Second},
		"later than it is":    {720000, 730000, true, 0},
		"just now, to the ms": {720000, 720000, true, time.Nanosecond},
	} {
		s := &sight{moment: moment{at: start, up: c.up, timed: c.timed}}
		at, ok := s.since(c.changed)
		if ok != (c.want != 0) || ok && start.Sub(at) != c.want.Truncate(time.Millisecond) {
			t.Errorf("%s: %s ago, %v; want %s", name, start.Sub(at), ok, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0", 3: "3", 97.349: "97.35", 12345.6: "12346", 0.05: "0.05", 1e9: "1000000000", -2.5: "-2.5", 1e-9: "0",
	} {
		if got := number(f); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
}
