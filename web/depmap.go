package web

import (
	"html/template"
	"maps"
	"slices"
	"strings"

	"headstart"
	"headstart/chart"
	"headstart/lang"
)

const (
	neighbours = 3 // healthy things beside the cause: they are the evidence
	effects    = 5 // boxes of what it hits, after folding by kind
)

// dependencyMap draws the way from what the cause hangs on, through the cause
// with its healthy neighbours, to what it hits. Things of one kind are folded.
// Without a cause in the catalog, or with nothing above and behind it, there is
// nothing to draw.
func (s *Site) dependencyMap(i *headstart.Incident, say *lang.Words) template.HTML {
	cat := s.o.View.Catalog()
	if i.Cause.Asset == "" || (cat.DeviceByID(i.Cause.Asset) == nil && cat.ServiceByID(i.Cause.Asset) == nil) {
		return ""
	}
	whole, ok := s.o.View.Incident(i.ID, say.Lang)
	if !ok {
		return ""
	}
	failing := map[string]bool{}
	for _, a := range whole.Alerts.FiringAssets {
		failing[a] = true
	}
	g := graph{cat: cat, say: say, cause: i.Cause.Asset, failing: failing}
	up, beside := g.upstream()
	hit := g.folded(whole.Alerts.Assets)
	m := chart.Topology{Small: true, Label: g.sentence(up, beside, hit)}
	add := func(t chart.Thing, from string, broken bool) {
		m.Things = append(m.Things, t)
		if from != "" {
			m.Lines = append(m.Lines, chart.Arrow{From: from, To: t.ID, Broken: broken})
		}
	}
	cause, above := chart.Thing{ID: "b cause", Text: assetName(cat, g.cause, say.Lang), Level: chart.Fine, Cause: true}, ""
	broken := failing[g.cause] || i.Cause.Kind == headstart.CauseSuspected
	if broken {
		cause.Level = chart.Broken
	}
	if up != "" {
		above = "up"
		add(chart.Thing{ID: above, Text: assetName(cat, up, say.Lang), Level: g.level(up)}, "", false)
	}
	for _, id := range beside {
		add(chart.Thing{ID: "a " + id, Text: assetName(cat, id, say.Lang), Level: chart.Fine}, above, false)
	}
	add(cause, above, broken)
	for _, b := range hit {
		add(b, cause.ID, b.Level == chart.Broken)
	}
	if len(m.Lines) == 0 {
		return ""
	}
	return m.Draw()
}

type graph struct {
	cat     *headstart.Catalog
	say     *lang.Words
	cause   string
	failing map[string]bool
}

func (g *graph) dependencies(id string) headstart.Dependencies {
	if d := g.cat.DeviceByID(id); d != nil {
		return d.DependsOn
	}
	if s := g.cat.ServiceByID(id); s != nil {
		return s.DependsOn
	}
	return nil
}

// upstream returns the first thing the cause hangs on, and what else hangs on
// it and does not fail.
func (g *graph) upstream() (up string, beside []string) {
	for _, group := range g.dependencies(g.cause) {
		if len(group) > 0 {
			up = group[0]
			break
		}
	}
	if up == "" {
		return "", nil
	}
	for _, d := range g.cat.Devices {
		if d.ID == g.cause || g.failing[d.ID] || len(beside) == neighbours {
			continue
		}
		if slices.ContainsFunc(d.DependsOn, func(group []string) bool { return slices.Contains(group, up) }) {
			beside = append(beside, d.ID)
		}
	}
	return up, beside
}

func (g *graph) level(id string) chart.Level {
	if g.failing[id] {
		return chart.Broken
	}
	return chart.Fine
}

// folded makes boxes of the assets hit: one each for the only one of its kind,
// one for all of a kind otherwise. Kinds stand in order of their names.
func (g *graph) folded(assets []string) []chart.Thing {
	kinds := g.byKind(assets)
	var out []chart.Thing
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if len(out) == effects {
			break
		}
		out = append(out, g.box(kind, kinds[kind]))
	}
	return out
}

// byKind sorts assets by their kind, without the cause.
func (g *graph) byKind(assets []string) map[string][]string {
	kinds := map[string][]string{}
	for _, id := range assets {
		if id == g.cause {
			continue
		}
		kind := "service"
		if d := g.cat.DeviceByID(id); d != nil {
			kind = strings.ToLower(d.Kind)
		}
		kinds[kind] = append(kinds[kind], id)
	}
	return kinds
}

// box stands for all assets of a kind; it is broken if one of them is.
func (g *graph) box(kind string, ids []string) chart.Thing {
	b := chart.Thing{ID: "k:" + kind, Level: chart.Fine}
	if slices.ContainsFunc(ids, func(id string) bool { return g.failing[id] }) {
		b.Level = chart.Broken
	}
	if len(ids) == 1 {
		b.Text = assetName(g.cat, ids[0], g.say.Lang)
	} else {
		b.Text = g.say.SayOr("kind.", kind, g.say.Say("kind.many", "count", len(ids), "kind", kind), "n", len(ids))
	}
	return b
}

// sentence says what the picture shows.
func (g *graph) sentence(up string, beside []string, hit []chart.Thing) string {
	var b strings.Builder
	b.WriteString(g.say.Say("map.cause", "name", assetName(g.cat, g.cause, g.say.Lang)))
	if up != "" {
		b.WriteString(" " + g.say.Say("map.up", "name", assetName(g.cat, up, g.say.Lang)))
	}
	if len(beside) > 0 {
		b.WriteString(" " + g.say.Say("map.beside", "names", joined(beside, func(id string) string { return assetName(g.cat, id, g.say.Lang) })))
	}
	if len(hit) > 0 {
		names := make([]string, len(hit))
		for i, h := range hit {
			names[i] = h.Text
		}
		b.WriteString(" " + g.say.Say("map.hit", "names", strings.Join(names, ", ")))
	}
	return b.String()
}
