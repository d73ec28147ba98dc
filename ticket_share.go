package headstart

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// TicketTexts are what many tickets say alike: names of sources and places, catalog ids
// and words of their evidence. A ticket that was read from JSON has a text of its own of
// each, and a map of its own of what is mostly one cue or two: more than half of what ten
// thousand tickets take. The zero value is ready; it is for one goroutine at a time.
type TicketTexts struct {
	words words
	cues  map[string]map[string]int // by what they say
}

// mostCues bounds the sets of cues that are shared.
const mostCues = 5_000

// Share lets t say what others say in the same texts. Nothing it holds must be changed
// afterwards but by giving it something new.
func (x *TicketTexts) Share(t *Ticket) {
	if x.words == nil {
		x.words, x.cues = words{}, map[string]map[string]int{}
	}
	for _, s := range []*string{
		&t.Source, &t.Channel, &t.Status, &t.Priority, &t.Category, &t.SupportGroup, &t.WaitingOn, &t.Requester.Department, &t.Requester.Location,
	} {
		x.words.share(s)
	}
	if t.Evidence != nil {
		x.evidence(t.Evidence)
	}
}

func (x *TicketTexts) evidence(e *Evidence) {
	w := x.words
	w.share(&e.Catalog)
	w.share(&e.Language)
	e.Assets, e.Locations, e.Departments, e.Stems = fitted(e.Assets), fitted(e.Locations), fitted(e.Departments), fitted(e.Stems)
	for _, list := range [][]Mention{e.Assets, e.Locations, e.Departments} {
		for n := range list {
			w.share(&list[n].ID)
			w.share(&list[n].Word)
		}
	}
	shareAll(w, e.Stems)
	if e.Cues != nil {
		e.Cues = x.oneOf(e.Cues)
	}
}

// oneOf is the one map that all have whose cues are the same.
func (x *TicketTexts) oneOf(cues map[string]int) map[string]int {
	var says strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cues)) {
		says.WriteString(name + "=" + strconv.Itoa(cues[name]) + " ")
	}
	if one, known := x.cues[says.String()]; known {
		return one
	}
	if len(x.cues) >= mostCues {
		clear(x.cues) // tickets keep what they have
	}
	x.cues[says.String()] = cues
	return cues
}

func shareAll(w words, list []string) {
	for n := range list {
		w.share(&list[n])
	}
}
