package correlate

import (
	"cmp"
	"strings"
	"time"

	"headstart"
)

// trace is correlation's own part of an alert. Its row is traceRow.
type trace struct {
	Held *[]string // see held; never changed, since those that one origin held share it
	rare *past     // nil: none of it
}

// held are the origins that held it in this episode, sorted.
func (t *trace) held() []string {
	if t.Held == nil {
		return nil
	}
	return *t.Held
}

// past is what is known of few alerts: those that ended before, or that waited
// while nobody looked.
type past struct {
	Mark instant // latest end a sender named: the high-water mark

	// Promised is until when it was last held, of an alert that expired. An end
	// before that, delivered late, still proves it resolved (ruling 14).
	Promised instant

	// Shift is State's when Origins were last written: time in which nobody
	// looked since then is owed to each of them (ruling 5).
	Shift time.Duration

	// Heard is, on the steady clock, when an origin that names no end last held it
	// (ruling 15).
	Heard instant

	Silenced []string // see alert.silenced
}

func (x *past) empty() bool {
	return x.Mark == 0 && x.Promised == 0 && x.Shift == 0 && x.Heard == 0 && x.Silenced == nil
}

// past returns what is known of few alerts.
func (t *trace) past() past {
	if t.rare == nil {
		return past{}
	}
	return *t.rare
}

// set changes what is known of few alerts.
func (t *trace) set(change func(*past)) {
	if t.rare == nil {
		t.rare = &past{}
	}
	if change(t.rare); t.rare.empty() {
		t.rare = nil
	}
}

// traceRow is the row of a trace.
type traceRow struct {
	V        int           `json:"v"`
	Mark     instant       `json:"mark,omitzero"`
	Promised instant       `json:"promised,omitzero"`
	Shift    time.Duration `json:"shift,omitempty"`
	Held     []string      `json:"held,omitempty"`
	Heard    instant       `json:"heard,omitzero"`
}

// load takes a row over.
func (t *trace) load(r *traceRow, from holders) {
	t.Held = from.all(r.Held)
	t.set(func(x *past) { x.Mark, x.Promised, x.Shift, x.Heard = r.Mark, r.Promised, r.Shift, r.Heard })
}

// delivery is an Alert with its times as State keeps them.
type delivery struct {
	headstart.Alert
	*sighting
	starts, ends instant
}

// applyAlert is rules D-01, D-02 and D-14 (rulings 13, 14, 19).
func (s *State) applyAlert(in *headstart.Alert, ahead any) {
	d := delivery{*in, s.sighted(in, ahead), sane(in.StartsAt), sane(in.EndsAt)}
	d.Labels = d.labels
	alive := d.Alive(s.now.Time())
	switch {
	case d.watchdog:
		if alive {
			s.signOfLife(sourceOf(s.holder(&d.Alert)))
		}
	case d.ignored && !s.inhibitor.inhibits(d.labels):
	case alive:
		s.fire(&d)
	default:
		s.ended(&d)
	}
}

// holder is whose word keeps the alert alive. A delivery without an end comes
// from an Alertmanager, which speaks for all of its Prometheus at once and names
// only one of them as generator; so it counts as one holder under its own name.
func (s *State) holder(d *headstart.Alert) string {
	if d.EndsAt.IsZero() && d.Source != "" {
		return d.Source
	}
	return s.origin(d)
}

// origin is whose alert it is. A storm asks thousands of times of the same few
// rules, so what their addresses say is kept.
func (s *State) origin(d *headstart.Alert) string {
	if d.GeneratorURL == "" {
		return d.Source
	}
	if len(s.hosts) > mostHosts {
		clear(s.hosts)
	}
	host, known := s.hosts[d.GeneratorURL]
	if !known {
		host = (&headstart.Alert{GeneratorURL: d.GeneratorURL}).Origin()
		s.hosts[d.GeneratorURL] = host
	}
	return cmp.Or(host, d.Source)
}

// mostHosts bounds how many addresses are kept.
const mostHosts = 1000

// fire takes a delivery that says the alert is alive.
func (s *State) fire(d *delivery) {
	fp := d.fingerprint
	a := s.alerts[fp]
	// Only what names no end can be stale: a post with an end in the future is
	// alive, whatever its start (ruling 13).
	if a != nil && !a.Firing && d.ends.IsZero() && !d.starts.IsZero() && !d.starts.After(a.Trace.past().Mark) {
		s.say(headstart.Noted, "D-02", "stale", fp, "started", clockTime(d.starts), "ended", clockTime(a.Trace.past().Mark))
		return
	}
	from, starts := s.holder(&d.Alert), d.starts
	if starts.IsZero() {
		starts = s.now
	}
	if a != nil && a.Firing {
		s.heard(a, from, d.ends)
		if starts.Before(a.StartsAt) { // overlapping episodes are one
			a.StartsAt = starts
			s.dirtyAlert(a)
		}
		if p := s.problems[a.Problem]; p != nil {
			s.beganAt(p, starts)
		}
		return
	}
	if a == nil {
		a = &alert{Fingerprint: fp}
		s.alerts[fp] = a
	}
	a.told = s.moulds.keep(d.Labels, d.Annotations, d.GeneratorURL)
	if starts != a.StartsAt { // else it is heard again: no news of a clock
		s.clocked(sourceOf(from), starts)
	}
	ended := a.EndedAt
	a.StartsAt, a.EndedAt = starts, 0
	a.Firing, a.Expired, a.origins = true, false, holds{}
	a.Trace.Held = nil
	if a.Trace.rare != nil {
		a.Trace.set(func(x *past) { x.Heard = 0 })
	}
	s.inhibit(a, true)
	a.silence(s.silencedBy(a))
	s.heard(a, from, d.ends)
	s.dirtyAlert(a)
	s.dirtyTrace(a)
	s.remember(alertPrefix, fp)
	if d.ignored {
		return // it is kept for what it inhibits, and is no failure
	}
	s.place(a, d.sighting, ended)
}

// place finds or makes the alert's problem and lets it fail; ended is when the
// alert last was over, zero if it never was.
func (s *State) place(a *alert, x *sighting, ended instant) {
	p, at := s.problemOf(x), &x.at
	says := *p.setting
	if p.State == problemHealthy {
		says.Severity, p.Reason, p.Mem.AtOnce = "", "", false // of an earlier episode
		says.Service, says.Location = at.Service, at.Location
	}
	p.Unplaced = !at.Placed
	says.Severity = severer(says.Severity, x.severity)
	p.setting = s.settings.keep(says)
	p.Reason = cmp.Or(a.told.share(x.summary), p.Reason)
	s.change(p, func() {
		p.mute(nil)
		if at.Class != "" {
			p.Class = classOf(at.Class)
		}
		p.enter(a)
	})
	a.Problem = p.Key
	s.dirtyProblem(p)
	if x.atOnce && !p.Mem.AtOnce {
		p.Mem.AtOnce = true
		s.dirtyMemory(p)
	}
	if p.State != problemOpen {
		p.Expired = false
		// Nothing explains what the catalog does not know, so nobody waits for that; but what
		// may be inhibited waits for what inhibits it, as a group of Alertmanager does.
		s.fail(p, a.StartsAt, x.atOnce || !at.Placed && !s.inhibitor.mutes(x.labels))
	} else if !s.falls(p) || !s.toldOf(p, ended) {
		s.further(p, a)
	}
	s.hearLater(p, a, x)
}

// problemOf finds or makes the problem of an alert, and finds out where that belongs.
func (s *State) problemOf(x *sighting) *problem {
	x.seek()
	p := s.problems[x.key]
	if p == nil {
		p = s.newProblemOn(x.node, problem{
			Key: x.key, Asset: x.asset,
			setting: s.settings.keep(setting{Check: x.check, Service: x.at.Service, Location: x.at.Location, Severity: x.severity}),
		})
	}
	return p
}

// further tells of one more alert of a member, or of one that had expired and is
// there again.
func (s *State) further(p *problem, a *alert) {
	again := p.Expired
	p.Expired = false
	g := s.live(p.Group)
	if g == nil {
		return // ended by hand while it fails
	}
	outcome := "alert"
	if again {
		outcome = "heard_again"
	}
	c := s.say(headstart.AlertSeen, "D-02", outcome, string(p.Key), "alert", a.Fingerprint, "severity", a.told.label("severity"))
	c.Group, c.Problem, c.Alert = g.ID, p.Key, a.Fingerprint
	s.confide(g, p)
	if again && g.State == headstart.Recovering && !s.armed(recoverTimer, subjectOf(g.ID)) {
		s.after(time.Duration(s.cfg.Recover), recoverTimer, subjectOf(g.ID))
	}
}

// ended takes a delivery whose end has passed.
func (s *State) ended(d *delivery) {
	fp := d.fingerprint
	a := s.alerts[fp]
	if a == nil || !a.Firing {
		s.bury(fp, a, d.ends)
		return
	}
	if d.ends.Before(a.StartsAt) {
		s.say(headstart.Noted, "D-02", "stale", fp, "ended", clockTime(d.ends), "started", clockTime(a.StartsAt))
		return
	}
	s.unblind(a)
	origin := s.origin(&d.Alert)
	until, held := a.origins.until(origin)
	proved := held && (until.IsZero() || d.ends.Before(until))
	a.origins.drop(origin)
	if until, has := a.origins.until(d.Source); has && until.IsZero() { // its Alertmanager held it
		held, proved = true, true
		a.origins.drop(d.Source)
	}
	s.dirtyAlert(a)
	if proved {
		s.raise(a, d.ends)
	} else if held {
		a.Trace.set(func(x *past) { x.Promised = until })
		s.dirtyTrace(a)
	}
	if !s.alive(a) && held {
		s.over(a, proved)
	}
}

// bury keeps the end of an episode that is not known as firing, so that its
// firing, should it still arrive, is not taken for a new one.
func (s *State) bury(fp string, a *alert, end instant) {
	if a == nil {
		a = &alert{Fingerprint: fp}
		s.alerts[fp] = a
		s.say(headstart.Noted, "D-02", "tombstone", fp, "ended", clockTime(end))
		s.endsAfter(tombstone, fp)
	}
	if a.Expired && end.Before(a.Trace.past().Promised) && !end.Before(a.StartsAt) {
		s.provedLate(a)
	}
	s.raise(a, end)
}

// provedLate takes the resolve of an alert that had expired meanwhile.
func (s *State) provedLate(a *alert) {
	a.Expired, a.UpdatedAt = false, s.now
	s.dirtyAlert(a)
	p := s.problems[a.Problem]
	if p == nil || !p.Expired || len(p.Alerts.list()) > 0 || p.Mem.Down {
		return
	}
	if p.Class == reachability {
		s.answered(p.Asset, p.Check)
	}
	s.clear(p, "resolved")
}

// raise moves the high-water mark; expiry never does (ruling 13).
func (s *State) raise(a *alert, end instant) {
	if end.After(a.Trace.past().Mark) {
		a.Trace.set(func(x *past) { x.Mark = end })
		s.dirtyTrace(a)
	}
}

// forget drops the rows of an alert, or of a problem, that has long been over.
func (s *State) forget(subject string) {
	if fp, is := strings.CutPrefix(subject, alertPrefix); is {
		if a := s.alerts[fp]; a != nil && !a.Firing {
			s.dirtyAlert(a)
			s.dirtyTrace(a)
			a.gone = true
			delete(s.alerts, a.Fingerprint)
		}
		return
	}
	if key, is := strings.CutPrefix(subject, flawPrefix); is {
		s.forgetFlaw(key)
		return
	}
	s.forgetProblem(headstart.ProblemKey(subject[len(problemPrefix):]))
}

// summary is what an alert's author says of it.
func summary(annotations map[string]string) string {
	for _, k := range []string{"summary", "description", "message"} {
		if v := annotations[k]; v != "" {
			return v
		}
	}
	return ""
}

// severer keeps the worse of two severities; words nobody ranks keep the first.
func severer(a, b string) string {
	if b != "" && (a == "" || severityRank(b) > severityRank(a)) {
		return b
	}
	return a
}

func severityRank(word string) int {
	switch word {
	case "critical", "page":
		return 4
	case "error", "major":
		return 3
	case "warning", "minor":
		return 2
	case "info":
		return 1
	}
	return 0
}
