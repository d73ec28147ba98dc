package probes

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/probes/icmp"
)

// Options of a Fleet.
type Options struct {
	Config  Config
	Catalog *headstart.Catalog // nil: an organisation nobody described

	// Append makes a record durable in the log. Nil: the fleet can CheckNow but
	// not Run.
	Append func(ctx context.Context, a headstart.Append) (headstart.Offset, error)

	// Dialer judges addresses that no setting names; nil: the zero Dialer.
	Dialer *headstart.Dialer

	// Calendar and Zone say when people print; nil: always, UTC.
	Calendar *headstart.Calendar
	Zone     *time.Location

	// PushFile is where the last push of each job is kept, so that a restart forgets
	// none. Empty: they are forgotten. It is this process's own.
	PushFile string

	Agent string // site agent the checks come from; empty: this service

	// Replica names this fleet among several of one configuration, which divide the
	// probes among them: it runs none on schedule before Assign says which are its own.
	// Empty: it is alone.
	Replica string

	// Previous is the fleet this one replaces after a reload, nil at the start.
	// Its sockets, metrics, schedule, confirmed verdicts and whatever it has not
	// appended yet pass on to the new one. Stop its Run before running the new.
	Previous *Fleet

	Logger     *slog.Logger          // nil: silent
	Registerer prometheus.Registerer // nil: metrics nobody reads; not used with Previous
}

func (o *Options) defaults() {
	if o.Catalog == nil {
		o.Catalog = &headstart.Catalog{}
	}
	if o.Dialer == nil {
		o.Dialer = &headstart.Dialer{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
}

// Fleet is all probes of one configuration. Its methods are safe for concurrent
// use; Run is called once.
type Fleet struct {
	options Options
	logger  *slog.Logger
	metrics *metrics
	ping    *icmp.Pinger
	probe   prober
	sentry  *sentry
	journal *journal
	pushes  *pushbook
	scraper *scraper
	jobs    []*job
	byAsset map[string][]*job
	byID    map[string]*job
	asks    chan headstart.Ask

	news chan struct{} // holds one token when assigned changed
	duty duty          // what Assign said last

	mu   sync.Mutex
	base time.Time // phases count from here
	loop *loop     // while Run runs
}

// New returns the fleet of o.Config, or all mistakes of that configuration.
func New(o Options) (*Fleet, error) {
	o.defaults()
	if err := o.Config.Validate(); err != nil {
		return nil, err
	}
	specs, leftOut, err := o.Config.expand(o.Catalog)
	if err != nil {
		return nil, err
	}
	o.introduce(specs)
	modules, err := o.Config.modules()
	if err != nil {
		return nil, err
	}
	g, err := newGuard(o.Config, specs, o.Catalog, o.Dialer)
	if err != nil {
		return nil, err
	}
	f := &Fleet{
		options: o, logger: o.Logger.With("component", "probes"), byAsset: map[string][]*job{}, byID: map[string]*job{},
		asks: make(chan headstart.Ask, 1024), news: make(chan struct{}, 1),
	}
	f.inherit(o.Previous, echoRate(specs))
	f.probe = (&network{guard: g, ping: f.ping, pushes: f.pushes}).probe
	f.sentry = f.newSentry(o.Config.witnesses())
	f.scraper = newScraper(modules, g, f.ping, specs, o.Catalog)
	jobs := make([]job, len(specs)) // in one piece: there may be tens of thousands
	f.jobs = make([]*job, len(specs))
	for n, s := range specs {
		j := &jobs[n]
		j.spec, j.away, f.jobs[n] = s, o.Replica != "", j
		f.byID[s.id] = j
		if asset := orElse(s.asset, s.service); asset != "" && !kinds[s.kind].told {
			f.byAsset[asset] = append(f.byAsset[asset], j)
		}
	}
	for _, what := range leftOut {
		f.logger.Warn("nothing to probe", "probe", what)
	}
	return f, nil
}

// inherit takes what outlives a reload from prev, or makes it.
func (f *Fleet) inherit(prev *Fleet, rate int) {
	if prev != nil {
		f.metrics, f.ping, f.journal, f.pushes = prev.metrics, prev.ping, prev.journal, prev.pushes
		return
	}
	f.metrics = newMetrics(f.options.Registerer)
	f.ping = icmp.New(icmp.Options{Rate: rate, Logger: f.options.Logger})
	f.journal = newJournal(f.logger)
	f.pushes = openPushbook(f.options.PushFile, time.Now(), f.logger)
}

// echoRate is the pace ICMP needs: twice what the schedule asks for, so that no
// probe waits for its turn, and never less than what routers tolerate anyway.
func echoRate(specs []spec) int {
	perSecond := 0.0
	for _, s := range specs {
		if s.kind == "icmp" {
			perSecond += 3 / s.interval.Seconds()
		}
	}
	return max(1000, int(2*perSecond))
}

// Run probes on schedule until ctx ends, and leaves nothing running but probes
// that hang beyond their timeout.
func (f *Fleet) Run(ctx context.Context) error {
	if f.options.Append == nil {
		return errors.New("run probes: no log to append to")
	}
	l := newLoop(f)
	f.mu.Lock()
	if f.loop != nil {
		f.mu.Unlock()
		return errors.New("run probes: the fleet runs already")
	}
	f.loop, f.base = l, epoch(time.Now())
	f.mu.Unlock()
	l.sentry = f.sentry
	f.takeOver(f.options.Previous)
	f.metrics.show(f)
	f.logger.Info("probes started", "probes", len(f.jobs))

	var appending sync.WaitGroup
	appending.Go(func() { f.journal.run(ctx, f.options.Append) })
	l.schedule(f.jobs, f.base)
	l.run(ctx)
	appending.Wait()
	f.mu.Lock()
	f.loop = nil
	f.mu.Unlock()
	return nil
}

// takeOver goes on where prev stopped: a reload is no reason to forget what is
// down, nor to begin every interval anew.
func (f *Fleet) takeOver(prev *Fleet) {
	if prev == nil {
		return
	}
	prev.mu.Lock()
	base, known := prev.base, map[string]memory{}
	for _, j := range prev.jobs {
		known[j.spec.id] = memory{&j.spec, j.judge, j.last, j.trend, j.failing}
	}
	prev.mu.Unlock()
	f.sentry.adopt(prev.sentry)

	f.mu.Lock()
	defer f.mu.Unlock()
	if !base.IsZero() {
		f.base = base
	}
	for _, j := range f.jobs {
		if old, ok := known[j.spec.id]; ok && old.spec.kind == j.spec.kind && old.spec.target == j.spec.target {
			j.judge, j.last, j.trend, j.failing = old.judge, old.last, old.trend, old.failing
			j.spec.adopt(old.spec)
		}
	}
	f.options.Previous = nil // let it go
}

// memory is what a probe knows that a reload keeps, if it still asks the same.
type memory struct {
	spec    *spec
	judge   judge
	last    kept
	trend   trend
	failing time.Time
}

// Ask probes an asset now, because the answer would decide something (ruling
// 21). It never blocks; an ask may be lost.
func (f *Fleet) Ask(a headstart.Ask) {
	select {
	case f.asks <- a:
	default:
		f.logger.Warn("ask dropped, too many wait", "asset", a.Asset)
	}
}

// Results returns the last run of every probe, in the order of the
// configuration; one that has not run yet is Unknown, with zero At.
func (f *Fleet) Results() []headstart.CheckResult {
	f.mu.Lock()
	defer f.mu.Unlock()
	results := make([]headstart.CheckResult, len(f.jobs))
	for i, j := range f.jobs {
		results[i] = j.result()
	}
	return results
}

// Close closes the ICMP sockets. Of fleets that replaced each other, close the
// last one, after its Run.
func (f *Fleet) Close() error {
	if err := f.ping.Close(); err != nil {
		return fmt.Errorf("close probes: %w", err)
	}
	return nil
}

// keep stores the latest run of j.
func (f *Fleet) keep(j *job, found finding) {
	f.mu.Lock()
	j.see(found)
	f.mu.Unlock()
}

// result is the last run of j, here or at the replica that has it.
func (j *job) result() headstart.CheckResult {
	last := &j.last
	if j.away && j.heard != nil && j.heard.at.After(last.at) {
		last = j.heard
	}
	if last.at.IsZero() {
		return j.spec.result(finding{verdict: headstart.Unknown, reason: "not checked yet"})
	}
	return j.spec.result(last.finding())
}

// result renders a run for people.
func (s *spec) result(f finding) headstart.CheckResult {
	conditions := f.conditions
	if conditions == nil {
		conditions = []headstart.Condition{} // [] in JSON, not null
	}
	return headstart.CheckResult{
		Probe: s.name, Kind: s.kind, Asset: s.asset, Target: s.target, Service: s.serves, Location: s.at,
		Verdict: f.verdict, Reason: f.reason, DurationSeconds: f.took.Seconds(), Conditions: conditions, Values: f.values, At: f.at,
	}
}

// check renders a run for the log. Service is only what the probe checks end to
// end: a switch that serves Wi-Fi is no check of Wi-Fi.
// check tells of f in the name of this fleet.
func (f *Fleet) check(s *spec, found finding, asked bool) headstart.Check {
	return headstart.Check{
		Agent: f.options.Agent, Replica: f.options.Replica,
		Probe: s.name, Kind: s.kind, Asset: s.asset, Service: s.service, Location: s.at,
		Verdict: found.verdict, Reason: found.reason, Conditions: found.conditions, Asked: asked, ObservedAt: found.at.UTC(),
	}
}
