package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"headstart"
	"headstart/alerts"
	"headstart/configs"
	"headstart/notify"
)

// lookDeadMan holds ruling 19: what watches must be watched by something else.
// It asks the Alertmanagers of alerts.reconcile whether the alert that headstart is down
// reaches somebody without passing through headstart, and whether heartbeats can leave.
func lookDeadMan(ctx context.Context, cfg *configs.Config) []finding {
	found := lookHeartbeats(ctx, cfg)
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
		receivers, err := independent(ctx, peer)
		switch {
		case err != nil:
			found = append(found, finding{"dead man: " + err.Error(), "correct alerts.reconcile, or let this machine reach it"})
		case len(receivers) == 0:
			found = append(found, finding{"dead man: at " + peer.URL + " HeadstartDown reaches nobody but headstart", "give it a route to a receiver of its own, such as mail"})
		default:
			found = append(found, finding{what: "dead man: " + peer.URL + " pages " + strings.Join(receivers, ", ") + " without us"})
		}
	}
	return found
}

// lookHeartbeats checks that heartbeats have somewhere to go. It calls none of them:
// that would tell their owner that the service works, which doctor does not know.
func lookHeartbeats(ctx context.Context, cfg *configs.Config) (found []finding) {
	for i, b := range cfg.Notify.Heartbeat {
		where := fmt.Sprintf("heartbeat[%d]", i)
		address, err := b.Address()
		if err != nil {
			found = append(found, finding{where + ": " + err.Error(), "write the address that is to be called into " + b.URLFile})
			continue
		}
		if b.ProxyURL != "" {
			found = append(found, finding{what: where + ": goes through a proxy, which only the running service tries"})
			continue
		}
		u, _ := url.Parse(address) // Address read it
		host := u.Host
		if u.Port() == "" {
			host = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
		}
		conn, err := channelDialer(cfg).DialContext(ctx, "tcp", host)
		if err != nil {
			found = append(found, finding{where + ": " + err.Error(), "let this machine reach it, by proxy_url if it must"})
			continue
		}
		_ = conn.Close()
		found = append(found, finding{what: where + ": " + u.Hostname() + " takes connections"})
	}
	return found
}

// anyDialer reaches whatever a person named by hand.
func anyDialer() *headstart.Dialer {
	return &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }, Timeout: 5 * time.Second}
}

// maxPeerAnswer bounds what doctor reads of an Alertmanager or a Prometheus, in bytes.
const maxPeerAnswer = 16 << 20

// askPeer reads one JSON answer of an Alertmanager.
func askPeer(ctx context.Context, peer alerts.Peer, path string, into any) error {
	c, err := peer.Client(anyDialer())
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()
	return askJSON(ctx, c, strings.TrimRight(peer.URL, "/")+path, into)
}

// askJSON reads one JSON answer.
func askJSON(ctx context.Context, c *http.Client, address string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, res.Status)
	}
	return json.NewDecoder(io.LimitReader(res.Body, maxPeerAnswer)).Decode(into)
}

// headstartDown are the labels of the alert that no part of headstart can send
// (configs/prometheus/headstart.rules.yml).
func headstartDown() map[string]string {
	return map[string]string{"alertname": "HeadstartDown", "severity": "critical", "job": "headstart"}
}

// independent returns the receivers of an Alertmanager that HeadstartDown reaches and
// that have a way of their own to tell somebody.
func independent(ctx context.Context, peer alerts.Peer) ([]string, error) {
	router, own, err := routesOf(ctx, peer)
	if err != nil {
		return nil, err
	}
	to, _ := router.Receivers(headstartDown(), time.Time{})
	return slices.DeleteFunc(to, func(name string) bool { return !own[name] }), nil
}

// routesOf reads an Alertmanager's route, and which of its receivers do not end here.
func routesOf(ctx context.Context, peer alerts.Peer) (router *notify.Router, own map[string]bool, err error) {
	var status struct {
		Config struct {
			Original string `json:"original"`
		} `json:"config"`
	}
	if err := askPeer(ctx, peer, "/api/v2/status", &status); err != nil {
		return nil, nil, fmt.Errorf("ask %s: %w", peer.URL, err)
	}
	var file struct {
		Route     yaml.Node              `yaml:"route"`
		Receivers []map[string]yaml.Node `yaml:"receivers"`
	}
	if err := yaml.Unmarshal([]byte(status.Config.Original), &file); err != nil {
		return nil, nil, fmt.Errorf("read the configuration of %s: %w", peer.URL, err)
	}
	route, err := yaml.Marshal(&file.Route)
	if err != nil {
		return nil, nil, fmt.Errorf("read the route of %s: %w", peer.URL, err)
	}
	if router, err = notify.NewRouter(string(route)); err != nil {
		return nil, nil, fmt.Errorf("read the configuration of %s: %w", peer.URL, err)
	}
	own = map[string]bool{}
	for _, r := range file.Receivers {
		name := r["name"]
		own[name.Value] = ownWay(r)
	}
	return router, own, nil
}

// ownWay reports whether a receiver has an integration that is not our webhook. From
// 0.26 on Alertmanager hides the address of webhooks; then the receiver's name tells.
func ownWay(receiver map[string]yaml.Node) bool {
	name := receiver["name"]
	for key, list := range receiver {
		if !strings.HasSuffix(key, "_configs") {
			continue
		}
		for _, item := range list.Content {
			var hook struct {
				URL string `yaml:"url"`
			}
			switch err := item.Decode(&hook); {
			case key != "webhook_configs" || err != nil:
				return true
			case hook.URL == "<secret>":
				if !strings.Contains(strings.ToLower(name.Value), "headstart") {
					return true
				}
			case !strings.HasSuffix(strings.TrimRight(hook.URL, "/"), "/hooks/alertmanager"):
				return true
			}
		}
	}
	return false
}
