package incidents

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"headstart"
)

// Untick returns the lines of a log with ticks of its own as a person would have
// written them. Its ticks stand at the deadlines of the configuration in force
// then; under another one a deadline without a tick would pass for a time in
// which nobody looked. Such times are found by a replay into c and kept as lines
// that say so. A log without ticks of its own comes back as it is.
func Untick(lines []headstart.FileLine, c Correlator, m Makers) []headstart.FileLine {
	if len(lines) == 0 || lines[0].Config == nil || !lines[0].Config.Ticks {
		return lines
	}
	var gaps []headstart.FileLine
	r := &replay{fold: newFold(c, m)}
	r.fold.observe = func(d headstart.Decision) {
		seconds, err := strconv.Atoi(d.Fact("seconds"))
		since, wrong := time.Parse(time.RFC3339Nano, d.Fact("since"))
		if d.Rule == "D-05" && err == nil && wrong == nil {
			gaps = append(gaps, headstart.FileLine{At: since, Blind: model.Duration(time.Duration(seconds)*time.Second + blindMargin)})
		}
	}
	for _, l := range lines {
		r.step(l.At, l.Received, l.Line)
	}
	out := make([]headstart.FileLine, 0, len(lines)+len(gaps))
	for _, l := range lines {
		for len(gaps) > 0 && gaps[0].At.Before(l.At) {
			out, gaps = append(out, gaps[0]), gaps[1:]
		}
		if l.Config != nil {
			cfg := *l.Config
			cfg.Ticks = false
			l.Config = &cfg
		}
		out = append(out, l)
	}
	return slices.Clip(out)
}
