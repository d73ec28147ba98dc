package configs

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// strict compares the tree of d with the type t and returns everything that
// would be lost or refused on decoding: unknown and doubled keys, values of the
// wrong kind. yaml's own KnownFields stops at the first custom decoder and
// names Go types; people need all of it, in their words. Values that cannot be
// decoded are taken out of the tree, so that the rest still can be checked.
func strict(d *document, t reflect.Type) Mistakes {
	c := checker{d: d, left: maxNodes}
	c.value(d.root, t, "")
	for _, n := range c.bad {
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line}
	}
	return c.mistakes
}

// maxNodes bounds the walk: aliases of aliases may stand for billions of nodes.
const maxNodes = 5_000_000

type checker struct {
	d        *document
	mistakes Mistakes
	bad      []*yaml.Node // values to take out
	left     int
}

func (c *checker) say(n *yaml.Node, format string, args ...any) {
	c.mistakes = append(c.mistakes, c.d.mistake(n, format, args...))
}

var (
	typeNode     = reflect.TypeFor[yaml.Node]()
	typeDuration = reflect.TypeFor[model.Duration]()
	typeCustom   = reflect.TypeFor[yaml.Unmarshaler]()
	typeObsolete = reflect.TypeFor[interface{ UnmarshalYAML(func(any) error) error }]()
	typeText     = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value checks n against t; path names it for people.
func (c *checker) value(n *yaml.Node, t reflect.Type, path string) {
	if c.left--; c.left < 0 {
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	target := dealias(n)
	if target == nil || target.Tag == "!!null" || t == typeNode || t.Kind() == reflect.Interface {
		return
	}
	if custom(t) {
		if t.Kind() == reflect.Struct && target.Kind == yaml.MappingNode && ours(t) {
			c.fields(target, t, path)
		}
		c.decodes(n, t, path)
		return
	}
	want := yaml.ScalarNode
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		want = yaml.MappingNode
	case reflect.Slice, reflect.Array:
		want = yaml.SequenceNode
	default:
	}
	if c.kind(n, target, want, path) {
		c.content(n, target, t, path)
	}
}

// content checks what target, an n of the right kind, holds.
func (c *checker) content(n, target *yaml.Node, t reflect.Type, path string) {
	switch t.Kind() {
	case reflect.Struct:
		c.fields(target, t, path)
	case reflect.Map:
		for i := 0; i+1 < len(target.Content); i += 2 {
			c.value(target.Content[i+1], t.Elem(), join(path, target.Content[i].Value))
		}
	case reflect.Slice, reflect.Array:
		for i, item := range target.Content {
			c.value(item, t.Elem(), path+"["+memberName(item, i)+"]")
		}
	default:
		c.decodes(n, t, path)
	}
}

// custom reports whether t decodes itself.
func custom(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(typeCustom) || p.Implements(typeObsolete) || p.Implements(typeText)
}

// fields checks the keys of a mapping against those of a struct.
func (c *checker) fields(n *yaml.Node, t reflect.Type, path string) {
	known := keysOf(t)
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Tag == "!!merge" {
			c.merged(v, t, path)
			continue
		}
		if line, twice := seen[k.Value]; twice {
			c.say(k, "key %q stands at line %d already; keep one of the two", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		if ft, ok := known[k.Value]; ok {
			c.value(v, ft, join(path, k.Value))
			continue
		}
		remedy, near := remedyFor(k.Value, path, known)
		c.say(k, "unknown key %q%s; %s", k.Value, inPath(path), remedy)
		c.mistakes[len(c.mistakes)-1].meant = near
	}
}

// merged checks what a "<<" brings in.
func (c *checker) merged(v *yaml.Node, t reflect.Type, path string) {
	v = dealias(v)
	if v == nil {
		return
	}
	if v.Kind == yaml.SequenceNode {
		for _, m := range v.Content {
			c.merged(m, t, path)
		}
		return
	}
	if c.left--; v.Kind == yaml.MappingNode && c.left > 0 {
		c.fields(v, t, path)
	}
}

// kind reports whether n is of the kind wanted, and says so if not.
func (c *checker) kind(n, target *yaml.Node, want yaml.Kind, path string) bool {
	if target.Kind == want {
		return true
	}
	remedy := map[yaml.Kind]string{
		yaml.MappingNode:  "write keys and values, {key: value}",
		yaml.SequenceNode: "write a list, [a, b]",
		yaml.ScalarNode:   "write a single value",
	}[want]
	is := map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}[target.Kind]
	if path == "" {
		path = "the file"
	}
	c.say(n, "%s is %s; %s", path, is, remedy)
	c.bad = append(c.bad, n)
	return false
}

// decodes tries a value the way the real decoding will.
func (c *checker) decodes(n *yaml.Node, t reflect.Type, path string) {
	err := n.Decode(reflect.New(t).Interface())
	if err == nil {
		return
	}
	c.bad = append(c.bad, n)
	value := dealias(n).Value
	switch {
	case t == typeDuration:
		c.say(n, "%s is %q; write a duration such as 90s, 5m or 1d", path, value)
	case custom(t):
		_, text := splitLine(err.Error())
		c.say(n, "%s: %s", path, text)
	case t.Kind() == reflect.Bool:
		c.say(n, "%s is %q; write true or false", path, value)
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr:
		c.say(n, "%s is %q; write a whole number", path, value)
	case t.Kind() == reflect.Float32, t.Kind() == reflect.Float64:
		c.say(n, "%s is %q; write a number such as 0.5", path, value)
	default:
		_, text := splitLine(err.Error())
		c.say(n, "%s: %s", path, text)
	}
}

// keysOf returns the YAML keys of a struct with their types, inlined ones too.
func keysOf(t reflect.Type) map[string]reflect.Type {
	known := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"):
			ft := f.Type
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			if ft.Kind() == reflect.Struct {
				maps.Copy(known, keysOf(ft))
			}
		case name == "-" || !f.IsExported():
		case name == "":
			known[strings.ToLower(f.Name)] = f.Type
		default:
			known[name] = f.Type
		}
	}
	return known
}

// ours reports whether t's yaml tags say what its own decoder takes: types of
// this module, and Prometheus' of TLS and HTTP clients.
func ours(t reflect.Type) bool {
	return t.PkgPath() == "headstart" || strings.HasPrefix(t.PkgPath(), "headstart/") ||
		t.PkgPath() == "github.com/prometheus/common/config"
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func inPath(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// memberName is how people know a member of a list: its name, its id, else its
// number from 0.
func memberName(item *yaml.Node, i int) string {
	for _, key := range []string{"name", "id"} {
		if _, v := field(item, key); v != nil && v.Kind == yaml.ScalarNode && v.Value != "" {
			return v.Value
		}
	}
	return fmt.Sprint(i)
}
