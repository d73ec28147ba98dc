package store

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/store/redistest"
)

// Ruling 12: what a server must be before anything is entrusted to it.
func TestStartUpChecks(t *testing.T) {
	srv := redistest.Start(t, "--appendonly", "no", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
	ctx := t.Context()
	_, err := OpenRedis(ctx, one(srv.Addr))
	wantErr(t, "a server that evicts", err, headstart.ErrRefused)
	if !strings.Contains(err.Error(), "maxmemory-policy noeviction") {
		t.Fatalf("no remedy in %v", err)
	}
	want(t, "keys written to it", cli(t, srv, "DBSIZE"), "0")
	cli(t, srv, "CONFIG", "SET", "maxmemory-policy", "noeviction")

	var log bytes.Buffer
	o := one(srv.Addr)
	o.Logger = bufLogger(&log)
	o.MinReplicas = 1
	o.Installation = "ours"
	st := openRedis(t, o)
	must(t, st.Close())
	for _, w := range []string{"appendonly", "min_replicas"} {
		if !strings.Contains(log.String(), w) {
			t.Errorf("no warning about %s in %s", w, &log)
		}
	}
	o.Installation = "theirs"
	_, err = OpenRedis(ctx, o)
	wantErr(t, "another installation", err, headstart.ErrRefused)

	o.Installation = ""
	cli(t, srv, "HSET", "hs:{0}:meta", "min_reader", "2")
	_, err = OpenRedis(ctx, o)
	wantErr(t, "a store of a newer version", err, headstart.ErrRefused)
	want(t, "schema after it", cli(t, srv, "HGET", "hs:{0}:meta", "min_reader"), "2")

	for version, old := range map[string]bool{"6.0.16": true, "6.2.0": false, "7.0.15": false, "10.1": false, "": true} {
		want(t, "too old: "+version, olderThan(version, 6, 2), old)
	}
	host, port, _ := net.SplitHostPort(srv.Addr)
	replica := redistest.Start(t, "--replicaof", host+" "+port)
	_, err = OpenRedis(ctx, one(replica.Addr))
	wantErr(t, "a replica", err, headstart.ErrRefused)

	for name, o := range map[string]RedisOptions{
		"no address":        {},
		"two, not cluster":  {Addresses: []string{"a:1", "b:1"}},
		"cluster with a db": {Addresses: []string{"a:1"}, Cluster: true, DB: 1},
		"prefix with {":     {Addresses: []string{"a:1"}, Prefix: "{x}"},
	} {
		if _, err := OpenRedis(ctx, o); err == nil || !strings.Contains(err.Error(), "store.") {
			t.Errorf("%s: %v; want an error that names the key", name, err)
		}
	}
}

// Password, ACL user with the rights the runbook lists, TLS, db and prefix.
func TestRedisBehindDoors(t *testing.T) {
	const password = "s3cret-of-the-test"
	cert, key, pool := serverCert(t)
	srv := redistest.StartTLS(t, cert, key,
		"--user", "default", "off",
		"--user", "headstart", "on", ">"+password, "~dep:*", "resetchannels", "-@all", "+@read", "+@write", "+@stream", "-@dangerous",
		"+eval", "+evalsha", "+script|load", "+select", "+wait", "+ping", "+time", "+hello", "+client", "+info", "+bgrewriteaof")
	ctx := t.Context()
	o := one(srv.Addr)
	o.Username, o.Password, o.TLS, o.DB, o.Prefix = "headstart", password, tlsConfig(pool), 3, "dep"
	st := openRedis(t, o)
	defer st.Close()
	tok := acquire(t, st, "A")
	rec := recs("x")[0]
	rec.Text = []headstart.SideText{{Kind: "title", Key: "rt/1", Value: []byte("t"), Until: time.Now().AddDate(0, 0, -2)}}
	offs, err := st.Append(ctx, []headstart.Append{rec})
	must(t, err)
	must(t, st.Commit(ctx, headstart.Batch{
		Token: tok, Next: at(offs[0]), Ops: []headstart.Op{put("incidents", "HS-1", `{"v":1}`)},
		Out: []headstart.Owed{{ID: "m", Due: time.Now(), Data: []byte("{}")}}, Feed: [][]byte{[]byte("{}")},
	}))
	must(t, st.Renew(ctx, tok, time.Minute))
	must(t, st.MarkArchived(ctx, offs[0]))
	must(t, st.Trim(ctx, offs[0]))
	must(t, st.SweepText(ctx, time.Now()))
	found, err := Verify(ctx, st)
	must(t, err)
	want(t, "findings", len(found), 0)
	for name, f := range map[string]func() error{
		"room":        func() error { _, err := st.Room(ctx); return err },
		"log bytes":   func() error { _, err := st.LogBytes(ctx); return err },
		"clock":       func() error { _, err := st.Now(ctx); return err },
		"feed":        func() error { _, err := st.Feed(ctx, headstart.Offset{}, 1, time.Second); return err },
		"due":         func() error { _, err := st.Due(ctx, time.Now(), 1); return err },
		"incarnation": func() error { _, err := st.Incarnation(ctx); return err },
	} {
		if err := f(); err != nil {
			t.Errorf("%s with the rights of the runbook: %v", name, err)
		}
	}

	o.Password = "wrong-" + password
	_, err = OpenRedis(ctx, o)
	wantErr(t, "wrong password", err, headstart.ErrRefused)
	if strings.Contains(err.Error(), password) || !strings.Contains(err.Error(), "password_file") {
		t.Fatalf("%v; want the remedy and not the secret", err)
	}
	o.Password, o.Prefix = password, "other"
	_, err = OpenRedis(ctx, o)
	wantErr(t, "keys of others", err, headstart.ErrRefused)
	o.Prefix, o.TLS = "dep", tlsConfig(nil)
	_, err = OpenRedis(ctx, o)
	wantErr(t, "a certificate nobody vouches for", err, headstart.ErrDown)
}

func TestPrefixesDoNotMeet(t *testing.T) {
	ctx := t.Context()
	o := one(shared.redis().Addr)
	o.Prefix = place(t)
	a := openRedis(t, o)
	defer a.Close()
	o.DB = 1
	b := openRedis(t, o)
	defer b.Close()
	o.DB, o.Prefix = 0, o.Prefix+"2"
	c := openRedis(t, o)
	defer c.Close()
	_, err := a.Append(ctx, recs("x"))
	must(t, err)
	for name, st := range map[string]Store{"db": b, "prefix": c} {
		got, err := st.Read(ctx, headstart.Offset{}, 1, 0)
		must(t, err)
		want(t, "seen through another "+name, len(got), 0)
	}
}
