package correlate

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/correlate/generate"
)

var organisations = flag.Int("organisations", 2, "how many organisations the comparison of methods draws")

// method is one way to turn failures into messages.
type method struct {
	name     string
	settings string // of correlation, as JSON
	delivery generate.Delivery
}

// asking is the method whose figures DESIGN section 6 bounds.
const asking = "headstart, settle 15 s, asking"

var methods = []method{
	{"headstart, settle 0", `{"settle":"0s"}`, generate.ByAlerts()},
	{"headstart, settle 20 s", `{"settle":"20s"}`, generate.ByAlerts()},
	{"headstart, settle 60 s", `{}`, generate.ByAlerts()},
	{"the same without suspicion", `{"suspect":{"children":1000000}}`, generate.ByAlerts()},
	{asking, `{}`, generate.ByProbes()},
}

// figures are what one method did with the outages of one catalog.
type figures struct {
	causes   int // true causes: outages
	messages int
	exact    int // outages all of whose symptoms stand under their true cause
	named    int // outages for which a cause was named: see weigh
	right    int // of those, named rightly
	delays   []time.Duration
}

func (f *figures) perCause() float64   { return float64(f.messages) / float64(f.causes) }
func (f *figures) exactShare() float64 { return float64(f.exact) / float64(f.causes) }

func (f *figures) rightShare() float64 {
	if f.named == 0 {
		return 1
	}
	return float64(f.right) / float64(f.named)
}

func (f *figures) median() time.Duration {
	if len(f.delays) == 0 {
		return 0
	}
	slices.Sort(f.delays)
	return f.delays[len(f.delays)/2]
}

// weighing plays one story to an engine and counts what people get of it.
type weighing struct {
	figures
	story    *generate.Story
	delivery generate.Delivery
	engine   *State

	scene  *generate.Scene
	faults map[headstart.ProblemKey]*generate.Fault
	first  map[*generate.Fault]time.Time // first message about it
}

// pushDelay is announce.after of all but P1: a change of cause before it costs no
// message, since nothing was pushed yet.
const pushDelay = 2 * time.Minute

// decided counts a message for each group that opens or reopens, and for each
// change of cause after the first message went out. Groups of nothing but a single
// failure beside the outages are right, and not counted.
func (w *weighing) decided(c headstart.Change) {
	w.enter(c.At)
	g := w.engine.Group(c.Group)
	f := w.faults[c.Problem]
	if g == nil || f != nil && f.Noise {
		return
	}
	switch c.Kind {
	case headstart.GroupOpened, headstart.GroupReopened:
		w.messages++
		if f != nil && w.first[f].IsZero() {
			w.first[f] = c.At
		}
	case headstart.MemberJoined:
		if f != nil && w.first[f].IsZero() {
			w.first[f] = c.At
		}
	case headstart.CauseChanged:
		if c.At.Sub(g.OpenedAt) > pushDelay {
			w.messages++
		}
	default:
	}
}

// enter moves on to the scene that at lies in.
func (w *weighing) enter(at time.Time) {
	for i := range w.story.Scenes {
		x := &w.story.Scenes[i]
		if at.Before(x.Began) || !at.Before(x.Began.Add(w.story.Plan.Every)) || x == w.scene {
			continue
		}
		w.scene, w.faults, w.first = x, map[headstart.ProblemKey]*generate.Fault{}, map[*generate.Fault]time.Time{}
		for n := range x.Faults {
			for _, y := range x.Faults[n].Symptoms {
				w.faults[w.story.Key(w.delivery, y.Asset)] = &x.Faults[n]
			}
		}
	}
}

// judge looks at the picture when all has failed and nothing is repaired yet.
func (w *weighing) judge(x *generate.Scene) {
	for n := range x.Faults {
		if f := &x.Faults[n]; !f.Noise {
			w.weigh(f)
		}
	}
}

// weigh counts one outage. It is exact when every symptom of it stands in a group
// of its true cause. Its cause is named by the group with most of its symptoms:
// one whose cause is none or a storm says "unknown".
func (w *weighing) weigh(f *generate.Fault) {
	w.causes++
	symptoms := map[headstart.GroupID]int{}
	begin := f.Symptoms[0].Failed
	for _, y := range f.Symptoms {
		if y.Failed.Before(begin) {
			begin = y.Failed
		}
		if p := w.engine.Problem(w.story.Key(w.delivery, y.Asset)); p != nil {
			if g := w.engine.live(p.Group); g != nil {
				symptoms[g.ID]++
			}
		}
	}
	var most *group
	exact := len(symptoms) > 0
	for id, n := range symptoms {
		g := w.engine.groups[id]
		exact = exact && isCause(g, f)
		if most == nil || n > symptoms[most.ID] || n == symptoms[most.ID] && g.ID < most.ID {
			most = g
		}
	}
	if exact {
		w.exact++
	}
	if most != nil && most.Cause.Asset != "" && slices.Contains([]headstart.CauseKind{headstart.CauseObserved, headstart.CauseSuspected, headstart.CauseJoint}, most.Cause.Kind) {
		w.named++
		if isCause(most, f) {
			w.right++
		}
	}
	if at := w.first[f]; !at.IsZero() {
		w.delays = append(w.delays, at.Sub(begin))
	}
}

func isCause(g *group, f *generate.Fault) bool {
	return slices.Equal(slices.Sorted(slices.Values(append([]string{g.Cause.Asset}, g.Cause.Also...))), slices.Sorted(slices.Values(f.Assets)))
}

// trial is a story with its logs, which all methods share.
type trial struct {
	*generate.Story
	logs map[bool][]headstart.Event // by Delivery.Probed
}

// trials are what every method is measured with: several organisations, each with
// its outages.
func trials(organisations int, noise float64) []trial {
	var out []trial
	for seed := range uint64(organisations) {
		plan := generate.DefaultPlan()
		plan.Noise = noise
		s := generate.New(seed+1, generate.DefaultShape()).Story(seed+1, day.Add(8*time.Hour), plan)
		out = append(out, trial{s, map[bool][]headstart.Event{true: s.Log(generate.ByProbes()), false: s.Log(generate.ByAlerts())}})
	}
	return out
}

func (m method) measure(all []trial, q generate.Quality) figures {
	var sum figures
	for _, x := range all {
		w := &weighing{story: x.Story, delivery: m.delivery, engine: NewState()}
		x.Play(x.Config(x.Org.Catalog(q), m.settings), x.logs[m.delivery.Probed], w.engine, generate.Watcher{Decided: w.decided, Judge: w.judge})
		sum.causes += w.causes
		sum.messages += w.messages
		sum.exact += w.exact
		sum.named += w.named
		sum.right += w.right
		sum.delays = append(sum.delays, w.delays...)
	}
	return sum
}

// TestCompare measures the engine beside what people use now, by what generated
// outages truly were.
func TestCompare(t *testing.T) {
	var table strings.Builder
	var all []trial
	noise := 0.0
	for _, q := range []generate.Quality{generate.Ideal, generate.Noisy, generate.Bad, generate.None} {
		if all == nil || q.Noise != noise {
			all, noise = trials(*organisations, q.Noise), q.Noise
		}
		got := map[string]figures{}
		fmt.Fprintf(&table, "\n%s catalog\n", q.Name)
		for _, m := range methods {
			f := m.measure(all, q)
			got[m.name] = f
			fmt.Fprintf(&table, "  %-32s %5.2f messages, exact %5.1f %%, named %5.1f %% of which right %5.1f %%, first after %s\n", m.name, f.perCause(), 100*f.exactShare(), 100*float64(f.named)/float64(f.causes), 100*f.rightShare(), f.median().Round(time.Second))
		}
		now, later := got["headstart, settle 0"], got["headstart, settle 60 s"]
		if later.messages > now.messages || later.causes != now.causes || later.causes < 100 {
			t.Errorf("%s catalog: waiting for 60 s gives %d messages for %d outages, deciding at once %d for %d", q.Name, later.messages, later.causes, now.messages, now.causes)
		}
	}
	t.Log(table.String())
}
