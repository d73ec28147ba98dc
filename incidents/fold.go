package incidents

import (
	"encoding/json"
	"fmt"
	"time"

	"headstart"
)

// Correlator decides what belongs together. It must be pure: what it returns
// depends on the events applied, and on nothing else.
type Correlator interface {
	Groups
	Plans

	Apply(ev headstart.Event) []headstart.Change
	Do(ev headstart.Event, group, into headstart.GroupID) ([]headstart.Change, error)
	Suspect(ev headstart.Event, x headstart.Suspicion) []headstart.Change // what people confirm and no group hits

	// Scout returns one for events that Apply is called with next. Room is one that nobody
	// needs any more; nil: none.
	Scout(room headstart.Scout) headstart.Scout

	NextDeadline() (due time.Time, ok bool)
	Fire() []headstart.Change // the earliest timer, at its own due time
	Blind(d time.Duration)    // nobody was looking for d (ruling 5)

	Pending() int         // how many rows Take would return
	Take() []headstart.Op // rows changed since they were last taken, in a fixed order; until the next Take

	// TakeOf is Take for who stores nothing and reads some tables only.
	TakeOf(tables func(table string) bool) []headstart.Op

	// Pack is Take for who has them written while decisions go on: they say what they
	// say now. Room is what an earlier Pack returned and was emptied since; nil: none.
	Pack(room headstart.Rows) headstart.Rows

	Load(table string, row headstart.Row) error
	Loaded() error
}

// fold is the whole state: correlation, the book, and the place in the log. It
// goes forward by units, each of which is applied whole or not at all.
type fold struct {
	correlator Correlator
	book       *book
	place      place
	asks       []headstart.Ask

	// trusted: the log has no ticks of its own, so its gaps mean nothing (a file
	// written by hand); deadlines in between fire as if it had.
	trusted bool

	before int // version of the rules that decided up to here; zero: nothing was

	chain *chain  // over what was decided up to the last rows that were written
	taken *parcel // of take, used again

	observe func(headstart.Decision) // of replay and metrics; nil: nobody listens
}

func newFold(c Correlator, m Makers) *fold {
	return &fold{correlator: c, book: newBook(c, c, m), place: place{V: 1, Engine: headstart.EngineVersion}, chain: &chain{}, taken: &parcel{}}
}

// cursor is what the next commit moves to.
func (f *fold) cursor() headstart.Cursor {
	return headstart.Cursor{Off: f.place.Whole, Part: f.place.Part}
}

// unit applies the next unit of the record at off: one due timer or one line.
// It reports done when the record is applied whole. Calling it again for a
// record begun before a restart goes on where that stopped.
func (f *fold) unit(off headstart.Offset, events []headstart.Event) (done bool) {
	p := &f.place
	now := events[0].At
	if p.Off != off {
		p.Off, p.Line, p.Part, p.Judged = off, 0, 0, false
	}
	if !p.Judged {
		f.judgeGap(now)
		p.Judged = true
	}
	switch fired := f.fireOne(now); {
	case fired:
	case p.Line < len(events):
		f.line(events[p.Line])
		p.Line++
	}
	f.settle()
	p.At = f.book.now
	p.Part++
	if p.Line == len(events) && !f.dueBy(now) {
		p.Whole, p.Off, p.Line, p.Part, p.Judged = off, headstart.Offset{}, 0, 0, false
		return true
	}
	return false
}

// gapTolerated is how late the first record after a due deadline may come
// before it counts as nobody having looked; blindMargin is added to what moves.
const (
	gapTolerated = 30 * time.Second
	blindMargin  = 2 * time.Minute
)

// judgeGap inserts a blind interval when nobody was looking (ruling 5): in
// health a tick stands at every deadline.
func (f *fold) judgeGap(now time.Time) {
	due, ok := f.deadline()
	if f.trusted || !ok || now.Sub(due) <= gapTolerated {
		return
	}
	length := now.Sub(due)
	f.book.now = now
	f.unseen(due, length, length+blindMargin)
}

// unseen takes note that nobody looked for length since a time: deadlines move by
// shift.
func (f *fold) unseen(since time.Time, length, shift time.Duration) {
	f.book.note(headstart.Decision{Rule: "D-05", Outcome: "blind", Facts: facts("seconds", itoa(int(length/time.Second)), "since", stamp(&since))})
	f.correlator.Blind(shift)
	f.book.agenda.shift += shift
	f.book.blind(since.Add(length))
	f.book.dirty.touchClock()
}

// deadline is the earliest of correlation's and the book's.
func (f *fold) deadline() (time.Time, bool) {
	due, ok := f.correlator.NextDeadline()
	if d, at := f.book.agenda.next(); d != nil && (!ok || at.Before(due)) {
		return at, true
	}
	return due, ok
}

func (f *fold) dueBy(now time.Time) bool {
	due, ok := f.deadline()
	return ok && !due.After(now)
}

// fireOne fires the earliest deadline due by now, at its own time: by due,
// correlation first, then by number (ruling 3).
func (f *fold) fireOne(now time.Time) bool {
	due, ok := f.correlator.NextDeadline()
	d, at := f.book.agenda.next()
	switch {
	case ok && !due.After(now) && (d == nil || !at.Before(due)):
		f.advance(due)
		f.follow(f.correlator.Fire())
	case d != nil && !at.After(now):
		f.advance(at)
		f.book.agenda.pop(d)
		f.book.fire(d)
	default:
		return false
	}
	return true
}

// advance sets the book's clock; it never goes back.
func (f *fold) advance(t time.Time) {
	if t.After(f.book.now) {
		f.book.now = t
	}
}

// line applies one line of the log.
func (f *fold) line(ev headstart.Event) {
	f.advance(ev.At)
	switch {
	case ev.Config != nil:
		if f.book.keepsOtherwise(ev.Config) {
			f.book.agenda.add(f.book.now, doRetire, "", 0, false)
		}
		rules, route := f.book.dutyRules(), f.book.log.Route
		f.book.configure(*ev.Config)
		if route != f.book.log.Route && f.book.last > 0 {
			f.book.agenda.add(f.book.now, doAllLook, "", 0, false)
		}
		if rules != f.book.dutyRules() && len(f.book.live) > 0 {
			f.book.agenda.add(f.book.now, doAllHours, "", 0, false)
		}
		f.book.closeNotesOf("")
		f.book.planReports()
		f.book.trustTaken()
		f.book.clashes()
		f.place.Rules = ev.Config.Hash
		f.follow(f.correlator.Apply(ev))
		f.book.lookAgainAtAllWork()
	case ev.Command != nil:
		f.book.do(ev, func(group, into headstart.GroupID) ([]headstart.Change, error) {
			changes, err := f.correlator.Do(ev, group, into)
			f.gatherAsks(changes)
			return changes, err
		})
	case ev.Confirm != nil:
		f.book.confirm(ev.Confirm)
		if x := f.book.suspicion(ev.Confirm); x != nil {
			f.follow(f.correlator.Suspect(ev, *x))
		}
	case ev.Delivery != nil:
		f.book.delivered(ev.Delivery)
	case ev.Maintenance != nil:
		f.follow(f.correlator.Apply(ev))
		f.book.lookAtWork(ev.Maintenance.ID, "")
		f.book.keepPlan(ev)
	case ev.Silence != nil:
		f.follow(f.correlator.Apply(ev))
		f.book.keepSilence(ev)
	default:
		f.follow(f.correlator.Apply(ev))
	}
}

func (f *fold) follow(changes []headstart.Change) {
	f.gatherAsks(changes)
	for _, c := range changes {
		f.book.apply(c)
	}
}

func (f *fold) gatherAsks(changes []headstart.Change) {
	for _, c := range changes {
		if c.Ask != nil {
			f.asks = append(f.asks, *c.Ask)
		}
	}
}

// settle ends a unit: pages what it touched, numbers and hashes what it decided.
func (f *fold) settle() {
	f.book.page()
	for n := range f.book.decisions {
		d := &f.book.decisions[n]
		f.place.Decisions++
		d.N = f.place.Decisions
		i := f.book.incidents[d.Incident]
		f.book.dirty.decided(seqOf(i), *d)
		if i != nil {
			f.book.wasDecided(i.Seq, d.N)
			f.book.takeNote(i.Seq, d)
		}
		if f.observe != nil {
			f.observe(*d)
		}
	}
	f.book.rest()
}

// pending is about how many rows take would return, at least as many.
func (f *fold) pending() int {
	b := f.book
	return f.correlator.Pending() + b.dirty.pending() + len(b.agenda.dirty) + 2 // and the two rows of the clock
}

// take returns the rows changed since the last take, the place among them. Rows
// are encoded only here: one changed by every unit of a commit is so once. The list
// and its values are the caller's until the next take, which writes over them.
func (f *fold) take() []headstart.Op {
	p := f.taken
	p.reset()
	f.pack(p)
	return p.write(f.correlator.Take(), f.chain)
}

// pack moves what changed into p, but what correlation did.
func (f *fold) pack(p *parcel) {
	f.book.take(p)
	p.place = f.place
}

// seqOf is the number of an incident; zero: of none.
func seqOf(i *incident) int {
	if i == nil {
		return 0
	}
	return i.Seq
}

// load sets one stored row, in any order of tables.
func (f *fold) load(table string, r headstart.Row) error {
	if table == headstart.TableClock && r.Key == placeKey {
		f.place.Engine = 1 // of a row that does not say
		err := json.Unmarshal(r.Val, &f.place)
		f.before, f.place.Engine = f.place.Engine, headstart.EngineVersion
		f.chain.hash, f.place.Hash = f.place.Hash, nil
		return err
	}
	if err := f.correlator.Load(table, r); err != nil {
		return fmt.Errorf("load %s/%s: %w", table, r.Key, err)
	}
	if err := f.book.load(table, r); err != nil {
		return fmt.Errorf("load %s/%s: %w", table, r.Key, err)
	}
	return nil
}

// loaded ends loading.
func (f *fold) loaded() error {
	if err := f.correlator.Loaded(); err != nil {
		return err
	}
	f.book.now = f.place.At
	f.book.readAll()
	return nil
}
