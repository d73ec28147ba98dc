package export

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Gatus is what a configuration of gatus checks, and what else it holds by name.
// Passwords, tokens and bodies are not kept: only that there are some.
type Gatus struct {
	Endpoints []Endpoint
	External  []Endpoint
	Suites    []string
	Sections  []string // that hold no checks: alerting, security, …
	Mistakes  []Mistake
}

// Endpoint is one check of gatus. A field that is not set is empty.
type Endpoint struct {
	Line                 int
	Name, Group          string
	Enabled              bool
	URL, Method          string
	Body                 bool
	Headers              map[string]string
	Labels               map[string]string
	Interval             time.Duration
	Timeout              time.Duration // that somebody set
	Conditions           []string
	Fails, Successes     int // of its alerts: the most of each; zero: the default
	Alerts               int
	QueryName, QueryType string // of DNS
	SSH                  bool
	Insecure             bool
	NoRedirect           bool
	LogIn                string // a way of logging in that a probe has not
	Proxied              bool
	Windows              int // of maintenance
}

// gatusEndpoint is one as the configuration has it (README of gatus 5, Endpoints, External
// Endpoints and Client configuration).
type gatusEndpoint struct {
	Name       string            `yaml:"name"`
	Group      string            `yaml:"group"`
	Enabled    *bool             `yaml:"enabled"`
	URL        string            `yaml:"url"`
	Method     string            `yaml:"method"`
	Body       string            `yaml:"body"`
	Headers    map[string]string `yaml:"headers"`
	Labels     map[string]string `yaml:"extra-labels"`
	Interval   string            `yaml:"interval"`
	Conditions []string          `yaml:"conditions"`
	Alerts     []struct {
		Fails     int `yaml:"failure-threshold"`
		Successes int `yaml:"success-threshold"`
	} `yaml:"alerts"`
	Windows []yaml.Node `yaml:"maintenance-windows"`
	DNS     *struct {
		Name string `yaml:"query-name"`
		Type string `yaml:"query-type"`
	} `yaml:"dns"`
	SSH    yaml.Node `yaml:"ssh"`
	Client struct {
		Timeout    string    `yaml:"timeout"`
		Insecure   bool      `yaml:"insecure"`
		NoRedirect bool      `yaml:"ignore-redirect"`
		OAuth2     yaml.Node `yaml:"oauth2"`
		IAP        yaml.Node `yaml:"identity-aware-proxy"`
		TLS        yaml.Node `yaml:"tls"`
		Proxy      string    `yaml:"proxy-url"`
		Tunnel     string    `yaml:"tunnel"`
	} `yaml:"client"`
	Heartbeat struct {
		Interval string `yaml:"interval"`
	} `yaml:"heartbeat"`
}

// ReadGatus reads one file of a configuration of gatus. Each endpoint is read by itself,
// so that a wrong one does not cost the others.
func ReadGatus(data []byte) (Gatus, error) {
	data, err := tidy(data)
	if err != nil {
		return Gatus{}, err
	}
	if len(data) > mostYAML {
		return Gatus{}, fmt.Errorf("the file is larger than %d MiB; split it", mostYAML>>20)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return Gatus{}, fmt.Errorf("the file is no YAML (%s); correct it", lineOf(err))
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return Gatus{}, errors.New("this is no configuration of gatus: it holds no endpoints; name the file that has them")
	}
	g, root := Gatus{}, doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		switch key, value := root.Content[i].Value, real(root.Content[i+1]); key {
		case "endpoints":
			g.Endpoints = g.list(value, g.Endpoints)
		case "external-endpoints":
			g.External = g.list(value, g.External)
		case "suites":
			for _, s := range value.Content {
				g.Suites = append(g.Suites, labelsOf(real(s))["name"])
			}
		default:
			g.Sections = append(g.Sections, cut(key))
		}
	}
	return g, nil
}

// mostYAML is far beyond what anybody writes by hand; a tree of it takes much memory.
const mostYAML = 4 << 20

// lineOf is where a YAML file is wrong, without what stands there.
func lineOf(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if before, _, ok := strings.Cut(text, ":"); ok && strings.HasPrefix(before, "line ") {
		return before
	}
	return "a line of it"
}

func (g *Gatus) list(value *yaml.Node, out []Endpoint) []Endpoint {
	for _, n := range value.Content {
		if len(out) == mostEntries {
			g.Mistakes = append(g.Mistakes, Mistake{n.Line, fmt.Sprintf("the file holds more than %d endpoints; split it", mostEntries)})
			break
		}
		var e gatusEndpoint
		if err := n.Decode(&e); err != nil {
			g.Mistakes = append(g.Mistakes, Mistake{n.Line, "is no endpoint: a field is no value of its kind; correct it"})
			continue
		}
		out = append(out, e.read(n.Line))
	}
	return out
}

func (e *gatusEndpoint) read(line int) Endpoint {
	out := Endpoint{
		Line: line, Name: cut(e.Name), Group: cut(e.Group), Enabled: e.Enabled == nil || *e.Enabled, URL: cut(e.URL), Method: cut(e.Method),
		Body: e.Body != "", Headers: e.Headers, Labels: e.Labels, Conditions: e.Conditions[:min(len(e.Conditions), mostLabels)], Alerts: len(e.Alerts),
		SSH: !e.SSH.IsZero(), Insecure: e.Client.Insecure, NoRedirect: e.Client.NoRedirect, Proxied: e.Client.Proxy != "" || e.Client.Tunnel != "", Windows: len(e.Windows),
	}
	for _, a := range e.Alerts {
		out.Fails, out.Successes = max(out.Fails, a.Fails), max(out.Successes, a.Successes)
	}
	for _, text := range []string{e.Interval, e.Heartbeat.Interval} {
		if d, err := time.ParseDuration(text); err == nil {
			out.Interval = d
		}
	}
	out.Timeout, _ = time.ParseDuration(e.Client.Timeout) // none: the default
	if e.DNS != nil {
		out.QueryName, out.QueryType = cut(e.DNS.Name), cut(e.DNS.Type)
	}
	for way, n := range map[string]*yaml.Node{"oauth2": &e.Client.OAuth2, "identity-aware-proxy": &e.Client.IAP, "tls": &e.Client.TLS} {
		if !n.IsZero() && way > out.LogIn {
			out.LogIn = way
		}
	}
	return out
}
