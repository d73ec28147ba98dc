package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"headstart"
)

func TestLogKeepsOrderAndWakesReaders(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		offs, err := st.Append(ctx, recs("a", "b"))
		must(t, err)
		got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
		must(t, err)
		want(t, "log", sources(t, got), []string{"a", "b"})
		if !offs[0].Before(offs[1]) || got[1].Off != offs[1] {
			t.Fatalf("offsets %v do not name the entries %v", offs, got)
		}
		got, err = st.Read(ctx, headstart.Offset{}, 1, 0)
		must(t, err)
		want(t, "read of one", sources(t, got), []string{"a"})

		done := make(chan error, 1)
		go func() {
			time.Sleep(30 * time.Millisecond)
			_, err := st.Append(ctx, recs("c"))
			done <- err
		}()
		got, err = st.Read(ctx, offs[1], 10, 10*time.Second)
		must(t, err)
		must(t, <-done)
		want(t, "blocking read", sources(t, got), []string{"c"})

		start := time.Now()
		got, err = st.Read(ctx, got[0].Off, 10, 50*time.Millisecond)
		must(t, err)
		if len(got) != 0 || time.Since(start) < 50*time.Millisecond {
			t.Fatalf("a read of nothing gave %v after %s, want nothing after 50ms", got, time.Since(start))
		}
		gone, cancel := context.WithCancel(ctx)
		time.AfterFunc(20*time.Millisecond, cancel)
		start = time.Now()
		if _, err = st.Read(gone, headstart.Offset{Ms: 1 << 50}, 10, 30*time.Second); !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
			t.Fatalf("a cancelled read ended after %s with %v", time.Since(start), err)
		}
		n, err := st.LogBytes(ctx)
		must(t, err)
		if n <= 0 {
			t.Fatalf("three records take %d bytes", n)
		}
	})
}

// Epoch, nonce, incarnation and cursor each refuse what the others let pass.
func TestFencing(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		first := acquire(t, st, "A")
		if _, ok, err := st.Acquire(ctx, "B", time.Minute); ok || err != nil {
			t.Fatalf("a second leader: %v %v", ok, err)
		}
		offs, err := st.Append(ctx, recs("x", "y"))
		must(t, err)
		must(t, st.Commit(ctx, headstart.Batch{Token: first, Next: at(offs[0]), Ops: []headstart.Op{put("incidents", "HS-1", `"A"`)}}))
		must(t, st.Release(ctx, first))
		second := acquire(t, st, "B")
		if second.Epoch != first.Epoch+1 || second.Nonce == first.Nonce {
			t.Fatalf("token after %+v is %+v", first, second)
		}

		ghost := headstart.Batch{
			Token: first, Prev: at(offs[0]), Next: at(offs[1]),
			Ops: []headstart.Op{put("incidents", "HS-1", `"ghost"`)},
			Out: []headstart.Owed{{ID: "ghost", Data: []byte("{}")}}, Feed: [][]byte{[]byte("{}")},
		}
		wantErr(t, "commit of the leader before", st.Commit(ctx, ghost), headstart.ErrFenced)
		wantErr(t, "renewal of the leader before", st.Renew(ctx, first, time.Minute), headstart.ErrFenced)
		wantErr(t, "release by the leader before", st.Release(ctx, first), headstart.ErrFenced)
		ghost.Token = headstart.Token{Epoch: second.Epoch, Nonce: first.Nonce, Incarnation: second.Incarnation}
		wantErr(t, "an epoch handed out twice", st.Commit(ctx, ghost), headstart.ErrFenced)
		ghost.Token = headstart.Token{Epoch: second.Epoch, Nonce: second.Nonce, Incarnation: "another"}
		wantErr(t, "another incarnation", st.Commit(ctx, ghost), headstart.ErrGap)
		ghost.Token = second
		ghost.Prev = headstart.Cursor{Off: offs[0], Part: 1}
		wantErr(t, "a cursor that is elsewhere", st.Commit(ctx, ghost), headstart.ErrGap)

		// None of them changed a byte (invariant 4).
		val, err := st.Get(ctx, "incidents", "HS-1")
		must(t, err)
		want(t, "row", string(val), `"A"`)
		owed, err := st.Due(ctx, time.Now(), 10)
		must(t, err)
		head, err := st.Head(ctx)
		must(t, err)
		feed, err := st.FeedHead(ctx)
		must(t, err)
		if len(owed) != 0 || head != at(offs[0]) || feed != (headstart.Offset{}) {
			t.Fatalf("refused commits left outbox %v, cursor %s, feed %s", owed, head, feed)
		}
		must(t, st.Renew(ctx, second, time.Minute))
	})
}

// Ruling 1: an event is committed in parts, and the cursor says how far it came.
func TestCursorMovesInParts(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		tok := acquire(t, st, "A")
		offs, err := st.Append(ctx, recs("x"))
		must(t, err)
		steps := []headstart.Cursor{{}, {Part: 1}, {Part: 2}, at(offs[0])}
		for i, next := range steps[1:] {
			batch := headstart.Batch{Token: tok, Prev: steps[i], Next: next, Ops: []headstart.Op{put("timers", fmt.Sprint(i), `{"v":1}`)}}
			must(t, st.Commit(ctx, batch))
			must(t, st.Commit(ctx, batch)) // the reply was lost: the same again is a success
			head, err := st.Head(ctx)
			must(t, err)
			want(t, "cursor", head.String(), next.String())
		}
		back := headstart.Batch{Token: tok, Prev: steps[3], Next: steps[2]}
		if err := st.Commit(ctx, back); err == nil {
			t.Fatal("a commit moved the cursor back")
		}
	})
}

func TestUnknownOperationsReachNoBackend(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		tok := acquire(t, st, "A")
		bad := map[string]headstart.Op{
			"kind":       {Kind: 'X', Table: "incidents", Key: "k"},
			"no kind":    {Table: "incidents", Key: "k"},
			"our log":    put("log", "k", "v"),
			"our outbox": put("outbox", "k", "v"),
			"separator":  put("text:title", "k", "v"),
			"no key":     put("incidents", "", "v"),
		}
		for name, op := range bad {
			batch := headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Ops: []headstart.Op{put("incidents", "half", "1"), op}}
			if err := st.Commit(ctx, batch); err == nil {
				t.Errorf("%s: %+v was accepted", name, op)
			}
		}
		val, err := st.Get(ctx, "incidents", "half")
		must(t, err)
		if val != nil {
			t.Fatalf("half a batch was applied: %q", val)
		}
	})
}

// The outbox: the same id replaces message and due time, an ack takes it off.
func TestOutbox(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		tok := acquire(t, st, "A")
		t0 := time.UnixMilli(1_795_295_378_324).UTC()
		step := headstart.Cursor{}
		commit := func(batch headstart.Batch) {
			t.Helper()
			batch.Token, batch.Prev = tok, step
			step.Part++
			batch.Next = step
			must(t, st.Commit(ctx, batch))
		}
		due := func(now time.Time, max int) []headstart.Owed {
			t.Helper()
			owed, err := st.Due(ctx, now, max)
			must(t, err)
			return owed
		}
		a := headstart.Owed{ID: "u/all/1/mail/g", Due: t0, Data: []byte(`{"n":1}`)}
		z := headstart.Owed{ID: "u/all/2/mail/g", Due: t0.Add(-time.Second), Data: []byte(`{"n":2}`)}
		commit(headstart.Batch{Out: []headstart.Owed{a, z}})
		want(t, "due before", len(due(t0.Add(-time.Minute), 10)), 0)
		want(t, "earliest first", due(t0, 10), []headstart.Owed{z, a})
		want(t, "at most one", due(t0, 1), []headstart.Owed{z})
		want(t, "due before, once all was read", len(due(t0.Add(-time.Minute), 10)), 0)

		later := headstart.Owed{ID: z.ID, Due: t0.Add(time.Hour), Data: []byte(`{"n":2,"attempt":1}`)}
		commit(headstart.Batch{Out: []headstart.Owed{later}})
		want(t, "put off", due(t0, 10), []headstart.Owed{a})
		want(t, "due again", due(t0.Add(time.Hour), 10), []headstart.Owed{a, later})

		commit(headstart.Batch{Ack: []string{a.ID, "never owed"}})
		want(t, "acknowledged", due(t0.Add(time.Hour), 10), []headstart.Owed{later})
		found, err := Verify(ctx, st)
		must(t, err)
		want(t, "findings", found, []string(nil))
	})
}

func TestFeedNumbersItsEntries(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		tok := acquire(t, st, "A")
		done := make(chan error, 1)
		go func() {
			time.Sleep(20 * time.Millisecond)
			done <- st.Commit(ctx, headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Feed: [][]byte{[]byte("one"), []byte("two")}})
		}()
		got, err := st.Feed(ctx, headstart.Offset{}, 10, 10*time.Second)
		must(t, err)
		must(t, <-done)
		want(t, "feed", got, []headstart.Entry{{Off: headstart.Offset{Ms: 1}, Data: []byte("one")}, {Off: headstart.Offset{Ms: 2}, Data: []byte("two")}})
		head, err := st.FeedHead(ctx)
		must(t, err)
		want(t, "head", head, got[1].Off)
		got, err = st.Feed(ctx, got[0].Off, 10, 0)
		must(t, err)
		want(t, "resumed", len(got), 1)
	})
}

// Ruling 8: nothing is trimmed that is not committed and archived.
func TestTrimStopsAtCursorAndArchive(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		tok := acquire(t, st, "A")
		offs, err := st.Append(ctx, recs("x", "y", "z"))
		must(t, err)
		left := func() int {
			t.Helper()
			got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
			must(t, err)
			return len(got)
		}
		must(t, st.MarkArchived(ctx, offs[1]))
		must(t, st.Trim(ctx, offs[2]))
		want(t, "nothing committed: left", left(), 3)
		must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: at(offs[2])}))
		must(t, st.Trim(ctx, offs[0]))
		want(t, "asked for one: left", left(), 2)
		must(t, st.Trim(ctx, offs[2]))
		want(t, "archived two: left", left(), 1)
		must(t, st.MarkArchived(ctx, offs[2]))
		must(t, st.MarkArchived(ctx, offs[0])) // never moves back
		archived, err := st.Archived(ctx)
		must(t, err)
		want(t, "archived", archived, offs[2])
		must(t, st.Trim(ctx, offs[2]))
		want(t, "all: left", left(), 0)
		next, err := st.Append(ctx, recs("n"))
		must(t, err)
		if !offs[2].Before(next[0]) {
			t.Fatalf("after trimming everything the log went back from %s to %s", offs[2], next[0])
		}
	})
}

func TestLeaseExpires(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		if _, ok, err := st.Acquire(ctx, "A", 50*time.Millisecond); !ok || err != nil {
			t.Fatal(ok, err)
		}
		deadline := time.Now().Add(10 * time.Second)
		for {
			_, ok, err := st.Acquire(ctx, "B", time.Minute)
			must(t, err)
			if ok {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("a lease of 50ms still stands after 10s")
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
}

// Ruling 7: title and text stand beside the log, newest wins, and go with their day.
func TestSideText(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		text := func(kind, key, val string, days int) headstart.SideText {
			return headstart.SideText{Kind: kind, Key: key, Value: []byte(val), Until: now.AddDate(0, 0, days)}
		}
		first, second := recs("t1")[0], recs("t2")[0]
		first.Text = []headstart.SideText{text("title", "rt/1", "printer\n\"kapot\"", 30), text("text", "rt/1", "hij doet niets", 1)}
		second.Text = []headstart.SideText{text("title", "rt/1", "printer weer goed", 31), text("title", "rt/2", "wifi", 30)}
		_, err := st.Append(ctx, []headstart.Append{first, second})
		must(t, err)
		texts := func(kind string) map[string]string {
			t.Helper()
			got, err := st.Texts(ctx, kind, []string{"rt/1", "rt/2", "rt/3"})
			must(t, err)
			return got
		}
		want(t, "titles", texts("title"), map[string]string{"rt/1": "printer weer goed", "rt/2": "wifi"})
		want(t, "texts", texts("text"), map[string]string{"rt/1": "hij doet niets"})
		must(t, st.SweepText(ctx, now.AddDate(0, 0, 1)))
		want(t, "texts on their last day", len(texts("text")), 1)
		must(t, st.SweepText(ctx, now.AddDate(0, 0, 2)))
		want(t, "texts a day later", len(texts("text")), 0)
		want(t, "titles then", len(texts("title")), 2)

		bad := recs("t3")[0]
		bad.Text = []headstart.SideText{text("../../etc", "k", "v", 1)}
		if _, err := st.Append(ctx, []headstart.Append{bad}); err == nil {
			t.Fatal("a kind that is a path was accepted")
		}
		got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
		must(t, err)
		want(t, "log", sources(t, got), []string{"t1", "t2"})
	})
}

func TestInstallationIsWrittenOnce(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st := b.open(t, place(t))
		id, err := st.Installation(t.Context())
		must(t, err)
		must(t, st.Close())
		st = b.open(t, place(t))
		defer st.Close()
		again, err := st.Installation(t.Context())
		must(t, err)
		if id == "" || again != id {
			t.Fatalf("installation %q became %q", id, again)
		}
		now, err := st.Now(t.Context())
		must(t, err)
		if d := time.Since(now).Abs(); d > time.Minute {
			t.Fatalf("the clock of the log is %s off on one machine", d)
		}
	})
}

// A unit that is far too large is committed all the same, in the order it was written: rows
// of two tables by turns, some put twice, some gone again.
func TestLargeCommitKeepsItsOrder(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		ctx := t.Context()
		st := b.open(t, place(t))
		defer st.Close()
		want := map[string]map[string]string{"many": {}, "few": {}}
		batch := headstart.Batch{Token: acquire(t, st, "A"), Next: headstart.Cursor{Part: 1}}
		add := func(table, key, val string) {
			batch.Ops = append(batch.Ops, put(table, key, val))
			want[table][key] = val
		}
		for n := range 5 * mostPut / 2 {
			add("many", fmt.Sprint(n%(2*mostPut)), fmt.Sprintf(`{"v":1,"n":%d}`, n))
			switch n % 700 {
			case 1:
				add("few", fmt.Sprint(n), `{"v":1}`)
			case 2:
				key := fmt.Sprint(n - 2)
				batch.Ops = append(batch.Ops, headstart.Op{Kind: headstart.Delete, Table: "many", Key: key})
				delete(want["many"], key)
			}
		}
		must(t, st.Commit(ctx, batch))
		for table, rows := range want {
			got := map[string]string{}
			must(t, st.Scan(ctx, table, func(r headstart.Row) error { got[r.Key] = string(r.Val); return nil }))
			if d := cmp.Diff(rows, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", table, d)
			}
		}
	})
}

// Random commits against a plain map.
func TestTablesAgainstModel(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		ctx := t.Context()
		st := b.open(t, place(t))
		defer st.Close()
		tok := acquire(t, st, "A")
		step := headstart.Cursor{}
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			table := "t_" + strings.Repeat("x", round)
			model := map[string]string{}
			for range rapid.IntRange(1, 6).Draw(rt, "commits") {
				batch := headstart.Batch{Token: tok, Prev: step}
				step.Part++
				batch.Next = step
				for range rapid.IntRange(0, 12).Draw(rt, "ops") {
					k := rapid.SampledFrom([]string{"a", "b", "HS-1", "sw-n-2/ping", "é"}).Draw(rt, "key")
					if rapid.Bool().Draw(rt, "put") {
						v := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(rt, "val")
						batch.Ops = append(batch.Ops, headstart.Op{Kind: headstart.Put, Table: table, Key: k, Val: v})
						model[k] = string(v)
					} else {
						batch.Ops = append(batch.Ops, headstart.Op{Kind: headstart.Delete, Table: table, Key: k})
						delete(model, k)
					}
				}
				must(rt, st.Commit(ctx, batch))
			}
			got := map[string]string{}
			must(rt, st.Scan(ctx, table, func(r headstart.Row) error { got[r.Key] = string(r.Val); return nil }))
			if d := cmp.Diff(model, got); d != "" {
				rt.Fatalf("table (-want +got):\n%s", d)
			}
		})
	})
}
