package correlate

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
	"headstart/correlate/generate"
)

var (
	organisations = flag.Int("organisations", 1, "how many organisations the comparison of methods draws")
	tableFile     = flag.String("table", "", "write the comparison of methods into this document, between its marks")
)

// method is one way to turn failures into messages: a model, or headstart with
// settings of correlation and a delivery of failures.
type method struct {
	name     string
	model    func([]trial, generate.Quality) figures
	settings string // as JSON
	delivery generate.Delivery
}

// asking is the method whose figures the design bounds.
const asking = "headstart, settle 15 s, asking"

var methods = []method{
	{name: "every alert", model: everyAlert},
	{name: "one label: the location", model: oneLabel},
	{name: "model of Alertmanager", model: inhibiting},
	{name: "headstart, settle 0", settings: `{"settle":"0s"}`, delivery: generate.ByAlerts()},
	{name: "headstart, settle 20 s", settings: `{"settle":"20s"}`, delivery: generate.ByAlerts()},
	{name: "headstart, settle 60 s", delivery: generate.ByAlerts()},
	{name: "the same without suspicion", settings: `{"suspect":{"children":1000000}}`, delivery: generate.ByAlerts()},
	{name: asking, delivery: generate.ByProbes()},
}

// figures are what one method did with the outages of one catalog.
type figures struct {
	causes   int // true causes: outages
	wide     int // of those, outages of more than one thing: what users would be told of
	opened   int // incidents opened and reopened
	messages int // what users were told of them: see weighing
	told     int // outages of more than one thing that users were told of
	exact    int // outages all of whose symptoms stand under their true cause
	named    int // outages for which a cause was named: see weigh
	right    int // of those, named rightly
	delays   []time.Duration
}

func (f *figures) add(x *figures) {
	f.causes += x.causes
	f.wide += x.wide
	f.opened += x.opened
	f.messages += x.messages
	f.told += x.told
	f.exact += x.exact
	f.named += x.named
	f.right += x.right
	f.delays = append(f.delays, x.delays...)
}

func (f *figures) perOutage() float64    { return share(f.messages, f.wide) }
func (f *figures) exactShare() float64   { return share(f.exact, f.causes) }
func (f *figures) rightShare() float64   { return share(f.right, f.named) }
func (f *figures) unknownShare() float64 { return 1 - share(f.named, f.causes) }

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

func (f *figures) median() time.Duration {
	if len(f.delays) == 0 {
		return 0
	}
	slices.Sort(f.delays)
	return f.delays[len(f.delays)/2]
}

// weighing plays one story to an engine and counts what people get of it.
//
// A message is what users are pushed (ruling 25): one for a group of more than one
// thing that still stands when pushDelay is over, one when it reopens, and one for
// each change of its cause after that. What is corrected before costs none, and
// one broken printer is nobody's mail. Operators are paged for every group opened.
type weighing struct {
	figures
	story    *generate.Story
	delivery generate.Delivery
	engine   *State

	scene  *generate.Scene
	faults map[headstart.ProblemKey]*generate.Fault
	first  map[*generate.Fault]time.Time // first group about it
	due    []push
	pushed map[headstart.GroupID]bool
}

// push is a message that waits for pushDelay.
type push struct {
	at    time.Time
	group headstart.GroupID
}

// pushDelay is announce.after of all but P1.
const pushDelay = 2 * time.Minute

// decided follows what the engine decides.
func (w *weighing) decided(c headstart.Change) {
	w.enter(c.At)
	g := w.engine.groups[c.Group]
	f := w.faults[c.Problem]
	if g == nil {
		return
	}
	switch c.Kind {
	case headstart.GroupOpened, headstart.GroupReopened:
		if f == nil || !f.Noise {
			w.opened++
		}
		w.due = append(w.due, push{c.At.Add(pushDelay), g.ID})
		delete(w.pushed, g.ID)
	case headstart.MemberJoined:
		if c.At.Sub(g.OpenedAt) > pushDelay {
			w.push(g)
		}
	case headstart.CauseChanged:
		if w.pushed[g.ID] {
			w.messages++
		}
	default:
		return
	}
	if f != nil && w.first[f].IsZero() {
		w.first[f] = c.At
	}
}

// push counts the first message of a group that is about more than one thing.
func (w *weighing) push(g *group) {
	if g.Total > 1 && !w.pushed[g.ID] {
		w.pushed[g.ID] = true
		w.messages++
	}
}

// enter moves on to at: to what was to be pushed by then, and to its scene.
func (w *weighing) enter(at time.Time) {
	for len(w.due) > 0 && !w.due[0].at.After(at) {
		if g := w.engine.groups[w.due[0].group]; w.engine.isLive(g) {
			w.push(g)
		}
		w.due = w.due[1:]
	}
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
	w.enter(x.Judge)
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
	if len(f.Symptoms) > 1 {
		w.wide++
	}
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
	exact, told := len(symptoms) > 0, false
	for id, n := range symptoms {
		g := w.engine.groups[id]
		exact, told = exact && isCause(g, f), told || w.pushed[id]
		if most == nil || n > symptoms[most.ID] || n == symptoms[most.ID] && g.ID < most.ID {
			most = g
		}
	}
	if exact {
		w.exact++
	}
	if told && len(f.Symptoms) > 1 {
		w.told++
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
	if m.model != nil {
		return m.model(all, q)
	}
	var sum figures
	for _, x := range all {
		w := &weighing{story: x.Story, delivery: m.delivery, engine: NewState(), pushed: map[headstart.GroupID]bool{}}
		x.Play(x.Config(x.Org.Catalog(q), m.settings), x.logs[m.delivery.Probed], w.engine, generate.Watcher{Decided: w.decided, Judge: w.judge})
		sum.add(&w.figures)
	}
	return sum
}

// TestCompare measures the engine beside what people use now, by what generated
// outages truly were, and holds it to the figures of the design. -table writes the
// table of docs/correlation.md.
func TestCompare(t *testing.T) {
	var table strings.Builder
	var all []trial
	noise := -1.0
	for _, q := range []generate.Quality{generate.Ideal, generate.Noisy, generate.Bad, generate.None} {
		if q.Noise != noise {
			all, noise = trials(*organisations, q.Noise), q.Noise
		}
		fmt.Fprintf(&table, "\n| %s catalog | opened | messages | told | exact | unknown | right | first after |\n|---|---|---|---|---|---|---|---|\n", q.Name)
		for _, m := range methods {
			f := m.measure(all, q)
			table.WriteString(f.row(m))
			if m.name == asking {
				bounds(t, q, &f)
			}
		}
	}
	t.Log(table.String())
	if *tableFile != "" {
		writeTable(t, *tableFile, table.String())
	}
}

func (f *figures) row(m method) string {
	percent := func(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }
	unknown, right, after := percent(f.unknownShare()), percent(f.rightShare()), "-"
	if m.model != nil {
		unknown, right = "-", "-"
	}
	if len(f.delays) > 0 {
		after = f.median().Round(time.Second).String()
	}
	return fmt.Sprintf("| %s | %.2f | %.2f | %s | %s | %s | %s | %s |\n",
		m.name, share(f.opened, f.causes), f.perOutage(), percent(share(f.told, f.wide)), percent(f.exactShare()), unknown, right, after)
}

// bounds are the figures of the design for the engine that asks.
func bounds(t *testing.T, q generate.Quality, f *figures) {
	t.Helper()
	want := map[string]struct{ messages, told, exact, right float64 }{
		"ideal": {messages: 1, told: 1, exact: 1, right: 1},
		"noisy": {messages: 1.1, told: 0.97, right: 0.97},
		"bad":   {messages: 3.2, told: 0.95, right: 0.98},
		"none":  {messages: 1.5, told: 0.9},
	}[q.Name]
	if f.perOutage() > want.messages || share(f.told, f.wide) < want.told || f.exactShare() < want.exact || f.rightShare() < want.right {
		t.Errorf("%s catalog: %.2f messages, told %.2f, exact %.2f, right %.2f; want messages %.2f at most, told %.2f, exact %.2f, right %.2f at least", q.Name, f.perOutage(), share(f.told, f.wide), f.exactShare(), f.rightShare(), want.messages, want.told, want.exact, want.right)
	}
}

// writeTable puts the table between its two marks in a document.
func writeTable(t *testing.T, file, table string) {
	t.Helper()
	const begin, end = "<!-- compared: written by make bench -->\n", "<!-- end of compared -->\n"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(old), begin)
	_, tail, also := strings.Cut(rest, end)
	if !ok || !also {
		t.Fatalf("%s lacks the marks %q and %q", file, begin, end)
	}
	if err := os.WriteFile(file, []byte(head+begin+strings.TrimPrefix(table, "\n")+"\n"+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
