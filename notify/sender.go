package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
)

// Outbox is the part of the store a Sender reads.
type Outbox interface {
	// Due returns at most limit messages owed whose time is not after now, the
	// earliest first.
	Due(ctx context.Context, now time.Time, limit int) ([]headstart.Owed, error)
}

// Options is what a Sender works with. Operators and Wake may be nil.
type Options struct {
	Outbox    Outbox
	Append    func(context.Context, headstart.Append) (headstart.Offset, error) // to the log
	Now       func(context.Context) (time.Time, error)                          // the clock that stamps the log
	Wake      <-chan struct{}                                                   // something was committed
	Leading   func() bool                                                       // only the leader sends
	Dead      func() int                                                        // how many were given up and wait for a person
	Channels  []Channel
	Operators *Operators
	Tickets   []TicketWriter

	// Barrier returns once no failover can take back what the outbox said before it;
	// see confirmed. Nil: there is nothing to wait for.
	Barrier func(context.Context) error

	// Report makes the morning report that a notice of PlaneDesk asks for, as things are
	// now; nil: this process makes none.
	Report func(ctx context.Context, n *headstart.Notice) (headstart.Report, error)

	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

func (o Options) validate() error {
	if o.Outbox == nil || o.Append == nil || o.Now == nil || o.Leading == nil || o.Dead == nil || o.Logger == nil || o.Registerer == nil {
		return errors.New("notify: Outbox, Append, Now, Leading, Dead, Logger and Registerer are needed")
	}
	return nil
}

// Sender delivers what is owed, one message at a time to each place. Messages
// about one incident reach one place in the order they were decided.
type Sender struct {
	o       Options
	logger  *slog.Logger
	metrics *metrics
	places  map[string]*place
	unknown *place

	queue   queue
	motion  motion
	skew    atomic.Int64 // log clock minus ours, in nanoseconds
	leads   time.Time    // since when this sender leads; zero: it does not
	trouble string       // of the store, already logged
	behind  time.Time    // since when no replica confirms; zero: they do
	ahead   atomic.Bool  // messages leave without that
	results chan result
	running sync.WaitGroup
}

// How often the outbox is read when nothing wakes the sender, how long after the last
// reading when something does, and how much of it: more if there is more, since thousands
// that wait for a channel that is down must not hide what others can be told.
const (
	pollEvery  = time.Second
	readPause  = 20 * time.Millisecond
	outboxMax  = 5000
	outboxMost = 8 * outboxMax
)

// NewSender returns a Sender; Run starts it.
func NewSender(o Options) (*Sender, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	s := &Sender{
		o: o, logger: o.Logger.With("component", "notify"), metrics: newMetrics(o.Registerer, o.Dead),
		places: map[string]*place{}, queue: newQueue(),
	}
	for _, c := range o.Channels {
		s.places[channelKey(c.Name())] = newChannelPlace(c)
		s.places[reportKey(c.Name())] = newReportPlace(c, o.Report)
	}
	if o.Operators != nil {
		for _, r := range o.Operators.Names() {
			s.places[receiverKey(r)] = newReceiverPlace(o.Operators, r)
		}
	}
	for _, w := range o.Tickets {
		s.places[ticketsKey(w.Name())] = newTicketPlace(w)
	}
	s.unknown = &place{name: "unknown", send: func(_ context.Context, n *headstart.Notice, _ Handle) (Handle, error) {
		switch n.Plane {
		case headstart.PlaneUsers, headstart.PlaneDesk:
			return nil, permanentf("no channel is named %q; it was removed from channels", n.Channel)
		case headstart.PlaneOperators:
			return nil, permanentf("no receiver is named %q; it was removed from receivers", n.Receiver)
		case headstart.PlaneTickets:
			return nil, permanentf("no ticket system is named %q; it was removed from tickets.sources", n.Source)
		}
		return nil, permanentf("the message cannot be read: plane %q", n.Plane)
	}}
	s.results = make(chan result, len(s.places)+1)
	return s, nil
}

// Run delivers until ctx is done, and returns nil then. Nothing a place or the
// store does ends it: what is owed stays owed.
func (s *Sender) Run(ctx context.Context) error {
	defer s.running.Wait()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	s.read(ctx)
	wake, soon, last := s.o.Wake, (<-chan time.Time)(nil), time.Now()
	for {
		s.dispatch(ctx)
		select {
		case <-ctx.Done():
			return nil
		case r := <-s.results:
			s.settle(r)
		case _, open := <-wake:
			if !open {
				wake = nil
			}
			if soon == nil { // at once after a quiet time; of a storm of commits a few are one reading
				soon = time.After(readPause - time.Since(last))
			}
		case <-soon:
			soon, last = nil, time.Now()
			s.read(ctx)
		case <-ticker.C:
			s.read(ctx)
		}
	}
}

// read takes in what is owed. A store that is away leaves the queue as it was:
// every message in it is still owed.
func (s *Sender) read(ctx context.Context) {
	if !s.o.Leading() {
		s.leads, s.behind = time.Time{}, time.Time{}
		s.ahead.Store(false)
		s.queue.clear()
		s.metrics.show(s.queue.backlog(s.now()))
		return
	}
	owed, err := s.readStore(ctx)
	if err != nil {
		if ctx.Err() == nil && s.trouble != err.Error() {
			s.trouble = err.Error()
			s.logger.Warn("outbox cannot be read", "err", err)
		}
		return
	}
	s.trouble = ""
	if s.leads.IsZero() {
		s.leads = s.now()
	}
	s.queue.replace(owed, s.placeOf, s.now())
	if s.queue.held() && s.confirmed(ctx) {
		s.queue.release()
	}
	pending, oldest := s.queue.backlog(s.now())
	s.metrics.show(pending, oldest)
	s.motion.noteRead(oldest)
}

// readStore reads the whole outbox, not only what is due: a message put off
// holds back what was decided after it for the same incident and place.
func (s *Sender) readStore(ctx context.Context) ([]headstart.Owed, error) {
	const horizon = 400 * 24 * time.Hour
	now, err := s.o.Now(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the clock: %w", err)
	}
	s.skew.Store(int64(time.Until(now)))
	for limit := outboxMax; ; limit *= 2 {
		owed, err := s.o.Outbox.Due(ctx, now.Add(horizon), limit)
		if err != nil || len(owed) < limit || limit >= outboxMost {
			return owed, err
		}
	}
}

// now is the log's clock.
func (s *Sender) now() time.Time { return time.Now().Add(time.Duration(s.skew.Load())) }

func (s *Sender) placeOf(n *headstart.Notice) *place {
	key := ""
	switch n.Plane {
	case headstart.PlaneUsers:
		key = channelKey(n.Channel)
	case headstart.PlaneOperators:
		key = receiverKey(n.Receiver)
	case headstart.PlaneTickets:
		key = ticketsKey(n.Source)
	case headstart.PlaneDesk:
		key = channelKey(n.Channel)
		if n.Report != "" {
			key = reportKey(n.Channel)
		}
	}
	if p := s.places[key]; p != nil {
		return p
	}
	return s.unknown
}

func channelKey(name string) string  { return "channel " + name }
func receiverKey(name string) string { return "receiver " + name }
func ticketsKey(name string) string  { return "tickets " + name }
func reportKey(name string) string   { return "report " + name }

// dispatch gives every idle place its next message.
func (s *Sender) dispatch(ctx context.Context) {
	if ctx.Err() != nil || !s.o.Leading() {
		return
	}
	for _, it := range s.queue.ready(s.now()) {
		it.place.busy = true
		it.inherited = it.notice.At.Before(s.leads)
		s.running.Go(func() { s.results <- s.deliver(ctx, it) })
	}
}

// result is what became of one attempt.
type result struct {
	item     *item
	delivery headstart.Delivery
	limited  bool          // the place asked to be left alone
	wait     time.Duration // for so long; zero: it did not say
}

// deliver makes one attempt and reports it to the log.
func (s *Sender) deliver(ctx context.Context, it *item) result {
	r := result{item: it}
	if !s.o.Leading() { // another sender has it by now
		return r
	}
	if it.again != nil {
		r.delivery = *it.again
		s.record(ctx, r.delivery)
		return r
	}
	n := *it.notice
	n.Attempt = max(n.Attempt, it.attempts)
	if it.inherited || n.Again > 0 { // it may have arrived before, and nobody said so
		n.Attempt = max(n.Attempt, 1)
	}
	var err error
	handle := it.handle
	if !it.superseded {
		handle, err = it.place.send(ctx, &n, it.handle)
		if err != nil && ctx.Err() != nil {
			return r // the program ends; the message is still owed
		}
	}
	r = outcome(it, handle, err, s.now())
	s.report(it, r.delivery)
	s.record(ctx, r.delivery)
	return r
}

// record appends the outcome. It was already true when ctx ends, so it gets a
// few seconds more; a report that is lost costs a repeat with the same key.
func (s *Sender) record(ctx context.Context, d headstart.Delivery) {
	for attempt := 1; ; attempt++ {
		data := headstart.NewRecord(s.now(), headstart.Line{Delivery: &d}).Encode()
		actx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		_, err := s.o.Append(actx, headstart.Append{Data: data, First: true})
		cancel()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			s.logger.Warn("delivery not recorded; the message may be repeated", "change", d.Key, "err", err)
			return
		}
		if attempt == 1 {
			s.logger.Warn("delivery not yet recorded", "change", d.Key, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(backoff(attempt), time.Minute)):
		}
	}
}

// report counts and logs one outcome.
func (s *Sender) report(it *item, d headstart.Delivery) {
	label := d.Outcome
	if it.superseded {
		label = "superseded"
	}
	s.metrics.sent.WithLabelValues(it.place.name, label).Inc()
	facts := []any{"incident", it.notice.Incident, "channel", it.place.name, "change", d.Key, "outcome", d.Outcome}
	switch d.Outcome {
	case outcomeSent:
		if !it.superseded {
			s.metrics.latency.Observe(max(0, s.now().Sub(it.notice.At).Seconds()))
			s.motion.noteSent()
			if s.ahead.Load() {
				s.metrics.ahead.Inc()
			}
		}
		s.logger.Info("message delivered", facts...)
	case outcomeRetry:
		s.logger.Warn("message not delivered yet", append(facts, "err", d.Err)...)
	case outcomeDead:
		s.logger.Error("message given up", append(facts, "err", d.Err)...)
	}
}

// settle remembers an outcome until the outbox shows it.
func (s *Sender) settle(r result) {
	r.item.place.answered(r, s.now())
	if r.delivery.Outcome != "" {
		s.queue.settle(r, s.now())
	}
}
