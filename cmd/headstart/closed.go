package main

import (
	"context"
	"fmt"
	"time"

	"headstart/configs"
	"headstart/maintenance"
)

// closedDays reads calendar.ical now and then. Other days are another configuration: it is
// read again, with the copy that was just written, and enters the log as after a SIGHUP.
func (s *service) closedDays(cfg *configs.Config) func(context.Context) error {
	closed := cfg.Closed()
	closed.Dialer, closed.Logger, closed.Now = channelDialer(cfg), s.logger, s.now
	return func(ctx context.Context) error {
		return closed.Run(ctx, cfg.ClosedDays, func() {
			if err := s.reload(ctx); err != nil {
				s.logger.Error("configuration not reloaded; the old closed days stay in force", "err", err)
			}
		})
	}
}

// lookClosed says what there is of calendar.ical, and how old it is.
func lookClosed(cfg *configs.Config) []finding {
	closed := cfg.Closed()
	if closed.Place == "" {
		return nil
	}
	what := fmt.Sprintf("calendar.ical: %d closed periods", len(cfg.ClosedDays))
	remedy := ""
	if closed.Remote() {
		switch at := closed.ReadAt(); {
		case at.IsZero():
			what, remedy = "calendar.ical: was never read", "the service reads it when it starts; if it runs, its log says what is wrong"
		case time.Since(at) > maintenance.ClosedStale:
			what, remedy = fmt.Sprintf("calendar.ical: %d closed periods, last read %s", len(cfg.ClosedDays), at.Format(time.DateOnly)), "the service reads it each day; its log says what is wrong"
		}
	}
	if remedy == "" && len(cfg.ClosedDays) == 0 {
		remedy = "it has no event of whole days in these years; only those close"
	}
	return []finding{{what, remedy}}
}
