package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"headstart/configs"
)

// lookDeadMan holds ruling 19: what watches must be watched by something else.
// It asks the Alertmanagers of alerts.reconcile whether one of their routes pages
// somebody without passing through headstart.
func lookDeadMan(ctx context.Context, cfg *configs.Config) []finding {
	var found []finding
	if len(cfg.Alerts.Watchdog) == 0 {
		found = append(found, finding{
			"dead man: alerts.watchdog is empty, so a silent Prometheus goes unnoticed",
			`set it to ['alertname="Watchdog"'] and let Prometheus always fire one`,
		})
	}
	if len(cfg.Alerts.Reconcile) == 0 {
		return append(found, finding{
			"dead man: no Alertmanager is named, so nobody can tell whether pages arrive when headstart is down",
			"keep one Alertmanager route that does not pass through headstart, and name that Alertmanager in alerts.reconcile",
		})
	}
	for _, peer := range cfg.Alerts.Reconcile {
		receivers, err := independent(ctx, peer.URL)
		switch {
		case err != nil:
			found = append(found, finding{"dead man: " + err.Error(), "correct alerts.reconcile, or let this machine reach it"})
		case len(receivers) == 0:
			found = append(found, finding{"dead man: every route of " + peer.URL + " ends here", "add a route to a receiver of its own, such as mail"})
		default:
			found = append(found, finding{what: "dead man: " + peer.URL + " pages " + strings.Join(receivers, ", ") + " without us"})
		}
	}
	return found
}

// amRoute is as much of a route as tells whom it reaches.
type amRoute struct {
	Receiver string    `yaml:"receiver"`
	Routes   []amRoute `yaml:"routes"`
}

// independent returns the receivers an Alertmanager's routes reach that have a
// way of their own to tell somebody.
func independent(ctx context.Context, address string) ([]string, error) {
	c, err := (&clientFlags{url: address}).client(&configs.Config{})
	if err != nil {
		return nil, err
	}
	c.token = "" // ours is nobody else's business
	b, err := c.get(ctx, "/api/v2/status")
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", address, err)
	}
	var status struct {
		Config struct {
			Original string `json:"original"`
		} `json:"config"`
	}
	if err := json.Unmarshal(b, &status); err != nil {
		return nil, fmt.Errorf("ask %s: %w", address, err)
	}
	var file struct {
		Route     amRoute                `yaml:"route"`
		Receivers []map[string]yaml.Node `yaml:"receivers"`
	}
	if err := yaml.Unmarshal([]byte(status.Config.Original), &file); err != nil {
		return nil, fmt.Errorf("read the configuration of %s: %w", address, err)
	}
	reached := map[string]bool{}
	file.Route.walk(reached)
	var out []string
	for _, r := range file.Receivers {
		name := r["name"]
		if reached[name.Value] && ownWay(r) {
			out = append(out, name.Value)
		}
	}
	return out, nil
}

func (r *amRoute) walk(reached map[string]bool) {
	if r.Receiver != "" {
		reached[r.Receiver] = true
	}
	for i := range r.Routes {
		r.Routes[i].walk(reached)
	}
}

// ownWay reports whether a receiver has an integration that is not our webhook.
func ownWay(receiver map[string]yaml.Node) bool {
	for key, list := range receiver {
		if !strings.HasSuffix(key, "_configs") {
			continue
		}
		for _, item := range list.Content {
			var hook struct {
				URL string `yaml:"url"`
			}
			if err := item.Decode(&hook); err != nil || !strings.HasSuffix(strings.TrimRight(hook.URL, "/"), "/hooks/alertmanager") {
				return true
			}
		}
	}
	return false
}
