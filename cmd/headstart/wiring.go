package main

import (
	"context"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors/version"

	"headstart"
	"headstart/agents"
	"headstart/announce"
	"headstart/configs"
	"headstart/incidents"
	"headstart/probes"
	"headstart/store"
	"headstart/subscriptions"
	"headstart/tickets"
	"headstart/web"
	"headstart/web/door"
)

// What lies between the parts: each function here turns what one part offers
// into what another asks for, and decides nothing.

// newBuildInfo registers headstart_build_info.
func newBuildInfo(reg prometheus.Registerer) { reg.MustRegister(version.NewCollector("headstart")) }

// webConfig is what the desk's pages need of the configuration.
func webConfig(cfg *configs.Config) web.Config {
	c := web.DefaultConfig()
	c.Language, c.Timezone, c.ExternalURL, c.Contact = cfg.Language, cfg.Timezone, cfg.Door.ExternalURL, cfg.Contact
	return c
}

// exportDir is where a process of a role writes what retention deletes; empty: nowhere,
// since it never leads.
func exportDir(role string, cfg *configs.Config) string {
	if role == roleIngest || role == roleProbe {
		return ""
	}
	return cfg.Retention.ExportDir
}

// nameless shows the exporter incidents as they are written into files.
func nameless(view *headstart.View, language string) func(headstart.IncidentID) (headstart.Incident, uint64, bool) {
	return func(id headstart.IncidentID) (headstart.Incident, uint64, bool) {
		return incidents.Nameless(view, id, language)
	}
}

// editorOf words messages for a preview as the engine does, and names who gets them.
func editorOf(cfg *configs.Config) web.Editor {
	rules := cfg.LogConfig("")
	words := announce.New(cfg.Catalog, cfg.Incidents.Announce.Address, rules.OwnWords)
	e := web.Editor{Compose: words.Compose, Fields: words.Fields, Recipients: map[string][]string{}}
	for _, ch := range cfg.Notify.Channels {
		e.Recipients[ch.Name] = ch.To
	}
	return e
}

// zoneOf is the zone of the configuration, which was validated.
func zoneOf(cfg *configs.Config) *time.Location {
	zone, err := time.LoadLocation(cfg.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// senders are the tokens of ticket systems, of jobs and of site agents that push to us.
func senders(cfg *configs.Config) []door.Token {
	var out []door.Token
	add := func(bearers map[string]string, under func(name string) string) {
		for _, name := range slices.Sorted(maps.Keys(bearers)) {
			out = append(out, door.Token{
				Name: name, TokenFile: bearers[name], Scopes: []headstart.Scope{headstart.ScopeIngest}, Under: under(name),
			})
		}
	}
	add(cfg.Tickets.Bearers(), tickets.Under)
	add(cfg.Probes.Bearers(), probes.Under)
	add(cfg.Agents.Bearers(), agents.Under)
	return out
}

// siteAgents are the agents of sites as pages list them.
func siteAgents(sites *agents.Hub) func() []web.SiteAgent {
	return func() []web.SiteAgent {
		var out []web.SiteAgent
		for _, s := range sites.States() {
			out = append(out, web.SiteAgent{Name: s.Name, Asset: s.Asset, State: s.State, HeardAt: s.HeardAt, Since: s.Since, Waiting: s.Status.Spooled})
		}
		return out
	}
}

// What an agent sends, as openapi.json shows it.
const (
	agentPost = `{"v": 1, "spool": "0123456789abcdef", "sent_at": "2026-11-23T08:00:00Z", "status": {"probes": 1, "spooled": 1}, ` +
		`"events": [{"seq": 3, "check": {"probe": "ping", "kind": "icmp", "asset": "prn-n2-04", "verdict": "down", "reason": "no reply", "observed_at": "2026-11-23T07:59:00Z"}}]}`
	agentResults = `{"v": 1, "sent_at": "2026-11-23T08:00:00Z", "checks": [{"probe": "ping", "kind": "icmp", "asset": "prn-n2-04", "target": "10.1.2.4", "verdict": "ok"}]}`
)

// siteRoutes are what agents of sites use, for openapi.json.
func siteRoutes() []web.Described {
	const ingest = headstart.ScopeIngest
	return []web.Described{
		{Pattern: "GET /api/v1/agents", Scope: headstart.ScopeRead, Summary: "How the agents of sites do", Answers: agents.SiteStates{}},
		{Pattern: "POST /api/v1/agents/{name}/events", Scope: ingest, Summary: "Checks of a site, by number, or a sign of life", Sends: agents.Post{}, Answers: agents.Answer{}, Example: agentPost},
		{Pattern: "POST /api/v1/agents/{name}/results", Scope: ingest, Summary: "The last run of every probe of a site", Sends: agents.Results{}, Answers: struct{}{}, Example: agentResults},
		{Pattern: "GET /api/v1/agents/{name}/asks", Scope: ingest, Summary: "What the engine wants to know now; waits for it up to 25 s", Answers: agents.Asks{}},
	}
}

// subscriberRoutes are what counts subscribers, for openapi.json.
func subscriberRoutes() []web.Described {
	return []web.Described{{Pattern: subscriptions.CountsPattern, Scope: headstart.ScopeRead, Summary: "How many subscribed to each status page", Answers: subscriptions.Counts{}}}
}

// pushFile is where the last push of each job is kept.
func pushFile(cfg *configs.Config) string { return filepath.Join(cfg.DataDir, "pushes.json") }

// runChecks probes now what the API's filter chooses.
func runChecks(fleet *probes.Fleet) web.RunChecks {
	return func(ctx context.Context, f web.CheckFilter, told func(done, total int)) ([]headstart.CheckResult, error) {
		filter, err := probes.ParseFilter(f.Name, f.Only, f.For)
		if err == nil {
			err = fleet.Accepts(filter)
		}
		if err != nil {
			return nil, &web.FilterError{Text: err.Error()}
		}
		filter.Match = f.Matches
		return fleet.CheckNow(ctx, filter, told), nil
	}
}

// portZero reports whether address lets the system choose its port.
func portZero(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port == "0"
}

// ticketTitles reads titles beside the log; they go missing when their time is up.
func ticketTitles(st store.Store) func(context.Context, []string) map[string]string {
	return func(ctx context.Context, keys []string) map[string]string {
		titles, err := st.Texts(ctx, "title", keys)
		if err != nil {
			return nil
		}
		return titles
	}
}
