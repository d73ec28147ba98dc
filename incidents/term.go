package incidents

import (
	"context"
	"fmt"
	"time"

	"headstart"
)

// leader is one term of leadership.
type leader struct {
	engine *Engine
	tok    headstart.Token
	fold   *fold
	prev   headstart.Cursor // stored, once what was handed over is
	read   headstart.Offset // last record read

	out []headstart.Owed // gathered since the last commit
	ack []string
	at  time.Time // of the newest record gathered

	ahead   *ahead
	commits *committer
	seen    int // number of the newest incident that metrics were told of

	ticked time.Time // when the last tick was appended, by the clock of this process
}

func newLeader(e *Engine, tok headstart.Token, f *fold) *leader {
	return &leader{engine: e, tok: tok, fold: f, ahead: newAhead(), commits: newCommitter(f.chain, e.o.Store.Commit, e.committed)}
}

// load reads every table after the lease is held: before, the old leader may
// still commit.
func (l *leader) load(ctx context.Context) error {
	for _, table := range headstart.AllTables() {
		err := l.engine.o.Store.Scan(ctx, table, func(r headstart.Row) error { return l.fold.load(table, r) })
		if err != nil {
			return fmt.Errorf("scan %s: %w", table, err)
		}
	}
	if err := l.fold.loaded(); err != nil {
		return err
	}
	head, err := l.engine.o.Store.Head(ctx)
	if err != nil {
		return fmt.Errorf("read cursor: %w", err)
	}
	if got := l.fold.cursor(); got != head {
		return fmt.Errorf("rows stand at %s, the cursor at %s: %w", got, head, headstart.ErrGap)
	}
	l.prev, l.read = head, head.Off
	l.reset()
	return nil
}

func (l *leader) reset() {
	l.out, l.ack = nil, nil
}

// readAtOnce is how many records one read asks for.
const readAtOnce = 256

// turn waits for records or for the next deadline, and deals with what came.
func (l *leader) turn(ctx context.Context) error {
	block, err := l.patience(ctx)
	if err != nil {
		return err
	}
	n, err := l.take(ctx, block)
	if err != nil || n > 0 {
		return err
	}
	return l.tick(ctx)
}

// take folds the records that stand in the log, or come within
// block, has what follows committed, and returns how many there were.
func (l *leader) take(ctx context.Context, block time.Duration) (int, error) {
	entries, err := l.engine.o.Store.Read(ctx, l.read, readAtOnce, block)
	if err != nil {
		return 0, fmt.Errorf("read log after %s: %w", l.read, err)
	}
	if err := l.steps(ctx, entries); err != nil {
		return 0, err
	}
	return len(entries), l.commit()
}

// catchUp folds what waits, and a tick if a deadline passed meanwhile, before
// this process calls itself leader: what a stop made too late for users must be a
// draft before the sender looks at the outbox (ruling 11).
func (l *leader) catchUp(ctx context.Context) error {
	for {
		n, err := l.take(ctx, 0)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		now, err := l.engine.o.Store.Now(ctx)
		if err != nil {
			return fmt.Errorf("read the log's clock: %w", err)
		}
		if due, ok := l.fold.deadline(); !ok || due.After(now) {
			return l.commits.settle()
		}
		if err := l.tick(ctx); err != nil {
			return err
		}
		select { // a clock behind the deadline needs another one (ruling 4)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(shortestTick):
		}
	}
}

// longestBlock bounds one blocking read, so that a lost wake-up heals itself.
const longestBlock = 30 * time.Second

// patience is how long to wait for a record: until the next deadline by the
// clock that stamps the log, or until silence itself asks for a tick.
func (l *leader) patience(ctx context.Context) (time.Duration, error) {
	block := longestBlock
	if s := l.engine.o.Silence; s > 0 {
		block = s
	}
	due, ok := l.fold.deadline()
	if !ok {
		return block, nil
	}
	now, err := l.engine.o.Store.Now(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the log's clock: %w", err)
	}
	return max(min(due.Sub(now), block), shortestTick-time.Since(l.ticked), shortestBlock), nil
}

// shortestTick is the least time between two ticks (ruling 4); shortestBlock is that of
// one reading: the log's clock has milliseconds.
const (
	shortestTick  = 20 * time.Millisecond
	shortestBlock = time.Millisecond
)

// tick tells the time when a deadline passed in silence. Time enters through
// the log alone, or a replay would decide differently.
func (l *leader) tick(ctx context.Context) error {
	now, err := l.engine.o.Store.Now(ctx)
	if err != nil {
		return fmt.Errorf("read the log's clock: %w", err)
	}
	due, ok := l.fold.deadline()
	silent := l.engine.o.Silence > 0 && now.Sub(l.fold.place.At) >= l.engine.o.Silence
	if !silent && (!ok || due.After(now)) {
		return nil
	}
	if _, err := l.engine.o.Store.Append(ctx, []headstart.Append{{Data: headstart.Record{V: 1}.Encode()}}); err != nil {
		return fmt.Errorf("append tick: %w", err)
	}
	l.ticked = time.Now()
	return nil
}
