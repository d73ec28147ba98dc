package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"

	"headstart/configs"
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

// replicaName names this process among the replicas of cfg, another at each start: who
// comes back has forgotten what he found. It is empty where there can be but one.
func replicaName(cfg *configs.Config) string {
	if cfg.Store.Mode == "embedded" {
		return ""
	}
	host, _ := os.Hostname() // without it the rest tells replicas apart
	return fmt.Sprintf("%s-%s", cmp.Or(host, "headstart"), strings.ToLower(rand.Text()[:8]))
}

// sharingParts divide the probes among replicas, if there can be any.
func (s *service) sharingParts(with sharing) []part {
	if s.replica == "" {
		return nil
	}
	with.name = s.replica
	if s.role != roleIngest {
		with.attend = attendFor
	}
	with.logger = with.logger.With("component", "replicas")
	return []part{{"sharing", with.run}}
}
