package configs

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Alertmanager is the key alertmanager: what an Alertmanager had, taken over as it is.
type Alertmanager struct {
	// Config is an alertmanager.yml. Its receivers, route, time_intervals, inhibit_rules,
	// templates and globals take the place of our keys of those names.
	Config string `yaml:"config" json:"config,omitempty"`

	// RoutePrefix is a path under which Alertmanager's API stands as well, such as
	// /alertmanager; empty: only at its own place.
	RoutePrefix string `yaml:"route_prefix" json:"route_prefix,omitempty"`
}

// Prefix is RoutePrefix as paths begin with it: "/alertmanager", or empty.
func (a Alertmanager) Prefix() string {
	if p := strings.Trim(a.RoutePrefix, "/"); p != "" {
		return "/" + p
	}
	return ""
}

// Validate refuses prefixes that are taken, or no path.
func (a Alertmanager) Validate() error {
	prefix := a.Prefix()
	for i, segment := range strings.Split(prefix, "/") {
		if i > 0 && (segment == "." || segment == ".." || !plainPath(segment)) {
			return fmt.Errorf("route_prefix is %q; write a path of letters, digits, - and _, such as /alertmanager", a.RoutePrefix)
		}
	}
	if first, _, _ := strings.Cut(strings.TrimPrefix(prefix, "/"), "/"); contains(ownPaths, first) {
		return fmt.Errorf("route_prefix is %q, but /%s is ours; write another path, such as /alertmanager", a.RoutePrefix, first)
	}
	return nil
}

// ownPaths are the first words of our own paths.
var ownPaths = []string{
	"-", "a", "ack", "announcements", "api", "audit", "channels", "desk", "events", "favicon.ico", "hooks", "i", "known-errors", "login",
	"logout", "maintenance", "map", "metrics", "morning", "new", "oidc", "path", "probe", "push", "reports", "s", "search", "settings",
	"static", "tickets", "wall",
}

func plainPath(segment string) bool {
	for _, r := range segment {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r)) {
			return false
		}
	}
	return segment != ""
}

// readAlertmanager takes an alertmanager.yml over. What it brings must not stand in d too:
// nobody could tell which of the two holds.
func (c *Config) readAlertmanager(d *document) Mistakes {
	if c.Alertmanager.Config == "" {
		return nil
	}
	_, section := field(d.root, "alertmanager")
	_, at := field(dealias(section), "config")
	var ms Mistakes
	for _, key := range []string{"receivers", "route", "time_intervals", "inhibit_rules", "templates"} {
		if _, v := field(d.root, key); v != nil && (len(v.Content) > 0 || v.Kind == yaml.ScalarNode && v.Tag != "!!null") {
			ms = append(ms, d.mistake(v, "%s stands here and alertmanager.config names %s; keep it in one of the two", key, c.Alertmanager.Config))
		}
	}
	if len(ms) > 0 {
		return ms
	}
	if err := c.Notify.ReadAlertmanager(c.Alertmanager.Config); err != nil {
		return Mistakes{d.mistake(at, "alertmanager.config: %s: %v", c.Alertmanager.Config, err)}
	}
	return nil
}
