package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"headstart"
)

// Acquire implements Store.
func (r *Redis) Acquire(ctx context.Context, owner string, ttl time.Duration) (headstart.Token, bool, error) {
	t := headstart.Token{Nonce: random()}
	err := r.call(ctx, func(ctx context.Context) error {
		v, err := acquireScript.Run(ctx, r.engine, r.leaseKeys(), owner, t.Nonce, ttl.Milliseconds()).StringSlice()
		if err == nil {
			err = wrongReply(v, 2)
		}
		if err != nil {
			return err
		}
		t.Incarnation = v[1]
		t.Epoch, err = strconv.ParseUint(v[0], 10, 64)
		return err
	})
	if err != nil || t.Epoch == 0 {
		return headstart.Token{}, false, err
	}
	r.metrics.leader.Set(1)
	return t, true, nil
}

func (r *Redis) leaseKeys() []string { return []string{r.meta(), r.key + "lease"} }

// Renew implements Store. It gives up after a third of ttl: a renewal that
// takes longer is of no use any more.
func (r *Redis) Renew(ctx context.Context, t headstart.Token, ttl time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, ttl/3, headstart.ErrDown)
	defer cancel()
	err := r.renew(ctx, t, ttl.Milliseconds())
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), headstart.ErrDown) {
		err = fmt.Errorf("redis %s: %w: no answer within a third of the lease", r.addr, headstart.ErrDown)
	}
	return r.metrics.leads(err)
}

// Release implements Store.
func (r *Redis) Release(ctx context.Context, t headstart.Token) error {
	r.metrics.leader.Set(0)
	return r.metrics.leads(r.renew(ctx, t, 0))
}

func (r *Redis) renew(ctx context.Context, t headstart.Token, ms int64) error {
	return r.call(ctx, func(ctx context.Context) error {
		return renewScript.Run(ctx, r.engine, r.leaseKeys(), t.Epoch, t.Nonce, ms).Err()
	})
}

// Barrier implements Store: a renewal and WAIT on one connection, since WAIT speaks only
// of what its own connection has written; replication keeps the order, so the renewal
// stands for everything before it. A server that took the place of the one the leader
// loaded from may have the lease and not what was committed last: that is ErrGap. One that
// had a replica and has none now may be on the losing side of a partition: it is asked
// nevertheless, and cannot confirm.
func (r *Redis) Barrier(ctx context.Context, t headstart.Token, ttl time.Duration) error {
	wanted, confirmed := r.minReplicas, 0
	var there attendance
	err := r.call(ctx, func(ctx context.Context) error {
		node, err := r.node(ctx, r.engine)
		if err != nil {
			return err
		}
		conn := node.Conn()
		defer func() { _ = conn.Close() }() // gives it back to the pool
		v, err := barrierScript.Run(ctx, conn, r.leaseKeys(), t.Epoch, t.Nonce, ttl.Milliseconds(), t.Incarnation).Int64Slice()
		if err == nil {
			err = wrongReply(v, 2)
		}
		if err != nil {
			return err
		}
		there = attendanceOf(v)
		if wanted == 0 && (there.connected > 0 || there.missing() || r.sentinel) {
			wanted = 1
		}
		if wanted == 0 {
			return nil
		}
		confirmed, err = conn.Do(ctx, "WAIT", wanted, confirmWait.Milliseconds()).Int()
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("barrier: %w", r.metrics.leads(err))
	case confirmed < wanted && there.missing():
		return fmt.Errorf("barrier: redis %s: its replica is gone for %s: %w", r.addr, there.gone.Round(time.Second), headstart.ErrUnconfirmed)
	case confirmed < wanted:
		return fmt.Errorf("barrier: redis %s: %d of %d replicas have everything: %w", r.addr, confirmed, wanted, headstart.ErrUnconfirmed)
	}
	return nil
}

// Commit implements Store. An error that is neither of those a caller branches
// on may have left half a batch behind, since a script does not roll back: the
// engine must drop its memory and load again.
func (r *Redis) Commit(ctx context.Context, b headstart.Batch) error {
	if err := validate(b); err != nil {
		return err
	}
	defer r.metrics.committed(time.Now())
	keys, args := r.commitArgs(b)
	err := r.call(ctx, func(ctx context.Context) error {
		return commitScript.Run(ctx, r.engine, keys, args...).Err()
	})
	if err = r.metrics.leads(err); err != nil {
		return fmt.Errorf("commit %s to %s: %w", b.Prev, b.Next, err)
	}
	return nil
}

// mostPut is how many rows one HSET of the script has: a call costs the server more than
// a row does, and Lua has room for some thousands of arguments.
const mostPut = 1000

func (r *Redis) commitArgs(b headstart.Batch) (keys []string, args []any) {
	keys = []string{r.meta(), r.key + "outbox", r.key + "outbox:due", r.key + "feed"}
	args = make([]any, 0, 6+4*(len(b.Ops)+len(b.Out))+2*(len(b.Ack)+len(b.Feed)))
	args = append(args, b.Token.Epoch, b.Token.Nonce, b.Token.Incarnation, b.Prev.String(), b.Next.String(), feedMax)
	index := map[string]int{}
	run, of := 0, "" // rows of a table that are put one after the other: where their number stands
	for _, op := range b.Ops {
		if index[op.Table] == 0 {
			keys = append(keys, r.key+op.Table)
			index[op.Table] = len(keys)
		}
		switch {
		case op.Kind != headstart.Put:
			run = 0
			args = append(args, "D", index[op.Table], op.Key)
		case run == 0 || op.Table != of || args[run].(int) == mostPut:
			run, of = len(args)+2, op.Table
			args = append(args, "P", index[op.Table], 1, op.Key, op.Val)
		default:
			args[run] = args[run].(int) + 1
			args = append(args, op.Key, op.Val)
		}
	}
	for _, m := range b.Out {
		args = append(args, "O", m.ID, m.Due.UnixMilli(), m.Data)
	}
	for _, id := range b.Ack {
		args = append(args, "A", id)
	}
	for _, f := range b.Feed {
		args = append(args, "F", f)
	}
	return keys, args
}
