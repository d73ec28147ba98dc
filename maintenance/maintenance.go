// Package maintenance brings planned work into the log: what the configuration
// plans once or again and again, and what calendars of others propose.
//
// A Source holds no state. What it said before stands in the View, so a restart,
// a reload or another leader goes on where the last one stopped. The promise:
// each window is said once and again only when it changes; what is no longer
// planned is cancelled, but never because a calendar did not answer; and what a
// person decided about a window stands until its source says something new.
package maintenance

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/maintenance/ical"
)

// Options is what a Source needs; all but Now is required.
type Options struct {
	Config  Config
	Catalog *headstart.Catalog
	Zone    *time.Location // of the configuration
	View    *headstart.View
	Append  func(context.Context, headstart.Append) (headstart.Offset, error)
	Leading func() bool // only the leader plans
	Dialer  *headstart.Dialer
	Logger  *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// Source appends windows ahead of time.
type Source struct {
	o       Options
	logger  *slog.Logger
	feeds   []feed
	index   *index
	fetched map[string]*fetched // by source
	warned  map[string]string   // by subject: what was last warned of it
}

// fetched is what a calendar planned when it was last read.
type fetched struct {
	due     time.Time // to be read again
	heard   bool      // it was read once
	windows []headstart.MaintenanceWindow
}

// New returns a Source. It fails when a file with a calendar's address cannot be
// read.
func New(o Options) (*Source, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Source{
		o: o, logger: o.Logger.With("component", "maintenance"), index: newIndex(o.Catalog),
		fetched: map[string]*fetched{}, warned: map[string]string{},
	}
	for _, c := range o.Config.ICal {
		f, err := newFeed(c)
		if err != nil {
			return nil, fmt.Errorf("maintenance.ical: %w", err)
		}
		s.feeds = append(s.feeds, f)
		s.fetched[f.source] = &fetched{}
	}
	return s, nil
}

const (
	// ahead is how far windows that come again are said. A week and a day show a
	// weekly one at any time.
	ahead = 8 * 24 * time.Hour

	look       = time.Second      // whether to lead
	each       = time.Minute      // between two rounds
	fetchEvery = 15 * time.Minute // each calendar
)

// Run plans until ctx ends.
func (s *Source) Run(ctx context.Context) error {
	client := httpClient(s.o.Dialer)
	defer client.CloseIdleConnections()
	var next time.Time
	for {
		if now := s.o.Now(); s.o.Leading() && s.o.View.Ready() && !now.Before(next) {
			next = now.Add(each)
			s.round(ctx, now)
			if s.fetch(ctx, client, now) { // after the round: a calendar may be slow
				s.round(ctx, s.o.Now())
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(look):
		}
	}
}

// fetch reads the calendars that are due; one that fails keeps what it said.
func (s *Source) fetch(ctx context.Context, client *http.Client, now time.Time) (any bool) {
	for i := range s.feeds {
		f := &s.feeds[i]
		last := s.fetched[f.source]
		if now.Before(last.due) {
			continue
		}
		last.due = now.Add(fetchEvery)
		windows, left, err := s.read(ctx, client, f)
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			last.due = now.Add(each)
			s.warn(f.source, "calendar not read, what it planned stays: "+err.Error())
			continue
		}
		why := ""
		if len(left) > 0 {
			why = fmt.Sprintf("calendar read in part: %d events are left out, such as %.80q: %s", len(left), left[0].UID, left[0].Why)
		}
		s.warn(f.source, why)
		last.heard, last.windows, any = true, windows, true
	}
	return any
}

func (s *Source) read(ctx context.Context, client *http.Client, f *feed) ([]headstart.MaintenanceWindow, []ical.Left, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	data, err := f.fetch(ctx, client)
	if err != nil {
		return nil, nil, err
	}
	return f.windows(ctx, data, s.index, s.o.Zone, s.o.Now())
}

// warn says what is wrong with subject once, until something else is.
func (s *Source) warn(subject, what string) {
	if s.warned[subject] == what {
		return
	}
	s.warned[subject] = what
	if what != "" {
		s.logger.Warn("planned work is incomplete", "subject", subject, "err", what)
	}
}

// linesOfRecord bounds a record of the log.
const linesOfRecord = 50

// round appends what changed since the log last heard of it.
func (s *Source) round(ctx context.Context, now time.Time) {
	want := s.o.Config.Expand(now, now.Add(ahead), s.o.Zone)
	for i := range s.feeds {
		for _, w := range s.fetched[s.feeds[i].source].windows {
			if w.EndsAt.After(now) {
				want = append(want, w)
			}
		}
	}
	slices.SortStableFunc(want, func(a, b headstart.MaintenanceWindow) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.ID, b.ID))
	})
	lines, taken := changes(want, s.o.View.Maintenance(), s.heard, now)
	clash := ""
	if len(taken) > 0 {
		clash = "other planned work has these ids of the configuration already: " + strings.Join(taken, ", ")
	}
	s.warn(sourceConfig, clash)
	for part := range slices.Chunk(lines, linesOfRecord) {
		if err := s.append(ctx, now, part); err != nil {
			if ctx.Err() == nil {
				s.logger.Warn("maintenance windows not recorded; tried again in a minute", "err", err)
			}
			return
		}
	}
}

// heard reports whether what source says now is known. One that no configuration
// names any more has nothing to say.
func (s *Source) heard(source string) bool {
	f := s.fetched[source]
	return f == nil || f.heard
}

// append records windows and waits until readers see them, so that the next
// round does not say them again.
func (s *Source) append(ctx context.Context, now time.Time, windows []headstart.MaintenanceWindow) error {
	lines := make([]headstart.Line, len(windows))
	for i := range windows {
		lines[i] = headstart.Line{Maintenance: &windows[i]}
		s.logger.Info("maintenance window planned", "subject", windows[i].ID, "change", changeOf(&windows[i]))
	}
	off, err := s.o.Append(ctx, headstart.Append{Data: headstart.NewRecord(now, lines...).Encode()})
	if err != nil {
		return err
	}
	return s.o.View.WaitFor(ctx, off)
}

func changeOf(w *headstart.MaintenanceWindow) string {
	switch {
	case w.Cancelled:
		return "cancelled"
	case w.Proposed:
		return "proposed"
	default:
		return "planned"
	}
}
