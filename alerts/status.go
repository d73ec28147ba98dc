package alerts

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"

	"github.com/prometheus/alertmanager/pkg/labels"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// getStatus answers GET /api/v2/status, which amtool and Grafana ask first.
func (a *API) getStatus(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"cluster": map[string]any{"status": "disabled", "peers": []string{}},
		"config":  map[string]string{"original": a.shown().original},
		"uptime":  stamp(a.started),
		"versionInfo": map[string]string{
			"version": APIVersion, "revision": "headstart", "branch": "headstart",
			"buildUser": "headstart", "buildDate": "", "goVersion": runtime.Version(),
		},
	})
}

// getReceivers answers GET /api/v2/receivers.
func (a *API) getReceivers(w http.ResponseWriter, r *http.Request) {
	wanted, err := parseFilter(r.URL.Query()["receiver_matchers"])
	if err != nil {
		writeJSON(w, http.StatusBadRequest, fmt.Sprintf("failed to parse receiver_matchers param: %v", err))
		return
	}
	type receiver struct {
		Labels map[string]string `json:"labels"`
		Name   string            `json:"name"`
	}
	out := []receiver{}
	for _, x := range a.shown().receivers {
		if matchAll(wanted, x.Labels) {
			out = append(out, receiver{Name: x.Name, Labels: x.Labels})
		}
	}
	writeJSON(w, http.StatusOK, out)
}

// display is the operators' routing as Alertmanager's clients may see it.
type display struct {
	original  string               // a configuration that amtool can load; of receivers only the names
	receivers []headstart.Receiver // never empty
	inhibit   []labels.Matchers    // sources of the inhibit rules
}

// noReceiver is the name shown when operators have no receivers.
const noReceiver = "headstart"

// shown derives both from the configuration the engine decides with.
func (a *API) shown() *display {
	c := a.view.Config()
	if x := a.last.Load(); x != nil && x.of == c {
		return &x.display
	}
	x := &shownOf{of: c, display: show(c, a.receivers)}
	a.last.Store(x)
	return &x.display
}

// shownOf is what was made of a configuration, which the view replaces and never changes.
type shownOf struct {
	of *headstart.LogConfig
	display
}

func show(c *headstart.LogConfig, all []headstart.Receiver) display {
	if c == nil {
		c = &headstart.LogConfig{}
	}
	var doc map[string]any
	_ = yaml.Unmarshal([]byte(c.Route), &doc) // the engine has read it; if not, it is shown as none
	tree, whole := doc["route"].(map[string]any)
	if !whole {
		tree, doc = doc, map[string]any{}
	}
	if name, _ := tree["receiver"].(string); name == "" {
		tree = map[string]any{"receiver": noReceiver}
	}
	doc["route"] = tree
	var named, intervals []string
	collect(tree, &named, &intervals)
	receivers := slices.Clone(all)
	for _, name := range named {
		if !slices.ContainsFunc(receivers, func(r headstart.Receiver) bool { return r.Name == name }) {
			receivers = append(receivers, headstart.Receiver{Name: name, Labels: map[string]string{"name": name}})
		}
	}
	doc["receivers"] = receiverNames(receivers)
	if !whole && len(intervals) > 0 {
		doc["time_intervals"] = namesOf(intervals)
	}
	if rules := inhibitRules(c.Inhibit); len(rules) > 0 {
		doc["inhibit_rules"] = rules
	}
	b, err := yaml.Marshal(doc)
	if err != nil {
		panic("alerts: write route: " + err.Error()) // it was read from YAML
	}
	return display{original: string(b), receivers: receivers, inhibit: sourcesOf(c.Inhibit)}
}

func receiverNames(list []headstart.Receiver) []map[string]string {
	var names []string
	for _, r := range list {
		names = append(names, r.Name)
	}
	return namesOf(names)
}

func namesOf(names []string) []map[string]string {
	var out []map[string]string
	for _, n := range names {
		out = append(out, map[string]string{"name": n})
	}
	return out
}

// inhibitRules writes rules as a configuration has them.
func inhibitRules(rules []headstart.InhibitRule) (out []map[string]any) {
	for _, r := range rules {
		x := map[string]any{"source_matchers": matcherTexts(r.Source), "target_matchers": matcherTexts(r.Target)}
		if r.Name != "" {
			x["name"] = r.Name
		}
		if len(r.Equal) > 0 {
			x["equal"] = r.Equal
		}
		out = append(out, x)
	}
	return out
}

// sourcesOf reads the source sides of rules; what cannot be read inhibits nothing.
func sourcesOf(rules []headstart.InhibitRule) (out []labels.Matchers) {
	for _, r := range rules {
		ms, err := labels.ParseMatchers("{" + strings.Join(matcherTexts(r.Source), ",") + "}")
		if err == nil {
			out = append(out, ms)
		}
	}
	return out
}

func matcherTexts(ms []headstart.Matcher) []string {
	out := []string{}
	for _, m := range ms {
		kind := map[[2]bool]labels.MatchType{
			{false, true}: labels.MatchEqual, {false, false}: labels.MatchNotEqual,
			{true, true}: labels.MatchRegexp, {true, false}: labels.MatchNotRegexp,
		}[[2]bool{m.IsRegex, m.IsEqual}]
		out = append(out, (&labels.Matcher{Type: kind, Name: m.Name, Value: m.Value}).String())
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
