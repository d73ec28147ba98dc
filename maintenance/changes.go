package maintenance

import (
	"time"

	"headstart"
)

// changes are the log lines that bring what readers know (have) to what sources
// say (want), none when nothing changed. What a person did to a window stays
// until its source says something new of it. A window whose source no longer
// names it is cancelled, unless that source was not heard this time.
func changes(want, have []headstart.MaintenanceWindow, heard func(source string) bool, now time.Time) (lines []headstart.MaintenanceWindow, taken []string) {
	known := make(map[string]*headstart.MaintenanceWindow, len(have))
	for i := range have {
		known[have[i].ID] = &have[i]
	}
	named := make(map[string]bool, len(want))
	for _, w := range want {
		named[w.ID] = true
		switch h := known[w.ID]; {
		case h == nil:
			lines = append(lines, w)
		case h.Source != w.Source:
			taken = append(taken, w.ID)
		case h.Rev != w.Rev, h.Cancelled && h.By == "":
			lines = append(lines, w)
		}
	}
	for _, h := range have {
		if h.Source == "" || named[h.ID] || h.Over(now) || !heard(h.Source) {
			continue
		}
		h.Cancelled, h.By = true, ""
		lines = append(lines, h)
	}
	return lines, taken
}
