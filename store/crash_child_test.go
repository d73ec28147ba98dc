package store

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"headstart"
)

// crashEnv makes the test binary the service that TestCrashLoop kills: "bolt
// PATH FIRST" or "redis ADDRESS FIRST", FIRST being the first number to append.
const crashEnv = "HEADSTART_STORE_CRASH_CHILD"

const (
	crashKeys  = 20 // rows: counters over the log
	crashEvery = 5  // a message for each 5th line of a key
	crashLease = 500 * time.Millisecond
)

// crashRow is the row of line n, and crashID the message a count calls for.
func crashRow(n int) string { return "k" + strconv.Itoa(n%crashKeys) }

func crashID(row string, count int) (string, bool) {
	return fmt.Sprintf("%s/%d", row, count), count%crashEvery == 0
}

// crashChild appends numbered records, counts them as an engine does, in parts,
// and "sends" messages, until it is killed. It says on standard output what it
// acknowledged (A) and what it sent (S).
func crashChild(spec string) {
	f := strings.Fields(spec)
	first, err := strconv.Atoi(f[2])
	if err != nil {
		panic(err)
	}
	st, err := openSpec(f[0], f[1])
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	a := NewAppender(st)
	go func() { _ = a.Run(ctx) }() // never ends: ctx does not
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(os.Stdout, format+"\n", args...)
	}
	for w := range 4 {
		go crashProduce(ctx, a, first+w*100_000, say)
	}
	for {
		// Whatever goes wrong, memory is dropped and loaded again.
		if err := crashEngine(ctx, st, say); err != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func openSpec(kind, where string) (Store, error) {
	if kind == "bolt" {
		return OpenBolt(where, BoltOptions{})
	}
	return OpenRedis(context.Background(), RedisOptions{Addresses: []string{where}})
}

// crashProduce appends records of three lines; one that failed is not said.
func crashProduce(ctx context.Context, a *Appender, n int, say func(string, ...any)) {
	for ; ; n += 3 {
		var lines []headstart.Line
		for i := range 3 {
			lines = append(lines, headstart.Line{Check: &headstart.Check{Probe: strconv.Itoa(n + i)}})
		}
		if _, err := a.Append(ctx, headstart.Append{Data: headstart.NewRecord(time.Now(), lines...).Encode()}); err != nil {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		say("A %d", n)
		time.Sleep(time.Millisecond) // the engine is to keep up, or sends little
	}
}

func crashEngine(ctx context.Context, st Store, say func(string, ...any)) error {
	tok, ok, err := st.Acquire(ctx, "child", crashLease)
	if err != nil || !ok {
		time.Sleep(20 * time.Millisecond)
		return err
	}
	defer func() { _ = st.Release(ctx, tok) }() // after a gap nobody waits for our own lease
	counts := map[string]int{}
	if err := st.Scan(ctx, "counts", func(r headstart.Row) error {
		counts[r.Key], err = strconv.Atoi(string(r.Val))
		return err
	}); err != nil {
		return err
	}
	cur, err := st.Head(ctx)
	if err != nil {
		return err
	}
	for {
		if err := st.Renew(ctx, tok, crashLease); err != nil {
			return err
		}
		if err := crashSend(ctx, st, tok, cur, say); err != nil {
			return err
		}
		found, err := st.Read(ctx, cur.Off, 20, 20*time.Millisecond)
		if err != nil {
			return err
		}
		for _, e := range found {
			if cur, err = crashApply(ctx, st, tok, cur, e, counts); err != nil {
				return err
			}
		}
	}
}

// crashApply counts the lines of e, in two parts if it has not begun yet.
func crashApply(ctx context.Context, st Store, tok headstart.Token, cur headstart.Cursor, e headstart.Entry, counts map[string]int) (headstart.Cursor, error) {
	rec, err := headstart.DecodeRecord(e.Data)
	if err != nil {
		return cur, err
	}
	for part := int(cur.Part); part < 2; part++ {
		lines, next := rec.Lines[:1], headstart.Cursor{Off: cur.Off, Part: 1}
		if part == 1 {
			lines, next = rec.Lines[1:], headstart.Cursor{Off: e.Off}
		}
		b := headstart.Batch{Token: tok, Prev: cur, Next: next}
		for _, l := range lines {
			n, err := strconv.Atoi(l.Check.Probe)
			if err != nil {
				return cur, err
			}
			row := crashRow(n)
			counts[row]++
			b.Ops = append(b.Ops, put("counts", row, strconv.Itoa(counts[row])))
			if id, owed := crashID(row, counts[row]); owed {
				b.Out = append(b.Out, headstart.Owed{ID: id, Due: e.Off.At(), Data: []byte("{}")})
			}
		}
		if err := st.Commit(ctx, b); err != nil {
			return cur, err
		}
		cur = next
	}
	return cur, nil
}

func crashSend(ctx context.Context, st Store, tok headstart.Token, cur headstart.Cursor, say func(string, ...any)) error {
	due, err := st.Due(ctx, time.Now().Add(time.Minute), 64)
	if err != nil || len(due) == 0 {
		return err
	}
	b := headstart.Batch{Token: tok, Prev: cur, Next: cur}
	for _, m := range due {
		say("S %s", m.ID)
		b.Ack = append(b.Ack, m.ID)
	}
	return st.Commit(ctx, b)
}
