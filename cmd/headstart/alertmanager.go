package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"headstart"
	"headstart/configs"
)

// The keys that Alertmanager's own flags set.
const (
	alertmanagerKey = "alertmanager.config"
	prefixKey       = "alertmanager.route_prefix"
	prefixFlag      = "web.route-prefix"
)

// alertmanagerFlags gives a command the flags by which an Alertmanager's set-up is taken
// over as it is.
func alertmanagerFlags(cmd *cobra.Command) {
	cmd.Flags().String(alertmanagerKey, "", "an existing alertmanager.yml (`file`): receivers, route, time intervals, inhibit rules and templates")
	cmd.Flags().String(prefixKey, "", "`path` under which Alertmanager's API stands as well, such as /alertmanager")
	cmd.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == prefixFlag {
			name = prefixKey
		}
		return pflag.NormalizedName(name)
	})
}

// prefixed adds, under prefix, the routes that Alertmanager has.
func prefixed(routes []headstart.Route, prefix string) []headstart.Route {
	if prefix == "" {
		return routes
	}
	out := slices.Clone(routes)
	for _, r := range routes {
		if method, path, _ := strings.Cut(r.Pattern, " "); alertmanagers(path) {
			r.Pattern, r.Handler = method+" "+prefix+path, http.StripPrefix(prefix, r.Handler)
			out = append(out, r)
		}
	}
	return out
}

// alertmanagers reports whether an Alertmanager has path.
func alertmanagers(path string) bool {
	switch path {
	case "/-/healthy", "/-/ready", "/-/reload", "/metrics", "/api/v1/alerts", "/api/v1/silences", "/api/v1/status", "/api/v1/receivers":
		return true
	}
	return strings.HasPrefix(path, "/api/v2/")
}

// tellRouting says what of Alertmanager's keys holds here, and what incidents do instead.
func tellRouting(w io.Writer, cfg *configs.Config) error {
	if !cfg.Notify.Pages() {
		return nil
	}
	r, err := cfg.Notify.Routing()
	if err != nil {
		return err
	}
	where := "paging"
	if r.File != "" {
		where = r.File
	}
	fmt.Fprintf(w, "%s: honoured: %d routes, %d receivers%s, %d time intervals%s, %d inhibit rules\n",
		where, r.Routes, len(r.Receivers), listed(r.Receivers), len(r.Intervals), listed(r.Intervals), r.Inhibit)
	for _, key := range r.Superseded {
		fmt.Fprintf(w, "%s: route.%s: %s\n", where, key, superseded[key])
	}
	for _, key := range r.Without {
		fmt.Fprintf(w, "%s: no effect: %s\n", where, key)
	}
	return nil
}

// superseded says what happens instead of what a key of the route asks for.
var superseded = map[string]string{
	"group_by":        "superseded by correlation: an alert is paged with the incident it is in; the groups of the API follow it",
	"group_wait":      "superseded by correlation.settle, at once for page_at_once and for alerts of no known asset",
	"group_interval":  "superseded: a receiver that an incident newly reaches is told at once, one that knows of it is not told again",
	"repeat_interval": "superseded by escalation: who knows of an incident is not told again while nothing changes, and what nobody takes goes to the next group",
	"labels":          "shown by the API; pages do not carry them",
}

func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	const most = 12
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return " (" + strings.Join(names, ", ") + ")"
}
