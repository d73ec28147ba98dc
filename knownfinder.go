package headstart

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// KnownFinder finds the known errors that incidents and tickets look like. It reads a
// View and nothing else, and keeps what follows from the records until these change.
// It is safe for concurrent use.
type KnownFinder struct {
	view  *View
	stems func(phrase string) [][][]string

	mu      sync.Mutex
	edition uint64
	index   *knownIndex // nil: not read yet
}

// NewKnownFinder returns a finder. Stems are a phrase's words, once for each language it
// may be read in, each word as the keyed stems that say it: those that evidence of tickets
// has, so that what users say is compared without anybody's text (ruling 7). Nil: tickets
// say nothing.
func NewKnownFinder(view *View, stems func(phrase string) [][][]string) *KnownFinder {
	return &KnownFinder{view: view, stems: stems}
}

// knownIndex is all records in use, and how to find them.
type knownIndex struct {
	all       []*indexed
	byAsset   map[string][]*indexed // those it names, and those of its cases
	byService map[string][]*indexed
	byCase    map[IncidentID][]*indexed
	above     map[string][]string // by place: itself and those above it
}

// mostFits is how many are offered of one incident or ticket: more nobody reads.
const mostFits = 3

// For returns what i looks like, the best first.
func (f *KnownFinder) For(i *Incident) []KnownFit { return f.ForAll([]Incident{*i})[i.ID] }

// ForAll is For for several at once: it goes through tickets and incidents no more than
// once. What looks like nothing is left out.
func (f *KnownFinder) ForAll(list []Incident) map[IncidentID][]KnownFit {
	x := f.current()
	v := f.view
	v.mu.RLock()
	defer v.mu.RUnlock()
	stems := v.stemsOf(list, x)
	earlier := v.solvedBefore(list)
	out := map[IncidentID][]KnownFit{}
	for n := range list {
		i := &list[n]
		var fits []KnownFit
		s := x.sighting(i)
		if near := x.near(s); len(near) > 0 {
			v.look(s, i, stems[i.ID])
			fits = s.fitting(near)
		}
		if before := earlier[i.ID]; before != nil && len(fits) == 0 {
			fits = append(fits, *before)
		}
		if len(fits) > 0 {
			out[i.ID] = fits
		}
	}
	return out
}

// ForTicket returns what a ticket says that is known, the best first.
func (f *KnownFinder) ForTicket(t *TicketState) []KnownFit {
	e := t.Evidence
	if e == nil || len(e.Stems) == 0 {
		return nil
	}
	x := f.current()
	r := &report{stems: e.Stems}
	for _, m := range e.Assets {
		if m.Strength >= clearlyNamed {
			r.names = append(r.names, m.ID)
		}
	}
	r.locations = slices.Clone(x.above[t.Requester.Location])
	for _, m := range e.Locations {
		r.locations = append(r.locations, x.above[m.ID]...)
	}
	var fits []KnownFit
	for _, k := range x.all {
		if score, why, ok := k.fitsTicket(r); ok {
			fits = append(fits, fitOf(k, score, why))
		}
	}
	return best(fits)
}

// clearlyNamed is from which Mention.Strength on a ticket names a thing: a symptom word
// of its kind, or better.
const clearlyNamed = .6

// current returns the index of the records as they are now.
func (f *KnownFinder) current() *knownIndex {
	f.mu.Lock()
	defer f.mu.Unlock()
	if edition := f.view.KnownEdition(); f.index != nil && edition == f.edition {
		return f.index
	}
	edition, list := f.view.knownAt()
	x := &knownIndex{
		byAsset: map[string][]*indexed{}, byService: map[string][]*indexed{}, byCase: map[IncidentID][]*indexed{},
		above: parentsOf(f.view.Catalog()),
	}
	for _, k := range list {
		if k.InUse() {
			x.add(&indexed{KnownRecord: k, symptoms: f.symptoms(&k)})
		}
	}
	f.index, f.edition = x, edition
	return x
}

// symptoms are what users say of k, Dutch first.
func (f *KnownFinder) symptoms(k *KnownRecord) (out []symptom) {
	if f.stems == nil {
		return nil
	}
	for _, lang := range slices.Backward(slices.Sorted(maps.Keys(k.Symptoms))) {
		for _, text := range k.Symptoms[lang] {
			out = append(out, symptom{text: text, forms: f.stems(text)})
		}
	}
	return out
}

func (x *knownIndex) add(k *indexed) {
	k.n = len(x.all)
	x.all = append(x.all, k)
	put := func(m map[string][]*indexed, ids []string) {
		for _, id := range ids {
			if list := m[id]; len(list) == 0 || list[len(list)-1] != k {
				m[id] = append(list, k)
			}
		}
	}
	put(x.byAsset, k.Assets)
	put(x.byService, k.Services)
	for n := range k.Cases {
		c := &k.Cases[n]
		put(x.byAsset, c.Assets)
		x.byCase[c.Incident] = append(x.byCase[c.Incident], k)
	}
}

// near are the records that may fit s at all, in the order of their ids.
func (x *knownIndex) near(s *sighting) []*indexed {
	var out []*indexed
	for _, a := range s.assets {
		out = append(out, x.byAsset[a]...)
	}
	for _, id := range s.services {
		out = append(out, x.byService[id]...)
	}
	if s.returned != "" {
		out = append(out, x.byCase[s.returned]...)
	}
	slices.SortFunc(out, func(a, b *indexed) int { return cmp.Compare(a.n, b.n) })
	return slices.Compact(out)
}

// fitting are those of near that fit s, the best first.
func (s *sighting) fitting(near []*indexed) []KnownFit {
	var fits []KnownFit
	for _, k := range near {
		if score, why, ok := k.fits(s); ok {
			fits = append(fits, fitOf(k, score, why))
		}
	}
	return best(fits)
}

func fitOf(k *indexed, score float64, why []KnownReason) KnownFit {
	return KnownFit{Record: &k.KnownRecord, Score: score, Why: why, Confidential: k.Confidential}
}

// best orders fits: what helped before what did not, then by score, by how often it
// helped, and by id.
func best(fits []KnownFit) []KnownFit {
	slices.SortStableFunc(fits, func(a, b KnownFit) int {
		doubted := func(f KnownFit) int {
			if f.Record.Doubted() {
				return 1
			}
			return 0
		}
		return cmp.Or(
			cmp.Compare(doubted(a), doubted(b)), cmp.Compare(b.Score, a.Score),
			cmp.Compare(b.Record.Helped-b.Record.Failed, a.Record.Helped-a.Record.Failed), CompareKnown(a.Record.ID, b.Record.ID))
	})
	return fits[:min(len(fits), mostFits)]
}

// sighting is what i says by itself.
func (x *knownIndex) sighting(i *Incident) *sighting {
	s := &sighting{assets: CauseAssets(&i.Cause), services: i.Services, kind: i.Cause.Kind, returned: i.RecurrenceOf}
	for _, l := range i.Locations {
		s.locations = append(s.locations, x.above[l]...)
	}
	return s
}

// look adds what its members and tickets say; the caller holds the lock.
func (v *View) look(s *sighting, i *Incident, stems [][]string) {
	s.checks = map[string]bool{}
	for m := range v.eachMember(i.Group) {
		if !slices.Contains(s.assets, m.Asset) {
			continue
		}
		if p, known := v.problems.get(m.Problem); known {
			s.checks[p.Check] = p.Class == Reachability
		}
	}
	if len(stems) > 0 {
		s.says = func(y *symptom) (n int) {
			for _, one := range stems {
				if y.in(one) {
					n++
				}
			}
			return n
		}
	}
}

// CauseAssets are the assets that a probable cause names, without those of no name.
func CauseAssets(c *Cause) []string {
	all := append([]string{c.Asset}, c.Also...)
	return slices.DeleteFunc(all, func(a string) bool { return a == "" })
}

// stemsOf are the stems of the tickets linked to each of list, if any record asks for
// them; the caller holds the lock.
func (v *View) stemsOf(list []Incident, x *knownIndex) map[IncidentID][][]string {
	if !slices.ContainsFunc(x.all, func(k *indexed) bool { return len(k.symptoms) > 0 }) {
		return nil
	}
	out := map[IncidentID][][]string{}
	wanted := map[GroupID]IncidentID{}
	for n := range list {
		if list[n].Tickets.Linked > 0 {
			wanted[list[n].Group] = list[n].ID
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	for _, t := range v.tickets {
		l := t.Linked()
		if l == nil || t.Evidence == nil {
			continue
		}
		if id := wanted[l.Group]; id != "" {
			out[id] = append(out[id], t.Evidence.Stems)
		}
	}
	return out
}

// teaches reports whether its closing summary says what helped, and no record does.
func (i *Incident) teaches() bool {
	return !i.Live() && i.MergedInto == "" && i.KnownError == "" && i.Summary != nil && i.Summary.Solution != "" && i.ResolvedAt != nil
}

// solvedBefore finds for each of list the latest incident with the same cause whose
// closing summary says what helped, and that no record tells of; the caller holds the
// lock.
func (v *View) solvedBefore(list []Incident) map[IncidentID]*KnownFit {
	latest := map[string]*Incident{}
	for n := range list {
		if a := list[n].Cause.Asset; a != "" {
			latest[a] = nil
		}
	}
	for _, j := range v.incidents {
		was, wanted := latest[j.Cause.Asset]
		if wanted && j.teaches() && (was == nil || was.Seq < j.Seq) {
			latest[j.Cause.Asset] = j
		}
	}
	out := map[IncidentID]*KnownFit{}
	for n := range list {
		i := &list[n]
		j, why := v.incidents[i.RecurrenceOf], KnownReason{Kind: "again"}
		if j == nil || !j.teaches() {
			j, why = latest[i.Cause.Asset], KnownReason{Kind: "asset_before", Subject: i.Cause.Asset}
		}
		if j != nil && j.Seq < i.Seq {
			why.Incident, why.At = j.ID, *j.ResolvedAt
			out[i.ID] = &KnownFit{
				Earlier: j.ID, At: why.At, Solution: j.Summary.Solution, Score: sameAsset, Confidential: j.Confidential, Why: []KnownReason{why},
			}
		}
	}
	return out
}
