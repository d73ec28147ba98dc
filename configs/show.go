package configs

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const hidden = "<secret>"

// Show renders the configuration in force as YAML, defaults included. Secrets
// written into it are hidden; of receivers only the names are shown.
func (c *Config) Show() (string, error) {
	var n yaml.Node
	if err := n.Encode(c); err != nil {
		return "", fmt.Errorf("show the configuration: %w", err)
	}
	n.Content = withoutEmpty(n.Content)
	if _, receivers := field(&n, "receivers"); receivers != nil {
		for _, r := range receivers.Content {
			if k, v := field(r, "name"); k != nil {
				r.Content = []*yaml.Node{k, v}
			}
		}
	}
	_, channels := field(&n, "channels")
	hideURLs(channels)
	hideProxies(channels)
	hideTemplates(channels)
	_, closed := field(&n, "calendar")
	if _, v := field(closed, "ical"); v != nil && strings.Contains(v.Value, "://") {
		v.SetString(hidden)
	}
	_, plans := field(&n, "maintenance")
	_, calendars := field(plans, "ical")
	hideURLs(calendars)
	_, tickets := field(&n, "tickets")
	_, sources := field(tickets, "sources")
	hideProxies(sources)
	mask(&n)
	b, err := yaml.Marshal(&n)
	return string(b), err
}

// hideURLs hides the addresses in a list, which are as good as a password.
func hideURLs(list *yaml.Node) {
	if list == nil {
		return
	}
	for _, member := range list.Content {
		if _, v := field(member, "url"); v != nil && v.Value != "" {
			v.SetString(hidden)
		}
	}
}

// hideProxies hides the addresses of proxies, which may hold a password.
func hideProxies(list *yaml.Node) {
	if list == nil {
		return
	}
	for _, member := range list.Content {
		if _, v := field(member, "proxy_url"); v != nil && v.Value != "" {
			v.SetString(hidden)
		}
	}
}

// hideTemplates hides what a channel's requests are made of: a key of a service
// may stand in any of it.
func hideTemplates(list *yaml.Node) {
	if list == nil {
		return
	}
	for _, member := range list.Content {
		if _, v := field(member, "body"); v != nil && v.Value != "" {
			v.SetString(hidden)
		}
		_, headers := field(member, "headers")
		if headers == nil {
			continue
		}
		for i := 1; i < len(headers.Content); i += 2 {
			headers.Content[i].SetString(hidden)
		}
	}
}

// mask hides what stands under the name of a secret, wherever that is.
func mask(n *yaml.Node) {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && child.Kind == yaml.ScalarNode && child.Value != "" && secretKey(n.Content[i-1].Value) {
			child.SetString(hidden)
		}
		mask(child)
	}
}

func secretKey(key string) bool {
	return slices.ContainsFunc([]string{"password", "secret", "token", "community", "key"}, func(s string) bool {
		return key == s || strings.HasSuffix(key, "_"+s)
	})
}

// withoutEmpty drops keys of a mapping that hold nothing.
func withoutEmpty(content []*yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	for i := 0; i+1 < len(content); i += 2 {
		if v := content[i+1]; v.Tag != "!!null" {
			out = append(out, content[i], v)
		}
	}
	return out
}
