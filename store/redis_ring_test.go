package store

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// failover is a server with a replica that can be made late, behind one address.
type failover struct {
	primary, replica *redistest.Server
	front, between   *redistest.Proxy
}

func newFailover(t *testing.T) *failover {
	t.Helper()
	f := &failover{primary: redistest.Start(t)}
	f.front = redistest.StartProxy(t, f.primary.Addr)
	f.attach(t)
	return f
}

// attach gives the primary a new replica that is in step.
func (f *failover) attach(t *testing.T) {
	t.Helper()
	f.between = redistest.StartProxy(t, f.primary.Addr)
	host, port, _ := net.SplitHostPort(f.between.Addr)
	f.replica = redistest.Start(t, "--replicaof", host+" "+port)
	f.replica.InStep(t)
}

// over kills the primary and lets the replica take its place.
func (f *failover) over(t *testing.T) {
	t.Helper()
	f.primary.Kill()
	f.between.Cut()
	f.between.Release()
	cli(t, f.replica, "REPLICAOF", "NO", "ONE")
	f.front.Switch(f.replica.Addr)
	f.primary = f.replica
}

// A replica that takes over without having heard what was acknowledged last is told it
// again: once, with its texts, and none that was deleted meanwhile; what it had, and what
// it was told since, stands as it did.
func TestMendAfterFailover(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	mend := func(want int) {
		t.Helper()
		if n, err := st.Mend(ctx); err != nil || n != want {
			t.Fatalf("%d records were put back, %v; want %d", n, err, want)
		}
	}
	say := func(names ...string) {
		t.Helper()
		eventually(t, "the server takes records", func() bool {
			_, err := st.Append(ctx, recs(names...))
			return err == nil
		})
	}
	say("had")
	f.primary.Kill() // a restart that keeps everything has nothing to mend
	f.primary.Restart(t)
	eventually(t, "the server answers", func() bool { _, err := st.Now(ctx); return err == nil })
	mend(0)
	f.replica.InStep(t)
	eventually(t, "the replica has the first", func() bool { return cli(t, f.replica, "XLEN", st.key+"log") == "1" })
	f.between.Hold()
	say("lost 1", "lost 2")
	until := time.Now().Add(48 * time.Hour)
	with := recs("lost 3")
	with[0].Text = []headstart.SideText{{Kind: "title", Key: "T-1", Value: []byte("wifi"), Until: until}, {Kind: "title", Key: "T-2", Value: []byte("geheim"), Until: until}}
	_, err := st.Append(ctx, with)
	must(t, err)
	mend(0)

	f.over(t)
	other := openRedis(t, one(f.front.Addr)) // of a client that was quicker than we
	defer other.Close()
	_, err = other.Append(ctx, recs("new"))
	must(t, err)
	must(t, st.DropText(ctx, []string{"T-2"}))
	mend(3)
	mend(0)
	got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log", sources(t, got), []string{"had", "new", "lost 1", "lost 2", "lost 3"})
	texts, err := st.Texts(ctx, "title", []string{"T-1", "T-2"})
	must(t, err)
	want(t, "texts", texts, map[string]string{"T-1": "wifi"})

	// What was put back is itself in the ring: the next failover may lose it too.
	f.attach(t)
	f.between.Hold()
	say("lost 4")
	f.over(t)
	eventually(t, "the server answers", func() bool { _, err := st.Now(ctx); return err == nil })
	mend(1)
}

// What was confirmed before a failover stands before what comes after it, however soon that
// is: the word that an alert fires, put back behind the word that it ended, would have it
// fire again.
func TestAppendAfterFailoverKeepsOrder(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	_, err := st.Append(ctx, recs("had"))
	must(t, err)
	eventually(t, "the replica has it", func() bool { return cli(t, f.replica, "XLEN", st.key+"log") == "1" })
	f.between.Hold()
	_, err = st.Append(ctx, recs("fires"))
	must(t, err)
	f.over(t)
	eventually(t, "the server takes records", func() bool { _, err := st.Append(ctx, recs("ended")); return err == nil })
	got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log", sources(t, got), []string{"had", "fires", "ended"})
}

// An address that leads to two servers by turns does not have all that is remembered
// appended at each turn.
func TestMendedRests(t *testing.T) {
	start := time.UnixMilli(0)
	var m mended
	expected := func(after time.Duration, life string) {
		t.Helper()
		want(t, "the life an append is for", m.expected(start.Add(after)), life)
	}
	expected(0, "")
	m.first("a")
	expected(0, "a")
	m.first("b") // an answer that was late
	m.now("a", start)
	expected(0, "a")
	m.now("b", start.Add(time.Minute))
	expected(time.Minute+mendPause/2, "")
	expected(time.Minute+mendPause, "b")
}

// A text that is deleted while records are put back does not come back with them.
func TestDropTextDuringMend(t *testing.T) {
	ctx := t.Context()
	st := openRedis(t, RedisOptions{Addresses: []string{shared.redis().Addr}, Prefix: place(t)})
	defer st.Close()
	with := recs("lost")
	with[0].Text = []headstart.SideText{{Kind: "title", Key: "T-1", Value: []byte("geheim"), Until: time.Now().Add(48 * time.Hour)}}
	_, err := st.Append(ctx, with)
	must(t, err)

	st.mending.Lock() // as Mend does, step by step
	doubt := st.ring.doubtful("another life", time.Now())
	dropped := make(chan error, 1)
	go func() { dropped <- st.DropText(ctx, []string{"T-1"}) }()
	for range 50 {
		_, _, err := st.lives(ctx)
		must(t, err)
	}
	again, err := st.putBack(ctx, "", doubt)
	must(t, err)
	st.ring.settle("another life", nil, again)
	st.mending.Unlock()

	must(t, <-dropped)
	texts, err := st.Texts(ctx, "title", []string{"T-1"})
	must(t, err)
	want(t, "texts", texts, map[string]string{})
	for _, a := range st.ring.doubtful("yet another", time.Now()) {
		want(t, "texts in the ring", len(a.rec.Text), 0)
	}
}

// An offset that the new server gave to something else proves nothing.
func TestMendComparesContents(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	f.between.Hold()
	offs, err := st.Append(ctx, recs("lost"))
	must(t, err)
	f.over(t)
	cli(t, f.primary, "XADD", st.key+"log", offs[0].String(), "d", string(recs("other")[0].Data))
	if n, err := st.Mend(ctx); err != nil || n != 1 {
		t.Fatalf("%d records were put back, %v; want 1", n, err)
	}
	got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log", sources(t, got), []string{"other", "lost"})
}

// The ring keeps a minute of what one server took and no more than its bytes, but
// never lets go by age what a server that is gone took: that is in doubt until mended.
func TestRingIsBounded(t *testing.T) {
	start := time.UnixMilli(0)
	var r ring
	put := func(life string, at time.Duration, bytes int) {
		r.add(life, []headstart.Offset{{Ms: uint64(at.Milliseconds()) + 1}}, []headstart.Append{{Data: make([]byte, bytes)}}, start.Add(at))
	}
	for n := range 200 {
		put("a", time.Duration(n)*time.Second, 10)
	}
	if n := len(r.kept); n != 61 {
		t.Errorf("%d records are kept, want those of a minute", n)
	}
	put("b", 10*time.Minute, 10)
	if n := len(r.doubtful("b", start.Add(10*time.Minute))); n != 61 {
		t.Errorf("%d records of the server before are in doubt, want all", n)
	}
	found := slices.Clone(r.kept[:61])
	r.settle("b", found[:1], found[1:])
	if n := len(r.doubtful("b", start.Add(10*time.Minute))); n != 0 || len(r.kept) != 1 {
		t.Errorf("%d are in doubt and %d kept after all is settled; the old one had its minute", n, len(r.kept))
	}
	for n := range 64 {
		put("b", 10*time.Minute+time.Duration(n)*time.Millisecond, 1<<20)
	}
	if r.bytes > ringBytes || len(r.kept) < 16 {
		t.Errorf("%d records of %d bytes are kept, at most %d bytes are wanted", len(r.kept), r.bytes, ringBytes)
	}
	sum := 0
	for n := range r.kept {
		sum += r.kept[n].size()
	}
	if sum != r.bytes {
		t.Errorf("the ring counts %d bytes and holds %d", r.bytes, sum)
	}
}

// What a server confirmed since it lost its replica stays for as long as it has none: the
// network may be broken, and the replica have taken its place on the other side.
func TestRingRemembersWhileAlone(t *testing.T) {
	start := time.UnixMilli(0)
	var r ring
	put := func(at time.Duration) {
		r.add("a", []headstart.Offset{{Ms: uint64(at.Milliseconds()) + 1}}, []headstart.Append{{Data: make([]byte, 10)}}, start.Add(at))
	}
	kept := func(when string, wanted int) {
		t.Helper()
		want(t, "records kept "+when, len(r.kept), wanted)
	}
	there, gone := attendance{connected: 1}, attendance{gone: time.Second}
	for n := range 300 { // one a second; the replica is gone after 100
		put(time.Duration(n) * time.Second)
		if n == 101 {
			r.noteReplica(gone, start.Add(101*time.Second))
		}
	}
	kept("without a replica", 300-95-1) // it was last seen 100 s after the start, or up to 5 s before
	r.noteReplica(there, start.Add(300*time.Second))
	put(300 * time.Second)
	kept("once there is one again", 61)
	r.noteReplica(attendance{gone: -1}, start.Add(301*time.Second))
	put(301 * time.Second)
	kept("where there never was one", 61)
}

// A barrier passes when a replica has everything, says so when it has not, and stops a
// leader whose lease is gone.
func TestBarrier(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	tok := acquire(t, st, "A")
	eventually(t, "the replica confirms", func() bool { return st.Barrier(ctx, tok, time.Minute) == nil })
	f.between.Hold()
	must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Ops: []headstart.Op{put("incidents", "HS-1", `{"v":1}`)}}))
	wantErr(t, "a replica that does not hear", st.Barrier(ctx, tok, time.Minute), headstart.ErrUnconfirmed)
	f.between.Release()
	eventually(t, "the replica confirms again", func() bool { return st.Barrier(ctx, tok, time.Minute) == nil })
	must(t, st.Release(ctx, tok))
	acquire(t, st, "B")
	wantErr(t, "a leader no more", st.Barrier(ctx, tok, time.Minute), headstart.ErrFenced)

	alone := openRedis(t, RedisOptions{Addresses: []string{shared.redis().Addr}, Prefix: place(t)})
	defer alone.Close()
	must(t, alone.Barrier(ctx, acquire(t, alone, "A"), time.Minute)) // nothing to wait for
}

// A server whose replica was cut off confirms nothing alone: the replica may have been
// promoted on the other side. What never had one, or gave it up a day ago, waits for none;
// who only reads the stream is none.
func TestBarrierAfterTheReplicaIsGone(t *testing.T) {
	srv, ctx := redistest.Start(t), t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	reader, err := net.Dial("tcp", srv.Addr)
	must(t, err)
	_, err = reader.Write([]byte("SYNC\r\n"))
	must(t, err)
	eventually(t, "a reader of the stream is connected", func() bool { return strings.Contains(cli(t, srv, "INFO", "replication"), "state=online") })
	tok := acquire(t, st, "A") // now: a server with its first replica begins a new life
	wantErr(t, "with a reader that confirms nothing", st.Barrier(ctx, tok, time.Minute), headstart.ErrUnconfirmed)
	must(t, reader.Close())
	eventually(t, "it is gone", func() bool { return strings.Contains(cli(t, srv, "INFO", "replication"), "connected_slaves:0") })
	must(t, st.Barrier(ctx, tok, time.Minute)) // it never was a replica

	host, port, _ := net.SplitHostPort(srv.Addr)
	replica := redistest.Start(t, "--replicaof", host+" "+port)
	eventually(t, "the store remembers the replica", func() bool {
		return st.Barrier(ctx, tok, time.Minute) == nil && cli(t, srv, "HEXISTS", st.meta(), "replica") == "1"
	})
	replica.Kill()
	eventually(t, "the server knows that it is gone", func() bool { return strings.Contains(cli(t, srv, "INFO", "replication"), "connected_slaves:0") })
	err = st.Barrier(ctx, tok, time.Minute)
	wantErr(t, "with a replica that is gone", err, headstart.ErrUnconfirmed)
	if !strings.Contains(err.Error(), "its replica is gone for") {
		t.Errorf("%v does not say that it is gone", err)
	}
	cli(t, srv, "HSET", st.meta(), "replica", fmt.Sprint(time.Now().Add(-replicaMemory).UnixMilli()))
	must(t, st.Barrier(ctx, tok, time.Minute)) // given up
}

// A server that took over with the lease, but without the last commit, lets no barrier of
// the term before pass: its outbox may not owe what the sender read.
func TestBarrierAfterFailover(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	tok := acquire(t, st, "A")
	eventually(t, "the replica has the lease", func() bool { return st.Barrier(ctx, tok, time.Minute) == nil })
	f.between.Hold()
	must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Out: []headstart.Owed{{ID: "u/all/1/mail/g", Due: time.UnixMilli(0)}}}))
	f.over(t)
	eventually(t, "the server answers", func() bool { _, err := st.Now(ctx); return err == nil })
	must(t, st.Renew(ctx, tok, time.Minute)) // the lease alone says nothing
	wantErr(t, "another server", st.Barrier(ctx, tok, time.Minute), headstart.ErrGap)
}

// Sentinels promote the replica: the store finds it by itself, errors until then say that
// the store is down, and what was acknowledged is there.
func TestSentinelFailover(t *testing.T) {
	w, ctx := redistest.StartWatched(t), t.Context()
	st := openRedis(t, RedisOptions{Addresses: w.Addrs(), Master: w.Name})
	defer st.Close()
	tok := acquire(t, st, "A")
	before, err := st.Incarnation(ctx)
	must(t, err)
	offs, err := st.Append(ctx, recs("before"))
	must(t, err)
	must(t, st.Commit(ctx, headstart.Batch{Token: tok, Next: at(offs[0])}))
	must(t, st.Barrier(ctx, tok, time.Minute))
	primary, _ := w.Primary(t)
	primary.Kill()
	began := time.Now()
	_, err = st.Append(ctx, recs("lost"))
	wantErr(t, "append", err, headstart.ErrDown)
	eventually(t, "the Sentinels promote the replica", func() bool {
		_, err := st.Append(ctx, recs("after"))
		return err == nil
	})
	t.Logf("appends again after %s, down-after is %s", time.Since(began).Round(10*time.Millisecond), redistest.DownAfter)
	after, err := st.Incarnation(ctx)
	must(t, err)
	if after == before {
		t.Error("another server has the same incarnation")
	}
	_, err = st.Mend(ctx)
	must(t, err)
	got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log", slices.Compact(sources(t, got)), []string{"before", "after"})
	head, err := st.Head(ctx)
	must(t, err)
	want(t, "cursor", head, at(offs[0]))
	wantErr(t, "commit under the token of before", st.Commit(ctx, headstart.Batch{Token: tok, Prev: head, Next: at(got[1].Off)}), headstart.ErrGap)
}
