package incidents

import (
	"time"

	"headstart"
)

// A message that was given up is kept with what was said of it, so that a person can
// send it again when its place works again. A place is told how things are, never how
// they were: what goes out then is the newest message of the announcement.

// deadKept is how long it can be sent again, and mostDead how many are kept: a place
// that is gone for good must not fill the store.
const (
	deadKept = 30 * 24 * time.Hour
	mostDead = 1000
)

// bury keeps a message that was given up.
func (b *book) bury(n *headstart.Notice, why string) {
	if len(b.dead) >= mostDead {
		b.unbury(b.oldestDead())
	}
	l := &headstart.DeadLetter{V: 1, At: b.now, Why: why, Notice: *n}
	l.Notice.Attempt = 0
	b.dead[n.Key] = l
	b.dirty.put(headstart.TableDead, n.Key, l)
	b.fadeLater()
}

func (b *book) unbury(key string) {
	delete(b.dead, key)
	b.dirty.del(headstart.TableDead, key)
}

func (b *book) oldestDead() (oldest string) {
	for key, l := range b.dead {
		if o := b.dead[oldest]; o == nil || l.At.Before(o.At) || l.At.Equal(o.At) && key < oldest {
			oldest = key
		}
	}
	return oldest
}

// unburyIf drops the dead letters that which names.
func (b *book) unburyIf(which func(*headstart.Notice) bool) {
	for _, key := range sortedKeys(b.dead) {
		if which(&b.dead[key].Notice) {
			b.unbury(key)
		}
	}
}

// unburyOlder drops what was given up before n arrived at the same place: n said more.
func (b *book) unburyOlder(n *headstart.Notice) {
	if len(b.dead) > 0 {
		b.unburyIf(func(o *headstart.Notice) bool { return sameThread(n, o) && o.N <= n.N && !n.Silent })
	}
}

// sameThread reports whether both tell the same place about the same thing. What is
// written into tickets stands each by itself.
func sameThread(n, o *headstart.Notice) bool {
	switch {
	case n.Plane != o.Plane:
		return false
	case n.Plane == headstart.PlaneUsers:
		return n.Announcement != "" && n.Announcement == o.Announcement && n.Channel == o.Channel
	case n.Plane == headstart.PlaneOperators:
		return n.UID == o.UID && n.Receiver == o.Receiver
	}
	return false
}

// missed reports whether channel was told nothing of a: all of it was given up. Who
// was not told that it broke is not told that it works.
func (b *book) missed(a *headstart.Announcement, channel string) bool {
	if _, reached := a.Posts[channel]; reached {
		return false
	}
	for _, l := range b.dead { // whether there is one: the order decides nothing
		if l.Notice.Announcement == a.ID && l.Notice.Channel == channel {
			return true
		}
	}
	return false
}

// fadeDead forgets what was given up long ago; false: more is left.
func (b *book) fadeDead() bool {
	before := b.age(deadKept, 0)
	for _, key := range sortedKeys(b.dead) {
		if b.dead[key].At.After(before) {
			continue
		}
		if b.spent() >= enough {
			return false
		}
		b.unbury(key)
	}
	return true
}
