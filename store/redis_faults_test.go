package store

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
	"headstart/store/redistest"
)

// faulty is how long each fault of TestFaultsUnderLoad lasts; make long asks for more.
var faulty = flag.Duration("faults", 200*time.Millisecond, "how long each fault of Redis under load lasts")

// TestFaultsUnderLoad has senders append and a leader fold and commit, while what lies
// between them and Redis goes wrong. Whatever was acknowledged is in the log in the end,
// and what the leader committed is the fold of the log.
func TestFaultsUnderLoad(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(t *testing.T, f *failover){
		"commands torn in the middle": func(_ *testing.T, f *failover) { again(func() { f.front.Tear(redistest.ToServer) }) },
		"replies torn in the middle":  func(_ *testing.T, f *failover) { again(func() { f.front.Tear(redistest.FromServer) }) },
		"connections cut":             func(_ *testing.T, f *failover) { again(f.front.Cut) },
		"slow": func(_ *testing.T, f *failover) {
			f.front.Delay(50 * time.Millisecond)
			time.Sleep(*faulty)
			f.front.Delay(0)
		},
		"too slow to be of use":      func(_ *testing.T, f *failover) { f.front.Delay(readTimeout); time.Sleep(*faulty); f.front.Delay(0) },
		"frozen":                     func(_ *testing.T, f *failover) { f.front.Hold(); time.Sleep(*faulty); f.front.Release() },
		"frozen and then cut":        func(_ *testing.T, f *failover) { f.front.Hold(); time.Sleep(*faulty); f.front.Cut(); f.front.Release() },
		"asleep":                     func(t *testing.T, f *failover) { cli(t, f.primary, "DEBUG", "SLEEP", fmt.Sprint(faulty.Seconds())) },
		"killed, each write synced":  killed("always"),
		"killed, synced each second": killed("everysec"),
		"a replica takes over": func(t *testing.T, f *failover) {
			f.between.Hold()
			time.Sleep(*faulty)
			f.over(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &failover{primary: redistest.Start(t, "--enable-debug-command", "yes")}
			f.front = redistest.StartProxy(t, f.primary.Addr)
			if strings.Contains(name, "replica") {
				f.attach(t)
			}
			st := openRedis(t, one(f.front.Addr))
			defer st.Close()
			l := underLoad(t, st)
			time.Sleep(100 * time.Millisecond)
			fault(t, f)
			l.judge(t, st)
			if strings.Contains(name, "torn") && f.front.Torn() == 0 {
				t.Error("nothing was torn; the test proves nothing")
			}
		})
	}
}

func again(fault func()) {
	for end := time.Now().Add(*faulty); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		fault()
	}
}

func killed(fsync string) func(t *testing.T, f *failover) {
	return func(t *testing.T, f *failover) {
		cli(t, f.primary, "CONFIG", "SET", "appendfsync", fsync)
		time.Sleep(*faulty)
		f.primary.Kill()
		f.primary.Restart(t)
	}
}

// The network breaks: the service still reaches the old primary and goes on there, while
// the replica is promoted on the other side, where another process goes on. Nothing that
// either accepted is lost once both reach the same server, and the old side confirms no
// message meanwhile.
func TestPartition(t *testing.T) {
	t.Parallel()
	f, ctx := newFailover(t), t.Context()
	ours := openRedis(t, one(f.front.Addr))
	defer ours.Close()
	tok := acquire(t, ours, "A")
	eventually(t, "the replica confirms, and is remembered", func() bool {
		return ours.Barrier(ctx, tok, time.Minute) == nil && cli(t, f.primary, "HEXISTS", ours.meta(), "replica") == "1"
	})
	l := underLoad(t, ours)
	f.between.Hold()
	f.between.Cut()
	cli(t, f.replica, "REPLICAOF", "NO", "ONE")
	f.between.Release()
	theirs := openRedis(t, one(f.replica.Addr))
	defer theirs.Close()
	there := acquired(t, theirs, "B")
	_, err := theirs.Append(ctx, recs("theirs"))
	must(t, err)
	time.Sleep(*faulty)
	here := acquired(t, ours, "A")
	wantErr(t, "a message of the old side", ours.Barrier(ctx, here, time.Minute), headstart.ErrUnconfirmed)
	wantErr(t, "a commit of the old side on the new", theirs.Commit(ctx, headstart.Batch{Token: here}), headstart.ErrFenced)
	must(t, ours.Release(ctx, here))
	must(t, theirs.Release(ctx, there))

	f.front.Switch(f.replica.Addr)
	l.mu.Lock()
	l.acked["theirs"] = true
	l.mu.Unlock()
	l.judge(t, ours)
	if putBackBy(ours) == 0 {
		t.Error("the old side accepted nothing; the test proves nothing")
	}
}

// acquired waits until the lease is free: it belongs to a life that is gone.
func acquired(t *testing.T, st *Redis, owner string) (tok headstart.Token) {
	t.Helper()
	must(t, st.engine.Del(t.Context(), st.key+"lease").Err())
	eventually(t, owner+" leads", func() bool {
		got, ok, err := st.Acquire(t.Context(), owner, time.Minute)
		tok = got
		return ok && err == nil
	})
	return tok
}

// A cluster under load: our slot moves to another node key by key, then that node dies and
// its replica takes over.
func TestClusterUnderLoad(t *testing.T) {
	t.Parallel()
	cluster := redistest.StartCluster(t, "--cluster-node-timeout", "600")
	st := openRedis(t, RedisOptions{Addresses: cluster.Addrs(), Cluster: true})
	defer st.Close()
	slot := cli(t, cluster.Nodes[0], "CLUSTER", "KEYSLOT", st.meta())
	from := holder(t, cluster, st)
	to := cluster.Nodes[0]
	if to == from {
		to = cluster.Nodes[1]
	}
	replica := cluster.AddReplica(t, to)
	l := underLoad(t, st)
	time.Sleep(*faulty)
	cluster.Move(t, slot, from, to)
	time.Sleep(*faulty)
	if now := holder(t, cluster, st); now != to {
		t.Fatalf("%s holds the slot, want %s", now.Addr, to.Addr)
	}
	moved := l.count()
	eventually(t, "it to go on where the slot is now", func() bool { return l.count() > moved })
	to.Kill()
	died := time.Now()
	eventually(t, "the replica to take over", func() bool {
		return strings.Contains(cli(t, replica, "INFO", "replication"), "role:master")
	})
	t.Logf("the replica took over after %s", time.Since(died).Round(10*time.Millisecond))
	time.Sleep(*faulty)
	l.judge(t, st)
}

func holder(t *testing.T, c *redistest.Cluster, st *Redis) *redistest.Server {
	t.Helper()
	st.lostNode(t.Context(), context.DeadlineExceeded) // asks who holds what
	node, err := st.node(t.Context(), st.engine)
	must(t, err)
	for _, n := range c.Nodes {
		if n.Addr == node.Options().Addr {
			return n
		}
	}
	t.Fatalf("%s is no node", node.Options().Addr)
	return nil
}

// traffic is senders, a leader and the mending that goes with them.
type traffic struct {
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	acked   map[string]bool
	refused int
}

// putBackBy is how many records st has put back, by asking for it or before an append.
func putBackBy(st *Redis) int { return int(testutil.ToFloat64(st.metrics.mended)) }

func underLoad(t *testing.T, st *Redis) *traffic {
	ctx, stop := context.WithCancel(t.Context())
	l := &traffic{stop: stop, acked: map[string]bool{}}
	t.Cleanup(func() { stop(); l.work.Wait() })
	for n := range 3 {
		l.work.Go(func() { l.send(ctx, st, n) })
	}
	l.work.Go(func() { l.lead(ctx, st) })
	l.work.Go(func() {
		for ctx.Err() == nil {
			_, _ = st.Mend(ctx) // what cannot be put back yet is asked about again
			pause(ctx, 50*time.Millisecond)
		}
	})
	return l
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (l *traffic) send(ctx context.Context, st *Redis, sender int) {
	for n := 0; ctx.Err() == nil; n++ {
		name := fmt.Sprintf("%d-%d", sender, n)
		_, err := st.Append(ctx, recs(name))
		l.mu.Lock()
		if err == nil {
			l.acked[name] = true
		} else {
			l.refused++
		}
		l.mu.Unlock()
		pause(ctx, 2*time.Millisecond)
	}
}

func (l *traffic) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// lead folds the log into one row, and loads again whenever a commit fails.
func (l *traffic) lead(ctx context.Context, st *Redis) {
	for ctx.Err() == nil {
		if tok, ok, err := st.Acquire(ctx, "leader", time.Second); ok && err == nil {
			_ = l.term(ctx, st, tok) // why a term ended matters to the next not
			_ = st.Release(context.WithoutCancel(ctx), tok)
		}
		pause(ctx, 20*time.Millisecond)
	}
}

func (l *traffic) term(ctx context.Context, st *Redis, tok headstart.Token) error {
	row, err := st.Get(ctx, "clock", "fold")
	if err != nil {
		return err
	}
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	for fold := string(row); ctx.Err() == nil; {
		entries, err := st.Read(ctx, head.Off, 64, 20*time.Millisecond)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			continue
		}
		for _, e := range entries {
			fold = folded(fold, e)
		}
		next := at(entries[len(entries)-1].Off)
		if err := st.Commit(ctx, headstart.Batch{Token: tok, Prev: head, Next: next, Ops: []headstart.Op{put("clock", "fold", fold)}}); err != nil {
			return err
		}
		head = next
	}
	return nil
}

func folded(before string, e headstart.Entry) string {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, before, e.Off, string(e.Data))
	return fmt.Sprintf("%x", h.Sum64())
}

// judge waits until the load goes on after the fault and all of it is mended and folded,
// ends it, and holds it against the log.
func (l *traffic) judge(t *testing.T, st *Redis) {
	t.Helper()
	ctx := t.Context()
	before := l.count()
	eventually(t, "the load goes on", func() bool { return l.count() > before+20 })
	_, _ = st.Mend(ctx)
	var last headstart.Offset
	eventually(t, "the leader goes on", func() bool {
		if last == (headstart.Offset{}) {
			if offs, err := st.Append(ctx, recs("last")); err == nil {
				last = offs[0]
			}
			return false
		}
		head, err := st.Head(ctx)
		return err == nil && !head.Off.Before(last)
	})
	l.stop()
	l.work.Wait()
	_, err := st.Mend(ctx)
	must(t, err)
	head, err := st.Head(ctx)
	must(t, err)
	row, err := st.Get(ctx, "clock", "fold")
	must(t, err)
	inLog, fold, times := map[string]bool{}, "", 0
	for e, err := range entries(ctx, st, headstart.Offset{}) {
		must(t, err)
		times++
		for _, name := range sources(t, []headstart.Entry{e}) {
			inLog[name] = true
		}
		if !head.Off.Before(e.Off) {
			fold = folded(fold, e)
		}
	}
	want(t, "what the leader committed, against the fold of the log", string(row), fold)
	lost := 0
	for name := range l.acked {
		if !inLog[name] {
			lost++
		}
	}
	if lost > 0 || len(l.acked) == 0 {
		t.Errorf("%d of %d acknowledged records are not in the log", lost, len(l.acked))
	}
	t.Logf("%d acknowledged, %d refused, %d put back, %d in the log", len(l.acked), l.refused, putBackBy(st), times)
}

// A server is looked at while it runs: what is not safe there is said once, in log and
// metric, and again when it is over. One that cannot be written to says why, whatever it
// answers otherwise.
func TestWatchAndWritable(t *testing.T) {
	t.Parallel()
	srv, ctx := redistest.Start(t), t.Context()
	var log bytes.Buffer
	o := one(srv.Addr)
	o.Logger = bufLogger(&log)
	st := openRedis(t, o)
	defer st.Close()
	must(t, st.Watch(ctx))
	must(t, st.Writable(ctx))
	want(t, "unsafe at first", len(st.Unsafe()), 0)

	watched := func(word string) {
		t.Helper()
		eventually(t, "it to be noticed: "+word, func() bool {
			must(t, st.Watch(ctx))
			found := st.Unsafe()
			return len(found) == 1 && strings.Contains(found[0], word)
		})
	}
	cli(t, srv, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
	watched("evict")
	cli(t, srv, "CONFIG", "SET", "maxmemory-policy", "noeviction")
	cli(t, srv, "CONFIG", "SET", "appendonly", "no")
	watched("appendonly yes")
	cli(t, srv, "CONFIG", "SET", "appendonly", "yes")
	eventually(t, "the file to be written", func() bool { return strings.Contains(cli(t, srv, "INFO", "persistence"), "aof_rewrite_in_progress:0") })

	cli(t, srv, "CONFIG", "SET", "min-replicas-to-write", "1")
	wantErr(t, "a server that asks for a replica", st.Writable(ctx), headstart.ErrDown)
	_, err := st.Append(ctx, recs("x"))
	wantErr(t, "append", err, headstart.ErrDown)
	cli(t, srv, "CONFIG", "SET", "min-replicas-to-write", "0")

	host, port, _ := net.SplitHostPort(srv.Addr)
	replica := redistest.Start(t, "--replicaof", host+" "+port)
	eventually(t, "the replica is remembered", func() bool {
		must(t, st.Writable(ctx)) // nothing written, nothing confirmed
		must(t, st.Watch(ctx))
		return cli(t, srv, "HEXISTS", st.meta(), "replica") == "1"
	})
	replica.Kill()
	watched("had a replica")
	cli(t, srv, "HDEL", st.meta(), "replica")
	must(t, st.Watch(ctx))
	want(t, "unsafe in the end", len(st.Unsafe()), 0)
	for _, reason := range []string{"evicts", "unlogged", "replica"} {
		if n := strings.Count(log.String(), "subject="+reason); n != 2 {
			t.Errorf("%s stands in the log %d times, want once that it is so and once that it is over", reason, n)
		}
	}
	short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	cli(t, srv, "REPLICAOF", host, "1")
	if err := st.Writable(short); err == nil || !strings.Contains(err.Error(), "READONLY") {
		t.Errorf("a server that became a replica says %v, want its own word for it", err)
	}
}

// A disk that fails is noticed before anything is lost: a server that may not write says so
// at every append.
func TestDiskOfRedisFails(t *testing.T) {
	t.Parallel()
	srv, ctx := redistest.Start(t), t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	must(t, os.Mkdir(filepath.Join(srv.Dir, "dump.rdb"), 0o700)) // where a snapshot cannot be put
	cli(t, srv, "CONFIG", "SET", "save", "3600 1")
	eventually(t, "a snapshot to fail", func() bool {
		cli(t, srv, "BGSAVE")
		return strings.Contains(cli(t, srv, "INFO", "persistence"), "rdb_last_bgsave_status:err")
	})
	_, err := st.Append(ctx, recs("x"))
	wantErr(t, "append", err, headstart.ErrFull)
	wantErr(t, "writable", st.Writable(ctx), headstart.ErrFull)
	if !strings.Contains(err.Error(), "its disk and its log") {
		t.Errorf("%v names no remedy", err)
	}
	must(t, st.Watch(ctx))
	if found := st.Unsafe(); len(found) != 1 || !strings.Contains(found[0], "disk") {
		t.Errorf("unsafe: %v", found)
	}
}

// A server that reads its file again says LOADING; what is asked meanwhile waits for it,
// and is done once.
func TestAppendWaitsForLoading(t *testing.T) {
	t.Parallel()
	srv, ctx := redistest.Start(t, "--appendonly", "no", "--enable-debug-command", "yes", "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024"), t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	_, err := st.Append(ctx, recs("before"))
	must(t, err)
	cli(t, srv, "DEBUG", "POPULATE", "500", "filler", "200")
	cli(t, srv, "SAVE")
	srv.Kill()
	done := make(chan error, 1)
	go func() {
		for end := time.Now().Add(15 * time.Second); time.Now().Before(end); {
			if out, err := srv.CLI("PING"); err == nil && strings.HasPrefix(out, "LOADING") {
				_, err := st.Append(ctx, recs("meanwhile"))
				done <- err
				return
			}
		}
		done <- errors.New("the server never said that it loads")
	}()
	srv.Restart(t)
	must(t, <-done)
	got, err := st.Read(ctx, headstart.Offset{}, 100, 0)
	must(t, err)
	want(t, "log", sources(t, got), []string{"before", "meanwhile"})
}
