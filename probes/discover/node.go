package discover

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"headstart"
)

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func flow() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle} }

// text is a scalar that reads back as the same text: quoted where it looks like
// anything else.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if _, err := strconv.ParseFloat(strings.ReplaceAll(s, ":", ""), 64); err == nil || strings.ContainsAny(s, ",[]{}#&*!|>'\"%@`") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func number(i int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(i)}
}

func sequence(values []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, text(v))
	}
	return n
}

func put(n *yaml.Node, key string, value *yaml.Node) {
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
}

func some(n *yaml.Node, key, value string) {
	if value != "" {
		put(n, key, text(value))
	}
}

func texts(n *yaml.Node, key string, values []string) {
	if len(values) > 0 {
		put(n, key, sequence(values))
	}
}

// names writes a name in every language, or by language.
func names(n *yaml.Node, name headstart.Names) {
	if s, ok := name[""]; ok {
		put(n, "name", text(s))
		return
	}
	if len(name) > 0 {
		both := flow()
		some(both, "nl", name["nl"])
		some(both, "en", name["en"])
		put(n, "name", both)
	}
}
