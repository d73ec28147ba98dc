package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// clockOf reads 08:00:00, or 1+08:00:00 for the day after.
func clockOf(s string) (time.Time, error) {
	days, clock := 0, s
	if n, after, ok := strings.Cut(s, "+"); ok {
		var err error
		if days, err = strconv.Atoi(n); err != nil || days < 0 || days > mostDays {
			return time.Time{}, fmt.Errorf("day %q; write how many days after the first, 1 to %d, such as 1+08:00:00", n, mostDays)
		}
		clock = after
	}
	t, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q; write such as 08:00:00, or 1+08:00:00 for the day after", s)
	}
	return Day.AddDate(0, 0, days).Add(t.Sub(t.Truncate(24 * time.Hour))), nil
}

func durationOf(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d > mostDays*24*time.Hour || d < -mostDays*24*time.Hour {
		return 0, fmt.Errorf("duration %q; write such as 90s, 5m or 8h30m", s)
	}
	return d, nil
}

func blindFor(s string) (time.Duration, error) {
	d, err := durationOf(s)
	if err == nil && d <= 0 {
		err = fmt.Errorf("blind %s; write how long nobody looked, such as blind 8h", s)
	}
	return d, err
}
