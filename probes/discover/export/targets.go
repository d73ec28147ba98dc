package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Target is something a Prometheus looks at.
type Target struct {
	Line    int
	Address string // HOST:PORT, a host, or a URL
	Labels  map[string]string

	// Of a target that an exporter asks: the exporter, blackbox or snmp, and the module
	// it is asked with.
	Exporter, Module string
}

// FileSD reads a file of Prometheus' file-based service discovery, JSON or YAML: a
// list of {targets: […], labels: {…}}.
func FileSD(data []byte) (list []Target, mistakes []Mistake, err error) {
	if data, err = tidy(data); err != nil {
		return nil, nil, err
	}
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] == '[' && json.Valid(data) {
		return groupsOfJSON(data)
	}
	return groupsOfYAML(data)
}

func groupsOfJSON(data []byte) (list []Target, mistakes []Mistake, err error) {
	groups, err := elements(data, 1)
	if err != nil {
		return nil, nil, fmt.Errorf("the file %w", err)
	}
	for _, g := range groups {
		var group struct {
			Targets []string          `json:"targets"`
			Labels  map[string]string `json:"labels"`
		}
		if err := json.Unmarshal(g.raw, &group); err != nil {
			mistakes = append(mistakes, Mistake{g.line, "is no group of targets; write {\"targets\": [\"HOST:PORT\"], \"labels\": {\"KEY\": \"VALUE\"}}"})
			continue
		}
		for _, t := range group.Targets {
			list, mistakes = withTarget(list, mistakes, Target{Line: g.line, Address: t, Labels: group.Labels})
		}
	}
	return list, mistakes, nil
}

func groupsOfYAML(data []byte) (list []Target, mistakes []Mistake, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, nil, fmt.Errorf("the file is neither JSON nor YAML (%s); export it again", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.SequenceNode {
		return nil, nil, errors.New("the file is no list of groups; write - targets: [HOST:PORT]")
	}
	for _, g := range doc.Content[0].Content {
		targets, labels, ok := groupOfYAML(g)
		if !ok {
			mistakes = append(mistakes, Mistake{g.Line, "is no group of targets; write - {targets: [HOST:PORT], labels: {KEY: VALUE}}"})
			continue
		}
		for _, t := range targets {
			if len(list) == mostEntries {
				return list, append(mistakes, Mistake{t.Line, fmt.Sprintf("the file holds more than %d targets; split it", mostEntries)}), nil
			}
			list, mistakes = withTarget(list, mistakes, Target{Line: t.Line, Address: t.Value, Labels: labels})
		}
	}
	return list, mistakes, nil
}

// groupOfYAML reads one group. Aliases are followed once: what leads further is no
// text anybody wrote by hand.
func groupOfYAML(g *yaml.Node) (targets []*yaml.Node, labels map[string]string, ok bool) {
	if g = real(g); g.Kind != yaml.MappingNode {
		return nil, nil, false
	}
	for i := 0; i+1 < len(g.Content); i += 2 {
		switch v := real(g.Content[i+1]); g.Content[i].Value {
		case "targets":
			if targets, ok = textsOf(v); !ok {
				return nil, nil, false
			}
		case "labels":
			labels = labelsOf(v)
		}
	}
	return targets, labels, ok
}

// textsOf returns the members of a list of texts.
func textsOf(list *yaml.Node) (texts []*yaml.Node, ok bool) {
	for _, t := range list.Content {
		if t = real(t); t.Kind != yaml.ScalarNode {
			return nil, false
		}
		texts = append(texts, t)
	}
	return texts, list.Kind == yaml.SequenceNode
}

// labelsOf returns what a mapping of texts says; nothing of anything else.
func labelsOf(m *yaml.Node) map[string]string {
	labels := map[string]string{}
	if m.Kind != yaml.MappingNode {
		return labels
	}
	for i := 0; i+1 < len(m.Content) && len(labels) < mostLabels; i += 2 {
		labels[m.Content[i].Value] = real(m.Content[i+1]).Value
	}
	return labels
}

func real(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// withTarget adds a target, or says why not.
func withTarget(list []Target, mistakes []Mistake, t Target) ([]Target, []Mistake) {
	t.Address = strings.TrimSpace(t.Address)
	switch {
	case t.Address == "" || len(t.Address) > mostLetters:
		return list, append(mistakes, Mistake{t.Line, "a target is empty, or too long to be one; write HOST:PORT"})
	case len(list) == mostEntries:
		return list, mistakes
	}
	return append(list, t), mistakes
}

// Prometheus reads the answer of GET /api/v1/targets: what a Prometheus looks at now.
func Prometheus(data []byte) (list []Target, mistakes []Mistake, err error) {
	if data, err = tidy(data); err != nil {
		return nil, nil, err
	}
	if err := isJSON(data); err != nil {
		return nil, nil, err
	}
	answer, err := object(data, 1)
	if err != nil {
		return nil, nil, errors.New("this is no answer of a Prometheus; ask GET /api/v1/targets")
	}
	inner, err := object(answer["data"].raw, answer["data"].line)
	if err != nil {
		return nil, nil, errors.New("this is no answer of a Prometheus that went well; ask GET /api/v1/targets")
	}
	active, err := elements(inner["activeTargets"].raw, inner["activeTargets"].line)
	if err != nil {
		return nil, nil, errors.New("this answer of a Prometheus holds no activeTargets; ask GET /api/v1/targets")
	}
	for _, a := range active {
		var t struct {
			Labels    map[string]string `json:"labels"`
			ScrapeURL string            `json:"scrapeUrl"`
			Pool      string            `json:"scrapePool"`
		}
		if err := json.Unmarshal(a.raw, &t); err != nil {
			mistakes = append(mistakes, Mistake{a.line, "is no target; leave it to the Prometheus that said so"})
			continue
		}
		list, mistakes = withTarget(list, mistakes, scraped(a.line, t.Labels, t.ScrapeURL, t.Pool))
	}
	return list, mistakes, nil
}

// scraped tells what is looked at from how it is scraped: an exporter that asks others
// is given them as ?target=.
func scraped(line int, labels map[string]string, scrape, pool string) Target {
	t := Target{Line: line, Labels: labels, Address: labels["instance"]}
	if labels["job"] == "" && pool != "" {
		t.Labels = map[string]string{}
		maps.Copy(t.Labels, labels)
		t.Labels["job"] = pool
	}
	u, err := url.Parse(scrape)
	if err != nil {
		return t
	}
	asked := u.Query().Get("target")
	switch exporter := map[string]string{"probe": "blackbox", "snmp": "snmp"}[path.Base(u.Path)]; {
	case asked != "" && exporter != "":
		t.Address, t.Exporter, t.Module = asked, exporter, u.Query().Get("module")
	case t.Address == "":
		t.Address = u.Host
	}
	return t
}
