package alerts

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/cespare/xxhash/v2"

	"headstart"
)

// Prometheus sends to every replica in the same moment, so none of them can know from
// the view what another is writing. The store knows: each alert says what it is the
// newest word of, and what another replica has just written is left out of the append.

// writeNews makes news durable in one record, or finds that it is: what another replica
// has written is as good as written here.
func (a *API) writeNews(ctx context.Context, news []*arrival, verdicts []verdict, now time.Time) error {
	for len(news) > 0 {
		once := &headstart.Once{Pieces: pieces(news, verdicts)}
		if _, err := a.append(ctx, now, lines(news, verdicts), once, ends(news, verdicts)); err != nil || len(once.Said) == 0 {
			return err
		}
		a.metrics.filtered.WithLabelValues("replica").Add(float64(len(once.Said)))
		news, verdicts = without(news, once.Said), without(verdicts, once.Said)
	}
	return nil
}

// ends reports whether alerts end in news, and none is written that fires. Such news go
// before others: their beginning was written before, for its sender waited for the answer.
func ends(news []*arrival, verdicts []verdict) bool {
	some := false
	for i, arr := range news {
		if arr.firing && verdicts[i] == write {
			return false
		}
		some = some || !arr.firing
	}
	return some
}

// without returns list without the elements at the given places, which are in order.
func without[T any](list []T, at []int) []T {
	left := make([]T, 0, len(list)-len(at))
	for i, v := range list {
		if len(at) > 0 && at[0] == i {
			at = at[1:]
			continue
		}
		left = append(left, v)
	}
	return left
}

// pieces say of each alert what the log will then say last of it.
func pieces(news []*arrival, verdicts []verdict) []headstart.Piece {
	out := make([]headstart.Piece, len(news))
	for i, arr := range news {
		out[i] = headstart.Piece{Subject: arr.subject(), Word: arr.word(verdicts[i])}
	}
	return out
}

// endWords are pieces of what is written whatever others wrote.
func endWords(news []*arrival) *headstart.Once {
	once := &headstart.Once{Pieces: make([]headstart.Piece, len(news))}
	for i, arr := range news {
		once.Pieces[i].Subject = arr.subject()
	}
	return once
}

// subject is the alert as its origin tells of it.
func (a *arrival) subject() uint64 {
	d := xxhash.New()
	_, _ = d.WriteString(a.origin)
	_, _ = d.WriteString("\xff")
	_, _ = d.Write(a.canonical)
	return d.Sum64()
}

// word is everything that the log would hold: two that are alike in all of it, and only
// they, are one. It covers the labels again, by another hash, for subjects that collide.
func (a *arrival) word(v verdict) uint64 {
	d := xxhash.NewWithSeed(1)
	var b [41]byte
	binary.LittleEndian.PutUint64(b[0:], a.fingerprint)
	binary.LittleEndian.PutUint64(b[8:], a.content)
	binary.LittleEndian.PutUint64(b[16:], uint64(a.startsAt.UnixNano()))
	binary.LittleEndian.PutUint64(b[24:], uint64(a.endsAt.UnixNano()))
	binary.LittleEndian.PutUint64(b[32:], uint64(a.promised.UnixNano()))
	b[40] = byte(v)
	_, _ = d.Write(b[:])
	_, _ = d.WriteString(a.source)
	return max(1, d.Sum64())
}
