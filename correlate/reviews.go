package correlate

import (
	"cmp"
	"math"
	"slices"

	"headstart"
)

// reviewRow is the one row of how right links are that the matcher makes, or would
// make, by itself: what people said of the latest of them.
type reviewRow struct {
	V    int      `json:"v"`
	On   bool     `json:"on,omitempty"`   // links are made without a person
	From float64  `json:"from,omitempty"` // the score from which on they earn that; 0: they do not
	List []review `json:"list,omitempty"` // oldest first
}

// review is a person's verdict on one link of band auto.
type review struct {
	Ticket string            `json:"ticket"`
	Group  headstart.GroupID `json:"group"`
	Score  float64           `json:"score"`
	Right  bool              `json:"right"`
}

const (
	mostReviews = 400 // older ones say little of today's organisation
	earned      = .95 // lower bound of the precision from which links may be made without a person
)

// review takes down what a person said of a link that the matcher made, or would
// have made, without one; a second verdict on it replaces the first.
func (s *State) review(t *headstart.TicketState, l *headstart.Link, right bool) {
	if l.Band != headstart.BandAuto {
		return
	}
	r := &s.reviews
	r.List = slices.DeleteFunc(slices.Clone(r.List), func(x review) bool { return x.Ticket == t.Key() && x.Group == l.Group })
	r.V = 1
	r.List = append(r.List, review{t.Key(), l.Group, l.Score, right})
	if more := len(r.List) - mostReviews; more > 0 {
		r.List = slices.Delete(r.List, 0, more)
	}
	s.mark(headstart.TableMemory, reviewsKey)
	s.weigh()
}

// weigh decides whether links may be made without a person. The configuration must
// allow it (mode auto), and Wilson's lower bound of the precision over reviewed
// links of some score and above must reach earned: 73 without an error, or 110
// with one. Of such scores the lowest holds. It ends as soon as none holds.
func (s *State) weigh() {
	r := &s.reviews
	from, right, all := r.threshold(s.matching.Auto)
	on := from > 0 && s.matching.Mode == "auto"
	offered := from > 0 && r.From == 0
	if r.From != from || r.On != on {
		was := r.On
		r.V, r.From, r.On = 1, from, on
		s.mark(headstart.TableMemory, reviewsKey)
		facts := []string{"right", itoa(right), "reviewed", itoa(all), "score", score(max(from, s.matching.Auto))}
		switch {
		case on && !was:
			s.say(headstart.Noted, "E-24", "on", "auto", facts...)
		case was && !on:
			s.say(headstart.Noted, "E-24", "off", "auto", facts...)
		case offered:
			s.say(headstart.Noted, "E-24", "offered", "auto", facts...)
		}
	}
}

// threshold returns the lowest score, not below least, from which on the reviewed
// links earn to be made without a person, and how many of them were right; 0 when
// none does, with the figures from least on.
func (r *reviewRow) threshold(least float64) (from float64, right, all int) {
	list := slices.DeleteFunc(slices.Clone(r.List), func(x review) bool { return x.Score < least })
	slices.SortFunc(list, func(a, b review) int { return cmp.Compare(a.Score, b.Score) })
	for i, x := range list {
		if i > 0 && list[i-1].Score == x.Score {
			continue
		}
		k, n := countRight(list[i:]), len(list)-i
		switch {
		case wilson(k, n) < earned:
		case i == 0:
			return least, k, n // no reviewed link speaks for a higher one
		default:
			return x.Score, k, n
		}
	}
	return 0, countRight(list), len(list)
}

func countRight(list []review) int {
	n := 0
	for _, x := range list {
		if x.Right {
			n++
		}
	}
	return n
}

// wilson is the lower 95 % bound of a share, to four digits (ruling 10).
func wilson(k, n int) float64 {
	if n == 0 {
		return 0
	}
	const z = 1.96
	p, m := float64(k)/float64(n), float64(n)
	spread := math.Sqrt(float64(p*(1-p))/m + float64(z*z)/float64(4*m*m))
	return round((p + float64(z*z)/float64(2*m) - float64(z*spread)) / (1 + float64(z*z)/m))
}
