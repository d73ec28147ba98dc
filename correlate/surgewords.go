package correlate

import (
	"strconv"
	"strings"
	"time"

	"headstart"
)

// suggestSurge is the rule for an installation that has not learned yet: five
// people about one service at one place within half an hour. It opens nothing.
func (s *State) suggestSurge(r *report) {
	if r.Service == "" || r.Location == "" {
		return
	}
	a := &alarm{scope: scope{r.Service, r.Location}, window: coldWindow}
	a.reports = s.inScope(a.scope, r.At, coldWindow)
	a.people = distinct(a.reports)
	if a.people < coldReporters {
		return
	}
	last, again := s.profile.Quiet[a.about()]
	s.hush(a.about())
	if again && s.ago(last) <= surgeQuiet {
		return
	}
	for _, x := range a.reports[:min(len(a.reports), surgePart)] {
		x.Alarm = true
		s.dirtyReport(x)
	}
	s.say(headstart.Noted, "K-11", "suggested", s.scopeName(a.scope), "reports", itoa(len(a.reports)), "people", itoa(a.people), "window", minutes(a.window), "since", clockTime(instantOf(a.reports[0].At)))
}

func (s *State) surgeFacts(a *alarm) []string {
	return []string{
		"reports", itoa(len(a.reports)), "reporters", itoa(a.people), "window", minutes(a.window), "what", s.scopeName(a.scope),
		"expected", strconv.FormatFloat(a.mean, 'f', 3, 64), "log10p", score(a.log10p), "limit", score(tenth(s.cfg.Surge.Alpha)), "since", clockTime(instantOf(a.reports[0].At)),
	}
}

func (s *State) surgeReason(a *alarm) string {
	return itoa(len(a.reports)) + s.inWords(" meldingen van ", " reports by ") + itoa(a.people) + s.inWords(" mensen in ", " people in ") + minutes(a.window) +
		s.inWords(" minuten; de bewaking ziet niets", " minutes; monitoring sees nothing")
}

// scopeName names a scope as the catalog does.
func (s *State) scopeName(k scope) string {
	var parts []string
	if k.Service != "" {
		parts = append(parts, s.nameOf(k.Service))
	}
	if k.Location != "" {
		parts = append(parts, s.placeName(k.Location))
	}
	return strings.Join(parts, ", ")
}

func minutes(d time.Duration) string { return itoa(int(d / time.Minute)) }
