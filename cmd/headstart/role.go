package main

import (
	"fmt"
	"log/slog"
	"slices"

	"headstart/configs"
	"headstart/probes"
	"headstart/store"
)

// What a process runs.
const (
	roleAll    = "all"    // everything
	roleIngest = "ingest" // takes alerts, tickets and commands, serves pages; neither decides nor probes
	roleProbe  = "probe"  // probes: at a site for an upstream that decides, else as a replica
)

// checkRole refuses roles there are not, and what does not go together.
func checkRole(role, upstream string) error {
	switch {
	case role != roleAll && role != roleIngest && role != roleProbe:
		return &exit{2, fmt.Sprintf("--role is %q; write all, ingest, or probe", role)}
	case role != roleProbe && upstream != "":
		return &exit{2, "--upstream is for a site agent; add --role probe, or leave it out"}
	}
	return nil
}

// checkReplica refuses a part of the work where nobody can do the rest: a file belongs to
// one process.
func checkReplica(role string, cfg *configs.Config) error {
	if role == roleAll || cfg.Store.Mode != "embedded" || isSite(role, cfg) {
		return nil
	}
	if role == roleProbe {
		return &exit{2, "--role probe needs an upstream to report to; give --upstream URL, or set upstream.url in headstart.yml; as a replica of this service, set store.mode to redis, sentinel or cluster"}
	}
	return &exit{2, "--role ingest is for one of several replicas, and an embedded store belongs to one process; set store.mode to redis, sentinel or cluster, or leave --role out"}
}

// isSite reports whether this process is a site agent.
func isSite(role string, cfg *configs.Config) bool {
	return role == roleProbe && cfg.Upstream.URL != ""
}

// partsOf leaves of all parts those a role runs. Without its engine a process never leads,
// and whatever only the leader does rests.
func partsOf(role string, all []part) []part {
	out := map[string][]string{roleIngest: {"engine", "probes"}, roleProbe: {"engine", "tickets"}}[role]
	return slices.DeleteFunc(all, func(p part) bool { return slices.Contains(out, p.name) })
}

// sharesProbes reports whether other replicas may probe as well.
func sharesProbes(cfg *configs.Config) bool { return cfg.Store.Mode != "embedded" }

// sharingParts divide the probes among replicas, if there can be any.
func sharingParts(role string, cfg *configs.Config, st store.Store, fleet *probes.Fleet, logger *slog.Logger) []part {
	if !sharesProbes(cfg) {
		return nil
	}
	return []part{{"sharing", newSharing(role != roleIngest, st, fleet, logger).run}}
}
