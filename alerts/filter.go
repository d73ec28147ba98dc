package alerts

import (
	"hash/maphash"
	"sync"
	"time"

	"headstart"
)

// filter recognises alerts the log already holds, so that Prometheus's re-sends
// each minute do not fill it. It forgets nothing that matters:
//
//   - It keeps what an append *has* stored, never what one tries to: the retry
//     after a 503 is no repeat.
//   - It belongs to one incarnation of the store. When that changes, records may
//     have been lost, and it starts empty, else the re-sends of exactly the lost
//     alerts would be dropped. For a while it then does not believe the view
//     either, which may still show what was lost.
//   - It compares labels, not only fingerprints, and everything else that
//     matters: status, annotations, start, origin.
//
// Every origin has its own promise of how long the alert lives (ruling 13). A
// repeat that extends it is not written whole but as a `refresh`, and only in
// time: once five eighths of the promise last written are left.
// Prometheus promises four minutes and sends every minute or, when rules are
// evaluated each minute, every second one; so the refresh is written at the
// latest halfway through, and the engine never expires a live alert. A resolve
// takes the newest promise along, written or not: whether it came before that
// is what tells resolved from expired (ruling 14).
// If even that was missed and less than an eighth is left, or if the engine
// believes the alert is over, the alert is written whole: a refresh could come
// too late to keep it, and revives nothing.
//
// N replicas that get the same alerts do not write N times as much: each looks
// in the view for what another has written, and what two write in the same
// moment the store tells apart (see writeNews). All of them judge alike, so that
// they do write in the same moment.
type filter struct {
	view        *headstart.View
	incarnation func() string

	mu      sync.Mutex
	of      string             // the incarnation that known belongs to
	doubt   time.Time          // until when the view is not believed
	known   map[uint64]*stored // by fingerprint: the first of them
	seed    maphash.Seed       // of hashes in stored
	sweepAt time.Time

	watchdogs map[string]time.Time // by speaker: when a sign of life was last written
}

// stored is what the log holds of one alert of one origin.
type stored struct {
	next    *stored // of the same fingerprint
	labels  uint64  // a second hash of them, by a key that no sender knows
	content uint64
	at      moment // when it was last written
	ends    moment // as last written
	heard   moment // the newest promise, written or not
	seen    moment
	origin  uint32 // a hash of it, by the same key
	firing  bool
}

// moment is a time in microseconds: a third of a time.Time, of which there would be four
// for each alert. An end is only ever compared with another moment.
type moment int64

func momentOf(t time.Time) moment { return moment(t.UnixMicro()) }

func (x moment) time() time.Time { return time.UnixMicro(int64(x)).UTC() }

// viewDoubt is how long after a change of incarnation the view may lag behind
// what the new server holds.
const viewDoubt = 2 * time.Minute

func newFilter(view *headstart.View, incarnation func() string) *filter {
	f := &filter{view: view, incarnation: incarnation, seed: maphash.MakeSeed()}
	f.reset(incarnation())
	return f
}

func (f *filter) reset(of string) {
	f.of, f.known, f.watchdogs = of, map[uint64]*stored{}, map[string]time.Time{}
}

// verdict is what is to be done with an alert.
type verdict int

const (
	write   verdict = iota // whole
	refresh                // only its new end
	repeat                 // nothing
	lives                  // only its new end, though there is more; see withoutNews
)

// begin returns the incarnation to hand to keep, and empties the filter if it
// has changed.
func (f *filter) begin(now time.Time) string {
	of := f.incarnation()
	f.mu.Lock()
	defer f.mu.Unlock()
	if of != f.of {
		f.reset(of)
		f.doubt = now.Add(viewDoubt)
	}
	f.sweep(now)
	return of
}

// judge says what to do with a.
func (f *filter) judge(a *arrival, now time.Time) verdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.find(a)
	if s == nil {
		if s = f.fromView(a, now); s == nil {
			return write
		}
		f.add(a, s)
	}
	s.seen = momentOf(now)
	if s.firing && !a.firing && s.heard > s.ends {
		a.promised = s.heard.time()
	}
	if s.content != a.content || s.firing != a.firing {
		return write
	}
	if !a.firing {
		return repeat
	}
	return f.promise(s, a, now)
}

// promise judges an alert that fires as before: does its end have to be written?
func (f *filter) promise(s *stored, a *arrival, now time.Time) verdict {
	ends := momentOf(a.endsAt)
	s.heard = max(s.heard, ends)
	span, left := s.ends-s.at, s.ends-momentOf(now)
	shortened := s.ends-ends > span/2
	switch {
	case shortened:
		return write
	case left > span/8*5:
		return repeat
	case ends <= s.ends:
		return repeat
	}
	v, known := f.view.AlertPromise(a.name(), a.origin)
	if known && v.Firing && momentOf(v.Until) > s.ends && !now.Before(f.doubt) {
		s.at, s.ends = momentOf(v.UpdatedAt), momentOf(v.Until) // another replica wrote it
		return repeat
	}
	if left < span/8 || known && !v.Firing {
		return write
	}
	return refresh
}

// keep notes that the log now holds a. It does nothing if the store has become
// another one since begin.
func (f *filter) keep(of string, a *arrival, now time.Time) {
	if f.incarnation() != of {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of != of {
		return
	}
	if a.watchdog {
		f.watchdogs[a.speaker()] = now
		return
	}
	s := f.find(a)
	if s == nil {
		s = &stored{}
		f.add(a, s)
	}
	at, ends := momentOf(now), momentOf(a.endsAt)
	s.content, s.firing, s.at, s.ends, s.heard, s.seen = a.content, a.firing, at, ends, ends, at
}

// add puts what is known of a, which was not.
func (f *filter) add(a *arrival, s *stored) {
	s.origin, s.labels, s.next = f.hashed(a.origin), maphash.Bytes(f.seed, a.canonical), f.known[a.fingerprint]
	f.known[a.fingerprint] = s
}

// hashed is how stored names an origin.
func (f *filter) hashed(origin string) uint32 {
	return uint32(maphash.String(f.seed, origin)) //nolint:gosec // half a hash is one
}

// lives notes that the log holds a new end of a, and nothing else of it.
func (f *filter) lives(of string, a *arrival, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.find(a); s != nil && f.of == of {
		at, ends := momentOf(now), momentOf(a.endsAt)
		s.at, s.ends, s.heard, s.seen = at, ends, ends, at
	}
}

// forget drops what is known of a, because something else wrote about it.
func (f *filter) forget(fingerprint uint64, origin string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	from := f.hashed(origin)
	f.retain(fingerprint, func(s *stored) bool { return s.origin != from })
}

// retain drops what is known of a fingerprint but what is to stay.
func (f *filter) retain(fingerprint uint64, stays func(*stored) bool) {
	var left *stored
	for s := f.known[fingerprint]; s != nil; {
		next := s.next
		if stays(s) {
			s.next, left = left, s
		}
		s = next
	}
	if left == nil {
		delete(f.known, fingerprint)
	} else {
		f.known[fingerprint] = left
	}
}

// find returns what is known of a's labels from a's origin, or nil.
func (f *filter) find(a *arrival) *stored {
	s := f.known[a.fingerprint]
	if s == nil {
		return nil
	}
	labels, from := maphash.Bytes(f.seed, a.canonical), f.hashed(a.origin)
	for s != nil && (s.labels != labels || s.origin != from) {
		s = s.next
	}
	return s
}

// watchdogEvery is how often a sign of life is written: once a minute is enough to
// tell a fresh one from a stale one (5 min). A little less, since one that is sent each
// minute comes a moment early or late: all replicas are to find the same one due.
const watchdogEvery = 55 * time.Second

// watchdogDue reports whether a sign of life of a's speaker is to be written: the same
// watchdog that comes straight and through an Alertmanager is two, for either may stop.
func (f *filter) watchdogDue(a *arrival, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, ok := f.watchdogs[a.speaker()]
	return !ok || now.Sub(last) >= watchdogEvery
}

// fromView returns what another replica, or this one before a restart, wrote of
// a; nil if it was not the same.
func (f *filter) fromView(a *arrival, now time.Time) *stored {
	if now.Before(f.doubt) {
		return nil
	}
	v, ok := f.view.Alert(a.name())
	if !ok || v.Firing != a.firing || canonical(pairsOf(v.Labels, true)) != string(a.canonical) {
		return nil
	}
	until, promised := v.Origins[a.origin]
	switch {
	case a.startGiven && v.StartsAt.UnixMilli() != a.startsAt.UnixMilli():
		return nil
	case canonical(pairsOf(v.Annotations, false)) != canonical(a.annotations):
		return nil
	case a.firing && (!promised || !until.After(now)):
		return nil
	case !a.firing && v.Expired: // gone is not fixed: a resolve is news (ruling 14)
		return nil
	}
	return &stored{content: a.content, firing: a.firing, at: momentOf(v.UpdatedAt), ends: momentOf(until), heard: momentOf(until), seen: momentOf(now)}
}

// sweep forgets, once a minute, what has not been sent for half an hour:
// Prometheus repeats a resolved alert for a quarter of one.
func (f *filter) sweep(now time.Time) {
	if now.Before(f.sweepAt) {
		return
	}
	f.sweepAt = now.Add(time.Minute)
	for speaker, last := range f.watchdogs {
		if now.Sub(last) > time.Hour {
			delete(f.watchdogs, speaker)
		}
	}
	long := momentOf(now.Add(-30 * time.Minute))
	for fp := range f.known {
		f.retain(fp, func(s *stored) bool { return s.seen > long })
	}
}
