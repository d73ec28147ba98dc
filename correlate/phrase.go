package correlate

import "time"

// phrases are the words for a time and for a length as facts last gave them. The
// thousands that join one cause all name when it failed, and how long they waited.
type phrases struct {
	at       instant
	atText   string
	long     time.Duration
	longText string
}

// moment is clockTime.
func (x *phrases) moment(t instant) string {
	if x.atText == "" || t != x.at {
		x.at, x.atText = t, clockTime(t)
	}
	return x.atText
}

// length is how facts give a duration.
func (x *phrases) length(d time.Duration) string {
	if x.longText == "" || d != x.long {
		x.long, x.longText = d, d.String()
	}
	return x.longText
}
