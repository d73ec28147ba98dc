package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"headstart"
)

// A server that replicates tells us "written" before its replicas have it. If it dies
// then, the replica that takes its place never heard of what we told a sender was safe.
// So what was acknowledged lately stays in memory, in a ring, and Mend puts back what
// the new server turns out not to have.

const (
	// ringAge is how long a record stays in the ring: longer than any failover takes to
	// be noticed. One that is in doubt stays until it is settled, and one that was
	// confirmed while the server had lost its replica until there is one again: in a broken
	// network the replica may have taken its place long before we hear of it.
	ringAge = time.Minute

	// ringBytes bounds the ring. What a failover loses is the last moments before it, so
	// the newest records are kept.
	ringBytes = 32 << 20
)

// ring is what this process was told is durable, oldest first. The zero value is empty.
type ring struct {
	mu    sync.Mutex
	kept  []acknowledged
	bytes int
	alone time.Time // from when on no replica may have what is confirmed; zero: one has
}

// acknowledged is one record, where it stands, and the life of the server that said so.
type acknowledged struct {
	off  headstart.Offset
	rec  headstart.Append
	life string
	sure string // the newest life known to have it: while that goes on, nothing of it is lost
	at   time.Time
}

func (a *acknowledged) size() int {
	n := len(a.rec.Data) + 128
	for _, t := range a.rec.Text {
		n += len(t.Value)
	}
	return n
}

// add remembers recs, and forgets what is old and in no doubt, or what there is no room
// for.
func (r *ring) add(life string, offs []headstart.Offset, recs []headstart.Append, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, off := range offs {
		if off == (headstart.Offset{}) {
			continue // said already: whoever wrote it remembers it
		}
		a := acknowledged{off: off, rec: recs[n], life: life, sure: life, at: now}
		a.rec.Once = nil // put back, it is whole
		r.kept = append(r.kept, a)
		r.bytes += a.size()
	}
	r.thin(life, now)
}

// thin drops from the front.
func (r *ring) thin(life string, now time.Time) {
	n := 0
	for ; n < len(r.kept); n++ {
		a := &r.kept[n]
		alone := !r.alone.IsZero() && a.at.After(r.alone)
		if r.bytes <= ringBytes && (a.sure != life || alone || now.Sub(a.at) <= ringAge) {
			break
		}
		r.bytes -= a.size()
		*a = acknowledged{} // the room of what went is used again only when the list grows
	}
	r.kept = r.kept[n:]
}

// noteReplica remembers from when on the server has been without the replica it had.
func (r *ring) noteReplica(there attendance, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.alone = time.Time{}
	if there.missing() {
		r.alone = now.Add(-there.gone - replicaSeen)
	}
}

// doubtful are the records that life is not known to have.
func (r *ring) doubtful(life string, now time.Time) []acknowledged {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.thin(life, now)
	var out []acknowledged
	for _, a := range r.kept {
		if a.sure != life {
			out = append(out, a)
		}
	}
	return out
}

// settle says that what was asked about was found in life, or appended anew, which
// remembered it again.
func (r *ring) settle(life string, found, again []acknowledged) {
	r.mu.Lock()
	defer r.mu.Unlock()
	type place struct { // no server gives an offset twice in one life
		off  headstart.Offset
		life string
	}
	gone := map[place]bool{}
	for _, a := range again {
		gone[place{a.off, a.life}] = true
	}
	r.kept = slices.DeleteFunc(r.kept, func(a acknowledged) bool {
		if gone[place{a.off, a.life}] {
			r.bytes -= a.size()
			return true
		}
		return false
	})
	safe := map[place]bool{}
	for _, a := range found {
		safe[place{a.off, a.life}] = true
	}
	for n := range r.kept {
		if a := &r.kept[n]; safe[place{a.off, a.life}] {
			a.sure = life
		}
	}
}

// forget takes the side texts of keys out: a text that was deleted is not put back.
func (r *ring) forget(keys []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n := range r.kept {
		a := &r.kept[n]
		if slices.ContainsFunc(a.rec.Text, func(t headstart.SideText) bool { return slices.Contains(keys, t.Key) }) {
			r.bytes -= a.size()
			a.rec.Text = slices.DeleteFunc(slices.Clone(a.rec.Text), func(t headstart.SideText) bool { return slices.Contains(keys, t.Key) })
			r.bytes += a.size()
		}
	}
}

// Mend implements Store. What a record's life had written is a prefix of what the next
// life began with, so a record is lost exactly if it stands behind where a later life
// began (see luaLife): neither what stands at its offset now nor what was trimmed since
// says anything about it.
func (r *Redis) Mend(ctx context.Context) (int, error) {
	r.mending.Lock()
	defer r.mending.Unlock()
	life, began, err := r.lives(ctx)
	if err != nil {
		return 0, fmt.Errorf("mend the log: %w", err)
	}
	var found, lost []acknowledged
	for _, a := range r.ring.doubtful(life, time.Now()) {
		if upTo, known := began[a.life]; known && !upTo.Before(a.off) {
			found = append(found, a)
		} else {
			lost = append(lost, a)
		}
	}
	again, err := r.putBack(ctx, life, lost)
	r.ring.settle(life, found, again)
	if len(again) > 0 {
		r.metrics.mended.Add(float64(len(again)))
		r.logger.Warn("the store lost records that it had confirmed; they are in the log again", "found", len(again))
	}
	if err != nil {
		return len(again), fmt.Errorf("mend the log: %w", err)
	}
	r.mended.now(life, time.Now())
	return len(again), nil
}

// putBack appends lost again in one life, as the appender does: in groups of bounded size.
// It asks for no room, which was there when they were confirmed.
func (r *Redis) putBack(ctx context.Context, life string, lost []acknowledged) (done []acknowledged, err error) {
	for len(lost) > 0 {
		n, size := 0, 0
		for n < len(lost) && n < groupRecords && (n == 0 || size+lost[n].size() <= groupBytes) {
			size += lost[n].size()
			n++
		}
		recs := make([]headstart.Append, n)
		for i := range recs {
			recs[i] = lost[i].rec
		}
		if _, err := r.appendIn(ctx, life, recs); err != nil {
			return done, err
		}
		done, lost = append(done, lost[:n]...), lost[n:]
	}
	return done, nil
}

// errOtherLife says that the server is not in the life that an append was for.
var errOtherLife = errors.New("the server began another life")

// mended is the life of the server that everything in the ring stands in, as far as is
// known. The zero value knows of none.
type mended struct {
	mu    sync.Mutex
	life  string
	since time.Time // when it was another one before
}

// mendPause is for how long after a mending no append waits for another: of an address that
// leads to two servers by turns each change would have all that is remembered appended.
const mendPause = time.Second

// expected is the life that an append is for; nothing: any.
func (m *mended) expected(now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.since) < mendPause {
		return ""
	}
	return m.life
}

// first notes the life of the first append: there was nothing to mend before it.
func (m *mended) first(life string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.life == "" {
		m.life = life
	}
}

// now notes that all is put back in life.
func (m *mended) now(life string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.life != "" && m.life != life {
		m.since = at
	}
	m.life = life
}
