package probes

import (
	"math"
	"time"

	"headstart"
)

// trendLength is how many runs a probe remembers: an hour of one that runs each
// minute. Beside the last result it is all that is kept, so its size is that of the
// fleet.
const trendLength = 60

// trend is a ring of the latest runs, a byte each: the verdict in the upper two bits,
// how long it took in the others. The zero trend has seen none.
type trend struct {
	runs [trendLength]byte
	next uint8
	full bool
}

// Verdicts of a trend by their two bits.
var trendVerdicts = [4]headstart.Verdict{headstart.OK, headstart.Warn, headstart.Down, headstart.Unknown}

// longest is the last of the 64 steps of a duration. They grow by a fifth each, from
// below a millisecond to almost a minute.
const longest = 63

func (t *trend) add(f finding) {
	code := byte(len(trendVerdicts) - 1)
	for i, v := range trendVerdicts {
		if v == f.verdict {
			code = byte(i)
		}
	}
	step := math.Round(4 * math.Log2(1+float64(max(f.took, 0))/float64(time.Millisecond)))
	t.runs[t.next] = code<<6 | byte(min(step, longest))
	if t.next++; t.next == trendLength {
		t.next, t.full = 0, true
	}
}

// samples are the runs it holds, oldest first; never nil. Durations are rounded to
// the steps.
func (t *trend) samples() []headstart.CheckSample {
	order := t.runs[:t.next]
	if t.full {
		order = append(append([]byte{}, t.runs[t.next:]...), order...)
	}
	out := make([]headstart.CheckSample, len(order))
	for i, b := range order {
		ms := math.Exp2(float64(b&longest)/4) - 1
		out[i] = headstart.CheckSample{Verdict: trendVerdicts[b>>6], DurationSeconds: math.Round(ms*10) / 1e4}
	}
	return out
}

// see keeps the latest run.
func (j *job) see(f finding) {
	j.last = keep(f)
	j.trend.add(f)
}

// Trend returns the latest runs of the probe named, at asset where it has one per
// asset, oldest first; none if there is no such probe.
func (f *Fleet) Trend(probe, asset string) []headstart.CheckSample {
	f.mu.Lock()
	defer f.mu.Unlock()
	j := f.byID[probe]
	if j == nil {
		j = f.byID[probe+"/"+asset]
	}
	if j == nil {
		return []headstart.CheckSample{}
	}
	return j.trend.samples()
}
