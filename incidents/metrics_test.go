package incidents

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"headstart"
)

// TestOpenedIsCounted: each incident counts once, however many commits follow.
func TestOpenedIsCounted(t *testing.T) {
	st := newStory(t, nil)
	m := newMetrics(prometheus.NewPedanticRegistry())
	st.outage(0)
	told := carried(m, st.f.book, 0)
	carried(m, st.f.book, told)
	if got := testutil.ToFloat64(m.opened.WithLabelValues(string(headstart.CauseObserved))); got != 1 {
		t.Errorf("headstart_incidents_opened_total is %v, want 1", got)
	}
}

// TestGaugesFollowWhatChanged: the gauges say what counting every live incident anew
// would, through its life and over a change of leaders.
func TestGaugesFollowWhatChanged(t *testing.T) {
	st := newStory(t, nil)
	m := newMetrics(prometheus.NewPedanticRegistry())
	m.begin(st.f.book)
	st.outage(0)
	carried(m, st.f.book, 1)
	i := st.incident()
	if got := testutil.ToFloat64(m.incidents.WithLabelValues("open", i.Priority)); got != 1 {
		t.Errorf("%v open incidents, want 1", got)
	}
	i.State, i.Stale = headstart.Holding, true
	st.f.book.dirty.incident(i)
	carried(m, st.f.book, 1)
	carried(m, st.f.book, 1) // a commit without it
	if n, stale := testutil.CollectAndCount(m.incidents), testutil.ToFloat64(m.stale); n != 1 || stale != 1 {
		t.Errorf("%d series and %v stale incidents, want one of each", n, stale)
	}
	m.begin(st.f.book)
	if got := testutil.ToFloat64(m.incidents.WithLabelValues("holding", i.Priority)); got != 1 {
		t.Errorf("%v holding incidents to a new leader, want 1", got)
	}
	i.State = headstart.Closed
	st.f.book.dirty.incident(i)
	carried(m, st.f.book, 1)
	if n, stale := testutil.CollectAndCount(m.incidents), testutil.ToFloat64(m.stale); n != 0 || stale != 0 {
		t.Errorf("%d series and %v stale incidents when all are closed, want none", n, stale)
	}
}

// TestHeadStartIsMeasuredOnce: when an incident closes, as it was known then, also of
// one that came back and of one that an earlier leader saw resolved. What is closed is
// remembered by nobody, and a call logged later is not counted twice.
func TestHeadStartIsMeasuredOnce(t *testing.T) {
	st := newStory(t, nil)
	m := newMetrics(prometheus.NewPedanticRegistry())
	st.outage(0)
	i := st.incident()
	i.LeadSeconds = new(int64(480)) // before the call that was logged late
	for _, state := range []headstart.IncidentState{headstart.Open, headstart.Resolved, headstart.Open, headstart.Resolved} {
		i.State = state
		m.recount(new(figureOf(i.ID, i)))
	}
	if n := testutil.CollectAndCount(m.lead); n != 1 || testutil.ToFloat64(m.usersFirst) != 0 {
		t.Error("a head start was measured before its incident closed")
	}
	m.begin(st.f.book) // another leader
	i.LeadSeconds, i.State = new(int64(-60)), headstart.Closed
	m.recount(new(figureOf(i.ID, i)))
	i.LeadSeconds = new(int64(-120))
	m.recount(new(figureOf(i.ID, i)))
	if got := testutil.ToFloat64(m.usersFirst); got != 1 {
		t.Errorf("users were first %v times, want once", got)
	}
	if len(m.unclosed) != 0 {
		t.Errorf("%d closed incidents are remembered", len(m.unclosed))
	}
}

// carried counts what a commit would carry, and returns the number of the newest incident.
func carried(m *metrics, b *book, seen int) int {
	var p parcel
	b.take(&p)
	seen = p.figures.of(b, p.touched, seen)
	m.count(&p.figures)
	return seen
}

// What the contract counts of readers and of matches: each once, and not again by who
// takes over.
func TestCountsReadersAndMatches(t *testing.T) {
	m := newMetrics(prometheus.NewPedanticRegistry())
	st := newStory(t, nil)
	st.f.book.matched = m.linked
	m.begin(st.f.book)
	st.outage(0)
	shown := func() *figure { f := figureOf("HS-1", st.f.book.incidents["HS-1"]); return &f }
	for _, device := range []string{"a", "b", "a"} {
		st.line(2*time.Minute, headstart.Line{Confirm: &headstart.Confirm{Incident: "HS-1", Service: "print", Location: "noord", Device: device}})
		m.press(shown())
	}
	if got := testutil.ToFloat64(m.confirmed.WithLabelValues("print", "noord")); got != 2 {
		t.Errorf("%v confirmations counted, want 2: one pressed twice", got)
	}
	next := newMetrics(prometheus.NewPedanticRegistry())
	next.begin(st.f.book)
	next.press(shown())
	if got := testutil.CollectAndCount(next.confirmed); got != 0 {
		t.Errorf("the next leader counts those before it: %d", got)
	}
	st.links(3*time.Minute, "12", "")
	st.links(4*time.Minute, "12", "linked")
	if got := testutil.ToFloat64(m.banded.WithLabelValues("suggest")); got != 1 {
		t.Errorf("%v matches counted, want 1: it was suggested, then linked", got)
	}
}

// observed is how often a histogram without labels was told something, and the sum of it.
func observed(t *testing.T, reg *prometheus.Registry, name string) (n uint64, sum float64) {
	t.Helper()
	all, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.GetName() == name {
			h := f.GetMetric()[0].GetHistogram()
			return h.GetSampleCount(), h.GetSampleSum()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0, 0
}
