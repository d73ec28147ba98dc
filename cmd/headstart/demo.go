package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/demo"
	"headstart/lang"
	"headstart/web"
)

func (p *program) demoCommand() *cobra.Command {
	d := &demonstration{program: p}
	load := &loading{program: p}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "see it work: an invented organisation, in this process, without a network",
		Long: `Runs the real service for an invented organisation: three buildings, 40 printers, switches,
servers, and people who write tickets. Devices fail and recover, users are told, and the
first morning report is there at once, about the night before. Nothing leaves this machine and nothing
stays on it: state is kept in a temporary folder, which is removed at the end (Ctrl-C).

The clock of the demonstration runs --speed times as fast as yours. The same --seed tells the
same story. With --rate it sends that many alerts a second to a service on this machine (--url)
instead, and says how long the answers took.`,
		Example: `  headstart demo
  headstart demo --lang en --scenario print-server --speed 20
  headstart demo --rate 200 --for 30s --url http://127.0.0.1:8480`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			if load.Rate > 0 {
				return load.run(ctx)
			}
			return d.run(ctx)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&d.speed, "speed", 60, "how many times faster than yours its clock runs, 1 to 3600")
	f.StringSliceVar(&d.names, "scenario", nil, "play only these: "+demo.Names())
	f.StringVar(&d.listen, "listen", "127.0.0.1:8480", "`address` on this machine; port 0 takes a free one")
	f.StringVar(&d.language, "lang", "nl", "nl or en")
	f.Uint64Var(&d.seed, "seed", 1, "which building, which printer, whose words")
	load.flags(f)
	return cmd
}

// demonstration is one run of the demo.
type demonstration struct {
	program  *program
	speed    float64
	names    []string
	listen   string
	language string
	seed     uint64

	outbox demo.Outbox
	clock  *demo.Clock
	zone   *time.Location
	days   time.Time // when the morning begins

	mu    sync.Mutex
	story []web.GuideLine // newest first
}

// run plays until ctx ends and removes what it made.
func (d *demonstration) run(ctx context.Context) (err error) {
	chosen, err := d.check()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "headstart-demo-")
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(dir))
		if err == nil {
			d.print("", d.words("Gestopt; %s is weggehaald.", "Stopped; %s is removed."), dir)
		}
	}()
	s, err := d.service(ctx, dir, chosen)
	if err != nil {
		return err
	}
	if err := s.run(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// check reads the flags.
func (d *demonstration) check() ([]demo.Scenario, error) {
	if d.speed < 1 || d.speed > 3600 {
		return nil, &exit{2, fmt.Sprintf("--speed is %g; write a number from 1 to 3600", d.speed)}
	}
	if !slices.Contains(lang.Languages(), d.language) {
		return nil, &exit{2, fmt.Sprintf("--lang is %q; write nl or en", d.language)}
	}
	at, err := netip.ParseAddrPort(d.listen)
	if err != nil || !at.Addr().IsLoopback() {
		return nil, &exit{2, fmt.Sprintf("--listen is %q; write an address of this machine such as 127.0.0.1:8480, since whoever reaches a demonstration may do everything", d.listen)}
	}
	chosen, err := demo.Choose(d.names)
	if err != nil {
		return nil, &exit{2, err.Error()}
	}
	if at.Port() == 0 {
		if d.listen, err = freeAddress(at.Addr()); err != nil {
			return nil, err
		}
	}
	return chosen, nil
}

// freeAddress asks the system for a port, which the configuration has to name.
func freeAddress(at netip.Addr) (string, error) {
	l, err := net.Listen("tcp", netip.AddrPortFrom(at, 0).String())
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// service prepares the service and its story.
func (d *demonstration) service(ctx context.Context, dir string, chosen []demo.Scenario) (*service, error) {
	logger := slog.New(untilStopped{slog.NewTextHandler(d.program.stderr, &slog.HandlerOptions{Level: slog.LevelError}), ctx.Done()})
	if d.program.logLevel != "" {
		var err error
		if logger, err = d.program.logger(); err != nil {
			return nil, err
		}
	}
	postbox, err := d.openOutbox(ctx)
	if err != nil {
		return nil, err
	}
	cfg, token, err := d.configure(dir, postbox)
	if err != nil {
		return nil, err
	}
	d.zone = zoneOf(cfg)
	d.days = demo.FirstMorning(time.Now(), d.zone)
	d.clock = demo.NewClock(demo.Evening(d.days))
	quiet := *d.program
	quiet.stdout = io.Discard // what a start of the service prints is said in our words
	g := &stage{clock: d.clock, tells: &web.Guide{Speed: int(d.speed), Story: d.told, Outbox: d.sent}}
	g.play = func(ctx context.Context, view *headstart.View) error {
		world := demo.NewWorld(d.clock, "http://"+d.listen, token, d.seed)
		return d.play(ctx, view, demo.NewDirector(demo.Options{
			World: world, Clock: d.clock, Patience: g.store, Start: d.days, Scenarios: chosen, Language: d.language, Speed: d.speed,
			Narrate: d.narrate, Step: d.watch(view),
		}), world)
	}
	return &service{program: &quiet, role: roleAll, cfg: cfg, logger: logger, stage: g, load: func() (*configs.Config, error) { return cfg, nil }}, nil
}

// openOutbox listens for the messages of the webhook channel until ctx ends.
func (d *demonstration) openOutbox(ctx context.Context) (url string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: &d.outbox, ReadTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }() // it ends with ctx
	return "http://" + l.Addr().String() + "/", nil
}

// configure writes the organisation to dir and reads it as a service would.
func (d *demonstration) configure(dir, postbox string) (cfg *configs.Config, token string, err error) {
	token = rand.Text()
	for name, text := range map[string]string{
		"catalog.yml":   demo.Catalog(),
		"headstart.yml": demo.Settings(d.listen, filepath.Join(dir, "data"), postbox, d.language),
		"agent-token":   token,
		"outbox-secret": rand.Text(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, "", err
		}
	}
	cfg, err = configs.Load(configs.Source{File: filepath.Join(dir, "headstart.yml")})
	return cfg, token, err
}

// play is the part of the service that tells the story.
func (d *demonstration) play(ctx context.Context, view *headstart.View, director *demo.Director, world *demo.World) error {
	if err := ready(ctx, view); err != nil {
		return nil // it ends before it began
	}
	var answering sync.WaitGroup
	answering.Go(func() { world.Answer(ctx) })
	defer answering.Wait()
	began := time.Now()
	d.print("", d.words("De nacht van zondag op maandag wordt afgespeeld…", "Playing the night from Sunday to Monday…"))
	if err := director.Night(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	d.welcome(time.Since(began))
	return director.Day(ctx)
}

// ready waits until readers see the store.
func ready(ctx context.Context, view *headstart.View) error {
	for {
		moved := view.Moved()
		if view.Ready() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		}
	}
}
