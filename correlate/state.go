package correlate

import (
	"fmt"
	"strconv"
	"time"

	"headstart"
)

// State is everything correlation knows. It is a plain value machine and not
// safe for concurrent use. All configuration comes from config lines of the log;
// before the first, the defaults hold with an empty catalog.
type State struct {
	raw      *headstart.LogConfig // nil before the first config line
	cfg      Config
	matching Matching
	placer   *Placer
	topo     *topology
	language string
	calendar *headstart.Calendar // nil: nobody ever closes
	zone     *time.Location      // of the calendar

	clock     clock
	problems  map[headstart.ProblemKey]*problem
	groups    map[headstart.GroupID]*group
	alerts    map[string]*alert
	assets    map[string]*asset // outside the catalog; see node.known
	watchdogs map[string]*watchdog
	agents    map[string]*headstart.Agent
	tickets   map[string]*headstart.TicketState
	windows   map[string]*headstart.MaintenanceWindow
	silences  map[string]*silence
	flaws     map[string]*headstart.Flaw
	timers    timers
	storm     stormRow
	profile   profile
	tallies   map[scope]*tally
	reports   map[string]*report // by ticket
	model     modelRow
	reviews   reviewRow
	dirty     dirty
	taken     pack // of Take; its memory serves all rows

	// Indexes, rebuilt from the rows by Loaded.
	strays   map[string][]*problem                        // asset outside the catalog: what fails of it; see node.failing
	aside    map[string]map[headstart.ProblemKey]struct{} // asset: its suppressed problems
	kept     map[string]map[headstart.ProblemKey]struct{} // hold: what it keeps aside (M-06)
	plans    map[string]map[string]struct{}               // asset, service or place: windows that name it and are not over
	open     map[headstart.GroupID]*group                 // those that rows of open problems name; see group.open
	below    map[string]map[headstart.GroupID]struct{}    // asset: live groups whose cause is here or behind here
	near     map[alike]*crowd                             // key: pending problems, and open ones that stand alone
	standing [][]*crowd                                   // by number of a storey: of what cannot be reached there; nil: nobody asked
	loose    map[string]map[headstart.ProblemKey]struct{} // asset: open problems here or behind here that stand alone
	likes    map[alike]headstart.GroupID                  // key: the group of what fails alike
	surges   map[headstart.GroupID]struct{}               // groups that users' reports opened
	ofLate   map[headstart.GroupID]*group                 // live, or over since yesterday; see keepRecent
	past     int64                                        // when the last of the others was over, in nanoseconds since 1970
	recent   []*report                                    // by time

	confirmed map[headstart.GroupID]*vocabulary // of tickets people linked
	faces     []*face                           // by group: it as tickets meet it
	ready     *subjects                         // see readySubjects; nil: a group changed since

	muting    map[string]*silence // silences not over, but inhibitions
	inhibitor inhibitor
	hosts     map[string]string // of generator URLs; see origin
	moulds    moulds            // what alerts are told like
	settings  settings          // of problems
	holders   holders           // of alerts
	joinings  joinings          // of members
	labelled  labelled

	phrases phrases
	said    headstart.TicketTexts // of tickets
	facts   []headstart.Fact      // room for those of the next decisions

	waiting []*timer // loaded, until all they are about is

	// Of the event being applied.
	sight    sighting // unless it was found out ahead
	lately   *problem // the last that joined a group; nil: none did
	now      instant
	received instant
	cutGen   uint64             // see recut
	covers   map[coverID]*cover // by planned work on every way to an asset
	planned  []plannedWord
	changes  []headstart.Change
	touched  idSet               // groups whose figures may have changed
	figuring []headstart.GroupID // those of touched, while their figures are brought up to date
	born     idSet               // groups opened by this event
}

// clock is the one row of TableClock.
type clock struct {
	V      int               `json:"v"`
	Timers uint64            `json:"timers"` // number of the newest timer
	Groups headstart.GroupID `json:"groups"` // number of the newest group

	// Shift is how long nobody looked, in all (ruling 5).
	Shift time.Duration `json:"shift"`

	// Awake is since when somebody has been looking without a gap.
	Awake instant `json:"awake,omitzero"`
}

// NewState returns the state before the first line of a log.
func NewState() *State {
	s := &State{
		clock:     clock{V: 1},
		problems:  map[headstart.ProblemKey]*problem{},
		groups:    map[headstart.GroupID]*group{},
		alerts:    map[string]*alert{},
		assets:    map[string]*asset{},
		watchdogs: map[string]*watchdog{},
		agents:    map[string]*headstart.Agent{},
		tickets:   map[string]*headstart.TicketState{},
		windows:   map[string]*headstart.MaintenanceWindow{},
		silences:  map[string]*silence{},
		flaws:     map[string]*headstart.Flaw{},
		timers:    newTimers(),
		dirty:     dirty{rare: map[rowID]struct{}{}},
		strays:    map[string][]*problem{},
		aside:     map[string]map[headstart.ProblemKey]struct{}{},
		kept:      map[string]map[headstart.ProblemKey]struct{}{},
		plans:     map[string]map[string]struct{}{},
		open:      map[headstart.GroupID]*group{},
		ofLate:    map[headstart.GroupID]*group{},
		below:     map[string]map[headstart.GroupID]struct{}{},
		muting:    map[string]*silence{},
		hosts:     map[string]string{},
		moulds:    newMoulds(),
		settings:  settings{},
		holders:   holders{},
		joinings:  joinings{},
		near:      map[alike]*crowd{},
		loose:     map[string]map[headstart.ProblemKey]struct{}{},
		likes:     map[alike]headstart.GroupID{},
		storm:     stormRow{V: 1},
		profile:   profile{V: 1},
		tallies:   map[scope]*tally{},
		reports:   map[string]*report{},
		surges:    map[headstart.GroupID]struct{}{},
		confirmed: map[headstart.GroupID]*vocabulary{},
		cutGen:    1,
		covers:    map[coverID]*cover{},
	}
	s.model.unpack()
	if err := s.configure(&headstart.LogConfig{}); err != nil {
		panic(fmt.Sprintf("correlate: the defaults do not stand: %v", err))
	}
	return s
}

// Apply folds one line in and returns what was decided, until the next call of
// Apply, Do or Fire. Commands go to Do. Every deadline up to ev.At must have been
// fired before.
func (s *State) Apply(ev headstart.Event) []headstart.Change {
	s.begin(sane(ev.At), sane(ev.Received))
	if s.clock.Awake.IsZero() {
		s.clock.Awake = s.now
		s.dirtyClock()
	}
	switch {
	case ev.Config != nil:
		s.applyConfig(ev.Config)
	case ev.Alert != nil:
		s.applyAlert(ev.Alert, ev.Ahead)
	case ev.Refresh != nil:
		s.applyRefresh(ev.Refresh)
	case ev.Check != nil:
		s.applyCheck(ev.Check)
	case ev.Ticket != nil:
		s.applyTicket(ev.Ticket)
	case ev.Maintenance != nil:
		s.applyMaintenance(ev.Maintenance)
	case ev.Silence != nil:
		s.applySilence(ev.Silence)
	case ev.Model != nil:
		s.applyModel(ev.Model)
	}
	return s.end()
}

// NextDeadline says when Fire is due; false when nothing waits.
func (s *State) NextDeadline() (time.Time, bool) {
	t, due := s.timers.next(s.clock.Shift)
	if t == nil || due == forever {
		return time.Time{}, false
	}
	return due.Time(), true
}

// Fire fires the earliest timer, at the time it was due, and returns what was
// decided, as Apply does.
func (s *State) Fire() []headstart.Change {
	t, due := s.timers.next(s.clock.Shift)
	if t == nil || due == forever {
		return nil
	}
	s.begin(due, due)
	s.endTimer(t)
	switch t.Kind {
	case settleTimer:
		s.settled(t.about.(*problem))
	case expireTimer:
		s.expire(t.about.(*alert))
	case holdTimer:
		s.held(s.groups[groupID(t.subject())])
	case recoverTimer:
		s.split(s.groups[groupID(t.subject())])
	case splitTimer:
		s.splitNext(s.groups[groupID(t.subject())])
	case closeTimer:
		s.closed(s.groups[groupID(t.subject())])
	case moveTimer:
		s.moveNext(s.groups[groupID(t.subject())])
	case absorbTimer:
		s.absorbNext(s.groups[groupID(t.subject())])
	case gatherTimer:
		s.gatherRest(s.groups[groupID(t.subject())])
	case matchTimer:
		s.matchNext(s.groups[groupID(t.subject())], t.from())
	case muteTimer:
		s.mute(t.subject(), t.from())
	case doubtTimer:
		s.doubted(t.subject())
	case delistTimer:
		s.delistNext()
	case forgetTimer:
		s.forget(t.subject())
	case watchdogTimer:
		s.blinded(t.subject())
	case goneTimer:
		s.unmentioned(s.problems[headstart.ProblemKey(t.subject())], t.from() != "")
	case takeTimer:
		s.takeNext(s.groups[groupID(t.subject())])
	case figureTimer:
		s.figureNext(groupID(t.from()))
	case staleTimer:
		s.listen(s.groups[groupID(t.subject())], t.from() != "")
	case quietTimer:
		s.wasQuiet(t.subject())
	case windowTimer:
		s.boundary(t.subject())
	case retireTimer:
		s.retire(t.subject())
	case sweepTimer:
		s.sweep(t.subject(), t.from())
	case releaseTimer:
		s.release(t.subject(), t.from())
	case retainTimer:
		s.retireTickets()
	case closedTimer:
		s.release(closedHold, "")
	case stormTimer:
		s.calmed()
	}
	return s.end()
}

// Blind takes note that nobody looked for d: liveness, watchdogs, settle, hold and recover
// end that much later (ruling 5). Call it before firing what became due meanwhile.
func (s *State) Blind(d time.Duration) {
	if d <= 0 {
		return
	}
	s.clock.Shift += d
	s.clock.Awake = 0
	s.dirtyClock()
}

// Group returns a group, or nil if unknown. It must not be changed.
func (s *State) Group(id headstart.GroupID) *headstart.Group {
	if g := s.groups[id]; g != nil {
		return &g.Group
	}
	return nil
}

// Problem returns a problem, or nil if unknown. Its lists must not be changed.
func (s *State) Problem(key headstart.ProblemKey) *headstart.Problem {
	if p := s.problems[key]; p != nil {
		out := p.noun()
		return &out
	}
	return nil
}

// AlertLabels returns the labels of the nth alert alive of a problem, by fingerprint,
// whether it pages nobody (it is silenced, or unheard yet), and whether there are more; the
// labels are those until the next call, and must not be changed. Nil: it has not so many,
// or is unknown. In a storm it is asked of each that joins, so it makes nothing.
func (s *State) AlertLabels(key headstart.ProblemKey, n int) (labels map[string]string, quiet, more bool) {
	p := s.lately
	if p == nil || p.Key != key || p.Mem.gone {
		p = s.problems[key]
	}
	if p == nil || n >= len(p.Alerts.list()) {
		return nil, false, false
	}
	alerts := p.Alerts.list()
	a := alerts[n]
	return s.labels(a), len(a.silenced()) > 0 || s.unheard(p, a), n+1 < len(alerts)
}

// Alert returns an alert, or nil if unknown. Its labels and lists must not be changed.
// Its Origins are in its row alone.
func (s *State) Alert(fingerprint string) *headstart.AlertState {
	if a := s.alerts[fingerprint]; a != nil && !a.told.nothing() {
		out := a.noun()
		return &out
	}
	return nil
}

// Ticket returns a ticket by Ticket.Key, or nil if unknown. It must not be changed.
func (s *State) Ticket(key string) *headstart.TicketState { return s.tickets[key] }

func groupID(subject string) headstart.GroupID {
	n, _ := strconv.ParseUint(subject, 10, 64)
	return headstart.GroupID(n)
}

func subjectOf(id headstart.GroupID) string { return strconv.FormatUint(uint64(id), 10) }

func (s *State) begin(at, received instant) {
	s.now, s.received = at, received
	clear(s.changes)
	s.changes = s.changes[:0]
	s.recut()
	s.covers = emptied(s.covers)
	s.touched, s.born = s.touched[:0], s.born[:0]
}

// emptied returns m without its keys. A map that grew large keeps its size, and
// every later walk over it pays for that; such a one is replaced.
func emptied[M ~map[K]V, K comparable, V any](m M) M {
	if len(m) > headstart.MaxOps {
		return M{}
	}
	clear(m)
	return m
}

func (s *State) end() []headstart.Change {
	s.refigure()
	if s.meetSurges() {
		s.refigure()
	}
	s.sayPlanned()
	return s.changes
}

// sane brings a time of the outside into a range that sums cannot leave downwards.
func sane(t time.Time) instant {
	const first = 365 * 24 * time.Hour // 1971: nothing of ours is older, and zero is no time
	if x := instantOf(t); x == 0 && t.IsZero() || x >= instant(first) {
		return x
	}
	return instant(first)
}

// ago is how long before now a time of a noun was.
func (s *State) ago(t time.Time) time.Duration { return s.now.Sub(instantOf(t)) }

// say records a decision; facts come in pairs of name and value.
func (s *State) say(kind headstart.ChangeKind, rule, outcome, subject string, facts ...string) *headstart.Change {
	c := headstart.Change{Kind: kind, Decision: headstart.Decision{V: 1, At: s.now.Time(), Rule: rule, Outcome: outcome, Subject: subject}}
	c.Facts = s.pairs(facts)
	s.changes = append(s.changes, c)
	return &s.changes[len(s.changes)-1]
}

// pairs makes facts of names and values. They lie in pages of some fifty decisions each:
// a piece of memory for each was a tenth of all that a storm asked for.
func (s *State) pairs(facts []string) []headstart.Fact {
	n := len(facts) / 2
	if n == 0 {
		return nil
	}
	if len(s.facts) < n {
		s.facts = make([]headstart.Fact, max(n, factPage))
	}
	out := s.facts[:n:n]
	s.facts = s.facts[n:]
	for i := range out {
		out[i] = headstart.Fact{Name: facts[2*i], Value: facts[2*i+1]}
	}
	return out
}

const factPage = 256

// clockTime is how facts give a time.
func clockTime(t instant) string { return t.Time().Format("2006-01-02T15:04:05.999Z07:00") }
