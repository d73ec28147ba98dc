package correlate

import (
	"cmp"
	"math"
	"time"
)

// instant is a time as State keeps it: nanoseconds since 1970, a third of what
// time.Time takes, and compared as a number. Zero is no time. Beyond the years 1678
// and 2262 it stands still, and a deadline at forever never comes.
type instant int64

const (
	earliest instant = math.MinInt64
	forever  instant = math.MaxInt64
)

// instantOf is t, or the nearest that can be said so.
func instantOf(t time.Time) instant {
	const furthest = math.MaxInt64/int64(time.Second) - 1
	switch s := t.Unix(); {
	case t.IsZero():
		return 0
	case s > furthest:
		return forever
	case s < -furthest:
		return earliest
	}
	// The moment 1970 began is a time, such as the end of an alert: the next one.
	return cmp.Or(instant(t.UnixNano()), 1)
}

// Time returns t in UTC.
func (t instant) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(t)).UTC()
}

// milli is Unix milliseconds.
func (t instant) milli() int64 { return int64(t) / int64(time.Millisecond) }

// IsZero reports whether t is no time; rows leave it out then.
func (t instant) IsZero() bool          { return t == 0 }
func (t instant) Before(u instant) bool { return t < u }
func (t instant) After(u instant) bool  { return t > u }

// Add stands still at forever and at the first.
func (t instant) Add(d time.Duration) instant {
	sum := t + instant(d)
	switch {
	case d > 0 && sum < t:
		return forever
	case d < 0 && sum > t:
		return earliest
	}
	return sum
}

// Sub stands still at the longest, as time.Time's does.
func (t instant) Sub(u instant) time.Duration {
	d := t - u
	switch {
	case t > u && d < 0:
		return math.MaxInt64
	case t < u && d > 0:
		return math.MinInt64
	}
	return time.Duration(d)
}

// MarshalJSON writes t as a time.Time.
func (t instant) MarshalJSON() ([]byte, error) { return t.Time().MarshalJSON() }

// UnmarshalJSON reads what a time.Time wrote.
func (t *instant) UnmarshalJSON(b []byte) error {
	var x time.Time
	err := x.UnmarshalJSON(b)
	*t = instantOf(x)
	return err
}
