package correlate

import (
	"cmp"
	"strings"
	"time"

	"headstart"
)

// proberKey is the key of the problem that stands for a prober of ours being cut
// off: this service, with a slash an agent elsewhere, with two a replica. All other keys with a slash
// are of an asset, or of a source.
const proberKey = "prober"

// isolation takes the check by which one of our probers says that it reaches nothing
// itself, or that it does again (D-16). What it saw then says nothing about others.
func (s *State) isolation(c *headstart.Check) {
	key := proberOf(c.Prober())
	p := s.problems[key]
	if c.Verdict != headstart.Down {
		if p != nil && isProber(p) && c.Verdict != headstart.Unknown {
			s.checkClears(p)
			s.after(time.Duration(s.cfg.Recover), releaseTimer, doubtHold)
		}
		return
	}
	if p == nil {
		p = s.newProblem(problem{Key: key, setting: s.settings.keep(setting{Check: "ProberIsolated"}), Class: environment, Unplaced: true})
	}
	if !isProber(p) || p.Mem.Down {
		return
	}
	p.Probed, p.Reason = true, c.Reason
	s.dirtyProblem(p)
	s.change(p, func() { p.Mem.Down = true })
	s.dirtyMemory(p)
	began := s.observedAt(c)
	if began.IsZero() || began.After(s.now) {
		began = s.now
	}
	s.fail(p, began, true)
}

func proberOf(prober string) headstart.ProblemKey {
	if prober == "" {
		return proberKey
	}
	return headstart.ProblemKey(proberKey + "/" + strings.ToValidUTF8(prober, "\uFFFD"))
}

// proberName is what people know a prober by.
func proberName(prober string) string {
	return cmp.Or(strings.TrimPrefix(prober, "/"), "headstart")
}

// isProber reports whether a problem stands for a prober of ours that is cut off.
func isProber(p *problem) bool {
	return p.Asset == "" && (p.Key == proberKey || strings.HasPrefix(string(p.Key), proberKey+"/"))
}

// isOurs reports whether a problem is about our own eyes, and so about nothing that
// users have.
func isOurs(p *problem) bool { return isSource(p) || isProber(p) }

// proberFacts are the facts of the decision that a prober is isolated.
func proberFacts(p *problem) []string {
	prober := strings.TrimPrefix(strings.TrimPrefix(string(p.Key), proberKey), "/")
	return []string{"prober", proberName(prober), "since", clockTime(p.Began), "reason", p.Reason}
}

// doubtHold keeps together what waits for a prober that is isolated.
const doubtHold = "prober"

// proberInDoubt returns the problem of the prober that p, which nothing was opened for
// yet, rests on alone, while that one is isolated, or was until a moment ago: its
// probes need as long as members get to follow a cause to say that all is well.
func (s *State) proberInDoubt(p *problem) *problem {
	if p.State != problemPending || !p.Mem.Down || len(p.Alerts.list()) > 0 || isOurs(p) {
		return nil
	}
	q := s.problems[proberOf(p.Mem.seldom().By)]
	if q == nil || !isProber(q) || !q.Mem.Down && (q.Cleared.IsZero() || !s.now.Before(s.sureFrom(q))) {
		return nil
	}
	return q
}

// sureFrom is from when the word of a prober that is back counts again.
func (s *State) sureFrom(q *problem) instant {
	return q.Cleared.Add(time.Duration(s.cfg.Recover))
}

func (s *State) inDoubt(p *problem) bool { return s.proberInDoubt(p) != nil }

// patience are the facts of how long p was still to be waited for: until it settles,
// or until its prober is back.
func (s *State) patience(p *problem) []string {
	facts := s.timerFacts(settleTimer, string(p.Key))
	if facts == nil && p.Mem.Waits {
		return []string{"prober", proberName(p.Mem.seldom().By)}
	}
	return facts
}

// waits lets p wait while nobody knows whether it fails or its prober is cut off: no
// deadline, however long that takes, until the prober is back. It reports whether p
// is dealt with.
func (s *State) waits(p *problem) bool {
	q := s.proberInDoubt(p)
	if (q != nil) != p.Mem.Waits {
		s.unkeep(p)
		p.Mem.Waits = q != nil
		s.keep(p)
		s.dirtyMemory(p)
		if q != nil {
			s.say(headstart.Noted, "D-16", "waits", string(p.Key), "failed", clockTime(p.Onset)).Problem = p.Key
		}
	}
	if q != nil && !q.Mem.Down {
		s.settleAt(p, s.sureFrom(q))
	}
	return q != nil
}
