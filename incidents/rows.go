package incidents

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"headstart"
)

// dirty gathers changed rows until the fold takes them away. Values are encoded
// when taken, so a row changed ten times in a unit is written once.
type dirty struct {
	rows     map[[2]string]any // table, key: value; nil value: gone
	timeline []entry           // each decision is one row, and never changes
	unlisted int               // of those, how many are no row
	clock    bool              // the clock row changed alone

	json rowEncoder

	written int // rows changed by the unit, for spent
}

// entry is a decision in the timeline of incident number seq; zero: in none.
type entry struct {
	seq int
	headstart.Decision
	chained bool // the hash over all decisions covers it, or what it was before it was rewritten
}

func newDirty() *dirty { return &dirty{rows: map[[2]string]any{}} }

func (d *dirty) put(table, key string, val any) { d.rows[[2]string{table, key}] = val; d.written++ }
func (d *dirty) del(table, key string)          { d.put(table, key, nil) }

// incident does not count as written: a unit changes the rows of few, each many times.
func (d *dirty) incident(i *incident) { d.rows[[2]string{headstart.TableIncidents, string(i.ID)}] = i }

// decided adds a decision, in the timeline of incident number seq unless that is zero.
func (d *dirty) decided(seq int, x headstart.Decision) {
	d.timeline = append(d.timeline, entry{seq: seq, Decision: x})
	if seq == 0 {
		d.unlisted++
	}
}

// forget drops what was decided about incident number seq and not taken yet. Its hash
// does not.
func (d *dirty) forget(seq int) {
	for n := range d.timeline {
		if e := &d.timeline[n]; e.seq == seq && seq != 0 {
			e.seq = 0
			d.unlisted++
		}
	}
}

// rewrite has the row that waits of a decision say e instead, and reports whether one does.
func (d *dirty) rewrite(e entry) bool {
	for n := range d.timeline {
		w := &d.timeline[n]
		if w.seq != e.seq || w.N != e.N {
			continue
		}
		if was := *w; !was.chained { // the hash is over what was decided
			was.seq = 0
			d.timeline = slices.Insert(d.timeline, n, was)
			d.unlisted++
			w = &d.timeline[n+1]
		}
		w.Decision, w.chained = e.Decision, true
		return true
	}
	return false
}

func (d *dirty) touchClock() { d.clock = true }

// pending is how many rows take returns.
func (d *dirty) pending() int { return len(d.rows) + len(d.timeline) - d.unlisted }

// take moves the changed rows into p. Write appends the value of one to room; it is
// done here, since what it writes goes on changing.
func (d *dirty) take(p *parcel, write func(room []byte, row any) []byte) {
	for k, v := range d.rows {
		if k[0] == headstart.TableIncidents {
			p.touched = append(p.touched, headstart.IncidentID(k[1]))
		}
		op := headstart.Op{Kind: headstart.Delete, Table: k[0], Key: k[1]}
		if v != nil {
			from := len(p.room)
			p.room = write(p.room, v)
			op.Kind, op.Val = headstart.Put, p.since(from)
		}
		p.own = append(p.own, op)
	}
	clear(d.rows)
	d.timeline, p.timeline, d.unlisted = p.timeline, d.timeline, 0
}

// mostKept is how many elements a piece of memory may have that is used again. What
// is larger was for rows that come once, such as those of a replay.
const mostKept = 1 << 18

// emptied returns list without its elements, to be filled again.
func emptied[T any](list []T) []T {
	if cap(list) > mostKept {
		return nil
	}
	return list[:0]
}

// rowEncoder writes rows as encode does, each in the memory of the one before: a
// commit of a storm writes the same three anew, and a tenth of what it asked for was
// theirs.
type rowEncoder struct {
	text bytes.Buffer
	json *json.Encoder // to text; nil: nothing was written yet
}

// encode returns v as JSON, until the next call.
func (e *rowEncoder) encode(v any) []byte {
	if e.json == nil || e.text.Cap() > mostKept {
		e.text = bytes.Buffer{}
		e.json = json.NewEncoder(&e.text)
	}
	e.text.Reset()
	if err := e.json.Encode(v); err != nil {
		panic(fmt.Sprintf("incidents: encode row: %v", err)) // only types of ours: a programmer's error
	}
	return bytes.TrimSuffix(e.text.Bytes(), []byte("\n"))
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("incidents: encode row: %v", err)) // only types of ours: a programmer's error
	}
	return b
}

// clockRow is the book's row in TableClock: counters that belong to no subject.
type clockRow struct {
	V      int            `json:"v"`
	Last   int            `json:"last"`
	Work   int            `json:"work,omitempty"` // number of the newest planned work
	Timer  uint64         `json:"timer"`
	Shift  int64          `json:"shift"` // nanoseconds
	Hush   time.Time      `json:"hush,omitzero"`
	Budget map[string]int `json:"budget,omitempty"` // ledger.All
	Minor  map[string]int `json:"minor,omitempty"`
	Trust  int            `json:"trust,omitempty"`

	Digests []time.Time                     `json:"digests,omitempty"`
	Alarms  []time.Time                     `json:"alarms,omitempty"`
	Reports map[headstart.Edition]time.Time `json:"reports,omitempty"`
}

// clockKey is the book's key in TableClock.
const clockKey = "incidents"

// take moves every row the book changed since the last take into p.
func (b *book) take(p *parcel) {
	for n, d := range b.agenda.dirty {
		key := fmt.Sprintf("%012d", n)
		if d == nil {
			b.dirty.del(headstart.TableDeadlines, key)
		} else {
			b.dirty.put(headstart.TableDeadlines, key, d)
		}
	}
	clear(b.agenda.dirty)
	clock := b.dirty.clock || b.dirty.pending() > 0
	b.dirty.clock = false
	b.dirty.take(p, b.appendRow)
	if clock {
		from := len(p.room)
		p.room = append(p.room, b.dirty.json.encode(clockRow{
			V: 1, Last: b.last, Work: b.lastWork, Timer: b.agenda.last, Shift: int64(b.agenda.shift), Hush: b.hush,
			Budget: b.ledger.All, Minor: b.ledger.Minor, Trust: b.trusted, Digests: b.digests, Alarms: b.alarms, Reports: b.reports,
		})...)
		p.clock = p.since(from)
	}
}

// load sets one row; the caller loads correlation first.
func (b *book) load(table string, r headstart.Row) error {
	switch table {
	case headstart.TableConfig:
		var c headstart.LogConfig
		if err := json.Unmarshal(r.Val, &c); err != nil {
			return err
		}
		b.configure(c)
	case headstart.TableIncidents:
		return b.loadIncident(r)
	case headstart.TableDeadlines:
		return b.loadDeadline(r)
	case headstart.TableClock:
		return b.loadClock(r)
	case headstart.TableConfirms:
		var t time.Time
		if err := headstart.ReadRow(r.Val, &t); err != nil {
			return err
		}
		b.confirms[r.Key] = t
	case headstart.TableAnnouncements:
		if err := loadRow(b.announcements, r); err != nil {
			return err
		}
		b.fileTold(b.announcements[r.Key])
	case headstart.TableOwed:
		if err := loadRow(b.owed, r); err != nil {
			return err
		}
		b.fileOwed(b.owed[r.Key])
	case headstart.TableTimeline:
		if err := b.readNames(r); err != nil {
			return err
		}
		return b.readDecided(r.Key)
	case headstart.TableOutcomes:
		return loadRow(b.outcomes, r)
	case headstart.TableDesk:
		if err := loadRow(b.desk, r); err != nil {
			return err
		}
		b.fileNote(b.desk[r.Key])
	case headstart.TableAudit:
		return loadRow(b.audit, r)
	case headstart.TableDead:
		return loadRow(b.dead, r)
	case headstart.TableKnown:
		return loadRow(b.known, r)
	case headstart.TableDeadLinks:
		return loadRow(b.deadLink, r)
	}
	return nil
}

func (b *book) loadIncident(r headstart.Row) error {
	i := &incident{}
	if err := headstart.ReadRow(r.Val, i); err != nil {
		return err
	}
	b.incidents[i.ID] = i
	b.byGroup[i.Group] = i.ID
	b.follow(i)
	b.history.add(i)
	for key, t := range i.X.Tickets {
		b.setTicket(i, key, t)
	}
	if i.Ref != "" {
		b.byRef[i.Ref] = i.ID
	}
	return nil
}

func (b *book) loadDeadline(r headstart.Row) error {
	d := &deadline{}
	if err := headstart.ReadRow(r.Val, d); err != nil {
		return err
	}
	b.agenda.push(d)
	b.fading = b.fading || d.Do == doFade
	b.readWake(d)
	return nil
}

func (b *book) loadClock(r headstart.Row) error {
	if r.Key != clockKey {
		return nil
	}
	var c clockRow
	if err := json.Unmarshal(r.Val, &c); err != nil {
		return err
	}
	b.last, b.lastWork, b.agenda.last, b.agenda.shift, b.hush = c.Last, c.Work, c.Timer, time.Duration(c.Shift), c.Hush
	b.ledger, b.trusted, b.digests, b.alarms, b.reports = ledger{c.Budget, c.Minor}, c.Trust, c.Digests, c.Alarms, c.Reports
	return nil
}

func loadRow[T any](m map[string]*T, r headstart.Row) error {
	x := new(T)
	if err := headstart.ReadRow(r.Val, x); err != nil {
		return err
	}
	m[r.Key] = x
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
