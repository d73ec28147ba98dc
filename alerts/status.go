package alerts

import (
	"net/http"
	"runtime"
	"slices"

	"go.yaml.in/yaml/v3"
)

// getStatus answers GET /api/v2/status, which amtool and Grafana ask first.
func (a *API) getStatus(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"cluster": map[string]any{"status": "disabled", "peers": []string{}},
		"config":  map[string]string{"original": a.route().original},
		"uptime":  stamp(a.started),
		"versionInfo": map[string]string{
			"version": APIVersion, "revision": "headstart", "branch": "headstart",
			"buildUser": "headstart", "buildDate": "", "goVersion": runtime.Version(),
		},
	})
}

// getReceivers answers GET /api/v2/receivers.
func (a *API) getReceivers(w http.ResponseWriter, _ *http.Request) {
	type receiver struct {
		Labels map[string]string `json:"labels"`
		Name   string            `json:"name"`
	}
	out := []receiver{}
	for _, name := range a.route().receivers {
		out = append(out, receiver{Name: name, Labels: map[string]string{"name": name}})
	}
	writeJSON(w, http.StatusOK, out)
}

// route is the operators' route as Alertmanager's clients may see it.
type route struct {
	original  string   // a configuration that amtool can load; of receivers only the names
	receivers []string // never empty; the route's own first
}

// noReceiver is the name shown when operators have no receivers.
const noReceiver = "headstart"

// route derives both from the route the engine decides with.
func (a *API) route() route {
	var tree map[string]any
	if c := a.view.Config(); c != nil {
		_ = yaml.Unmarshal([]byte(c.Route), &tree) // the engine has read it; if not, it is shown as none
	}
	if inner, ok := tree["route"].(map[string]any); ok {
		tree = inner
	}
	if name, _ := tree["receiver"].(string); name == "" {
		tree = map[string]any{"receiver": noReceiver}
	}
	var receivers, intervals []string
	collect(tree, &receivers, &intervals)
	doc := map[string]any{"route": tree, "receivers": namesOf(receivers)}
	if len(intervals) > 0 {
		doc["time_intervals"] = namesOf(intervals)
	}
	b, err := yaml.Marshal(doc)
	if err != nil {
		panic("alerts: write route: " + err.Error()) // it was read from YAML
	}
	return route{original: string(b), receivers: receivers}
}

func namesOf(names []string) []map[string]string {
	var out []map[string]string
	for _, n := range names {
		out = append(out, map[string]string{"name": n})
	}
	return out
}

// collect gathers the receivers and time intervals a route names, each once.
func collect(tree map[string]any, receivers, intervals *[]string) {
	add := func(to *[]string, v any) {
		if name, _ := v.(string); name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	add(receivers, tree["receiver"])
	for _, key := range []string{"mute_time_intervals", "active_time_intervals"} {
		names, _ := tree[key].([]any)
		for _, n := range names {
			add(intervals, n)
		}
	}
	children, _ := tree["routes"].([]any)
	for _, c := range children {
		if child, ok := c.(map[string]any); ok {
			collect(child, receivers, intervals)
		}
	}
}
