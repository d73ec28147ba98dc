package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Patience is how the director knows that the service has done all it has to do at this
// moment: Wait returns when it has, with when it wants to act next at the latest.
type Patience interface {
	Wait(ctx context.Context) (next time.Time)
}

// Options are what a Director plays with; all of them are needed.
type Options struct {
	World    *World
	Clock    *Clock
	Patience Patience
	Start    time.Time // of the morning

	Scenarios []Scenario
	Language  string
	Speed     float64 // how many times faster than the machine's clock

	// Narrate hears what happens, with the time of the clock, and Step that the clock
	// has moved and all of that was done.
	Narrate func(at time.Time, text string)
	Step    func()
}

// Director plays the story.
type Director struct {
	o      Options
	events []event
	minute time.Time // when alerts and checks are said again
}

// event is one step at its time.
type event struct {
	at time.Time
	step
}

// NewDirector returns a director who has the whole story in hand: the night before, then
// each scenario after the other.
func NewDirector(o Options) *Director {
	d := &Director{o: o, minute: o.Clock.Now()}
	add := func(begin time.Time, steps []step) {
		for _, s := range steps {
			d.events = append(d.events, event{begin.Add(s.after), s})
		}
	}
	add(Evening(o.Start), night(o.World, o.Language))
	begin := o.Start.Add(2 * time.Minute)
	for n, s := range o.Scenarios {
		steps := s.steps(o.World, o.Language)
		if len(steps) > 0 && steps[0].say == nil {
			steps[0].say = s.Title
		}
		add(begin.Add(time.Duration(n)*gap), steps)
	}
	slices.SortStableFunc(d.events, func(a, b event) int { return a.at.Compare(b.at) })
	return d
}

// Evening is when the story of a morning begins.
func Evening(morning time.Time) time.Time { return morning.Add(-nightLasts) }

// Night plays the night, as fast as the service decides.
func (d *Director) Night(ctx context.Context) error {
	d.o.Patience.Wait(ctx)
	return d.until(ctx, d.o.Start)
}

// Day plays on from there at the speed asked for, until ctx ends. When the story is over
// the clock goes on.
func (d *Director) Day(ctx context.Context) error {
	pace := time.NewTicker(frame)
	defer pace.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-pace.C:
		}
		now := time.Now()
		real := min(now.Sub(last), longestFrame)
		last = now
		if err := d.until(ctx, d.o.Clock.Now().Add(time.Duration(float64(real)*d.o.Speed))); err != nil {
			return err
		}
	}
}

const (
	frame        = 20 * time.Millisecond
	longestFrame = 200 * time.Millisecond // a machine that slept makes the story longer, not blind
)

// until moves the clock to t by way of everything that happens before: what the story
// has, what the service waits for, and each minute's alerts and checks.
func (d *Director) until(ctx context.Context, t time.Time) error {
	for ctx.Err() == nil && d.o.Clock.Now().Before(t) {
		next := t
		if wake := d.o.Patience.Wait(ctx); wake.After(d.o.Clock.Now()) && wake.Before(next) {
			next = wake
		}
		if d.minute.Before(next) {
			next = d.minute
		}
		if len(d.events) > 0 && d.events[0].at.Before(next) {
			next = d.events[0].at
		}
		d.o.Clock.Set(next)
		if err := d.act(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		d.o.Patience.Wait(ctx)
		d.o.Step()
	}
	return nil
}

// act does what is due now.
func (d *Director) act(ctx context.Context) error {
	now := d.o.Clock.Now()
	for len(d.events) > 0 && !d.events[0].at.After(now) {
		e := d.events[0]
		d.events = d.events[1:]
		if e.say != nil {
			d.o.Narrate(now, cmp.Or(e.say[d.o.Language], e.say["en"]))
		}
		if e.do == nil {
			continue
		}
		if err := e.do(ctx); err != nil {
			return fmt.Errorf("the story at %s: %w", now.Format(time.TimeOnly), err)
		}
	}
	if d.minute.After(now) {
		return nil
	}
	d.minute = now.Add(time.Minute)
	if err := d.o.World.Alerts(ctx); err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	if err := d.o.World.Checks(ctx); err != nil {
		return fmt.Errorf("checks: %w", err)
	}
	return nil
}

// Choose returns the scenarios that names ask for; none: all.
func Choose(names []string) ([]Scenario, error) {
	if len(names) == 0 {
		return Scenarios(), nil
	}
	var out []Scenario
	for _, name := range names {
		i := slices.IndexFunc(Scenarios(), func(s Scenario) bool { return s.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("--scenario is %q; write %s", name, Names())
		}
		out = append(out, Scenarios()[i])
	}
	return out, nil
}

// Names are the names of all scenarios, for people.
func Names() string {
	var names []string
	for _, s := range Scenarios() {
		names = append(names, s.Name)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
