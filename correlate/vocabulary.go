package correlate

import "headstart"

// vocabulary is what the tickets that people linked to one group have in common.
type vocabulary struct {
	tickets int
	stems   map[string]int // in how many of them
}

// What two texts must have in common before that says anything.
const (
	leastConfirmed = 2
	fewStems       = 4
)

// likens is how much a text is like the tickets of v: the share of its stems that
// two of them have, less while there are few.
func (v *vocabulary) likens(e *headstart.Evidence) float64 {
	if v == nil || v.tickets < leastConfirmed {
		return 0
	}
	common := 0
	for _, stem := range e.Stems {
		if v.stems[stem] >= leastConfirmed {
			common++
		}
	}
	share := float64(common) / float64(max(len(e.Stems), fewStems))
	return round(float64(share * float64(min(v.tickets, fewStems)) / fewStems))
}

// teach takes the words of t into what is known of the group a person linked it to,
// or out again (by -1): call it before and after a change of t.
func (s *State) teach(t *headstart.TicketState, by int) {
	if t.Evidence == nil || !linkedByHand(t) {
		return
	}
	s.ready = nil
	id := t.Linked().Group
	v := s.confirmed[id]
	if v == nil {
		v = &vocabulary{stems: map[string]int{}}
		s.confirmed[id] = v
	}
	if v.tickets += by; v.tickets == 0 {
		delete(s.confirmed, id)
	}
	for _, stem := range t.Evidence.Stems {
		if v.stems[stem] += by; v.stems[stem] == 0 {
			delete(v.stems, stem)
		}
	}
}

// teachAll makes the index anew.
func (s *State) teachAll() {
	s.confirmed = map[headstart.GroupID]*vocabulary{}
	for _, t := range s.tickets { // sums, so map order decides nothing
		s.teach(t, 1)
	}
}
