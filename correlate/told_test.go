package correlate

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unsafe"
)

// TestToldIsWhatWasTold: whatever the alerts before it said, an alert says what its author
// said of it.
func TestToldIsWhatWasTold(t *testing.T) {
	x := newMoulds()
	labels := map[string]string{"alertname": "Down", "instance": "sw-1", "site": ""}
	texts := map[string]string{"summary": "sw-1 is down", "description": strings.Repeat("long ", 5000)}
	for what, is := range map[string]struct {
		labels, annotations map[string]string
		generator           string
	}{
		"the first":             {labels, texts, "http://prom/1"},
		"the same":              {labels, texts, "http://prom/1"},
		"another value":         {map[string]string{"alertname": "Down", "instance": strings.Repeat("x", 127), "site": "lab"}, texts, "http://prom/1"},
		"a long value":          {map[string]string{"alertname": "Down", "instance": strings.Repeat("x", 300), "site": "lab"}, map[string]string{"summary": strings.Repeat("y", 70_000), "description": ""}, "http://prom/1"},
		"another generator":     {labels, texts, "http://prom/2"},
		"a name moved over":     {map[string]string{"alertname": "Down"}, map[string]string{"instance": "sw-1"}, ""},
		"and back":              {map[string]string{"alertname": "Down", "instance": "sw-1"}, nil, ""},
		"labels, none of them":  {map[string]string{}, nil, ""},
		"no labels":             {nil, nil, ""},
		"no labels, annotated":  {nil, texts, "http://prom/1"},
		"annotations, no names": {labels, map[string]string{}, "http://prom/1"},
	} {
		for range 2 {
			got := x.keep(is.labels, is.annotations, is.generator)
			l, a := got.maps()
			if !maps.Equal(l, is.labels) || (l == nil) != (is.labels == nil) {
				t.Errorf("%s: the labels are %v", what, l)
			}
			if !maps.Equal(a, is.annotations) {
				t.Errorf("%s: the annotations are %.200v", what, a)
			}
			if got.generator() != is.generator || got.label("instance") != is.labels["instance"] {
				t.Errorf("%s: it came from %q, of %q", what, got.generator(), got.label("instance"))
			}
		}
	}
	for n := range 3 * mostMoulds {
		name := fmt.Sprint("Rule", n)
		if got := x.keep(map[string]string{"alertname": name}, nil, ""); got.label("alertname") != name {
			t.Fatalf("%s is called %s", name, got.label("alertname"))
		}
	}
	if x.many > mostMoulds || len(x.of) > mostMoulds {
		t.Errorf("%d moulds are looked for, want at most %d", x.many, mostMoulds)
	}
}

// TestToldAlikeIsToldOnce: what the alerts of one rule say alike takes room once.
func TestToldAlikeIsToldOnce(t *testing.T) {
	x := newMoulds()
	of := func(host string) told {
		return x.keep(map[string]string{"alertname": "Down", "instance": host, "job": "snmp"}, map[string]string{"description": "It does not answer."}, "http://prom")
	}
	of("sw-1")
	if got := len(of("sw-2").rest); got > 10 {
		t.Errorf("an alert of a known rule takes %d bytes, want those of its host and a few", got)
	}
	if got := unsafe.Sizeof(told{}); got > 24 {
		t.Errorf("it takes %d bytes beside, want 24", got)
	}
}

// labels are those of an alert, for tests that look at all of them.
func (a *alert) labels() map[string]string {
	labels, _ := a.told.maps()
	return labels
}
