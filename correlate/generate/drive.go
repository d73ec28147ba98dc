package generate

import (
	"container/heap"
	"time"

	"headstart"
)

// Engine is what a log is played to: package correlate's State.
type Engine interface {
	Apply(ev headstart.Event) []headstart.Change
	NextDeadline() (due time.Time, ok bool)
	Fire() []headstart.Change
}

// Watcher is told what an engine does with a story. Both may be nil.
type Watcher struct {
	Decided func(headstart.Change)
	Judge   func(*Scene) // the log has reached Scene.Judge
}

// Play plays a config line and a log of s to an engine as the real loop would: before an event it
// fires what is due, each deadline at its own time, and what the engine asks is
// answered within five seconds by what truly is. It returns how many events and
// deadlines it applied.
func (s *Story) Play(config headstart.Event, log []headstart.Event, e Engine, w Watcher) (units int) {
	p := &playing{story: s, engine: e, watcher: w}
	p.apply(config)
	for _, ev := range log {
		p.until(ev.At)
		p.apply(ev)
	}
	last := &s.Scenes[len(s.Scenes)-1]
	p.until(last.Began.Add(s.Plan.Every))
	return p.units
}

type playing struct {
	story   *Story
	engine  Engine
	watcher Watcher
	answers queue
	judged  int // scenes
	asked   int
	units   int
}

// until fires deadlines, delivers answers and judges scenes up to at, in order of time.
func (p *playing) until(at time.Time) {
	for {
		next, kind := p.next(at)
		switch kind {
		case "fire":
			p.took(next, p.engine.Fire())
		case "answer":
			p.apply(heap.Pop(&p.answers).(answer).ev)
		case "judge":
			if p.watcher.Judge != nil {
				p.watcher.Judge(&p.story.Scenes[p.judged])
			}
			p.judged++
		default:
			return
		}
	}
}

// next says what comes first, at the latest at at, and when: a deadline, then an
// answer, then a judgement; nothing when none of them is due.
func (p *playing) next(at time.Time) (next time.Time, kind string) {
	next = at
	if due, ok := p.engine.NextDeadline(); ok && !due.After(next) {
		next, kind = due, "fire"
	}
	if len(p.answers) > 0 && (p.answers[0].ev.At.Before(next) || kind == "" && p.answers[0].ev.At.Equal(next)) {
		next, kind = p.answers[0].ev.At, "answer"
	}
	if p.judged < len(p.story.Scenes) && p.story.Scenes[p.judged].Judge.Before(next) {
		kind = "judge"
	}
	return next, kind
}

func (p *playing) apply(ev headstart.Event) { p.took(ev.At, p.engine.Apply(ev)) }

// took passes on what was decided and lets the probes answer what was asked.
func (p *playing) took(at time.Time, changes []headstart.Change) {
	p.units++
	for _, c := range changes {
		if p.watcher.Decided != nil {
			p.watcher.Decided(c)
		}
		if c.Ask == nil {
			continue
		}
		if ev, ok := p.story.answer(c.Ask.Asset, at); ok {
			p.asked++
			heap.Push(&p.answers, answer{ev, p.asked})
		}
	}
}

// answer waits for its time; those due at once come in the order of asking.
type answer struct {
	ev headstart.Event
	n  int
}

type queue []answer

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if !q[i].ev.At.Equal(q[j].ev.At) {
		return q[i].ev.At.Before(q[j].ev.At)
	}
	return q[i].n < q[j].n
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(answer)) }
func (q *queue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
