package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart"
	"headstart/store/redistest"
)

// saying is a record that says a word on each subject.
func saying(word uint64, subjects ...uint64) headstart.Append {
	rec := recs("said")[0]
	rec.Once = &headstart.Once{}
	for _, s := range subjects {
		rec.Once.Pieces = append(rec.Once.Pieces, headstart.Piece{Subject: s, Word: word})
	}
	return rec
}

// What another replica has just said is not added, and named; what it said before its
// newest word is added again, for a state that comes back is news.
func TestSaidOnce(t *testing.T) {
	server := redistest.Start(t)
	a, b, ctx := openRedis(t, one(server.Addr)), openRedis(t, one(server.Addr)), t.Context()
	defer a.Close()
	defer b.Close()
	tell := func(st Store, what string, said []int, recs ...headstart.Append) {
		t.Helper()
		offs, err := st.Append(ctx, recs)
		must(t, err)
		last := recs[len(recs)-1].Once
		if diff := cmp.Diff(said, last.Said); diff != "" {
			t.Errorf("%s: said already (-want +got)\n%s", what, diff)
		}
		if added := offs[len(offs)-1] != (headstart.Offset{}); added != (said == nil) {
			t.Errorf("%s: added %v, though %v was said", what, added, last.Said)
		}
	}
	log := func(n string) {
		t.Helper()
		if got := cli(t, server, "XLEN", a.key+"log"); got != n {
			t.Fatalf("the log has %s records, want %s", got, n)
		}
	}
	tell(a, "the first", nil, saying(7, 1, 2))
	tell(b, "the same", []int{0, 1}, saying(7, 1, 2))
	tell(b, "half of it", []int{1}, saying(7, 3, 2))
	log("1")
	tell(b, "what was left", nil, saying(7, 3))
	tell(b, "another word", nil, saying(8, 1))
	tell(a, "the word before that", nil, saying(7, 1))
	log("4")
	tell(a, "in one append", []int{0}, saying(9, 4), saying(9, 4))
	log("5")
	tell(a, "whatever was said", nil, saying(0, 4))
	tell(b, "whatever was said, again", nil, saying(0, 4))
	tell(b, "after that", nil, saying(9, 4))
	log("8")
	if n := len(b.ring.kept); n != 4 {
		t.Errorf("the second remembers %d records, want the 4 it wrote", n)
	}
	if b.ring.kept[0].rec.Once != nil {
		t.Error("a record that is put back after a failover would be left out again")
	}
	for _, key := range a.saidKeys() { // a turn long past, whose hash nobody emptied
		if cli(t, server, "EXISTS", key) == "1" {
			cli(t, server, "HSET", key, "t", "1")
		}
	}
	tell(b, "a minute later", nil, saying(9, 4))
	if _, err := a.Append(ctx, []headstart.Append{saying(1, make([]uint64, headstart.MaxPieces+1)...)}); err == nil {
		t.Error("a record of too many pieces was taken")
	}
	largest := make([]uint64, headstart.MaxPieces)
	for i := range largest {
		largest[i] = uint64(i) << 50
	}
	tell(a, "the largest", nil, saying(5, largest...))
}

// "Said already" promises as much as an append does: with store.min_replicas it waits for
// the replicas as well, and a failover that loses the record loses the word with it.
func TestSaidOnceIsDurable(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	o := one(f.front.Addr)
	o.MinReplicas = 1
	a, b := openRedis(t, o), openRedis(t, o)
	defer a.Close()
	defer b.Close()
	f.between.Hold()
	for _, st := range []Store{a, b} {
		if _, err := st.Append(ctx, []headstart.Append{saying(7, 1)}); err == nil {
			t.Error("what no replica has confirmed was called durable")
		}
	}
	f.over(t)
	f.attach(t)
	rec := saying(7, 1)
	eventually(t, "the server takes records", func() bool {
		_, err := b.Append(ctx, []headstart.Append{rec})
		return err == nil
	})
	if n := cli(t, f.primary, "XLEN", a.key+"log"); n == "0" {
		t.Errorf("the new server has no record, and says that %v was said", rec.Once.Said)
	}
}

func FuzzAdded(f *testing.F) {
	f.Add("1-2", int64(0), false)
	f.Add("", int64(3), true)
	f.Fuzz(func(t *testing.T, id string, n int64, list bool) {
		var reply any = id
		if list {
			reply = []any{n}
		}
		once := &headstart.Once{Pieces: make([]headstart.Piece, 2)}
		off, err := added(reply, once)
		if err == nil && off == (headstart.Offset{}) && len(once.Said) == 0 && !list && id != "0-0" {
			t.Errorf("the reply %q says nothing", id)
		}
		for _, i := range once.Said {
			if i < 0 || i >= len(once.Pieces) {
				t.Errorf("piece %d of 2", i)
			}
		}
	})
}
