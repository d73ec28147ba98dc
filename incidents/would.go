package incidents

import (
	"time"

	"headstart"
)

// would writes down the push that did not go by itself, when only approval or the
// hour stood against it: the morning report lists them. The first moment counts.
func (b *book) would(i *incident, a *headstart.Announcement, quiet bool, end, digest time.Time) {
	p := &a.Pushing
	if b.config.Push.Mode == auto && !quiet || p.Would != nil {
		return
	}
	w := &headstart.WouldPush{At: b.now, People: i.People, Channels: []string{}, Quiet: quiet}
	if quiet {
		w.At = end
	}
	if !digest.IsZero() {
		w.At, w.Digest = digest, true
	}
	for _, ch := range b.channels(i, a) {
		w.Channels = append(w.Channels, ch.Name)
	}
	p.Would = w
	b.dirty.put(headstart.TableAnnouncements, a.ID, a)
}
