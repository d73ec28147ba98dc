package incidents

import (
	"cmp"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"headstart"
)

type metrics struct {
	lag, stale        prometheus.Gauge
	overdue           prometheus.Histogram
	unreadable        prometheus.Counter
	incidents         *prometheus.GaugeVec
	opened, decisions *prometheus.CounterVec
	announced         *prometheus.CounterVec
	promises, links   *prometheus.CounterVec
	lead              prometheus.Histogram
	usersFirst        prometheus.Counter
	banded            *prometheus.CounterVec
	confirmed         *prometheus.CounterVec

	counted  map[headstart.IncidentID]tallied // the live ones
	tally    map[tallied]int                  // how many, stale or not
	unclosed map[headstart.IncidentID]bool    // whose head start is observed when they are
	pressed  map[headstart.IncidentID]int     // confirmations counted so far; none: absent
}

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		unclosed: map[headstart.IncidentID]bool{}, counted: map[headstart.IncidentID]tallied{}, tally: map[tallied]int{},
		pressed: map[headstart.IncidentID]int{},
		lag: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_engine_lag_seconds", Help: "How long the last record waited between log and commit.",
		}),
		overdue: f.NewHistogram(prometheus.HistogramOpts{
			Name: "headstart_deadline_delay_seconds", Help: "How long after a deadline the log had a record, a tick in silence, that let it pass.",
			Buckets: []float64{.005, .01, .02, .03, .04, .05, .075, .1, .25, .5, 1, 5},
		}),
		stale: f.NewGauge(prometheus.GaugeOpts{
			Name: "headstart_incidents_stale", Help: "Live incidents all of whose members fell silent.",
		}),
		unreadable: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_records_unreadable_total", Help: "Records of the log that no release can read, skipped.",
		}),
		incidents: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "headstart_incidents", Help: "Live incidents, by state and priority.",
		}, []string{"state", "priority"}),
		opened: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_incidents_opened_total", Help: "Incidents opened, by kind of cause at that moment.",
		}, []string{"cause_kind"}),
		decisions: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_decisions_total", Help: "Decisions taken, by rule.",
		}, []string{"rule"}),
		announced: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_announcements_total", Help: "Messages published to users, by phase.",
		}, []string{"phase"}),
		promises: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_promises_total", Help: "Promises of a next message, kept or missed.",
		}, []string{"kept"}),
		links: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_link_reviews_total", Help: "What people said of links between tickets and incidents.",
		}, []string{"verdict"}),
		lead: f.NewHistogram(prometheus.HistogramOpts{
			Name: "headstart_lead_seconds", Help: "First linked user ticket minus first message to users, where users came second; as known when the incident closed.",
			Buckets: []float64{30, 60, 120, 300, 600, 1200, 1800, 3600, 7200},
		}),
		usersFirst: f.NewCounter(prometheus.CounterOpts{
			Name: "headstart_users_first_total", Help: "Incidents a user reported before we announced them.",
		}),
		banded: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_links_total", Help: "Tickets suggested for or linked to an incident, by band of the match; none: a person linked what was not suggested.",
		}, []string{"band"}),
		confirmed: f.NewCounterVec(prometheus.CounterOpts{
			Name: "headstart_user_confirmations_total", Help: "Readers of the status page who said that they have it too, by what the words are about and the first place of the incident.",
		}, []string{"service", "location"}),
	}
	m.known()
	return m
}

// known names the labels that there can be: a counter that begins at 1 looks to
// increase() as if nothing had happened.
func (m *metrics) known() {
	for vec, labels := range map[*prometheus.CounterVec][]string{
		m.promises: {"true", "false"},
		m.links:    {"confirmed", "rejected"},
		m.banded:   {string(headstart.BandAuto), string(headstart.BandSuggest), string(headstart.BandNone)},
		m.opened: {
			string(headstart.CauseObserved), string(headstart.CauseSuspected), string(headstart.CauseJoint), string(headstart.CauseSurge),
			string(headstart.CauseStorm), string(headstart.CauseManual), string(headstart.CauseNone),
		},
	} {
		for _, l := range labels {
			vec.WithLabelValues(l)
		}
	}
}

// linked counts a ticket that became a candidate of an incident, or was linked to it.
func (m *metrics) linked(band headstart.Band) { m.banded.WithLabelValues(string(band)).Inc() }

// press counts the confirmations of an incident since it was last looked at.
func (m *metrics) press(f *figure) {
	if f.confirmed == 0 {
		delete(m.pressed, f.id)
		return
	}
	if more := f.confirmed - m.pressed[f.id]; more > 0 {
		m.confirmed.WithLabelValues(f.service, f.location).Add(float64(more))
	}
	m.pressed[f.id] = f.confirmed
}

// first of list; empty if there is none.
func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// decided counts one decision by its rule and meaning.
func (m *metrics) decided(d headstart.Decision) {
	m.decisions.WithLabelValues(d.Rule).Inc()
	switch d.Outcome {
	case "published":
		m.announced.WithLabelValues(d.Fact("phase")).Inc()
	case "promise_kept":
		m.promises.WithLabelValues("true").Inc()
	case "promise_missed", "eta_missed":
		m.promises.WithLabelValues("false").Inc()
	case "linked", "link_confirmed":
		m.links.WithLabelValues("confirmed").Inc()
	case "unlinked", "link_rejected":
		m.links.WithLabelValues("rejected").Inc()
	}
}

// count brings the gauges up to date with the incidents whose rows a commit carried,
// and observes the head start of those that closed. Of thousands that live, few change.
func (m *metrics) count(f *figures) {
	for _, kind := range f.opened {
		m.opened.WithLabelValues(string(kind)).Inc()
	}
	for n := range f.changed {
		m.recount(&f.changed[n])
	}
}

// figures are what metrics tell of a commit.
type figures struct {
	opened  []headstart.CauseKind // of incidents that are new
	changed []figure
}

// of takes them of the incidents whose rows a commit carries, and of those numbered above
// seen; it returns the newest number.
func (f *figures) of(b *book, touched []headstart.IncidentID, seen int) int {
	f.opened, f.changed = f.opened[:0], f.changed[:0]
	for ; seen < b.last; seen++ {
		if i := b.incidents[headstart.IncidentID("HS-"+itoa(seen+1))]; i != nil {
			f.opened = append(f.opened, i.Cause.Kind)
		}
	}
	for _, id := range touched {
		f.changed = append(f.changed, figureOf(id, b.incidents[id]))
	}
	return seen
}

// figure is an incident as metrics see it.
type figure struct {
	id    headstart.IncidentID
	known bool
	live  bool
	tallied
	lead *int64

	confirmed         int    // by how many readers
	service, location string // that the words are about; the first of several
}

func figureOf(id headstart.IncidentID, i *incident) figure {
	if i == nil {
		return figure{id: id}
	}
	f := figure{id: id, known: true, live: i.Live(), tallied: tallied{i.State, i.Priority, i.Stale}, confirmed: i.Confirmations}
	if f.confirmed > 0 {
		f.service, f.location = cmp.Or(i.X.Service, first(i.Services)), first(i.Locations)
	}
	if i.LeadSeconds != nil {
		f.lead = new(*i.LeadSeconds)
	}
	return f
}

// tallied is how a live incident is counted.
type tallied struct {
	state    headstart.IncidentState
	priority string
	stale    bool
}

// begin counts all incidents of a term that begins.
func (m *metrics) begin(b *book) {
	clear(m.counted)
	clear(m.tally)
	m.incidents.Reset()
	m.stale.Set(0)
	clear(m.unclosed)
	clear(m.pressed)
	for id, i := range b.incidents { // those of terms before were counted then
		if i.Confirmations > 0 {
			m.pressed[id] = i.Confirmations
		}
	}
	for id, i := range b.incidents { // those resolved may still close
		m.recount(new(figureOf(id, i)))
	}
}

// recount counts an incident as what it is now, and no longer as what it was.
func (m *metrics) recount(f *figure) {
	was, counted := m.counted[f.id]
	m.measure(f)
	m.press(f)
	if counted == f.live && (!f.live || was == f.tallied) {
		return
	}
	if counted {
		m.add(was, -1)
		delete(m.counted, f.id)
	}
	if f.live {
		m.add(f.tallied, 1)
		m.counted[f.id] = f.tallied
	}
}

func (m *metrics) add(s tallied, n int) {
	if s.stale {
		m.stale.Add(float64(n))
	}
	s.stale = false
	m.tally[s] += n
	if m.tally[s] == 0 {
		delete(m.tally, s)
		m.incidents.DeleteLabelValues(string(s.state), s.priority)
		return
	}
	m.incidents.WithLabelValues(string(s.state), s.priority).Set(float64(m.tally[s]))
}

// measure observes the head start of an incident once, when it closes: until then a
// ticket linked later may be the first, and what a histogram holds nobody corrects. A
// call logged after that changes the incident alone.
func (m *metrics) measure(f *figure) {
	switch {
	case !f.known || f.state == headstart.Merged:
		delete(m.unclosed, f.id)
		return
	case f.state != headstart.Closed:
		m.unclosed[f.id] = true
		return
	case !m.unclosed[f.id]:
		return
	}
	delete(m.unclosed, f.id)
	switch {
	case f.lead == nil:
	case *f.lead >= 0:
		m.lead.Observe(float64(*f.lead))
	default:
		m.usersFirst.Inc()
	}
}
