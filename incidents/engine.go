package incidents

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// Store is the part of the store the engine needs. Its Commit returns
// headstart.ErrFenced or headstart.ErrGap when this engine no longer leads, or
// loaded what the store no longer is.
type Store interface {
	Append(ctx context.Context, recs []headstart.Append) ([]headstart.Offset, error)
	Read(ctx context.Context, after headstart.Offset, max int, block time.Duration) ([]headstart.Entry, error)
	Acquire(ctx context.Context, owner string, ttl time.Duration) (headstart.Token, bool, error)
	Renew(ctx context.Context, t headstart.Token, ttl time.Duration) error
	Release(ctx context.Context, t headstart.Token) error
	Commit(ctx context.Context, b headstart.Batch) error
	Head(ctx context.Context) (headstart.Cursor, error)
	Scan(ctx context.Context, table string, fn func(headstart.Row) error) error
	Now(ctx context.Context) (time.Time, error)
}

// Options are what an Engine is made of. Store, NewCorrelator and Logger are required.
type Options struct {
	Store         Store
	NewCorrelator func() Correlator
	Makers        Makers

	// Owner names this process in the lease, for people.
	Owner string

	// TTL is how long a lease outlives its holder; zero: 3 s.
	TTL time.Duration

	// Silence is after how long without any record a tick is appended, so that
	// an idle engine notices a promoted store; zero: only at deadlines.
	Silence time.Duration

	// Owed hears when something new is on the outbox; give it room for one. Nil:
	// nobody listens.
	Owed chan<- struct{}

	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Engine holds the lease, folds the log, and commits what follows.
type Engine struct {
	o       Options
	logger  *slog.Logger
	metrics *metrics

	leads  atomic.Bool
	proved atomic.Int64 // monotonic: when the last successful renewal was sent
	start  time.Time
}

// New returns an Engine for one process.
func New(o Options) *Engine {
	if o.TTL == 0 {
		o.TTL = 3 * time.Second
	}
	e := &Engine{o: o, logger: o.Logger.With("component", "incidents"), metrics: newMetrics(o.Registerer), start: time.Now()}
	return e
}

// Leading reports whether this process may send: it holds the lease and proved
// so recently enough that nobody else can hold it. A store fences commits, not
// sends, hence the margin of a third.
func (e *Engine) Leading() bool {
	return e.leads.Load() && time.Since(e.start)-time.Duration(e.proved.Load()) < e.o.TTL*2/3
}

// Run leads whenever it can until ctx is done, and returns nil then.
func (e *Engine) Run(ctx context.Context) error {
	wait := pollLease
	for ctx.Err() == nil {
		asked := time.Since(e.start)
		tok, ok, err := e.o.Store.Acquire(ctx, e.o.Owner, e.o.TTL)
		switch {
		case err != nil:
			e.logger.Warn("cannot ask for the lease", "err", err)
			wait = min(wait*2, longestWait)
		case !ok:
			wait = pollLease
		default:
			e.proved.Store(int64(asked)) // from before it was asked for: the lease runs from somewhere after
			if err := e.lead(ctx, tok); err != nil && ctx.Err() == nil {
				e.logger.Warn("leadership ended", "err", err)
			}
			// What ends every term at once would read all state four times a second.
			if wait = min(wait*2, longestWait); time.Since(e.start)-asked > longestWait {
				wait = pollLease
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

const (
	pollLease   = 250 * time.Millisecond
	longestWait = 5 * time.Second
)

// lead loads the state and folds until the lease or the store is lost. The
// fold is dropped on return: it may be ahead of the store.
func (e *Engine) lead(parent context.Context, tok headstart.Token) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	renewed := make(chan struct{})
	go func() { defer close(renewed); cancel(e.renew(ctx, tok)) }()
	defer func() {
		e.leads.Store(false)
		cancel(nil)
		<-renewed
		// Given back even after an error, so as not to wait for our own lease.
		release, stop := context.WithTimeout(context.WithoutCancel(parent), time.Second)
		defer stop()
		_ = e.o.Store.Release(release, tok)
	}()

	l := &leader{engine: e, tok: tok, fold: newFold(e.o.NewCorrelator(), e.o.Makers)}
	l.fold.observe = e.metrics.decided
	began := time.Now()
	if err := l.load(ctx); err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	if was := l.fold.before; was != 0 && was != headstart.EngineVersion {
		e.logger.Warn("another version of the rules takes over; what was decided stays", "change", fmt.Sprintf("%d to %d", was, headstart.EngineVersion), "subject", l.fold.place.Rules)
	}
	e.metrics.begin(l.fold.book)
	if err := l.catchUp(ctx); err != nil {
		return errors.Join(fmt.Errorf("catch up: %w", err), context.Cause(ctx))
	}
	e.leads.Store(true)
	e.logger.Info("leading", "cursor", l.prev.String(), "duration", time.Since(began))
	for {
		if err := l.turn(ctx); err != nil {
			return errors.Join(err, context.Cause(ctx))
		}
	}
}

// renew proves the lease on its own goroutine, three times in its life; it
// returns why it could not.
func (e *Engine) renew(ctx context.Context, tok headstart.Token) error {
	tick := time.NewTicker(e.o.TTL / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		sent := time.Since(e.start)
		call, cancel := context.WithTimeout(ctx, e.o.TTL/3)
		err := e.o.Store.Renew(call, tok, e.o.TTL)
		cancel()
		switch {
		case err == nil:
			e.proved.Store(int64(sent))
		case errors.Is(err, headstart.ErrFenced), errors.Is(err, headstart.ErrGap):
			return fmt.Errorf("renew lease: %w", err)
		case time.Since(e.start)-time.Duration(e.proved.Load()) > e.o.TTL:
			return fmt.Errorf("renew lease: %w", err)
		}
	}
}

// leader is one term of leadership.
type leader struct {
	engine *Engine
	tok    headstart.Token
	fold   *fold
	prev   headstart.Cursor // stored
	read   headstart.Offset // last record read

	out []headstart.Owed // gathered since the last commit
	ack []string
	at  time.Time // of the newest record gathered
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

// take folds and commits the records that stand in the log, or come within
// block, and returns how many there were.
func (l *leader) take(ctx context.Context, block time.Duration) (int, error) {
	entries, err := l.engine.o.Store.Read(ctx, l.read, readAtOnce, block)
	if err != nil {
		return 0, fmt.Errorf("read log after %s: %w", l.read, err)
	}
	for _, e := range entries {
		if err := l.step(ctx, e); err != nil {
			return 0, err
		}
	}
	return len(entries), l.commit(ctx)
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
			return nil
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
	return max(min(due.Sub(now), block), shortestTick), nil
}

// shortestTick is the least time between two ticks (ruling 4).
const shortestTick = 20 * time.Millisecond

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
	return nil
}

// step applies one record in units, committing where a commit is full: at
// places that depend on the log alone (ruling 1).
func (l *leader) step(ctx context.Context, e headstart.Entry) error {
	rec, err := headstart.DecodeRecord(e.Data)
	if err != nil {
		// What ingest accepted it also checked; a record nobody can read must not
		// stop all the others for ever.
		l.engine.logger.Error("record cannot be read and is skipped", "event_seq", e.Off.String(), "err", err)
		l.engine.metrics.unreadable.Inc()
		rec = headstart.Record{V: 1}
	}
	events := rec.Events(e.Off)
	l.read, l.at = e.Off, e.Off.At()
	for {
		done := l.fold.unit(e.Off, events)
		l.gather()
		if done {
			break
		}
		if l.full() {
			if err := l.commit(ctx); err != nil {
				return err
			}
		}
	}
	if l.full() {
		return l.commit(ctx)
	}
	return nil
}

// gather takes what the unit owes and takes back; its rows wait for the commit.
func (l *leader) gather() {
	b := l.fold.book
	l.owe(b.out, b.ack)
	b.out, b.ack, b.messages = nil, nil, nil
}

// owe gathers what a unit puts on the outbox and what it takes off; no unit does
// both to one id. A store puts on before it takes off, so of an id that does both
// within a commit only the later one counts: a message taken back and approved
// again must not be lost.
func (l *leader) owe(out []headstart.Owed, ack []string) {
	for _, id := range ack {
		l.out = slices.DeleteFunc(l.out, func(o headstart.Owed) bool { return o.ID == id })
	}
	l.ack = append(l.ack, ack...)
	for _, o := range out {
		l.ack = slices.DeleteFunc(l.ack, func(id string) bool { return id == o.ID })
		l.out = slices.DeleteFunc(l.out, func(x headstart.Owed) bool { return x.ID == o.ID })
	}
	l.out = append(l.out, out...)
}

// full leaves room for one more unit of common size within a commit.
func (l *leader) full() bool { return l.fold.pending()+len(l.out)+len(l.ack) >= headstart.MaxOps*3/4 }

// commit makes everything gathered visible, or nothing.
func (l *leader) commit(ctx context.Context) error {
	next := l.fold.cursor()
	if next == l.prev {
		return nil
	}
	b := headstart.Batch{Token: l.tok, Prev: l.prev, Next: next, Out: l.out, Ack: l.ack}
	b.Ops = l.fold.take()
	b.Feed = [][]byte{feed(headstart.FeedEntry{V: 1, Cursor: next, At: l.at.UnixMilli(), Asks: l.fold.asks}, b.Ops)}
	if err := l.engine.o.Store.Commit(ctx, b); err != nil {
		return fmt.Errorf("commit %s: %w", next, err)
	}
	owed := len(l.out) > 0
	l.prev, l.fold.asks = next, nil
	l.reset()
	l.engine.committed(l, owed)
	return nil
}

// feed is what readers are told of ops beside what entry says.
func feed(entry headstart.FeedEntry, ops []headstart.Op) []byte {
	entry.Rows = make([]headstart.FeedOp, 0, len(ops))
	for _, op := range ops {
		if headstart.Viewed(op.Table) {
			entry.Rows = append(entry.Rows, headstart.FeedOp{Table: op.Table, Row: headstart.Row{Key: op.Key, Val: op.Val}})
		}
	}
	return entry.Encode()
}

// committed tells metrics and whoever waits.
func (e *Engine) committed(l *leader, owed bool) {
	if !l.at.IsZero() {
		lag := max(time.Since(l.at), 0)
		e.metrics.lag.Set(lag.Seconds())
	}
	e.metrics.count(l.fold.book)
	if owed && e.o.Owed != nil {
		select {
		case e.o.Owed <- struct{}{}:
		default: // it is awake already
		}
	}
}
