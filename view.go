package headstart

import (
	"cmp"
	"context"
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

	viewed

	knownEdition uint64
	onAsk        func(Ask)
	topology     topologyCache

	incidentList     listedRows[Incident]
	announcementList listedRows[Announcement] // those of incidents
}

// viewed is what the tables say.
type viewed struct {
	config        *LogConfig
	zone          *time.Location           // of config
	incidents     map[IncidentID]*Incident // replaced, never changed: whoever asked may hold them
	byGroup       map[GroupID]IncidentID
	announcements map[string]*Announcement // likewise
	problems      packed[ProblemKey, Problem]
	members       map[GroupID]*memberRows
	alerts        packed[string, AlertState]
	tickets       map[string]*TicketState           // whoever asked may hold them: they are replaced, never changed
	listed        ticketRows                        // the same, in order
	timeline      map[int]*packed[uint64, Decision] // incident's sequence: number: decision
	outcomes      map[string]*Outcome
	desk          map[string]*DeskNote
	flaws         map[string]*Flaw
	maintenance   map[string]*MaintenanceWindow
	silences      map[string]*Silence
	audit         map[string]*AuditEntry
	dead          map[string]*DeadLetter
	known         map[string]*KnownRecord
	deadLinks     map[string]*DeadLink
	words         words    // of tickets; see share
	lexicon       *lexicon // of what is packed
	room          packRoom
	said          TicketTexts
}

// NewView returns an empty View that is not Ready.
func NewView() *View {
	v := &View{moved: make(chan struct{})}
	v.clear()
	return v
}

func (v *viewed) clear() {
	v.config, v.zone = nil, zoneOf(nil)
	v.incidents = map[IncidentID]*Incident{}
	v.byGroup = map[GroupID]IncidentID{}
	v.announcements = map[string]*Announcement{}
	v.lexicon = newLexicon()
	v.problems = packedRows(v.lexicon, &packedProblems)
	v.members = map[GroupID]*memberRows{}
	v.alerts = packedRows(v.lexicon, &packedAlerts)
	v.tickets, v.listed = map[string]*TicketState{}, ticketRows{}
	v.timeline = map[int]*packed[uint64, Decision]{}
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
}

// changedAll is told that every row may be another.
func (v *View) changedAll() {
	v.incidentList.changed()
	v.announcementList.changed()
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
	return v.Refill(cursor, feed, func(set func(FeedOp) error) error {
		for _, op := range rows {
			if err := set(op); err != nil {
				return err
			}
		}
		return nil
	})
}

// Refill is Reset for who reads the rows one by one: each calls set with all of them. Until
// it has, and if that fails, readers see what there was.
func (v *View) Refill(cursor Cursor, feed Offset, each func(set func(FeedOp) error) error) error {
	next := NewView()
	if err := each(next.set); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.viewed = next.viewed
	v.changedAll()
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

// Problems returns all problems known, by key.
func (v *View) Problems() []Problem {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.problems.sorted()
}

// Alerts returns all alerts known, by fingerprint; resolved ones among them.
func (v *View) Alerts() []AlertState {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.alerts.sorted()
}

// Alert returns the alert with fingerprint, or false.
func (v *View) Alert(fingerprint string) (AlertState, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.alerts.get(fingerprint)
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
