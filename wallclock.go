package headstart

import (
	"slices"
	"time"
)

// ClockShows is when clocks of zone show minute of a day. In the hour that comes
// twice it is the first time, or with last the second: work planned into that
// hour is covered for both. In the hour that is left out it is the moment clocks
// jump over it.
func ClockShows(y int, m time.Month, d, minute int, zone *time.Location, last bool) time.Time {
	naive := time.Date(y, m, d, 0, minute, 0, 0, time.UTC)
	var found []time.Time
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := naive.Add(around).In(zone).Zone()
		at := naive.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, shown := at.Zone(); shown == offset {
			found = append(found, at)
		}
	}
	if len(found) == 0 {
		_, before := naive.Add(-24 * time.Hour).In(zone).Zone()
		jump, _ := naive.Add(-time.Duration(before) * time.Second).In(zone).ZoneBounds()
		return jump
	}
	slices.SortFunc(found, time.Time.Compare)
	if last {
		return found[len(found)-1]
	}
	return found[0]
}
