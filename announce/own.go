package announce

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/template/parse"

	"go.yaml.in/yaml/v3"
)

// Line is one line an organisation words itself, in place of ours.
type Line struct {
	Key  string // phases.investigating.nl.title
	Text string // a template; empty leaves a line of the body out
	File string
	At   int // line of File, from 1
}

// Fault is what is wrong with a Line: message; remedy.
type Fault struct {
	File string
	At   int
	Text string
}

// MaxOwn is how large all of an organisation's own lines may be (ruling 45).
const MaxOwn = 64 << 10

// ParseLines reads lines written as templates.yaml writes ours: mappings under
// phases, kinds, labels and phone, as deep as a line lies. data is at most MaxOwn.
func ParseLines(file string, data []byte) ([]Line, []Fault) {
	p := ownParser{file: file, known: map[string][]string{}}
	if len(data) > MaxOwn {
		p.say(1, "is larger than 64 KiB; keep only the lines that differ from ours")
		return nil, p.faults
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		p.say(yamlLine(err), "%s; this is not YAML: check the indentation and the quotes of this line", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil, p.faults
	}
	p.places = templates().places()
	for _, key := range slices.Sorted(maps.Keys(p.places)) {
		for i, part := range append(strings.Split(key, "."), "") {
			parent := strings.Join(strings.Split(key, ".")[:i], ".")
			if part != "" && !slices.Contains(p.known[parent], part) {
				p.known[parent] = append(p.known[parent], part)
			}
		}
	}
	if doc.Content[0].Tag != "!!null" {
		p.read(doc.Content[0], "")
	}
	return p.lines, p.faults
}

// yamlLine is the line that an error of yaml names; 1 if it names none.
func yamlLine(err error) int {
	n := 1
	_, _ = fmt.Sscanf(err.Error(), "yaml: line %d:", &n)
	return max(n, 1)
}

type ownParser struct {
	file   string
	places map[string]place
	known  map[string][]string // key: the keys below it
	lines  []Line
	faults []Fault
}

func (p *ownParser) say(at int, format string, args ...any) {
	p.faults = append(p.faults, Fault{p.file, at, fmt.Sprintf(format, args...)})
}

// read takes the lines below key. Keys are at most five deep, and an alias is
// refused, so that a short file stands for no long one.
func (p *ownParser) read(n *yaml.Node, key string) {
	if _, leaf := p.places[key]; leaf {
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			p.say(n.Line, `%s holds no text; write one between quotes`, key)
			return
		}
		p.lines = append(p.lines, Line{Key: key, Text: n.Value, File: p.file, At: n.Line})
		return
	}
	if n.Kind != yaml.MappingNode {
		p.say(n.Line, "%sholds no keys; write %s below it", under(key), oneOf(p.known[key]))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case seen[k.Value]:
			p.say(k.Line, "%skey %q stands twice; keep one of the two", under(key), k.Value)
		case !slices.Contains(p.known[key], k.Value):
			p.say(k.Line, "%sunknown key %q; write %s", under(key), k.Value, oneOf(p.known[key]))
		default:
			p.read(v, strings.TrimPrefix(key+"."+k.Value, "."))
		}
		seen[k.Value] = true
	}
}

func under(key string) string {
	if key == "" {
		return ""
	}
	return key + ": "
}

func oneOf(keys []string) string {
	if len(keys) == 1 {
		return keys[0]
	}
	return strings.Join(keys[:len(keys)-1], ", ") + " or " + keys[len(keys)-1]
}

// with returns b with an organisation's own lines in place of ours. What cannot
// be read is left as it was: configuration was checked before it entered the log.
func (b *book) with(own map[string]string) *book {
	if len(own) == 0 {
		return b
	}
	c := b.clone()
	places := c.places()
	for _, key := range slices.Sorted(maps.Keys(own)) {
		p, known := places[key]
		if !known {
			continue
		}
		if t, err := c.template(p, own[key]); err == nil {
			p.put(t)
		}
	}
	return c
}

// template reads one line for p: words, variables, if and with, nothing that
// computes. So it ends as soon as it is read through once (ruling 45).
func (b *book) template(p place, src string) (text, error) {
	if p.label {
		if strings.Contains(src, "{{") {
			return text{}, errors.New("a question takes no variables; write plain words")
		}
		return text{src: src}, nil
	}
	t, err := parseText(src)
	if err != nil {
		return text{}, fmt.Errorf("%w; close every {{ with }} and every {{if}} with {{end}}", err)
	}
	names, err := t.names()
	if err != nil {
		return text{}, err
	}
	known := b.variables(p)
	for _, name := range names {
		if !known[name] {
			return text{}, fmt.Errorf("{{.%s}} is no variable here; write %s", name, oneOf(slices.Sorted(maps.Keys(known))))
		}
	}
	return t, nil
}

// names are the variables t uses, wherever; an error names what none of our
// templates may hold.
func (t text) names() ([]string, error) {
	if t.tmpl == nil {
		return nil, nil
	}
	if len(t.tmpl.Templates()) > 1 {
		return nil, errTooMuch("define")
	}
	var out []string
	if t.tmpl.Tree == nil {
		return nil, nil
	}
	err := names(t.tmpl.Root, false, &out)
	return out, err
}

func errTooMuch(what string) error {
	return fmt.Errorf("{{%s}} is not allowed; use only {{.Name}}, {{if .Name}}, {{with .Name}}{{.}}, {{else}} and {{end}}", what)
}

// names walks a list; inWith says that the dot is a value there.
func names(list *parse.ListNode, inWith bool, out *[]string) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		var err error
		switch n := n.(type) {
		case *parse.TextNode, *parse.CommentNode:
		case *parse.ActionNode:
			err = printed(n.Pipe, inWith, out)
		case *parse.IfNode:
			err = branch(&n.BranchNode, inWith, inWith, out)
		case *parse.WithNode:
			err = branch(&n.BranchNode, inWith, true, out)
		default:
			err = errTooMuch(strings.Trim(strings.SplitN(n.String(), "}}", 2)[0], "{ "))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func branch(n *parse.BranchNode, inWith, below bool, out *[]string) error {
	return errors.Join(printed(n.Pipe, inWith, out), names(n.List, below, out), names(n.ElseList, inWith, out))
}

// printed takes the one variable of a pipe.
func printed(p *parse.PipeNode, inWith bool, out *[]string) error {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return errTooMuch(p.String())
	}
	switch arg := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		if len(arg.Ident) == 1 && !inWith {
			*out = append(*out, arg.Ident[0])
			return nil
		}
		if inWith {
			return fmt.Errorf("{{%s}} stands inside {{with}}; write {{.}} there, or use {{if}}", p)
		}
	case *parse.DotNode:
		if inWith {
			return nil
		}
	}
	return errTooMuch(p.String())
}

// Own is lines as the log's configuration holds them.
func Own(lines []Line) map[string]string {
	if len(lines) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, l := range lines {
		m[l.Key] = l.Text
	}
	return m
}
