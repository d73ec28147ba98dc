// Package tickets reads users' reports from ticket systems.
//
// The text of a ticket never reaches the log (ruling 7): on the way in it becomes
// evidence, and title and body go beside the log, where they are deleted after
// their retention. Of whoever reported, only a keyed hash is kept.
package tickets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"headstart"
	"headstart/tickets/evidence"
	"headstart/tickets/systems"
)

// Options are what an Inbox needs. Append, Catalog, Key and Logger must be set.
type Options struct {
	// Append makes a record durable: the store's method.
	Append func(context.Context, headstart.Append) (headstart.Offset, error)

	Catalog func() *headstart.Catalog

	// Drop deletes the texts of tickets beside the log: the store's method; nil: none
	// are kept there.
	Drop func(ctx context.Context, keys []string) error

	// View tells which tickets are known, so that reading a folder again after a
	// restart appends nothing twice; nil: none are.
	View *headstart.View

	// Leading reports whether this process reads ticket systems and writes to them;
	// nil: it does. Dialer is the way out to them, needed with sources of systems.
	Leading func() bool
	Dialer  *headstart.Dialer

	// Dir is where it is written down how far each system was read; empty: nowhere.
	Dir string

	// Key is the installation's secret: requesters and stems are hashed with it.
	Key []byte

	Config     Config
	Retention  Retention // zero: the defaults
	Logger     *slog.Logger
	Registerer prometheus.Registerer // nil: metrics are kept and shown nowhere
	Now        func() time.Time      // nil: time.Now
}

func (o *Options) validate() error {
	switch {
	case o.Append == nil || o.Catalog == nil || o.Logger == nil:
		panic("tickets: Append, Catalog and Logger must be set")
	case len(o.Key) < 16:
		return fmt.Errorf("the installation's key has %d bytes; want at least 16", len(o.Key))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Retention == (Retention{}) {
		o.Retention = DefaultRetention()
	}
	if o.View == nil {
		o.View = headstart.NewView()
	}
	if o.Leading == nil {
		o.Leading = func() bool { return true }
	}
	if o.Dialer == nil {
		o.Dialer = &headstart.Dialer{}
	}
	return errors.Join(o.Config.Validate(), o.Retention.Validate())
}

// Inbox takes tickets from all sources.
type Inbox struct {
	append    func(context.Context, headstart.Append) (headstart.Offset, error)
	drop      func(context.Context, []string) error
	catalog   func() *headstart.Catalog
	view      *headstart.View
	key       []byte
	sources   map[string]*source
	order     []*source
	retention Retention
	logger    *slog.Logger
	metrics   *metrics
	now       func() time.Time
	leading   func() bool
	dir       string
	ears      headstart.Ears

	mu      sync.Mutex
	made    *headstart.Catalog // what reader was made with
	reader  *evidence.Reader
	resolve resolver
}

// Heard is when each source was last read, or delivered, without an error. Only the
// leader reads: elsewhere nothing is known of those that are read.
func (in *Inbox) Heard() []headstart.Heard {
	if !in.leading() {
		return nil
	}
	heard := map[string]headstart.Heard{}
	for _, h := range in.ears.All() {
		heard[h.Source] = h
	}
	var out []headstart.Heard
	for _, s := range in.order {
		h := headstart.Heard{Source: s.Name, At: heard[s.Name].At}
		switch {
		case s.system != nil:
			h.Every = pollQuiet
		case s.Type == "csv":
			h.Every = time.Minute // a folder is looked at more often than anybody writes to it
		}
		out = append(out, h)
	}
	return out
}

// source is a Source ready to use.
type source struct {
	Source
	secret []byte // of auth hmac
	shared map[string]bool
	zone   *time.Location
	replay replays

	system systems.System // nil: of type webhook or csv
	poller *poller
}

// New returns an Inbox; it reads the secrets of the sources.
func New(o Options) (*Inbox, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	in := &Inbox{
		append: o.Append, drop: o.Drop, catalog: o.Catalog, view: o.View, key: o.Key, sources: map[string]*source{},
		retention: o.Retention, logger: o.Logger.With("component", "tickets"), now: o.Now,
		leading: o.Leading, dir: o.Dir,
	}
	var errs []error
	for _, c := range o.Config.Sources {
		s, err := open(c)
		if err == nil && slices.Contains(systems.Types(), c.Type) {
			err = in.connect(s, o.Dialer)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		in.sources[c.Name], in.order = s, append(in.order, s)
	}
	in.metrics = newMetrics(o.Registerer, o.View, o.Config.Sources)
	return in, errors.Join(errs...)
}

// connect opens the system of s; nothing is asked of it yet.
func (in *Inbox) connect(s *source, dialer *headstart.Dialer) error {
	var err error
	s.system, err = systems.Open(s.Type, s.Settings, systems.Options{Dialer: dialer, Zone: s.zone, Requester: func(native string) (string, bool) {
		return Pseudonym(in.key, s.Name, native), s.shared[native]
	}})
	if err != nil {
		return fmt.Errorf("tickets.sources %s: %w", s.Name, err)
	}
	s.poller = newPoller(in, s)
	return nil
}

// Open reads the secrets of all sources as New does, and says of each what is wrong with
// them. Nothing is asked of any system.
func (c Config) Open() error {
	var errs []error
	for _, source := range c.Sources {
		s, err := open(source)
		if err == nil && slices.Contains(systems.Types(), source.Type) {
			err = (&Inbox{}).connect(s, &headstart.Dialer{})
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func open(c Source) (*source, error) {
	s := &source{Source: c, shared: map[string]bool{}}
	for _, id := range c.Shared {
		s.shared[id] = true
	}
	var err error
	if s.zone, err = time.LoadLocation(c.zone()); err != nil {
		return nil, fmt.Errorf("tickets.sources %s: timezone: %w", c.Name, err)
	}
	if c.Auth != AuthHMAC {
		return s, nil
	}
	b, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("tickets.sources %s: token_file: %w", c.Name, err)
	}
	s.secret = []byte(strings.TrimSpace(string(b)))
	if len(s.secret) < 16 {
		return nil, fmt.Errorf("tickets.sources %s: the secret in %s is shorter than 16 characters; make a longer one", c.Name, c.TokenFile)
	}
	return s, nil
}

// Run reads ticket systems, and watches the folders of sources of type csv, until
// ctx ends.
func (in *Inbox) Run(ctx context.Context) error {
	var polling sync.WaitGroup
	defer polling.Wait()
	for _, s := range in.order {
		if s.poller != nil {
			polling.Go(func() { s.poller.run(ctx) })
		}
	}
	return in.watch(ctx)
}

// watch looks at folders until ctx ends.
func (in *Inbox) watch(ctx context.Context) error {
	var folders []*folder
	for _, s := range in.order {
		if s.Type == TypeCSV {
			folders = append(folders, newFolder(in, s))
		}
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		for _, f := range folders {
			f.poll(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Routes returns this package's lines of the route table. A source with auth
// hmac proves itself in the body's signature, so its own path is open to whoever
// has no token; every other source needs a token with the scope ingest.
func (in *Inbox) Routes() []headstart.Route {
	routes := []headstart.Route{{
		Pattern: "POST " + hooksPath + "{source}", Scope: headstart.ScopeIngest, MaxBody: MaxBody,
		Handler: http.HandlerFunc(in.hook), Everywhere: true,
	}}
	for _, s := range in.order {
		if s.Type == TypeWebhook && s.Auth == AuthHMAC {
			routes = append(routes, headstart.Route{
				Pattern: "POST " + hooksPath + s.Name, Scope: headstart.ScopeOpen, MaxBody: MaxBody,
				Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { in.signedHook(w, r, s) }),
			})
		}
	}
	return append(routes, in.hookRoutes()...)
}

// prepared returns the reader and the resolver of the catalog as it is now.
func (in *Inbox) prepared() (*evidence.Reader, resolver) {
	cat := in.catalog()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.reader == nil || cat != in.made {
		in.made, in.reader, in.resolve = cat, evidence.New(cat, in.key), newResolver(cat)
	}
	return in.reader, in.resolve
}
