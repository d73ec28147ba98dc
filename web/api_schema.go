package web

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"headstart"
)

// schemaSet holds the JSON schemas of named types, by name, as they are met.
type schemaSet map[string]map[string]any

var plainSchemas = map[reflect.Type]map[string]any{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[json.RawMessage](): {},
	reflect.TypeFor[headstart.Names](): {"description": "a text, or one per language", "oneOf": []any{
		map[string]any{"type": "string"}, map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}},
	}},
	reflect.TypeFor[headstart.Dependencies](): {"type": "array", "items": map[string]any{"oneOf": []any{
		map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
	}}},
}

// of returns the schema of t, a reference if t has a name of its own.
func (s schemaSet) of(t reflect.Type) map[string]any {
	if plain, ok := plainSchemas[t]; ok {
		return plain
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"oneOf": []any{s.of(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.Struct:
		if t.Name() == "" {
			return s.object(t)
		}
		name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
		if _, met := s[name]; !met {
			s[name] = nil // met, so that a type may hold itself
			s[name] = s.object(t)
		}
		return map[string]any{"$ref": "#/components/schemas/" + name}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Interface:
		return map[string]any{}
	default:
		return map[string]any{"type": "integer"}
	}
}

// object lists the fields of a struct as encoding/json writes them.
func (s schemaSet) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	s.fields(t, properties)
	return map[string]any{"type": "object", "properties": properties}
}

func (s schemaSet) fields(t reflect.Type, into map[string]any) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || (!f.IsExported() && !f.Anonymous):
		case f.Anonymous && name == "":
			s.fields(f.Type, into) // its own fields below win, being nearer
		case name != "":
			into[name] = s.of(f.Type)
		}
	}
}

// command is the schema of a command's body: some keys of a Command.
func (s schemaSet) command(b *apiBody) map[string]any {
	all := map[string]any{}
	s.fields(reflect.TypeFor[headstart.Command](), all)
	properties := map[string]any{}
	for _, k := range slices.Concat(b.required, b.optional) {
		properties[k] = all[k]
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(b.required) > 0 {
		out["required"] = b.required
	}
	if len(b.anyOf) > 0 {
		var either []any
		for _, k := range b.anyOf {
			either = append(either, map[string]any{"required": []string{k}})
		}
		out["anyOf"] = either
	}
	return out
}
