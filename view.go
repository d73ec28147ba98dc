package headstart

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// View is what readers see: the viewed tables as of one cursor (ruling 9). Pages,
// reports and the API read nothing else, on the leader too, so that every
// replica shows the same. Package store fills it from the tables and keeps it
// current from the feed. A View is safe for concurrent use; what its methods
// return belongs to the caller except for maps and slices inside, which must
// not be changed.
type View struct {
	mu     sync.RWMutex
	cursor Cursor
	at     time.Time
	feed   Offset
	ready  bool
	moved  chan struct{} // closed and replaced on every change

	config        *LogConfig
	zone          *time.Location // of config
	incidents     map[IncidentID]*Incident
	byGroup       map[GroupID]IncidentID
	announcements map[string]*Announcement
	problems      map[ProblemKey]*Problem
	members       map[GroupID]map[int]*Member
	alerts        map[string]*AlertState
	tickets       map[string]*TicketState         // whoever asked may hold them: they are replaced, never changed
	listed        ticketRows                      // the same, in order
	timeline      map[string]map[string]*Decision // incident's sequence: key: decision
	outcomes      map[string]*Outcome
	desk          map[string]*DeskNote
	flaws         map[string]*Flaw
	maintenance   map[string]*MaintenanceWindow
	silences      map[string]*Silence
	audit         map[string]*AuditEntry
	dead          map[string]*DeadLetter
	known         map[string]*KnownRecord
	deadLinks     map[string]*DeadLink
	knownEdition  uint64
	words         words // of rows; see share
	said          TicketTexts
	onAsk         func(Ask)
	topology      topologyCache
}

// NewView returns an empty View that is not Ready.
func NewView() *View {
	v := &View{moved: make(chan struct{})}
	v.clear()
	return v
}

func (v *View) clear() {
	v.config, v.zone = nil, zoneOf(nil)
	v.incidents = map[IncidentID]*Incident{}
	v.byGroup = map[GroupID]IncidentID{}
	v.announcements = map[string]*Announcement{}
	v.problems = map[ProblemKey]*Problem{}
	v.members = map[GroupID]map[int]*Member{}
	v.alerts = map[string]*AlertState{}
	v.tickets, v.listed = map[string]*TicketState{}, ticketRows{}
	v.timeline = map[string]map[string]*Decision{}
	v.outcomes = map[string]*Outcome{}
	v.desk = map[string]*DeskNote{}
	v.flaws = map[string]*Flaw{}
	v.maintenance = map[string]*MaintenanceWindow{}
	v.silences = map[string]*Silence{}
	v.words, v.said = words{}, TicketTexts{}
	v.audit = map[string]*AuditEntry{}
	v.dead = map[string]*DeadLetter{}
	v.known = map[string]*KnownRecord{}
	v.deadLinks = map[string]*DeadLink{}
	v.knownEdition++
}

// OnAsk registers who hears of asks. Set it before the view is filled.
func (v *View) OnAsk(f func(Ask)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.onAsk = f
}

// Reset replaces everything by rows, as of cursor; feed is where to follow from.
func (v *View) Reset(cursor Cursor, feed Offset, rows []FeedOp) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.clear()
	for _, op := range rows {
		if err := v.set(op); err != nil {
			return err
		}
	}
	v.cursor, v.at, v.feed, v.ready = cursor, cursor.Off.At(), feed, true
	v.wake()
	return nil
}

// Apply brings the view one feed entry further. Entries already covered by the
// cursor still set their rows: rows are whole, so that is harmless.
func (v *View) Apply(off Offset, e FeedEntry) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, op := range e.Rows {
		if err := v.set(op); err != nil {
			return err
		}
	}
	v.feed = off
	if v.cursor.Compare(e.Cursor) < 0 {
		v.cursor = e.Cursor
	}
	if at := time.UnixMilli(e.At).UTC(); at.After(v.at) {
		v.at = at
	}
	if v.onAsk != nil {
		for _, a := range e.Asks {
			v.onAsk(a)
		}
	}
	v.wake()
	return nil
}

func (v *View) wake() {
	close(v.moved)
	v.moved = make(chan struct{})
}

// set puts or removes one row.
func (v *View) set(op FeedOp) error {
	var err error
	switch op.Table {
	case TableConfig:
		v.config = nil
		if op.Val != nil {
			v.config = &LogConfig{}
			err = json.Unmarshal(op.Val, v.config)
		}
		v.zone = zoneOf(v.config)
		v.knownEdition++
	case TableIncidents:
		err = v.setIncident(op)
	case TableAnnouncements:
		err = row(v.announcements, op.Key, op.Val)
	case TableProblems:
		err = sharing(v.problems, ProblemKey(op.Key), op.Val, v.shareProblem)
	case TableMembers:
		err = v.setMember(op)
	case TableAlerts:
		err = sharing(v.alerts, op.Key, op.Val, v.shareAlert)
	case TableTickets:
		err = v.setTicket(op)
	case TableTimeline:
		seq, _, _ := strings.Cut(op.Key, "/")
		if v.timeline[seq] == nil {
			v.timeline[seq] = map[string]*Decision{}
		}
		err = sharing(v.timeline[seq], op.Key, op.Val, v.shareDecision)
		if len(v.timeline[seq]) == 0 {
			delete(v.timeline, seq)
		}
	case TableOutcomes:
		err = row(v.outcomes, op.Key, op.Val)
	case TableFlaws:
		err = row(v.flaws, op.Key, op.Val)
	case TableDesk:
		err = row(v.desk, op.Key, op.Val)
	case TableMaintenance:
		err = row(v.maintenance, op.Key, op.Val)
	case TableSilences:
		err = row(v.silences, op.Key, op.Val)
	case TableAudit:
		err = row(v.audit, op.Key, op.Val)
	case TableDead:
		err = row(v.dead, op.Key, op.Val)
	case TableKnown:
		err = row(v.known, op.Key, op.Val)
		v.knownEdition++
	case TableDeadLinks:
		err = row(v.deadLinks, op.Key, op.Val)
	}
	if err != nil {
		return fmt.Errorf("read row %s/%s: %w", op.Table, op.Key, err)
	}
	return nil
}

// setIncident puts or removes an incident, and notes when tickets have to be told of it.
func (v *View) setIncident(op FeedOp) error {
	id := IncidentID(op.Key)
	old := v.incidents[id]
	if old != nil && op.Val == nil {
		delete(v.byGroup, old.Group)
	}
	if err := row(v.incidents, id, op.Val); err != nil {
		return err
	}
	i := v.incidents[id]
	if i != nil && i.Group != 0 {
		v.listed.stale = v.listed.stale || v.byGroup[i.Group] != i.ID
		v.byGroup[i.Group] = i.ID
	}
	v.listed.stale = v.listed.stale || i == nil || old == nil || old.Ref != i.Ref
	return nil
}

func (v *View) setMember(op FeedOp) error {
	var id GroupID
	var n int
	if _, err := fmt.Sscanf(op.Key, "%d/%d", &id, &n); err != nil {
		return err
	}
	if v.members[id] == nil {
		v.members[id] = map[int]*Member{}
	}
	return sharing(v.members[id], n, op.Val, v.shareMember)
}

func row[K comparable, T any](m map[K]*T, key K, val json.RawMessage) error {
	if val == nil {
		delete(m, key)
		return nil
	}
	x := new(T)
	if err := json.Unmarshal(val, x); err != nil {
		return err
	}
	m[key] = x
	return nil
}

// Ready reports whether the view was filled once.
func (v *View) Ready() bool { v.mu.RLock(); defer v.mu.RUnlock(); return v.ready }

// Cursor returns how far the view has come.
func (v *View) Cursor() Cursor { v.mu.RLock(); defer v.mu.RUnlock(); return v.cursor }

// FeedAt returns the position in the feed the view has read.
func (v *View) FeedAt() Offset { v.mu.RLock(); defer v.mu.RUnlock(); return v.feed }

// At returns the log clock of the last change seen.
func (v *View) At() time.Time { v.mu.RLock(); defer v.mu.RUnlock(); return v.at }

// Moved returns a channel that is closed at the next change.
func (v *View) Moved() <-chan struct{} { v.mu.RLock(); defer v.mu.RUnlock(); return v.moved }

// WaitFor blocks until the view has applied the record at off whole, or ctx ends.
func (v *View) WaitFor(ctx context.Context, off Offset) error {
	for {
		v.mu.RLock()
		passed, moved := v.cursor.Off.Compare(off) >= 0, v.moved
		v.mu.RUnlock()
		if passed {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// zoneOf is the zone that c tells times in; UTC if this machine does not know it.
func zoneOf(c *LogConfig) *time.Location {
	name := "Europe/Amsterdam"
	if c != nil && c.Timezone != "" {
		name = c.Timezone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Zone is the one that the engine's configuration tells times in.
func (v *View) Zone() *time.Location { v.mu.RLock(); defer v.mu.RUnlock(); return v.zone }

// Config returns the configuration the engine decides with; nil before the first.
func (v *View) Config() *LogConfig { v.mu.RLock(); defer v.mu.RUnlock(); return v.config }

// Catalog returns the catalog the engine decides with; never nil.
func (v *View) Catalog() *Catalog {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.catalog()
}

func (v *View) catalog() *Catalog {
	if v.config != nil && v.config.Catalog != nil {
		return v.config.Catalog
	}
	return &Catalog{}
}

// Incidents returns all incidents, newest number first, without the lists that
// Incident adds.
func (v *View) Incidents() []Incident {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return values(v.incidents, func(a, b *Incident) int { return cmp.Compare(b.Seq, a.Seq) })
}

// Announcements returns all announcements of incidents, by incident number and audience.
func (v *View) Announcements() []Announcement {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.announced()
}

// Problems returns all problems known, by key.
func (v *View) Problems() []Problem {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return values(v.problems, func(a, b *Problem) int { return cmp.Compare(a.Key, b.Key) })
}

// Alerts returns all alerts known, by fingerprint; resolved ones among them.
func (v *View) Alerts() []AlertState {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return values(v.alerts, func(a, b *AlertState) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
}

// Alert returns the alert with fingerprint, or false.
func (v *View) Alert(fingerprint string) (AlertState, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if a := v.alerts[fingerprint]; a != nil {
		return *a, true
	}
	return AlertState{}, false
}

// Outcome returns what became of a command.
func (v *View) Outcome(command string) (Outcome, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if o := v.outcomes[command]; o != nil {
		return *o, true
	}
	return Outcome{}, false
}

// Desk returns hand-over notes, to-dos and notices, oldest first.
func (v *View) Desk() []DeskNote {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return withoutSeen(values(v.desk, func(a, b *DeskNote) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) }))
}

// Maintenance returns the windows known, by start.
func (v *View) Maintenance() []MaintenanceWindow {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.planned()
}

// Silence returns a silence by id.
func (v *View) Silence(id string) (Silence, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.silences[id]
	if m == nil {
		return Silence{}, false
	}
	return *m, true
}

// Silences returns the silences known, by id.
func (v *View) Silences() []Silence {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return values(v.silences, func(a, b *Silence) int { return cmp.Compare(a.ID, b.ID) })
}

func values[K comparable, T any](m map[K]*T, order func(a, b *T) int) []T {
	return selected(m, func(*T) bool { return true }, order)
}

// selected is values of those that are wanted. Rows are large: they are put in order
// where they stand, and copied once.
func selected[K comparable, T any](m map[K]*T, wanted func(*T) bool, order func(a, b *T) int) []T {
	rows := make([]*T, 0, len(m))
	for _, x := range m {
		if wanted(x) {
			rows = append(rows, x)
		}
	}
	slices.SortFunc(rows, order)
	out := make([]T, len(rows))
	for n, x := range rows {
		out[n] = *x
	}
	return out
}
