package correlate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"headstart"
)

// labelTemplate is a value of a map rule: a Go template over .Labels. Loops and
// calls are refused, so that no rule can hold up the log.
type labelTemplate struct{ t *template.Template }

// maxPlaced bounds what a template may produce; no name of an asset is longer.
const maxPlaced = 1 << 10

// labelFuncs is all a template may use besides text/template's comparisons.
var labelFuncs = template.FuncMap{
	"lower":      strings.ToLower,
	"upper":      strings.ToUpper,
	"short":      shortName,
	"host":       headstart.HostOf,
	"trimPrefix": func(prefix, s string) string { return strings.TrimPrefix(s, prefix) },
	"trimSuffix": func(suffix, s string) string { return strings.TrimSuffix(s, suffix) },
}

// parseLabelTemplate reads text; an empty one gives nil.
func parseLabelTemplate(text string) (*labelTemplate, error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > maxPlaced {
		return nil, fmt.Errorf("template of %d bytes; keep it below %d", len(text), maxPlaced)
	}
	t, err := template.New("value").Option("missingkey=zero").Funcs(labelFuncs).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w; write it as '{{ .Labels.node }}'", err)
	}
	if len(t.Templates()) > 1 || !allowed(t.Root) {
		return nil, errors.New("range, define, template and printf are not allowed; use .Labels, if, and the functions lower upper short host trimPrefix trimSuffix")
	}
	return &labelTemplate{t}, nil
}

// allowed reports whether a template under n only selects and joins: no loops, no
// other templates, and no printf, whose widths fill any memory.
func allowed(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.ListNode:
		return n == nil || !slices.ContainsFunc(n.Nodes, func(c parse.Node) bool { return !allowed(c) })
	case *parse.IfNode:
		return allowed(n.Pipe) && allowed(n.List) && allowed(n.ElseList)
	case *parse.WithNode:
		return allowed(n.Pipe) && allowed(n.List) && allowed(n.ElseList)
	case *parse.ActionNode:
		return allowed(n.Pipe)
	case *parse.PipeNode:
		return !slices.ContainsFunc(n.Cmds, func(c *parse.CommandNode) bool { return !allowed(c) })
	case *parse.CommandNode:
		return !slices.ContainsFunc(n.Args, func(a parse.Node) bool { return !allowed(a) })
	case *parse.ChainNode:
		return allowed(n.Node)
	case *parse.IdentifierNode:
		return n.Ident != "printf" && n.Ident != "call"
	case *parse.RangeNode, *parse.TemplateNode:
		return false
	}
	return true
}

// render returns the trimmed value, or "" where the template cannot be applied
// to these labels: the rule then places nothing.
func (l *labelTemplate) render(labels map[string]string) string {
	if l == nil {
		return ""
	}
	var b strings.Builder
	err := l.t.Execute(&b, struct{ Labels map[string]string }{labels})
	if err != nil || b.Len() > maxPlaced {
		return ""
	}
	return strings.TrimSpace(b.String())
}
