package configs

import (
	"fmt"
	"path/filepath"
	"time"

	"headstart/maintenance"
)

// Closed is where calendar.ical reads the days nobody works.
func (c *Config) Closed() *maintenance.Closed {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		zone = time.UTC // validated
	}
	return &maintenance.Closed{Place: c.Calendar.ICal, Copy: filepath.Join(c.DataDir, "closed.ics"), Zone: zone}
}

// readClosed adds the days of calendar.ical to the holidays, after those that are written
// here: of two on one day the first is shown. A file that cannot be read is a mistake. The
// copy of an address is not the operator's: without one the service reads it anew.
func (c *Config) readClosed(say func(string)) {
	closed := c.Closed()
	days, err := closed.Days()
	switch {
	case err != nil && closed.Remote():
		c.Warnings = append(c.Warnings, fmt.Sprintf("calendar.ical: its copy %s is not used: %v", closed.Copy, err))
	case err != nil:
		say(fmt.Sprintf("calendar.ical: %v; name a file in iCalendar format, or an address", err))
	}
	c.ClosedDays = days
	c.Calendar.Holidays = append(c.Calendar.Holidays, days...)
}
