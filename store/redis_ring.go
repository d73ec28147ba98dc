package store

import (
	"bytes"
	"context"
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
	// be noticed. A log keeps its records an hour at least (store.keep), so what is
	// missing after a minute was lost and not trimmed.
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
}

// acknowledged is one record, where it stands, and the life of the server that said so:
// while that life goes on, nothing of it is lost.
type acknowledged struct {
	off  headstart.Offset
	rec  headstart.Append
	life string
	at   time.Time
}

func (a *acknowledged) size() int {
	n := len(a.rec.Data) + 128
	for _, t := range a.rec.Text {
		n += len(t.Value)
	}
	return n
}

// add remembers recs, and forgets what is old and was written in the same life, or what
// there is no room for.
func (r *ring) add(life string, offs []headstart.Offset, recs []headstart.Append, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, off := range offs {
		if off == (headstart.Offset{}) {
			continue // said already: whoever wrote it remembers it
		}
		a := acknowledged{off: off, rec: recs[n], life: life, at: now}
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
		if r.bytes <= ringBytes && (a.life != life || now.Sub(a.at) <= ringAge) {
			break
		}
		r.bytes -= a.size()
		*a = acknowledged{} // the room of what went is used again only when the list grows
	}
	r.kept = r.kept[n:]
}

// doubtful are the records of other lives than life.
func (r *ring) doubtful(life string, now time.Time) []acknowledged {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.thin(life, now)
	var out []acknowledged
	for _, a := range r.kept {
		if a.life != life {
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
			a.life = life
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

// Mend implements Store. An offset alone proves nothing: a promoted server may have
// given the same one to something else, so contents are compared as well; and what was
// lost is no suffix of the log, for the new server may have taken records since.
func (r *Redis) Mend(ctx context.Context) (int, error) {
	r.mending.Lock()
	defer r.mending.Unlock()
	life, err := r.Incarnation(ctx)
	if err != nil {
		return 0, fmt.Errorf("mend the log: %w", err)
	}
	doubt := r.ring.doubtful(life, time.Now())
	if len(doubt) == 0 {
		return 0, nil
	}
	there, err := r.standing(ctx, doubt)
	if err != nil {
		return 0, fmt.Errorf("mend the log: %w", err)
	}
	var found, lost []acknowledged
	for _, a := range doubt {
		if data, is := there[a.off]; is && bytes.Equal(data, a.rec.Data) {
			found = append(found, a)
		} else {
			lost = append(lost, a)
		}
	}
	again, err := r.putBack(ctx, lost)
	if now, lifeErr := r.Incarnation(ctx); lifeErr != nil || now != life {
		found = nil // of a server that is gone too: asked about again
	}
	r.ring.settle(life, found, again)
	if len(again) > 0 {
		r.metrics.mended.Add(float64(len(again)))
		r.logger.Warn("the store lost records that it had confirmed; they are in the log again", "found", len(again))
	}
	if err != nil {
		return len(again), fmt.Errorf("mend the log: %w", err)
	}
	return len(again), nil
}

// standing reads what the log holds where the records in doubt should be.
func (r *Redis) standing(ctx context.Context, doubt []acknowledged) (map[headstart.Offset][]byte, error) {
	wanted := map[headstart.Offset][]byte{}
	first := doubt[0].off
	for _, a := range doubt {
		wanted[a.off] = nil
		if a.off.Compare(first) < 0 {
			first = a.off
		}
	}
	for at := (headstart.Offset{Ms: first.Ms - 1}); ; {
		entries, err := r.readOnce(ctx, "log", at, defaultMax, 0)
		if err != nil || len(entries) == 0 {
			return wanted, err
		}
		for _, e := range entries {
			if _, is := wanted[e.Off]; is {
				wanted[e.Off] = e.Data
			}
		}
		at = entries[len(entries)-1].Off
	}
}

// putBack appends lost again, as the appender does: in groups of bounded size.
func (r *Redis) putBack(ctx context.Context, lost []acknowledged) (done []acknowledged, err error) {
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
		if _, err := r.Append(ctx, recs); err != nil {
			return done, err
		}
		done, lost = append(done, lost[:n]...), lost[n:]
	}
	return done, nil
}
