package configs

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// find returns the configuration file: the one named, else headstart.yml in one
// of the folders, else "". viper looks; what it makes of the body is not used.
func find(named string, folders []string) (string, error) {
	if named != "" {
		return named, nil
	}
	v := viper.New()
	v.SetConfigName("headstart.yml")
	v.SetConfigType("yaml")
	for _, f := range folders {
		v.AddConfigPath(f)
	}
	err := v.ReadInConfig()
	if missing := (viper.ConfigFileNotFoundError{}); errors.As(err, &missing) {
		return "", nil
	}
	// Broken YAML is reported by our own reading, with its line; a file that
	// cannot be opened, by opening it again.
	return v.ConfigFileUsed(), nil
}

// override sets plain settings from HEADSTART_* variables and flags in the tree
// of d, where they are checked like values of the file. Flags win.
func override(d *document, flags *pflag.FlagSet) error {
	if flags == nil {
		flags = pflag.NewFlagSet("none", pflag.ContinueOnError)
	}
	v := viper.New()
	scalars := scalarKeys(reflect.TypeFor[Config](), "")
	for _, key := range scalars {
		if err := v.BindEnv(key, variable(key)); err != nil {
			return err
		}
		if flags.Changed(key) {
			v.Set(key, flags.Lookup(key).Value.String())
		}
	}
	for _, key := range scalars {
		if !v.IsSet(key) {
			continue
		}
		origin := variable(key)
		if flags.Changed(key) {
			origin = "--" + key
		}
		if err := d.set(key, v.GetString(key), origin); err != nil {
			return err
		}
	}
	return nil
}

// variable is the environment variable of a key. It is made from the known key
// and never taken apart, so that store.min_replicas needs no rule about "_".
func variable(key string) string {
	return "HEADSTART_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// strangers returns a warning for each HEADSTART_* variable that sets nothing.
func strangers(environ []string) []string {
	names := map[string]bool{}
	for _, key := range scalarKeys(reflect.TypeFor[Config](), "") {
		names[variable(key)] = true
	}
	known := slices.Sorted(maps.Keys(names))
	var out []string
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "HEADSTART_") || names[name] {
			continue
		}
		text := name + " sets nothing; remove it"
		if near := nearest(name, known); near != "" {
			text = fmt.Sprintf("%s sets nothing; did you mean %s?", name, near)
		}
		out = append(out, text)
	}
	return out
}

// set puts a plain value at a dotted key.
func (d *document) set(key, value, origin string) error {
	at := d.root
	names := strings.Split(key, ".")
	for _, name := range names[:len(names)-1] {
		if at.Kind != yaml.MappingNode {
			break
		}
		_, v := field(at, name)
		if v = dealias(v); v == nil || v.Tag == "!!null" {
			v = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1}
			d.put(at, name, v, origin)
		}
		at = v
	}
	if at.Kind != yaml.MappingNode {
		return Mistakes{{File: origin, Text: fmt.Sprintf("cannot set %s, because a key above it holds no keys; correct %s:%d first", key, d.file, at.Line)}}
	}
	// Without a tag yaml decides by the text, as it does in a file: a port is a
	// number, false is false, and a string setting takes either as text.
	v := &yaml.Node{Kind: yaml.ScalarNode, Value: value}
	d.from[v] = origin
	d.put(at, names[len(names)-1], v, origin)
	return nil
}

func (d *document) put(at *yaml.Node, name string, v *yaml.Node, origin string) {
	for i := 0; i+1 < len(at.Content); i += 2 {
		if at.Content[i].Value == name {
			at.Content[i+1] = v
			return
		}
	}
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: 1}
	d.from[k] = origin
	at.Content = append(at.Content, k, v)
}

// scalarKeys returns the dotted keys of all plain settings below t, sorted.
func scalarKeys(t reflect.Type, path string) []string {
	var out []string
	known := keysOf(t)
	for _, name := range slices.Sorted(maps.Keys(known)) {
		ft := known[name]
		p := reflect.PointerTo(ft)
		switch {
		case ft == typeNode:
		case ft.Kind() == reflect.Struct && !p.Implements(typeCustom):
			out = append(out, scalarKeys(ft, join(path, name))...)
		case ft.Kind() <= reflect.Float64 && ft.Kind() != reflect.Invalid, ft.Kind() == reflect.String:
			out = append(out, join(path, name))
		case p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && ft.Kind() != reflect.Map && ft.Kind() != reflect.Slice:
			out = append(out, join(path, name))
		}
	}
	return out
}
