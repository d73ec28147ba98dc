package incidents

import (
	"fmt"
	"hash/fnv"
	"time"

	"headstart"
)

// Groups is what the book asks correlation about a group it was told of.
type Groups interface {
	Group(id headstart.GroupID) *headstart.Group // nil: unknown
	OpenMembers(id headstart.GroupID) []headstart.ProblemKey
	Problem(key headstart.ProblemKey) *headstart.Problem
	Alert(fingerprint string) *headstart.AlertState

	// AlertLabels are those of a problem's nth alert, whether it pages nobody for now, and
	// whether there are more; nil: it has not so many.
	AlertLabels(key headstart.ProblemKey, n int) (labels map[string]string, quiet, more bool)

	Ticket(key string) *headstart.TicketState
}

// Plans is what the book asks correlation about planned work.
type Plans interface {
	Windows() []string                             // ids of all that is known, sorted
	Window(id string) *headstart.MaintenanceWindow // nil: unknown
	Reach(id string) headstart.Reach               // whom it touches
	Failing(id string) (since, before int)         // what fails there: since it began, and from before
}

// Composer writes what users read; equal Wordings give equal texts.
type Composer interface {
	Compose(w headstart.Wording) headstart.Composed

	// Digest writes the one message that lists several notices.
	Digest(w headstart.DigestWording) headstart.Composed

	// Title names a disruption in one line; name is what users call the thing,
	// empty if the kind says enough. It returns nothing where a name is needed.
	Title(kind headstart.ServiceKind, effect, name, lang string) string
}

// Router names the operators' receivers an alert's labels lead to.
type Router interface {
	// Receivers names those to be told at a time, zero: whatever the time. later reports
	// whether time intervals hold others back.
	Receivers(labels map[string]string, at time.Time) (to []string, later bool)

	// Resting reports whether time intervals hold all back that a receiver would be told.
	Resting(receiver string, at time.Time) bool

	// Opens is when a time interval begins or ends next; zero: not within a year.
	Opens(after time.Time) time.Time
}

// Makers turn configuration of the log into behaviour; cmd hands them in.
type Makers struct {
	// Composer of a catalog, for announce.address, with the organisation's own lines by key.
	Composer func(cat *headstart.Catalog, address string, own map[string]string) Composer
	Router   func(route string) (Router, error) // of operators' route: YAML
}

// book follows the life of every incident. Like correlation it is a plain value
// machine: no clock but now, which the fold sets from the log.
type book struct {
	groups Groups
	plans  Plans
	makers Makers

	now        time.Time
	config     Announce
	escalation Escalation
	log        headstart.LogConfig
	catalog    *headstart.Catalog
	calendar   *headstart.Calendar
	zone       *time.Location
	roster     *headstart.Roster
	composer   Composer
	router     Router

	last          int // number of the newest incident
	lastWork      int // number of the newest planned work that users are told of
	hush          time.Time
	lowerAfter    time.Duration // how long a lower priority must hold before it shows: correlation.hold
	incidents     map[headstart.IncidentID]*incident
	byGroup       map[headstart.GroupID]headstart.IncidentID
	byRef         map[string]headstart.IncidentID
	announcements map[string]*headstart.Announcement
	live          map[headstart.IncidentID]*incident                 // those that still disrupt, or may
	told          map[headstart.IncidentID][]*headstart.Announcement // by audience
	covers        map[headstart.IncidentID][]*headstart.Announcement // by id: of other incidents, that speak for this one too
	planned       map[string][]*headstart.Announcement               // by window: of planned work, by id, what incidents took over too
	works         map[string]*work                                   // by window: what is known of it as it stands; saves work alone
	wakes         map[string]*deadline                               // by window: when it is looked at next
	byTicket      map[string][]headstart.IncidentID                  // linked or suggested, sorted
	owed          map[string]*headstart.Notice
	owedOf        map[string][]string // by announcement: what is owed of it, sorted
	decided       map[int]*numbers    // by number of an incident: its timeline
	reading       map[int][]uint64    // the same, while rows are loaded
	outcomes      map[string]*headstart.Outcome
	desk          map[string]*headstart.DeskNote
	notesOf       map[headstart.IncidentID][]string // notes that may end by themselves, sorted; of no incident: ""
	confirms      map[string]time.Time              // incident/device
	audit         map[string]*headstart.AuditEntry
	dead          map[string]*headstart.DeadLetter // by Notice.Key
	known         map[string]*headstart.KnownRecord
	deadLink      map[string]*headstart.DeadLink // by URL
	personal      personal
	fading        bool // a deadline to look for what is to be forgotten is set
	ledger        ledger
	digests       []time.Time                     // that a deadline is set for
	alarms        []time.Time                     // first messages to the desk in the last hour, see mayAlarm
	reports       map[headstart.Edition]time.Time // when each is owed next; the deadline of another time is outdated
	trusted       int                             // drafts that went out unchanged since one was not right (see trust)
	history       history
	agenda        *agenda

	// Looked up often, so made once a configuration.
	services  map[string]*headstart.Service
	devices   map[string]*headstart.Device
	devicesAt map[string]int // by location: how many
	places    map[string]*headstart.Location
	scopes    map[headstart.IncidentID]*scope
	scoped    int // number of the newest scope

	// What the unit being applied changed; the fold takes it away after each.
	decisions []headstart.Decision
	messages  []Message
	dirty     *dirty
	out       []headstart.Owed
	ack       []string
	paging    []paging
	matched   func(headstart.Band) // of metrics, told of each new match; nil: nobody listens
	handled   int                  // messages owed and struck off, for spent
}

// incident is an incident with what only the book needs to know of it.
type incident struct {
	headstart.Incident
	X extra `json:"x"`
}

// extra is the book's own part of an incident's row.
type extra struct {
	Severity string    `json:"severity,omitempty"`  // P1 to P3, set by a person
	Service  string    `json:"service,omitempty"`   // the one the words are about
	Effect   string    `json:"effect,omitempty"`    // down slow partly, said by a person; empty: down
	Touched  bool      `json:"touched,omitempty"`   // a person took part in the sense of ruling 27b
	Lowering bool      `json:"lowering,omitempty"`  // a deadline to lower the priority is set
	LowerGen int       `json:"lower_gen,omitempty"` // and outdates those set before
	Gen      int       `json:"gen,omitempty"`       // outdates deadlines to resolve
	Clear    time.Time `json:"clear,omitzero"`      // since when all members answer well
	Hush     time.Time `json:"hush,omitzero"`       // nothing to users until then
	Late     time.Time `json:"late,omitzero"`       // last link or confirmation (ruling 27c)
	PushAt   time.Time `json:"push_at,omitzero"`    // the latest deadline to push
	Lasted   *lasted   `json:"lasted,omitempty"`    // how long it took, once it is closed
	Foreseen string    `json:"foreseen,omitempty"`  // the class its time was last looked up for in earlier cases
	WarnFor  time.Time `json:"warn_for,omitzero"`   // the promise a deadline to warn is set for
	Warned   time.Time `json:"warned,omitzero"`     // the promise the owner was warned of last
	Declined []string  `json:"declined,omitempty"`  // audiences a person wants to tell nothing
	Several  bool      `json:"several,omitempty"`   // more than one asset failed in it
	Unheard  bool      `json:"unheard,omitempty"`   // it has no audience, and its timeline says so
	Judging  judging   `json:"judging,omitzero"`
	Further  int       `json:"further,omitempty"` // further alerts that its timeline names
	Absorbs  int       `json:"absorbs,omitempty"` // incidents merged into it whose notices are still to come
	Ended    bool      `json:"ended,omitempty"`   // its readers may hear that it is over: nothing more is waited for

	Tickets map[string]ticket  `json:"tickets,omitempty"` // linked or suggested, by key
	Past    past               `json:"past,omitzero"`     // of tickets not known any more
	Paged   map[string]receipt `json:"paged,omitempty"`   // by receiver
	Look    time.Time          `json:"look,omitzero"`     // when its pages are looked at again: some are held back

	Over    bool                `json:"over,omitempty"`    // its tickets are told that it is
	No      []no                `json:"no,omitempty"`      // who said lately that it still fails though it is over
	News    int                 `json:"news,omitempty"`    // counts what is worth an update in tickets
	NewsAt  time.Time           `json:"news_at,omitzero"`  // when the last of it came
	Written map[string]*written `json:"written,omitempty"` // by ticket: what it was told
	Made    map[string]string   `json:"made,omitempty"`    // by source: the ticket made there; empty: owed
	WriteAt time.Time           `json:"write_at,omitzero"` // the latest deadline to look at its tickets again

	Hours hours     `json:"hours,omitzero"`
	Watch vigil     `json:"watch,omitzero"`
	Desk  *deskTold `json:"desk,omitzero"` // see extra.desk
}

// ticket is what an incident remembers of one of its tickets.
type ticket struct {
	Linked    bool      `json:"linked,omitempty"`
	Since     time.Time `json:"since"`
	Left      bool      `json:"left,omitempty"` // a phone ticket without reported_at: left out of the head start
	Requester string    `json:"requester,omitempty"`
}

// receipt is what a receiver was told of an incident.
type receipt struct {
	N        int    `json:"n"`
	Priority string `json:"priority"`
	UID      string `json:"uid,omitempty"`    // the name it knows the incident by; empty: its own
	Over     bool   `json:"over,omitempty"`   // its page is closed
	Called   bool   `json:"called,omitempty"` // by escalation alone: no alert of it leads there
}

// Message is one message to users or operators, for replay's output.
type Message struct {
	At           time.Time                 `json:"at"`
	Incident     headstart.IncidentID      `json:"incident"`
	Window       string                    `json:"window,omitempty"` // of planned work without an incident
	Phase        headstart.Phase           `json:"phase"`
	Audience     string                    `json:"audience"`
	Plane        headstart.Plane           `json:"plane"`
	How          headstart.How             `json:"how"`
	Text         map[string]headstart.Text `json:"text"`
	NextUpdateBy *time.Time                `json:"next_update_by"`
	Final        bool                      `json:"final"`
	Corrects     bool                      `json:"corrects,omitempty"`
	Receiver     string                    `json:"receiver,omitempty"`
}

func newBook(groups Groups, plans Plans, makers Makers) *book {
	b := &book{
		groups: groups, plans: plans, makers: makers,
		planned: map[string][]*headstart.Announcement{}, works: map[string]*work{}, wakes: map[string]*deadline{},
		incidents: map[headstart.IncidentID]*incident{}, byGroup: map[headstart.GroupID]headstart.IncidentID{},
		byRef: map[string]headstart.IncidentID{}, announcements: map[string]*headstart.Announcement{},
		live: map[headstart.IncidentID]*incident{}, told: map[headstart.IncidentID][]*headstart.Announcement{}, covers: map[headstart.IncidentID][]*headstart.Announcement{},
		byTicket: map[string][]headstart.IncidentID{},
		owed:     map[string]*headstart.Notice{}, owedOf: map[string][]string{}, decided: map[int]*numbers{}, reading: map[int][]uint64{}, outcomes: map[string]*headstart.Outcome{}, desk: map[string]*headstart.DeskNote{}, notesOf: map[headstart.IncidentID][]string{},
		confirms: map[string]time.Time{}, history: history{}, agenda: newAgenda(),
		audit: map[string]*headstart.AuditEntry{}, dead: map[string]*headstart.DeadLetter{}, dirty: newDirty(),
		known: map[string]*headstart.KnownRecord{}, deadLink: map[string]*headstart.DeadLink{},
	}
	b.configure(headstart.LogConfig{})
	return b
}

// apply follows one decision of correlation.
func (b *book) apply(c headstart.Change) {
	switch c.Kind {
	case headstart.TicketMatched:
		b.note(c.Decision)
		b.ticketMatched(c.Ticket)
		return
	case headstart.TicketGone:
		b.ticketGone(c.Ticket)
		return
	case headstart.Noted, headstart.Asked:
		b.note(c.Decision)
		b.hint(c.Decision)
		return
	case headstart.GroupOpened:
		b.open(c)
		return
	default: // about a group that has a number
	}
	i := b.incident(c.Group)
	if i == nil {
		b.note(c.Decision)
		return
	}
	b.chronicle(i, c)
	switch c.Kind {
	case headstart.GroupMerged:
		b.merged(i, c)
	case headstart.CauseChanged:
		b.sync(i)
		b.foresee(i)
		b.correct(i)
	case headstart.MemberJoined, headstart.MemberFailing, headstart.AlertSeen:
		b.sync(i)
		b.touchMember(i, c.Problem)
	case headstart.GroupHolding:
		i.X.Clear = b.now
		b.sync(i)
	case headstart.GroupReturned, headstart.GroupReopened:
		b.returned(i, c)
	case headstart.GroupResolved:
		b.resolved(i)
	case headstart.GroupClosed:
		b.closed(i)
	case headstart.PlanChanged:
		b.replan(i)
	case headstart.GroupStale:
		b.stale(i)
	case headstart.GroupHeard:
		b.heard(i)
	default: // cleared, recovering, split, impact: the group's own row says it
		b.sync(i)
		if c.Kind == headstart.ImpactChanged && c.Rule == "P-17" {
			b.touchPages(i, "joined") // a silence began or ended
		}
	}
	b.judge(i)
	b.attend(i)
}

// open gives a new group its number.
func (b *book) open(c headstart.Change) *incident {
	g := b.groups.Group(c.Group)
	b.last++
	i := &incident{Incident: headstart.Incident{
		V: 1, ID: headstart.IncidentID(fmt.Sprintf("HS-%d", b.last)), Seq: b.last, Group: c.Group,
		UID:      uid(b.log.Installation, g.Opener, g.Received),
		OpenedAt: b.now, State: headstart.Open, Tags: []string{},
	}}
	b.incidents[i.ID] = i
	b.byGroup[c.Group] = i.ID
	i.X.Watch.next(b.now)
	i.SplitFrom, i.RecurrenceOf = b.byGroup[g.SplitFrom], b.byGroup[g.RecurrenceOf]
	b.decide(i, c.Decision)
	b.sync(i)
	b.foresee(i)
	b.touchPages(i, "opened")
	b.takeOver(i, "")
	b.judge(i)
	b.pushAt(i, b.now.Add(b.config.after(i.Priority)))
	b.attend(i)
	return i
}

// uid is the incident's name in every external key (ruling 6): the same for a
// record replayed after a failover, different in another installation.
func uid(installation string, opener headstart.ProblemKey, received time.Time) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%d", installation, opener, received.UnixMilli())
	return fmt.Sprintf("%016x", h.Sum64())
}

// incident returns the incident a group became, or nil.
func (b *book) incident(id headstart.GroupID) *incident { return b.incidents[b.byGroup[id]] }

// note records a decision that belongs to no incident: it is hashed, not kept.
func (b *book) note(d headstart.Decision) {
	d.V = 1
	if d.At.IsZero() {
		d.At = b.now
	}
	b.decisions = append(b.decisions, d)
}

// decide records a decision on i; the list of them is its timeline.
func (b *book) decide(i *incident, d headstart.Decision) {
	d.Incident = i.ID
	b.note(d)
}

func facts(kv ...string) []headstart.Fact {
	var out []headstart.Fact
	for n := 0; n+1 < len(kv); n += 2 {
		if kv[n+1] != "" {
			out = append(out, headstart.Fact{Name: kv[n], Value: kv[n+1]})
		}
	}
	return out
}

func at(t time.Time) *time.Time { t = t.UTC(); return &t }

// orNone is s, and no null in JSON.
func orNone(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
