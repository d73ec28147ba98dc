package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"

	"headstart"
	"headstart/agents"
	"headstart/alerts"
	"headstart/configs"
	"headstart/correlate"
	"headstart/exports"
	"headstart/incidents"
	"headstart/knownerrors"
	"headstart/maintenance"
	"headstart/notify"
	"headstart/probes"
	"headstart/report/figures"
	"headstart/store"
	"headstart/tickets"
	"headstart/tickets/evidence"
	"headstart/web"
	"headstart/web/door"
	"headstart/web/public"
)

// part is anything that works until its context ends.
type part struct {
	name string
	run  func(ctx context.Context) error
}

// generation is everything that runs with one configuration.
type generation struct {
	door    *door.Door
	parts   []part
	started func() bool // whether the state is read; nil: there is none
}

// pipeline draws the whole product, in the order an observation meets its parts.
func (s *service) pipeline(ctx context.Context, cfg *configs.Config) (*generation, error) {
	g := &generation{}
	reg := prometheus.NewRegistry()
	logger, st := s.logger, s.store
	add := func(name string, run func(context.Context) error) { g.parts = append(g.parts, part{name, run}) }

	rules, err := recordConfig(ctx, st, cfg)
	if err != nil {
		return nil, err
	}
	key, err := secretKey(cfg)
	if err != nil {
		return nil, err
	}

	// RECORD: what is accepted is durable; readers follow what was decided.
	appender := store.NewAppender(st)
	view := headstart.NewView()
	g.started = view.Ready
	life := &incarnation{store: st, logger: logger.With("component", "store"), clock: s.now}
	add("appender", appender.Run)
	add("incarnation", life.run)
	add("store watch", watching(st))
	under := newStrain(s.memory, st)
	add("strain", under.run)

	// OBSERVE: alerts, tickets, probes.
	router, err := notify.NewRouter(cfg.Notify.RouteYAML())
	if err != nil {
		return nil, err
	}
	api := alerts.New(alerts.Options{
		Append: under.counting(appender.Append), View: view, Incarnation: life.get, Route: router.Ends, Receivers: cfg.Notify.ReceiverList(), Config: cfg.AlertsConfig(),
		Strain: under.is, Logger: logger, Registerer: reg, Now: s.now,
	})
	egress := channelDialer(cfg)
	var engine *incidents.Engine // below; nothing runs before it is made
	inbox, err := tickets.New(tickets.Options{
		Append: appender.Append, Drop: st.DropText, Catalog: func() *headstart.Catalog { return cfg.Catalog }, View: view, Key: key,
		Leading: func() bool { return engine.Leading() }, Dialer: egress, Dir: filepath.Join(cfg.DataDir, "tickets"),
		Config: cfg.Tickets.Config, Retention: tickets.Retention{Text: cfg.Retention.Text, Titles: cfg.Retention.Titles},
		Logger: logger, Registerer: reg, Now: s.now,
	})
	if err != nil {
		return nil, err
	}
	fleet, err := probes.New(probes.Options{
		Config: cfg.Probes, Catalog: cfg.Catalog, Append: appender.Append, Dialer: probeDialer(), Previous: s.fleet,
		Calendar: &cfg.Calendar, Zone: zoneOf(cfg), PushFile: pushFile(cfg), Replica: s.replica,
		Logger: logger, Registerer: s.registry,
	})
	if err != nil {
		return nil, err
	}
	s.fleet = fleet
	g.parts = append(g.parts, s.sharingParts(sharing{store: st, fleet: fleet, view: view, append: appender.Append, leading: func() bool { return engine.Leading() }, logger: logger})...)
	add("view", func(ctx context.Context) error { return store.Follow(ctx, st, view, logger) })
	add("tickets", inbox.Run)
	add("probes", fleet.Run)

	// DECIDE: correlate and incidents, one writer.
	owed := make(chan struct{}, 1)
	engine = incidents.New(incidents.Options{
		Store: st, NewCorrelator: func() incidents.Correlator { return correlate.NewState() }, Makers: makers(),
		Owner: owner(rules), Silence: silence(cfg), Before: s.position.holdIfOlder, Owed: owed, Logger: logger, Registerer: reg,
	})
	add("engine", engine.Run)
	add("position", s.position.run)

	// Sites that probe themselves: what their agents send, and who of them is silent.
	sites := agents.NewHub(agents.HubOptions{
		Sites: cfg.Agents, Log: st, Append: appender.Append, Incarnation: life.get, Leading: engine.Leading, Logger: logger, Registerer: reg, Now: s.now,
	})
	view.OnAsk(func(a headstart.Ask) { fleet.Ask(a); sites.Ask(a) })
	add("sites", sites.Run)
	checks := func() []headstart.CheckResult { return append(fleet.Results(), sites.Results()...) }

	plans, err := maintenance.New(maintenance.Options{
		Config: cfg.Maintenance, Catalog: cfg.Catalog, Zone: zoneOf(cfg), View: view, Append: appender.Append, Leading: engine.Leading,
		Dialer: egress, Logger: logger, Now: s.now,
	})
	if err != nil {
		return nil, err
	}
	add("maintenance", plans.Run)
	if cfg.Calendar.ICal != "" {
		add("closed days", s.closedDays(cfg))
	}

	// Compare with the Alertmanagers: what did not reach us, and what they silence.
	reconciler, err := alerts.NewReconciler(api, cfg.Alerts.Reconcile, egress, engine.Leading)
	if err != nil {
		return nil, err
	}
	add("reconciler", reconciler.Run)

	reports := &mornings{cfg: cfg, view: view, clock: s.now, checks: checks, key: key, heard: sourcesOf(cfg, inbox.Heard, api.Heard, sites.States, checks)}

	// TELL: channels for users, receivers for operators, pages for both.
	box := &letterBox{}
	subscribers, err := subscriptionsOf(ctx, cfg, st, box, engine.Leading, logger, reg)
	if err != nil {
		return nil, err
	}
	acks := web.NewAckLinks(key, cfg.Door.ExternalURL)
	channels, err := notify.Build(cfg.Notify, notify.ChannelOptions{ExternalURL: cfg.Door.ExternalURL, Dialer: egress, Subscribers: subscriberList(subscribers), AckLink: acks.URL})
	if err != nil {
		return nil, err
	}
	box.to = notify.ToSubscribers(channels)
	g.parts = append(g.parts, subscriptionParts(subscribers)...)
	operators, err := notify.LoadOperators(notify.OperatorsConfig{
		Receivers: cfg.Notify.ReceiversYAML(), File: cfg.Notify.File(), Route: cfg.Notify.RouteYAML(), Templates: cfg.Notify.Templates, ExternalURL: cfg.Door.ExternalURL,
		AckLink: acks.URL,
	}, logger, egress)
	if err != nil {
		return nil, err
	}
	sender, err := notify.NewSender(notify.Options{
		Outbox: st, Append: appender.Append, Now: st.Now, Wake: owed, Leading: engine.Leading, Dead: view.DeadCount,
		Channels: channels, Operators: operators, Tickets: ticketWriters(inbox), Report: reports.send, Barrier: engine.Barrier, Logger: logger, Registerer: reg,
	})
	if err != nil {
		return nil, err
	}
	add("sender", sender.Run)
	ready := readiness(st, view, under)
	proof := &pulse{leading: engine.Leading, ready: ready, append: appender.Append, head: st.Head, moving: sender.Moving, watchdog: signOfLife(cfg, api), since: time.Now()}
	heart := notify.NewHeart(notify.HeartOptions{Heartbeats: cfg.Notify.Heartbeat, Works: proof.works, Dialer: egress, Logger: logger, Registerer: reg})
	add("heart", heart.Run)
	archive, err := store.OpenArchive(archiveDir(cfg))
	if err != nil {
		return nil, err
	}
	keeper := store.NewKeeper(store.KeeperOptions{
		Store: st, Archive: archive, Keep: time.Duration(cfg.Store.Keep), MaxBytes: int64(cfg.Store.MaxBytes),
		ArchiveKeep: time.Duration(cfg.Archive.Keep),
		Leading:     engine.Leading, Logger: logger,
	})
	add("keeper", keeper.Run)
	desk := &incidents.Desk{Append: appender.Append, View: view}
	exporter := exports.New(exports.Options{
		Dir: exportDir(s.role, cfg), View: view, Do: desk.Do, Leading: engine.Leading, Now: st.Now,
		Incident: nameless(view, cfg.Language), Notice: incidents.NamelessNotice, Logger: logger, Registerer: reg,
	})
	add("exports", exporter.Run)
	forgetting := &forgetter{cfg: cfg, store: st, keeper: keeper, view: view, key: key, do: desk.Do, leading: engine.Leading, subscribers: subscribers}
	nights := &learner{view: view, append: appender.Append, leading: engine.Leading, zone: zoneOf(cfg), logger: logger.With("component", "learner")}
	add("learner", nights.run)

	miner := &aliasMiner{view: view, store: st, reader: evidence.New(cfg.Catalog, key), people: accounts(cfg), zone: zoneOf(cfg), logger: logger.With("component", "aliases")}
	add("aliases", miner.run)

	measured := &figuring{cfg: cfg, view: view, clock: s.now, ledger: figures.NewLedger(st, wholeDays(time.Duration(cfg.Retention.Links))), leading: engine.Leading, logger: logger.With("component", "figures")}
	add("figures", measured.run)

	articles := &knownerrors.Links{
		View: view, Do: desk.Do, Transport: articleDialer(cfg).Transport(), Leading: engine.Leading, Zone: zoneOf(cfg), Logger: logger.With("component", "known-errors"),
	}
	add("articles", articles.Run)

	titles := ticketTitles(st)
	known := headstart.NewKnownFinder(view, miner.reader.Phrase)
	reports.titles = titles
	links := public.OpenLinks(cfg.DataDir)
	pages := public.New(public.Options{
		View: view, Checks: checks, Config: cfg.Publish, ExternalURL: cfg.Door.ExternalURL, Language: cfg.Language, Timezone: cfg.Timezone,
		Contact: cfg.Contact, Known: knownSince(cfg), Fresh: life.seen, Logger: logger, Now: s.now,
		Confirm: confirm(appender), Key: key, Links: links, Login: cfg.Door.ReaderLogin(), Subscriptions: subscribing(subscribers),
	})
	add("public", pages.Run)
	editor, second, future := editorOf(cfg), newSecond(st), &outlooks{view: view}
	health := &healthOf{cfg: cfg, view: view, store: st, rules: rules, gatherer: prometheus.Gatherers{s.registry, reg}}
	site := web.New(web.Options{
		View: view, Do: desk.Do, Plan: plan(appender, view), Config: webConfig(cfg), Logger: logger, Now: s.now, Guide: s.stage.guide(),
		WhyNot: second.whyNot, WhatIf: future.whatIf, About: future.about, Checks: checks, Trend: fleet.Trend, Agents: siteAgents(sites),
		Titles: titles, Aliases: miner.proposals, Known: known, Figures: measured,
		Editor: editor, Rehearse: newRehearsals(view, st.Now).rehearse, Subscribers: countingAll(subscribers), TryChannel: tryChannel(cfg, egress), AckLinks: acks,
		StatusPage: pages.URL(), Pages: pages.Pages(), PagesURL: pages.Base(), Links: links,
		Morning: reports.make, SendReport: cfg.Report.Plan() != nil, Tick: reports.signed,
		Fresh: life.seen, Health: health.now, Examine: health.examine, Reload: s.reload,
	})
	var entrance *door.Door
	json := web.NewAPI(web.APIOptions{
		View: view, Do: desk.Do, Plan: plan(appender, view), Language: cfg.Language, Zone: zoneOf(cfg), Version: version.Version, Logger: logger, Now: s.now,
		WhyNot: second.whyNot, WhatIf: future.whatIf, Checks: checks, RunChecks: runChecks(fleet), Trend: fleet.Trend,
		Titles: titles, Aliases: miner.proposals, Known: known, Figures: measured,
		Editor: editor, TryChannel: tryChannel(cfg, egress), Pages: pageIDs(pages), Morning: reports.make,
		HasUsers: func() bool { return entrance.HasUsers() }, Forget: forgetting.forget,
		Metrics: promhttp.HandlerFor(prometheus.Gatherers{s.registry, reg}, promhttp.HandlerOpts{}), Health: health.now, Agents: siteAgents(sites),
		Ready: ready, Reload: s.reload, Beside: append(siteRoutes(), subscriberRoutes()...),
	})
	newBuildInfo(reg)
	reg.MustRegister(newWaiting(st))

	routes := api.Routes()
	for _, r := range [][]headstart.Route{fleet.Routes(), sites.Routes(), inbox.Routes(), site.Routes(), pages.Routes(), json.Routes(), subscribers.Routes()} {
		routes = append(routes, r...)
	}
	entrance, err = door.New(door.Options{
		Config: cfg.Door, DataDir: cfg.DataDir, Tokens: senders(cfg), Logger: logger, Language: cfg.Language, Dialer: egress, Record: record(st), Refused: api.Refused, Demo: s.stage != nil,
		Memory: s.memory, Choked: under.choked, Previous: s.entrance,
	}, prefixed(routes, cfg.Alertmanager.Prefix()))
	if err != nil {
		return nil, err
	}
	g.door, s.entrance = entrance, entrance
	add("door", entrance.Run)
	g.parts = partsOf(s.role, append(g.parts, s.stage.parts(view)...))
	return g, nil
}
