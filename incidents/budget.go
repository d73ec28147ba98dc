package incidents

import (
	"strings"
	"time"

	"headstart"
)

// ledger counts the first messages of a day, by day and audience (ruling 26): updates
// never count. Days that are over are dropped with the next one.
type ledger struct {
	All   map[string]int
	Minor map[string]int // of them, those of a P3 or P4
}

// first counts one.
func (l *ledger) first(day, audience string, minor bool) {
	l.All = counted(l.All, day, audience)
	if minor {
		l.Minor = counted(l.Minor, day, audience)
	}
}

func counted(m map[string]int, day, audience string) map[string]int {
	for key := range m {
		if !strings.HasPrefix(key, day+"/") {
			delete(m, key)
		}
	}
	if m == nil {
		m = map[string]int{}
	}
	m[day+"/"+audience]++
	return m
}

// today is the day budgets count in.
func (b *book) today() string { return b.now.In(b.zone).Format(time.DateOnly) }

// spentToday reports whether the audience of a had all the first messages that a day
// allows.
func (b *book) spentToday(a *headstart.Announcement) bool {
	most := b.config.Push.Budget
	return most > 0 && b.ledger.All[b.today()+"/"+a.Audience] >= most
}

// minor reports whether a, of i, is about nothing but what a digest is enough for.
func (b *book) minor(i *incident, a *headstart.Announcement) bool {
	p := b.priorityOf(i, a)
	return p == "P3" || p == "P4"
}
