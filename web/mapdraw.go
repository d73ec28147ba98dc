package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"headstart"
	"headstart/chart"
	"headstart/lang"
	"headstart/web/folding"
)

const rowNames = 12 // members of a box that its row of the table names

// mapRow is one box of the map in words: the table says what the picture does.
type mapRow struct {
	Anchor      string
	Name        string
	Href        string // of one thing; empty: a box of several
	Level, Word string
	Place       string
	Needs       string // names of what it hangs on
	Members     []mapLink
	More        int // members beyond those listed
	Incident    headstart.IncidentID
}

// drawing is a picture with what stands beside it.
type drawing struct {
	svg      template.HTML
	sentence string
	rows     []mapRow
}

// levels is how a state is drawn: chart's level, and the level of a tag.
var standingLevels = map[headstart.StandingState]struct {
	chart chart.Level
	tag   string
}{
	headstart.Failing: {chart.Broken, "red"}, headstart.Suspected: {chart.Broken, "red"}, headstart.Warning: {chart.Partly, "amber"},
	headstart.Doubtful: {chart.Unsure, "grey"}, headstart.InWork: {chart.Planned, "blue"}, headstart.Working: {chart.Fine, "green"}, headstart.Unwatched: {chart.Unsure, "grey"},
}

// draw turns a folded picture into boxes with words, and the same as a table.
func (s *sight) draw(p folding.Picture, say *lang.Words) drawing {
	out := drawing{sentence: sentence(p, say)}
	picture := chart.Topology{Label: out.sentence, Links: say.Say("map.links")}
	names := make([]string, len(p.Boxes))
	for n := range p.Boxes {
		row := s.row(&p.Boxes[n], n, say)
		names[n] = row.Name
		out.rows = append(out.rows, row)
		picture.Things = append(picture.Things, thing(&p.Boxes[n], &row))
	}
	for _, l := range p.Lines {
		from, to := p.Boxes[l[0]].Look.State, p.Boxes[l[1]].Look.State
		picture.Lines = append(picture.Lines, chart.Arrow{From: boxID(l[0]), To: boxID(l[1]), Broken: isWrong(from) && isWrong(to)})
		needs := &out.rows[l[1]].Needs
		*needs = strings.TrimPrefix(*needs+", "+names[l[0]], ", ")
	}
	out.svg = picture.Draw()
	slices.SortStableFunc(out.rows, func(a, b mapRow) int { return cmp.Compare(tagRank[a.Level], tagRank[b.Level]) })
	return out
}

// tagRank puts what is wrong first.
var tagRank = map[string]int{"red": 0, "blue": 1, "amber": 2, "grey": 3, "green": 4}

func isWrong(s headstart.StandingState) bool {
	return s == headstart.Failing || s == headstart.Suspected
}

// boxID keeps the order of the boxes in that of their names.
func boxID(n int) string { return fmt.Sprintf("b%03d", n) }

func thing(b *folding.Box, row *mapRow) chart.Thing {
	t := chart.Thing{ID: row.Anchor, Text: row.Name, Word: row.Word, Level: standingLevels[b.Look.State].chart, Cause: b.Kept, Mark: b.Look.Mark, Href: row.Href}
	if row.Place != "" {
		t.Word += " · " + row.Place
	}
	if t.Href == "" {
		t.Href = "#" + row.Anchor
	}
	return t
}

// row says one box in words.
func (s *sight) row(b *folding.Box, n int, say *lang.Words) mapRow {
	first := b.Members[0]
	r := mapRow{Anchor: boxID(n), Level: standingLevels[b.Look.State].tag, Word: say.Say("map.state." + string(b.Look.State))}
	switch b.Look.Mark {
	case "plan":
		r.Word += ", " + say.Say("map.mark.plan")
	case "mute":
		r.Word += ", " + say.Say("map.mark.mute")
	}
	if place := commonPlace(b.Members); place != "" {
		r.Place = s.topology.Catalog.LocationName(place, say.Lang)
	}
	if len(b.Members) == 1 {
		r.Name, r.Href, r.Incident = first.Name(say.Lang), assetAddress(first.ID), s.of(first).Incident
		return r
	}
	r.Name = countOf(b.Kind, len(b.Members), say)
	for _, m := range b.Members[:min(len(b.Members), rowNames)] {
		r.Members = append(r.Members, mapLink{ID: m.ID, Name: m.Name(say.Lang), Href: assetAddress(m.ID)})
	}
	r.More = len(b.Members) - len(r.Members)
	return r
}

// countOf is "14 wifi-punten"; of several kinds "14 dingen".
func countOf(kind string, n int, say *lang.Words) string {
	switch kind {
	case "", "device":
		return say.Say("map.things", "n", n)
	}
	return say.SayOr("kind.", strings.ToLower(kind), say.Say("kind.many", "count", n, "kind", kind), "n", n)
}

// commonPlace is where all of them stand; empty: they do not stand together.
func commonPlace(members []*folding.Node) string {
	for _, m := range members {
		if m.Location != members[0].Location {
			return ""
		}
	}
	return members[0].Location
}

// sentence says what the picture shows, for whoever does not see it.
func sentence(p folding.Picture, say *lang.Words) string {
	count := map[headstart.StandingState]int{}
	for _, b := range p.Boxes {
		count[b.Look.State] += len(b.Members)
	}
	var parts []string
	for _, state := range []headstart.StandingState{
		headstart.Failing, headstart.Suspected, headstart.InWork, headstart.Warning, headstart.Working, headstart.Doubtful, headstart.Unwatched,
	} {
		if n := count[state]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+say.Say("map.state."+string(state)))
		}
	}
	return say.Say("map.sentence", "n", p.Total, "states", strings.Join(parts, ", "))
}
