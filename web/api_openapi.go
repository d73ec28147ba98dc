package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"headstart"
)

// apiParam is one query parameter.
type apiParam struct{ name, what string }

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

func (a *API) showOpenAPI(w http.ResponseWriter, _ *http.Request) {
	a.once.Do(func() {
		b, err := json.MarshalIndent(a.describe(), "", " ")
		if err != nil {
			panic("web: describe the API: " + err.Error()) // maps and texts of ours only
		}
		a.openapi = append(b, '\n')
	})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(a.openapi)
}

// describe is OpenAPI 3.1 of all of /api/v1, made from the route table.
func (a *API) describe() map[string]any {
	schemas := schemaSet{"Problem": nil}
	schemas["Problem"] = schemas.object(reflect.TypeFor[problem]())
	paths := map[string]map[string]any{}
	table := a.table()
	for _, d := range a.o.Beside {
		table = append(table, apiRoute{pattern: d.Pattern, scope: d.Scope, summary: d.Summary, sends: d.Sends, answers: d.Answers, example: d.Example})
	}
	for _, rt := range table {
		if rt.hidden {
			continue
		}
		method, path, _ := strings.Cut(rt.pattern, " ")
		rt.example = cmp.Or(rt.example, examples[rt.pattern])
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(method)] = operation(method, path, rt, schemas)
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "headstart", "version": cmp.Or(a.o.Version, "0"),
			"description": "Incidents, announcements and checks. Errors are RFC 9457 problems. A write answers when it is done, or with 202 and where to look.",
		},
		"paths": paths,
		"components": map[string]any{
			"schemas": schemas,
			"securitySchemes": map[string]any{
				"bearer": map[string]any{"type": "http", "scheme": "bearer"},
				"basic":  map[string]any{"type": "http", "scheme": "basic", "description": "the token as the password"},
			},
		},
	}
}

func operation(method, path string, rt apiRoute, schemas schemaSet) map[string]any {
	op := map[string]any{
		"operationId": operationID(method, path), "summary": rt.summary, "responses": responses(rt, schemas), "x-scope": string(rt.scope),
		"security": []any{map[string]any{"bearer": []any{}}, map[string]any{"basic": []any{}}},
	}
	if rt.scope == headstart.ScopeOpen {
		op["security"] = []any{}
	}
	var params []any
	for _, m := range pathParam.FindAllStringSubmatch(path, -1) {
		params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
	}
	params = append(params, queryParams(method, rt)...)
	if rt.body != nil {
		params = append(params, map[string]any{
			"name": "Idempotency-Key", "in": "header", "description": "the same for every repeat of one request: within an hour it is done once", "schema": map[string]any{"type": "string", "maxLength": 200},
		})
	}
	if len(params) > 0 {
		op["parameters"] = params
	}
	switch {
	case rt.body != nil:
		op["requestBody"] = bodyOf("application/json", schemas.command(rt.body), len(rt.body.required)+len(rt.body.anyOf) > 0, rt.example)
	case rt.takes != "":
		op["requestBody"] = bodyOf(rt.takes, map[string]any{"type": "string"}, true, rt.example)
	case rt.sends != nil:
		s := schemas.object(reflect.TypeOf(rt.sends))
		s["additionalProperties"] = false
		op["requestBody"] = bodyOf("application/json", s, false, rt.example)
	}
	return op
}

// queryParams are those of a query; those that the example of a GET has must be given.
func queryParams(method string, rt apiRoute) (out []any) {
	needed := url.Values{}
	if method == http.MethodGet {
		needed, _ = url.ParseQuery(rt.example) // ours, and tried by a test
	}
	for _, p := range rt.query {
		param := map[string]any{"name": p.name, "in": "query", "description": p.what, "schema": map[string]any{"type": "string"}}
		if needed.Has(p.name) {
			param["required"], param["example"] = true, needed.Get(p.name)
		}
		out = append(out, param)
	}
	return out
}

func bodyOf(kind string, schema map[string]any, required bool, example string) map[string]any {
	content := map[string]any{"schema": schema}
	if example != "" {
		content["example"] = exampleOf(example)
	}
	return map[string]any{"required": required, "content": map[string]any{kind: content}}
}

func responses(rt apiRoute, schemas schemaSet) map[string]any {
	ok := map[string]any{"description": "done"}
	switch {
	case rt.stream && strings.HasPrefix(rt.pattern, "GET "):
		ok["content"] = map[string]any{"text/event-stream": map[string]any{"schema": map[string]any{"type": "string"}}}
	case rt.orElse != nil:
		ok["description"] = "done: the incident it is about, or what became of it when it is about none"
		either := []any{schemas.of(reflect.TypeOf(rt.answers)), schemas.of(reflect.TypeOf(rt.orElse))}
		ok["content"] = map[string]any{"application/json": map[string]any{"schema": map[string]any{"oneOf": either}}}
	case rt.answers != nil:
		ok["content"] = map[string]any{"application/json": map[string]any{"schema": schemas.of(reflect.TypeOf(rt.answers))}}
	case len(rt.texts) == 0:
		ok["content"] = map[string]any{"application/json": map[string]any{"schema": map[string]any{}}}
	default:
		ok["content"] = map[string]any{}
	}
	for _, kind := range rt.texts {
		ok["content"].(map[string]any)[kind] = map[string]any{"schema": map[string]any{"type": "string"}}
	}
	status := "200"
	if rt.created {
		status = "201"
	}
	out := map[string]any{status: ok, "default": map[string]any{
		"description": "a problem",
		"content":     map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}},
	}}
	if rt.body != nil || rt.created {
		out["202"] = map[string]any{
			"description": "in the log, not decided yet; Location says where to look",
			"content":     map[string]any{"application/json": map[string]any{"schema": schemas.of(reflect.TypeFor[pendingCommand]())}},
		}
	}
	return out
}

func operationID(method, path string) string {
	words := strings.FieldsFunc(strings.TrimPrefix(path, "/api/v1/"), func(r rune) bool {
		return r == '/' || r == '{' || r == '}' || r == '-' || r == '.'
	})
	return strings.ToLower(method) + "_" + strings.Join(words, "_")
}
