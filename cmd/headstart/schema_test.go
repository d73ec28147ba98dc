package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// described is as much of JSON Schema as openapi.json uses; what it does not know fails.
type described map[string]any

// mistakes are what in v is not as its schema says, by place. A key that the schema of an
// object does not have is one: who reads the description would never know of it.
func (doc described) mistakes(schema map[string]any, v any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		schema, _ = doc["components"].(map[string]any)["schemas"].(map[string]any)[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
		if schema == nil {
			return []string{at + ": " + ref + " points nowhere"}
		}
	}
	if either, ok := schema["oneOf"].([]any); ok {
		return doc.either(either, v, at)
	}
	out := doc.combined(schema, v, at)
	switch kind, _ := schema["type"].(string); v := v.(type) {
	case map[string]any:
		if kind == "object" {
			return append(out, doc.object(schema, v, at)...)
		}
		return append(out, wrongKind(kind, "", at, v)...)
	case []any:
		items, _ := schema["items"].(map[string]any)
		for n := range v {
			out = append(out, doc.mistakes(items, v[n], fmt.Sprintf("%s/%d", at, n))...)
		}
		return append(out, wrongKind(kind, "array", at, v)...)
	case string:
		if _, err := time.Parse(time.RFC3339Nano, v); schema["format"] == "date-time" && err != nil {
			out = append(out, fmt.Sprintf("%s: %q is no date-time", at, v))
		}
		return append(out, wrongKind(kind, "string", at, v)...)
	case json.Number:
		if _, err := v.Int64(); kind == "integer" && err != nil {
			out = append(out, fmt.Sprintf("%s: %s is no integer", at, v))
		} else if kind == "integer" {
			return out
		}
		return append(out, wrongKind(kind, "number", at, v)...)
	case bool:
		return append(out, wrongKind(kind, "boolean", at, v)...)
	default:
		return append(out, wrongKind(kind, "null", at, v)...)
	}
}

func wrongKind(want, is, at string, v any) []string {
	if want == "" || want == is {
		return nil
	}
	return []string{fmt.Sprintf("%s: described as %s, is %.60v", at, want, v)}
}

func (doc described) either(schemas []any, v any, at string) []string {
	var all []string
	for _, s := range schemas {
		wrong := doc.mistakes(s.(map[string]any), v, at)
		if len(wrong) == 0 {
			return nil
		}
		all = append(all, wrong...)
	}
	return all
}

// combined judges required and anyOf, which bodies have.
func (doc described) combined(schema map[string]any, v any, at string) (out []string) {
	held, _ := v.(map[string]any)
	has := func(keys any) bool {
		list, _ := keys.([]any)
		return !slices.ContainsFunc(list, func(k any) bool { return held[k.(string)] == nil })
	}
	if !has(schema["required"]) {
		out = append(out, fmt.Sprintf("%s: lacks one of %v", at, schema["required"]))
	}
	if either, ok := schema["anyOf"].([]any); ok && !slices.ContainsFunc(either, func(s any) bool { return has(s.(map[string]any)["required"]) }) {
		out = append(out, fmt.Sprintf("%s: holds none of %v", at, either))
	}
	return out
}

func (doc described) object(schema map[string]any, v map[string]any, at string) (out []string) {
	properties, _ := schema["properties"].(map[string]any)
	more, _ := schema["additionalProperties"].(map[string]any)
	for k, x := range v {
		p, _ := properties[k].(map[string]any)
		switch {
		case p != nil:
			out = append(out, doc.mistakes(p, x, at+"/"+k)...)
		case more != nil:
			out = append(out, doc.mistakes(more, x, at+"/"+k)...)
		default:
			out = append(out, at+"/"+k+" is not described")
		}
	}
	return out
}
