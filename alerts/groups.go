package alerts

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"

	"headstart"
)

// gettableGroup is a group as GET answers it: Alertmanager's schema.
type gettableGroup struct {
	Alerts      []gettableAlert   `json:"alerts"`
	Labels      map[string]string `json:"labels"`
	Receiver    named             `json:"receiver"`
	RouteLabels map[string]string `json:"routeLabels"`

	route int
}

// getGroups answers GET /api/v2/alerts/groups: what fires, by the group_by of the route.
// Nothing is paged by these groups; karma shows them.
func (a *API) getGroups(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	q, err := parseQuery(values)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, err.Error())
		return
	}
	groups := grouping{of: map[groupKey]*gettableGroup{}, receivers: map[string][]string{}}
	now := a.now()
	for _, s := range a.view.Alerts() {
		if !q.matches(&s) {
			continue
		}
		for _, end := range a.ends(s.Labels, now) {
			if q.reaches(end.Receiver, a.labelsOf) && (flag(values, "muted") || len(end.MutedBy) == 0) {
				groups.add(&end, a.inView(&s, end.MutedBy, now))
			}
		}
	}
	answer(w, r, groups.list())
}

// grouping gathers alerts by route and group labels.
type grouping struct {
	of        map[groupKey]*gettableGroup
	receivers map[string][]string // by fingerprint: of all groups that are shown
}

type groupKey struct {
	route  int
	labels string
}

func (g *grouping) add(end *headstart.Reached, alert gettableAlert) {
	key := groupKey{end.Route, canonical(pairs(end.Group))}
	group := g.of[key]
	if group == nil {
		group = &gettableGroup{Labels: end.Group, Receiver: named{end.Receiver}, RouteLabels: orEmpty(end.Labels), route: end.Route}
		g.of[key] = group
	}
	group.Alerts = append(group.Alerts, alert)
	g.receivers[alert.Fingerprint] = append(g.receivers[alert.Fingerprint], end.Receiver)
}

// list returns the groups in Alertmanager's order: by labels, then by receiver; the
// alerts of each by job, instance and labels.
func (g *grouping) list() []gettableGroup {
	out := []gettableGroup{}
	for _, group := range g.of {
		slices.SortFunc(group.Alerts, func(x, y gettableAlert) int {
			return cmp.Or(byLabel("job", x.Labels, y.Labels), byLabel("instance", x.Labels, y.Labels), compareSets(x.Labels, y.Labels))
		})
		for n := range group.Alerts {
			names := slices.Sorted(slices.Values(g.receivers[group.Alerts[n].Fingerprint]))
			group.Alerts[n].Receivers = namedAll(names)
		}
		out = append(out, *group)
	}
	slices.SortFunc(out, func(x, y gettableGroup) int {
		return cmp.Or(compareSets(x.Labels, y.Labels), cmp.Compare(x.Receiver.Name, y.Receiver.Name), cmp.Compare(x.route, y.route))
	})
	return out
}

// byLabel orders by the value of a label; without it comes last.
func byLabel(name string, x, y map[string]string) int {
	if v, w := x[name], y[name]; v == "" || w == "" {
		return -cmp.Compare(min(1, len(v)), min(1, len(w)))
	}
	return cmp.Compare(x[name], y[name])
}

// compareSets orders label sets as Prometheus does: smaller ones first.
func compareSets(x, y map[string]string) int {
	a, b := toSet(x), toSet(y)
	switch {
	case a.Equal(b):
		return 0
	case a.Before(b):
		return -1
	}
	return 1
}

func toSet(m map[string]string) model.LabelSet {
	set := make(model.LabelSet, len(m))
	for k, v := range m {
		set[model.LabelName(k)] = model.LabelValue(v)
	}
	return set
}

func pairs(m map[string]string) []pair {
	out := make([]pair, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, pair{name, m[name]})
	}
	return out
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func namedAll(names []string) []named {
	out := []named{}
	for _, name := range names {
		out = append(out, named{name})
	}
	return out
}

// whom says which receivers a query is about.
type whom struct {
	receiver *regexp.Regexp    // of their names; nil: any
	labels   []*labels.Matcher // of their own labels
}

// reaches reports whether a receiver is one that was asked for.
func (x *whom) reaches(name string, labelsOf func(string) map[string]string) bool {
	if x.receiver != nil && !x.receiver.MatchString(name) {
		return false
	}
	if len(x.labels) == 0 {
		return true
	}
	own := labelsOf(name)
	return own != nil && matchAll(x.labels, own)
}

// among reports whether one of the receivers has the name that was asked for, and one,
// maybe another, the labels: as Alertmanager asks it.
func (x *whom) among(names []string, labelsOf func(string) map[string]string) bool {
	byName, byLabel := whom{receiver: x.receiver}, whom{labels: x.labels}
	return slices.ContainsFunc(names, func(n string) bool { return byName.reaches(n, labelsOf) }) &&
		slices.ContainsFunc(names, func(n string) bool { return byLabel.reaches(n, labelsOf) })
}

func matchAll(filter []*labels.Matcher, of map[string]string) bool {
	for _, m := range filter {
		if !m.Matches(of[m.Name]) {
			return false
		}
	}
	return true
}
