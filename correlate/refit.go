package correlate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"headstart"
)

// What a refit rests on.
const (
	pull       = 5                   // how strongly weights are held to the shipped ones (l2)
	leastPairs = 20                  // fewer verdicts teach nothing
	refitSteps = 25                  // of Newton's method; it settles within ten
	halfLife   = 90 * 24 * time.Hour // of what a verdict says about words

	// A word is learned only from so many requesters on so many days (ruling 34).
	wordRequesters = 5
	wordDays       = 3

	doubt       = 4  // verdicts of either kind by which a word is held to say nothing
	leastOdds   = .1 // what says less is not learned
	mostLearned = 2000
)

// Refit learns from what people said of links (matching.md section 7): the weights
// that explain their verdicts best, held to the shipped ones, and what words say
// of a malfunction. It reads tickets as they are at the time now, and returns a
// model of the given version, or nil while there are too few verdicts. Links that
// nobody reviewed teach nothing. All is rounded to 1e-4, so that the model event
// says the same everywhere (ruling 10).
func Refit(tickets []*headstart.TicketState, version int, now time.Time, zone *time.Location) *headstart.Model {
	var pairs []pair
	for i := range tickets {
		for _, r := range tickets[i].Reviews {
			pairs = append(pairs, pairOf(r))
		}
	}
	if len(pairs) < leastPairs {
		return nil
	}
	m := &headstart.Model{Version: version, Shipped: headstart.ShippedWeights, Weights: map[string]float64{}}
	for i, w := range fit(pairs) {
		if w = round(max(-maxWeight, min(maxWeight, w))); w != round(kinds[i].weight) {
			m.Weights[kinds[i].name] = w
		}
	}
	maps.Copy(m.Weights, learnWords(tickets, now, zone))
	return m
}

// pair is one verdict: what the matcher saw, and whether it was right.
type pair struct {
	x     vector
	right bool
}

func pairOf(r headstart.Review) pair {
	p := pair{right: r.Right}
	for i := range kinds {
		p.x[i] = r.Features[kinds[i].name]
	}
	return p
}

// fit is logistic regression around the shipped weights, by Newton's method.
func fit(pairs []pair) weights {
	prior := shipped()
	w := prior
	for range refitSteps {
		next := descend(pairs, &w, &prior)
		most := 0.0
		for i := range w {
			most = max(most, math.Abs(next[i]-w[i]))
		}
		w = next
		if most < 1e-7 {
			break
		}
	}
	return w
}

// descend takes one step. One that makes things worse is halved: far from the answer
// a whole one overshoots, and from there the next does so further.
func descend(pairs []pair, w, prior *weights) weights {
	step, loss := newton(pairs, w, prior), lossOf(pairs, w, prior)
	for share := 1.; share > 1e-6; share /= 2 {
		next := *w
		for i := range next {
			next[i] -= float64(share * step[i])
		}
		if lossOf(pairs, &next, prior) < loss {
			return next
		}
	}
	return *w // nothing is better
}

// lossOf is how badly w explains pairs: minus the log of their likelihood, and the
// cost of being unlike prior.
func lossOf(pairs []pair, w, prior *weights) float64 {
	loss := 0.0
	for i := range w {
		loss += float64(float64(pull/2.*(w[i]-prior[i])) * (w[i] - prior[i]))
	}
	for n := range pairs {
		odds := w.sum(&pairs[n].x)
		if pairs[n].right {
			odds = -odds
		}
		loss += max(odds, 0) + math.Log1p(math.Exp(-math.Abs(odds))) // of 1 + e^odds
	}
	return loss
}

// newton solves for the next step: the gradient of the loss over its curvature.
func newton(pairs []pair, w, prior *weights) weights {
	var gradient weights
	var curvature [features]weights
	for i := range w {
		gradient[i] = float64(pull * (w[i] - prior[i]))
		curvature[i][i] = pull
	}
	for n := range pairs {
		x := &pairs[n].x
		p := 1 / (1 + math.Exp(-w.sum(x)))
		miss := p
		if pairs[n].right {
			miss = p - 1
		}
		bend := float64(p * (1 - p))
		for i := range x {
			if x[i] == 0 {
				continue
			}
			gradient[i] += float64(miss * x[i])
			for j := 0; j <= i; j++ {
				curvature[i][j] += float64(bend * float64(x[i]*x[j]))
			}
		}
	}
	return solve(&curvature, &gradient)
}

// solve solves a x = b for a symmetric positive matrix of which the lower half is
// given, by Cholesky's method.
func solve(a *[features]weights, b *weights) weights {
	for i := range a {
		for j := 0; j <= i; j++ {
			sum := a[i][j]
			for k := range j {
				sum -= float64(a[i][k] * a[j][k])
			}
			if i == j {
				a[i][i] = math.Sqrt(sum)
			} else {
				a[i][j] = sum / a[j][j]
			}
		}
	}
	x := *b
	for i := range x {
		for k := range i {
			x[i] -= float64(a[i][k] * x[k])
		}
		x[i] /= a[i][i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		for k := i + 1; k < len(x); k++ {
			x[i] -= float64(a[k][i] * x[k])
		}
		x[i] /= a[i][i]
	}
	return x
}

// heard is in which verdicts a stem occurs.
type heard struct {
	broken, other float64 // verdicts, halved every halfLife
	requesters    map[string]struct{}
	days          map[string]struct{}
}

// learnWords is naive Bayes over hashed stems: what a word says for or against a
// ticket being about an outage. A shared requester never counts.
func learnWords(tickets []*headstart.TicketState, now time.Time, zone *time.Location) map[string]float64 {
	stems := map[string]*heard{}
	var all heard
	for _, t := range tickets {
		right, at, judged := verdictOf(t)
		if !judged || t.Evidence == nil {
			continue
		}
		weight := math.Exp2(-float64(max(0, now.Sub(at))) / float64(halfLife))
		all.weigh(right, weight)
		for _, s := range t.Evidence.Stems {
			h := stems[s]
			if h == nil {
				h = &heard{requesters: map[string]struct{}{}, days: map[string]struct{}{}}
				stems[s] = h
			}
			h.weigh(right, weight)
			h.hear(t, at.In(zone).Format(time.DateOnly))
		}
	}
	out := map[string]float64{}
	for s, h := range stems {
		if w := h.odds(&all); math.Abs(w) >= leastOdds && len(h.requesters) >= wordRequesters && len(h.days) >= wordDays {
			out[wordPrefix+s] = w
		}
	}
	return strongestWords(out)
}

// odds is what a word says, bounded: the share of the verdicts of either kind in
// which it occurs, against each other.
func (h *heard) odds(all *heard) float64 {
	rate := (h.broken + h.other) / (all.broken + all.other)
	odds := math.Log((h.broken + doubt*rate) / (all.broken + doubt) * (all.other + doubt) / (h.other + doubt*rate))
	return round(max(-maxWordOdds, min(maxWordOdds, odds)))
}

// strongestWords keeps the words that say most.
func strongestWords(words map[string]float64) map[string]float64 {
	names := slices.SortedFunc(maps.Keys(words), func(a, b string) int {
		return cmp.Or(cmp.Compare(math.Abs(words[b]), math.Abs(words[a])), cmp.Compare(a, b))
	})
	for _, name := range names[min(len(names), mostLearned):] {
		delete(words, name)
	}
	return words
}

func (h *heard) weigh(right bool, weight float64) {
	if right {
		h.broken += weight
	} else {
		h.other += weight
	}
}

func (h *heard) hear(t *headstart.TicketState, day string) {
	if t.Requester.ID != "" && !t.Requester.Shared {
		h.requesters[t.Requester.ID] = struct{}{}
		h.days[day] = struct{}{}
	}
}

// verdictOf says whether people found that a ticket belongs to any incident, and
// when they last said so.
func verdictOf(t *headstart.TicketState) (right bool, at time.Time, judged bool) {
	for _, r := range t.Reviews {
		right = right || r.Right
		if r.At.After(at) {
			at = r.At
		}
	}
	return right, at, len(t.Reviews) > 0
}
