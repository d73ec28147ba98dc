package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// Ruling 12: while a slot moves, a commit that finds half of its keys is told
// TRYAGAIN, and goes through under the same token once the slot is settled.
func TestCommitWaitsForMovingSlot(t *testing.T) {
	cluster := shared.redisCluster()
	ctx := t.Context()
	st := openRedis(t, RedisOptions{Addresses: cluster.Addrs(), Cluster: true, Prefix: place(t)})
	defer st.Close()
	tok := acquire(t, st, "A")
	slot := cli(t, cluster.Nodes[0], "CLUSTER", "KEYSLOT", st.meta())
	node, err := st.node(ctx, st.engine)
	must(t, err)
	var from, to *redistest.Server
	for _, n := range cluster.Nodes {
		if n.Addr == node.Options().Addr {
			from = n
		} else {
			to = n
		}
	}
	cli(t, to, "CLUSTER", "SETSLOT", slot, "IMPORTING", cli(t, from, "CLUSTER", "MYID"))
	cli(t, from, "CLUSTER", "SETSLOT", slot, "MIGRATING", cli(t, to, "CLUSTER", "MYID"))
	settle := func() {
		cli(t, from, "CLUSTER", "SETSLOT", slot, "STABLE")
		cli(t, to, "CLUSTER", "SETSLOT", slot, "STABLE")
	}
	t.Cleanup(settle)

	done := make(chan error, 1)
	go func() {
		done <- st.Commit(ctx, headstart.Batch{Token: tok, Next: headstart.Cursor{Part: 1}, Ops: []headstart.Op{put("incidents", "HS-1", `{"v":1}`)}})
	}()
	select {
	case err := <-done:
		t.Fatalf("the commit ended while the slot was moving: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	settle()
	must(t, <-done)
	head, err := st.Head(ctx)
	must(t, err)
	want(t, "cursor", head, headstart.Cursor{Part: 1})
}

// A node of the cluster dies with our keys and comes back: errors meanwhile,
// and everything that was acknowledged afterwards.
func TestClusterNodeDiesAndReturns(t *testing.T) {
	cluster := shared.redisCluster()
	ctx := t.Context()
	st := openRedis(t, RedisOptions{Addresses: cluster.Addrs(), Cluster: true, Prefix: place(t)})
	defer st.Close()
	_, err := st.Append(ctx, recs("before"))
	must(t, err)
	node, err := st.node(ctx, st.engine)
	must(t, err)
	var ours *redistest.Server
	for _, n := range cluster.Nodes {
		if n.Addr == node.Options().Addr {
			ours = n
		}
	}
	ours.Kill()
	_, err = st.Append(ctx, recs("lost"))
	wantErr(t, "append", err, headstart.ErrDown)
	ours.Restart(t)
	eventually(t, "the cluster is whole again", func() bool {
		_, err := st.Append(ctx, recs("after"))
		return err == nil
	})
	got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	// A reply may be lost in such times, and its sender come again.
	want(t, "log", slices.Compact(sources(t, got)), []string{"before", "after"})
	for _, n := range cluster.Nodes {
		eventually(t, "every node says so", func() bool { return strings.Contains(cli(t, n, "CLUSTER", "INFO"), "cluster_state:ok") })
	}
}
