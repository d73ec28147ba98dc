package incidents

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	Barrier(ctx context.Context, t headstart.Token, ttl time.Duration) error
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

	// Before is called each time this engine has got the lease, before it loads the
	// state: what it appends is decided upon before anything is sent. Nil: nothing.
	Before func(ctx context.Context) error

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
	term   atomic.Pointer[headstart.Token] // of the term this process leads in
	proved atomic.Int64                    // monotonic: when the last successful renewal was sent
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

// Barrier returns once what this engine has committed cannot be taken back by a replica
// that takes over: ask it after reading the outbox and before sending. ErrFenced: another
// engine leads. ErrUnconfirmed: no replica has it yet.
func (e *Engine) Barrier(ctx context.Context) error {
	tok := e.term.Load()
	if tok == nil || !e.Leading() {
		return headstart.ErrFenced
	}
	return e.o.Store.Barrier(ctx, *tok, e.o.TTL)
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

	l := newLeader(e, tok, newFold(e.o.NewCorrelator(), e.o.Makers))
	l.fold.observe, l.fold.book.matched = e.metrics.decided, e.metrics.linked
	began := time.Now()
	if e.o.Before != nil {
		if err := e.o.Before(ctx); err != nil {
			return whyEnded(ctx, err)
		}
	}
	if err := l.load(ctx); err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	if was := l.fold.before; was != 0 && was != headstart.EngineVersion {
		e.logger.Warn("another version of the rules takes over; what was decided stays", "change", fmt.Sprintf("%d to %d", was, headstart.EngineVersion), "subject", l.fold.place.Rules)
	}
	e.metrics.begin(l.fold.book)
	l.seen = l.fold.book.last
	written := make(chan struct{})
	go func() {
		defer close(written)
		if err := l.commits.run(ctx, tok); err != nil {
			cancel(err) // the fold may wait for a record, for half a minute
		}
	}()
	scouted := make(chan struct{})
	go func() { defer close(scouted); l.ahead.run() }()
	defer func() { l.ahead.close(); <-scouted }()
	defer func() {
		e.leads.Store(false)
		cancel(nil) // what is not committed yet the next leader decides alike
		l.commits.close()
		<-written
	}()
	if err := l.catchUp(ctx); err != nil {
		return fmt.Errorf("catch up: %w", whyEnded(ctx, err))
	}
	e.term.Store(&tok)
	e.leads.Store(true)
	e.logger.Info("leading", "cursor", l.prev.String(), "duration", time.Since(began))
	for {
		if err := l.turn(ctx); err != nil {
			return whyEnded(ctx, err)
		}
	}
}

// whyEnded is why a term ended in which err came up: what ended its context, if that was
// before.
func whyEnded(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
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
