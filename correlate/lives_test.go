package correlate

import (
	"flag"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"headstart"
)

var lives = flag.Int("lives", 300, "how many random lives TestLives leads; make long leads 10,000")

// life is one random log, where it is cut in two, and where nobody looks.
type life struct {
	acts  []act
	cut   int           // before this act the state is loaded from its rows
	gap   int           // before this act nobody looked
	away  time.Duration // for so long; zero: somebody always looked
	later time.Duration // how much later all of it is
	ends  bool          // it can end well: nothing left the catalog, no source fell silent
}

var anyLife = rapid.Custom(func(t *rapid.T) life {
	x := life{acts: randomLife(t, 60)}
	x.cut = rapid.IntRange(0, len(x.acts)).Draw(t, "cut")
	if rapid.Bool().Draw(t, "gap") {
		x.gap = rapid.IntRange(1, len(x.acts)).Draw(t, "before")
		x.away = time.Duration(rapid.IntRange(1, 600).Draw(t, "away")) * time.Minute
	}
	x.ends = !slices.ContainsFunc(x.acts, func(a act) bool {
		return a.ev.Config != nil && len(a.ev.Config.Catalog.Devices) < 20 || a.ev.Alert != nil && a.ev.Alert.Labels["alertname"] == "Watchdog"
	})
	return x
})

// failed is what a life found wrong.
type failed string

// hunter is a judge that may work beside others: it ends a life by a panic.
type hunter struct{}

func (hunter) Helper()                      {}
func (hunter) Fatal(args ...any)            { panic(failed(fmt.Sprint(args...))) }
func (hunter) Fatalf(f string, args ...any) { panic(failed(fmt.Sprintf(f, args...))) }

// TestLives leads thousands of random lives on all processors and holds each to
// the properties at once: after every unit counts agree (4) and no new cause hangs
// below what is cut off (9); a state loaded from its rows anywhere is the fold
// and decides the rest alike (3, 6); a gap resolves and expires nothing (10); all
// clear ends all (5). A failure names its seed: -lives 1 -first SEED leads it again.
func TestLives(t *testing.T) {
	began := time.Now()
	found := make(chan string, *lives)
	var workers sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	units := make([]int, n)
	for w := range n {
		workers.Go(func() {
			for seed := *firstLife + w; seed < *firstLife+*lives; seed += n {
				got, err := lead(seed)
				units[w] += got
				if err != "" {
					found <- fmt.Sprintf("life %d: %s", seed, err)
				}
			}
		})
	}
	workers.Wait()
	close(found)
	for err := range found {
		t.Error(err)
	}
	total := 0
	for _, u := range units {
		total += u
	}
	if total < 20**lives {
		t.Errorf("%d lives of %d units in all; want 20 each at least", *lives, total)
	}
	took := time.Since(began)
	t.Logf("%d lives, %d units, %s: %.0f lives a second", *lives, total, took.Round(time.Millisecond), float64(*lives)/took.Seconds())
}

var firstLife = flag.Int("first", 1, "seed of the first of -lives")

// lead leads one life and says what it found wrong, if anything.
func lead(seed int) (units int, wrong string) {
	x := anyLife.Example(seed)
	whole := newPlayer(hunter{}, false)
	whole.quick, whole.watch = true, whole.topmost
	if seed%2 == 0 {
		whole.s.timers.endings.most = 2 // half of them remember little of what ended
	}
	defer func() {
		if r := recover(); r != nil {
			wrong = fmt.Sprint(r)
			if _, ours := r.(failed); !ours {
				wrong += "\n" + string(debug.Stack())
			}
		}
	}()
	var half *player
	x.live(whole, func() {
		if half == nil {
			half = whole.resumed()
		}
	})
	rest := life{acts: x.acts[x.cut:], gap: x.gap - x.cut, away: x.away}
	if x.gap < x.cut {
		rest.later = x.away
	}
	rest.live(half, nil)
	if want, got := canonical(whole.all), canonical(half.all); got != want {
		return len(whole.all), fmt.Sprintf("loaded before act %d it decides otherwise:\n%s\nwant\n%s", x.cut, got, want)
	}
	if x.ends {
		whole.allClear(whole.latest(x.acts).Add(x.away))
	}
	return len(whole.all), ""
}

// live plays the acts; at is called before the cut.
func (x life) live(p *player, at func()) {
	later := x.later
	for n := range x.acts {
		if n == x.cut && at != nil {
			at()
		}
		y := x.acts[n]
		if n == x.gap && x.away > 0 {
			later += x.away
			p.away(y.ev.At, x.away)
		}
		y.ev.At = y.ev.At.Add(later)
		y.ev.Received = y.ev.Received.Add(later)
		p.play([]act{y})
	}
	if x.cut == len(x.acts) && at != nil {
		at()
	}
}

// resumed is a player that goes on from the rows of p, which must be all of it.
func (p *player) resumed() *player {
	p.tb.Helper()
	s, err := load(p.rows)
	if err != nil {
		p.tb.Fatal(err)
	}
	if !reflect.DeepEqual(pictureOf(p.s), pictureOf(s)) {
		p.compareLoaded() // says where
	}
	s.timers.endings.most = p.s.timers.endings.most
	return &player{tb: p.tb, s: s, rows: maps.Clone(p.rows), all: slices.Clone(p.all), quick: p.quick}
}

// away is a time in which nobody looked, from at on: as the engine does, what was
// due meanwhile is moved before any of it fires. Nothing may end by that (ruling 5).
func (p *player) away(at time.Time, d time.Duration) {
	p.fireUntil(at)
	back := at.Add(d)
	due, ok := p.s.NextDeadline()
	if !ok || back.Sub(due) <= 30*time.Second {
		return // a tick that is a little late
	}
	p.s.Blind(back.Sub(due) + 2*time.Minute)
	p.unit(nil)
	before := len(p.all)
	p.fireUntil(back)
	for _, c := range p.all[before:] {
		if c.Kind == headstart.GroupResolved || c.Kind == headstart.MemberCleared || c.Outcome == "expired" || c.Outcome == "blind" {
			p.tb.Fatalf("while nobody looked, from %s for %s, it decided %s %s %s", at, d, c.Rule, c.Outcome, c.Subject)
		}
	}
}

// topmost checks, for groups that got a cause in a unit, that nothing fails above
// it which would explain it.
func (p *player) topmost(changes []headstart.Change) {
	for _, c := range changes {
		byRule := c.Rule == "T-07" || c.Rule == "C-08" || c.Rule == "L-12"
		g := p.s.live(c.Group)
		if !byRule || g == nil || c.Kind != headstart.GroupOpened && c.Kind != headstart.CauseChanged || g.Pinned || g.Own.ByHand || len(g.Own.Apart) > 0 {
			continue
		}
		p.s.recut()
		for _, asset := range append([]string{g.Cause.Asset}, g.Cause.Also...) {
			var tops []string
			if n := p.s.topo.nodes[asset]; n != nil {
				tops = p.s.cutAbove(n, 0)
			}
			for _, top := range tops {
				if q := p.s.top(top); q != nil && q.Onset < instantOf(c.At) && !slices.Contains(g.Own.Tops, q.Key) {
					p.tb.Fatalf("%s: group %d has the cause %s by %s %s, which %s (%s, group %d) cuts off since %s", c.At, g.ID, asset, c.Rule, c.Outcome, top, q.State.word(), q.Group, q.Onset.Time())
				}
			}
		}
	}
}
