package web

import (
	"slices"
	"strings"

	"headstart"
	"headstart/lang"
)

// The tabs of an incident's page, in their order. Each is a page of its own for who
// has no JavaScript, with an address to send to a colleague: /i/HS-12?tab=tickets.
const (
	tabOverview = "overview"
	tabTimeline = "timeline"
	tabEvidence = "evidence"
	tabTickets  = "tickets"
	tabMessages = "messages"
	tabMap      = "map"
	tabAfter    = "after"
)

// tabRegions are the live parts of a tab, beside those that all have.
var tabRegions = map[string][]string{
	tabOverview: {"messages", "tickets"},
	tabTimeline: {"timeline"},
	tabEvidence: {"members"},
	tabTickets:  {"tickets"},
	tabMessages: {"messages"},
	tabMap:      {"wholemap"},
	tabAfter:    {"after"},
}

// tabOf is the tab of that name; an unknown one is the first.
func tabOf(name string) string {
	if _, ok := tabRegions[name]; ok {
		return name
	}
	return tabOverview
}

// tabLink is one tab as its page shows it.
type tabLink struct {
	ID, Name string
	Count    int // of what is in it; zero: not said
	Current  bool
}

// tabLinks are the tabs of an incident's page.
func (v *incidentView) tabLinks(say *lang.Words) []tabLink {
	counts := map[string]int{tabTickets: len(v.Tickets), tabMessages: len(v.Announcements), tabEvidence: len(v.Members), tabAfter: len(v.Unanswered)}
	var out []tabLink
	for _, id := range []string{tabOverview, tabTimeline, tabEvidence, tabTickets, tabMessages, tabMap, tabAfter} {
		if id == tabMap && v.Map == "" {
			continue // there is nothing to draw
		}
		out = append(out, tabLink{ID: id, Name: say.Say("tab." + id), Count: counts[id], Current: id == v.Tab})
	}
	return out
}

// The kinds of entries a timeline can be narrowed to.
const (
	showAll      = ""
	showSignals  = "signals"  // what machines said and rules made of it
	showPeople   = "people"   // what a person did
	showMessages = "messages" // what users were told
)

// showOf is the kind of entries of that name; an unknown one is all.
func showOf(name string) string {
	if slices.Contains([]string{showSignals, showPeople, showMessages}, name) {
		return name
	}
	return showAll
}

// kindOf says which kind an entry is of.
func kindOf(e *headstart.TimelineEntry) string {
	switch {
	case strings.HasPrefix(e.Rule, "A-"):
		return showMessages
	case e.By != "rule" && e.By != "":
		return showPeople
	default:
		return showSignals
	}
}

// narrowed are the entries of one kind, newest first.
func narrowed(all []headstart.TimelineEntry, show string) []headstart.TimelineEntry {
	out := slices.DeleteFunc(slices.Clone(all), func(e headstart.TimelineEntry) bool { return show != showAll && kindOf(&e) != show })
	slices.Reverse(out)
	return out
}

// shows are the choices of a timeline with how many entries each has.
func shows(all []headstart.TimelineEntry, current string, say *lang.Words) []tabLink {
	counts := map[string]int{showAll: len(all)}
	for n := range all {
		counts[kindOf(&all[n])]++
	}
	out := []tabLink{{Name: say.Say("show.all"), Count: counts[showAll], Current: current == showAll}}
	for _, id := range []string{showSignals, showPeople, showMessages} {
		out = append(out, tabLink{ID: id, Name: say.Say("show." + id), Count: counts[id], Current: id == current})
	}
	return out
}
