package web

import (
	"html/template"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

// sparkLevels is how a verdict is drawn.
var sparkLevels = map[headstart.Verdict]chart.Level{
	headstart.OK: chart.Fine, headstart.Warn: chart.Partly, headstart.Down: chart.Broken, headstart.Unknown: chart.Unseen,
}

// spark draws the latest runs of a check and says them in a sentence.
func spark(trend []headstart.CheckSample, say *lang.Words) template.HTML {
	longest, failed := 0.0, 0
	for _, x := range trend {
		longest = max(longest, x.DurationSeconds)
		if x.Verdict == headstart.Down {
			failed++
		}
	}
	runs := make([]chart.Run, len(trend))
	for i, x := range trend {
		runs[i].Level = sparkLevels[x.Verdict]
		if longest > 0 {
			runs[i].Height = x.DurationSeconds / longest
		}
	}
	return chart.Spark(runs, say.Say("board.trend", "n", len(trend), "failed", failed))
}
