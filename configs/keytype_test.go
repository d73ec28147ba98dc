package configs

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"headstart"
	"headstart/maintenance"
)

// below is the struct of ours that t holds, as such or in a list, a mapping or behind a
// pointer; nil: a plain key.
func below(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.HasPrefix(t.PkgPath(), "headstart") || t == reflect.TypeFor[maintenance.Time]() {
		return nil
	}
	return t
}

// steps is how a path goes on into t.
func steps(t reflect.Type) string {
	var out strings.Builder
	for {
		switch t.Kind() {
		case reflect.Slice:
			out.WriteString("[]")
		case reflect.Map:
			out.WriteString(".*")
		case reflect.Pointer:
		default:
			return out.String()
		}
		t = t.Elem()
	}
}

var typeNames = map[reflect.Type]string{
	reflect.TypeFor[model.Duration]():            "duration",
	reflect.TypeFor[Bytes]():                     "size",
	reflect.TypeFor[config.Secret]():             "text, secret",
	reflect.TypeFor[config.TLSConfig]():          "[tls_config](https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tls_config) of Prometheus",
	reflect.TypeFor[yaml.Node]():                 "as [Alertmanager](https://prometheus.io/docs/alerting/latest/configuration/) has it",
	reflect.TypeFor[maintenance.Time]():          "moment, RFC 3339",
	reflect.TypeFor[headstart.Names]():           "text, or one for each language",
	reflect.TypeFor[headstart.Hours]():           "mapping of days to hours, `{monday: \"08:00-17:30\"}`",
	reflect.TypeFor[headstart.Dependencies]():    "list of ids, or of lists of ids",
	reflect.TypeFor[map[string]any]():            "[http_config](https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config) of Prometheus",
	reflect.TypeFor[timeinterval.TimeInterval](): "[time interval](https://prometheus.io/docs/alerting/latest/configuration/#time_interval) of Alertmanager",
}

func typeName(t reflect.Type) string {
	if name := typeNames[t]; name != "" {
		return name
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "mapping of text to " + typeName(t.Elem())
	case reflect.Bool:
		return "yes or no"
	case reflect.String:
		return "text"
	case reflect.Float64:
		return "number"
	case reflect.Int:
		return "whole number"
	default:
		return t.Name() // TestPageOfKeys shows it to whoever adds it
	}
}

// shown is a default as it would be written; nothing where it is empty.
func shown(v reflect.Value) string {
	if !v.IsValid() || v.IsZero() && v.Kind() != reflect.Bool && v.Kind() != reflect.Int || v.Kind() == reflect.Struct {
		return ""
	}
	if d, ok := reflect.TypeAssert[model.Duration](v); ok && d > 0 && d%day == 0 {
		return fmt.Sprintf("`%dd`", d/day)
	}
	var n yaml.Node
	if err := n.Encode(v.Interface()); err != nil {
		return err.Error()
	}
	n.Style = yaml.FlowStyle
	text, err := yaml.Marshal(&n)
	if err != nil {
		return err.Error()
	}
	line := strings.Join(strings.Fields(string(text)), " ")
	if line == "[]" || line == "{}" {
		return ""
	}
	return "`" + cell(line) + "`"
}

// listDefault is the default of a key that holds others, where it is a list.
func listDefault(v reflect.Value) string {
	if !v.IsValid() || v.Kind() != reflect.Slice {
		return ""
	}
	return shown(v)
}

// cell makes a text fit for a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
