package snmp

import (
	"math"
	"strconv"
	"strings"
	"time"

	"headstart"
	"headstart/probes/snmp/session"
)

// counts are the counters of one link at one moment.
type counts struct {
	moment
	broken any // ifCounterDiscontinuityTime
	values map[string]any
	speed  float64 // Mbit/s; zero: not told
}

// counters are the columns that count.
var counters = []string{
	ifInErrors, ifOutErrors, ifInDiscards, ifOutDiscards, ifHCInOctets, ifHCOutOctets, ifInOctets, ifOutOctets,
}

// count takes the counters of l out of s.
func (s *sight) count(l link) counts {
	c := counts{moment: s.moment, broken: s.value(l, ifDiscontinued), values: map[string]any{}}
	for _, column := range counters {
		c.values[column] = s.value(l, column)
	}
	if mega, _ := session.Number(s.value(l, ifHighSpeed)); mega > 0 {
		c.speed = mega
	} else if bits, ok := s.value(l, ifSpeed).(uint32); ok && bits < math.MaxUint32 {
		c.speed = float64(bits) / 1e6
	}
	return c
}

// shortest is the least time over which a rate means something: many switches bring
// their counters up to date every few seconds only.
const shortest = 5 * time.Second

// rates are what a link carried since it was last counted.
type rates struct {
	measured         bool
	speed            float64 // Mbit/s; zero: not told
	in, out          float64 // bit/s; negative: not known
	errors, discards float64 // packets a second, both directions; negative: not known
}

// since compares the counts of h with those before. The first count is a baseline, as
// is that after a restart or a jump of the counters; one that comes too early leaves
// baseline and rates as they were.
func (h *history) since(before history) rates {
	now, old := h.counts, before.counts
	r := rates{speed: now.speed, in: -1, out: -1, errors: -1, discards: -1}
	seconds, jumped := old.until(now.moment)
	if old.at.IsZero() || jumped || now.broken != old.broken {
		return r
	}
	if seconds < shortest.Seconds() {
		h.counts = old
		return before.rates
	}
	r.measured = true
	most := math.Inf(1) // packets a second: the smallest frame takes 672 bits of the wire (IEEE 802.3)
	if now.speed > 0 {
		most = now.speed * 1e6 / 672
	}
	r.errors = now.packets(old, ifInErrors, ifOutErrors, seconds, most)
	r.discards = now.packets(old, ifInDiscards, ifOutDiscards, seconds, most)
	r.in = now.bits(old, ifHCInOctets, ifInOctets, seconds)
	r.out = now.bits(old, ifHCOutOctets, ifOutOctets, seconds)
	return r
}

// packets is the rate of two columns together, at most twice most; -1 if not known.
func (c counts) packets(old counts, in, out string, seconds, most float64) float64 {
	sum := -1.0
	for _, column := range []string{in, out} {
		n, ok := increase(old.values[column], c.values[column])
		if rate := n / seconds; ok && rate <= most {
			sum = max(sum, 0) + rate
		}
	}
	return sum
}

// bits is the rate of a column of octets, the wide one if there is one: the other
// wraps in 34 s at 1 Gbit/s, and more than once between two looks says nothing.
func (c counts) bits(old counts, wide, narrow string, seconds float64) float64 {
	n, ok := increase(old.values[wide], c.values[wide])
	if !ok {
		n, ok = increase(old.values[narrow], c.values[narrow])
		ok = ok && c.speed > 0 && c.speed*1e6/8*seconds < math.MaxUint32
	}
	rate := 8 * n / seconds
	if !ok || c.speed > 0 && rate > 1.1*c.speed*1e6 { // faster than the wire: the counter began anew
		return -1
	}
	return rate
}

// increase is how far a counter went, past its end too; ok is false if it went back,
// which shows as more than half of its range.
func increase(before, now any) (n float64, ok bool) {
	switch n := now.(type) {
	case uint32:
		b, ok := before.(uint32)
		return float64(n - b), ok && n-b < 1<<31
	case uint64:
		b, ok := before.(uint64)
		return float64(n - b), ok && n-b < 1<<63
	}
	return 0, false
}

// load is the busier direction in percent of the speed; zero if not known.
func (r rates) load() float64 {
	if r.speed == 0 {
		return 0
	}
	return max(r.in, r.out, 0) / (r.speed * 1e6) * 100
}

// measurements are r for people.
func (r rates) measurements(name string) []headstart.Measurement {
	if !r.measured {
		return nil
	}
	var out []headstart.Measurement
	for _, m := range []headstart.Measurement{
		{Name: name + " in", Value: r.in, Unit: "bit/s"},
		{Name: name + " out", Value: r.out, Unit: "bit/s"},
		{Name: name + " errors", Value: r.errors, Unit: "/s"},
		{Name: name + " discards", Value: r.discards, Unit: "/s"},
	} {
		if m.Value >= 0 {
			out = append(out, m)
		}
	}
	return out
}

// fastestUntil is the highest speed of the last day. A link that fell back to a
// slower one is told of for as long, and so in one morning report; then it is how the
// link is.
func (h *history) fastestUntil(speed float64, now time.Time) float64 {
	if speed >= h.fastest || now.Sub(h.fast) > forgetGone {
		h.fastest, h.fast = speed, now
	}
	return h.fastest
}

// number writes f with at most four digits that matter.
func number(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	digits := 0
	if a := math.Abs(f); a < 1000 {
		digits = min(max(3-int(math.Floor(math.Log10(a))), 1), 6)
	}
	s := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1" + one
	}
	return strconv.Itoa(n) + many
}
