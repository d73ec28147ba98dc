package incidents

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"headstart"
)

// How many earlier cases an expected time follows from: with fewer there is none
// (ruling 28), and of more the latest count.
const (
	fewestCases = 5
	mostCases   = 50
)

// fromHistory is the source of an expected time that no person gave.
const fromHistory = "history"

// lasted is how long an incident took until people could work again, for those of its
// class: it stands in the incident's row, and goes with it.
type lasted struct {
	Class string        `json:"class"` // when it was closed: catalogs change
	Ended time.Time     `json:"ended"`
	For   time.Duration `json:"for"` // nanoseconds
}

// classOf is what makes two outages alike: the kind of asset that failed and how its
// cause is known, as "switch/observed" or "service mail/joint". Empty: none, because
// the catalog does not know what failed or no machine found a cause.
func (b *book) classOf(i *incident) string {
	switch i.Cause.Kind {
	case headstart.CauseObserved, headstart.CauseSuspected, headstart.CauseJoint:
	default:
		return ""
	}
	kind := ""
	if d := b.devices[i.Cause.Asset]; d != nil {
		kind = d.Kind
	} else if s := b.services[i.Cause.Asset]; s != nil {
		kind = "service " + string(kindOf(s))
	}
	if kind == "" {
		return ""
	}
	return kind + "/" + string(i.Cause.Kind)
}

// learn takes note of how long i, which has just closed, took. What nobody saw end
// teaches nothing (ruling 14).
func (b *book) learn(i *incident) {
	b.unlearn(i) // it may be closed once more
	class := b.classOf(i)
	if class == "" || i.ResolvedAt == nil || i.CloseReason != "resolved" && i.CloseReason != "by_hand" {
		return
	}
	ended := *i.ResolvedAt
	if !i.X.Clear.IsZero() && i.X.Clear.Before(ended) {
		ended = i.X.Clear // the hold is ours
	}
	if took := ended.Sub(i.StartedAt); took >= 0 {
		i.X.Lasted = &lasted{Class: class, Ended: ended.UTC(), For: took}
		b.history.add(i)
	}
}

// unlearn forgets that: i is not over.
func (b *book) unlearn(i *incident) {
	b.history.drop(i)
	i.X.Lasted = nil
}

// foresee looks up when i should work again, once for each class its cause is of. Where
// policy allows, that is what users are told; else it is proposed to the desk.
func (b *book) foresee(i *incident) {
	class := b.classOf(i)
	if class == "" || class == i.X.Foreseen || !i.Live() || i.ETA != nil && i.ETA.Source != fromHistory {
		return
	}
	i.X.Foreseen = class
	by, cases := b.history.expect(class, i.StartedAt)
	eta := quarterUp(by)
	i.ETAProposed = nil
	if cases < fewestCases || !by.After(b.now) { // four of five were shorter than this one: nobody knows
		if i.ETA != nil && !b.counts(i) {
			i.ETA = nil // of another class, and users know of none
		}
		return
	}
	found := headstart.ETA{At: eta, Source: fromHistory, Confidence: fmt.Sprintf(
		b.because("80 %% van de laatste %d storingen van deze soort was dan voorbij", "80 %% of the last %d outages of this kind were over by then"), cases)}
	b.decide(i, headstart.Decision{Rule: "A-28", Outcome: "eta_from_history", Facts: facts("eta", stamp(&eta), "cases", itoa(cases))})
	if b.config.policy(historyKey) != auto {
		i.ETAProposed = &found
		return
	}
	b.expectBy(i, found)
	b.tellETA(i, "rule", "")
}

// history is how long outages took, by class: the incidents that X.Lasted stands in,
// by when they ended. It follows from their rows.
type history map[string][]*incident

func (h history) add(i *incident) {
	if i.X.Lasted == nil {
		return
	}
	list := h[i.X.Lasted.Class]
	if n, has := slices.BinarySearchFunc(list, i, byEnd); !has {
		h[i.X.Lasted.Class] = slices.Insert(list, n, i)
	}
}

func (h history) drop(i *incident) {
	if i.X.Lasted == nil {
		return
	}
	class := i.X.Lasted.Class
	if n, has := slices.BinarySearchFunc(h[class], i, byEnd); has {
		h[class] = slices.Delete(h[class], n, n+1)
	}
	if len(h[class]) == 0 {
		delete(h, class)
	}
}

func byEnd(x, y *incident) int {
	return cmp.Or(x.X.Lasted.Ended.Compare(y.X.Lasted.Ended), cmp.Compare(x.Seq, y.Seq))
}

// expect is by when four of five of the latest cases of class were over, had they begun
// at start, and how many cases say so.
func (h history) expect(class string, start time.Time) (by time.Time, cases int) {
	list := h[class]
	list = list[max(0, len(list)-mostCases):]
	if len(list) == 0 {
		return time.Time{}, 0
	}
	took := make([]time.Duration, len(list))
	for n, i := range list {
		took[n] = i.X.Lasted.For
	}
	slices.Sort(took)
	return start.UTC().Add(took[(4*len(took)+4)/5-1]), len(took)
}
