package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"headstart"
	"headstart/store/redistest"
)

// pair is a primary with one replica that confirms what it is sent.
func pair(t *testing.T) (primary, replica *redistest.Server) {
	t.Helper()
	primary = redistest.Start(t)
	host, port, _ := net.SplitHostPort(primary.Addr)
	replica = redistest.Start(t, "--replicaof", host+" "+port)
	c := redis.NewClient(&redis.Options{Addr: primary.Addr})
	defer c.Close()
	for range 200 { // "state=online" comes earlier than the first acknowledgement
		conn := c.Conn()
		must(t, conn.Set(t.Context(), "ready", 1, 0).Err())
		n, err := conn.Do(t.Context(), "WAIT", 1, 100).Int()
		must(t, errors.Join(err, conn.Close()))
		if n == 1 {
			return primary, replica
		}
	}
	t.Fatal("the replica does not confirm")
	return nil, nil
}

func one(addr string) RedisOptions { return RedisOptions{Addresses: []string{addr}} }

func cli(t testing.TB, s *redistest.Server, args ...string) string {
	t.Helper()
	out, err := s.CLI(args...)
	must(t, err)
	return out
}

// The committed cursor and the token survive the failover; the event the engine
// has read already does not. Epoch, nonce and cursor match, so without the
// incarnation the new primary would hold state its log does not explain.
func TestFailoverBetweenReadAndCommit(t *testing.T) {
	primary, replica := pair(t)
	ctx := t.Context()
	o := one(primary.Addr)
	o.MinReplicas = 1
	old := openRedis(t, o)
	defer old.Close()
	tok := acquire(t, old, "A")
	var first []headstart.Offset
	eventually(t, "the replica confirms", func() bool {
		var err error
		first, err = old.Append(ctx, recs("one"))
		return err == nil
	})
	must(t, old.Commit(ctx, headstart.Batch{Token: tok, Next: at(first[0])}))
	must(t, old.Renew(ctx, tok, time.Minute))
	eventually(t, "the replica confirms, and so has the commit before it too", func() bool {
		_, err := old.Append(ctx, recs("two"))
		return err == nil
	})

	cli(t, replica, "REPLICAOF", "NO", "ONE")
	o.MinReplicas = 0
	alone := openRedis(t, o)
	defer alone.Close()
	lost, err := alone.Append(ctx, recs("only on the old primary"))
	must(t, err)
	if _, err := old.Append(ctx, recs("unconfirmed")); !errors.Is(err, headstart.ErrDown) {
		t.Fatalf("append without its replica: %v, want ErrDown", err)
	}

	now := openRedis(t, one(replica.Addr))
	defer now.Close()
	head, err := now.Head(ctx)
	must(t, err)
	want(t, "cursor on the new primary", head, at(first[0]))
	ghost := headstart.Batch{Token: tok, Prev: head, Next: at(lost[0]), Ops: []headstart.Op{put("incidents", "HS-1", `"ghost"`)}}
	wantErr(t, "commit of an event that is not in the log", now.Commit(ctx, ghost), headstart.ErrGap)

	must(t, now.Release(ctx, tok)) // the way back: release, acquire, load
	again := acquire(t, now, "A")
	if again.Incarnation == tok.Incarnation || again.Epoch != tok.Epoch+1 {
		t.Fatalf("token after the failover %+v, before %+v", again, tok)
	}
	ghost.Token = again
	must(t, now.Commit(ctx, ghost)) // what was refused was the token, not the batch
}

// Redis dies under a live service and comes back: nothing acknowledged is gone,
// errors say that it is down, and the engine must load again.
func TestRedisDiesAndReturns(t *testing.T) {
	srv := redistest.Start(t)
	ctx := t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	tok := acquire(t, st, "A")
	var acked []string
	for i := range 20 {
		name := fmt.Sprint("a", i)
		_, err := st.Append(ctx, recs(name))
		must(t, err)
		acked = append(acked, name)
	}
	srv.Kill()
	_, err := st.Append(ctx, recs("lost"))
	wantErr(t, "append", err, headstart.ErrDown)
	if !strings.Contains(err.Error(), srv.Addr) {
		t.Fatalf("%v does not name %s", err, srv.Addr)
	}
	wantErr(t, "renewal", st.Renew(ctx, tok, 3*time.Second), headstart.ErrDown)
	wantErr(t, "commit", st.Commit(ctx, headstart.Batch{Token: tok}), headstart.ErrDown)
	if _, err := OpenRedis(ctx, one(srv.Addr)); !errors.Is(err, headstart.ErrDown) {
		t.Fatalf("open: %v, want ErrDown", err)
	}
	srv.Restart(t)
	got, err := st.Read(ctx, headstart.Offset{}, 100, 0)
	must(t, err)
	want(t, "log", sources(t, got), acked)
	wantErr(t, "commit of what was read before", st.Commit(ctx, headstart.Batch{Token: tok, Next: at(got[0].Off)}), headstart.ErrGap)
}

// Ruling 12: BUSY is waited out under the same token.
func TestCommitWaitsForBusyServer(t *testing.T) {
	srv := redistest.Start(t, "--busy-reply-threshold", "20")
	ctx := t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	tok := acquire(t, st, "A")
	c := redis.NewClient(&redis.Options{Addr: srv.Addr, ReadTimeout: time.Minute, MaxRetries: -1})
	defer c.Close()
	busy := make(chan error, 1)
	go func() { busy <- c.Eval(ctx, "while true do end", nil).Err() }()
	for { // until the server says so to others
		if err := c.Ping(ctx).Err(); err != nil && strings.HasPrefix(err.Error(), "BUSY") {
			break
		}
	}
	done := make(chan error, 1)
	go func() { done <- st.Commit(ctx, headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}}) }()
	select {
	case err := <-done:
		t.Fatalf("the commit ended while the server was busy: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	must(t, c.ScriptKill(ctx).Err())
	must(t, <-done)
	if err := <-busy; err == nil {
		t.Fatal("the busy script ended by itself")
	}
}

// Ruling 12: at nine tenths observations are refused, and what the engine needs
// still goes in; beyond the end it is an error, and no half commit.
func TestRedisFull(t *testing.T) {
	srv := redistest.Start(t, "--maxmemory", "6mb", "--maxmemory-policy", "noeviction")
	ctx := t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	tok := acquire(t, st, "A")
	var err error
	for range 2000 {
		st.full.at = time.Time{} // measure now, not once a second
		if _, err = st.Append(ctx, recs(strings.Repeat("x", 10_000))); err != nil {
			break
		}
	}
	wantErr(t, "append of an alert", err, headstart.ErrFull)
	if ratio, err := st.Room(ctx); err != nil || ratio < fullAt || ratio >= 1 {
		t.Fatalf("refused at %.2f, %v", ratio, err)
	}
	tick := headstart.NewRecord(time.Now()).Encode()
	_, err = st.Append(ctx, []headstart.Append{{Data: tick}})
	must(t, err)
	must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Ops: []headstart.Op{put("clock", "engine", `{"v":1}`)}}))

	for err == nil {
		_, err = st.Append(ctx, []headstart.Append{{Data: append(bytes.Repeat([]byte(" "), 50_000), tick...)}})
	}
	wantErr(t, "append beyond the end", err, headstart.ErrFull)
	err = st.Commit(ctx, headstart.Batch{
		Token: tok, Prev: headstart.Cursor{Part: 1}, Next: headstart.Cursor{Part: 2},
		Ops: []headstart.Op{put("clock", "engine", `{"v":1,"half":true}`), put("clock", "more", strings.Repeat("x", 200_000))},
	})
	wantErr(t, "commit beyond the end", err, headstart.ErrFull)
	val, err := st.Get(ctx, "clock", "engine")
	must(t, err)
	want(t, "row", string(val), `{"v":1}`)
}

// Ruling 7: a day after its retention a text is nowhere in Redis or on its disk.
func TestRedisTextLeavesNoTrace(t *testing.T) {
	const marker = "MARKER-91ab"
	srv := redistest.Start(t)
	ctx := t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	now := time.Now()
	rec := recs("t")[0]
	rec.Text = []headstart.SideText{
		{Kind: "title", Key: "rt/1", Value: []byte(marker), Until: now},
		{Kind: "text", Key: "rt/1", Value: []byte(marker), Until: now},
		{Kind: "title", Key: "rt/2", Value: []byte("stays"), Until: now.AddDate(0, 0, 5)},
	}
	_, err := st.Append(ctx, []headstart.Append{rec})
	must(t, err)
	eventually(t, "the marker reaches the disk", func() bool { return len(filesWith(t, srv.Dir, marker)) > 0 })
	must(t, st.SweepText(ctx, now.AddDate(0, 0, 1)))
	eventually(t, "the marker leaves the disk", func() bool { return len(filesWith(t, srv.Dir, marker)) == 0 })
	got, err := st.Texts(ctx, "title", []string{"rt/1", "rt/2"})
	must(t, err)
	want(t, "titles", got, map[string]string{"rt/2": "stays"})
	want(t, "days kept", cli(t, srv, "SMEMBERS", "hs:{0}:text:days"), "title:"+textDay(now.AddDate(0, 0, 5)))
}

func TestReadEndsWithItsContext(t *testing.T) {
	st := openRedis(t, RedisOptions{Addresses: []string{shared.redis().Addr}, Prefix: place(t)})
	defer st.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	_, err := st.Read(ctx, headstart.Offset{}, 1, time.Hour)
	wantErr(t, "read", err, context.Canceled)
	if d := time.Since(start); d > 2*time.Second {
		t.Fatalf("a clean stop waits %s for a reader", d)
	}
}

// eventually waits for what a server does in its own time.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 600 {
		if ok() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("waited 15s until %s", what)
}
