package web

import (
	"strings"

	"headstart"
	"headstart/lang"
)

// WhatIf says what would happen if assets went down together.
type WhatIf func(assets ...string) headstart.WhatIf

const whatIfNames = 12 // of one kind that are named

// whatIfPart is the answer to "what if this goes down" in words.
type whatIfPart struct {
	Head    string
	Text    string // one sentence: people, printers, services
	Lines   []whatIfLine
	Also    []string // assets asked for, as ids
	Hidden  int      // things among it that the viewer may not know of
	Nothing bool     // nobody would notice
}

// whatIfLine is one kind of thing with what of it is hit.
type whatIfLine struct{ Name, Text string }

// whatIf asks what happens if assets go down, and says it.
func (s *Site) whatIf(see *sight, assets []*headstart.TopologyNode, say *lang.Words) *whatIfPart {
	ids := make([]string, len(assets))
	for n, a := range assets {
		ids[n] = a.ID
	}
	f := s.o.WhatIf(ids...)
	p := &whatIfPart{Head: say.Say("whatif.head", "names", joined(ids, func(id string) string { return see.name(id, say.Lang) })), Also: ids}
	p.say(see, f, say)
	return p
}

// WhatIfLines says an answer in lines of text, to somebody who may know everything.
func WhatIfLines(view *headstart.View, f headstart.WhatIf, say *lang.Words) []string {
	see := &sight{view: view, topology: view.Topology(), v: viewer{confidential: true}}
	var p whatIfPart
	p.say(see, f, say)
	if p.Nothing {
		p.Text = say.Say("whatif.nothing")
	}
	out := []string{p.Text}
	for _, l := range p.Lines {
		out = append(out, l.Name+": "+l.Text)
	}
	return out
}

func (p *whatIfPart) say(see *sight, f headstart.WhatIf, say *lang.Words) {
	asset := func(id string) string { return see.name(id, say.Lang) }
	place := func(id string) string { return see.topology.Catalog.LocationName(id, say.Lang) }
	lost, hidden := see.visible(f.Lost)
	stopped, _ := see.visible(f.Stopped)
	services, _ := see.visible(f.Services)
	p.Hidden = hidden
	printers := see.ofKind(lost, "printer")
	p.Text = say.Say("whatif.text", "people", say.Say("word.people", "n", f.People), "printers", say.Say("whatif.printers", "n", len(printers)), "services", say.Say("whatif.services", "n", len(services)))
	p.Nothing = f.People == 0 && len(services) == 0
	line := func(key string, ids []string, name func(string) string) {
		if len(ids) > 0 {
			p.Lines = append(p.Lines, whatIfLine{say.Say(key), some(ids, name, say)})
		}
	}
	line("whatif.stopped", stopped, asset)
	line("whatif.partly", without(services, stopped), asset)
	line("whatif.printing", printers, asset)
	line("whatif.places", see.places(f.Locations), place)
	line("whatif.departments", see.departments(f.Departments), func(id string) string { return see.topology.Catalog.DepartmentName(id, say.Lang) })
	if !p.Nothing {
		line("whatif.told", see.audiences(&f.Reach), func(id string) string {
			if id == "all" {
				return say.Say("whatif.everybody")
			}
			return place(id)
		})
	}
	p.Lines = append(p.Lines, whatIfLine{say.Say("whatif.lost"), say.Say("map.things", "n", len(lost))})
	spared := see.spared(f.Spared)
	for _, x := range spared[:min(len(spared), whatIfNames)] {
		p.Lines = append(p.Lines, whatIfLine{say.Say("whatif.spared"), say.Say("whatif.keptby", "name", asset(x.Asset), "by", joined(x.KeptBy, asset))})
	}
}

// spared leaves what goes on that the viewer may know of, if it may know what keeps it.
func (s *sight) spared(all []headstart.Spared) []headstart.Spared {
	out := []headstart.Spared{}
	for _, x := range all {
		n := s.topology.Node(x.Asset)
		x.Lost, _ = s.visible(x.Lost)
		if x.KeptBy, _ = s.visible(x.KeptBy); n != nil && s.shown(n) && len(x.KeptBy) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// audiences are who would be told, as far as they are for places the viewer knows of.
func (s *sight) audiences(r *headstart.Reach) []string {
	out := []string{}
	for _, a := range headstart.Audiences(s.view.Config(), r) {
		if s.v.at(a.Locations...) {
			out = append(out, a.ID)
		}
	}
	return out
}

// ofKind keeps the devices of a kind.
func (s *sight) ofKind(ids []string, kind string) []string {
	out := []string{}
	for _, id := range ids {
		if n := s.topology.Node(id); n != nil && n.Device != nil && strings.EqualFold(n.Device.Kind, kind) {
			out = append(out, id)
		}
	}
	return out
}

// some names the first of a list and counts the rest.
func some(ids []string, name func(string) string, say *lang.Words) string {
	text := joined(ids[:min(len(ids), whatIfNames)], name)
	if more := len(ids) - whatIfNames; more > 0 {
		text += " " + say.Say("whatif.more", "n", more)
	}
	return text
}

// without returns ids that are not among others.
func without(ids, others []string) []string {
	not := map[string]bool{}
	for _, id := range others {
		not[id] = true
	}
	out := []string{}
	for _, id := range ids {
		if !not[id] {
			out = append(out, id)
		}
	}
	return out
}
