package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"pgregory.net/rapid"
)

const officeRoute = `
time_intervals:
- {name: nacht, time_intervals: [{times: [{start_time: "18:00", end_time: "24:00"}, {start_time: "00:00", end_time: "08:00"}], location: Europe/Amsterdam}]}
route:
  receiver: all
  group_by: [alertname]
  group_wait: 30s
  routes:
  - {matchers: ['severity="page"'], receiver: on-call, continue: true}
  - {matchers: ['team=~"net.*"', 'site!="lab"'], receiver: net, mute_time_intervals: [nacht]}
  - {match: {team: mail}, receiver: mail, routes: [{matchers: [severity=info], receiver: nobody}]}
`

// Each alert walks the route with its own labels, continue included (ruling 16).
func TestRouterReceivers(t *testing.T) {
	r, err := NewRouter(officeRoute)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		labels map[string]string
		want   []string
	}{
		"nothing matches: the root": {map[string]string{"a": "b"}, []string{"all"}},
		"no labels at all":          {nil, []string{"all"}},
		"continue":                  {map[string]string{"severity": "page", "team": "network"}, []string{"on-call", "net"}},
		"continue to nothing":       {map[string]string{"severity": "page"}, []string{"on-call"}},
		"a matcher that excludes":   {map[string]string{"team": "net", "site": "lab"}, []string{"all"}},
		"a child":                   {map[string]string{"team": "mail", "severity": "info"}, []string{"nobody"}},
		"no child":                  {map[string]string{"team": "mail"}, []string{"mail"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := r.Receivers(tc.labels, time.Time{}); !slices.Equal(got, tc.want) {
				t.Errorf("%v goes to %q, want %q", tc.labels, got, tc.want)
			}
		})
	}
	if got, want := r.Superseded(), []string{"group_by", "group_wait"}; !slices.Equal(got, want) {
		t.Errorf("superseded: %q, want %q", got, want)
	}
	if got, want := r.Named(), []string{"all", "mail", "net", "nobody", "on-call"}; !slices.Equal(got, want) {
		t.Errorf("named: %q, want %q", got, want)
	}
}

func TestRouterEmpty(t *testing.T) {
	for _, text := range []string{"", "  \n"} {
		r, err := NewRouter(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Receivers(map[string]string{"a": "b"}, time.Now()); len(got) != 0 {
			t.Errorf("without a route %q is paged", got)
		}
	}
}

func TestRouterMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"receivr: x":                              "receivr",
		"routes: []":                              "no receiver",
		"{receiver: a, matchers: ['a=b']}":        "matchers",
		"{receiver: a, continue: true}":           "continue",
		"{receiver: a, routes: [null]}":           "empty",
		"{receiver: a, routes: [{match: {a: ]}":   "route",
		"{receiver: a, routes: [{matchers: ['']}": "route",
	} {
		if _, err := NewRouter(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error about %q", text, err, want)
		}
	}
}

// Every alert reaches somebody, each receiver once, whatever the labels.
func TestRouterNeverLosesAnAlert(t *testing.T) {
	r, err := NewRouter(officeRoute)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.MapOf(rapid.SampledFrom([]string{"team", "severity", "site", "x"}), rapid.SampledFrom([]string{"net", "mail", "page", "info", "lab", ""})).Draw(t, "labels")
		got, _ := r.Receivers(labels, time.Time{})
		sorted := slices.Compact(slices.Sorted(slices.Values(got)))
		if len(got) == 0 || len(sorted) != len(got) {
			t.Fatalf("%v goes to %q", labels, got)
		}
		if want := matched(r, labels); !slices.Equal(got, want) {
			t.Fatalf("%v goes to %q, and by Alertmanager's own walk to %q", labels, got, want)
		}
	})
}

// matched is whom Alertmanager's own walk of the route reaches, each once.
func matched(r *Router, labels map[string]string) []string {
	set := model.LabelSet{}
	for k, v := range labels {
		set[model.LabelName(k)] = model.LabelValue(v)
	}
	var out []string
	for _, m := range r.root.Match(set) {
		if name := m.RouteOpts.Receiver; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// A route from outside is an error or routes.
func FuzzRoute(f *testing.F) {
	for _, seed := range []string{officeRoute, "", "receiver: a", "{receiver: a, routes: [{}]}", "{receiver: a, routes: [null]}", "{receiver: a, routes: [{match_re: {a: '['}}]}", "- a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := NewRouter(text)
		if err != nil {
			return
		}
		labels := map[string]string{"team": "net"}
		got, _ := r.Receivers(labels, time.Time{})
		if r.root != nil && !slices.Equal(got, matched(r, labels)) {
			t.Errorf("route %q: %v goes to %q, and by Alertmanager's own walk to %q", text, labels, got, matched(r, labels))
		}
		if strings.TrimSpace(text) != "" && len(got) == 0 {
			t.Errorf("route %q was accepted and routes nothing", text)
		}
		r.Superseded()
		at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
		if next := r.Opens(at); !next.IsZero() && !next.After(at) {
			t.Errorf("route %q: after %s the next turn is %s", text, at, next)
		}
	})
}
