package scenario

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"headstart"
)

// inhibitRule is one of inhibit_rules, in the keys that Alertmanager has for it now.
type inhibitRule struct {
	Name   string   `yaml:"name"`
	Source []string `yaml:"source_matchers"`
	Target []string `yaml:"target_matchers"`
	Equal  []string `yaml:"equal"`
}

func (r *reader) inhibits(p *part, rules []inhibitRule) []headstart.InhibitRule {
	var out []headstart.InhibitRule
	for n, in := range rules {
		rule := headstart.InhibitRule{Name: in.Name, Equal: in.Equal, Source: []headstart.Matcher{}, Target: []headstart.Matcher{}}
		for _, side := range []struct {
			from []string
			to   *[]headstart.Matcher
		}{{in.Source, &rule.Source}, {in.Target, &rule.Target}} {
			for _, text := range side.from {
				m, err := matcherOf(text)
				if err != nil {
					r.wrong(p.line, "inhibit_rules[%d]: %w", n, err)
				}
				*side.to = append(*side.to, m)
			}
		}
		out = append(out, rule)
	}
	return out
}

var matcherText = regexp.MustCompile(`^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*(?s:(.*?))\s*$`)

// matcherOf reads a matcher; its value may stand in quotes.
func matcherOf(text string) (headstart.Matcher, error) {
	f := matcherText.FindStringSubmatch(text)
	if f == nil {
		return headstart.Matcher{}, fmt.Errorf("%q matches nothing; write such as severity=critical or instance=~prn-.*", text)
	}
	m := headstart.Matcher{Name: f[1], Value: strings.Trim(f[3], `"`), IsEqual: f[2][0] == '=', IsRegex: strings.HasSuffix(f[2], "~")}
	if _, err := regexp.Compile(m.Value); m.IsRegex && err != nil {
		return m, fmt.Errorf("%q: %w", text, err)
	}
	return m, nil
}

// text is a key whose value is kept as it is written; empty: it is not there.
func (r *reader) text(p *part, n *yaml.Node) string {
	if n.IsZero() {
		return ""
	}
	b, err := yaml.Marshal(n)
	if err != nil {
		r.wrong(p.line, "%w; write the part as headstart.yml does", err)
	}
	return string(b)
}
