package store

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"headstart"
)

// A server that answers may yet be about to lose what it was told, and one that was set up
// well at the start may be changed later. None of it is a reason to refuse alerts, and all
// of it one to tell the operator.

// reasons are why a server is not safe, as headstart_store_unsafe names them.
var reasons = []string{"evicts", "unlogged", "disk", "replica"}

// KEYS: meta.
var replicasScript = redis.NewScript(luaReplicas + `return replicas(KEYS[1])`)

// Watch looks at the server once, says in metrics and log what is not safe there, and has
// the store remember that there is a replica. Call it every few seconds.
func (r *Redis) Watch(ctx context.Context) error {
	info, err := r.info(ctx, "memory", "persistence")
	if err != nil {
		return fmt.Errorf("watch the store: %w", err)
	}
	var there attendance
	err = r.call(ctx, func(ctx context.Context) error {
		v, err := replicasScript.Run(ctx, r.engine, []string{r.meta()}).Int64Slice()
		if err == nil {
			err = wrongReply(v, 2)
		}
		if err == nil {
			there = attendanceOf(v)
		}
		return err
	})
	if err == nil {
		r.metrics.replicas.Set(float64(there.connected))
		r.ring.noteReplica(there, time.Now())
	}
	r.tell(unsafe(info, there))
	if err != nil {
		return fmt.Errorf("watch the store: %w", err)
	}
	return nil
}

// unsafe is what INFO and the replicas say, by reason.
func unsafe(info map[string]string, there attendance) map[string]string {
	found := map[string]string{}
	if p := info["maxmemory_policy"]; p != "noeviction" {
		found["evicts"] = fmt.Sprintf("maxmemory-policy is %s, so Redis deletes incidents when it is full; set it to noeviction again", p)
	}
	if info["aof_enabled"] == "0" {
		found["unlogged"] = "appendonly is off, so a restart of Redis loses what it acknowledged; set appendonly yes"
	}
	for _, field := range []string{"aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"} {
		if s, known := info[field]; known && s != "ok" {
			found["disk"] = fmt.Sprintf("Redis cannot write to its disk (%s is %s); look at its disk and its log", field, s)
		}
	}
	if there.missing() {
		found["replica"] = "Redis had a replica and has none now, so messages leave late and unconfirmed; start it, or see the runbook if it was given up"
	}
	return found
}

// tell says what is new in found, and what is over.
func (r *Redis) tell(found map[string]string) {
	r.watching.Lock()
	defer r.watching.Unlock()
	for _, reason := range reasons {
		before, now := r.unsafe[reason], found[reason]
		is := 0.0
		if now != "" {
			is = 1
		}
		r.metrics.unsafe.WithLabelValues(reason).Set(is)
		switch {
		case now != "" && now != before:
			r.logger.Warn("redis answers and may lose what it was told", "subject", reason, "err", now)
		case now == "" && before != "":
			r.logger.Info("redis is safe again", "subject", reason)
		}
	}
	r.unsafe = found
}

// Unsafe is what the last Watch found, in the words of the log: what, then "; ", then what
// to do.
func (r *Redis) Unsafe() []string {
	r.watching.Lock()
	defer r.watching.Unlock()
	var out []string
	for _, reason := range reasons {
		if text := r.unsafe[reason]; text != "" {
			out = append(out, text)
		}
	}
	return out
}

// KEYS: meta.
var writeScript = redis.NewScript(`return redis.call('HSET', KEYS[1], 'looked', redis.call('TIME')[1])`)

// Writable says why an append would be refused now. A server may answer every question and
// take no writes: it is a replica, its disk failed, it asks for replicas that are not there.
func (r *Redis) Writable(ctx context.Context) error {
	return r.call(ctx, func(ctx context.Context) error {
		node, err := r.node(ctx, r.appends)
		if err != nil {
			return err
		}
		conn := node.Conn()
		defer func() { _ = conn.Close() }() // gives it back to the pool
		if err := writeScript.Run(ctx, conn, []string{r.meta()}).Err(); err != nil || r.minReplicas == 0 {
			return err
		}
		n, err := conn.Do(ctx, "WAIT", r.minReplicas, confirmWait.Milliseconds()).Int()
		if err == nil && n < r.minReplicas {
			err = fmt.Errorf("%w: %d of %d replicas confirm what is written", headstart.ErrUnconfirmed, n, r.minReplicas)
		}
		return err
	})
}
