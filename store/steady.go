package store

import (
	"log/slog"
	"sync"
	"time"
)

// steady is a clock that a machine's clock which is set back does not stop. What it told
// before cannot be taken back, since the log is ordered by it; if it waited until the
// machine's caught up, no deadline would come meanwhile, for an hour if that was an hour
// ahead. So it goes on at half the pace until the two agree.
type steady struct {
	now    func() time.Time // the machine's
	logger *slog.Logger     // nil: silent

	mu     sync.Mutex
	told   time.Time
	asked  time.Time // when, by the clock that nobody can set
	behind bool      // the machine's, and that was said
}

// newSteady returns a clock that tells nothing before last.
func newSteady(now func() time.Time, last time.Time, logger *slog.Logger) *steady {
	return &steady{now: now, told: last, asked: time.Now(), logger: logger}
}

func (s *steady) tell() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, since := s.now(), time.Since(s.asked)
	s.asked = s.asked.Add(since)
	by := s.told.Sub(now)
	if by <= 0 {
		s.told, s.behind = now, false
		return now
	}
	s.told = s.told.Add(since / 2)
	if by > stepLeast && !s.behind && s.logger != nil {
		s.logger.Warn("the machine's clock was set back; the log's goes on at half the pace until they agree", "duration", by.Round(time.Second))
	}
	s.behind = s.behind || by > stepLeast
	return s.told
}

// stepLeast is what is worth a word; clocks that are held to a server's step by less.
const stepLeast = 5 * time.Second
