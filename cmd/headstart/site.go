package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"

	"headstart"
	"headstart/agents"
	"headstart/agents/spool"
	"headstart/configs"
	"headstart/probes"
	"headstart/web"
	"headstart/web/door"
)

// openSpool opens what takes the place of the store at a site.
func (s *service) openSpool() error {
	sp, moved, err := spool.Open(filepath.Join(s.cfg.DataDir, "spool.db"), spool.Options{MaxBytes: int64(s.cfg.Upstream.Spool)})
	if moved != "" {
		s.logger.Error("the spool was damaged and is begun anew; what waited in it is lost", "subject", moved)
	}
	if err != nil {
		return err
	}
	s.spool = sp
	return nil
}

// site draws a site agent: probes, a spool, and the way to the upstream.
func (s *service) site(_ context.Context, cfg *configs.Config) (*generation, error) {
	g := &generation{}
	reg := prometheus.NewRegistry()
	add := func(name string, run func(context.Context) error) { g.parts = append(g.parts, part{name, run}) }

	// OBSERVE and RECORD: what a probe confirms is on disk before it counts.
	fleet, err := probes.New(probes.Options{
		Config: cfg.Probes, Catalog: cfg.Catalog, Dialer: probeDialer(), Previous: s.fleet,
		Append: func(ctx context.Context, a headstart.Append) (headstart.Offset, error) {
			return agents.Record(ctx, s.spool, a)
		},
		Calendar: &cfg.Calendar, Zone: zoneOf(cfg), PushFile: pushFile(cfg), Logger: s.logger, Registerer: s.registry,
	})
	if err != nil {
		return nil, err
	}
	if err := agents.Forget(s.spool, fleet.Results()); err != nil {
		return nil, fmt.Errorf("forget probes that are no more: %w", err)
	}
	s.fleet = fleet
	add("probes", fleet.Run)
	if cfg.Calendar.ICal != "" {
		add("closed days", s.closedDays(cfg))
	}

	// TELL the upstream, and hear what it asks.
	courier, err := agents.NewCourier(agents.CourierOptions{
		Upstream: cfg.Upstream.Upstream, Spool: s.spool, Ask: fleet.Ask, Results: fleet.Results, Dialer: channelDialer(cfg),
		Version: version.Version, Logger: s.logger, Registerer: reg,
	})
	if err != nil {
		return nil, err
	}
	add("courier", courier.Run)

	json := web.NewAPI(web.APIOptions{
		View: headstart.NewView(), Checks: fleet.Results, RunChecks: runChecks(fleet),
		Do: func(context.Context, headstart.Command) (headstart.Outcome, bool, error) {
			return headstart.Outcome{}, false, errors.New("a site agent decides nothing")
		},
		Metrics: promhttp.HandlerFor(prometheus.Gatherers{s.registry, reg}, promhttp.HandlerOpts{}),
		Reload:  s.reload, Language: cfg.Language, Version: version.Version, Logger: s.logger,
	})
	newBuildInfo(reg)
	routes := slices.Concat(fleet.Routes(), courier.Routes(), operating(json.Routes()))
	g.door, err = door.New(door.Options{
		Config: cfg.Door, DataDir: cfg.DataDir, Tokens: senders(cfg), Logger: s.logger, Language: cfg.Language, Memory: s.memory,
	}, routes)
	if err != nil {
		return nil, err
	}
	add("door", g.door.Run)
	return g, nil
}

// operating are the lines of the table that a process without incidents has too.
func operating(all []headstart.Route) []headstart.Route {
	kept := []string{"GET /-/healthy", "POST /-/reload", "GET /metrics", "GET /api/v1/checks", "POST /api/v1/checks/run"}
	return slices.DeleteFunc(all, func(r headstart.Route) bool { return !slices.Contains(kept, r.Pattern) })
}
