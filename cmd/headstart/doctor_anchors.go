package main

import (
	"context"
	"strings"

	"headstart/configs"
	"headstart/probes"
)

// lookAnchors asks what tells an outage of this machine from one of all others.
func lookAnchors(ctx context.Context, cfg *configs.Config) []finding {
	if len(cfg.Probes.Probes) == 0 {
		return nil
	}
	fleet, err := probes.New(probes.Options{Config: cfg.Probes, Catalog: cfg.Catalog})
	if err != nil {
		return []finding{{"probes: " + err.Error(), "correct them"}}
	}
	defer func() { _ = fleet.Close() }()
	answer, silent := fleet.Anchors(ctx)
	const remedy = "name a host that always answers in probe_anchors, or an outage of this machine is told as one of everything it probes"
	switch {
	case len(answer) > 0:
		return []finding{{what: "anchors: " + strings.Join(answer, ", ") + " answers"}}
	case len(silent) > 0:
		return []finding{{"anchors: no answer from " + strings.Join(silent, ", "), remedy}}
	}
	return []finding{{"anchors: this machine has no gateway and no resolver", remedy}}
}
