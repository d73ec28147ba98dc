package maintenance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"headstart"
	"headstart/maintenance/ical"
)

// Closed are the days nobody works as a calendar says them (calendar.ical): a file, or
// an address, of which the last good copy is kept. Every event of whole days closes
// those days; one with a time of day closes nothing.
//
// What Days returns depends on the year and on the bytes of the file alone, so that
// processes with the same copy have the same configuration.
type Closed struct {
	Place string // name of a file, or address; empty: none
	Copy  string // file that keeps what the address said last; it was written when the address was last read
	Zone  *time.Location

	Dialer *headstart.Dialer // of Run alone, as Logger is
	Logger *slog.Logger
	Now    func() time.Time // nil: time.Now
}

const (
	closedEvery = 24 * time.Hour
	closedAgain = time.Hour // after an address did not answer
	maxClosed   = 500       // periods within the four years that are read

	// ClosedStale is how old the copy may become before people are told.
	ClosedStale = 7 * 24 * time.Hour
)

// Remote reports whether the calendar is at an address.
func (c *Closed) Remote() bool { return strings.Contains(c.Place, "://") }

// Validate reports an address that is none. A file is read by Days.
func (c *Closed) Validate() error {
	if !c.Remote() {
		return nil
	}
	if _, err := address(c.Place); err != nil {
		return fmt.Errorf("calendar.ical: %w, or the name of a file", err)
	}
	return nil
}

// Days are the days of the file, or of the copy: none before an address was first read.
func (c *Closed) Days() ([]headstart.Holiday, error) {
	if c.Place == "" {
		return nil, nil
	}
	data, err := readCalendar(c.file())
	if c.Remote() && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	days, _, err := closedDays(data, c.Zone, c.now().In(c.Zone).Year())
	return days, err
}

// ReadAt is when an address was last read; the zero time: never.
func (c *Closed) ReadAt() time.Time {
	info, err := os.Stat(c.Copy)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Run reads the calendar now and each day until ctx ends, and calls changed when it says
// other days than those in force. While it cannot be read, what it said last holds.
func (c *Closed) Run(ctx context.Context, inForce []headstart.Holiday, changed func()) error {
	logger := c.Logger.With("component", "maintenance", "subject", "calendar.ical")
	client := httpClient(c.Dialer)
	defer client.CloseIdleConnections()
	for {
		wait := closedEvery
		days, left, err := c.read(ctx, client)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			wait = closedAgain
			logger.Warn("closed days not read, those it said last hold; tried again in an hour", "err", err)
		case !slices.EqualFunc(days, inForce, sameDays):
			logger.Info("the calendar says other closed days", "days", len(days))
			changed()
		case len(left) > 0:
			logger.Warn("closed days read in part", "err", fmt.Sprintf("%d events are left out, such as %.80q: %s", len(left), left[0].UID, left[0].Why))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// read reads the calendar where it is, and keeps a copy of a good one.
func (c *Closed) read(ctx context.Context, client *http.Client) ([]headstart.Holiday, []ical.Left, error) {
	year := c.now().In(c.Zone).Year()
	if !c.Remote() {
		data, err := readCalendar(c.Place)
		if err != nil {
			return nil, nil, err
		}
		return closedDays(data, c.Zone, year)
	}
	u, err := address(c.Place)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	data, err := (&feed{url: u}).fetch(ctx, client)
	if err != nil {
		return nil, nil, err
	}
	days, left, err := closedDays(data, c.Zone, year)
	if err != nil {
		return nil, nil, err
	}
	return days, left, keepCopy(c.Copy, data)
}

func (c *Closed) file() string {
	if c.Remote() {
		return c.Copy
	}
	return c.Place
}

func (c *Closed) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// closedDays are the days that a calendar closes from the year before to two years
// after: whole years, so that they change once a year and not each day.
func closedDays(data []byte, zone *time.Location, year int) ([]headstart.Holiday, []ical.Left, error) {
	events, err := ical.Decode(data, zone)
	if err != nil {
		return nil, nil, err
	}
	events = slices.DeleteFunc(events, func(e ical.Event) bool { return e.Days == 0 && e.Unclear == "" })
	if len(events) > maxClosed {
		return nil, nil, fmt.Errorf("it has %d events of whole days; publish one of closed days alone, %d at most", len(events), maxClosed)
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	var days []headstart.Holiday
	var left []ical.Left
	for y := year - 1; y < year+3; y++ {
		var found []ical.Occurrence
		from := time.Date(y, time.January, 1, 0, 0, 0, 0, zone)
		if found, left, err = ical.Occurrences(ctx, events, from, from.AddDate(1, 0, 0)); err != nil {
			return nil, nil, fmt.Errorf("its rules take too long: %w", err)
		}
		for _, o := range found {
			if o.Event.Days > 0 { // and not the one day of a series that got a time
				days = append(days, closedFor(o))
			}
		}
		if days = inOrder(days); len(days) > maxClosed {
			return nil, nil, fmt.Errorf("it closes more than %d times within four years; publish one of closed days alone", maxClosed)
		}
	}
	return days, left, nil
}

// inOrder sorts days and drops what is said twice: by two events, or for two years.
func inOrder(days []headstart.Holiday) []headstart.Holiday {
	slices.SortFunc(days, func(a, b headstart.Holiday) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Name, b.Name))
	})
	return slices.CompactFunc(days, sameDays)
}

// closedFor is the period of one event, whose end is the day after its last.
func closedFor(o ical.Occurrence) headstart.Holiday {
	h := headstart.Holiday{From: o.Start.Format(time.DateOnly), Name: firstLine(o.Event.Summary)}
	if o.Event.Days > 1 {
		h.To = o.Start.AddDate(0, 0, o.Event.Days-1).Format(time.DateOnly)
	}
	return h
}

func sameDays(a, b headstart.Holiday) bool {
	return a.From == b.From && a.To == b.To && a.Name == b.Name && a.Effect == b.Effect && slices.Equal(a.Locations, b.Locations)
}

// readCalendar reads no more of a file than Decode takes.
func readCalendar(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return io.ReadAll(io.LimitReader(f, ical.MaxBytes+1))
}

// keepCopy replaces name by data, whole or not at all: a copy cut off would open the
// desk on Christmas day.
func keepCopy(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".closed-*") // 0600
	if err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep a copy: %w", err)
	}
	return nil
}
