package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"
	"time"

	"github.com/prometheus/alertmanager/config"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"

	"headstart"
)

// ownTemplates replace those of the library that name its own program and lead
// to its pages: who is paged by us lands on our board. A user's template of the
// same name replaces ours in turn.
const ownTemplates = `
{{ define "__alertmanager" }}headstart{{ end }}
{{ define "__alertmanagerURL" }}{{ .ExternalURL }}/i/{{ .GroupLabels.incident | urlquery }}{{ end }}
{{ define "__subject" }}{{ if eq .Status "resolved" }}[resolved] {{ else }}{{ with .GroupLabels.priority }}[{{ . }}] {{ end }}{{ end }}{{ .GroupLabels.incident }}: {{ .GroupLabels.title }}{{ if gt (len .Alerts) 1 }} ({{ .Alerts.Firing | len }} of {{ len .Alerts }} alerts firing){{ end }}{{ end }}
{{ define "slack.default.text" }}{{ with .GroupLabels.cause }}Probable cause: {{ . }}{{ "\n" }}{{ end }}{{ range $i, $a := .Alerts }}{{ if lt $i 10 }}{{ $a.Labels.alertname }}{{ with $a.Labels.instance }} {{ . }}{{ end }}{{ with $a.Annotations.summary }}: {{ . }}{{ end }}{{ "\n" }}{{ end }}{{ end }}{{ end }}
`

// Bounds on a user's templates (ruling 45).
const (
	maxTemplateBytes = 64 << 10
	maxRender        = time.Second
)

func loadTemplates(globs []string, externalURL string) (*template.Template, error) {
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	if err := tmpl.Parse(strings.NewReader(ownTemplates)); err != nil {
		return nil, fmt.Errorf("templates: our own: %w", err)
	}
	var errs []error
	for _, g := range globs {
		if err := checkTemplates(g); err != nil {
			errs = append(errs, err)
		} else if err := tmpl.FromGlob(g); err != nil {
			errs = append(errs, fmt.Errorf("templates: %w", err))
		}
	}
	u, err := url.Parse(strings.TrimSuffix(externalURL, "/"))
	if err != nil {
		errs = append(errs, fmt.Errorf("external_url: %w", err))
		u = &url.URL{}
	}
	tmpl.ExternalURL = u // without one the library panics
	return tmpl, errors.Join(errs...)
}

// checkTemplates refuses what is too big or calls functions by value.
func checkTemplates(glob string) error {
	files, err := filepath.Glob(glob)
	if err != nil {
		return fmt.Errorf("templates: %q: %w", glob, err)
	}
	if len(files) == 0 {
		return fmt.Errorf("templates: %q matches no file; correct the path or remove it", glob)
	}
	var errs []error
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			errs = append(errs, fmt.Errorf("templates: %w", err))
			continue
		}
		if len(b) > maxTemplateBytes {
			errs = append(errs, fmt.Errorf("templates: %s has %d bytes; at most %d are read", f, len(b), maxTemplateBytes))
			continue
		}
		if err := noCall(f, string(b)); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// noCall refuses the function `call` anywhere in a template.
func noCall(name, text string) error {
	t := parse.New(name)
	t.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := t.Parse(text, "", "", trees); err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	trees[name] = t
	for _, tree := range trees {
		if tree.Root != nil && calls(reflect.ValueOf(tree.Root)) {
			return fmt.Errorf("templates: %s uses the function call, which is not allowed; write the value itself", name)
		}
	}
	return nil
}

// calls looks for the identifier in a parse tree, whatever its nodes are.
func calls(v reflect.Value) bool {
	switch v.Kind() { //nolint:exhaustive // the others hold no nodes
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return false
		}
		if id, ok := reflect.TypeAssert[*parse.IdentifierNode](v); ok {
			return id.Ident == "call"
		}
		if _, ok := reflect.TypeAssert[*parse.Tree](v); ok {
			return false // every node points back at its tree
		}
		return calls(v.Elem())
	}
	return slices.ContainsFunc(parts(v), func(p part) bool { return calls(p.value) })
}

// dryRender executes every template string of a receiver against a firing and a
// resolved incident, as it will be in earnest.
func dryRender(r config.Receiver, tmpl *template.Template) error {
	quiet := slog.New(slog.DiscardHandler)
	now := time.Now()
	var errs []error
	for _, over := range []bool{false, true} {
		n := &headstart.Notice{
			Incident: "HS-1", UID: "0", Priority: "P2", Title: "Sample", Cause: "sample", Reason: "opened", At: now.Add(-time.Minute), Resolved: over,
			Alerts: []headstart.NoticeAlert{{
				Labels:      map[string]string{"alertname": "Sample", "instance": "sample:9100", "severity": "warning"},
				Annotations: map[string]string{"summary": "sample", "description": "sample"},
				StartsAt:    now.Add(-time.Hour), Generator: "http://localhost/",
			}},
		}
		ctx := pageContext(context.Background(), r.Name, n, "")
		data := amnotify.GetTemplateData(ctx, tmpl, pageAlerts(n, "", now), quiet)
		if err := renderAll(r, "receiver "+r.Name, tmpl, data); err != nil {
			errs = append(errs, fmt.Errorf("%w (%s)", err, data.Status))
		}
	}
	return errors.Join(errs...)
}

// renderAll executes the template strings found in cfg, and gives up on one that
// takes longer than a second.
func renderAll(cfg any, where string, tmpl *template.Template, data *template.Data) error {
	type one struct{ where, text string }
	var all []one
	walk(reflect.ValueOf(cfg), where, func(where, text string) { all = append(all, one{where, text}) })
	done := make(chan error, 1)
	go func() { // left behind if it never ends: only the operator's own template can do that
		var errs []error
		for _, t := range all {
			render := tmpl.ExecuteTextString
			if strings.HasSuffix(t.where, ".HTML") {
				render = tmpl.ExecuteHTMLString
			}
			if _, err := render(t.text, data); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", t.where, err))
			}
		}
		done <- errors.Join(errs...)
	}()
	timer := time.NewTimer(maxRender + time.Duration(len(all))*maxRender/10)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("%s: its templates take longer than %s; make them simpler", where, maxRender)
	}
}

// walk visits every string of a configuration that holds a template.
func walk(v reflect.Value, where string, visit func(where, text string)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), where, visit)
		}
	case reflect.String:
		if strings.Contains(v.String(), "{{") {
			visit(where, v.String())
		}
	default:
		for _, p := range parts(v) {
			walk(p.value, where+p.step, visit)
		}
	}
}

// part is a field or element of a value; step is how the way to it goes on.
type part struct {
	step  string
	value reflect.Value
}

// parts returns what a value consists of, in a fixed order; nil of one that
// holds no others.
func parts(v reflect.Value) []part {
	var out []part
	switch v.Kind() { //nolint:exhaustive // the others hold none
	case reflect.Struct:
		for f, value := range v.Fields() {
			if f.IsExported() {
				out = append(out, part{"." + f.Name, value})
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, part{fmt.Sprintf("[%d]", i), v.Index(i)})
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			out = append(out, part{fmt.Sprintf("[%v]", key), v.MapIndex(key)})
		}
	}
	return out
}
