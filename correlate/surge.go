package correlate

import (
	"slices"
	"time"

	"headstart"
)

// What a surge is judged by (K-11).
const (
	surgeShort = 15 * time.Minute
	surgeLong  = 60 * time.Minute
	surgeQuiet = 120 * time.Minute // one alarm for each service, or place, until it was quiet that long

	coldWindow    = 30 * time.Minute // while nothing is known of what is normal
	coldReporters = 5

	surgePart = 60 // reports one unit takes into a surge: one row each (ruling 1)
)

// reportPrefix opens the key of the problem that users report something.
const reportPrefix = "reports:"

// alarm is a scope whose reports came too close together to be chance.
type alarm struct {
	scope
	window  time.Duration
	reports []*report
	people  int
	mean    float64
	log10p  float64
}

// surge looks whether a new ticket is one too many (K-11): users report it and
// monitoring sees nothing.
func (s *State) surge(t *headstart.TicketState) {
	s.learnOld()
	r := s.reported(t)
	if r == nil || s.ago(r.At) > surgeLong {
		return
	}
	if s.cold() {
		s.suggestSurge(r)
		return
	}
	a := s.unusual(r)
	if a == nil {
		s.attach(r)
		return
	}
	last, again := s.profile.Quiet[a.about()]
	s.hush(a.about())
	if again && s.ago(last) <= surgeQuiet {
		s.attach(r)
		return
	}
	s.raiseAlarm(a)
}

// unusual returns the least likely of what r counts for, or nil when none is
// below surge.alpha.
func (s *State) unusual(r *report) *alarm {
	var worst *alarm
	for _, k := range scopes(r.Service, r.Location) {
		for _, window := range []time.Duration{surgeShort, surgeLong} {
			found := s.inScope(k, r.At, window)
			people := distinct(found)
			if people < s.cfg.Surge.Reporters {
				continue
			}
			mean, size := s.predict(k, r.At, window)
			p := tail(len(found), mean, size)
			if p < tenth(s.cfg.Surge.Alpha) && (worst == nil || p < worst.log10p) {
				worst = &alarm{k, window, found, people, mean, p}
			}
		}
	}
	if worst != nil {
		worst.narrow()
	}
	return worst
}

// narrow gives an alarm about a service the one place that all its reports with a
// place name.
func (a *alarm) narrow() {
	place := ""
	for _, r := range a.reports {
		switch {
		case r.Location == "" || r.Location == place:
		case place != "":
			return
		default:
			place = r.Location
		}
	}
	if a.Service != "" {
		a.Location = place
	}
}

func (s *State) inScope(k scope, at time.Time, window time.Duration) []*report {
	var found []*report
	for _, x := range s.between(at.Add(-window), at) {
		if k.within(x.Service, x.Location) {
			found = append(found, x)
		}
	}
	return found
}

// distinct counts requesters; those without an id may all be one.
func distinct(list []*report) int {
	people := map[string]struct{}{}
	for _, r := range list {
		people[r.Requester] = struct{}{}
	}
	return len(people)
}

// about names what has one alarm until it is quiet: the service, else the place.
func (a *alarm) about() string {
	if a.Service != "" {
		return a.Service
	}
	return "@" + a.Location
}

// hush notes that what has been alarmed about is not quiet yet.
func (s *State) hush(about string) {
	quiet := map[string]time.Time{about: s.now.Time()}
	for k, at := range s.profile.Quiet {
		if k != about && s.ago(at) <= surgeQuiet {
			quiet[k] = at
		}
	}
	s.profile.Quiet = quiet
	s.dirtyProfile()
}

// raiseAlarm lets the reports of a surge be a problem of their own: in the
// incident that covers their service and place, else in a new one. Its start is
// that of the first report.
func (s *State) raiseAlarm(a *alarm) {
	p := s.reportProblem(a.scope, a.reports[0].At, s.surgeReason(a))
	if g := s.live(p.Group); p.State == problemOpen && g != nil {
		s.takeReports(g, a.reports)
		return
	}
	facts := s.surgeFacts(a)
	if g := s.covering(a.scope); g != nil {
		s.add(p, g, "K-11")
		g.Own.Reports = append(slices.Clone(g.Own.Reports), p.Key)
		c := s.sayOf(g, headstart.MemberJoined, "K-11", "joined", string(p.Key), facts...)
		c.Problem = p.Key
		if g.State == headstart.Holding {
			s.returned(g)
		}
		s.takeReports(g, a.reports)
		return
	}
	g := s.newGroup(p)
	g.Cause = headstart.Cause{Also: []string{}, Kind: headstart.CauseSurge, Reason: p.Reason}
	g.Own.ByHand = true // tickets alone never tell that it is over (rulings 24, 27)
	g.Own.Reports = []headstart.ProblemKey{p.Key}
	s.surges[g.ID] = struct{}{}
	s.add(p, g, "K-11")
	s.sayOf(g, headstart.GroupOpened, "K-11", "opened", string(p.Key), facts...).Problem = p.Key
	s.sayOf(g, headstart.ImpactChanged, "K-11", "gap", string(p.Key), "service", s.scopeName(a.scope), "reports", itoa(len(a.reports)), "since", clockTime(instantOf(a.reports[0].At)))
	s.takeReports(g, a.reports)
}

// reportProblem returns the problem that stands for the reports of a scope, which
// fails from now on.
func (s *State) reportProblem(k scope, began time.Time, reason string) *problem {
	key := headstart.ProblemKey(reportPrefix + k.Service + "@" + k.Location)
	p := s.problems[key]
	if p == nil {
		p = s.newProblem(problem{Key: key, setting: s.settings.keep(setting{Check: "UserReports", Service: k.Service, Location: k.Location}), Class: userReport})
	}
	if p.State == problemOpen && s.live(p.Group) != nil {
		return p
	}
	s.endReport(p)
	p.Onset, p.Began, p.Cleared, p.Reason = s.now, instantOf(began), 0, reason
	p.Mem.Received = s.received
	s.remember(problemPrefix, string(p.Key))
	s.dirtyProblem(p)
	s.dirtyMemory(p)
	return p
}

// covering returns the oldest live group that hits a scope, or nil. One in which
// monitoring finds all well does not: people report what it no longer sees.
func (s *State) covering(k scope) *group {
	for _, id := range s.liveGroups() {
		g := s.groups[id]
		sees := g.Own.ByHand || g.Firing > len(g.Own.Reports)
		if sees && !g.Pinned && g.Cause.Kind != headstart.CauseStorm && covers(g, k) {
			return g
		}
	}
	return nil
}

// covers reports whether g hits a scope: its service, and its place unless g is
// everywhere.
func covers(g *group, k scope) bool {
	if k.Service != "" && !slices.Contains(g.Services, k.Service) {
		return false
	}
	return k.Location == "" || len(g.Locations) == 0 && k.Service != "" || slices.Contains(g.Locations, k.Location)
}

// attach adds a report to the surge that is under way about what it names.
func (s *State) attach(r *report) {
	for _, k := range scopes(r.Service, r.Location) {
		p := s.problems[headstart.ProblemKey(reportPrefix+k.Service+"@"+k.Location)]
		if p == nil || p.State != problemOpen {
			continue
		}
		if g := s.live(p.Group); g != nil && g.Cause.Kind == headstart.CauseSurge {
			r.Surge, r.Alarm = g.ID, true
			s.dirtyReport(r)
			s.match(s.tickets[r.Ticket])
			return
		}
	}
}

// takeReports makes reports suggestions of a group.
func (s *State) takeReports(g *group, list []*report) {
	for i, r := range list {
		if i == surgePart {
			break // the first sixty are enough to show; the rest are matched like any
		}
		r.Surge, r.Alarm = g.ID, true
		s.dirtyReport(r)
	}
	s.after(0, matchTimer, subjectOf(g.ID))
}

// ofSurge reports whether a ticket is one of the reports that made g.
func (s *State) ofSurge(t *headstart.TicketState, g *group) bool {
	return s.reportOf(s.reports[t.Key()], g)
}

func (s *State) reportOf(r *report, g *group) bool {
	return r != nil && r.Surge != 0 && s.follow(r.Surge) == g
}
