package correlate

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headstart"
)

// judgedTicket is a ticket of which people said whether it belongs to an incident.
func judgedTicket(n int, right bool, at time.Time, by string, x vector, stems ...string) *headstart.TicketState {
	return &headstart.TicketState{
		V:       1,
		Ticket:  headstart.Ticket{Source: "rt", ID: fmt.Sprint(n), Requester: headstart.Requester{ID: by}, Evidence: &headstart.Evidence{Stems: stems}},
		Reviews: []headstart.Review{{Group: 1, Right: right, At: at, Features: x.named()}},
	}
}

// The weights it finds are where the gradient of the loss is zero: nothing near
// them explains the verdicts better.
func TestRefitFindsTheBestWeights(t *testing.T) {
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var pairs []pair
	for n := range 60 {
		p := pair{right: n%3 > 0}
		p.x[bias], p.x[service] = 1, float64(n%4)*.4
		if n%5 == 0 {
			p.x[several] = .5
		}
		if n%7 == 0 {
			p.x[rival] = 1
		}
		pairs = append(pairs, p)
	}
	w := fit(pairs)
	prior := shipped()
	loss := func(w weights) float64 {
		sum := 0.0
		for i := range w {
			sum += pull / 2. * (w[i] - prior[i]) * (w[i] - prior[i])
		}
		for i := range pairs {
			z := w.sum(&pairs[i].x)
			if pairs[i].right {
				z = -z
			}
			sum += math.Log1p(math.Exp(z))
		}
		return sum
	}
	best := loss(w)
	for i := range w {
		for _, step := range []float64{-1e-3, 1e-3} {
			near := w
			near[i] += step
			if loss(near) < best {
				t.Errorf("%s: a step of %v explains the verdicts better", kinds[i].name, step)
			}
		}
	}
	var tickets []*headstart.TicketState
	for n := range pairs {
		tickets = append(tickets, judgedTicket(n, pairs[n].right, day, fmt.Sprint(n), pairs[n].x))
	}
	m := Refit(tickets, 7, day, time.UTC)
	if m == nil || m.Version != 7 || m.Weights["service"] != round(w[service]) || m.Weights["howto"] != 0 {
		t.Errorf("model %+v; want version 7, service at %v, and nothing about how-to, of which nobody said anything", m, round(w[service]))
	}
	if why := flawed(m); why != "" {
		t.Errorf("its own model is refused: %s", why)
	}
}

// Verdicts that the shipped weights held for nearly impossible lead there too: a whole
// step of Newton's method overshoots from so far, and each next one by more.
func TestRefitOfSurprisesSettles(t *testing.T) {
	var pairs []pair
	for n := range 400 {
		p := pair{right: n%8 > 0}
		p.x[bias], p.x[question], p.x[onePerson] = 1, 1, 1
		p.x[everywhere], p.x[noService] = float64(n%2), float64(n%3/2)
		pairs = append(pairs, p)
	}
	w, prior := fit(pairs), shipped()
	for i, step := range newton(pairs, &w, &prior) {
		if math.Abs(step) > 1e-4 {
			t.Errorf("%s is %v and still %v from where it settles", kinds[i].name, w[i], step)
		}
	}
}

func TestRefitNeedsVerdicts(t *testing.T) {
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var x vector
	x[bias] = 1
	var tickets []*headstart.TicketState
	for n := range leastPairs - 1 {
		tickets = append(tickets, judgedTicket(n, true, day, "u", x))
	}
	tickets = append(tickets, &headstart.TicketState{Links: []headstart.Link{{Band: headstart.BandAuto, Verdict: "linked", By: byRule}}})
	if m := Refit(tickets, 1, day, time.UTC); m != nil {
		t.Errorf("learned %+v of too few verdicts and a link nobody reviewed; want nothing", m)
	}
}

// Ruling 34: a word is learned from five requesters on three days, and a shared
// requester never counts. What was said long ago weighs less.
func TestWordsAreLearnedFromEnoughPeople(t *testing.T) {
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var x vector
	x[bias] = 1
	var tickets []*headstart.TicketState
	say := func(stem string, right bool, people, days int, shared bool) {
		for n := range 12 {
			tk := judgedTicket(len(tickets), right, day.AddDate(0, 0, -(n%days)), fmt.Sprint("u-", n%people), x, stem)
			tk.Requester.Shared = shared
			tickets = append(tickets, tk)
		}
	}
	say("many", true, 5, 3, false)
	say("few", true, 4, 3, false)
	say("short", true, 5, 2, false)
	say("desk", true, 5, 3, true)
	say("other", false, 6, 4, false)
	m := Refit(tickets, 1, day, time.UTC)
	words := map[string]bool{}
	for name, w := range m.Weights {
		if len(name) > len(wordPrefix) && name[:len(wordPrefix)] == wordPrefix {
			words[name[len(wordPrefix):]] = w > 0
		}
	}
	if diff := cmp.Diff(map[string]bool{"many": true, "other": false}, words); diff != "" {
		t.Errorf("words learned, and whether they speak for an outage (-want +got)\n%s", diff)
	}
	old := Refit(tickets, 1, day.AddDate(0, 0, 900), time.UTC)
	if w, then := m.Weights["word:other"], old.Weights["word:other"]; !(math.Abs(then) < math.Abs(w)) {
		t.Errorf("after ten half-lives other says %v, before %v; want less", then, w)
	}
}

// Wilson's bound lets 73 links without an error through, 110 with one (matching.md
// section 5), and takes the lowest score that holds.
func TestEarned(t *testing.T) {
	for _, tt := range []struct {
		right, wrong int
		want         bool
	}{{72, 0, false}, {73, 0, true}, {109, 1, true}, {108, 1, false}, {0, 0, false}, {0, 5, false}} {
		var r reviewRow
		for n := range tt.right + tt.wrong {
			r.List = append(r.List, review{Ticket: fmt.Sprint(n), Score: .95, Right: n < tt.right})
		}
		if from, _, _ := r.threshold(.9); (from > 0) != tt.want {
			t.Errorf("%d right and %d wrong: earned from %v, want earned: %v", tt.right, tt.wrong, from, tt.want)
		}
	}
	var r reviewRow
	for n := range 80 {
		r.List = append(r.List, review{Ticket: fmt.Sprint("high", n), Score: .98, Right: true}, review{Ticket: fmt.Sprint("low", n), Score: .91, Right: n%4 > 0})
	}
	if from, right, all := r.threshold(.9); from != .98 || right != 80 || all != 80 {
		t.Errorf("earned from %v by %d of %d; want from .98 by 80 of 80: lower ones are often wrong", from, right, all)
	}
}

// Weights say what they say beside the shipped ones they were fitted around; beside
// others only the words of a model count, until the next refit.
func TestModelOfOtherShippedWeights(t *testing.T) {
	for name, x := range map[string]struct {
		shipped int
		several float64
	}{
		"of these":                     {headstart.ShippedWeights, 2.5},
		"of others":                    {headstart.ShippedWeights + 1, kinds[several].weight},
		"of before they had a version": {0, kinds[several].weight},
	} {
		s := NewState()
		s.applyModel(&headstart.Model{Version: 4, Shipped: x.shipped, Weights: map[string]float64{"several": 2.5, wordPrefix + "abc": .4}})
		if s.model.weights[several] != x.several || s.model.words["abc"] != .4 {
			t.Errorf("%s: several counts %v and the word %v; want %v and .4", name, s.model.weights[several], s.model.words["abc"], x.several)
		}
		s.model.weights, s.model.words = weights{}, nil
		s.model.unpack() // as after a restart
		if s.model.weights[several] != x.several || s.model.words["abc"] != .4 {
			t.Errorf("%s, after a restart: several counts %v and the word %v; want %v and .4", name, s.model.weights[several], s.model.words["abc"], x.several)
		}
	}
	if m := Refit(manyVerdicts(), 1, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), time.UTC); m == nil || m.Shipped != headstart.ShippedWeights {
		t.Errorf("a refit makes %+v; want it to say which shipped weights it was fitted around", m)
	}
}

func manyVerdicts() []*headstart.TicketState {
	var list []*headstart.TicketState
	for n := range leastPairs {
		list = append(list, judgedTicket(n, n%2 == 0, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), "u", vector{bias: 1}))
	}
	return list
}
