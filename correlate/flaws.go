package correlate

import (
	"time"

	"headstart"
)

// How flaws of the data are told.
const (
	flawEvery  = 24 * time.Hour      // once a day for each edge and each source
	flawMemory = 31 * 24 * time.Hour // not seen for so long, it is over
	flawPrefix = "f "                // of the subject of its forgetTimer
	mostSkewed = 256                 // sources flagged at once: whoever can post could name thousands

	// skewed is how far a source's clock may be off; latest how late an alert may
	// come beside that: Alertmanager holds what joins a group for its
	// group_interval, five minutes by default.
	skewed = 5 * time.Minute
	latest = 5 * time.Minute
)

// doubt begins to doubt the edge of an asset that answers while the one thing it
// hangs on is said to be down. When that comes back, the answers behind it
// may arrive first, so it is judged after the time members get to follow.
func (s *State) doubt(id string) {
	q := s.downAbove(id)
	if q == nil || s.armed(doubtTimer, id) {
		return
	}
	s.after(time.Duration(s.cfg.Recover), doubtTimer, id)
}

// doubted judges it: the asset went on answering, and what it hangs on is down
// still.
func (s *State) doubted(id string) {
	q := s.downAbove(id)
	if q == nil || q.State != problemOpen || s.top(id) != nil || !s.answeredSince(id, q.Onset) {
		return
	}
	f := s.flaw(headstart.Flaw{Kind: headstart.Contradicted, Subject: id, Other: q.Asset})
	if f == nil {
		return
	}
	s.say(headstart.Noted, "Q-02", "contradicted", id, "parent", q.Asset, "since", clockTime(q.Onset), "answered", s.lastAnswer(id))
}

// downAbove returns the reported problem of the one asset that id hangs on, or
// nil while that is up, suspected only, no longer spoken of, or comes and goes.
func (s *State) downAbove(id string) *problem {
	up := s.topo.wayUp(id)
	if up == "" {
		return nil
	}
	if q := s.top(up); q != nil && q.State != problemSuspected && !q.Expired && !q.Unstable {
		return q
	}
	return nil
}

// clocked compares a source's clock with ours when it begins an episode.
// What began before we looked, or before we forgot it, may rightly be old.
func (s *State) clocked(source string, starts instant) {
	if starts.IsZero() || source == "" {
		return
	}
	ahead := starts.Sub(s.now)
	behind := -ahead > skewed+latest && -ahead <= s.recalls() && !starts.Before(s.clock.Awake)
	if ahead <= skewed && !behind {
		return
	}
	f := s.flaw(headstart.Flaw{Kind: headstart.Skewed, Subject: source, OffsetSeconds: int(ahead / time.Second)})
	if f == nil {
		return
	}
	s.say(headstart.Noted, "Q-01", "skewed", source, "offset", ahead.Truncate(time.Second).String(), "allowed", skewed.String())
}

// flaw files what was found, or returns nil when that was told within a day.
func (s *State) flaw(found headstart.Flaw) *headstart.Flaw {
	key := found.Key()
	f := s.flaws[key]
	switch {
	case f != nil && f.Other == found.Other && s.ago(f.Last) < flawEvery:
		return nil
	case f == nil && found.Kind == headstart.Skewed && s.skewedSources() >= mostSkewed:
		return nil
	case f == nil || f.Other != found.Other:
		f = &headstart.Flaw{V: 1, Kind: found.Kind, Subject: found.Subject, Other: found.Other, First: s.now.Time()}
		s.flaws[key] = f
	}
	f.Last, f.OffsetSeconds = s.now.Time(), found.OffsetSeconds
	f.Times++
	s.mark(headstart.TableFlaws, key)
	s.after(flawMemory, forgetTimer, flawPrefix+key)
	return f
}

func (s *State) skewedSources() int {
	n := 0
	for _, f := range s.flaws {
		if f.Kind == headstart.Skewed {
			n++
		}
	}
	return n
}

func (s *State) forgetFlaw(key string) {
	delete(s.flaws, key)
	s.mark(headstart.TableFlaws, key)
}
