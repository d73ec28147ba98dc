package correlate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"headstart"
)

// watchdogStale is how long a source may be silent before it counts as blind
// (ruling 14). It is fixed: whoever wants another one changes how often the
// watchdog is sent.
const watchdogStale = 5 * time.Minute

// mostSources bounds the sources whose watchdogs are known: each may open an incident
// of its own by falling silent, and its name comes from outside. Installations have a
// handful; where a Prometheus is called otherwise at each start the names go on.
const mostSources = 100

// watchdog is the last sign of life of a source of alerts (ruling 19).
type watchdog struct {
	V     int     `json:"v"`
	Seen  instant `json:"seen"`
	Since instant `json:"since"` // first sign of an unbroken row of them, on the steady clock
}

// sourceOf is who a watchdog speaks for. It becomes a key of rows, and a host may
// hold bytes that no row can give back.
func sourceOf(from string) string { return strings.ToValidUTF8(from, "\uFFFD") }

func watchdogKey(from string) headstart.ProblemKey {
	return headstart.ProblemKey(watchdogPrefix + from)
}

// signOfLife notes that a source was heard. If it counted as blind that is over,
// and proved so.
func (s *State) signOfLife(from string) {
	since := s.steady()
	w := s.watchdogs[from]
	switch {
	case w != nil && s.armed(watchdogTimer, from):
		since = w.Since
	case w == nil && len(s.watchdogs) >= mostSources && !s.forgetSource():
		return // as many others live
	}
	s.watchdogs[from] = &watchdog{V: 1, Seen: s.now, Since: since}
	s.mark(headstart.TableAssets, watchdogPrefix+from)
	s.after(watchdogStale, watchdogTimer, from)
	if p := s.problems[watchdogKey(from)]; p != nil && isSource(p) {
		s.clear(p, "watchdog")
	}
}

// forgetSource forgets the source that has been silent for longest, of those that
// counted as blind already; false: all are heard. Its incident, if it still stands,
// ends as any other that nothing is heard of.
func (s *State) forgetSource() bool {
	oldest := ""
	for _, from := range slices.Sorted(maps.Keys(s.watchdogs)) {
		if !s.armed(watchdogTimer, from) && (oldest == "" || s.watchdogs[from].Seen.Before(s.watchdogs[oldest].Seen)) {
			oldest = from
		}
	}
	if oldest == "" {
		return false
	}
	delete(s.watchdogs, oldest)
	s.mark(headstart.TableAssets, watchdogPrefix+oldest)
	return true
}

// blinded opens the operators' incident of a source that has been silent for too
// long. It names nothing of the catalog, so no user is ever told of it; what the
// source said last stays as it is until somebody proves otherwise (ruling 14).
func (s *State) blinded(from string) {
	w := s.watchdogs[from]
	if w == nil || len(s.placer.watchdog) == 0 {
		return // nobody wants watchdogs any more
	}
	key := watchdogKey(from)
	p := s.problems[key]
	if p == nil {
		p = s.newProblem(problem{Key: key, setting: s.settings.keep(setting{Check: "MonitoringSourceBlind"}), Class: environment, Unplaced: true})
	}
	if !isSource(p) {
		return // the catalog has an asset called watchdog, with a check called like the source
	}
	p.Reason = "no sign of life from " + from + " for 5 minutes"
	if s.language == "nl" {
		p.Reason = "al 5 minuten geen teken van leven van " + from
	}
	s.dirtyProblem(p)
	s.fail(p, s.now.Add(-watchdogStale), true)
}

// isSource reports whether a problem stands for a source of alerts. All other
// problems whose key has a slash are on an asset.
func isSource(p *problem) bool {
	return p.Asset == "" && strings.HasPrefix(string(p.Key), watchdogPrefix)
}

// sourceFacts are the facts of the decision that a source is blind.
func (s *State) sourceFacts(p *problem) []string {
	from := strings.TrimPrefix(string(p.Key), watchdogPrefix)
	facts := []string{"source", from}
	if w := s.watchdogs[from]; w != nil {
		facts = append(facts, "since", clockTime(w.Seen))
	}
	return facts
}
