package correlate

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"headstart"
)

// modelRow is the one row of what the matcher goes by. The zero value is the
// shipped model.
type modelRow struct {
	V       int                `json:"v"`
	Version int                `json:"version"`           // of the model event; 0: as shipped
	Weights map[string]float64 `json:"weights,omitempty"` // of that event
	Shipped int                `json:"shipped,omitempty"` // see headstart.Model

	weights weights
	words   map[string]float64 // hashed stem: its log-odds of a malfunction
}

// wordPrefix opens the name of a learned word among the weights of a model: a
// hashed stem and its log-odds.
const wordPrefix = "word:"

// Bounds of a model event: what lies outside was not made by a refit.
const (
	maxWeight   = 20
	maxWordOdds = .7
	maxModel    = 4000 // weights and words
)

// What learned words say together: the twelve strongest, and no more than two
// weak features would.
const (
	mostWords    = 12
	mostWordOdds = 2
)

// applyModel takes a refit over; from here on its weights hold. What was decided
// stays as it is until a ticket is matched anew.
func (s *State) applyModel(in *headstart.Model) {
	if why := flawed(in); why != "" {
		s.say(headstart.Noted, "E-22", "refused", itoa(in.Version), "why", why)
		return
	}
	s.model = modelRow{V: 1, Version: in.Version, Shipped: in.Shipped, Weights: map[string]float64{}}
	fits := in.Shipped == headstart.ShippedWeights
	for name, w := range in.Weights {
		if !fits && !strings.HasPrefix(name, wordPrefix) {
			continue
		}
		if round(w) != 0 || !strings.HasPrefix(name, wordPrefix) {
			s.model.Weights[name] = round(w)
		}
	}
	s.model.Weights = orNoneMap(s.model.Weights)
	s.model.unpack()
	s.mark(headstart.TableMemory, modelKey)
	s.say(headstart.Noted, "E-22", "learned", itoa(in.Version), "weights", itoa(len(s.model.Weights)-len(s.model.words)), "words", itoa(len(s.model.words)))
}

func orNoneMap(m map[string]float64) map[string]float64 {
	if len(m) == 0 {
		return nil
	}
	return m
}

// flawed says why a model cannot be one, or "".
func flawed(m *headstart.Model) string {
	if len(m.Weights) > maxModel {
		return "too many weights"
	}
	if m.Version < 1 {
		return "its version is not positive"
	}
	for name, w := range m.Weights {
		most := float64(maxWeight)
		if strings.HasPrefix(name, wordPrefix) {
			most = maxWordOdds
		}
		if !(math.Abs(w) <= most) {
			return "a weight is out of range"
		}
	}
	return ""
}

// unpack makes the weights ready. Names this version does not know, of features it
// no longer has, count for nothing, nor do weights fitted around other shipped ones.
func (m *modelRow) unpack() {
	m.weights, m.words = shipped(), map[string]float64{}
	for i := range kinds {
		if w, learned := m.Weights[kinds[i].name]; learned && m.Shipped == headstart.ShippedWeights {
			m.weights[i] = w
		}
	}
	for name, w := range m.Weights {
		if stem, is := strings.CutPrefix(name, wordPrefix); is {
			m.words[stem] = w
		}
	}
}

// learned is what the learned words of a text say, in log-odds.
func (s *State) learned(e *headstart.Evidence) float64 {
	if len(s.model.words) == 0 {
		return 0
	}
	var odds []float64
	for _, stem := range e.Stems {
		if w, known := s.model.words[stem]; known {
			odds = append(odds, w)
		}
	}
	slices.SortFunc(odds, func(a, b float64) int { return cmp.Or(cmp.Compare(math.Abs(b), math.Abs(a)), cmp.Compare(a, b)) })
	sum := 0.0
	for _, w := range odds[:min(len(odds), mostWords)] {
		sum += w
	}
	return round(max(-mostWordOdds, min(mostWordOdds, sum)))
}
