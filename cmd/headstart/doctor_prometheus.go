package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"headstart/configs"
)

// prometheusFlags name the Prometheis that doctor asks.
type prometheusFlags struct {
	urls       []string
	httpConfig string // a file in Prometheus' http_config format
}

// look proves the way from Prometheus to us: by what each Prometheus says of itself,
// and by the watchdogs the service heard.
func (f *prometheusFlags) look(service *clientFlags) func(context.Context, *configs.Config) []finding {
	return func(ctx context.Context, cfg *configs.Config) []finding {
		c, err := service.client(cfg)
		if err != nil || !alive(ctx, service, cfg) {
			return nil // lookService says so
		}
		found := lookWatchdogs(ctx, cfg, c)
		if len(f.urls) == 0 {
			return found
		}
		client, err := f.client()
		if err != nil {
			return append(found, finding{"--prometheus.http.config.file: " + err.Error(), "write it as Prometheus' http_config"})
		}
		defer client.CloseIdleConnections()
		for _, base := range f.urls {
			p := &askedPrometheus{base: strings.TrimRight(base, "/"), http: client, us: c, external: cfg.Door.ExternalURL}
			found = append(found, p.look(ctx)...)
		}
		return found
	}
}

func (f *prometheusFlags) client() (*http.Client, error) {
	c := config.DefaultHTTPClientConfig
	if f.httpConfig != "" {
		b, err := os.ReadFile(f.httpConfig)
		if err != nil {
			return nil, err
		}
		dec := yaml.NewDecoder(bytes.NewReader(b))
		dec.KnownFields(true)
		if err := dec.Decode(&c); err != nil {
			return nil, err
		}
	}
	return config.NewClientFromConfig(c, "doctor", config.WithDialContextFunc(anyDialer().DialContext))
}

// lookWatchdogs names the sources of alerts the running service hears, and what its
// heartbeats do.
func lookWatchdogs(ctx context.Context, cfg *configs.Config, c *client) (found []finding) {
	families, err := c.metrics(ctx)
	if err != nil {
		return []finding{{"service: its metrics cannot be read: " + err.Error(), "give doctor a token with scope read by --token-file"}}
	}
	var fresh []string
	for _, m := range families["headstart_watchdog_last_seen_timestamp_seconds"].GetMetric() {
		if at := time.UnixMilli(int64(m.GetGauge().GetValue() * 1000)); time.Since(at) < watchdogFresh {
			fresh = append(fresh, label(m, "source"))
		}
	}
	slices.Sort(fresh)
	switch {
	case len(fresh) > 0:
		found = append(found, finding{what: "sources: the watchdog of " + strings.Join(fresh, ", ") + " is heard"})
	case len(cfg.Alerts.Watchdog) > 0:
		silent := "for 5 minutes"
		if began := listensSince(families); time.Since(began) < watchdogFresh {
			silent = fmt.Sprintf("since the service began to listen %s ago, where one a minute is usual", time.Since(began).Round(time.Second))
		}
		found = append(found, finding{
			"sources: no watchdog was heard " + silent + ", so no alert may reach us",
			"let Prometheus fire one always (configs/prometheus/headstart.rules.yml) and post to us; set alerts.watchdog to [] if no Prometheus is meant to",
		})
	}
	if len(cfg.Notify.Heartbeat) == 0 {
		return found
	}
	if total(families["headstart_heartbeat_success"], nil) > 0 {
		return append(found, finding{what: "heartbeat: the last call was taken"})
	}
	return append(found, finding{"heartbeat: the running service does not call it, or nobody takes the call", "its log says what is missing: \"heartbeat not called\""})
}

// listensSince is when the service started, or took its configuration over last: it knows
// of no sign of life before that.
func listensSince(families map[string]*dto.MetricFamily) time.Time {
	began := max(total(families["process_start_time_seconds"], nil), total(families["headstart_config_last_reload_success_timestamp_seconds"], nil))
	return time.UnixMilli(int64(began * 1000))
}

// metrics are what the service exposes, by name.
func (c *client) metrics(ctx context.Context) (map[string]*dto.MetricFamily, error) {
	b, err := c.get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	return parser.TextToMetricFamilies(bytes.NewReader(b))
}

// total adds up a gauge or counter over the metrics whose labels are as wanted.
func total(f *dto.MetricFamily, want map[string]string) (sum float64) {
metric:
	for _, m := range f.GetMetric() {
		for name, value := range want {
			if label(m, name) != value {
				continue metric
			}
		}
		sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
	}
	return sum
}

// askedPrometheus is one Prometheus that is asked how it is wired.
type askedPrometheus struct {
	base     string // without a slash at the end
	http     *http.Client
	us       *client
	external string // our external_url
}

func (p *askedPrometheus) look(ctx context.Context) []finding {
	var found []finding
	for _, look := range []func(context.Context) (finding, error){p.posts, p.fires("Watchdog", true), p.fires("HeadstartDown", false), p.scrapes} {
		f, err := look(ctx)
		if err != nil {
			return append(found, finding{"prometheus " + p.base + ": " + err.Error(), "correct --prometheus, or let this machine reach it; --prometheus.http.config.file holds its log-in"})
		}
		f.what = "prometheus " + p.base + ": " + f.what
		found = append(found, f)
	}
	return found
}

// get reads the data of one answer of Prometheus' API.
func (p *askedPrometheus) get(ctx context.Context, path string, into any) error {
	answer := struct {
		Data any `json:"data"`
	}{into}
	return askJSON(ctx, p.http, p.base+path, &answer)
}

// posts looks whether it sends its alerts to us, and to somebody else too.
func (p *askedPrometheus) posts(ctx context.Context) (finding, error) {
	var data struct {
		Active []struct {
			URL string `json:"url"`
		} `json:"activeAlertmanagers"`
	}
	if err := p.get(ctx, "/api/v1/alertmanagers", &data); err != nil {
		return finding{}, err
	}
	ours, others := 0, 0
	for _, am := range data.Active {
		if p.isUs(ctx, am.URL) {
			ours++
		} else {
			others++
		}
	}
	switch {
	case ours == 0:
		return finding{"does not post alerts here", "name this service in alerting.alertmanagers of its configuration (docs/prometheus.md)"}, nil
	case others == 0:
		return finding{"posts its alerts to nobody but us, so HeadstartDown reaches nobody", "keep an Alertmanager beside us in alerting.alertmanagers, with a receiver of its own"}, nil
	}
	return finding{what: "posts its alerts here, and beside us"}, nil
}

// isUs reports whether an address Prometheus posts to is this service: by its name, or
// since it answers as headstart does.
func (p *askedPrometheus) isUs(ctx context.Context, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	for _, known := range []string{p.us.base, p.external} {
		if k, err := url.Parse(known); err == nil && k.Host != "" && k.Host == u.Host {
			return true
		}
	}
	u.Path, u.RawQuery = strings.TrimSuffix(u.Path, "/api/v2/alerts")+"/api/v1/openapi.json", ""
	var api struct {
		Info struct {
			Title string `json:"title"`
		} `json:"info"`
	}
	client := &http.Client{Transport: anyDialer().Transport()} // without what we log in to Prometheus with
	defer client.CloseIdleConnections()
	return askJSON(ctx, client, u.String(), &api) == nil && api.Info.Title == "headstart"
}

// fires looks whether it has a rule, works it out, and, if it must, fires it now.
func (p *askedPrometheus) fires(name string, now bool) func(context.Context) (finding, error) {
	const remedy = "load configs/prometheus/headstart.rules.yml in rule_files"
	return func(ctx context.Context) (finding, error) {
		var data struct {
			Groups []struct {
				Rules []struct {
					Name   string `json:"name"`
					State  string `json:"state"`
					Health string `json:"health"`
					Error  string `json:"lastError"`
				} `json:"rules"`
			} `json:"groups"`
		}
		if err := p.get(ctx, "/api/v1/rules?type=alert", &data); err != nil {
			return finding{}, err
		}
		for _, g := range data.Groups {
			for _, r := range g.Rules {
				switch {
				case r.Name != name:
				case r.Health == "err":
					return finding{"rule " + name + " fails: " + r.Error, remedy + " as it is"}, nil
				case now && r.State != "firing":
					return finding{"rule " + name + " does not fire", "it must always; " + remedy}, nil
				default:
					return finding{what: "has the rule " + name}, nil
				}
			}
		}
		return finding{"has no rule " + name, remedy}, nil
	}
}

// scrapes looks whether it reads our metrics, which all rules but one need.
func (p *askedPrometheus) scrapes(ctx context.Context) (finding, error) {
	var data struct {
		Result []struct {
			Metric map[string]string `json:"metric"`
		} `json:"result"`
	}
	if err := p.get(ctx, "/api/v1/query?query="+url.QueryEscape(`up * on (job, instance) group_left () headstart_build_info`), &data); err != nil {
		return finding{}, err
	}
	for _, r := range data.Result {
		if r.Metric["job"] != "headstart" {
			return finding{"scrapes us as job " + fmt.Sprintf("%q", r.Metric["job"]), "call the job headstart: rules and dashboards do"}, nil
		}
	}
	if len(data.Result) == 0 {
		return finding{"does not scrape our metrics", "add a scrape job named headstart, with a token of scope read (docs/prometheus.md)"}, nil
	}
	return finding{what: "scrapes our metrics"}, nil
}
