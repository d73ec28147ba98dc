package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/oklog/run"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/common/version"
	"github.com/spf13/cobra"

	"headstart"
	"headstart/agents/spool"
	"headstart/configs"
	"headstart/probes"
	"headstart/store"
	"headstart/web/door"
)

// serveCommand runs everything in one process.
func (p *program) serveCommand() *cobra.Command {
	var role, upstream string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "run the service: take alerts, decide, tell people",
		Long: `Run the service. SIGTERM stops it cleanly, SIGHUP reads the configuration again;
with a mistake in it the old one stays in force. Logs go to standard error; the
address it listens on and, at the first start, a link to log in go to standard
output.

With --role probe and an upstream it runs the probes of a site and nothing else: what
they confirm is kept on disk and told to the upstream, which decides. Pages, alerts and
incidents are there; here are /metrics, /-/ready and a page with how the line does.

On a Redis store any number of replicas do the work together. Of those with --role all
one decides, and another within seconds when it is gone; those with all or probe share the
probes; those with ingest take alerts and serve pages only.`,
		Example: `  headstart serve --config headstart.yml
  headstart serve --role probe --upstream https://headstart.example.org --config site.yml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkRole(role, upstream); err != nil {
				return err
			}
			if upstream != "" {
				_ = cmd.Flags().Set(upstreamKey, upstream) // a string: it can be set
			}
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			if err := checkReplica(role, cfg); err != nil {
				return err
			}
			logger, err := p.logger()
			if err != nil {
				return err
			}
			s := &service{program: p, role: role, replica: replicaName(cfg), cfg: cfg, logger: logger, load: func() (*configs.Config, error) { return p.config(cmd) }}
			return s.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&role, "role", roleAll, "parts to run: all, ingest, or probe")
	cmd.Flags().StringVar(&upstream, "upstream", "", "`URL` a site agent reports to; overrides upstream.url")
	cmd.Flags().String(upstreamKey, "", "")
	_ = cmd.Flags().MarkHidden(upstreamKey) // it was just made
	alertmanagerFlags(cmd)
	cmd.Flags().String("listen", "", "`address` of pages, API and ingest; overrides the configuration")
	return cmd
}

// upstreamKey is what --upstream sets.
const upstreamKey = "upstream.url"

// service is one running process: a store that stays open, and generations of
// everything else, one per configuration.
type service struct {
	program *program
	role    string
	replica string // its name among several; empty: there can be but one
	cfg     *configs.Config
	load    func() (*configs.Config, error)
	logger  *slog.Logger

	store    store.Store          // nil at a site
	position *position            // of the store; nil at a site
	spool    *spool.Spool         // nil but at a site
	registry *prometheus.Registry // of what outlives a generation
	reloads  *reloadMetrics

	fleet    *probes.Fleet // of the newest generation: sockets and schedule pass on
	entrance *door.Door    // of the newest generation: log-in links pass on

	mu      sync.Mutex
	next    chan *configs.Config // a reload hands the next configuration over
	started bool

	memory int64 // bytes this process may take; zero: nothing bounds it

	chosenPort bool // the configuration leaves the port to the system

	stage *stage // of a demonstration; nil: this is the real thing
}

// run opens the store and runs generations until a signal, ctx, or a failure.
func (s *service) run(ctx context.Context) (err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	s.logger.Info("starting", "version", cmp.Or(version.Version, "unknown"), "rules", headstart.EngineVersion)
	defer func() { // after the store is closed; a life without this line was killed
		if err == nil {
			s.logger.Info("stopped")
		}
	}()
	s.memory = limitMemory(os.DirFS("/"), s.logger)
	s.registry = prometheus.NewRegistry()
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.reloads = newReloadMetrics(s.registry)
	s.reloads.succeeded()
	s.next = make(chan *configs.Config, 1)

	if err := s.open(ctx); err != nil {
		return err
	}
	defer s.close()

	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	go s.reloadAt(ctx, hup)
	return s.generations(ctx)
}

// open opens what outlives a generation: the store, or at a site the spool.
func (s *service) open(ctx context.Context) error {
	if isSite(s.role, s.cfg) {
		return s.openSpool()
	}
	return s.openStore(ctx)
}

func (s *service) close() {
	if s.spool != nil {
		_ = s.spool.Close()
	}
	if s.store != nil {
		_ = s.store.Close()
	}
}

// openStore opens the store and joins its installation.
func (s *service) openStore(ctx context.Context) error {
	st, older, err := s.openWhole(ctx)
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("%w; stop that one, or give this one a data_dir of its own", err)
	}
	if err != nil {
		return err
	}
	if err := claim(ctx, s.cfg, st); err != nil {
		return errors.Join(err, st.Close())
	}
	if err := tellOtherKey(ctx, s.cfg, st, s.logger); err != nil {
		return errors.Join(err, st.Close())
	}
	s.store = st
	s.position, err = openPosition(s.cfg, st, older, s.logger)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	return nil
}

// generations runs one after the other. One that cannot begin after a reload (a
// token file that is gone, a port in use) gives way to the configuration before.
func (s *service) generations(ctx context.Context) error {
	var good *configs.Config // ran before
	for {
		cfg := s.current()
		again, err := s.generation(ctx)
		var cannot *unfit
		switch {
		case errors.As(err, &cannot) && good != nil && cfg != good && ctx.Err() == nil:
			s.reloads.failed()
			s.logger.Error("the new configuration does not run; the old one comes back", "err", err)
			s.set(good)
			continue
		case err != nil || !again:
			return err
		}
		good = cfg
	}
}

// unfit is why a generation could not begin.
type unfit struct{ error }

func (u *unfit) Unwrap() error { return u.error }

func (s *service) current() *configs.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg
}

func (s *service) set(cfg *configs.Config) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg = cfg
}

// reloadAt reloads whenever hup says so, until ctx ends.
func (s *service) reloadAt(ctx context.Context, hup <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		}
		if err := s.reload(ctx); err != nil {
			s.logger.Error("configuration not reloaded; the old one stays in force", "err", err)
		}
	}
}

// reload reads the configuration and, if it holds, lets the next generation
// begin. A change of the store needs a restart.
func (s *service) reload(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := s.load()
	if err == nil && !sameStore(s.cfg, next) {
		err = errors.New("store and data_dir cannot change while running; restart the service")
	}
	if err != nil {
		s.reloads.failed()
		return err
	}
	select {
	case <-s.next: // one that waits read the file before us
	default:
	}
	s.next <- next
	s.reloads.succeeded()
	return nil
}

// generation runs every part with one configuration. It reports again when a
// reload ended it.
func (s *service) generation(parent context.Context) (again bool, err error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	g, err := s.draw(ctx)
	if err != nil {
		return false, &unfit{err}
	}
	if err := g.door.Listen(ctx); err != nil {
		return false, &unfit{err}
	}
	s.chosenPort = s.chosenPort || portZero(s.cfg.Door.Listen)
	s.announceAddress(g)
	s.cfg.Door.Listen = g.door.Addresses()[0].String() // a port chosen by the system stays through a reload

	g.parts = append(g.parts, part{"memory", g.collect}, part{"rest", func(ctx context.Context) error { return s.rest(ctx, g.reading) }})
	var group run.Group
	for _, p := range g.parts {
		group.Add(func() error {
			if err := p.run(ctx); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			<-ctx.Done() // a part that is done early stops nobody else
			return nil
		}, func(error) { cancel() })
	}
	group.Add(func() error {
		select {
		case next := <-s.next:
			listen := s.cfg.Door.Listen
			if next.Door.Listen == "" || portZero(next.Door.Listen) {
				next.Door.Listen = listen
			}
			s.set(next)
			again = true
			s.logger.Info("configuration reloaded")
		case <-ctx.Done():
		}
		return nil
	}, func(error) { cancel() })
	err = group.Run() // before again is read
	return again, err
}

// draw returns every part that the role has, with the configuration in force.
func (s *service) draw(ctx context.Context) (*generation, error) {
	if isSite(s.role, s.cfg) {
		return s.site(ctx, s.cfg)
	}
	return s.pipeline(ctx, s.cfg)
}

// announceAddress tells whoever started us where to look.
func (s *service) announceAddress(g *generation) {
	for _, a := range g.door.Addresses() {
		_, _ = fmt.Fprintf(s.program.stdout, "listening address=%s\n", a)
	}
	for _, a := range g.door.PublicAddresses() {
		_, _ = fmt.Fprintf(s.program.stdout, "status page address=%s\n", a)
	}
	if s.started || s.stage != nil { // a demonstration needs no log-in
		return
	}
	s.started = true
	if g.door.FirstStart() && !isSite(s.role, s.cfg) { // there is nothing to log in to
		_, _ = fmt.Fprintf(s.program.stdout, "log in once with %s\n", g.door.LoginLink(s.linkBase(g)))
	}
}

// linkBase is where the log-in link leads: to external_url, unless the system
// chose the port, which external_url cannot know.
func (s *service) linkBase(g *generation) string {
	if s.chosenPort {
		return "http://" + g.door.Addresses()[0].String()
	}
	return ""
}

type reloadMetrics struct{ ok, at prometheus.Gauge }

func newReloadMetrics(reg prometheus.Registerer) *reloadMetrics {
	f := promauto.With(reg)
	return &reloadMetrics{
		ok: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_config_last_reload_successful", Help: "Whether the configuration was last read without a mistake.",
		}),
		at: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_config_last_reload_success_timestamp_seconds", Help: "When the configuration was last read without a mistake.",
		}),
	}
}

func (m *reloadMetrics) succeeded() { m.ok.Set(1); m.at.Set(float64(time.Now().Unix())) }
func (m *reloadMetrics) failed()    { m.ok.Set(0) }
