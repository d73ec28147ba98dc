package systems

import "time"

// token is one of our user's, as its system lists them: when it was used last and
// when it ends.
type token struct{ used, ends string }

// usedLast is when the token ends that was used last, which is ours: the question
// itself was asked with it. Zero: it does not end, or cannot be told from others.
func usedLast(tokens []token) time.Time {
	var latest, ends time.Time
	for _, t := range tokens {
		at := moment(t.used, time.UTC)
		if len(tokens) > 1 && !at.After(latest) {
			continue
		}
		latest, ends = at, moment(t.ends, time.UTC)
		if day, err := time.Parse(time.DateOnly, t.ends); err == nil {
			ends = day
		}
	}
	return ends
}
