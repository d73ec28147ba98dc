package notify

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// queue is what is owed, as last read, and what became of it since. The sender's
// loop alone touches it.
type queue struct {
	items   []*item          // in the order decided
	byID    map[string]*item // the same
	memory  map[string]memo  // outcomes the outbox does not show yet
	threads map[string]thread
}

// item is one message owed.
type item struct {
	id     string
	due    time.Time
	data   []byte
	notice *headstart.Notice
	place  *place
	thread string // what order is kept in: one incident and audience at one place

	attempts   int
	handle     Handle
	superseded bool // a newer message makes it pointless
	inherited  bool // it was decided before this sender led
	held       bool // no replica of the store is known to have it

	// again is an outcome to report once more, without sending anything.
	again *headstart.Delivery
}

// memo is an outcome that the log has and the outbox does not yet.
type memo struct {
	done     bool      // sent or dead: not to be sent again
	retryAt  time.Time // else not before
	attempts int
	handle   Handle // how far a message for several got

	again    int       // the Notice.Again it is about
	at       time.Time // when it was reported
	delivery headstart.Delivery
}

// repeatReport is when an outcome the outbox still does not show is reported
// again: a failover can lose the end of the log.
const repeatReport = 5 * time.Minute

// thread remembers what a channel posted until the announcement says it too.
type thread struct {
	handle Handle
	at     time.Time
}

func newQueue() queue {
	return queue{byID: map[string]*item{}, memory: map[string]memo{}, threads: map[string]thread{}}
}

// clear empties the queue of a sender that does not lead. What it reported stays
// in memory: it may lead again before the engine has read that.
func (q *queue) clear() { q.items, q.byID = nil, map[string]*item{} }

// held reports whether something waits for the replicas of the store, and release lets
// it go.
func (q *queue) held() bool {
	return slices.ContainsFunc(q.items, func(it *item) bool { return it.held })
}

func (q *queue) release() {
	for _, it := range q.items {
		it.held = false
	}
}

// replace takes in a fresh reading of the outbox.
func (q *queue) replace(owed []headstart.Owed, placeOf func(*headstart.Notice) *place, now time.Time) {
	old := q.byID
	q.items, q.byID = q.items[:0:0], make(map[string]*item, len(owed))
	for _, o := range owed {
		it := old[o.ID]
		if it == nil || !bytes.Equal(it.data, o.Data) {
			it = newItem(o)
		} else {
			again := *it        // an attempt may be running with the old one
			again.data = o.Data // which the store may share
			it = &again
		}
		it.due = o.Due
		it.place = placeOf(it.notice)
		it.thread = it.place.name + "\x00" + it.notice.UID + "\x00" + it.notice.Audience + "\x00" + it.notice.Ticket
		q.items = append(q.items, it)
		q.byID[it.id] = it
	}
	slices.SortFunc(q.items, func(a, b *item) int {
		return cmp.Or(a.notice.At.Compare(b.notice.At), cmp.Compare(a.notice.N, b.notice.N), cmp.Compare(a.id, b.id))
	})
	newer := map[string]bool{}
	for _, it := range slices.Backward(q.items) {
		it.superseded = it.notice.Silent && newer[it.thread]
		newer[it.thread] = true
	}
	q.forget(now)
}

// forget drops what the outbox shows by now.
func (q *queue) forget(now time.Time) {
	for id := range q.memory {
		if q.byID[id] == nil {
			delete(q.memory, id)
		}
	}
	for name, t := range q.threads {
		if now.Sub(t.at) > time.Hour {
			delete(q.threads, name)
		}
	}
}

func newItem(o headstart.Owed) *item {
	n := &headstart.Notice{}
	if err := json.Unmarshal(o.Data, n); err != nil {
		// It goes to the place of nobody, which gives it up and says why.
		n = &headstart.Notice{Plane: headstart.Plane(fmt.Sprintf("unreadable: %v", err)), At: o.Due}
	}
	n.Key = o.ID
	return &item{id: o.ID, data: o.Data, notice: n, held: true}
}

// behindAfter is how long a message may be late before the newest of its thread
// takes its place: a channel that is behind tells how things are, not how they
// were.
const behindAfter = time.Minute

// supersede marks messages to users that are late by now while a newer loud one of
// their thread is due too.
func (q *queue) supersede(now time.Time) {
	newer := map[string]bool{}
	for _, it := range slices.Backward(q.items) {
		if it.notice.Plane != headstart.PlaneUsers || now.Before(it.due) || q.memo(it).done {
			continue
		}
		if newer[it.thread] && now.Sub(it.notice.At) >= behindAfter {
			it.superseded = true
		}
		newer[it.thread] = newer[it.thread] || !it.notice.Silent
	}
}

// ready returns the next message of every place that can take one now.
func (q *queue) ready(now time.Time) []*item {
	q.supersede(now)
	var out []*item
	taken := map[*place]bool{}
	behind := map[string]bool{} // threads with a message that goes first
	for _, it := range q.items {
		m := q.memo(it)
		if m.done && now.Sub(m.at) >= repeatReport && !it.place.busy && !taken[it.place] {
			taken[it.place] = true
			next := *it
			next.again = &m.delivery
			out = append(out, &next)
		}
		if m.done || behind[it.thread] {
			continue
		}
		behind[it.thread] = true
		if it.held || it.place.busy || taken[it.place] || now.Before(it.place.until) || now.Before(it.due) || now.Before(m.retryAt) {
			continue
		}
		taken[it.place] = true
		next := *it
		next.attempts = it.notice.Attempt
		if !m.at.IsZero() { // ours is exact; the log's is 1 for what was tried and only asked to wait
			next.attempts = m.attempts
		}
		next.handle = q.handle(it, m)
		out = append(out, &next)
	}
	return out
}

// memo is what became of it since the outbox was read; the zero memo: nothing. What
// became of it before a person sent it again does not count.
func (q *queue) memo(it *item) memo {
	if m := q.memory[it.id]; m.again == it.notice.Again {
		return m
	}
	return memo{}
}

// handle is what the attempt starts from: what this message reached so far, what
// the log says was posted, or what was posted and the log does not say yet.
func (q *queue) handle(it *item, m memo) Handle {
	switch {
	case len(m.handle) > 0:
		return m.handle
	case len(it.notice.Handle) > 0:
		return it.notice.Handle
	}
	return q.threads[it.thread].handle
}

// settle remembers an outcome.
func (q *queue) settle(r result, now time.Time) {
	m := memo{attempts: r.delivery.Attempt, handle: r.delivery.Handle, again: r.delivery.Again, at: now, delivery: r.delivery}
	switch r.delivery.Outcome {
	case outcomeSent, outcomeDead:
		m.done = true
		if h := r.delivery.Handle; len(h) > 0 && (r.item.notice.Plane == headstart.PlaneUsers || r.item.notice.Plane == headstart.PlaneDesk) {
			q.threads[r.item.thread] = thread{h, now}
		}
	case outcomeRetry:
		m.retryAt = r.delivery.RetryAt
	}
	q.memory[r.item.id] = m
}

// backlog is how many messages are not delivered, and the age of the oldest.
func (q *queue) backlog(now time.Time) (pending int, oldest time.Duration) {
	for _, it := range q.items {
		m := q.memo(it)
		if m.done {
			continue
		}
		tried := m.attempts > 0 || it.notice.Attempt > 0
		if tried || !now.Before(it.due) {
			pending++
			oldest = max(oldest, now.Sub(it.notice.At))
		}
	}
	return pending, oldest
}
